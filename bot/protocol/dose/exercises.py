"""The catalogue of holds (PROTOCOL 6). The default programme is H1 alone."""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Exercise:
    """One hold: what it is called and the cues said before it.

    `flags` are the source's reasons to reject a hold: it targets the lower hamstring (i),
    gives the glute no chance to work (ii), is not functional (iii), or compresses the tendon.
    """

    id: str
    name: str
    cues: tuple[str, ...]
    flags: tuple[str, ...] = ()


_ALL: Final = (
    Exercise(
        "H1",
        "standing hold, tubing at the hip",
        ("stand tall, knee soft", "drive the hip, squeeze the glute", "no movement"),
    ),
    Exercise(
        "H2",
        "split-stance hold, tubing at the hip, short stance",
        ("trunk tall", "front heel heavy", "no movement"),
    ),
    Exercise(
        "H3",
        "wall heel-press, standing",
        ("press the heel back", "no arch in the low back", "no movement"),
    ),
    Exercise(
        "H4",
        "standing straight-leg pull-down, held",
        ("band at the heel, hip 10 to 30 degrees", "no movement"),
    ),
    Exercise("H5", "standing glute squeeze", ("squeeze the glute", "no movement")),
    Exercise("H6", "short-lever double bridge", ("ribs down", "no movement"), ("iii",)),
    Exercise("H8", "long-lever bridge", ("push the heels", "no movement"), ("iii",)),
    Exercise("H10", "prone leg-curl hold, mid range", ("no movement",), ("i", "ii", "iii")),
    Exercise("H16", "single-leg wall squat", ("no movement",), ("compression",)),
)

CATALOGUE: Final = {exercise.id: exercise for exercise in _ALL}
"""By id; those that may be chosen."""
REFUSED: Final = {"H12": "seated heel-dig"}
"""Id → name of holds whose compression of the tendon is high (PROTOCOL 6)."""
