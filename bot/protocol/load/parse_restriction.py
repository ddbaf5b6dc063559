"""What a coach types to have something left out: "uphill until 1 Mar", "deadlift until stage 2"."""

import re
from dataclasses import dataclass
from datetime import date
from typing import Final

from bot.protocol.calendar.input_error import InputError, WhichError, shown
from bot.protocol.calendar.parse_dates import checked, parse_day
from bot.protocol.calendar.parse_lengths import length_of
from bot.protocol.folding import fold_typed
from bot.protocol.load.entries import Extra
from bot.protocol.load.parse_entry import extra_named
from bot.protocol.load.stages import LAST

_END: Final = re.compile(r"(.*?)\s*\b(until|till|for|off)\b\s*(.*)")
_STAGE: Final = re.compile(r"stage (\d)")
_CHOICES: Final = ("for 2 weeks", "for 4 weeks", "until stage 2")
_ALLOWED: Final = "uphill, fast, trail, deadlift, sit or stretch"


@dataclass(frozen=True, slots=True)
class TypedRestriction:
    """What is to be left out, up to a day, or before a stage; with neither it ends now."""

    extra: Extra
    day: date | None = None
    stage: int | None = None


def parse_restriction(text: str, today: date) -> TypedRestriction:
    """Return what was typed, seen from the athlete's local date. Raises InputError."""
    folded = fold_typed(text).strip(" .!")
    found = _END.fullmatch(folded)
    name = folded if found is None else found[1]
    extra = extra_named(name)
    if extra is None:
        raise InputError(
            f"“{shown(name)}” is not something I can ask to leave out. Write {_ALLOWED}, for "
            "example: uphill until 1 Mar"
        )
    if found is None or not (found[3] or found[2] == "off"):
        raise WhichError("Until when? It is never for ever.", _CHOICES, name)
    if found[2] == "off":
        return TypedRestriction(extra)
    stage = _STAGE.fullmatch(found[3])
    if stage is not None:
        return TypedRestriction(extra, stage=_stage(int(stage[1])))
    length = length_of(found[3], today)
    if length is not None:
        return TypedRestriction(extra, checked(today + length, today))
    try:
        return TypedRestriction(extra, parse_day(found[3], today))
    except WhichError as which:
        raise which.within(f"{name} {found[2]}", "") from which


def _stage(number: int) -> int:
    if not 2 <= number <= LAST:  # noqa: PLR2004 - what is left out from the first one on
        raise InputError(f"Stage {number} ends nothing: write stage 2 to {LAST}.")
    return number
