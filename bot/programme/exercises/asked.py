"""What stands after the name in /exercises: filters, an exercise, and what to do with it.

Buttons write it: "only u g s" are the filters target upper, glute works, standing; "H1 front yes"
is an exercise with its anchor, ticked; "use H1 front yes" takes it into the plan; "own H1" asks for
a coach's own picture, "own H1 none" shows the drawing again. People write a part of its name.
"""

from dataclasses import dataclass
from typing import Final, Literal

from bot.programme.exercises.messages import Filters
from bot.protocol.dose.exercises import CATALOGUE, Anchor, Target

TARGETS: Final = {"u": Target.UPPER, "l": Target.LOWER, "b": Target.GLUTE}
GLUTE, STANDING = "g", "s"
_FILTERS: Final = frozenset({*TARGETS, GLUTE, STANDING})
ONLY, USE, OWN, TICKED, NONE = "only", "use", "own", "yes", "none"
Verb = Literal["show", "use", "own"]
_VERBS: Final[dict[str, Verb]] = {USE: "use", OWN: "own"}


@dataclass(frozen=True, slots=True)
class Asked:
    """An exercise, and what to do with it: show it, take it into the plan, or show another picture.

    `none`: no other picture than the drawing. `more` are words that mean nothing here.
    """

    exercise: str
    verb: Verb = "show"
    anchor: Anchor | None = None
    ticked: bool = False
    none: bool = False
    more: str = ""


def read(words: str) -> Filters | Asked | None:
    """Return what a button asks for; None for words of people."""
    parts = words.split()
    if not parts:
        return Filters()
    if parts[0] == ONLY and set(parts[1:]) <= _FILTERS:
        target = next((TARGETS[part] for part in parts if part in TARGETS), None)
        return Filters(target, GLUTE in parts, STANDING in parts)
    verb = _VERBS.get(parts[0], "show")
    exercise, *options = parts[verb != "show" :] or [""]
    if exercise not in CATALOGUE:
        return None
    anchor = next((one for one in Anchor if one in options), None)
    known = {*Anchor, TICKED, NONE}
    more = " ".join(one for one in options if one not in known)
    return Asked(exercise, verb, anchor, TICKED in options, NONE in options, more)


def called(words: str) -> Asked | None:
    """Return the one exercise whose id this is, or whose name has these words' beginnings."""
    said = words.casefold().split()
    found = [
        one.id
        for one in CATALOGUE.values()
        if said == [one.id.casefold()]
        or all(any(word.startswith(part) for word in one.name.split()) for part in said)
    ]
    return Asked(found[0]) if len(found) == 1 else None


def write(filters: Filters) -> str:
    """Return filters as a button carries them."""
    target = next((sign for sign, one in TARGETS.items() if one is filters.target), "")
    glute, standing = GLUTE if filters.glute else "", STANDING if filters.standing else ""
    return " ".join(part for part in (ONLY, target, glute, standing) if part)
