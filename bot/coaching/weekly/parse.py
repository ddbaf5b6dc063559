"""What is typed after /summary: a week, or when the summary shall come."""

import re
from datetime import date, time
from typing import Final

from bot.conversation.schedule_input import fold_answer
from bot.programme.summary_schedule import Wish
from bot.protocol.calendar.input_error import InputError, UnreadError, WhichError
from bot.protocol.calendar.parse_times import parse_time
from bot.protocol.calendar.parse_weekdays import parse_weekdays
from bot.protocol.calendar.weeks import IsoWeek
from bot.protocol.folding import fold_typed

_WEEK: Final = re.compile(r"(?:(\d{4})[-\s]?)?(?:w|week |kw)\s?(\d{1,2})", re.ASCII)
_YEARS: Final = range(2020, 2100)
_SHOWN: Final = 30
_HELP: Final = (
    "Write now (this week so far), today (the last seven days), last (the last summary again), "
    "a week (2026-W47), a day and time (mon 07:00), or off."
)


def week_of(text: str, today: date) -> IsoWeek | None:
    """Return the week of "2026-W47", "W47" or "last week"; None for a text that is no week.

    Without a year it is the newest that has begun. Raises InputError for a week that does not
    exist or lies ahead.
    """
    folded, this = fold_answer(fold_typed(text)), IsoWeek.containing(today)
    found = _WEEK.fullmatch(folded)
    if folded == "last week":
        return this.plus(-1)
    if found is None:
        return None
    year, number = int(found[1] or this.year), int(found[2])
    if year not in _YEARS:
        raise InputError(f"“{_shown(text)}” has a year out of range. Write {this.plus(-1)}.")
    try:
        week = IsoWeek(year, number)
    except ValueError as why:
        last = IsoWeek.containing(date(year, 12, 28)).number
        raise InputError(
            f"“{_shown(text)}” does not exist: {year} has weeks 01 to {last}. "
            f"Write {this.plus(-1)}."
        ) from why
    if found[1] is None and week > this:
        return week_of(f"{year - 1}-W{number}", today)
    if week > this:
        raise InputError(f"{week} has not begun; it is {this} now. Write {this.plus(-1)}.")
    return week


def wish_of(text: str) -> Wish:
    """Return when a summary shall come: a weekday, a time, both, "on" or "off".

    Raises InputError: what is wrong, what is allowed, an example.
    """
    folded = fold_answer(text)
    if folded in {"on", "off"}:
        return Wish(on=folded == "on")
    words = text.split()
    splits = [(words[:cut], words[cut:]) for cut in range(len(words), 0, -1)]
    splits += [(after, _without_on(before)) for before, after in splits if after] + [([], words)]
    for day, at in ((" ".join(one), " ".join(other)) for one, other in splits):
        if at and not _is_about_a_time(at):
            continue
        try:
            weekday = _weekday(day) if day else None
        except UnreadError:
            continue
        return Wish(weekday, _time(at, day) if at else None)
    raise InputError(f"I do not understand “{_shown(text)}” here. {_HELP}")


def _without_on(words: list[str]) -> list[str]:
    """Return a time without the "on" that leads to its day."""
    return words[:-1] if words[-1].casefold() == "on" else words


def _is_about_a_time(text: str) -> bool:
    """Whether words have the form of a time, or begin like one."""
    try:
        parse_time(text)
    except UnreadError:
        return text[:1].isdigit()
    except InputError:
        return True
    return True


def _time(text: str, day: str) -> time:
    try:
        return parse_time(text)
    except WhichError as which:
        raise which.within(day, "") from which


def _weekday(text: str) -> int:
    days = parse_weekdays(text)
    if len(days) != 1:
        raise InputError(
            f"“{_shown(text)}” is {len(days)} days; the summary comes on one. Write mon 07:00."
        )
    return next(iter(days))


def _shown(text: str) -> str:
    return " ".join(text.split())[:_SHOWN]
