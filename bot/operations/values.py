"""The state of the installation as values, and what is wrong in it."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

NEWEST: Final = 5_000
"""Cues of the last day that the lateness is taken of, at most."""
SLOW_S: Final = 1.0
"""Seconds; 99 of 100 cues are handed over within this time."""
STUCK: Final = timedelta(minutes=2)
"""A message that has waited longer than this says that something is in its way."""
BACKUP_OLD: Final = timedelta(hours=26)


class Wrong(StrEnum):
    """What an admin has to do something about, the most pressing first."""

    UNHEARD = "unheard"  # somebody may not train, and nobody who could act was told
    LOCKED = "locked"  # somebody may not train until a coach or admin unlocks
    STUCK = "stuck"  # messages wait that should have gone
    SLOW = "slow"  # cues come late
    UPDATES = "updates"  # what people sent could not be handled
    FAULTS = "faults"  # jobs missed or failed, rows pushed back
    BACKUP_FAILED = "backup_failed"
    BACKUP_OLD = "backup_old"


@dataclass(frozen=True, slots=True)
class Athletes:
    """Athletes by what keeps them; only `active` ones are reminded. They add up."""

    active: int = 0
    paused: int = 0
    locked: int = 0
    leaving: int = 0
    unreachable: int = 0


@dataclass(frozen=True, slots=True)
class BarredAthletes:
    """Athletes who wait for somebody to act: how many, and the names of some of them."""

    count: int = 0
    names: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class NewestBackup:
    """The newest backup: when it was made, how large it is, and why no later one was.

    Those of a server are made `elsewhere`.
    """

    at: datetime | None
    size: int
    nightly: bool
    failed: str | None
    elsewhere: bool = False


@dataclass(frozen=True, slots=True)
class Lateness:
    """How late so many were, in seconds, to the millisecond; `slow` were later than a second."""

    kind: str
    count: int
    p50: float
    p99: float
    worst: float
    slow: int


@dataclass(frozen=True, slots=True)
class LivingNodes:
    """Which process of several leads, since when; and the names of those that stand by."""

    leader: str
    since: datetime
    standbys: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class InstallationState:
    """The state of the installation at one instant. Sizes are bytes, lateness is seconds."""

    athletes: Athletes
    live: int
    due_soon: int
    waiting: int
    oldest: datetime | None
    cues: Lateness | None
    lost: int
    refused: int
    updates_failed: int
    faults: dict[str, int]
    last_update: datetime | None
    backup: NewestBackup
    size: int
    version: str
    started: datetime | None
    locked: BarredAthletes = BarredAthletes()
    unheard: BarredAthletes = BarredAthletes()
    nodes: LivingNodes | None = None

    def wrong(self, now: datetime) -> tuple[Wrong, ...]:
        """Return what is not as it should be."""
        old = self.backup.at is None or now - self.backup.at > BACKUP_OLD
        found = {
            Wrong.UNHEARD: self.unheard.count > 0,
            Wrong.LOCKED: self.locked.count > 0,
            Wrong.STUCK: self.oldest is not None and now - self.oldest > STUCK,
            Wrong.SLOW: self.cues is not None and self.cues.p99 > SLOW_S,
            Wrong.UPDATES: self.updates_failed > 0,
            Wrong.FAULTS: bool(self.faults),
            Wrong.BACKUP_FAILED: self.backup.failed is not None,
            Wrong.BACKUP_OLD: self.backup.nightly and old and self.backup.failed is None,
        }
        return tuple(one for one in Wrong if found[one])
