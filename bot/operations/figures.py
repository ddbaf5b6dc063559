"""Figures of this installation: how late messages were, what was lost, what waits."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Final

from sqlalchemy import ColumnElement, func, select
from sqlmodel import Session as Db
from sqlmodel import col

from bot.letters import Priority
from bot.operations import refusals
from bot.operations.values import Lateness
from bot.store import figures as stored
from bot.store import outbox
from bot.store.figures import WaitingLetters
from bot.store.tables import AthleteRow, OutboxState, SessionRow

CUES: Final = ("Stopped", "Release", "Hold")
"""Letters whose lateness is felt in the body."""
DAY: Final = timedelta(hours=24)
HOUR: Final = timedelta(hours=1)
NEWEST: Final = 50_000
"""Rows that a figure is taken of, at most: the newest. Of what waits, the oldest."""
HANDED: Final = 4
"""So many times more for the budget: an hour at 28 a second is 100,800."""
STEPS_S: Final = (0.1, 0.25, 0.5, 1.0, 3.0)
"""Upper edges of the cues' histogram; a HOLD is dropped at 3 s."""
SLOW_S: Final = 1.0
"""Later than this is counted by itself."""
_DAY_S: Final = 86_400.0


@dataclass(frozen=True, slots=True)
class LostLetters:
    """Letters of a kind that did not arrive, or perhaps not."""

    kind: str
    dropped: int
    failed: int
    unsure: int


@dataclass(frozen=True, slots=True)
class BusiestTimes:
    """Letters handed over in the busiest second and in the busiest minute."""

    second: int
    minute: int


@dataclass(frozen=True, slots=True)
class ProgramFigures:
    """What `holdfast stats` prints. Of the last 24 hours; the budget is of the last hour.

    `cues` are counts by `STEPS_S`, and of what was later than the last of them. `capped` tells
    that there may be more rows than were looked at.
    """

    athletes: int
    live_sessions: int
    sent: tuple[Lateness, ...]
    cues: tuple[int, ...]
    lost: tuple[LostLetters, ...]
    refused: int
    waiting: int
    waits: tuple[tuple[str, WaitingLetters], ...]
    budget: BusiestTimes | None
    updates: Lateness | None
    reminders: Lateness | None
    capped: bool


def figures(db: Db, now: datetime, newest: int = NEWEST) -> ProgramFigures:
    """Return the figures at `now`, each of `newest` rows at most."""
    since = now - DAY
    cues, others = stored.sent_cues(db, since, newest), stored.sent(db, since, newest)
    updates = stored.update_delays(db, since, newest)
    lost = stored.lost(db, since, newest)
    waits = stored.waits(db, now, newest)
    seconds = stored.handed_by_second(db, now - HOUR, newest * HANDED)
    looked_at = (
        len(cues),
        len(others),
        len(updates),
        sum(one[2] for one in lost),
        sum(one.due + one.later for one in waits),
        sum(seconds.values()) // HANDED,
    )
    return ProgramFigures(
        athletes=count(db, AthleteRow),
        live_sessions=live_sessions(db),
        sent=_by_kind(cues, others),
        cues=_steps([days for _kind, days in cues]),
        lost=_lost(lost),
        refused=refusals.recent(db, now),
        waiting=outbox.depth(db),
        waits=tuple((_name(one.priority), one) for one in waits),
        budget=_budget(seconds),
        updates=summed("updates", updates),
        reminders=summed("reminders", stored.reminder_lags(db, since, newest)),
        capped=newest in looked_at,
    )


def summed(kind: str, delays: Iterable[float]) -> Lateness | None:
    """Return how late so many letters were, from their delays in days; None where there is none."""
    found = sorted(_seconds(days) for days in delays)
    if not found:
        return None
    slow = sum(late > SLOW_S for late in found)
    middle, edge = _quantile(found, 0.5), _quantile(found, 0.99)
    return Lateness(kind, len(found), middle, edge, found[-1], slow)


def _seconds(days: float) -> float:
    """Return a delay in seconds, to the millisecond: SQLite counts days to a twentieth of that."""
    return round(max(0.0, days * _DAY_S), 3)


def _by_kind(
    cues: list[tuple[str, float]], others: list[tuple[str, float]]
) -> tuple[Lateness, ...]:
    """Return the cues first, then the other kinds by name."""
    delays: defaultdict[str, list[float]] = defaultdict(list)
    for kind, days in (*cues, *(one for one in others if one[0] not in CUES)):
        delays[kind].append(days)
    order = [*CUES, *sorted(delays.keys() - set(CUES))]
    found = (summed(kind, delays[kind]) for kind in order)
    return tuple(one for one in found if one is not None)


def _steps(delays: list[float]) -> tuple[int, ...]:
    late = [_seconds(days) for days in delays]
    edges = (-1.0, *STEPS_S, float("inf"))
    return tuple(sum(low < one <= high for one in late) for low, high in pairwise(edges))


def _lost(found: list[tuple[str, OutboxState, int]]) -> tuple[LostLetters, ...]:
    counts = {(kind, state): number for kind, state, number in found}
    states = (OutboxState.DROPPED, OutboxState.FAILED, OutboxState.UNSURE)
    kinds = sorted({kind for kind, _state in counts})
    return tuple(
        LostLetters(kind, *(counts.get((kind, state), 0) for state in states)) for kind in kinds
    )


def _budget(seconds: Mapping[str, int]) -> BusiestTimes | None:
    if not seconds:
        return None
    minutes: Counter[str] = Counter()
    for second, number in seconds.items():
        minutes[second[:16]] += number
    return BusiestTimes(max(seconds.values()), max(minutes.values()))


def _name(priority: int) -> str:
    return Priority(priority).name.lower()


def live_sessions(db: Db) -> int:
    """Return how many sessions are under way."""
    return count(db, SessionRow, col(SessionRow.phase) != "closed")


def count(db: Db, table: type, *which: ColumnElement[bool]) -> int:
    """Return how many rows of a table there are."""
    query = select(func.count()).select_from(table).where(*which)
    return int(db.connection().execute(query).scalar_one())


def _quantile(ordered: list[float], share: float) -> float:
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]
