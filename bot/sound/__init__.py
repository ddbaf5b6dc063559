"""Sounds: clips that lead through one hold, put together from snippets."""
