"""Replies that many capabilities give."""
