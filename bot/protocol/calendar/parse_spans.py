"""What people type for a span of days, as in a pause.

A reader returns a span, or raises InputError: what is wrong, what is allowed, an example. Where
several spans are left ("2 weeks from Monday"), it is a WhichError with each of them. A form that is
not known here is never read in part.
"""

import re
from collections.abc import Callable
from datetime import date, timedelta
from typing import Final

from bot.protocol.calendar.input_error import InputError, UnreadError, WhichError, shown
from bot.protocol.calendar.parse_dates import (
    FAR,
    checked,
    day_of,
    end_of,
    plain,
    say_full,
    sunday,
)
from bot.protocol.calendar.parse_lengths import MAX_DAYS, length_of, month_after
from bot.protocol.calendar.parse_times import parse_time
from bot.protocol.calendar.two_days import END, HELP, Span, ask_which, form_of, two_days

LENGTHS: Final = ("3 days", "1 week", "2 weeks", "until resumed")
"""What is offered where the end of a span is not known."""

_DAY: Final = timedelta(days=1)
_WEEK: Final = 7
_ANY: Final = r"(?:the )?"
_OPEN: Final = re.compile(
    r"(?:until|till|til) (?:(?:i |they |he |she )?resume[ds]?|further notice)"
    r"|indefinitely|without (?:an )?end"
)
_LENGTH_LEAD: Final = re.compile(rf"^(?:(?:for|{END}) )?{_ANY}(?:(?:next|coming|whole) )?")
_FROM_THEN: Final = re.compile(r"(?:from|starting(?: from| on)?|beginning(?: on)?) (.+)")
_LENGTH_FROM: Final = re.compile(
    r"(for )?(.+?) (from|starting(?: from| on)?|beginning(?: on)?) (.+)"
)
_NAMED_SPANS: Final = re.compile(
    rf"(?:for |over )?(?:(?:{_ANY}rest of )?(this|the) (week|month)|{_ANY}(next) (week|month)"
    rf"|(?:this |{_ANY}(?:coming )?)(weekend))"
)
_UNTIL: Final = re.compile(rf"{END}(?: and including)? (.+)")
_SINGLE: Final = re.compile(r"(?:(?:only|just)(?: on| for)?|on|for) (.+)")
_UNTIL_NEXT: Final = re.compile(rf"{END} next (week|month)")
_UNTIL_WEEKEND: Final = re.compile(rf"{END} {_ANY}weekend")


def parse_span(text: str, today: date) -> Span:
    """Return the days a person typed, seen from the local date `today`.

    A day alone is the last one of those that begin today. Reads until fri, 1 Dec, 2 weeks,
    24 Dec - 2 Jan, from mon for a week, next week, until resumed. Raises InputError, and WhichError
    where several spans are left or the end is missing.
    """
    found = span_of(plain(text), today)
    if found is None:
        raise UnreadError(f"“{shown(text)}” is not a span of days I can read. {HELP}")
    return found


def span_of(text: str, today: date) -> Span | None:
    """Return the span that a plain text is; None for a text of no known form."""
    return next((found for read in _SPANS if (found := read(text, today)) is not None), None)


def _open(text: str, today: date) -> Span | None:
    return Span(today, None) if _OPEN.fullmatch(text) else None


def _lasting(text: str, today: date) -> Span | None:
    """Return "2 weeks", "for a week", "the next ten days": they count from today."""
    length = length_of(_LENGTH_LEAD.sub("", text), today)
    return None if length is None else _of_length(today, length)


def _named(text: str, today: date) -> Span | None:
    """Return "next week", "this month", "the weekend"."""
    found = _NAMED_SPANS.fullmatch(text)
    if found is None:
        return None
    if found[5]:
        saturday = max(sunday(today) - _DAY, today)
        return Span(saturday, sunday(today) + _DAY)
    later, week = found[3] is not None, "week" in {found[2], found[4]}
    monday = sunday(today) + _DAY
    if week:
        return Span(monday, monday + _WEEK * _DAY) if later else Span(today, monday)
    begins = month_after(today, 1)
    return Span(begins, month_after(today, 2)) if later else Span(today, begins)


def _until_next(text: str, today: date) -> Span | None:
    """Ask whether "until next week" takes that week in."""
    next_, weekend = _UNTIL_NEXT.fullmatch(text), _UNTIL_WEEKEND.fullmatch(text)
    if next_ is not None:
        ends = [end_of(f"end of {which} {next_[1]}", today, today) for which in ("this", "next")]
    elif weekend is not None:
        ends = [sunday(today) - 2 * _DAY, sunday(today)]
    else:
        return None
    ask_which(text, [f"until {say_full(day)}" for day in ends if day is not None and day >= today])
    return Span(today, sunday(today) + _DAY)


def _in_length(text: str, today: date) -> Span | None:
    """Ask about "in 2 weeks": it may be the end, or the beginning."""
    found = FAR.fullmatch(text)
    length = None if found is None else length_of(found[1] or found[2], today)
    if length is None:
        return None
    day = checked(today + length, today)
    ask_which(text, [f"until {say_full(day)}", f"from {say_full(day)}"])
    return None


def _beginning(text: str, today: date) -> Span | None:
    """Return "from mon for 2 weeks"; ask "from mon" until when, and what "2 weeks from mon" is."""
    found = _LENGTH_FROM.fullmatch(text)
    if found is not None and (length := length_of(found[2], today)) is not None:
        return _length_from(text, found, length, today)
    found = _FROM_THEN.fullmatch(text)
    return None if found is None else _from(text, found[1], today)


def _length_from(text: str, found: re.Match[str], length: timedelta, today: date) -> Span | None:
    begins = _inner(found[4], today, f"{found[1] or ''}{found[2]} {found[3]}")
    if begins is None:
        return None
    if found[1] or not found[3].startswith("from"):
        return _of_length(begins, length)
    ask_which(
        text, [f"for {found[2]} from {say_full(begins)}", f"until {say_full(begins + length)}"]
    )
    return None


def _from(text: str, rest: str, today: date) -> Span | None:
    words = rest.split()
    for cut in range(len(words), 0, -1):
        begins = _inner(" ".join(words[:cut]), today, "from", " ".join(words[cut:]))
        if begins is None:
            continue
        tail = " ".join(words[cut:])
        if not tail or tail in {"on", "onwards", "onward", "forward"}:
            each = tuple(f"from {say_full(begins)} {_for(one)}" for one in LENGTHS)
            raise WhichError(f"“{shown(text)}”: until when? {HELP}", each)
        length = length_of(_LENGTH_LEAD.sub("", tail), today)
        if length is not None:
            return _of_length(begins, length)
        return Span(begins, None) if _OPEN.fullmatch(tail) else None
    return None


def _for(length: str) -> str:
    return length if length.startswith("until") else f"for {length}"


def _inner(text: str, today: date, before: str, after: str = "") -> date | None:
    """Return a day within a longer text; a question about it is one about the whole."""
    try:
        return day_of(text, today, today)
    except WhichError as which:
        raise which.within(before, after) from which


def _single_day(text: str, today: date) -> Span | None:
    """Return "on fri", "just tomorrow", "for today": that day alone."""
    found = _SINGLE.fullmatch(text)
    day = None if found is None else _inner(found[1], today, text.removesuffix(found[1]).strip())
    return None if day is None else Span(day, day + _DAY)


def _last_day(text: str, today: date) -> Span | None:
    """Return "until fri", "1 Dec": today is the first day of it."""
    found = _UNTIL.fullmatch(text)
    asked = text if found is None else found[1]
    ends = _inner(asked, today, text.removesuffix(asked).strip())
    return None if ends is None else Span(today, ends + _DAY)


def _last_moment(text: str, today: date) -> Span | None:
    """Ask about "until fri 17:00": a span ends with a whole day."""
    found = _UNTIL.fullmatch(text)
    words = (text if found is None else found[1]).split()
    for cut in range(len(words) - 1, 0, -1):
        day, at = " ".join(words[:cut]), " ".join(words[cut:])
        if form_of(day, today) and _is_time(at):
            ends = _inner(day, today, "until", at)
            assert ends is not None
            days = [one for one in (ends - _DAY, ends) if one >= today]
            said = f"“{shown(text)}”: a pause ends with a whole day. Which is its last?"
            raise WhichError(said, tuple(f"until {say_full(one)}" for one in days))
    return None


def _is_time(text: str) -> bool:
    try:
        parse_time(text)
    except UnreadError:
        return False
    except InputError:
        return True
    return True


_SPANS: Final[tuple[Callable[[str, date], Span | None], ...]] = (
    _open,
    _lasting,
    _named,
    _until_next,
    _in_length,
    two_days,
    _beginning,
    _single_day,
    _last_day,
    _last_moment,
)


def _of_length(first: date, length: timedelta) -> Span:
    if not 1 <= length.days <= MAX_DAYS:
        raise InputError("A pause lasts from one day to two years. Write for example 3 days.")
    return Span(first, first + length)
