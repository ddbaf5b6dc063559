"""/settings: what athletes set for themselves."""
