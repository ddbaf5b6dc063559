"""Telegram's edge: updates in, buttons, and how a message looks when it is sent."""
