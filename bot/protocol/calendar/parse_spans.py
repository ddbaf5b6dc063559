"""What people type for a span of days, as in a pause.

A reader returns a span, or raises InputError: what is wrong, what is allowed, an example. Where
several spans are left ("2 weeks from Monday"), it is a WhichError with each of them. A form that is
not known here is never read in part.
"""

import re
from collections.abc import Callable
from datetime import date, timedelta
from typing import Final, NoReturn

from bot.protocol.calendar.input_error import (
    InputError,
    UnreadError,
    WhichError,
    meanings,
    shown,
)
from bot.protocol.calendar.parse_dates import (
    FAR,
    checked,
    day_of,
    end_of,
    month_named,
    parse_day,
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
    r"(for )?(.+?),? (from|starting(?: from| on)?|beginning(?: on)?) (.+)"
)
_WHOLE: Final = rf"(?:{_ANY}(?:all|whole)(?: of)? )?"
_NAMED_SPANS: Final = re.compile(
    rf"(?:(?:for|over|only|just) )?{_WHOLE}"
    rf"(?:(?:{_ANY}rest of )?(this|the) (week|month)|{_ANY}(next) (week|month)"
    rf"|(?:this |{_ANY}(?:coming )?)(weekend)|{_ANY}(week) after next|(next weekend))"
)
_WHOLE_MONTH: Final = re.compile(rf"(?:(?:in|for|over|during) )?{_WHOLE}([a-z]+)")
_CUT_OFF: Final = re.compile(rf"(.+?)(?:\s*-| {END})")
_NOW: Final = re.compile(
    rf"^(?:from |starting |beginning |as of )?(?:right )?now(?:,? (?=(?:{END}|for)\b)| ?(?=[-+]))"
)
_FROM_WORD: Final = re.compile(r"^(?:from|starting(?: from| on)?|beginning(?: on)?|as of) ")
_UNTIL: Final = re.compile(rf"{END}(?: and including)? (.+)")
_BACK: Final = re.compile(
    r"(?:(?:(?:i |i'm |i am |i will be |i'll be )?back(?: again)?(?: on)?"
    rf"|before|not (?:{END}|before)|{END} before) )(.+)"
)
_SINGLE: Final = re.compile(r"(?:(?:only|just)(?: on| for)?|on|for) (.+)")
_ALONE: Final = re.compile(r"(.+) (?:only|alone)")
_INCLUSIVE: Final = re.compile(r",? \(?(?:inclusive|included|incl\.?)\)?$")
_UNTIL_NEXT: Final = re.compile(rf"{END} next (week|month)")
_UNTIL_WEEKEND: Final = re.compile(rf"{END} {_ANY}weekend")
_UNTIL_MONTH: Final = re.compile(rf"{END} (?:{_ANY}(?:start|beginning|(end)) of )?([a-z]+)")
_FOR: Final = re.compile(r"(.+?),? ?(?:\bfor|\+) (.+)")
_PART_OF_DAY: Final = re.compile(
    r" ?\b(?:at |in the |this )?"
    r"(?:\d{1,2}:\d{2}(?: ?[ap]\.?m\b\.?)?|\d{1,2}(?:\.\d{2})? ?[ap]\.?m\b\.?"
    r"|noon|midday|midnight|morning|afternoon|evening|eve|night|lunch(?:time)?)(?=$|[ ,-])"
)


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
    text = _NOW.sub("today ", _INCLUSIVE.sub("", text)).rstrip()
    return next((found for read in _SPANS if (found := read(text, today)) is not None), None)


def _open(text: str, today: date) -> Span | None:
    return Span(today, None) if _OPEN.fullmatch(text) else None


def _lasting(text: str, today: date) -> Span | None:
    """Return "2 weeks", "for a week", "the next ten days": they count from today."""
    length = length_of(_LENGTH_LEAD.sub("", text), today)
    return None if length is None else _of_length(today, length)


def _named(text: str, today: date) -> Span | None:
    """Return "next week", "this month", "the weekend"."""
    alone = _ALONE.fullmatch(text)
    found = _NAMED_SPANS.fullmatch(text if alone is None else alone[1])
    if found is None:
        return None
    monday = sunday(today) + _DAY
    if found[5] or found[7]:
        saturday = max(monday - 2 * _DAY, today)
        if found[7]:
            after = monday + 5 * _DAY
            weekends = ((saturday, monday - _DAY), (after, after + _DAY))
            ask_which(text, [f"{say_full(first)} - {say_full(last)}" for first, last in weekends])
        return Span(saturday, monday)
    if found[6]:
        return Span(monday + _WEEK * _DAY, monday + 2 * _WEEK * _DAY)
    later, week = found[3] is not None, "week" in {found[2], found[4]}
    if week:
        return Span(monday, monday + _WEEK * _DAY) if later else Span(today, monday)
    begins = month_after(today, 1)
    return Span(begins, month_after(today, 2)) if later else Span(today, begins)


def _whole_month(text: str, today: date) -> Span | None:
    """Return "in December", "all of May": a month alone may be a word of a sentence."""
    found = _WHOLE_MONTH.fullmatch(text)
    month = None if found is None or found[1] == text else month_named(found[1])
    if month is None:
        return None
    first = _first_of(month, today)
    return Span(max(first, today), month_after(first, 1))


def _first_of(month: int, today: date) -> date:
    """Return the first day of the next such month, or of the one that runs."""
    return date(today.year + (month < today.month), month, 1)


def _until_month(text: str, today: date) -> Span | None:
    """Ask whether "until December" takes that month in; "until the end of May" does."""
    found = _UNTIL_MONTH.fullmatch(text)
    month = None if found is None else month_named(found[2])
    if found is None or month is None:
        return None
    first = _first_of(month, today)
    if not found[1]:
        ends = [first - _DAY, month_after(first, 1) - _DAY]
        ask_which(text, [f"until {say_full(day)}" for day in ends if day >= today])
    return Span(today, month_after(first, 1))


def _until_back(text: str, today: date) -> Span | None:
    """Return "back on monday", "not until monday": the day before is the last."""
    found = _BACK.fullmatch(text)
    if found is None:
        return None
    back = [day for day in meanings(lambda typed: parse_day(typed, today), found[1]) if day > today]
    ask_which(text, [f"until {say_full(day - _DAY)}" for day in back])
    return _of_length(today, back[0] - today) if back else None


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


def _without_end(text: str, today: date) -> Span | None:
    """Ask about "24 Dec -", which only begins a span."""
    found = _CUT_OFF.fullmatch(text)
    begins = None if found is None else _inner(_FROM_WORD.sub("", found[1]), today, "from")
    if begins is not None:
        _ask_until_when(text, begins)
    return None


def _ask_until_when(text: str, begins: date) -> NoReturn:
    """Ask for the end alone: whatever is typed then stands behind the beginning."""
    said = f"“{shown(text)}” begins on {say_full(begins)}: until when? {HELP}"
    raise WhichError(said, tuple(map(_for, LENGTHS)), f"from {say_full(begins)}")


def _beginning(text: str, today: date) -> Span | None:
    """Return "from mon for 2 weeks"; ask "from mon" until when, and what "2 weeks from mon" is."""
    found = _LENGTH_FROM.fullmatch(text)
    if found is not None and (length := length_of(found[2], today)) is not None:
        return _length_from(text, found, length, today)
    found = _FROM_THEN.fullmatch(text)
    return _for_length(text, today) if found is None else _from(text, found[1], today)


def _for_length(text: str, today: date) -> Span | None:
    """Return "24 Dec for 3 days", "tomorrow + 3 days"."""
    found = _FOR.fullmatch(text)
    length = None if found is None else length_of(_LENGTH_LEAD.sub("", found[2]), today)
    if found is None or length is None:
        return None
    begins = _inner(found[1], today, "", f"for {found[2]}")
    return None if begins is None else _of_length(begins, length)


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
    words = rest.replace(",", " ").split()
    for cut in range(len(words), 0, -1):
        begun = " ".join(words[:cut])
        begins = _inner(begun, today, "from", " ".join(words[cut:]))
        if begins is None and (later := _named(begun, today)) is not None:
            begins = later.first
        if begins is None:
            continue
        tail = " ".join(words[cut:])
        if not tail or tail in {"on", "onwards", "onward", "forward"}:
            _ask_until_when(text, begins)
        length = length_of(_LENGTH_LEAD.sub("", tail), today)
        if length is not None:
            return _of_length(begins, length)
        return Span(begins, None) if _OPEN.fullmatch(tail) else _ending(begins, tail, today)
    return None


def _ending(begins: date, tail: str, today: date) -> Span | None:
    """Return "from mon, fri": the last day; or what is a beginning and an end by itself."""
    if _FROM_WORD.match(tail):
        return span_of(tail, today)
    both = two_days(tail, today)
    if both is not None or form_of(tail, today) is None:
        return both
    return two_days(plain(f"{say_full(begins)} - {tail}"), today)


def _for(length: str) -> str:
    return length if length.startswith("until") else f"for {length}"


def _inner(text: str, today: date, before: str, after: str = "") -> date | None:
    """Return a day within a longer text; a question about it is one about the whole."""
    try:
        return day_of(text, today, today)
    except WhichError as which:
        raise which.within(before, after) from which


def _single_day(text: str, today: date) -> Span | None:
    """Return "on fri", "just tomorrow", "for today", "fri only": that day alone."""
    found = _SINGLE.fullmatch(text) or _ALONE.fullmatch(text)
    if found is None:
        return None
    before, _day, after = text.partition(found[1])
    day = _inner(found[1], today, before.strip(), after.strip())
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


def _part_days(text: str, today: date) -> Span | None:
    """Ask about "fri evening until mon morning": a span is of whole days."""
    days, parts = _PART_OF_DAY.subn("", text)
    whole = days.strip(" ,-")
    if not parts or length_of(_LENGTH_LEAD.sub("", whole), today) is not None:
        return None
    found = span_of(whole, today)
    if found is None or found.back_on is None:
        return None
    last = found.back_on - _DAY
    firsts = [found.first, found.first + _DAY] if found.first > today else [today]
    spans = [(first, end) for end in (last, last - _DAY) for first in firsts if first <= end]
    said = f"“{shown(text)}”: a pause has whole days. Which ones?"
    raise WhichError(said, tuple(_from_until(*one, today) for one in spans))


def _from_until(first: date, last: date, today: date) -> str:
    return f"until {say_full(last)}" if first == today else f"{say_full(first)} - {say_full(last)}"


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
    _whole_month,
    _until_next,
    _until_month,
    _until_back,
    _in_length,
    _without_end,
    two_days,
    _beginning,
    _single_day,
    _last_day,
    _last_moment,
    _part_days,
)


def _of_length(first: date, length: timedelta) -> Span:
    if not 1 <= length.days <= MAX_DAYS:
        raise InputError("A pause lasts from one day to two years. Write for example 3 days.")
    return Span(first, first + length)
