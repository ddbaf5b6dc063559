"""What the outbox and the inbox tell about speed: read by `holdfast stats`, beside the writer.

Every query walks along an index, over the `newest` rows at most: a table may hold millions.
Delays are in days.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import Select, case, func, select, text
from sqlmodel import Session as Db
from sqlmodel import col

from bot.store.dialect import day_count, second_of
from bot.store.outbox import body_of
from bot.store.tables import IS_CUE, LOST, InboxRow, OutboxRow, OutboxState

_DAY: Final = timedelta(days=1)
FIRST_REMINDER = "o%:remind:0"
"""Keys of reminders that nobody has put off."""


@dataclass(frozen=True, slots=True)
class WaitingLetters:
    """What waits of one priority: due now, since when, and due later."""

    priority: int
    due: int
    since: datetime | None
    later: int


def sent(db: Db, since: datetime, newest: int) -> list[tuple[str, float]]:
    """Return (kind, days late) of the newest letters that were handed over and taken since then."""
    return _pairs(db, _handed(since, newest))


def sent_cues(db: Db, since: datetime, newest: int) -> list[tuple[str, float]]:
    """Return the same of the newest cues."""
    return _pairs(db, _handed(since, newest).where(text(IS_CUE)))


def _handed(since: datetime, newest: int) -> Select[Any]:
    handed = col(OutboxRow.handed_at)
    query: Select[Any] = select(OutboxRow.kind, day_count(OutboxRow.due, handed))  # type: ignore[call-overload]
    return (
        query.where(handed > since, col(OutboxRow.state) == OutboxState.SENT)
        .order_by(handed.desc())
        .limit(newest)
    )


def _pairs(db: Db, query: Select[Any]) -> list[tuple[str, float]]:
    return [(kind, days) for kind, days in db.connection().execute(query)]


def lost(db: Db, since: datetime, newest: int) -> list[tuple[str, OutboxState, int]]:
    """Return how many letters of each kind, due since then, were dropped, failed or are unsure."""
    found = (
        select(OutboxRow.kind, OutboxRow.state)  # type: ignore[call-overload]
        .where(text(LOST), col(OutboxRow.due) > since)
        .order_by(col(OutboxRow.due).desc())
        .limit(newest)
        .subquery()
    )
    query = select(found.c.kind, found.c.state, func.count()).group_by(found.c.kind, found.c.state)
    return [(kind, OutboxState(state), n) for kind, state, n in db.connection().execute(query)]


def waits(db: Db, now: datetime, longest: int) -> list[WaitingLetters]:
    """Return what waits by priority, of the letters that wait longest."""
    found = (
        select(OutboxRow.priority, OutboxRow.send_at)  # type: ignore[call-overload]
        .where(col(OutboxRow.state) == OutboxState.PENDING)
        .order_by(col(OutboxRow.send_at))
        .limit(longest)
        .subquery()
    )
    is_due = found.c.send_at <= now
    query = (
        select(
            found.c.priority,
            func.count(case((is_due, 1))),
            func.min(case((is_due, found.c.send_at))),
            func.count(case((~is_due, 1))),
        )
        .group_by(found.c.priority)
        .order_by(found.c.priority)
    )
    return [WaitingLetters(*row) for row in db.connection().execute(query)]


def handed_by_second(db: Db, since: datetime, newest: int) -> dict[str, int]:
    """Return how many letters were handed over in each second since then; seconds as text.

    A letter tried again counts in its last second alone.
    """
    handed = col(OutboxRow.handed_at)
    found = select(handed).where(handed > since).order_by(handed.desc()).limit(newest).subquery()
    second = second_of(found.c.handed_at).label("second")
    query = select(second, func.count()).group_by(second)
    return {row[0]: row[1] for row in db.connection().execute(query)}


def update_delays(db: Db, since: datetime, newest: int) -> list[float]:
    """Return by how many days updates received since then were handled later, of the newest."""
    found = (
        select(col(InboxRow.received_at), col(InboxRow.handled_at))
        .order_by(col(InboxRow.update_id).desc())
        .limit(newest)
        .subquery()
    )
    query = select(day_count(found.c.received_at, found.c.handled_at)).where(
        found.c.received_at > since, found.c.handled_at.is_not(None)
    )
    return list(db.connection().execute(query).scalars())


def reminder_lags(db: Db, since: datetime, newest: int) -> list[float]:
    """Return by how many days time wrote first reminders later than planned.

    Of the newest letters that were handed over since then, whatever their kind.
    """
    handed, body = col(OutboxRow.handed_at), col(OutboxRow.body)
    found = (
        select(OutboxRow.kind, OutboxRow.key, OutboxRow.due, body)  # type: ignore[call-overload]
        .where(handed > since)
        .order_by(handed.desc())
        .limit(newest)
        .subquery()
    )
    query = select(found.c.due, found.c.body).where(
        found.c.kind == "Reminder", found.c.key.like(FIRST_REMINDER)
    )
    planned = ((due, _planned(body)) for due, body in db.connection().execute(query))
    return [(due - at) / _DAY for due, at in planned if at is not None]


def _planned(text: str) -> datetime | None:
    """Return for when a reminder's letter was planned, where that can be read."""
    try:
        return datetime.fromisoformat((body_of(text) or {})["planned_at"])
    except (KeyError, TypeError, ValueError):
        return None
