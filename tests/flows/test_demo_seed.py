"""What the demo begins with, at whatever time it is played."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlmodel import select

from bot import demo
from bot.store.tables import OccurrenceRow, PersonRow
from bot.training.reminders.rules import day_ends
from testkit.database import opened

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
