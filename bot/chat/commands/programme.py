"""Commands about an athlete's programme: schedule, plan, limits, pauses."""

from typing import Final

from bot.chat.commands.command import Command

PROGRAMME: Final[dict[str, Command]] = {}
