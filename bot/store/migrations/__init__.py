"""Alembic's scripts, and the one way to run them."""
