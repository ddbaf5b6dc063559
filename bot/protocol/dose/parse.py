"""What a coach or admin types to change a dose: `fatigue side=left hold=15s label="black"`.

Fields stand in any order, each at most once; one preset may stand among them.
"""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import Any, Final

from bot.protocol.calendar.input_error import InputError, WhichError
from bot.protocol.dose.dose import HARD_STOP_MAX, PRESETS, Dose
from bot.protocol.dose.fields import LIMITS, PLAN, Field

CONFIRMED: Final = "anyway"
"""The word that says yes to what is asked once more."""
_SHOWN: Final = 40
_QUOTED: Final = r"\"[^\"]*\"|'[^']*'|“[^”]*”|„[^“]*“|‘[^’]*’|«[^»]*»"
_NUMBER: Final = r"-?\d+ (?:s|secs?|seconds?|of 10)(?=[\s,]|$)"
_PIECE: Final = re.compile(
    rf"(?P<name>[^\s=]+)\s*=\s*(?P<value>{_QUOTED}|{_NUMBER}|\S*)|(?P<word>\S+)", re.IGNORECASE
)
_WARM_UP: Final = {"warmup": "warm-up", "warm_up": "warm-up"}


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
    for piece in _PIECE.finditer(text):
        word = (piece["word"] or "").strip(",").casefold()
        if piece["name"]:
            try:
                stored, value = _field(piece["name"], piece["value"], fields)
            except WhichError as which:
                before, after = text[: piece.start("value")], text[piece.end("value") :]
                raise which.within(before.strip(), after.strip()) from which
            if stored in values:
                raise InputError(_twice(piece["name"], fields))
            values[stored] = value
        elif word == CONFIRMED:
            confirmed = True
        elif word:
            named.append(_preset(piece["word"], presets, fields))
    if len(named) > 1:
        raise InputError(f"“{named[1]}” is a second preset, after {named[0]}. Write one.")
    return TypedDose(values, next(iter(named), None), confirmed)


def _field(typed: str, text: str, fields: Mapping[str, Field]) -> tuple[str, Any]:
    """Return a field's name in a dose and its value."""
    name = _name(typed)
    if name not in fields:
        raise InputError(
            f"“{typed[:_SHOWN]}” is not a field here.{_meant(name, fields)} "
            f"Allowed are {', '.join(fields)}, {_example(next(iter(fields)), fields)}."
        )
    value = text if text[:1] in "\"'“„‘«" else text.rstrip(",")
    return fields[name].stored, fields[name].read(name, value)


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
    return f"for example {name}={fields[name].example}"
