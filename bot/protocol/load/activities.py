"""What a watch's file says, as far as it could be read; and whether two are the same outing."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from bot.protocol.load.entries import MAX_CLIMB, MAX_METRES, LoadKind

START_NEAR: Final = timedelta(minutes=2)
_FIVE_PER_CENT: Final = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Activity:
    """One outing. `started_at` is aware UTC, None where the file has no usable time.

    `moving_s` are seconds without the pauses. `effort` is of 10. `cut`: the file breaks off, and
    this is what came before.
    """

    kind: LoadKind
    started_at: datetime | None
    moving_s: int
    metres: int | None = None
    climb_m: int | None = None
    effort: int | None = None
    cut: bool = False

    @property
    def minutes(self) -> int:
        """Minutes moving, rounded; at least 1."""
        return max(1, (self.moving_s + 30) // 60)


def believable(one: Activity) -> Activity:
    """Return the outing without the metres, or metres up, that cannot be: they are not known."""
    return replace(
        one, metres=_within(one.metres, MAX_METRES), climb_m=_within(one.climb_m, MAX_CLIMB)
    )


def _within(value: int | None, most: int) -> int | None:
    return value if value is not None and 0 <= value <= most else None


class Why(StrEnum):
    """Why a file cannot be read."""

    NOT_KNOWN = "not_known"  # neither FIT nor GPX nor TCX
    NO_ACTIVITY = "no_activity"  # settings, a workout, a route: nothing that was done
    NO_TIMES = "no_times"  # a way without times: nobody knows how long it took
    BROKEN = "broken"
    SEVERAL = "several"  # an archive with more than one file
    TOO_LARGE = "too_large"  # over 20 MB, or it unfolds to more than is allowed
    TOO_MUCH = "too_much"  # it took too long, or too much memory
    NOT_FETCHED = "not_fetched"  # Telegram does not hand it over any more
    TOO_OLD = "too_old"  # over 14 days ago


@dataclass(frozen=True, slots=True)
class UnreadFile:
    """Nothing of a file can be kept."""

    why: Why


def is_same(one: tuple[LoadKind, datetime, int], other: tuple[LoadKind, datetime, int]) -> bool:
    """Whether two outings – kind, start, seconds – are one: ±2 minutes, ±5 % of the longer."""
    (kind, start, seconds), (its_kind, its_start, its_seconds) = one, other
    longer = max(seconds, its_seconds)
    return (
        kind is its_kind
        and abs(start - its_start) <= START_NEAR
        and abs(seconds - its_seconds) * _FIVE_PER_CENT <= longer
    )
