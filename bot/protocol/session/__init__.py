"""The session machine."""
