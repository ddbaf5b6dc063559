"""The fields of a dose as a person types them: how each is read, and what it may be.

A reader raises InputError: what is wrong, what is allowed, an example.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from bot.protocol.calendar.input_error import InputError, WhichError
from bot.protocol.dose.dose import HARD_STOP_MAX, MAX_LABEL, RANGES, DoseError, Range, Side
from bot.protocol.dose.exercises import CATALOGUE, REFUSED

_SHOWN: Final = 40
_UNITS: Final = {"seconds": r"(?:\s?(?:s|secs?|seconds?))?", "of 10": r"(?:\s?(?:/|of)\s?10)?"}
_WORD: Final = re.compile(r"[a-z]{3,}")
_QUOTES: Final = ('""', "''", "“”", "„“", "‘’", "«»")


@dataclass(frozen=True, slots=True)
class Field:
    """A field: its name in a dose, an example, and its reader (typed name, text) → value."""

    stored: str
    example: object
    read: Callable[[str, str], object]


def _whole(stored: str, example: int) -> Field:
    """Return a field of whole numbers; its unit may be written."""
    allowed = RANGES.get(stored, Range(1, HARD_STOP_MAX, "of 10"))
    shape = re.compile(rf"(-?\d{{1,9}}){_UNITS.get(allowed.unit, '')}", re.ASCII | re.IGNORECASE)

    def read(name: str, text: str) -> int:
        found = shape.fullmatch(text)
        if found is None:
            raise InputError(
                f"{name}={text[:_SHOWN]} is not possible: a whole number from {allowed.low} to "
                f"{allowed.high} is needed, for example {name}={example}."
            )
        try:
            return allowed.check(name, int(found[1]))
        except DoseError as why:
            raise InputError(str(why)) from why

    return Field(stored, example, read)


def _side(name: str, text: str) -> Side:
    try:
        return Side(text.casefold())
    except ValueError as error:
        raise InputError(
            f"{name}={text[:_SHOWN]} is not possible: allowed is left, right or both, "
            f"for example {name}=left."
        ) from error


def _exercise(name: str, text: str) -> str:
    """Return a hold by its id; one that is named by words of what it is called is asked about."""
    quoted = text[:1] + text[-1:] in _QUOTES and len(text) > 1
    typed = (text[1:-1] if quoted else text).strip()
    found = typed.upper()
    if found in CATALOGUE:
        return found
    refused = _refused(typed)
    if refused is not None:
        why = f"{name}={typed[:_SHOWN]} is refused: the {REFUSED[refused]} presses on the tendon."
        raise _which_exercise(name, why, tuple(CATALOGUE))
    named = [one.id for one in CATALOGUE.values() if _is_called(one.name, typed)]
    why = f"{name}={typed[:_SHOWN]} is not the name of one hold."
    raise _which_exercise(name, why, tuple(named or CATALOGUE))


def _refused(typed: str) -> str | None:
    found = (one for one in REFUSED if one == typed.upper() or REFUSED[one] == typed.casefold())
    return next(found, None)


def _which_exercise(name: str, why: str, ids: tuple[str, ...]) -> WhichError:
    labels = tuple(CATALOGUE[one].name for one in ids)
    allowed = ", ".join(labels)
    example = f"for example {name}={ids[0]}"
    return WhichError(f"{why} Allowed are {allowed}; {example}. Which one?", ids, labels=labels)


def _is_called(name: str, typed: str) -> bool:
    """Whether the typed words, or their beginnings, are all in what a hold is called."""
    words, said = _WORD.findall(name.casefold()), _WORD.findall(typed.casefold())
    return bool(said) and all(any(word.startswith(one) for word in words) for one in said)


def _label(name: str, text: str) -> str:
    quoted = text[:1] + text[-1:] in _QUOTES and len(text) > 1
    label = (text[1:-1] if quoted else text).strip()
    if len(label) > MAX_LABEL or not label.isprintable():
        shown = " ".join(label.split())[:_SHOWN]
        raise InputError(
            f"{name}=“{shown}” is not possible: allowed are {MAX_LABEL} characters on one line, "
            f'for example {name}="black, thick".'
        )
    return label


_LIMIT: Final = _whole("pain_limit", 3)
_HARD_STOP: Final = _whole("hard_stop", 6)
PLAN: Final = {
    "hold": _whole("hold_s", 15),
    "holds": _whole("holds", 8),
    "sets": _whole("sets", 2),
    "rest": _whole("rest_s", 30),
    "set_rest": _whole("set_rest_s", 90),
    "side": Field("side", "left", _side),
    "lead_in": _whole("lead_in_s", 5),
    "lead_in_first": _whole("lead_in_first_s", 10),
    "effort": _whole("effort", 5),
    "band": _whole("band", 2),
    "label": Field("band_label", "black", _label),
    "limit": _LIMIT,
    "lock": _HARD_STOP,
    "exercise": Field("exercise", "H1", _exercise),
    "pain_limit": _LIMIT,
    "hard_stop": _HARD_STOP,
}
"""A plan's fields by the names they are typed with."""
LIMITS: Final = {
    "pain": _LIMIT,
    "hard": _HARD_STOP,
    "lock": _HARD_STOP,
    "limit": _LIMIT,
    "hard_stop": _HARD_STOP,
}
"""The limits alone."""
