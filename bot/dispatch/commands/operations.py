"""Commands about the installation: its state, backups, broadcasts; and the staff's own clock."""

from typing import Final

from bot.conversation.command import ADMIN, STAFF, Command
from bot.operations import backups, staff_zone, status

OPERATIONS: Final[dict[str, Command]] = {
    "status": Command(
        lambda asked: status.show(asked.turn),
        ADMIN,
        "Whether all is well with the bot",
        "How the bot is doing",
    ),
    "backup": Command(
        lambda asked: backups.ask(asked.turn),
        ADMIN,
        "Make a backup now",
        "How the bot is doing",
    ),
    "zone": Command(
        lambda asked: staff_zone.zone(asked.turn, asked.words, asked.cities),
        STAFF,
        "Your own time zone",
        "Where you live",
    ),
}
