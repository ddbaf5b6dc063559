"""What an athlete types for the diary: "run 40 4 uphill", "bike 1h 3", "run 10 km 50 min 5".

A day may stand before or after it. Raises InputError: what is wrong, what is allowed, an example.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from difflib import get_close_matches
from typing import Final

from bot.protocol.calendar.input_error import InputError, WhichError, shown
from bot.protocol.calendar.parse_past_days import past_day
from bot.protocol.folding import fold_typed
from bot.protocol.load.entries import (
    LATEST,
    MAX_EFFORT,
    MAX_METRES,
    MAX_MINUTES,
    WITHOUT_SPORT,
    Extra,
    LoadEntry,
    LoadKind,
)

EXAMPLE: Final = "run 40 4 uphill"
NOT_RATED: Final = "unrated"
"""Stands where the effort is not known."""
_KINDS: Final = {
    LoadKind.NONE: "none nothing rest rested off norun nosport",
    LoadKind.RUN: "run ran running runs jog jogged jogging",
    LoadKind.BIKE: "bike biked biking bicycle ride rode riding cycle cycled cycling",
    LoadKind.SWIM: "swim swam swimming",
    LoadKind.WALK: "walk walked walking hike hiked hiking",
    LoadKind.STRENGTH: "strength gym weights lifting lifted",
    LoadKind.OTHER: "other sport row rowed rowing yoga football soccer tennis ski skiing",
}
_EXTRAS: Final = {
    Extra.UPHILL: "uphill hill hills hilly climb climbs",
    Extra.FAST: "fast interval intervals tempo speed sprint sprints",
    Extra.TRAIL: "trail trails offroad",
    Extra.HINGE: "deadlift-slow hinge hinges deadlift deadlifts rdl",
    Extra.HINGE_FAST: "deadlift-fast hinge-fast swing swings",
    Extra.SIT: "sit sitting long-sit",
    Extra.STRETCH: "stretch stretched stretching",
}
_WORDS: Final = {word: kind for kind, words in _KINDS.items() for word in words.split()}
_EXTRA_WORDS: Final = {word: extra for extra, words in _EXTRAS.items() for word in words.split()}
_KINDS_TYPED: Final = frozenset(_WORDS)
_KNOWN: Final = _KINDS_TYPED | frozenset(_EXTRA_WORDS)
_SATURDAY: Final = "sat"
_LEFT_OUT: Final = frozenset(
    {"a", "an", "and", "with", "of", "at", "in", "on", "for", "the", "i", "my", "about", "day"}
    | {"easy", "long", "short", "hard", "slow", "effort", "rpe", "up"}
)
"""Words that say nothing more."""
TYPED_AS: Final = {extra: words.split()[0] for extra, words in _EXTRAS.items()}
"""How each extra is typed."""

_H: Final = r"h|hr|hrs|hour|hours"
_MIN: Final = r"min|mins|minute|minutes|'|′"
_KM: Final = r"km|kms|k|kilometers|kilometres|mi|mile|miles|metres|meters"
_HOURS_MINUTES: Final = re.compile(
    rf"(\d{{1,2}})(?::(\d\d)(?::\d\d)?|(?:{_H})(\d{{1,2}})(?:{_MIN})?)"
)
_AMOUNT: Final = re.compile(rf"(\d{{1,5}})(?:[.,](\d{{1,3}}))?({_H}|{_MIN}|{_KM}|m)?")
_EFFORT: Final = re.compile(r"(@?)(\d{1,2}(?:\.\d{1,3})?)(/10)?")
_UNIT: Final = re.compile(rf"(?<=\d) (?=(?:{_H}|{_MIN}|{_KM}|m)\b)")
_OF_TEN: Final = re.compile(r"(\d) ?(?:/|of|out of) ?10\b")
_PIECE: Final = re.compile(r"[^\s,;+&]+")
_COMMA: Final = re.compile(rf"(\d),(?=5\b|\d+ ?(?:{_KM}|{_H})\b)")
_JOINED: Final = (
    (
        re.compile(
            r"\b(fast|quick) (deadlifts?|hinges?|rdl)(?![-\w])|\b(deadlifts?|hinges?|rdl) fast\b"
        ),
        "hinge-fast",
    ),
    (re.compile(r"\boff[- ]road\b"), "offroad"),
    (re.compile(r"\bnot rated\b|\bno idea\b"), NOT_RATED),
    (re.compile(r"\b(?:rest day|day off|no run|no sport|no training)\b"), "none"),
)
_METRES: Final = {"k": 1000.0, "m": 1.0, "mi": 1609.344}
_DAY_WORDS: Final = 4
_HOUR: Final = 60


@dataclass(frozen=True, slots=True)
class TypedEntry:
    """What was typed so far. `rated` tells that the effort was named, or that nobody knows it."""

    day: date | None
    kind: LoadKind
    minutes: int | None = None
    effort: int | None = None
    extras: frozenset[Extra] = frozenset()
    metres: int | None = None
    rated: bool = False

    @property
    def is_whole(self) -> bool:
        """Whether it can be kept: the effort may be told later."""
        return self.kind is LoadKind.NONE or self.minutes is not None

    def entry(self, today: date) -> LoadEntry:
        """Return the entry; without a day it is today's."""
        return LoadEntry(
            day=self.day or today,
            kind=self.kind,
            minutes=self.minutes,
            effort=self.effort,
            extras=self.extras,
            metres=self.metres,
        )


def extra_named(text: str) -> Extra | None:
    """Return the extra that a word or two name, or None."""
    return _EXTRA_WORDS.get(_folded(text))


def parse_effort(text: str) -> int | None:
    """Return an effort that is typed alone: "4", "4.5", "4 of 10", "effort 4", in any such form.

    None for what is none, or is over 10. A fraction is rounded up, as in a line.
    """
    found = _EFFORT.fullmatch(_folded(text).removeprefix("effort "))
    effort = None if found is None else _up(float(found[2]))
    return None if effort is None or effort > MAX_EFFORT else effort


def begins_entry(text: str) -> bool:
    """Whether a text looks like a line of the diary: first what was done, and a number.

    "Run" alone is one, and "rest day", but not a bare "none": that is said of pain as well.
    """
    words = _PIECE.findall(_folded(text))
    kind = next((word for word in words[: _DAY_WORDS + 1] if word in _WORDS), None)
    if kind is None:
        return False
    if _WORDS[kind] is LoadKind.NONE:
        return kind not in fold_typed(text).split() and len(words) == 1
    has_number = any(_AMOUNT.fullmatch(one) or _HOURS_MINUTES.fullmatch(one) for one in words)
    return has_number or len(words) == 1


def parse_entry(text: str, today: date) -> TypedEntry:
    """Return what was typed, seen from the athlete's local date `today`. Raises InputError."""
    day, words = _day(_folded(text).split(), today)
    found: TypedEntry | None = None
    pieces = _PIECE.findall(" ".join(words))
    for piece in pieces:
        if piece in _WORDS:
            if found is not None:
                raise InputError(f"“{shown(piece)}” is a second sport. Send one line for each.")
            found = TypedEntry(day, _WORDS[piece])
    if found is None:
        raise InputError(
            f"“{shown(text)}” does not say what you did. Begin with run, bike, swim, walk, gym or "
            f"none, for example: {EXAMPLE}"
        )
    for piece in pieces:
        if piece not in _WORDS and piece not in _LEFT_OUT:
            found = _with(found, piece, pieces)
    return _checked(found)


def _folded(text: str) -> str:
    folded = fold_typed(text).strip(" .!")
    for pattern, word in _JOINED:
        folded = pattern.sub(word, folded)
    folded = _COMMA.sub(r"\1.", _OF_TEN.sub(r"\1/10", folded))
    return _UNIT.sub("", folded)


def _day(words: list[str], today: date) -> tuple[date | None, list[str]]:
    """Return the day among the words, at their end or beginning rather, and the other words."""
    if _SATURDAY in words:
        at = words.index(_SATURDAY)
        before, after = " ".join(words[:at]), " ".join(words[at + 1 :])
        choices = ("saturday", "sit")
        raise WhichError("Is “sat” Saturday, or a long sit?", choices, before, after)
    for many in range(min(_DAY_WORDS, len(words) - 1), 0, -1):
        last = len(words) - many
        for at in (last, 0, *range(1, last)):
            named, rest = words[at : at + many], words[:at] + words[at + many :]
            if not _KNOWN.isdisjoint(named) or _KINDS_TYPED.isdisjoint(rest):
                continue
            day = past_day(" ".join(named).strip(":,"), today, LATEST)
            if day is not None:
                return day, rest
    return None, words


def _with(found: TypedEntry, piece: str, pieces: list[str]) -> TypedEntry:
    if piece in _EXTRA_WORDS:
        return replace(found, extras=found.extras | {_EXTRA_WORDS[piece]})
    if piece in {NOT_RATED, "?"}:
        return replace(found, rated=True)
    clock, amount, effort = (shape.fullmatch(piece) for shape in (_HOURS_MINUTES, _AMOUNT, _EFFORT))
    if effort is not None and (effort[1] or effort[3]):
        return _rated(found, _up(float(effort[2])), piece)
    if clock is not None:
        return _timed(found, int(clock[1]) * _HOUR + int(clock[2] or clock[3]), piece)
    if amount is not None:
        return _amount(found, amount, piece, pieces)
    near = get_close_matches(piece, [*_WORDS, *_EXTRA_WORDS], n=1, cutoff=0.75)
    meant = f" Did you mean {near[0]}?" if near else ""
    raise InputError(
        f"“{shown(piece)}” is not a word of the diary.{meant} Beside minutes and effort write "
        f"uphill, fast, trail, deadlift, sit or stretch, for example: {EXAMPLE}"
    )


def _amount(found: TypedEntry, amount: re.Match[str], piece: str, pieces: list[str]) -> TypedEntry:
    """Take a number by its unit; a bare one is minutes first, then the effort."""
    value, unit = float(f"{amount[1]}.{amount[2] or 0}"), amount[3]
    if unit is None:
        timed = found.minutes is not None or _is_timed(pieces)
        alone = found.metres is not None and value <= MAX_EFFORT and _numbers(pieces) == 1
        if not (timed or alone):
            return _timed(found, _whole(value), piece)
        return _rated(found, _up(value), piece)
    if unit == "m":
        rest = " ".join(pieces)
        before, _, after = rest.partition(piece)
        number = piece.removesuffix("m")
        raise WhichError(
            f"Is “{shown(piece)}” minutes or metres?",
            (f"{number} min", f"{number} metres"),
            before.strip(),
            after.strip(),
        )
    if re.fullmatch(_H, unit):
        return _timed(found, _whole(value * _HOUR), piece)
    if re.fullmatch(_MIN, unit):
        return _timed(found, _whole(value), piece)
    if found.metres is not None:
        raise InputError(f"“{shown(piece)}” is a second distance. Write one, for example 10 km.")
    times = _METRES["mi" if unit.startswith("mi") else "m" if unit[0] == "m" else "k"]
    metres = round(value * times)
    if not 0 < metres <= MAX_METRES:
        raise InputError(f"{shown(piece)} is not possible: up to 400 km, for example 10 km.")
    return replace(found, metres=metres)


def _is_timed(pieces: list[str]) -> bool:
    """Whether a length of time with its unit stands anywhere: then bare numbers are the effort."""
    return any(_HOURS_MINUTES.fullmatch(one) or _has_unit(one) for one in pieces)


def _numbers(pieces: list[str]) -> int:
    """Return how many numbers without a unit there are."""
    found = (_AMOUNT.fullmatch(one) for one in pieces)
    return sum(one is not None and one[3] is None for one in found)


def _has_unit(piece: str) -> bool:
    amount = _AMOUNT.fullmatch(piece)
    return amount is not None and re.fullmatch(f"{_H}|{_MIN}", amount[3] or "") is not None


def _timed(found: TypedEntry, minutes: int, piece: str) -> TypedEntry:
    if found.minutes is not None:
        whole_hours = found.minutes % _HOUR == 0
        if whole_hours and minutes < _HOUR and re.fullmatch(rf"\d{{1,2}}(?:{_MIN})", piece):
            return replace(found, minutes=found.minutes + minutes)
        raise InputError(f"“{shown(piece)}” is a second length. Write it once, for example 40 min.")
    if not 1 <= minutes <= MAX_MINUTES:
        raise InputError(
            f"{shown(piece)} is not possible: 1 to {MAX_MINUTES} minutes, for example: {EXAMPLE}"
        )
    return replace(found, minutes=minutes)


def _rated(found: TypedEntry, effort: int, piece: str) -> TypedEntry:
    if found.rated:
        raise InputError(
            f"“{shown(piece)}” is one number too many: first minutes, then the effort 0 to 10, "
            f"for example: {EXAMPLE}"
        )
    if effort > MAX_EFFORT:
        raise InputError(
            f"An effort of {shown(piece)} is not possible: 0 (none) to 10 (all you have), "
            f"for example: {EXAMPLE}"
        )
    return replace(found, effort=effort, rated=True)


def _whole(value: float) -> int:
    return int(value + 0.5)


def _up(value: float) -> int:
    """Return a fraction rounded up, as a pain is."""
    return int(value) + (value > int(value))


def _checked(found: TypedEntry) -> TypedEntry:
    if found.kind is not LoadKind.NONE:
        return found
    sport = found.extras - WITHOUT_SPORT
    if sport or found.minutes is not None or found.metres is not None:
        raise InputError("None is a day without sport: only sit and stretch fit beside it.")
    return found


def said(found: TypedEntry) -> Iterator[str]:
    """Yield the words that are read as this again, in the order of the line."""
    if found.day is not None:
        yield found.day.isoformat()
    yield found.kind.value
    if found.metres is not None:
        yield f"{found.metres}metres"
    if found.minutes is not None:
        yield f"{found.minutes}min"
    if found.rated:
        yield NOT_RATED if found.effort is None else f"{found.effort}/10"
    yield from (TYPED_AS[one] for one in Extra if one in found.extras)
