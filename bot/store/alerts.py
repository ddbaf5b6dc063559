"""Alerts of coaches: those that wait, and those that were told."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import func, or_
from sqlmodel import Session as Db
from sqlmodel import col, select

from bot.store.tables import AlertRow, OutboxRow, OutboxState


def add(db: Db, row: AlertRow) -> bool:
    """Keep an alert; False when its key was there already."""
    if db.exec(select(AlertRow.id).where(AlertRow.key == row.key)).first() is not None:
        return False
    db.add(row)
    db.flush()
    return True


def waiting(db: Db, coach_id: int) -> list[AlertRow]:
    """Return the coach's alerts that have their time to be told, oldest first."""
    query = select(AlertRow).where(AlertRow.coach_id == coach_id, col(AlertRow.due_at).is_not(None))
    return list(db.exec(query.order_by(col(AlertRow.at), col(AlertRow.id))))


def untold(db: Db, coach_id: int, since: datetime) -> list[AlertRow]:
    """Return the alerts that never reached the coach, oldest first: kept back, or sent in vain.

    Of those sent in vain, the ones written later than `since`.
    """
    kept = select(AlertRow).where(
        AlertRow.coach_id == coach_id,
        col(AlertRow.told_at).is_(None),
        col(AlertRow.due_at).is_(None),
    )
    in_vain = (
        select(AlertRow)
        .join(OutboxRow, col(OutboxRow.key) == col(AlertRow.outbox_key))
        .where(
            AlertRow.coach_id == coach_id,
            col(AlertRow.told_at) > since,
            col(OutboxRow.state).in_((OutboxState.CANCELLED, OutboxState.FAILED)),
        )
    )
    return sorted([*db.exec(kept), *db.exec(in_vain)], key=lambda row: (row.at, row.id))


def told_since(db: Db, coach_id: int, since: datetime) -> list[datetime]:
    """Return when letters with alerts were written later than `since`, newest first."""
    query = (
        select(func.max(AlertRow.told_at))
        .where(AlertRow.coach_id == coach_id, col(AlertRow.told_at) > since)
        .group_by(col(AlertRow.outbox_key))
    )
    return sorted((at for at in db.exec(query) if at is not None), reverse=True)


def highest_told(db: Db, coach_id: int, athlete_id: int, since: datetime) -> int | None:
    """Return the highest pain told to the coach about the athlete since then, or None."""
    query = select(func.max(AlertRow.value)).where(
        AlertRow.coach_id == coach_id,
        AlertRow.athlete_id == athlete_id,
        col(AlertRow.told_at) >= since,
    )
    return db.exec(query).one()


def heard_since(
    db: Db, athlete_id: int, events: Collection[str], since: datetime, kept_since: datetime
) -> bool:
    """Whether somebody was told of one of these events since then, and the letter arrived.

    A letter older than `kept_since` is not kept any more: it is taken as one that arrived.
    """
    arrived = col(OutboxRow.state) == OutboxState.SENT
    forgotten = col(OutboxRow.id).is_(None) & (col(AlertRow.told_at) <= kept_since)
    query = (
        select(AlertRow.id)
        .outerjoin(OutboxRow, col(OutboxRow.key) == col(AlertRow.outbox_key))
        .where(
            AlertRow.athlete_id == athlete_id,
            col(AlertRow.event).in_(events),
            col(AlertRow.at) >= since,
            or_(arrived, forgotten),
        )
    )
    return db.exec(query.limit(1)).first() is not None


def of_letter(db: Db, key: str) -> list[AlertRow]:
    """Return the alerts that one letter tells, oldest first."""
    query = select(AlertRow).where(AlertRow.outbox_key == key)
    return list(db.exec(query.order_by(col(AlertRow.at), col(AlertRow.id))))
