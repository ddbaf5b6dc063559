"""What a coach or admin types to change a dose: `fatigue side=left hold=15s label="black"`.

Fields stand in any order, each at most once; one preset may stand among them.
"""

import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from difflib import get_close_matches
from typing import Any, Final

from bot.protocol.calendar.input_error import InputError, WhichError
from bot.protocol.dose.dose import (
    HARD_STOP_MAX,
    MAX_LABEL,
    PRESETS,
    RANGES,
    Dose,
    DoseError,
    Range,
    Side,
)
from bot.protocol.dose.exercises import CATALOGUE, REFUSED, WITHOUT_BAND, Anchor
from bot.protocol.folding import fold_typed

# ---- its fields: a reader raises InputError -------------------------------------------

_SHOWN: Final = 40
"""So much of what was typed is said again."""
_SHOWN_HOLD: Final = 16
"""The same of a hold: what holds are called takes long enough."""
_UNITS: Final = {"seconds": r"(?:\s?(?:s|secs?|seconds?))?", "of 10": r"(?:\s?(?:/|of)\s?10)?"}
_WORD: Final = re.compile(r"[a-z]{3,}")
_QUOTES: Final = ('""', "''", "“”", "„“", "‘’", "«»")


@dataclass(frozen=True, slots=True)
class Field:
    """A field: its name in a dose, an example, and its reader (typed name, text) → value.

    The value of one that is `worded` may be several words. `allowed` is told beside the example.
    """

    stored: str
    example: object
    read: Callable[[str, str], object]
    worded: bool = False
    allowed: str = ""


def _whole(stored: str, example: int) -> Field:
    """Return a field of whole numbers; its unit may be written."""
    allowed = RANGES.get(stored, Range(1, HARD_STOP_MAX, "of 10"))
    shape = re.compile(rf"(-?\d{{1,9}}){_UNITS.get(allowed.unit, '')}", re.ASCII | re.IGNORECASE)

    def read(name: str, text: str) -> int:
        found = shape.fullmatch(fold_typed(text).rstrip(".!;"))
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


def _anchor(name: str, text: str) -> Anchor:
    try:
        return Anchor(text.casefold())
    except ValueError as error:
        raise InputError(
            f"{name}={text[:_SHOWN]} is not possible: allowed is behind, front or side, "
            f"for example {name}=behind."
        ) from error


def _exercise(name: str, text: str) -> str:
    """Return a hold by what it is called, or its id; who names a part of it is asked about it."""
    quoted = text[:1] + text[-1:] in _QUOTES and len(text) > 1
    typed = (text[1:-1] if quoted else text).strip()
    found = typed.rstrip(".!").upper()
    if found in CATALOGUE:
        return found
    called = [one.id for one in CATALOGUE.values() if _words(one.name) == _words(typed)]
    if called:
        return called[0]
    refused = _refused(typed)
    if refused is not None:
        why = f"{name}={typed[:_SHOWN]} is refused: the {REFUSED[refused]} presses on the tendon."
        raise _which_exercise(name, why, tuple(CATALOGUE))
    named = [one.id for one in CATALOGUE.values() if _is_called(one.name, typed)]
    why = f"{name}={typed[:_SHOWN_HOLD]} names no single hold."
    raise _which_exercise(name, why, tuple(named or CATALOGUE))


def _refused(typed: str) -> str | None:
    said = _words(typed)
    found = (one for one in REFUSED if one == typed.upper() or _words(REFUSED[one]) == said)
    return next(found, None)


def _which_exercise(name: str, why: str, ids: tuple[str, ...]) -> WhichError:
    labels = tuple(CATALOGUE[one].name for one in ids)
    allowed = "; ".join(labels)
    shown = WITHOUT_BAND if WITHOUT_BAND in ids else ids[0]
    example = f"for example {name}={_in_quotes(shown)}"
    return WhichError(f"{why} Allowed are {allowed}; {example}. Which one?", ids, labels=labels)


def _words(text: str) -> list[str]:
    return _WORD.findall(text.casefold())


def _in_quotes(exercise: str) -> str:
    """Return a hold as it can be typed: its name may have a word that is a field."""
    return f'"{CATALOGUE[exercise].name}"'


def _is_called(name: str, typed: str) -> bool:
    """Whether the typed words, or their beginnings, are all in what a hold is called."""
    words, said = _words(name), _words(typed)
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
    "exercise": Field(
        "exercise",
        _in_quotes(WITHOUT_BAND),
        _exercise,
        worded=True,
        allowed="; ".join(one.name for one in CATALOGUE.values()),
    ),
    "stage": _whole("stage", 2),
    "anchor": Field("band_anchor", "behind", _anchor),
    "pain_limit": _LIMIT,
    "hard_stop": _HARD_STOP,
    "pain": _LIMIT,
    "hard": _HARD_STOP,
}
"""A plan's fields by the names they are typed with."""
LIMITS: Final = {
    "pain": _LIMIT,
    "lock": _HARD_STOP,
    "hard": _HARD_STOP,
    "limit": _LIMIT,
    "hard_stop": _HARD_STOP,
}
"""The limits alone."""


# ---- what is typed --------------------------------------------------------------------

CONFIRMED: Final = "anyway"
"""The word that says yes to what is asked once more."""
_QUOTED: Final = r"\"[^\"]*\"|'[^']*'|“[^”]*”|„[^“]*“|‘[^’]*’|«[^»]*»"
_OPENING: Final = "\"'“„‘«"
_NUMBER: Final = r"-?\d+ (?:s|secs?|seconds?|of 10)(?=[\s,]|$)"
_PIECE: Final = re.compile(
    rf"(?P<name>[^\s=]+)\s*=\s*(?P<value>{_QUOTED}|{_NUMBER}|\S*)|(?P<word>\S+)", re.IGNORECASE
)
_WARM_UP: Final = {"warmup": "warm-up", "warm_up": "warm-up"}


@dataclass(frozen=True, slots=True)
class _Piece:
    """A field's name with the text of its value, or a word alone; where in the text that stands."""

    name: str
    text: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class TypedDose:
    """What was typed: a dose's fields with their values, a preset, and the word of consent."""

    values: dict[str, Any] = field(default_factory=dict)
    preset: str | None = None
    confirmed: bool = False

    def of(self, dose: Dose) -> Dose:
        """Return `dose` with what was typed. Raises InputError where the limits do not fit."""
        base = dose if self.preset is None else dose.changed(**PRESETS[self.preset])
        limit = self.values.get("pain_limit", base.pain_limit)
        hard_stop = self.values.get("hard_stop", base.hard_stop)
        if hard_stop <= limit:
            raise InputError(
                f"Sessions cannot lock from pain {hard_stop} on with a pain limit of {limit}: "
                f"the lock must be over the limit, at most {HARD_STOP_MAX}, "
                f"for example lock={limit + 1}."
            )
        return base.changed(**self.values)


def parse_plan(text: str) -> TypedDose:
    """Return the fields and the preset that were typed for a plan.

    Raises InputError, naming the word that does not fit, what is allowed, and an example.
    """
    return _parse(text, PLAN, tuple(PRESETS))


def parse_limits(text: str) -> TypedDose:
    """Return what was typed for the limits, `pain=3 hard=6`. Raises InputError."""
    return _parse(text, LIMITS, ())


def _parse(text: str, fields: Mapping[str, Field], presets: tuple[str, ...]) -> TypedDose:
    values: dict[str, Any] = {}
    named: list[str] = []
    confirmed = False
    text = unicodedata.normalize("NFKC", text)
    for piece in _pieces(text, fields, presets):
        word = piece.text.strip(",").casefold()
        if piece.name:
            try:
                stored, value = _field(piece.name, piece.text, fields)
            except WhichError as which:
                before, after = text[: piece.start], text[piece.end :]
                raise which.within(before.strip(), after.strip()) from which
            if stored in values:
                raise InputError(_twice(piece.name, fields))
            values[stored] = value
        elif word == CONFIRMED:
            confirmed = True
        elif word:
            named.append(_preset(piece.text, presets, fields))
    if len(named) > 1:
        raise InputError(f"“{named[1]}” is a second preset, after {named[0]}. Write one.")
    return TypedDose(values, next(iter(named), None), confirmed)


def _pieces(text: str, fields: Mapping[str, Field], presets: tuple[str, ...]) -> list[_Piece]:
    """Return fields and words alone; where words are taken, a value goes on to the next field."""
    known = {CONFIRMED, *presets, *_WARM_UP, *fields}
    found: list[_Piece] = []
    for match in _PIECE.finditer(text):
        last, word = (found[-1] if found else None), match["word"]
        if word and _name(word.strip(",")) not in known and _goes_on(last, fields):
            assert last is not None
            found[-1] = replace(last, text=text[last.start : match.end()], end=match.end())
        else:
            part = "word" if word else "value"
            found.append(_Piece(match["name"] or "", match[part], *match.span(part)))
    return found


def _goes_on(piece: _Piece | None, fields: Mapping[str, Field]) -> bool:
    """Whether a piece is a value without quotes that may be several words."""
    if piece is None or not piece.text or piece.text[0] in _OPENING:
        return False
    found = fields.get(_name(piece.name))
    return found is not None and found.worded


def _field(typed: str, text: str, fields: Mapping[str, Field]) -> tuple[str, Any]:
    """Return a field's name in a dose and its value."""
    name = _name(typed)
    if name not in fields:
        raise InputError(
            f"“{typed[:_SHOWN]}” is not a field here.{_meant(name, fields)} "
            f"Allowed are {', '.join(_usual(fields))}, {_example(next(iter(fields)), fields)}."
        )
    value = text if text[:1] in _OPENING else text.rstrip(",")
    return fields[name].stored, fields[name].read(name, value)


def _usual(fields: Mapping[str, Field]) -> list[str]:
    """Return one name of each field, the first."""
    names: dict[str, str] = {}
    for name, one in fields.items():
        names.setdefault(one.stored, name)
    return list(names.values())


def _name(typed: str) -> str:
    """Return a field's usual name: "Set-Rest" and "set_rest_s" are set_rest."""
    return typed.casefold().lstrip(",").replace("-", "_").removesuffix("_s")


def _twice(typed: str, fields: Mapping[str, Field]) -> str:
    name = _name(typed)
    return f"{name} is named twice; write it once, {_example(name, fields)}."


def _preset(typed: str, presets: tuple[str, ...], fields: Mapping[str, Field]) -> str:
    """Return the preset that a word without a value names."""
    word = typed.casefold().strip(",")
    name = _WARM_UP.get(word, word)
    if name in presets:
        return name
    shown = typed[:_SHOWN]
    if _name(word) in fields:
        raise InputError(f"“{shown}” has no value; write {_example(_name(word), fields)}.")
    allowed = f"{' or '.join(presets)}, or a field with its value" if presets else "a field"
    raise InputError(
        f"“{shown}” does not fit here.{_meant(name, (*presets, *fields))} Write {allowed}, "
        f"{_example(next(iter(fields)), fields)}."
    )


def _meant(name: str, known: Iterable[str]) -> str:
    near = get_close_matches(name[:_SHOWN], list(known), n=1, cutoff=0.6)
    return f" Did you mean {near[0]}?" if near else ""


def _example(name: str, fields: Mapping[str, Field]) -> str:
    allowed = f" (allowed are {fields[name].allowed})" if fields[name].allowed else ""
    return f"for example {name}={fields[name].example}{allowed}"
