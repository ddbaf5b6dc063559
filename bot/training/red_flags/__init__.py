"""Red flags: asked for, reported, and what to do first."""
