"""Words that a coach reads in several messages."""

from datetime import date, datetime
from typing import Final

from bot.conversation.screen import esc
from bot.conversation.widgets import Values
from bot.protocol.calendar.local_time import local, say_date, say_day_time
from bot.protocol.red_flags.flags import RED_FLAGS
from bot.protocol.session.outcome import stayed_low
from bot.protocol.session.state import Outcome

OUTCOMES: Final = {
    Outcome.LESSENING: "finished, pain eased",
    Outcome.LEVEL: "finished, pain level",
    Outcome.RISING: "ended, pain rising",
    Outcome.STOPPED_PAIN: "stopped by pain",
    Outcome.STOPPED_HARD: "stopped, very high pain",
    Outcome.RED_FLAG: "red flag",
    Outcome.PARTIAL: "incomplete",
    Outcome.STOPPED_EARLY: "stopped early",
    Outcome.RESTED_ON_PAIN: "rested on pain",
}
LOW: Final = "finished, pain low"
"""How a session ended whose pain was low from the first hold on: there is nothing to ease."""
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


def say_session(one: Values, today: date) -> str:
    """Return "today: stopped by pain, 2 → 5" for a session."""
    outcome = OUTCOMES.get(one["outcome"], str(one["outcome"]))
    if stayed_low(one["outcome"], one["first"], one["last"]):
        outcome = LOW
    return f"{say_date(date.fromisoformat(one['day']), today)}: {outcome}{say_pain(one)}"


def say_pain(one: Values) -> str:
    """Return ", pain 2 → 5" of a session, or what of it is known."""
    if one["stop_pain"] is not None and one["stop_hold"] is not None:
        first = "" if one["stop_hold"] == 1 else _from(one)
        return f", pain {first}{one['stop_pain']} on hold {one['stop_hold']}"
    if one["last"] is not None:
        return f", pain {_from(one)}{one['last']}"
    return "" if one["first"] is None else f", pain {one['first']} before it"


def _from(one: Values) -> str:
    return "" if one["first"] is None else f"{one['first']} → "


def in_both_zones(at: datetime, zone: str, reader_zone: str, now: datetime) -> str:
    """Return a time on the athlete's clock and, where that differs, on the reader's; both named."""
    theirs = say_day_time(at, zone, now)
    if local(at, zone).replace(tzinfo=None) == local(at, reader_zone).replace(tzinfo=None):
        return f"{theirs} ({esc(zone)})"
    mine = say_day_time(at, reader_zone, now)
    return f"{theirs} ({esc(zone)}), for you {mine} ({esc(reader_zone)})"
