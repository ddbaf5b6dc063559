"""A dose's fields in plain words, wherever they are read: by athlete, coach and admin alike."""

from typing import Final

from bot.protocol.dose.dose import RANGES
from bot.protocol.dose.exercises import CATALOGUE

LOCKS_FROM: Final = "pain that locks sessions"
"""What the hard stop of a dose is called."""
TIRED: Final = "Stopping when tired counts as done."
"""What going to fatigue means to whoever holds."""
_FIELDS: Final = {
    "hold_s": "hold",
    "rest_s": "rest",
    "set_rest_s": "rest between sets",
    "lead_in_first_s": "time to get set for the first hold",
    "lead_in_s": "time to get set for later holds",
    "hard_stop": LOCKS_FROM,
    "to_fatigue": "stopping when tired",
}
_SECONDS: Final = "_s"


def say_field(field: str) -> str:
    """Return what a field of a dose is called within a sentence: "rest between sets"."""
    return _FIELDS.get(field, field.replace("_", " "))


def say_value(field: str, value: object) -> str:
    """Return a field's value as it is said, not as it is stored; plain text, not HTML."""
    match field, value:
        case "exercise", str():
            return f"“{say_exercise(value)}”"
        case "to_fatigue", _:
            return "counts as done" if value else "counts as stopping early"
        case "band_label", _:
            return f"“{value}”" if value else "none"
        case "band", _:
            return f"{value} of {RANGES[field].high}" if value else "none"
    return f"{value} s" if field.endswith(_SECONDS) else str(value)


def say_exercise(exercise: str) -> str:
    """Return an exercise by its name; one that the catalogue does not have any more, as such."""
    found = CATALOGUE.get(exercise)
    return "an exercise that is not offered any more" if found is None else found.name
