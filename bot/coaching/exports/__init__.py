"""Files and pages about an athlete, and pictures' captions."""
