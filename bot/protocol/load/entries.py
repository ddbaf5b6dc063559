"""What an athlete did on a day, beside the holds (PROTOCOL 7). Minutes are whole; effort is of 10.

"None" is an entry. A day without an entry is unknown, never a day of rest.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Final

MAX_MINUTES: Final = 1_440
MAX_EFFORT: Final = 10
MAX_METRES: Final = 400_000
MAX_CLIMB: Final = 20_000
"""More metres, or metres up, than these nobody believes."""
LATEST: Final = timedelta(days=14)
"""An entry may be so late."""


class LoadKind(StrEnum):
    """What it was."""

    NONE = "none"  # nothing was done, which is known
    RUN = "run"
    BIKE = "bike"
    SWIM = "swim"
    WALK = "walk"
    STRENGTH = "strength"
    OTHER = "other"


class Extra(StrEnum):
    """What the tendon may feel besides minutes and effort: eccentric load, and being pressed on."""

    UPHILL = "uphill"
    FAST = "fast"
    TRAIL = "trail"
    HINGE = "hinge"  # a deadlift or a like movement, slow
    HINGE_FAST = "hinge_fast"
    SIT = "sit"  # over an hour without standing up
    STRETCH = "stretch"  # the hamstring was stretched


HINGES: Final = frozenset({Extra.HINGE, Extra.HINGE_FAST})
WITHOUT_SPORT: Final = frozenset({Extra.SIT, Extra.STRETCH})
"""What a day without any sport may have as well."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadEntry:
    """One thing that was done, on the athlete's local `day`.

    Minutes or effort that nobody knows are None. `metres` and `climb_m`, metres up, are known from
    watches mostly; so is `started_at`.
    """

    day: date
    kind: LoadKind
    minutes: int | None = None
    effort: int | None = None
    extras: frozenset[Extra] = frozenset()
    metres: int | None = None
    climb_m: int | None = None
    started_at: datetime | None = None

    @property
    def load(self) -> int | None:
        """Minutes × effort (Foster 2001); 0 where nothing was done; None where one is unknown."""
        if self.kind is LoadKind.NONE:
            return 0
        if self.minutes is None or self.effort is None:
            return None
        return self.minutes * self.effort


def has(entry: LoadEntry, extra: Extra) -> bool:
    """Whether an entry has the extra; a fast hinge is a hinge too."""
    return bool(entry.extras & (HINGES if extra is Extra.HINGE else {extra}))


def count(entries: Iterable[LoadEntry], extra: Extra) -> int:
    """Return how many entries have the extra."""
    return sum(has(one, extra) for one in entries)


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadFigures:
    """Some days in numbers (PROTOCOL 7). Minutes and load are those that are known.

    `known_days` have an entry, and `rest_days` are known to be without any sport. `not_rated` are
    entries without a load, as minutes or effort are unknown: the sum lacks them. There is no ratio
    of weeks and no risk: two numbers stand beside each other.
    """

    days: int
    known_days: int
    rest_days: int
    minutes: int
    load: int
    not_rated: int
    uphill: int
    fast: int
    hinge: int

    @classmethod
    def of(cls, entries: Iterable[LoadEntry], first: date, last: date) -> "LoadFigures":
        """Return the diary of the local days from `first` to `last`, both included."""
        inside = [one for one in entries if first <= one.day <= last]
        done = [one for one in inside if one.kind is not LoadKind.NONE]
        known_days = len({one.day for one in inside})
        return cls(
            days=(last - first).days + 1,
            known_days=known_days,
            rest_days=known_days - len({one.day for one in done}),
            minutes=sum(one.minutes or 0 for one in done),
            load=sum(one.load or 0 for one in inside),
            not_rated=sum(one.load is None for one in inside),
            uphill=count(inside, Extra.UPHILL),
            fast=count(inside, Extra.FAST),
            hinge=count(inside, Extra.HINGE),
        )
