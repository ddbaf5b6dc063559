"""The dose: what an athlete is asked to hold, within PROTOCOL 2's ranges."""

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final

from bot.protocol.dose.exercises import CATALOGUE, Anchor


class Side(StrEnum):
    """The leg that works; `both` means all of one side, a switch cue, then the other."""

    LEFT = "left"
    RIGHT = "right"
    BOTH = "both"


class DoseError(ValueError):
    """A dose field is outside its allowed range; the text is a sentence for a person."""


@dataclass(frozen=True, slots=True)
class Range:
    """The allowed whole numbers of a field, both ends included."""

    low: int
    high: int
    unit: str

    def check(self, field: str, value: int) -> int:
        """Return `value`, or raise `DoseError` saying what is wrong, allowed and an example."""
        if self.low <= value <= self.high:
            return value
        unit = f" {self.unit}" if self.unit else ""
        example = min(max(value, self.low), self.high)
        raise DoseError(
            f"{field}={value} is not possible: allowed is {self.low} to {self.high}{unit}, "
            f"for example {field}={example}."
        )


RANGES: Final = {
    "hold_s": Range(5, 60, "seconds"),
    "holds": Range(1, 24, "holds"),
    "sets": Range(1, 6, "sets"),
    "rest_s": Range(5, 180, "seconds"),
    "set_rest_s": Range(30, 300, "seconds"),
    "lead_in_first_s": Range(5, 30, "seconds"),
    "lead_in_s": Range(5, 30, "seconds"),
    "effort": Range(2, 9, "of 10"),
    "band": Range(0, 6, ""),
    "pain_limit": Range(0, 5, "of 10"),
    "stage": Range(1, 4, ""),
}
"""Allowed values of each numeric field (PROTOCOL 2)."""

HARD_STOP_MAX: Final = 8
MAX_LABEL: Final = 24
"""Characters of the coach's own name for a band."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Dose:
    """One version of an athlete's dose (PROTOCOL 2). Seconds are whole; pain is of 10.

    `pain_limit` is inclusive: pain equal to it goes on, one more stops.
    `stage` is that of the whole programme (PROTOCOL 7): 1 is holds alone, and only a coach moves.
    `band` 0 is none; `band_label` is the coach's own name for it, MAX_LABEL characters at most.
    `band_anchor` is where the tubing is fixed, where an exercise has it at the hip (PROTOCOL 6).
    Raises `DoseError` when a field is out of range.
    """

    hold_s: int = 10
    holds: int = 5
    sets: int = 1
    rest_s: int = 20
    set_rest_s: int = 90
    side: Side = Side.LEFT
    lead_in_first_s: int = 10
    lead_in_s: int = 5
    effort: int = 5
    band: int = 0
    band_label: str = ""
    pain_limit: int = 3
    hard_stop: int = 6
    exercise: str = "H1"
    band_anchor: Anchor = Anchor.BEHIND
    to_fatigue: bool = False
    stage: int = 1

    def __post_init__(self) -> None:
        """Check every number against its range."""
        for field, allowed in RANGES.items():
            allowed.check(field, getattr(self, field))
        Range(self.pain_limit + 1, HARD_STOP_MAX, "of 10").check("hard_stop", self.hard_stop)
        if len(self.band_label) > MAX_LABEL or not self.band_label.isprintable():
            raise DoseError(f"A band's label is one line of at most {MAX_LABEL} characters.")

    @property
    def sides(self) -> tuple[Side, ...]:
        """The sides in the order they are worked."""
        return (Side.LEFT, Side.RIGHT) if self.side is Side.BOTH else (self.side,)

    @property
    def total_holds(self) -> int:
        """Holds of the whole session, over all sets and sides."""
        return self.holds * self.sets * len(self.sides)

    @property
    def planned_s(self) -> int:
        """Planned time under tension of the whole session, in seconds."""
        return self.total_holds * self.hold_s

    @property
    def needs_band(self) -> bool:
        """Whether the exercise cannot be done without tubing."""
        found = CATALOGUE.get(self.exercise)
        return found is not None and found.needs_band

    def instead(self, exercise: str | None) -> "Dose":
        """Return the dose of another exercise, without a band; the same dose for None."""
        return self if exercise is None else replace(self, exercise=exercise, band=0, band_label="")

    def changed(self, **values: object) -> "Dose":
        """Return a copy with `values`; a new hold length takes its rest (2:1) with it."""
        if "hold_s" in values and "rest_s" not in values and self.rest_s == 2 * self.hold_s:
            values["rest_s"] = rest_for(int(str(values["hold_s"])))
        return replace(self, **values)  # type: ignore[arg-type]


def rest_for(hold_s: int) -> int:
    """Rest in seconds after a hold of `hold_s`: twice as long, as Pearson 2020 used."""
    allowed = RANGES["rest_s"]
    return min(max(2 * hold_s, allowed.low), allowed.high)


PRESETS: Final[dict[str, dict[str, object]]] = {
    "warm-up": {"holds": 5, "hold_s": 10, "rest_s": 20, "sets": 1, "to_fatigue": False},
    "fatigue": {"holds": 10, "hold_s": 15, "rest_s": 30, "sets": 1, "to_fatigue": True},
}
"""The source's two doses (PROTOCOL 2): about 5 for a warm-up, up to 10 when going to fatigue."""
