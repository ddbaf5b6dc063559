"""Red flags: what they are in plain words, and what to do first (PROTOCOL 5)."""

from dataclasses import dataclass
from typing import Final

from bot.protocol.session.state import StopReason


@dataclass(frozen=True, slots=True)
class RedFlag:
    """One group of signs. `action` is the message's first line; it never waits for a coach.

    `short` is on a button: it is read in one line of a phone.
    """

    id: str
    signs: str
    short: str
    action: str


_ALL: Final = (
    RedFlag(
        "tear",
        "A sudden pop or tear, sudden severe buttock pain, a big bruise, sudden weakness, "
        "or not being able to walk normally",
        "Pop, tear, bruise, weak",
        "Be seen by a doctor today.",
    ),
    RedFlag(
        "saddle",
        "Numb between the legs, a new bladder, bowel or sexual change, or signs in both legs",
        "Numb between legs, bladder",
        "Go to an emergency department now.",
    ),
    RedFlag(
        "nerve",
        "A numb or tingling leg, a dropping foot, or pain below the knee",
        "Numb or tingling leg",
        "See a doctor soon – today if you feel sudden weakness.",
    ),
    RedFlag(
        "bone",
        "A bony ache that is worse every run, pain at night, or groin pain on standing",
        "Bony ache, night pain",
        "Stop running and see a doctor for an early scan.",
    ),
    RedFlag(
        "general",
        "Fever, unexplained weight loss, past cancer",
        "Fever, weight loss, cancer",
        "See a doctor today.",
    ),
    RedFlag(
        "clot",
        "Calf swelling, breathlessness, chest pain or fainting",
        "Calf, breath, chest, faint",
        "Call the emergency number now.",
    ),
)

RED_FLAGS: Final = {flag.id: flag for flag in _ALL}

BY_REASON: Final = {StopReason.SHARP: "tear", StopReason.NUMB: "nerve"}
"""The flag that a reason for STOP is, whatever the number (PROTOCOL 3)."""
