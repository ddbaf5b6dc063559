"""Two days as people type them, the first and the last of a span: "24 Dec - 2 Jan"."""

import re
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from bot.protocol.calendar.input_error import InputError, UnreadError, WhichError, meanings, shown
from bot.protocol.calendar.parse_dates import (
    DOTTED,
    MONTH_DAY,
    SLASHED,
    day_of,
    or_none,
    parse_day,
    plain,
    say_full,
)

HELP: Final = "Write a last day (fri, 1 Dec), a length (2 weeks) or two dates (24 Dec - 2 Jan)."

_DAY: Final = timedelta(days=1)
_MONTHS_A_YEAR: Final = 12
END: Final = r"(?:until|till|til|through|thru|up to|to)"
_FROM: Final = re.compile(r"^(?:from|starting(?: from| on)?|beginning(?: on)?|as of|between) ")
_SEPARATOR: Final = re.compile(rf"\s*-\s*|\s+(?:{END}|and)\s+")
_YEAR: Final = re.compile(r"\d{4}")
_NUMBER: Final = re.compile(r"(?:the )?(\d{1,2})(?:st|nd|rd|th|\.)?")
_FIRST_NUMBER: Final = re.compile(r"^(?:[a-z]+,? )?(?:the )?\d{1,2}")
_LAST_NUMBER: Final = re.compile(r"\d{1,2}(?:st|nd|rd|th)?$")


@dataclass(frozen=True, slots=True)
class Span:
    """Days that follow each other: the first of them, and the first one after them.

    Without `back_on` they have no end.
    """

    first: date
    back_on: date | None


def two_days(text: str, today: date) -> Span | None:
    """Return "24 Dec - 2 Jan", "from mon to fri", "24-28 Dec": both days belong to the span."""
    begun = _FROM.sub("", text)
    for cut in _SEPARATOR.finditer(begun):
        both = _completed(begun[: cut.start()].strip(), begun[cut.end() :].strip(), today)
        orders = _orders(*both)
        try:
            found = _from_to(*orders[0], today) if len(orders) == 1 else None
        except WhichError as which:
            raise WhichError(str(which), _each_way(orders, today)) from which
        if len(orders) > 1:
            ask_which(text, list(_each_way(orders, today)))
        if found is not None:
            if cut[0].strip() == "and" and not text.startswith("between "):
                _check_gap(text, found)
            return found
    return None


def _check_gap(text: str, found: Span) -> None:
    """Ask about "mon and thu": two days that do not follow each other are no span."""
    assert found.back_on is not None
    last = found.back_on - _DAY
    if last - found.first > _DAY:
        days = say_full(found.first), say_full(last)
        said = f"“{shown(text)}” are two days, and a pause has no gap. Which days?"
        raise WhichError(said, (" - ".join(days), f"on {days[0]}", f"on {days[1]}"))


def _from_to(first: str, last: str, today: date) -> Span | None:
    if form_of(last, today) is None:
        return None
    begins = day_of(first, today, today)
    if begins is None:
        return None
    try:
        ends = day_of(last, today, begins)
    except WhichError:
        raise
    except InputError:
        ends = day_of(last, today, today)
    if ends is None:
        return None
    if ends < begins:
        raise InputError(f"{say_full(ends)} comes before {say_full(begins)}. {HELP}")
    return Span(begins, ends + _DAY)


def _each_way(ways: list[tuple[str, str]], today: date) -> tuple[str, ...]:
    """Return what two days may mean, each meaning with both of them."""
    return tuple(
        f"{say_full(begins)} - {say_full(ends)}"
        for first, last in ways
        for begins in _meant(first, today, today)
        for ends in _meant(last, today, begins)
    )


def _meant(text: str, today: date, since: date) -> list[date]:
    """Return the days from `since` on that a text may mean."""

    def read(typed: str) -> date:
        found = day_of(plain(typed), today, since)
        if found is None or found < since:
            raise UnreadError(typed)
        return found

    return meanings(read, text)


def _orders(first: str, last: str) -> list[tuple[str, str]]:
    """Return two days with slashes as they are read, in the one order of both or in either.

    "24/12 to 2/1" has the day of the month first, in both.
    """
    found = SLASHED.fullmatch(first), SLASHED.fullmatch(last)
    if found[0] is None or found[1] is None:
        return [(first, last)]
    both = [match.groups() for match in found if match is not None]
    orders = [[".".join(filter(None, (day, month, year))) for day, month, year in both]]
    orders += [[".".join(filter(None, (day, month, year))) for month, day, year in both]]
    fits = [
        (begins, ends)
        for begins, ends in orders
        if all(int(day.split(".")[1]) <= _MONTHS_A_YEAR for day in (begins, ends))
    ]
    return fits or [(first, last)]


def form_of(text: str, today: date) -> bool | None:
    """Whether a text has the form of a day, read or not; None if it has none."""
    try:
        return None if day_of(text, today, today) is None else True
    except InputError:
        return False


def _completed(first: str, last: str, today: date) -> tuple[str, str]:
    """Return two days of which one lacked its month or its year: the other tells it."""
    bare = _NUMBER.fullmatch(first)
    if bare is not None and _FIRST_NUMBER.match(last):
        return _FIRST_NUMBER.sub(bare[1], last, count=1), last
    bare = _NUMBER.fullmatch(last)
    if bare is not None and MONTH_DAY.fullmatch(first):
        return first, _LAST_NUMBER.sub(bare[1], first)
    if _YEAR.search(last) and not _YEAR.search(first) and form_of(first, today) is not None:
        return _in_year_of(first, last, today), last
    return first, last


def _in_year_of(first: str, last: str, today: date) -> str:
    """Return the first day in the year of the last one, or in the year before."""
    begins = first.rstrip(".")
    mark = "." if DOTTED.fullmatch(first) else "/" if SLASHED.fullmatch(first) else " "
    ends = or_none(parse_day, last, today)
    if ends is None:
        return first
    for year in (ends.year, ends.year - 1):
        dated = f"{begins}{mark}{year}"
        day = or_none(parse_day, dated, today)
        if day is not None and day <= ends:
            return dated
    return first


def ask_which(text: str, choices: list[str]) -> None:
    """Ask which of several spans is meant; one alone needs no question."""
    each = tuple(dict.fromkeys(choices))
    if len(each) > 1:
        said = f"“{shown(text)}” could be {' or '.join(each)}. Which one?"
        raise WhichError(said, each)
