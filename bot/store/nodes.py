"""Nodes as people are told of them, and what one that takes over has to know."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import bindparam, select
from sqlmodel import Session as Db
from sqlmodel import col
from sqlmodel import select as sqlmodel_select

from bot.store.tables import LeaseRow, NodeRow, OutboxRow

THERE: Final = timedelta(seconds=5)
"""A node that was seen within this time is there."""


@dataclass(frozen=True, slots=True)
class Nodes:
    """Which node leads, and since when; and the names of those that stand by."""

    leader: str
    since: datetime
    standbys: tuple[str, ...]


def nodes(db: Db, now: datetime) -> Nodes | None:
    """Return the nodes on a server; None of a file, which has one process."""
    lease = db.exec(sqlmodel_select(LeaseRow)).first()
    if lease is None or lease.at is None:
        return None
    seen = select(col(NodeRow.name)).where(
        col(NodeRow.at) > now - THERE, col(NodeRow.name) != lease.holder
    )
    names = db.connection().execute(seen.order_by(col(NodeRow.name))).scalars()
    return Nodes(lease.holder, lease.since, tuple(names))


@dataclass(frozen=True, slots=True)
class Handed:
    """A letter that was handed over, by whatever process."""

    chat_id: int
    kind: str
    priority: int
    at: datetime


_HANDED: Final[Any] = (
    select(
        col(OutboxRow.chat_id),
        col(OutboxRow.kind),
        col(OutboxRow.priority),
        col(OutboxRow.handed_at),
    )
    .where(col(OutboxRow.handed_at) > bindparam("since"))
    .order_by(col(OutboxRow.handed_at))
)


def handed_since(db: Db, since: datetime) -> list[Handed]:
    """Return what was handed over after `since`, oldest first."""
    return [Handed(*row) for row in db.connection().execute(_HANDED, {"since": since})]
