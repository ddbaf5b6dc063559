"""Telegram's edge: updates in, and how an intent looks."""
