"""What people type for the days of a week: "mon-fri", "Mo We Fr", "weekdays except wed"."""

import re
from difflib import get_close_matches
from typing import Final

from bot.protocol.calendar.input_error import InputError, UnreadError, WhichError, shown
from bot.protocol.folding import fold_typed

_HELP: Final = "Write weekdays as mon-fri, as mon, wed, fri, or as daily."
DAY_WORDS: Final = (
    *("monday", "tuesday", "wednesday", "thursday"),
    *("friday", "saturday", "sunday"),
)
_SHORTEST: Final = 2
_ALL: Final = tuple(range(7))
_NAMED: Final = {
    **dict.fromkeys(("daily", "everyday", "all"), _ALL),
    **dict.fromkeys(("weekday", "weekdays", "workdays", "workday"), _ALL[:5]),
    **dict.fromkeys(("weekend", "weekends"), _ALL[5:]),
}
_EVERY: Final = re.compile(r"\b(?:(?:every|each) (?:single )?day|(?:all|any) days?)\b")
_SINGLE: Final = re.compile(r"\b(?:(?:week|work)(?:ing)?|business)[ -]days?\b")
_TIMES: Final = r"(?: times| days?|x| x)?(?: (?:a|per|each|every) week| weekly)"
_OTHER: Final = (
    (
        re.compile(r"(?:on )?(?:every (?:other|second|2nd|2|two)|alternate) days?|every 48 hours"),
        "mon, wed, fri",
    ),
    (re.compile(r"every (?:third|3rd|3|three) days?"), "mon, thu"),
    (re.compile(rf"(?:once|1|one){_TIMES}|weekly"), "mon"),
    (re.compile(rf"(?:twice|2|two){_TIMES}|2x"), "mon, thu"),
    (re.compile(rf"(?:3|three){_TIMES}|3x"), "mon, wed, fri"),
    (re.compile(rf"(?:4|four){_TIMES}|4x"), "mon, tue, thu, fri"),
    (re.compile(rf"(?:5|five){_TIMES}|5x"), "mon-fri"),
    (re.compile(rf"(?:6|six){_TIMES}|6x"), "mon-sat"),
    (re.compile(rf"(?:7|seven){_TIMES}|7x|all week|the whole week"), "daily"),
)
_OFFERED: Final = ("mon, wed, fri", "tue, thu, sat", "mon, thu", "tue, fri")
_EXCEPT: Final = re.compile(
    r"\s*,?\s*\b"
    r"(?:except(?: for)?|excluding|apart from|other than|but(?: not)?|without|not|no)\b\s*"
)
_BEGIN_DAYS: Final = frozenset(
    {"every", "each", "any", "week", "work", "working", "business", "alternate", "once", "twice"}
)
_SHORT_RANGE: Final = re.compile(r"\bm\s*-\s*f\b")
_DOTS: Final = re.compile(r"\.{2,}|\.(?=\s*-)")
_CLOSE: Final = 0.75


def parse_weekdays(text: str) -> frozenset[int]:
    """Return weekdays 0 (Monday) to 6 (Sunday) from "mon-fri", "Mo We Fr", "daily" and the like.

    A range may run over the weekend ("fri-mon"). Raises InputError for a day named twice, and
    WhichError for what no week has ("every other day") and for what is nearly a day.
    """
    folded = fold_typed(text).strip(" .!;,")
    _ask_about_others(text, folded)
    named, *left_out = _EXCEPT.split(folded)
    days = frozenset(_listed(named))
    return days if not left_out else _without(text, days, left_out)


def _without(text: str, days: frozenset[int], parts: list[str]) -> frozenset[int]:
    try:
        out = frozenset(day for part in parts for day in _listed(part))
    except WhichError as which:
        raise InputError(str(which)) from which
    if not out < days:
        raise InputError(f"“{shown(text)}” leaves out what is not among its days. {_HELP}")
    return days - out


def find_weekday(word: str) -> int | None:
    """Return the one weekday that a folded word of two letters or more begins."""
    if word == "weds":
        return 2
    if len(word) < _SHORTEST:
        return None
    singular = word.removesuffix("s") if word.endswith("days") else word
    return next((at for at, name in enumerate(DAY_WORDS) if name.startswith(singular)), None)


def names_weekday(word: str) -> bool:
    """Whether a word begins with a weekday, or is one for many: "mon", "mon-fri", "daily"."""
    folded = fold_typed(word)
    first = re.split(r"[-+/.]", folded)[0]
    return folded in _NAMED or find_weekday(first) is not None


def begins_days(words: list[str]) -> bool:
    """Whether the first word begins what is said of days: "mon-fri", "every other day"."""
    first = fold_typed(words[0]).strip(",;") if words else ""
    return names_weekday(first) or first in _BEGIN_DAYS


def _ask_about_others(text: str, folded: str) -> None:
    """Ask about what leaves open which days are meant, the likely ones first."""
    likely = next((days for pattern, days in _OTHER if pattern.fullmatch(folded)), None)
    if likely is not None:
        choices = tuple(dict.fromkeys([likely, *_OFFERED]))[:3]
        raise WhichError(f"“{shown(text)}” needs fixed weekdays. Which ones?", choices)


def _listed(text: str) -> list[int]:
    words = _words(text)
    listed = [day for at in range(len(words)) for day in _one(words, at)]
    if not listed:
        raise UnreadError(f"No weekday is named. {_HELP}")
    twice = next((day for day in listed if listed.count(day) > 1), None)
    if twice is not None:
        raise InputError(f"{DAY_WORDS[twice].capitalize()} is named twice. {_HELP}")
    return listed


def _one(words: list[str], at: int) -> tuple[int, ...]:
    """Return the weekdays of one of the words; a slip in it is asked about among the others."""
    try:
        return _expand(words[at])
    except WhichError as which:
        raise which.within(" ".join(words[:at]), " ".join(words[at + 1 :])) from which


def _words(folded: str) -> list[str]:
    """Split a list of weekdays into words, each a day, a range "mon-fri" or a name for many."""
    plain = _SHORT_RANGE.sub("mon-fri", _DOTS.sub("-", folded).replace("--", "-"))
    plain = _SINGLE.sub("weekdays", _EVERY.sub("daily", plain))
    plain = re.sub(r"\b(?:on|every|each|the)\b", " ", plain)
    ranged = re.sub(r"\s*(?:-|\bto\b|\bthrough\b|\bthru\b|\btill\b|\buntil\b)\s*", "-", plain)
    words = re.split(r"[\s,;&+/.]+|\band\b", ranged)
    return [word for word in words if word]


def _expand(word: str) -> tuple[int, ...]:
    """Return the weekdays that one word stands for, in order."""
    if word in _NAMED:
        return _NAMED[word]
    first, dash, last = word.partition("-")
    if not dash:
        return (_weekday(word),)
    if not word.replace("-", "").isalpha():
        raise UnreadError(f"“{shown(word)}” is not a weekday I can read. {_HELP}")
    if not (first and last):
        raise InputError(f"“{shown(word)}” lacks one end of its range. {_HELP}")
    start, end = _end(first, "", f"-{last}"), _end(last, f"{first}-", "")
    if start == end:
        raise InputError(f"“{shown(word)}” begins and ends on the same day. {_HELP}")
    return tuple((start + i) % 7 for i in range((end - start) % 7 + 1))


def _end(word: str, before: str, after: str) -> int:
    """Return one end of a range; the other stands `before` or `after` it."""
    try:
        return _weekday(word)
    except WhichError as which:
        raise which.within(before, after) from which


def _weekday(word: str) -> int:
    """Return the one weekday a word begins. Raises WhichError for what is nearly one."""
    found = find_weekday(word)
    if found is not None:
        return found
    why = f"“{shown(word)}” is not a weekday I can read. {_HELP}"
    near = _near(word)
    raise WhichError(why, near) if near else UnreadError(why)


def _near(word: str) -> tuple[str, ...]:
    """Return the weekdays that a slip may have meant: "t", "wendsday"."""
    if len(word) == 1:
        return tuple(name for name in DAY_WORDS if name.startswith(word))
    return tuple(get_close_matches(word, DAY_WORDS, n=2, cutoff=_CLOSE))
