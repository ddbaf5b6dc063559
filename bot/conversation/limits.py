"""Limits of Telegram's that more than one capability keeps."""

from typing import Final

MAX_TEXT: Final = 4096
"""Characters of a message."""
