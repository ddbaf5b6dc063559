"""Words that a coach reads in several messages."""

from datetime import datetime
from typing import Final

from bot.conversation.screen import esc
from bot.protocol.calendar.local_time import local, say_day_time
from bot.protocol.red_flags.flags import RED_FLAGS

REASONS: Final = {
    "time": "no time",
    "pain": "pain",
    "band": "no band",
    "forgot": "forgot",
    "unsure": "unsure",
    "other": "another reason",
}
"""Why a day was skipped or missed."""


def say_flag(kind: str | None) -> str:
    """Return the signs of a red flag within a sentence, as the athlete read them."""
    flag = RED_FLAGS.get(kind or "")
    return "a red flag" if flag is None else esc(flag.signs[:1].lower() + flag.signs[1:])


def say_reported(kind: str, at: datetime, zone: str, now: datetime) -> str:
    """Return when a red flag was reported, with the zone, and what it is."""
    return f"{say_day_time(at, zone, now)} ({esc(zone)}): {say_flag(kind)}"


def in_both_zones(at: datetime, zone: str, reader_zone: str, now: datetime) -> str:
    """Return a time on the athlete's clock and, where that differs, on the reader's; both named."""
    theirs = say_day_time(at, zone, now)
    if local(at, zone).replace(tzinfo=None) == local(at, reader_zone).replace(tzinfo=None):
        return f"{theirs} ({esc(zone)})"
    mine = say_day_time(at, reader_zone, now)
    return f"{theirs} ({esc(zone)}), for you {mine} ({esc(reader_zone)})"
