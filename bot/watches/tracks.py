"""Points along the way: how long somebody moved, how far, and how high."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import pairwise
from typing import Final

_STILL: Final = 60
"""Seconds between two points: longer is a pause."""
_SLOW: Final = 0.3
"""Metres a second: slower is standing."""
_CLIMB: Final = 5.0
"""Metres: a smaller rise is the noise of the sensor."""
_EARTH: Final = 6_371_000.0
_FIRST: Final = datetime(2000, 1, 1, tzinfo=UTC)
_LAST: Final = datetime(2100, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Point:
    """One point: its time, degrees north and east, metres above the sea, metres so far."""

    at: datetime | None
    north: float | None = None
    east: float | None = None
    high: float | None = None
    far: float | None = None


def is_usable(at: datetime | None) -> bool:
    """Whether a time can be when somebody was out: it has a zone, and is of our time."""
    return at is not None and at.tzinfo is not None and _FIRST <= at < _LAST


def start_of(points: Iterable[Point]) -> datetime | None:
    """Return the first usable time, in UTC."""
    found = next((one.at for one in points if is_usable(one.at)), None)
    return None if found is None else found.astimezone(UTC)


def moving_s(points: Sequence[Point]) -> int:
    """Return the seconds in motion; of points without a place, those without a long gap."""
    total = 0.0
    for one, two in pairwise([point for point in points if point.at is not None]):
        passed = _seconds(one, two)
        if not 0 < passed <= _STILL:
            continue
        far = metres_between(one, two)
        if far is None or far >= _SLOW * passed:
            total += passed
    return round(total)


def _seconds(one: Point, two: Point) -> float:
    """Return the seconds between two points; 0 where one of the times has a zone alone."""
    if one.at is None or two.at is None or (one.at.tzinfo is None) != (two.at.tzinfo is None):
        return 0.0
    return (two.at - one.at).total_seconds()


def metres_between(one: Point, two: Point) -> float | None:
    """Return how far it is from one point to another; None where that is not known."""
    if one.far is not None and two.far is not None:
        return max(0.0, two.far - one.far)
    if one.north is None or one.east is None or two.north is None or two.east is None:
        return None
    north, also = math.radians(one.north), math.radians(two.north)
    east = math.radians(two.east - one.east) / 2
    half = (
        math.sin((also - north) / 2) ** 2 + math.cos(north) * math.cos(also) * math.sin(east) ** 2
    )
    return 2 * _EARTH * math.asin(math.sqrt(min(1.0, half)))


def metres(points: Sequence[Point]) -> int | None:
    """Return the metres of the way; None where no two points tell."""
    told = [one.far for one in points if one.far is not None]
    if told:
        return round(max(told) - min(told)) or None
    found = [metres_between(one, two) for one, two in pairwise(points)]
    known = [one for one in found if one is not None]
    return round(sum(known)) if known else None


def climb_m(points: Iterable[Point]) -> int | None:
    """Return the metres up, of rises of 5 m or more; None where no height is told."""
    heights = [one.high for one in points if one.high is not None and math.isfinite(one.high)]
    if not heights:
        return None
    total, low = 0.0, heights[0]
    for high in heights[1:]:
        if high - low >= _CLIMB:
            total, low = total + high - low, high
        elif high < low:
            low = high
    return round(total) if math.isfinite(total) else None
