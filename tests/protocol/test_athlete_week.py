"""What a week asks a coach to decide: the most urgent thing, and nothing without a reason."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from statistics import fmean

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.protocol.report.athlete_week import CurrentState, Decision, PainTrend, athlete_week
from bot.protocol.report.period import (
    Became,
    Planned,
    ReportedMorning,
    ReportedSession,
    Stretch,
    chart_days,
)

MONDAY = date(2026, 11, 9)
DAYS = [MONDAY + timedelta(days=n) for n in range(14)]
CALM = CurrentState()
EARNED = CurrentState(step_up="8 × 10 s")


def session(
    day: date, last: int = 1, outcome: str = "lessening", first: int = 2
) -> ReportedSession:
    """Return a session that ended with this pain."""
    return ReportedSession(
        session_id=1,
        day=day,
        opened_at=datetime(2026, 11, 9, tzinfo=UTC),
        outcome=outcome,
        became=Became.DONE,
        before=1,
        first=first,
        last=last,
        worst=max(first, last),
        holds_done=5,
        holds_planned=5,
        tension_s=50,
        planned_s=50,
    )


def fortnight(*became: Became, lasts: tuple[int, ...] = ()) -> Stretch:
    """Return fourteen days; what is not named was done at pain 1."""
    found = [*became, *[Became.DONE] * (14 - len(became))]
    pains = [*lasts, *[1] * (14 - len(lasts))]
    return Stretch(
        first_day=DAYS[0],
        last_day=DAYS[-1],
        planned=tuple(Planned(day, 0, one) for day, one in zip(reversed(DAYS), found, strict=True)),
        trained=tuple(
            session(day, last)
            for day, one, last in zip(reversed(DAYS), found, pains, strict=True)
            if one is Became.DONE
        ),
        mornings=(),
    )


def decided(days: Stretch, standing: CurrentState = CALM) -> Decision:
    """Return the decision."""
    return athlete_week(1, "Ana", "UTC", days, standing).decision


EASY = fortnight()
MISSED = fortnight(*[Became.MISSED] * 3)
STOPPED = replace(EASY, trained=(session(DAYS[-1], 5, "stopped_pain"),))
LOCKED = replace(CALM, lock_reason="stopped_hard")


@pytest.mark.parametrize(
    ("days", "standing", "decision"),
    [
        (EASY, CALM, Decision.NOTHING),
        (EASY, EARNED, Decision.STEP_UP),
        (MISSED, EARNED, Decision.MISSED),
        (fortnight(Became.MISSED, Became.MISSED), CALM, Decision.NOTHING),
        (MISSED, CALM, Decision.MISSED),
        (MISSED, replace(CALM, unreachable_since=DAYS[12]), Decision.UNREACHABLE),
        (fortnight(lasts=(2,) * 7), CALM, Decision.RISING),
        (replace(EASY, trained=(session(DAYS[9], 3, "rising"),)), CALM, Decision.RISING),
        (STOPPED, CALM, Decision.STOPPED),
        (STOPPED, LOCKED, Decision.LOCKED),
        (STOPPED, replace(LOCKED, open_flag=True), Decision.RED_FLAG),
        (replace(EASY, planned=(), trained=()), CALM, Decision.NOTHING),
    ],
)
def test_the_first_match_wins(days: Stretch, standing: CurrentState, decision: Decision) -> None:
    """One line of what needs a decision, in the order of its urgency."""
    assert decided(days, standing) is decision


@pytest.mark.parametrize(
    ("lasts", "trend"),
    [((2,) * 7, PainTrend.MORE), ((1,), PainTrend.SAME), ((0,) * 7, PainTrend.LESS)],
)
def test_the_trend_leaves_noise_alone(lasts: tuple[int, ...], trend: PainTrend) -> None:
    """A mean that differs by less than one is the same."""
    assert athlete_week(1, "Ana", "UTC", fortnight(lasts=lasts), CALM).trend is trend


def test_f77_a_week_without_answers_has_no_trend() -> None:
    """Nothing is divided by nothing, and nothing unknown is called 0."""
    silent = replace(EASY, trained=(replace(session(DAYS[9]), first=None, last=None, worst=None),))
    found = athlete_week(1, "Ana", "UTC", silent, CALM)
    assert (found.trend, found.worst, found.worst_day) == (None, None, None)


def mornings(*values: int | None, before: tuple[int | None, ...] = ()) -> Stretch:
    """Return fourteen days of steady sessions: the last mornings, and those of the week before."""
    found = [
        ReportedMorning(day, value)
        for days, given in ((DAYS[:7], before), (DAYS[7:], values))
        for day, value in zip(days, given, strict=False)
        if value is not None
    ]
    return replace(EASY, mornings=tuple(found))


@pytest.mark.parametrize(
    ("values", "before", "trend", "decision"),
    [
        ((1, 4, 4), (), PainTrend.MORE, Decision.RISING),
        ((1, 4, 4), (1, 1, 1), PainTrend.MORE, Decision.RISING),
        ((1, 4, 4), (3, 3, 3), PainTrend.MORE, Decision.RISING),
        ((3, 3, 3), (1, 1), PainTrend.MORE, Decision.RISING),
        ((0, 1, 2), (2,), PainTrend.MORE, Decision.RISING),
        ((4, 2, 2), (0, 0), PainTrend.MORE, Decision.RISING),
        ((1, 1, 1), (3, 3), PainTrend.LESS, Decision.NOTHING),
        ((4, 1, 1), (2, 2), PainTrend.LESS, Decision.NOTHING),
        ((1, 2, 1), (1, 1, 2), PainTrend.SAME, Decision.NOTHING),
        ((1, 2, 1), (), None, Decision.NOTHING),
        ((2, 1, 3), (), None, Decision.NOTHING),
        ((4, 1, 4), (3, 3), PainTrend.SAME, Decision.MORNINGS),
        ((4,), (4, 4), PainTrend.SAME, Decision.NOTHING),
        ((7,), (7, 7), PainTrend.SAME, Decision.MORNINGS),
        ((), (1, 1), None, Decision.NOTHING),
    ],
)
def test_f99_mornings_are_part_of_the_trend_and_of_the_decision(
    values: tuple[int, ...],
    before: tuple[int, ...],
    trend: PainTrend | None,
    decision: Decision,
) -> None:
    """Two points from morning to morning are a change; the newest is judged as the dose judges it.

    The sessions are the same all the time, so what is decided comes from the mornings.
    """
    found = athlete_week(1, "Ana", "UTC", mornings(*values, before=before), CALM)
    assert (found.trend, found.mornings_trend) == (PainTrend.SAME, trend)
    assert found.decision is decision


known = st.lists(st.none() | st.integers(0, 10), max_size=7)


@given(known, known)
@example(before=[2], values=[0, 1, 2])
def test_f99_no_words_against_the_numbers(
    before: list[int | None], values: list[int | None]
) -> None:
    """Any mornings: what is called the same is, what rose or fell is told so."""
    found = athlete_week(1, "Ana", "UTC", mornings(*values, before=tuple(before)), CALM)
    earlier = [one for one in before if one is not None]
    later = list(found.mornings)
    match found.mornings_trend:
        case PainTrend.SAME:
            assert abs(fmean(later) - fmean(earlier)) < 1
            assert abs(later[-1] - later[0]) < 2
        case PainTrend.MORE:
            assert later[-1] > later[0] or fmean(later) > fmean(earlier)
            assert found.decision is Decision.RISING
        case PainTrend.LESS:
            assert later[-1] < later[0] or fmean(later) < fmean(earlier)
        case None:
            assert not earlier or not later
    if found.decision is Decision.NOTHING and later:
        assert later[-1] - later[0] < 2


def test_f76_a_week_of_one_day() -> None:
    """An athlete who began on Sunday has one planned session, and no week before."""
    one = Stretch(
        first_day=DAYS[0],
        last_day=DAYS[-1],
        planned=(Planned(DAYS[-1], 0, Became.DONE),),
        trained=(session(DAYS[-1]),),
        mornings=(),
    )
    found = athlete_week(1, "Ana", "UTC", one, CALM)
    assert (found.figures.planned, found.figures.done, found.before.planned) == (1, 1, 0)
    assert found.decision is Decision.NOTHING


def test_two_sessions_of_one_day_are_both_counted() -> None:
    """A day is drawn as the one to look at; the other is not forgotten."""
    twice = (Planned(DAYS[0], 0, Became.DONE), Planned(DAYS[0], 1, Became.MISSED))
    (day, *_) = chart_days(replace(EASY, planned=twice))
    assert (day.became, day.also) == (Became.MISSED, (Became.DONE,))
