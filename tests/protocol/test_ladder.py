"""The next session: every cell of the table, credits, and a ladder climbed one step at a time."""

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.protocol.dose.dose import PRESETS, RANGES, Dose
from bot.protocol.progression.ladder import (
    CEILING,
    LADDER,
    TABLE,
    Next,
    Rung,
    credits_of,
    down,
    next_after,
    proposal,
    rung_of,
    stepped,
    up,
)
from bot.protocol.progression.morning import Verdict
from bot.protocol.session.state import Outcome

COLUMNS = (Verdict.SETTLED, Verdict.WATCH, Verdict.FLARE, Verdict.SEVERE, Verdict.UNKNOWN)
UNFINISHED = "hold hold step_down pause hold"
LOCKED = " ".join(["locked"] * 5)
PROTOCOL = {
    Outcome.LESSENING: "credit hold step_down pause hold",
    Outcome.LEVEL: "hold reset step_down pause hold",
    Outcome.RISING: "reset step_down rest_day pause hold",
    Outcome.STOPPED_PAIN: "step_down step_down rest_day pause step_down",
    Outcome.STOPPED_HARD: LOCKED,
    Outcome.RED_FLAG: LOCKED,
    Outcome.STOPPED_EARLY: UNFINISHED,
    Outcome.PARTIAL: UNFINISHED,
    Outcome.RESTED_ON_PAIN: UNFINISHED,
}
FIELDS = ("holds", "hold_s", "sets")
DOSES = st.builds(
    Dose, **{name: st.integers(RANGES[name].low, RANGES[name].high) for name in FIELDS}
)
OUTCOMES = st.lists(st.sampled_from(Outcome), min_size=1, max_size=3)


@pytest.mark.parametrize("outcome", Outcome)
def test_the_table(outcome: Outcome) -> None:
    """Cell by cell as PROTOCOL 3 has it."""
    found = [TABLE[outcome, verdict].name.lower() for verdict in COLUMNS]
    assert found == PROTOCOL[outcome].split()


@given(OUTCOMES)
def test_unknown_pain_never_raises_the_load(outcomes: list[Outcome]) -> None:
    """Without a morning's answer no session earns a credit."""
    assert next_after(outcomes, Verdict.UNKNOWN) > Next.CREDIT


@given(OUTCOMES, st.sampled_from(Outcome), st.sampled_from(Verdict))
def test_the_most_cautious_session_of_a_day_counts(
    outcomes: list[Outcome], another: Outcome, verdict: Verdict
) -> None:
    """One more session never makes what follows milder."""
    assert next_after([*outcomes, another], verdict) >= next_after(outcomes, verdict)


@pytest.mark.parametrize(
    ("days", "expected"),
    [("", 0), ("C", 1), ("CCC", 3), ("CHC", 2), ("CCRC", 1), ("CCR", 0), ("CCD", 0), ("CCLC", 1)],
)
def test_credits(days: str, expected: int) -> None:
    """Holds keep them; level on watch, rising, steps down, pauses and locks take them."""
    steps = {"C": Next.CREDIT, "H": Next.HOLD, "R": Next.RESET, "D": Next.STEP_DOWN}
    steps["L"] = Next.LOCKED
    assert credits_of(steps[day] for day in days) == expected


@pytest.mark.parametrize(
    ("earned", "hours", "expected"),
    [(3, 72, Rung(8, 10)), (2, 720, None), (3, 71.9, None), (9, 72, Rung(8, 10))],
)
def test_three_credits_and_three_days(earned: int, hours: float, expected: Rung | None) -> None:
    """Both are needed for a proposal."""
    assert proposal(Dose(), earned, timedelta(hours=hours)) == expected


def test_down_the_whole_ladder() -> None:
    """From the top to 5 × 10 s, rung by rung, and no further."""
    dose, seen = stepped(Dose(), LADDER[-1]), [LADDER[-1]]
    while (rung := down(dose)) is not None:
        dose = stepped(dose, rung)
        seen.append(rung)
    assert seen == list(reversed(LADDER))


def test_up_to_the_sources_ceiling() -> None:
    """To 10 × 15 s and no further; past it only from where a coach has led."""
    found = [up(stepped(Dose(), rung)) for rung in LADDER]
    assert found == [*LADDER[1 : CEILING + 1], None, *LADDER[CEILING + 2 :], None]


@pytest.mark.parametrize(
    ("holds", "hold_s", "sets", "lower", "higher"),
    [
        (6, 10, 1, (5, 10, 1), (8, 10, 1)),
        (6, 12, 1, (5, 10, 1), (8, 10, 1)),
        (12, 10, 1, (10, 10, 1), (10, 15, 1)),
        (4, 12, 1, None, (5, 10, 1)),
        (24, 5, 1, (21, 5, 1), None),  # every rung has longer holds
        (21, 5, 1, (20, 5, 1), None),
        (10, 5, 1, None, (8, 10, 1)),
        (3, 60, 1, (10, 15, 1), None),
        (8, 20, 2, (8, 15, 2), None),
        (24, 5, 3, (16, 5, 3), None),
    ],
)
def test_a_dose_of_a_coachs_own(
    holds: int,
    hold_s: int,
    sets: int,
    lower: tuple[int, int, int] | None,
    higher: tuple[int, int, int] | None,
) -> None:
    """Off the ladder the next rung below or above is taken, if one is near."""
    dose = Dose(holds=holds, hold_s=hold_s, sets=sets)
    expected = (lower and Rung(*lower), higher and Rung(*higher))
    assert (down(dose), up(dose)) == expected


@given(DOSES)
def test_a_step_down_asks_for_less(dose: Dose) -> None:
    """Always possible to hold; never longer holds; less time under tension off the ladder."""
    rung = down(dose)
    if rung is None:
        return
    less = stepped(dose, rung)
    assert rung_of(less) == rung
    assert rung.hold_s <= dose.hold_s
    assert rung.tension_s < rung_of(dose).tension_s or rung.hold_s < dose.hold_s


@given(DOSES)
def test_one_step_at_a_time(dose: Dose) -> None:
    """A step up skips no rung: nothing on the ladder lies between."""
    now, rung = rung_of(dose), up(dose)
    if rung is None:
        return
    if now in LADDER:
        assert LADDER.index(rung) == LADDER.index(now) + 1
    else:
        assert not [r for r in LADDER if now.tension_s < r.tension_s < rung.tension_s]


@pytest.mark.parametrize("preset", PRESETS)
def test_a_step_takes_the_rest_with_it(preset: str) -> None:
    """Rest stays twice the hold; side, limits and everything else stay."""
    values: dict[str, Any] = PRESETS[preset]
    dose = Dose(pain_limit=2, effort=4, **values)
    less = stepped(dose, Rung(3, 12))
    assert (less.holds, less.hold_s, less.rest_s, less.pain_limit, less.effort) == (3, 12, 24, 2, 4)
