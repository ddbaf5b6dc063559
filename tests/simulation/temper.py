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

    They do it `within_s` seconds of a cue: one of `acts`, if any are named, else anything. `eager`
    are the chances, one of them drawn for each, that a reminder leads to a session; `own` is what
    they say by themselves, so `often` a day. `pains` are what they feel at best; later holds are
    one worse as often as it `climbs`. `typed`, `odd` and `slips` are how often an answer is
    written, given in an odd way, or taken back; `old` how often a button of an earlier break is
    pressed; `nights` is the chance that they train round midnight. `runs`: some note what they run.
    """

    unrest: float = 0.11
    within_s: float = 14.0
    acts: tuple[str, ...] = ()
    eager: tuple[float, ...] = (0.15, 0.35, 0.35, 0.8)
    own: tuple[str, ...] = OWN
    often: tuple[int, ...] = (0, 0, 0, 0, 1, 2)
    pains: tuple[int, ...] = (0, 1, 1, 2)
    climbs: float = 0.0
    typed: float = 0.12
    odd: float = 0.06
    slips: float = 0.03
    old: float = 0.1
    nights: float = 0.06
    runs: bool = False


USUAL: Final = Temper(runs=True)
