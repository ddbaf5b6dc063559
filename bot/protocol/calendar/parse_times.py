"""What people type for a time of day, and for the one or two times of a day.

A reader returns a value, or raises InputError: what is wrong, what is allowed, an example. Where
several meanings are left ("7" is morning or evening), it is a WhichError with each of them.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import time
from typing import Final

from bot.protocol.calendar.input_error import (
    InputError,
    UnreadError,
    WhichError,
    meanings,
    shown,
)
from bot.protocol.folding import fold_typed

_HELP: Final = "Write a time as 07:30, 19:30 or 7:30 pm."
_NOON: Final = 12
_HOURS: Final = 24
_MINUTES: Final = 60

_WORDED: Final = {
    "noon": time(12),
    "midday": time(12),
    "12 noon": time(12),
    "12:00 noon": time(12),
    "12 midday": time(12),
    "midnight": time(0),
    "12 midnight": time(0),
    "12:00 midnight": time(0),
    "00:00 midnight": time(0),
}
_ONE_TO_TWELVE: Final = (
    *("one", "two", "three", "four", "five", "six"),
    *("seven", "eight", "nine", "ten", "eleven", "twelve"),
)
_NUMBERS: Final = {
    **{word: str(number) for number, word in enumerate(_ONE_TO_TWELVE, start=1)},
    "fifteen": "15",
    "twenty-five": "25",
    "twenty": "20",
    "thirty": "30",
    "forty-five": "45",
}
_NUMBER: Final = re.compile(r"\b(?:" + "|".join(_NUMBERS) + r")\b")
_PAST: Final = re.compile(
    r"(half|quarter|(5|10|20|25)|(\d{1,2}) minutes?) (past|to) (\d{1,2})(?!\d)(.*)"
)
_HALF: Final = re.compile(r"half (\d{1,2})( ?[ap]\.?m\.?)?")
_MARGIN: Final = " .!;,?"
_LEAD: Final = re.compile(r"^(?:at\s+|@\s*)")
_CLOCK_WORD: Final = re.compile(r"(?<=\d)\s?(?:o'?\s?clock|uhr|hrs|hours)\b")
_HALVES: Final = (
    (re.compile(r"(?<=\d) (?:in the |this )?morning$"), " am"),
    (re.compile(r"(?<=\d) (?:in the |this )?(?:afternoon|evening)$"), " pm"),
)
_CLOCK: Final = re.compile(r"(\d{1,2})\s?[:.,h]\s?(\d{2})\s?(?:min\b|h\b)?(?:([ap])\.?(?:m\.?)?)?")
_SPACED: Final = re.compile(r"(\d{1,2}) (\d{2})\s?(?:([ap])\.?m\.?)?")
_COMPACT: Final = re.compile(r"(\d{2})(\d{2})()h?")
_HOUR: Final = re.compile(r"(\d{1,2})()\s?(?:([ap])\.?(?:m\.?)?|h)")
_BARE: Final = re.compile(r"(\d{1,2})()()")
_SHAPES: Final = (_CLOCK, _SPACED, _COMPACT, _HOUR, _BARE)
_SHORT_MINUTE: Final = re.compile(r"(\d{1,2})[:.h](\d)\b(.*)")
_THREE_DIGITS: Final = re.compile(r"(\d)(\d\d)")

_AMONG: Final = re.compile(r"(?<![\d:.,-])\d{1,2}(?:[:.h]\d{2})?(?:\s?[ap]\.?m\b)?(?![\d:.,-])")
_BETWEEN: Final = re.compile(r"\s*(?:[&+;/]|,(?!\d)|\band\b)\s*")
_WEAK: Final = re.compile(r"[\s,]+")
_OR: Final = re.compile(r"\s*,?\s*\bor\b\s*")
_APART: Final = re.compile(r"(?<=\d)\s+(?=[ap]\.?m\b)")


@dataclass(frozen=True, slots=True)
class _Shape:
    """An hour and minute as typed, and the half of the day, "a" or "p", where one is named."""

    hour: int
    minute: int | None
    half: str | None


def parse_time(text: str) -> time:
    """Return the wall time a person typed, to the minute.

    Reads 07:30, 7.30, 19,30, 0730, 19h30, 7am, 6:45 pm, 19, noon, half past seven pm, in the digits
    of any script. Raises WhichError for an hour or a half that has two meanings, and for what is
    nearly a time; InputError for all else.
    """
    folded = _plain(text)
    if folded in _WORDED:
        return _WORDED[folded]
    shape = _shape(folded)
    if shape is None:
        raise _no_time(shown(text), folded)
    return _worded(text, folded) or _clock_time(text, shape)


def parse_times(text: str) -> tuple[time, ...]:
    """Return the one or two times of a day that a person typed, in the order of the day.

    "19,30" is one time, "7 18:00" are two; "7,15" may be either, and is asked about.
    """
    folded = fold_typed(text)
    if _OR.search(folded):
        raise _which_of(text, [part for part in _OR.split(folded) if part])
    ways = _ways(folded)
    if not ways:
        raise _no_time(shown(text), _plain(text))
    if len(ways) > 1:
        raise WhichError(f"“{shown(text)}” could be one time or two. Which?", _as_typed(ways))
    (parts,) = ways
    _check_each(parts)
    if len(parts) > 2:  # noqa: PLR2004 - as the sentence says
        raise InputError(
            f"“{parts[2]}” is one time too many: a day has one or two, for example 07:30 and 18:00."
        )
    return tuple(sorted(_each(parts)))


def _which_of(text: str, parts: list[str]) -> InputError:
    """Ask about "7 am or 7 pm", whose parts are times each."""
    each = [time for part in parts for time in meanings(parse_time, part)]
    if len(parts) < 2 or not all(meanings(parse_time, part) for part in parts):  # noqa: PLR2004
        return _no_time(shown(text), _plain(text))
    choices = tuple(dict.fromkeys(f"{at:%H:%M}" for at in sorted(each)))
    return WhichError(f"“{shown(text)}” could be {' or '.join(choices)}. Which one?", choices)


def times_among(text: str) -> list[str]:
    """Return what looks like a time among other words: "around 7 or so" has "7"."""
    return _AMONG.findall(fold_typed(text))


def _check_each(parts: list[str]) -> None:
    """Raise what is wrong with a part: no answer about another one would settle that."""
    for part in parts:
        try:
            parse_time(part)
        except WhichError:
            continue


def _each(parts: list[str]) -> Iterator[time]:
    for at, part in enumerate(parts):
        try:
            yield parse_time(part)
        except WhichError as which:
            before = " ".join(f"{one} and" for one in parts[:at])
            after = " ".join(f"and {one}" for one in parts[at + 1 :])
            raise which.within(before, after) from which


def _as_typed(ways: list[list[str]]) -> tuple[str, ...]:
    """Return each way to split a text so that it is not split in another one."""
    return tuple(" and ".join(_colon(part) for part in parts) for parts in ways)


def _colon(part: str) -> str:
    return re.sub(r"^(\d{1,2})[\s,](\d{2})(?!\d)", r"\1:\2", _in_digits(part))


def _in_digits(text: str) -> str:
    return _NUMBER.sub(lambda word: _NUMBERS[word[0]], text)


def _ways(folded: str) -> list[list[str]]:
    """Return the ways to read a text as times: at commas and spaces there may be two."""
    strong = [part for part in _BETWEEN.split(_APART.sub("", folded)) if part.strip(_MARGIN)]
    found: list[list[str]] = [[]] if strong else []
    for part in strong:
        whole = [[part]] if _is_time(part) else []
        if _plain(part) in _WORDED:
            found = [[*before, part] for before in found]
            continue
        pieces = [piece for piece in _WEAK.split(part) if piece and piece != "at"]
        apart = [pieces] if len(pieces) > 1 and all(map(_may_stand_apart, pieces)) else []
        if len(pieces) > 2 or not apart:  # noqa: PLR2004 - a day has one time or two
            apart = _spaced(part) or apart
        found = [[*before, *way] for before in found for way in (*whole, *apart)]
    return found


def _spaced(part: str) -> list[list[str]]:
    """Return the way to read times with a space between them, each with a comma: "7,30 19,30"."""
    times = [word for word in part.split() if word != "at"]
    return [times] if len(times) > 1 and all(map(_may_stand_apart, times)) else []


def _is_time(text: str) -> bool:
    """Whether a text has the form of a time: "25:00" has it, "7 60" has not."""
    folded = _plain(text)
    shape = _shape(folded)
    if shape is None:
        return folded in _WORDED or _nearly(folded) != ()
    return _is_possible(shape) or not re.search(r"[\s,]", folded)


def _may_stand_apart(text: str) -> bool:
    """Whether a piece between commas or spaces is a time of its own: "30" is none."""
    folded = _plain(text)
    shape = _shape(folded)
    if shape is None:
        return folded in _WORDED or _nearly(folded) != ()
    return _is_possible(shape) or (shape.minute is not None and not folded.isdigit())


def _is_possible(shape: _Shape) -> bool:
    hours = _NOON + 1 if shape.half else _HOURS
    return shape.hour < hours and (shape.minute or 0) < _MINUTES


def _plain(text: str) -> str:
    """Return the text in the few forms that are read below."""
    folded = _LEAD.sub("", fold_typed(text).strip(_MARGIN))
    folded = _in_digits(folded.replace("forty five", "forty-five"))
    folded = _CLOCK_WORD.sub("", folded).strip(_MARGIN)
    for words, half in _HALVES:
        folded = words.sub(half, folded)
    return _PAST.sub(_past, folded)


def _past(found: re.Match[str]) -> str:
    minutes = {"half": 30, "quarter": 15}.get(found[1]) or int(found[2] or found[3] or 0)
    hour = int(found[5])
    if found[4] == "to":
        hour, minutes = (hour - 2) % _NOON + 1, _MINUTES - minutes
    return f"past {hour}:{minutes:02}{found[6]}"


def _shape(folded: str) -> _Shape | None:
    plain = folded.removeprefix("past ")
    found = next((match for one in _SHAPES if (match := one.fullmatch(plain))), None)
    if found is None:
        return None
    hour, minute, half = found.groups()
    return _Shape(int(hour), int(minute) if minute else None, half or None)


def _worded(text: str, folded: str) -> time | None:
    """Ask about "half past seven": said in words, an hour has two meanings."""
    shape = _shape(folded)
    if not folded.startswith("past ") or shape is None or shape.half or shape.hour > _NOON:
        return None
    raise _which(shown(text), shape.hour, shape.minute or 0)


def _clock_time(text: str, shape: _Shape) -> time:
    hour, minute, half = shape.hour, shape.minute or 0, shape.half
    said = f"“{shown(text)}” is not a time"
    if minute >= _MINUTES:
        raise InputError(f"{said}: minutes go from 00 to 59. {_HELP}")
    if half and not 1 <= hour <= _NOON:
        why = f"{said}: am and pm go with 1 to 12. {_HELP}"
        fits = hour < _HOURS and (half == "p") == (hour >= _NOON)
        raise WhichError(why, (f"{hour:02}:{minute:02}",)) if fits else InputError(why)
    if half:
        return time(hour % _NOON + (_NOON if half == "p" else 0), minute)
    if (hour, minute) == (_HOURS, 0):
        raise WhichError(f"{said}: midnight is written 00:00. {_HELP}", ("00:00",))
    if hour >= _HOURS:
        raise InputError(f"{said}: hours go from 00 to 23. {_HELP}")
    if shape.minute is None and hour <= _NOON and not _says_hours(text):
        raise _which(shown(text), hour, 0)
    return time(hour, minute)


def _says_hours(text: str) -> bool:
    """Whether an hour is written as on a clock of 24 hours: "7h"."""
    return _plain(text).endswith("h")


def _which(said: str, hour: int, minute: int) -> WhichError:
    if hour == 0:
        return WhichError(f"“{said}” has no minutes; write 00:00.", ("00:00",))
    early, late = (f"{hour % _NOON + half:02}:{minute:02}" for half in (0, _NOON))
    return WhichError(f"“{said}” could be {early} or {late}. Which one?", (early, late))


def _no_time(said: str, folded: str) -> InputError:
    """Return the sentence for a text that has no form of a time, with what it is near to."""
    if not folded:
        return UnreadError(f"A time is missing. {_HELP}")
    near = _nearly(folded)
    if _SHORT_MINUTE.fullmatch(folded):
        why = f"“{said}” has one digit for the minutes; write two, as in 07:05. {_HELP}"
        return WhichError(why, near) if near else InputError(why)
    why = f"“{said}” is not a time I can read. {_HELP}"
    return WhichError(why, near) if near else UnreadError(why)


def _nearly(folded: str) -> tuple[str, ...]:
    """Return the times that a slip may have meant: "7:5" and "730", and "half 7", which is two."""
    half = _HALF.fullmatch(folded)
    if half is not None and 1 <= int(half[1]) <= _NOON:
        hours = (int(half[1]) - 1, int(half[1]))
        later = {"a": (0,), "p": (_NOON,)}.get((half[2] or "").strip()[:1], (0, _NOON))
        return tuple(f"{hour % _NOON + one:02}:30" for one in later for hour in hours)
    short = _SHORT_MINUTE.fullmatch(folded)
    if short is not None and int(short[1]) < _HOURS and not short[3].strip(" apm."):
        late = "p" in short[3] and int(short[1]) < _NOON
        hour, digits = int(short[1]) + _NOON * late, ("0" + short[2], short[2] + "0")
        return tuple(f"{hour:02}:{one}" for one in digits if int(one) < _MINUTES)
    three = _THREE_DIGITS.fullmatch(folded)
    if three is not None and int(three[1]) >= 1 and int(three[2]) < _MINUTES:
        return tuple(f"{int(three[1]) + half:02}:{three[2]}" for half in (0, _NOON))
    return ()
