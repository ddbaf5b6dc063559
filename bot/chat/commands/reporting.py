"""Commands about what happened: weekly summaries, reports, files."""

from typing import Final

from bot.chat.commands.command import Command

REPORTING: Final[dict[str, Command]] = {}
