"""What the demo begins with, at whatever time it is played."""

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Final

import pytest
from sqlmodel import Session as Db
from sqlmodel import col, select

from bot import demo, demo_past
from bot.coaching.athletes.messages import Need
from bot.coaching.athletes.urgency import glances
from bot.dispatch import due_work
from bot.protocol.calendar.local_time import local
from bot.protocol.session.state import Outcome
from bot.store import people
from bot.store.engine import Store
from bot.store.tables import (
    MorningRow,
    OccurrenceRow,
    OccurrenceState,
    OutboxRow,
    OutboxState,
    PersonRow,
    PlanRow,
    Role,
    SessionRow,
)
from bot.training.reminders.rules import day_ends
from testkit.database import opened

pytestmark = pytest.mark.one_database("the demo has a file")

PLAYED = timedelta(minutes=30)


@pytest.mark.parametrize("hour", range(24))
def test_the_day_does_not_end_while_the_demo_is_played(tmp_path: Path, hour: int) -> None:
    """Just before midnight by this machine's clock, too: it is another zone's evening then."""
    now = datetime(2026, 11, 25, hour, 59, 50, tzinfo=UTC)
    with opened(tmp_path / "demo.db") as store:
        store.write_now(demo.seed, now)
        day = store.read_now(lambda db: db.exec(select(OccurrenceRow)).one())
        zones = store.read_now(lambda db: set(db.exec(select(PersonRow.zone)).all()))
    assert len(zones) == 1
    assert day.planned_at < now + PLAYED < day_ends(day.local_date, zones.pop())


PLAYED_AT: Final = (
    datetime(2026, 11, 25, 9, 15, tzinfo=UTC),
    datetime(2027, 4, 1, 0, 5, tzinfo=UTC),  # just after midnight, the clocks changed on Sunday
    datetime(2028, 3, 1, 22, 55, tzinfo=UTC),  # a leap day was yesterday
)


@pytest.fixture(params=PLAYED_AT, ids=lambda at: f"{at:%Y-%m-%d}", scope="module")
def demo_at(
    tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest
) -> Iterator[tuple[Store, datetime]]:
    """Return the demo's database as a person finds it, and when that is; nobody changes it."""
    with opened(tmp_path_factory.mktemp("demo") / "demo.db") as store:
        store.write_now(demo.seed, request.param)
        store.write_now(demo.past, request.param)
        yield store, request.param


def test_a_coach_has_something_to_judge(demo_at: tuple[Store, datetime]) -> None:
    """One is due a step up, one stopped yesterday; that is on its way, and no old news."""
    store, now = demo_at

    def judge(db: Db) -> tuple[dict[str, Need], dict[str, int]]:
        coach = people.by_telegram(db, demo.COACH)
        assert coach is not None
        mine = people.athletes(db, coach.id)
        needs = {one.person.name: one.need for one in glances(db, mine, now, coach.id or 0)}
        waiting = select(OutboxRow).where(OutboxRow.state == OutboxState.PENDING)
        to_coach = [row for row in db.exec(waiting) if row.chat_id == demo.COACH]
        return needs, Counter(row.kind for row in to_coach)

    needs, to_coach = store.read_now(judge)
    assert needs == {
        "Maria Sand": Need.STOPPED,
        "Jonas Weber": Need.STEP_UP,
        demo.RUNA: Need.NOTHING,
    }
    assert to_coach == {"Say": 1, "CoachAlert": 1}


def test_this_morning_was_not_yesterday(demo_at: tuple[Store, datetime]) -> None:
    """The newest morning is answered on its own date, whenever the demo is begun."""
    store, _now = demo_at

    def answered(db: Db) -> list[tuple[date, date]]:
        rows = db.exec(select(MorningRow, PersonRow).where(MorningRow.athlete_id == PersonRow.id))
        return [
            (morning.local_date, local(morning.answered_at, person.zone).date())
            for morning, person in rows
            if morning.answered_at is not None
        ]

    found = store.read_now(answered)
    assert len(found) > 10
    assert [days for days in found if days[0] != days[1]] == []


def test_eight_weeks_are_behind_them(demo_at: tuple[Store, datetime]) -> None:
    """Sessions of every plan they had, a flare, a pause and a missed week; nothing is overdue."""
    store, now = demo_at

    def stored(db: Db) -> None:
        for past in demo_past.BOTH:
            person = people.by_telegram(db, past.telegram_id)
            assert person is not None
            days = db.exec(
                select(OccurrenceRow)
                .where(OccurrenceRow.athlete_id == person.id)
                .order_by(col(OccurrenceRow.local_date))
            ).all()
            today = local(now, person.zone).date()
            assert (today - days[0].local_date).days > 7 * 7
            assert [one.state for one in days].count(OccurrenceState.PLANNED) == 1
            assert len(db.exec(select(PlanRow).where(PlanRow.athlete_id == person.id)).all()) > 2
            held = db.exec(select(SessionRow).where(SessionRow.athlete_id == person.id)).all()
            assert len(held) == [one.state for one in days].count(OccurrenceState.STARTED) > 20
            outcomes = {one.outcome for one in held}
            became = Counter(one.state for one in days)
            if past is demo_past.MARIA:
                assert outcomes >= {Outcome.STOPPED_PAIN, Outcome.RISING, Outcome.LESSENING}
                assert became[OccurrenceState.MISSED] == became[OccurrenceState.PAUSED] == 4
                assert became[OccurrenceState.RESTED]
            else:
                assert outcomes == {Outcome.LESSENING, Outcome.LEVEL}

    store.read_now(stored)
    earliest = store.read_now(due_work.earliest)
    assert earliest == now + demo.REMINDER_IN, "Runa's reminder is the first thing that time does"


def test_nobody_is_called_by_a_role(demo_at: tuple[Store, datetime]) -> None:
    """Everybody has a name of their own."""
    store, _now = demo_at
    names = store.read_now(lambda db: [one.name for one in people.everyone(db)])
    assert len(set(names)) == len(names) == 5
    assert all(role.value not in name.casefold() for name in names for role in Role)
