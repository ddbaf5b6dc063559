"""Words that messages of several capabilities share."""

from collections.abc import Callable
from datetime import date, datetime
from typing import Any, Final, Literal, Protocol

from bot.conversation.screen import esc, many
from bot.protocol.calendar.local_time import local, say_date, say_day_time, say_time
from bot.protocol.dose.dose import RANGES, Side
from bot.protocol.dose.exercises import CATALOGUE, Anchor
from bot.protocol.red_flags.flags import RED_FLAGS

KEPT: Final = "Only your coach or the admin can end the pause."
Unchanged = Literal["", "same", "gone"]
"""Why nothing was changed: it was so already, or by a button of an older change; "" for neither."""
UNCHANGED: Final[dict[Unchanged, str]] = {
    "": "",
    "same": "That is already the setting.",
    "gone": "Nothing was changed: that button belongs to an older change.",
}
"""Why a screen shows what was there before."""


def say_dose(holds: int, hold_s: int, sets: int, side: str) -> str:
    """Return "5 holds of 10 s, LEFT side"; sets and both sides are said where there are any."""
    dose = f"{many(holds, 'hold')} of {hold_s} s"
    if sets > 1:
        dose = f"{sets} sets of {dose}"
    if side == Side.BOTH:
        return f"{dose} each side, LEFT first, then RIGHT"
    return f"{dose}, {side.upper()} side"


def say_band(band: int, label: str) -> str:
    """Return "Band: black (3 of 6)" by the coach's own label; nothing where no band is set."""
    if not (band or label):
        return ""
    ordinal = f"{band} of {RANGES['band'].high}" if band else ""
    if not label:
        return f"Band: {ordinal}"
    return f"Band: {esc(label)} ({ordinal})" if ordinal else f"Band: {esc(label)}"


# ---- a dose's fields, wherever they are read ------------------------------------------

LOCKS_FROM: Final = "pain that locks sessions"
"""What the hard stop of a dose is called."""
TIRED: Final = "Stopping when tired counts as done."
"""What going to fatigue means to whoever holds."""
STAGES: Final = {
    1: "holds alone",
    2: "strength with little bend at the hip",
    3: "strength with more bend at the hip",
    4: "speed and jumps",
}
"""What each stage is; the holds stay for flares and to warm up."""
_FIELDS: Final = {
    "hold_s": "hold",
    "rest_s": "rest",
    "set_rest_s": "rest between sets",
    "lead_in_first_s": "time to get set for the first hold",
    "lead_in_s": "time to get set for later holds",
    "hard_stop": LOCKS_FROM,
    "to_fatigue": "stopping when tired",
    "band_anchor": "where the tubing is fixed",
}
_SECONDS: Final = "_s"
FLAGS: Final = {
    "i": "it targets the lower hamstring",
    "ii": "the glute does not work in it",
    "iii": "it is not done standing",
    "compression": "it presses on the tendon",
}
"""Why the method advises against a hold (PROTOCOL 1 and 6)."""
ANCHORS: Final = {
    Anchor.BEHIND: "behind",
    Anchor.FRONT: "in front",
    Anchor.SIDE: "at the side",
}
"""Where the tubing is fixed, seen from who holds."""


def say_field(field: str) -> str:
    """Return what a field of a dose is called within a sentence: "rest between sets"."""
    return _FIELDS.get(field, field.replace("_", " "))


def say_value(field: str, value: object) -> str:
    """Return a field's value as it is said, not as it is stored; plain text, not HTML."""
    if field in _SAID:
        return _SAID[field](value)
    return f"{value} s" if field.endswith(_SECONDS) else str(value)


def say_exercise(exercise: str) -> str:
    """Return an exercise by its name; one that the catalogue does not have any more, as such."""
    found = CATALOGUE.get(exercise)
    return "an exercise that is not offered any more" if found is None else found.name


_SAID: Final[dict[str, Callable[[Any], str]]] = {
    "exercise": lambda value: f"“{say_exercise(value)}”",
    "to_fatigue": lambda value: "counts as done" if value else "counts as stopping early",
    "stage": lambda value: f"{value} ({STAGES[value]})",
    "band_anchor": lambda value: ANCHORS[Anchor(value)],
    "band_label": lambda value: f"“{value}”" if value else "none",
    "band": lambda value: f"{value} of {RANGES['band'].high}" if value else "none",
}
"""What is said otherwise than it is stored."""


# ---- what a coach reads ---------------------------------------------------------------

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


# ---- one moment on two people's clocks ------------------------------------------------


class OnTwoClocks(Protocol):
    """What somebody reads about an athlete: it tells times on the clocks of both."""

    @property
    def zone(self) -> str:
        """The athlete's zone."""

    @property
    def reader_zone(self) -> str:
        """The zone of who reads it."""


def say_zones(said: OnTwoClocks) -> str:
    """Return the zones that `say_both` writes in: "Europe/Berlin", or "… (yours: UTC)"."""
    if said.zone == said.reader_zone:
        return esc(said.zone)
    return f"{esc(said.zone)} (yours: {esc(said.reader_zone)})"


def say_both(at: datetime, said: OnTwoClocks, now: datetime) -> str:
    """Return an instant on the athlete's clock, and on the reader's in brackets."""
    zone, reader = said.zone, said.reader_zone
    theirs = say_day_time(at, zone, now)
    if zone == reader:
        return theirs
    same_day = local(at, zone).date() == local(at, reader).date()
    yours = say_time(at, reader) if same_day else say_day_time(at, reader, now)
    return f"{theirs} ({yours})"


def say_next(at: datetime | None, said: OnTwoClocks, now: datetime) -> str:
    """Return the next reminder with both zones named, or that there is none."""
    if at is None:
        return "No reminder is planned."
    return f"Next reminder: <b>{say_both(at, said, now)}</b>, {say_zones(said)}."


def say_local_date(day: date, zone: str, now: datetime) -> str:
    """Return a date as it is said on the zone's day of `now`."""
    return say_date(day, local(now, zone).date())


def say_told(name: str, told: bool | None) -> str:  # noqa: FBT001 - what `tell` returned
    """Return what becomes of the letter to the athlete; nothing where none was needed."""
    if told is None:
        return ""
    if told:
        return f"A message to {esc(name)} is on its way."
    return f"I cannot reach {esc(name)} at the moment: please tell them yourself."
