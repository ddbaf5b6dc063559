"""Rest after a session that ended on pain, whichever way midnight falls (F125)."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.dispatch import due_work
from bot.protocol.calendar.local_time import local
from bot.protocol.session.rest import MORNING, REST_FOR, rest_until
from bot.protocol.session.state import Outcome
from bot.store import sessions
from bot.store.tables import OccurrenceRow, OccurrenceState
from bot.training import occurrences
from bot.training.messages import Chart
from testkit.people import BERLIN
from tests.flows.live import Live
from tests.flows.world import RUNA

HERE = ZoneInfo(BERLIN)
BEFORE_MIDNIGHT = datetime(2026, 11, 24, 23, 59, 30, tzinfo=HERE)
AFTER_MIDNIGHT = datetime(2026, 11, 25, 0, 4, tzinfo=HERE)


def stopped_at(folder: Path, at: datetime, pain: int = 4) -> Live:
    """Return an athlete whose set stopped by pain at that moment, over midnight where it was."""
    live = Live(folder)
    live.now = at.astimezone(UTC) - timedelta(seconds=20)
    live.trains(live.runa, pain)
    live._deliver()
    return live


@pytest.mark.parametrize("at", [BEFORE_MIDNIGHT, AFTER_MIDNIGHT])
@pytest.mark.parametrize("hours", [0.01, 1, 4, 7.9])
def test_f125_no_session_for_eight_hours(tmp_path: Path, at: datetime, hours: float) -> None:
    """Stopped just before or just after midnight: rest, and the refusal says until when."""
    with stopped_at(tmp_path, at) as live:
        until = live.now + REST_FOR
        live.later(hours=hours)
        said = live.message(text="/session")
        assert live.session.outcome is Outcome.STOPPED_PAIN
        assert "Rest until" in said
        assert local(until, BERLIN).strftime("%H:%M") in said


@pytest.mark.parametrize("at", [BEFORE_MIDNIGHT, AFTER_MIDNIGHT])
def test_f125_next_card_and_refusal_agree(tmp_path: Path, at: datetime) -> None:
    """The 07:30 of the same morning is put off until rest is over: every view names that time."""
    with stopped_at(tmp_path, at) as live:
        live.coach(live.runa)
        until = live.now + REST_FOR
        wall = local(until, BERLIN).strftime("%H:%M")
        live.later(minutes=1)
        live.types("/session")
        assert f"Next session: today {wall}" in live.text(RUNA)
        live.types("/next")
        assert wall in live.text(RUNA)
        assert live.store.read_now(occurrences.next_at, live.runa, live.now) == until
        coming = live.store.read_now(occurrences.coming, live.runa, live.now, 2)
        assert coming[0] == until


def test_f125_the_reminder_waits_for_the_rest_and_then_rings(tmp_path: Path) -> None:
    """At 07:30 nothing rings; when rest is over the reminder does, and Start opens."""
    with stopped_at(tmp_path, BEFORE_MIDNIGHT) as live:
        until = live.now + REST_FOR
        live.now = datetime(2026, 11, 25, 6, 30, tzinfo=UTC)
        live.run(due_work.act_due, live.now)
        assert live.count(OccurrenceRow, OccurrenceRow.state == OccurrenceState.SNOOZED) == 1
        live.now = until
        live.run(due_work.act_due, live.now)
        live._deliver()
        live.taps(RUNA, "Start")
        assert live.store.read_now(sessions.live, live.runa) is not None


def test_f125_a_day_without_time_for_it_is_rest(tmp_path: Path) -> None:
    """Stopped at 05:30: at 07:30 it is the same day, the next session is tomorrow's."""
    with stopped_at(tmp_path, datetime(2026, 11, 25, 5, 30, tzinfo=HERE)) as live:
        next_at = live.store.read_now(occurrences.next_at, live.runa, live.now)
        assert next_at == datetime(2026, 11, 26, 6, 30, tzinfo=UTC)
        live.now = datetime(2026, 11, 25, 6, 30, tzinfo=UTC)
        live.run(due_work.act_due, live.now)
        assert live.count(OccurrenceRow, OccurrenceRow.state == OccurrenceState.RESTED) == 1


def test_f125_the_picture_carries_the_sessions_own_day(tmp_path: Path) -> None:
    """A session begun before midnight and stopped after it is drawn under the day it began."""
    with Live(tmp_path) as live:
        live.now = datetime(2026, 11, 24, 23, 59, 50, tzinfo=HERE).astimezone(UTC)
        live.trains(live.runa, 4)
        (chart,) = [one for one in live.letters(RUNA) if isinstance(one, Chart)]
        assert chart.title.startswith("Tue 24")


@given(
    st.datetimes(datetime(2026, 1, 1), datetime(2027, 12, 31)),
    st.sampled_from([BERLIN, "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu", "UTC"]),
)
@settings(max_examples=200, deadline=None)
def test_f125_rest_is_never_short(wall: datetime, zone: str) -> None:
    """At least eight hours, and never over before four in the morning after its day."""
    closed = wall.replace(tzinfo=UTC)
    until = rest_until(closed, zone)
    assert until - closed >= REST_FOR
    assert until - closed <= timedelta(hours=25)
    day = local(closed, zone)
    evening = day.date() if day.time() >= MORNING else day.date() - timedelta(days=1)
    assert local(until, zone).date() > evening
