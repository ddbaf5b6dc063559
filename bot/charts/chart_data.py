"""What a chart shows, as plain values that travel to the drawing process."""

from dataclasses import dataclass
from typing import Literal

Side = Literal["left", "right"]
Status = Literal["done", "interrupted", "stopped", "not done"]


@dataclass(frozen=True, slots=True)
class HoldBar:
    """One hold: its number within the side, seconds planned and held, worst pain 0-10 or None."""

    number: int
    side: Side
    planned_s: float
    actual_s: float
    pain: int | None
    status: Status


@dataclass(frozen=True, slots=True)
class SessionChart:
    """One session in the order of its holds; ``title`` is its day, "Sun 22 Nov".

    ``pain_before`` is None when it was not told; ``pain_limit`` is the plan's, inclusive.
    """

    title: str
    holds: tuple[HoldBar, ...]
    pain_before: int | None
    pain_limit: int
