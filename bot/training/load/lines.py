"""Whether a text is a line of the diary, or what it is instead."""

import re
from datetime import date
from typing import Final

from bot.conversation.interaction import Interaction
from bot.protocol.calendar.input_error import InputError, UnreadError, WhichError
from bot.protocol.calendar.local_time import training_day
from bot.protocol.calendar.parse_past_days import past_day
from bot.protocol.load.entries import LATEST
from bot.protocol.load.parse_entry import begins_entry, parse_entry
from bot.store import people

RATE: Final = re.compile(r"rate (\d{1,18}) (.+)", re.ASCII)
"""An effort that is told later, of the entry with that number."""


def today_of(turn: Interaction) -> date:
    """Return the athlete's day of now: until four in the morning it is the one before."""
    return training_day(turn.said_at, people.person(turn.db, turn.person_id).zone)


def is_line(turn: Interaction, words: str) -> bool:
    """Whether the diary can read these words, or asks which of two things they mean."""
    today = today_of(turn)
    try:
        parse_entry(words, today)
    except WhichError:
        return True
    except InputError:
        return RATE.fullmatch(words) is not None or day_named(words, today) is not None
    return True


def problem(turn: Interaction, text: str) -> str:
    """Return why a text that looks like a line has words that are none of the diary; else ""."""
    if not begins_entry(text):
        return ""
    try:
        parse_entry(text, today_of(turn))
    except UnreadError as why:
        return str(why)
    except InputError:
        return ""  # the diary says what is wrong, or asks
    return ""


def day_named(words: str, today: date) -> date | None:
    """Return the day that words name and nothing else; None for others."""
    try:
        return past_day(words, today, LATEST)
    except InputError:
        return None  # the line as a whole says what is wrong
