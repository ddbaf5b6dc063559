"""/broadcast: one text to everybody of a role."""
