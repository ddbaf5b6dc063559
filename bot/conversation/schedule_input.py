"""Choices of weekdays, times and quiet hours: by button or typed, joining and in the settings.

Buttons carry the whole choice as their value, so nothing needs to be remembered between two
presses; every value is read as strictly as typed text.
"""

import re
from collections.abc import Iterable
from datetime import time
from typing import Final

from bot.protocol.calendar.input_error import InputError, UnreadError, WhichError, meanings
from bot.protocol.calendar.parse_times import parse_time, parse_times, times_among
from bot.protocol.calendar.parse_weekdays import parse_weekdays
from bot.protocol.calendar.quiet_hours import QuietHours
from bot.protocol.calendar.recurrence import Recurrence, RecurrenceError
from bot.protocol.folding import fold, fold_typed

YES: Final = frozenset({"yes", "y", "yep", "yeah", "ok", "okay", "right", "correct", "true"})
NO: Final = frozenset({"no", "n", "nope", "wrong", "no thanks", "no, thanks"})

_LEAD: Final = re.compile(r"^(?:from|between)\s+")
_SPAN: Final = re.compile(r"\s*(?:-|\bto\b|\buntil\b|\btill\b)\s*")
_AND: Final = re.compile(r"\s+and\s+")
_BESIDE: Final = re.compile(r"\s*[/,;]\s*|\s+(?![ap]\.?m)")
_QUIET_HELP: Final = "Write the quiet hours as 22:00-07:00."


def fold_answer(text: str) -> str:
    """Return a typed word or two in lower case, single spaces, without a full stop."""
    return fold(text).strip(" .!")


# ---- days and times -------------------------------------------------------------------


def days_of(digits: str) -> str | None:
    """Return "0,2,4" for a button's "024"; None for anything else."""
    days = sorted({int(digit) for digit in digits}) if re.fullmatch("[0-6]{1,7}", digits) else []
    return ",".join(map(str, days)) or None


def days_pressed(value: str) -> tuple[str, bool] | None:
    """Return a button's days as they are stored, and whether the choice is done.

    "d" before them means that a toggle was pressed and the choice goes on, with no days yet
    perhaps. None for a value that is none.
    """
    draft = value[:1] == "d"
    days = days_of(value[draft:])
    return None if days is None and value != "d" else (days or "", not draft)


def read_days(text: str) -> str:
    """Return typed weekdays as they are stored: "0,2,4". Raises InputError."""
    return ",".join(map(str, sorted(parse_weekdays(text))))


def times_of(compact: str) -> str | None:
    """Return "07:30,18:00" for a button's "0730-1800"; None for anything else."""
    if re.fullmatch(r"\d{4}(?:-\d{4})?", compact, re.ASCII) is None:
        return None
    try:
        return ",".join(f"{parse_time(part):%H:%M}" for part in compact.split("-"))
    except InputError:
        return None


def read_times(text: str) -> str:
    """Return one or two typed times as they are stored, in the day's order. Raises InputError.

    Times among words that are not known ("around 7 or so") are asked about.
    """
    try:
        return _stored(parse_times(text))
    except UnreadError as why:
        near = meanings(parse_times, " and ".join(times_among(text)))
        if not near:
            raise
        raise WhichError(str(why), tuple(map(_stored, near))) from why


def _stored(times: Iterable[time]) -> str:
    return ",".join(f"{at:%H:%M}" for at in times)


def schedule(days: str, times: str, zone: str) -> Recurrence:
    """Return stored days, times and zone as a schedule. Raises RecurrenceError."""
    weekdays = frozenset(int(day) for day in days.split(",") if day)
    return Recurrence(weekdays, tuple(time.fromisoformat(at) for at in times.split(",")), zone)


def quiet_of(compact: str) -> str | None:
    """Return "22:00-07:00" for a button's "2200-0700"; None for anything else."""
    times = times_of(compact)
    if times is None or "," not in times:
        return None
    start, end = times.split(",")
    return None if start == end else f"{start}-{end}"


def read_quiet(text: str) -> str:
    """Return typed quiet hours as "22:00-07:00". Raises InputError."""
    plain = fold_typed(text).strip(" .!")
    parts = _SPAN.split(_LEAD.sub("", plain))
    if len(parts) == 1:
        parts = (_AND if _LEAD.match(plain) else _BESIDE).split(parts[0])
    if len(parts) != 2:  # noqa: PLR2004
        raise UnreadError(f"Quiet hours have a start and an end. {_QUIET_HELP}")
    start, end = _side(parts[0], "", f"- {parts[1]}"), _side(parts[1], f"{parts[0]} -", "")
    try:
        QuietHours(start, end)
    except RecurrenceError as why:
        raise InputError(f"{why} {_QUIET_HELP}") from why
    return f"{start:%H:%M}-{end:%H:%M}"


def _side(text: str, before: str, after: str) -> time:
    try:
        return parse_time(text)
    except WhichError as which:
        raise which.within(before, after) from which
