"""The diary of load: entries, and what goes with them."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from datetime import date, datetime, timedelta
from functools import cache
from typing import Any, Final

from sqlalchemy import Executable, bindparam, or_
from sqlalchemy import select as columns
from sqlmodel import Session as Db
from sqlmodel import col, select

from bot.protocol.load.activities import START_NEAR, Activity, is_same
from bot.protocol.load.entries import Extra, LoadEntry, LoadKind
from bot.store.statements import THESE, array
from bot.store.tables import LoadEntryRow


def entry_of(row: Any) -> LoadEntry:
    """Return a row, or what has its columns, as an entry."""
    return LoadEntry(
        day=row.local_date,
        kind=LoadKind(row.kind),
        minutes=row.minutes,
        effort=row.effort,
        extras=extras_of(row.extras),
        metres=row.metres,
        climb_m=row.climb_m,
        started_at=row.started_at,
    )


def extras_of(text: str) -> frozenset[Extra]:
    """Return extras as they are stored."""
    return frozenset(Extra(one) for one in text.split(",") if one)


def written(extras: Collection[Extra]) -> str:
    """Return extras as they are stored, in their order."""
    return ",".join(one for one in Extra if one in extras)


@cache
def _entries() -> Executable:
    row = LoadEntryRow
    what = ("athlete_id", "local_date", "kind", "minutes", "effort", "extras", "metres", "climb_m")
    return (
        columns(*(getattr(row, name) for name in (*what, "started_at")))
        .where(
            col(row.athlete_id).in_(THESE),
            col(row.local_date).between(bindparam("first"), bindparam("last")),
            col(row.gone).is_(False),
        )
        .order_by(col(row.athlete_id), col(row.local_date), col(row.id))
    )


def entries(
    db: Db, athlete_ids: Collection[int], first: date, last: date
) -> defaultdict[int, list[LoadEntry]]:
    """Return the entries of each athlete from `first` to `last`, in one statement."""
    found: defaultdict[int, list[LoadEntry]] = defaultdict(list)
    which = {"given": array(athlete_ids), "first": first, "last": last}
    for row in db.connection().execute(_entries(), which):
        found[row.athlete_id].append(entry_of(row))
    return found


_OF_DAYS: Final = (
    select(LoadEntryRow)
    .where(
        LoadEntryRow.athlete_id == bindparam("athlete"),
        col(LoadEntryRow.local_date).between(bindparam("first"), bindparam("last")),
        col(LoadEntryRow.gone).is_(False),
    )
    .order_by(col(LoadEntryRow.local_date), col(LoadEntryRow.id))
)


def rows(db: Db, athlete_id: int, first: date, last: date) -> Sequence[LoadEntryRow]:
    """Return the rows of these days that were not taken back, in their order."""
    values = {"athlete": athlete_id, "first": first, "last": last}
    return list(db.exec(_OF_DAYS, params=values))


def is_known(db: Db, athlete_id: int, day: date) -> bool:
    """Whether anything is noted for the local date."""
    return bool(rows(db, athlete_id, day, day))


def keep(
    db: Db,
    athlete_id: int,
    entry: LoadEntry,
    now: datetime,
    *,
    message_id: int | None = None,
    seconds: int | None = None,
    file_hash: str | None = None,
) -> LoadEntryRow:
    """Keep an entry; return its row."""
    row = LoadEntryRow(
        athlete_id=athlete_id,
        local_date=entry.day,
        kind=entry.kind,
        minutes=entry.minutes,
        effort=entry.effort,
        extras=written(entry.extras),
        metres=entry.metres,
        climb_m=entry.climb_m,
        at=now,
        message_id=message_id,
        started_at=entry.started_at,
        seconds=seconds,
        hash=file_hash,
    )
    db.add(row)
    db.flush()
    return row


def of_message(db: Db, athlete_id: int, message_id: int) -> LoadEntryRow | None:
    """Return the newest entry that this message of the athlete's gave."""
    query = (
        select(LoadEntryRow)
        .where(LoadEntryRow.athlete_id == athlete_id, LoadEntryRow.message_id == message_id)
        .order_by(col(LoadEntryRow.id).desc())
        .limit(1)
    )
    return db.exec(query).one_or_none()


def same_outing(db: Db, athlete_id: int, activity: Activity, file_hash: str) -> LoadEntryRow | None:
    """Return the entry of the same file, or of the same outing by kind, start and duration."""
    row, at = LoadEntryRow, activity.started_at
    near = [] if at is None else [col(row.started_at).between(at - START_NEAR, at + START_NEAR)]
    query = (
        select(row)
        .where(
            row.athlete_id == athlete_id,
            col(row.gone).is_(False),
            or_(col(row.hash) == file_hash, *near),
        )
        .order_by(col(row.id))
    )
    return next((one for one in db.exec(query) if _is(one, activity, file_hash)), None)


def _is(row: LoadEntryRow, activity: Activity, file_hash: str) -> bool:
    if row.hash == file_hash:
        return True
    if row.started_at is None or row.seconds is None or activity.started_at is None:
        return False
    mine = (activity.kind, activity.started_at, activity.moving_s)
    return is_same((LoadKind(row.kind), row.started_at, row.seconds), mine)


def just_noted(
    db: Db, athlete_id: int, entry: LoadEntry, now: datetime, within: timedelta
) -> LoadEntryRow | None:
    """Return the entry that says just the same and was noted a moment ago."""
    found = rows(db, athlete_id, entry.day, entry.day)
    same = (one for one in found if now - one.at <= within and entry_of(one) == entry)
    return next(same, None)


def twin(db: Db, row: LoadEntryRow) -> LoadEntryRow | None:
    """Return the one entry that may be the same outing as this one, which is from a file.

    It was noted by hand for that day and sport; or its file begins at the same time, though its
    length is another: formats count pauses differently.
    """
    if row.seconds is None:
        return None
    that_day = rows(db, row.athlete_id, row.local_date, row.local_date)
    alike = [one for one in that_day if one.id != row.id and _may_be(one, row)]
    return alike[0] if len(alike) == 1 else None


def _may_be(one: LoadEntryRow, row: LoadEntryRow) -> bool:
    if one.kind == LoadKind.NONE:
        return False
    if one.kind != row.kind and LoadKind.OTHER not in {one.kind, row.kind}:
        return False
    if one.seconds is None:
        return True
    if one.started_at is None or row.started_at is None:
        return False
    return abs(one.started_at - row.started_at) <= START_NEAR
