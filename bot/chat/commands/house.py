"""Commands about the installation: its state, backups, broadcasts."""

from typing import Final

from bot.chat.commands.command import Command

HOUSE: Final[dict[str, Command]] = {}
