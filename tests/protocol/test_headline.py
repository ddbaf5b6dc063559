"""What some days come to: the worst first, then how pain moved, and what was done."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from bot.protocol.report.athlete_week import PainTrend
from bot.protocol.report.headline import Headline, headline
from bot.protocol.report.period import Became, Planned, ReportedMorning, ReportedSession, Stretch
from bot.training.phrases import say_headline

MONDAY = date(2026, 11, 16)
DAY = timedelta(days=1)
NONE = Headline(0, 0, None, rose=False, trend=None, of_mornings=True, followed=0, asked=0)


def session(number: int, last: int, outcome: str = "level") -> ReportedSession:
    """Return a session of a day, counted from Monday."""
    return ReportedSession(
        session_id=number,
        day=MONDAY + number * DAY,
        opened_at=datetime(2026, 11, 16, tzinfo=UTC),
        outcome=outcome,
        became=Became.DONE,
        before=None,
        first=2,
        last=last,
        worst=last,
        holds_done=5,
        holds_planned=5,
        tension_s=50,
        planned_s=50,
    )


def days(*trained: ReportedSession, mornings: tuple[int, ...] = (), first: int = 0) -> Stretch:
    """Return a week."""
    return Stretch(
        first_day=MONDAY + first * DAY,
        last_day=MONDAY + (first + 6) * DAY,
        planned=tuple(Planned(one.day, 0, Became.DONE) for one in trained),
        trained=trained,
        mornings=tuple(
            ReportedMorning(MONDAY + (first + n) * DAY, value) for n, value in enumerate(mornings)
        ),
    )


@pytest.mark.parametrize(
    ("found", "said"),
    [
        (NONE, "No session to judge"),
        (replace(NONE, followed=5, asked=7), "5 of 7 as planned"),
        (
            replace(NONE, stopped=1, last_stop=MONDAY, followed=7, asked=7),
            "Stopped by pain, last Mon 16; 7 of 7 as planned",
        ),
        (
            replace(NONE, stopped=2, flagged=1, last_stop=MONDAY, trend=PainTrend.MORE),
            (
                "Ended by a warning sign, stopped by pain 2 times, last Mon 16; "
                "morning pain is more than before"
            ),
        ),
        (
            replace(NONE, rose=True, trend=PainTrend.SAME, of_mornings=False),
            "Pain rose in the last session; pain is the same",
        ),
    ],
)
def test_how_it_reads(found: Headline, said: str) -> None:
    """One line; what is not known has no part in it."""
    assert say_headline(found) == said


def test_halves_are_compared_or_the_days_before() -> None:
    """Less in the later half; against the days before it may be more."""
    week = days(*(session(n, 4 - n // 2) for n in range(7)))
    assert headline(week).trend is PainTrend.LESS
    before = days(session(-7, 0), session(-6, 0), first=-7)
    assert headline(week, before).trend is PainTrend.MORE


def test_without_holds_mornings_are_compared() -> None:
    """Where no pain of a hold is known on both sides."""
    found = headline(days(mornings=(4, 4, 4, 1, 1, 1, 1)))
    assert (found.trend, found.of_mornings) == (PainTrend.LESS, True)


def test_what_ended_sessions_is_counted() -> None:
    """Pain and signs apart, with the newest day; rising only where it is the last."""
    week = days(session(0, 5, "stopped_pain"), session(1, 2, "red_flag"), session(2, 4, "rising"))
    found = headline(week)
    assert (found.stopped, found.flagged, found.last_stop) == (1, 1, MONDAY + DAY)
    assert found.rose
    assert not headline(replace(week, trained=(*week.trained, session(3, 1)))).rose
