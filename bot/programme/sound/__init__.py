"""/sound: cues that are heard."""
