"""By how much a reminder can be put off: what is offered works, and nothing else is offered."""

from datetime import datetime
from typing import Final

from bot.protocol.calendar.quiet_hours import snooze_until
from bot.store.reminder_batch import AskedDay, Case
from bot.store.tables import OccurrenceRow
from bot.training import occurrences
from bot.training.occurrences import Schedule

MAX_SNOOZES: Final = 3
MINUTES: Final = (15, 60)
"""What is offered, where it works."""
_Row = Case | AskedDay | OccurrenceRow


def offered(schedule: Schedule, zone: str, row: _Row, now: datetime) -> tuple[int, ...]:
    """Return by how many minutes a reminder that is open can be put off now."""
    found = ((one, until(schedule, zone, row, one, now)) for one in MINUTES)
    return tuple(minutes for minutes, at in found if at is not None)


def until(
    schedule: Schedule, zone: str, row: _Row, minutes: int, said_at: datetime
) -> datetime | None:
    """Return when a reminder comes that is put off so, or None where it cannot be.

    Not more than three times, not on another date, into quiet hours, or to when the next is due.
    """
    if row.snoozes >= MAX_SNOOZES:
        return None
    following = occurrences.following(schedule, zone, {(row.local_date, row.slot)}, row.planned_at)
    return snooze_until(
        said_at,
        minutes,
        quiet=occurrences.quiet_of(schedule),
        zone=zone,
        next_at=None if following is None else following.at,
    )
