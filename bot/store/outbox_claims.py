"""The outbox as the sender sees it: what may go now, claimed before it is sent, and its fate."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import (
    Table,
    bindparam,
    case,
    func,
    literal_column,
    or_,
    select,
    true,
    union_all,
    update,
)
from sqlalchemy.orm import aliased
from sqlmodel import Session as Db
from sqlmodel import col

from bot.letters import Priority
from bot.store.outbox import ABANDONED, PENDING, SILENCED, body_of
from bot.store.statements import THESE, array, given, rows
from bot.store.tables import OutboxRow, OutboxState

A_MOMENT: Final = timedelta(milliseconds=1)
"""A letter may still be sent at its deadline; a moment later it is dropped."""


@dataclass(frozen=True, slots=True)
class Claimed:
    """A letter that is being sent. `message_id` is the message to rewrite, if any.

    `silenced`: its session was silenced meanwhile. One that is not `readable` has no values.
    """

    id: int
    key: str
    chat_id: int
    kind: str
    body: dict[str, Any]
    priority: int
    due: datetime
    not_after: datetime | None
    repeatable: bool
    edits: str | None
    session_id: int | None
    attempts: int
    message_id: int | None = None
    silenced: bool = False
    readable: bool = True


_TARGET = aliased(OutboxRow)
_COLUMNS = (
    OutboxRow.id,
    OutboxRow.key,
    OutboxRow.chat_id,
    OutboxRow.kind,
    OutboxRow.body,
    OutboxRow.priority,
    OutboxRow.due,
    OutboxRow.not_after,
    OutboxRow.repeatable,
    OutboxRow.edits,
    OutboxRow.session_id,
    OutboxRow.attempts,
)
ANY: Final = 99
"""A priority behind all others."""
BULK: Final = (Priority.REMINDER, Priority.SUMMARY, Priority.BROADCAST)
"""Priorities whose letters are not left behind for ever: reminders, summaries, broadcasts."""


def _claimed(row: Sequence[Any]) -> Claimed:
    """Return a row as a letter; one that cannot be read harms no other."""
    values = list(row)
    body = body_of(values[4])
    values[4] = body or {}
    claimed = Claimed(*values)
    return claimed if body is not None else replace(claimed, readable=False)


_READY: Final = (
    select(*_COLUMNS, _TARGET.message_id)  # type: ignore[call-overload]
    .outerjoin(_TARGET, _TARGET.key == OutboxRow.edits)
    .where(
        PENDING,
        # Not by the index of send_at: nearly all that waits is due, and its order is wanted.
        func.coalesce(OutboxRow.send_at, OutboxRow.due) <= bindparam("now"),
        or_(col(OutboxRow.not_after).is_(None), col(OutboxRow.not_after) >= bindparam("now")),
    )
)
_WAITING: Final = (
    _READY.add_columns(col(OutboxRow.deadline))
    .where(col(OutboxRow.priority) <= bindparam("least"))
    .order_by(OutboxRow.priority, OutboxRow.deadline, OutboxRow.id)
    .limit(bindparam("most"))
)
_NEXT: Final = (
    select(func.min(OutboxRow.send_at))
    .where(PENDING, col(OutboxRow.send_at) > bindparam("now"))
    .scalar_subquery(),
    select(func.min(OutboxRow.not_after))
    .where(PENDING, col(OutboxRow.not_after) > bindparam("now"))
    .scalar_subquery(),
    select(col(OutboxRow.id))
    .where(PENDING, col(OutboxRow.not_after) < bindparam("now"))
    .limit(1)
    .scalar_subquery(),
)
_COUNT: Final = select(func.count()).where(PENDING).select_from(OutboxRow).scalar_subquery()


def _with(*columns: Any) -> Any:
    """Return the query for what waits, each row with what comes next: one row where none does."""
    waiting, following = _WAITING.subquery(), select(*columns).subquery()
    found = following.outerjoin(waiting, true())
    return select(*waiting.c, *following.c).select_from(found)


_LOOK: Final = _with(*_NEXT)
_LOOK_AND_COUNT: Final = _with(*_NEXT, _COUNT)
_LETTER: Final = len(_READY.selected_columns)
"""How many columns of a row are the letter's; its deadline follows."""


@dataclass(frozen=True, slots=True)
class Look:
    """What may go now; when to look next, if ever; whether a letter that waits has expired.

    `waiting` is how many wait, where they were counted; `owed` the one that has waited too long,
    where that was looked for.
    """

    letters: list[Claimed]
    next_at: datetime | None
    expired: bool
    waiting: int | None = None
    owed: Claimed | None = None


def look(db: Db, now: datetime, limit: int, least: int = ANY, *, count: bool = False) -> Look:
    """Return what waits, is due and may still be sent, down to priority `least`, and what is next.

    Most urgent first, then by deadline, then in order. With `count` all that waits is counted.
    """
    query = _LOOK_AND_COUNT if count else _LOOK
    values = {"now": now, "least": least, "most": limit}
    rows = db.connection().execute(query, values).all()
    found = [(row[_LETTER], _claimed(row[:_LETTER])) for row in rows if row[0] is not None]
    found.sort(key=lambda one: (one[1].priority, one[0], one[1].id))
    letters = [letter for _deadline, letter in found]
    try_at, dead_at, dead, *waiting = rows[0][_LETTER + 1 :]
    known = [try_at, None if dead_at is None else dead_at + A_MOMENT]
    next_at = min((at for at in known if at is not None), default=None)
    return Look(letters, next_at, dead is not None, *waiting)


def ready(db: Db, now: datetime, limit: int) -> list[Claimed]:
    """Return what may go now, in its order."""
    return look(db, now, limit).letters


def next_send(db: Db, after: datetime) -> datetime | None:
    """Return when a waiting letter has to be looked at next, later than `after`, or None."""
    return look(db, after, 1).next_at


def _first_of(priority: int) -> Any:
    """Return the query of a priority's first letter if it has been due for long."""
    late = _READY.where(
        col(OutboxRow.priority) == priority, col(OutboxRow.due) < bindparam("before")
    )
    return select(late.order_by(OutboxRow.deadline, OutboxRow.id).limit(1).subquery())


_OVERDUE: Final = union_all(*map(_first_of, BULK))


def overdue(db: Db, now: datetime, before: datetime) -> Claimed | None:
    """Return the letter of the `BULK` priorities that has been due longest, since `before`.

    None where there is none. One look for each priority, into its index, in one statement.
    """
    found = db.connection().execute(_OVERDUE, {"now": now, "before": before})
    return min(map(_claimed, found), key=lambda one: one.due, default=None)


def overdue_among(letters: Iterable[Claimed], before: datetime) -> Claimed | None:
    """Return the same of letters in their order that are all there are."""
    first: dict[int, Claimed] = {}
    for one in letters:
        if one.priority in BULK and one.due < before:
            first.setdefault(one.priority, one)
    return min(first.values(), key=lambda one: one.due, default=None)


def _in_order(db: Db, statement: Any) -> list[Claimed]:
    """Return the letters that a statement changes, in the order in which they came."""
    return sorted(map(_claimed, db.connection().execute(statement)), key=lambda one: one.id)


def expired(db: Db, now: datetime) -> list[Claimed]:
    """Drop what waits past its deadline, and return it: it is never sent late."""
    statement = (
        update(OutboxRow)
        .where(PENDING, col(OutboxRow.not_after) < now)
        .values(state=OutboxState.DROPPED)
        .returning(*_COLUMNS)  # type: ignore[call-overload]
    )
    return _in_order(db, statement)


def abandon(db: Db, *, but: frozenset[str]) -> list[Claimed]:
    """Drop everything that is not settled, except letters of these kinds, and return it."""
    open_states = (OutboxState.PENDING, OutboxState.SENDING)
    statement = (
        update(OutboxRow)
        .where(col(OutboxRow.state).in_(open_states), col(OutboxRow.kind).not_in(but))
        .values(state=OutboxState.DROPPED, error=ABANDONED)
        .returning(*_COLUMNS)  # type: ignore[call-overload]
    )
    return _in_order(db, statement)


_TO_SENDING: Final = (
    update(OutboxRow)
    .values(
        state=OutboxState.SENDING,
        handed_at=bindparam("now"),
        attempts=col(OutboxRow.attempts) + 1,
    )
    .returning(col(OutboxRow.id))
)
_CLAIM: Final = _TO_SENDING.where(
    col(OutboxRow.id).in_(THESE),
    # Not by an index of what waits, of which a server that has not counted it would read all.
    func.coalesce(OutboxRow.state, "") == OutboxState.PENDING,
)
_CLAIM_ONE: Final = _TO_SENDING.where(col(OutboxRow.id) == bindparam("letter"), PENDING)
"""The same for one, as a cue or a reply mostly is: it takes a server less than half as long."""
_OUTBOX: Final[Table] = OutboxRow.__table__  # type: ignore[attr-defined]


def _settling(letter: Any, message: Any, handed: Any) -> Any:
    return (
        update(_OUTBOX)
        .where(_OUTBOX.c.id == letter, _OUTBOX.c.state == OutboxState.SENDING)
        .values(
            state=OutboxState.SENT,
            sent_at=bindparam("now"),
            message_id=message,
            handed_at=handed,
        )
    )


_SENT: Final = _settling(bindparam("letter"), bindparam("message"), bindparam("handed"))
_SENT_MANY: Final = _settling(
    given(0, _OUTBOX.c.id.type),
    given(1, _OUTBOX.c.message_id.type),
    given(2, _OUTBOX.c.handed_at.type),
)
"""The same for many, by one statement."""


def claim(db: Db, ids: list[int], now: datetime) -> set[int]:
    """Mark letters as being sent, committed before the call; return those that were still free."""
    one = {"letter": ids[0]} if len(ids) == 1 else None
    query, which = (_CLAIM, {"given": array(ids)}) if one is None else (_CLAIM_ONE, one)
    found = db.connection().execute(query, {**which, "now": now}).scalars()
    return {one for one in found if one is not None}


@dataclass(frozen=True, slots=True)
class Settled:
    """A letter that was handed over at `handed_at`, and the message it became, if it is one."""

    id: int
    message_id: int | None
    handed_at: datetime


def settle_sent(db: Db, letters: list[Settled], now: datetime) -> bool:
    """Store that letters were sent.

    False if one of them was settled before: the caller takes that back and goes one by one.
    """
    if len(letters) == 1:
        (one,) = letters
        values: dict[str, Any] = {"letter": one.id, "message": one.message_id}
        query, values = _SENT, {**values, "handed": one.handed_at}
    else:
        query = _SENT_MANY
        values = {"given": rows((one.id, one.message_id, one.handed_at) for one in letters)}
    return db.connection().execute(query, {**values, "now": now}).rowcount == len(letters)


_HEARD_LATE: Final = (
    update(OutboxRow)
    .where(
        col(OutboxRow.id) == bindparam("letter"),
        col(OutboxRow.state) == OutboxState.UNSURE,
    )
    .values(
        state=OutboxState.SENT,
        sent_at=bindparam("now"),
        message_id=bindparam("message"),
        handed_at=bindparam("handed"),
    )
)


def settle_late(db: Db, letter: Settled, now: datetime) -> None:
    """Store that a letter whose fate was unsure did arrive."""
    values = {
        "letter": letter.id,
        "message": letter.message_id,
        "handed": letter.handed_at,
        "now": now,
    }
    db.connection().execute(_HEARD_LATE, values)


def settle(
    db: Db,
    letter_id: int,
    state: OutboxState,
    now: datetime,
    *,
    message_id: int | None = None,
    error: str | None = None,
) -> bool:
    """Store what became of a letter that was being sent; False if it was settled before."""
    statement = (
        update(OutboxRow)
        .where(col(OutboxRow.id) == letter_id, col(OutboxRow.state) == OutboxState.SENDING)
        .values(
            state=state,
            sent_at=now if state is OutboxState.SENT else None,
            message_id=message_id,
            error=error,
        )
    )
    return db.connection().execute(statement).rowcount == 1


_IS_SILENCED: Final = col(OutboxRow.error) == SILENCED


_AGAIN: Final = (
    update(_OUTBOX)
    .where(_OUTBOX.c.id == bindparam("letter"), _OUTBOX.c.state == OutboxState.SENDING)
    .values(
        state=case((_IS_SILENCED, OutboxState.CANCELLED), else_=OutboxState.PENDING),
        send_at=bindparam("at"),
        error=case((_IS_SILENCED, SILENCED), else_=bindparam("why", type_=_OUTBOX.c.error.type)),
    )
)


def again(db: Db, letter_id: int, at: datetime, *, error: str | None = None) -> None:
    """Let a letter that was being sent wait until `at`; one that was silenced is not sent again."""
    db.connection().execute(_AGAIN, {"letter": letter_id, "at": at, "why": error})


def hold_chat(db: Db, chat_id: int, until: datetime) -> None:
    """Nothing goes to a chat before `until`."""
    db.connection().execute(
        update(OutboxRow)
        .where(
            col(OutboxRow.chat_id) == chat_id,
            PENDING,
            col(OutboxRow.send_at) < until,
        )
        .values(send_at=until)
    )


def readdress(db: Db, old: int, new: int) -> None:
    """Send what waits for `old` to `new`: the chat migrated."""
    db.connection().execute(
        update(OutboxRow)
        .where(
            col(OutboxRow.chat_id) == old,
            col(OutboxRow.state).in_((OutboxState.PENDING, OutboxState.SENDING)),
        )
        .values(chat_id=new)
    )


def found_sending(db: Db) -> list[Claimed]:
    """Return what a former run was sending when it ended: perhaps delivered, perhaps not."""
    query = select(*_COLUMNS).where(  # type: ignore[call-overload]
        col(OutboxRow.state) == literal_column("'sending'")
    )
    rows = db.connection().execute(query.order_by(col(OutboxRow.id)))
    return [_claimed(row) for row in rows]


_SILENCED: Final = select(col(OutboxRow.id)).where(
    col(OutboxRow.state) == literal_column("'sending'"), _IS_SILENCED
)


def silenced(db: Db) -> frozenset[int]:
    """Return the letters on their way whose session was silenced meanwhile."""
    return frozenset(one for one in db.connection().execute(_SILENCED).scalars() if one)


RESTART: Final = "restart"
"""The error of a letter that a restart found on its way."""


def repeated(db: Db) -> frozenset[int]:
    """Return the letters on their way that were repeated after a restart before."""
    query = select(OutboxRow.id).where(  # type: ignore[call-overload]
        col(OutboxRow.state) == literal_column("'sending'"), col(OutboxRow.error) == RESTART
    )
    return frozenset(db.connection().execute(query).scalars())


def unbind(db: Db, letter_id: int, now: datetime) -> None:
    """Send a letter as a new message: the one it was to rewrite is gone."""
    row = db.get(OutboxRow, letter_id)
    assert row is not None
    body = body_of(row.body) or {}
    body.pop("message_id", None)
    row.body, row.edits = json.dumps(body, ensure_ascii=False), None
    db.add(row)
    db.flush()
    again(db, letter_id, now)
