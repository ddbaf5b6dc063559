"""Faults: drawn from the seed before a run, so that a run can be repeated with fewer of them.

Most of them come when reminders do, as that is when there is something to break.
"""

import random
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from telegram_sandbox import FaultKind
from tests.simulation.machine import CUTS, POINTS

if TYPE_CHECKING:
    from tests.simulation.town import Town

A_DAY: Final = 4.0
AN_ATHLETE: Final = 0.25
"""Faults a day, on average, and so many more for each athlete."""
NEAR_S: Final = 1_500.0
"""How long after a reminder's time most faults strike."""
STORM: Final = 30
STORM_S: Final = 29.0
"""So many faults after each reminder of a storm, and the seconds between them."""
SLOW_S: Final = 2.6
"""How long no connection is to be had in a storm: a HOLD can just leave in time."""
OUT_S: Final = 70.0
"""How long an outage of a storm lasts."""


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that goes wrong at a second of the run.

    `span` is how long, `size` how much of it (a wait, a step, a count), `where` what it strikes.
    """

    at: float
    kind: str
    span: float = 0.0
    size: float = 0.0
    where: str = ""

    def __str__(self) -> str:
        more = [
            f"for {self.span:.1f} s" if self.span else "",
            f"{self.size:g}" if self.size else "",
        ]
        return " ".join(part for part in (f"{self.at:.1f}", self.kind, *more, self.where) if part)


WHERE: Final = ("HOLD", "HOLD", "STOP", "RELEASE", "Get set", "edit", "answer", "photo", "chat", "")
"""Which calls meet with trouble: those whose text begins so, of a method, of one chat, or any."""
Draw = Callable[[random.Random, float], Fault]


def _calls(kind: FaultKind) -> Draw:
    """The next calls fail this way: all, those of one chat, or cues alone."""

    def draw(rng: random.Random, at: float) -> Fault:
        where = rng.choice(("", "", "chat", "HOLD", "RELEASE", "getUpdates"))
        html = ":html" if kind is FaultKind.SERVER_ERROR and rng.random() < 0.4 else ""
        size = float(rng.choice((1, 2, 5, 20)))
        return Fault(at, f"{kind}{html}", rng.uniform(1, 40), size, where)

    return draw


def _trouble(kind: str) -> Draw:
    """The next calls of a kind find no connection, lie about, or are answered late or never."""

    def draw(rng: random.Random, at: float) -> Fault:
        size = rng.choice((0.8, 2.0, 2.9, 4.5, 60.0))
        return Fault(at, kind, rng.uniform(600, 40_000), size, rng.choice(WHERE))

    return draw


def _again(rng: random.Random, at: float) -> Fault:
    return Fault(at, "again", size=float(rng.randint(1, 12)))


def _damage(rng: random.Random, at: float) -> Fault:
    return Fault(at, "damage", size=float(rng.choice((1, 1, 3))))


def _down(rng: random.Random, at: float) -> Fault:
    span = rng.choice((2, 2, 10, 10, 60, 60, 60, 60, 300, 300, 900, 7_000))
    return Fault(at, "outage", span * rng.uniform(0.5, 1.5))


def _updates(kind: FaultKind) -> Draw:
    return lambda rng, at: Fault(at, str(kind), rng.uniform(300, 3_000), 3.0)


def _restart(rng: random.Random, at: float) -> Fault:
    return Fault(at, "restart", rng.choice((0.5, 3, 30, 600, 6_000)) * rng.uniform(0.5, 1.5))


def _kill(rng: random.Random, at: float) -> Fault:
    span = rng.choice((0.5, 3, 30, 600, 6_000)) * rng.uniform(0.5, 1.5)
    return Fault(at, "kill", span, float(rng.randint(1, 12)), rng.choice(POINTS))


def _step(rng: random.Random, at: float) -> Fault:
    return Fault(at, "clock step", size=rng.choice((-1, 1)) * rng.choice((0.5, 2, 8, 60, 1_800)))


def _stall(rng: random.Random, at: float) -> Fault:
    return Fault(at, "stall", size=rng.choice((0.5, 2, 5, 12, 40)))


def _locked(rng: random.Random, at: float) -> Fault:
    return Fault(at, "locked", rng.choice((0.5, 2, 10, 60)) * rng.uniform(0.5, 1.5))


def _full(rng: random.Random, at: float) -> Fault:
    return Fault(at, "disk full", rng.choice((1, 5, 30, 200)) * rng.uniform(0.5, 1.5))


def _ended(rng: random.Random, at: float) -> Fault:
    span, size = rng.choice((0, 0, 1, 5, 30)) * rng.uniform(0.5, 1.5), float(rng.randint(1, 12))
    return Fault(at, "connection ended", span, size, rng.choice(CUTS))


KINDS: Final[tuple[tuple[float, Draw], ...]] = (
    (2.0, _calls(FaultKind.TOO_MANY)),
    (1.5, _calls(FaultKind.SERVER_ERROR)),
    (1.0, _calls(FaultKind.HANG_BEFORE)),
    (1.5, _calls(FaultKind.HANG_AFTER)),
    (0.7, _calls(FaultKind.RESET)),
    (1.0, _calls(FaultKind.RESET_AFTER)),
    (2.0, _trouble("no connection")),
    (2.0, _trouble("late")),
    (1.0, _trouble("late answer")),
    (1.0, _trouble("lost answer")),
    (2.0, _again),
    (0.3, _damage),
    (0.8, _down),
    (1.0, _updates(FaultKind.DUPLICATE_UPDATE)),
    (1.0, _updates(FaultKind.REORDERED_UPDATES)),
    (1.5, _restart),
    (4.0, _kill),
    (1.0, _step),
    (1.0, _stall),
    (1.5, _locked),
    (1.0, _full),
)
"""How likely each kind is beside the others."""
OF_DATABASE: Final = frozenset({"locked", "disk full", "damage", "connection ended"})
"""The kinds that come by a database, each in its way."""
ENDED: Final = 0.05
"""So many connections are ended beside every other fault, where there is a server."""


def forecast(seed: int, town: "Town", days: int, *, server: bool = False) -> list[Fault]:
    """Return the faults of a seed, in order; those that only a `server` has come beside them."""
    rng = random.Random(f"{seed}/weather")
    mornings, end = town.mornings(days), days * 86_400.0
    weights = [weight for weight, _draw in KINDS]
    each = A_DAY + AN_ATHLETE * len(town.athletes)
    found = []

    def drawn(rng: random.Random) -> float:
        near = rng.choice(mornings) + rng.uniform(0, NEAR_S) if mornings else end
        at = near if rng.random() < 0.85 else rng.uniform(0, end)
        return min(at, end - 10)

    for _ in range(round(days * each * rng.uniform(0.5, 1.5))):
        at = drawn(rng)
        found.append(rng.choices(KINDS, weights)[0][1](rng, at))
    if server:  # of dice of its own: what else strikes is the same as on a file
        rng = random.Random(f"{seed}/server")
        found += [_ended(rng, drawn(rng)) for _ in range(1 + round(ENDED * len(found)))]
    return sorted(found, key=lambda fault: fault.at)


def storm(kinds: tuple[str, ...], town: "Town", days: int) -> list[Fault]:
    """Return faults of these kinds, one after the other all through the time of sessions.

    Those of calls strike HOLD alone. Every other kill strikes at once, whatever the bot is about:
    in a hold it writes and calls nothing.
    """
    found = []
    for morning in town.mornings(days):
        for number in range(STORM):
            kind, at = kinds[number % len(kinds)], morning + STORM_S * (number + 0.3)
            if kind == "outage":
                found += [Fault(at, kind, OUT_S)] if number % 4 == 0 else []
            elif kind != "kill":
                size = SLOW_S if kind == "no connection" else 8.0
                found.append(Fault(at, kind, STORM_S, size, "HOLD"))
            elif number % 3 == 0:
                point = POINTS[number // 6 % len(POINTS)] if number % 2 else "turn"
                found.append(Fault(at, kind, 1.0, 1.0, point))
    return sorted(found, key=lambda fault: fault.at)
