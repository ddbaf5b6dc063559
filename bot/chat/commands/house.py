"""Commands about the installation: its state, backups, broadcasts; and the staff's own clock."""

from typing import Final

from bot.chat.commands.command import ADMIN, STAFF, Command
from bot.flows.house import backups, status, zones

HOUSE: Final[dict[str, Command]] = {
    "status": Command(
        lambda asked: status.show(asked.turn),
        ADMIN,
        "Whether all is well with the bot",
        "whether all is well: athletes, messages, cues, backups",
    ),
    "backup": Command(
        lambda asked: backups.ask(asked.turn),
        ADMIN,
        "Make a backup now",
        "make a backup now, beside the nightly ones",
    ),
    "zone": Command(
        lambda asked: zones.zone(asked.turn, asked.words, asked.cities),
        STAFF,
        "Your own time zone",
        "your own time zone, for example /zone Lisbon",
    ),
}
