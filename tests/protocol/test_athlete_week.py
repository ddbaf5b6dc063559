"""What a week asks a coach to decide: the most urgent thing, and nothing without a reason."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from bot.protocol.report.athlete_week import CurrentState, Decision, PainTrend, athlete_week
from bot.protocol.report.period import Became, Planned, ReportedSession, Stretch, chart_days

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
