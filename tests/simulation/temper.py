"""How athletes are in a run: as usual, or as a broken copy of the bot needs them."""

from dataclasses import dataclass
from typing import Final

OWN: Final = (
    "/session",
    "/session",
    "/next",
    "/history",
    "/pain 2",
    "/pain 5",
    "/flag",
    "/settings",
    "/pause",
    "/resume",
    "/resume",
    "/coach",
    "/coach off",
    "/privacy",
    "/export",
    "/help",
    "/undo",
    "7",
    "hello",
)
"""What an athlete may say by themselves, at any time."""


@dataclass(frozen=True, slots=True)
class Temper:
    """How athletes of a run are: `unrest` is how often they do something while nothing is asked.

    They do it `within_s` seconds of a cue. `eager` are the chances, one of them drawn for each,
    that a reminder leads to a session; `own` is what they say by themselves, so `often` a day.
    `nights` is the chance that a session is begun round midnight.
    """

    unrest: float = 0.11
    within_s: float = 14.0
    eager: tuple[float, ...] = (0.15, 0.35, 0.35, 0.8)
    own: tuple[str, ...] = OWN
    often: tuple[int, ...] = (0, 0, 0, 0, 1, 2)
    nights: float = 0.06


USUAL: Final = Temper()
