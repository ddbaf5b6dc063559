"""Messages on their way: written with the state change that causes them, claimed before sending."""

import json
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import (
    Table,
    bindparam,
    case,
    delete,
    func,
    literal_column,
    select,
    text,
    update,
)
from sqlmodel import Session as Db
from sqlmodel import col

from bot.store.dialect import day_count, insert
from bot.store.statements import THESE, adding, array, rows, send
from bot.store.tables import IS_CUE, LOST, OutboxRow, OutboxState

KEPT: Final = timedelta(days=30)
"""How long a settled letter is kept: for the figures, and to edit its message."""
NO_HURRY: Final = timedelta(minutes=1)
"""Among others of its priority, a letter without a deadline waits as if it had this one."""
PENDING: Final = col(OutboxRow.state) == literal_column("'pending'")
"""Written out: a partial index is not used for a value that is only bound."""
ABANDONED: Final = "abandoned"
"""The error of what waited in a backup that was put in the database's place."""
SILENCED: Final = "silenced"
"""The error of a letter whose session was silenced while it was being sent."""
UNREADABLE: Final = "unreadable"
"""The error of a letter whose kind or values this version cannot read."""
UNREACHABLE: Final = "unreachable"
"""Nobody is there any more."""
REFUSED: Final = "refused"
"""The error of a letter that Telegram will never take."""
BROKEN: Final = "broken"
"""The error of a letter that could not be made into a call."""
SETTLED: Final = col(OutboxRow.state).not_in((OutboxState.PENDING, OutboxState.SENDING))


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """What is to be said to one chat, and until when it may be said.

    `key` is unique for ever: the same letter put twice is sent once. `edits` is the key of a
    letter whose message this one rewrites. `repeatable` letters are sent again when it is not
    known whether they arrived.
    """

    key: str
    chat_id: int
    kind: str
    body: dict[str, Any]
    priority: int
    due: datetime
    not_after: datetime | None = None
    repeatable: bool = False
    edits: str | None = None
    session_id: int | None = None


def body_of(text: str) -> dict[str, Any] | None:
    """Return a stored letter's values, or None where the text holds none."""
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None


_OUTBOX: Final[Table] = OutboxRow.__table__  # type: ignore[attr-defined]
_GIVEN: Final = (
    "key",
    "chat_id",
    "session_id",
    "kind",
    "body",
    "priority",
    "due",
    "send_at",
    "not_after",
    "deadline",
    "repeatable",
    "edits",
    "state",
    "attempts",
)
"""The columns of a new letter."""
_PUT: Final = (
    insert(_OUTBOX)
    .values({name: bindparam(name) for name in _GIVEN})
    .on_conflict_do_nothing()
    .inline()  # nobody asks for its id
)
_PUT_MANY: Final = adding(_OUTBOX, _GIVEN).on_conflict_do_nothing()
_CANCEL: Final = _OUTBOX.update().where(PENDING).values(state=OutboxState.CANCELLED)
_REPLACE: Final = _CANCEL.where(_OUTBOX.c.edits == bindparam("of"))


def put(db: Db, letter: Letter) -> None:
    """Put a letter into the outbox, once for ever under its key.

    An edit replaces an older edit of the same message that still waits.
    """
    _replace(db, letter)
    send(db, _PUT, _values(letter))


def put_new(db: Db, letter: Letter) -> bool:
    """The same; False when its key was there already."""
    _replace(db, letter)
    return db.connection().execute(_PUT, _values(letter)).rowcount == 1


def _replace(db: Db, letter: Letter) -> None:
    if letter.edits is not None:
        send(db, _REPLACE, {"of": letter.edits})


def put_many(db: Db, letters: Iterable[Letter]) -> None:
    """Put letters that edit none into the outbox by one statement; a key that is there stays."""
    given = rows([values[name] for name in _GIVEN] for values in map(_values, letters))
    db.connection().execute(_PUT_MANY, {"given": given})


def _values(letter: Letter) -> dict[str, Any]:
    return {
        "key": letter.key,
        "chat_id": letter.chat_id,
        "session_id": letter.session_id,
        "kind": letter.kind,
        "body": json.dumps(letter.body, ensure_ascii=False),
        "priority": letter.priority,
        "due": letter.due,
        "send_at": letter.due,
        "not_after": letter.not_after,
        "deadline": letter.not_after or letter.due + NO_HURRY,
        "repeatable": letter.repeatable,
        "edits": letter.edits,
        "state": OutboxState.PENDING,
        "attempts": 0,
    }


_WAITS: Final = _OUTBOX.c.state == OutboxState.PENDING
_CALL_OFF: Final = (
    _OUTBOX.update()
    # Not by an index of what waits or is being sent, of which there may be much.
    .where(func.coalesce(_OUTBOX.c.state, "").in_((OutboxState.PENDING, OutboxState.SENDING)))
    .values(
        state=case((_WAITS, OutboxState.CANCELLED), else_=_OUTBOX.c.state),
        error=case((_WAITS, _OUTBOX.c.error), else_=SILENCED),
    )
)
"""Cancels what waits, and marks what is being sent."""
_SILENCE: Final = _CALL_OFF.where(
    _OUTBOX.c.session_id == bindparam("session"), _OUTBOX.c.priority != bindparam("but")
)
_CALL_OFF_ONE: Final = _CALL_OFF.where(_OUTBOX.c.key == bindparam("of"))
_SILENCE_CHAT: Final = _CANCEL.where(_OUTBOX.c.chat_id == bindparam("chat"))
_CANCEL_ONE: Final = _CANCEL.where(_OUTBOX.c.key == bindparam("of"))


def silence(db: Db, session_id: int, *, but: int) -> None:
    """Cancel what still waits for a session, except letters of priority `but`.

    What is being sent is marked: the sender calls it off while that is possible, and it is never
    sent again.
    """
    send(db, _SILENCE, {"session": session_id, "but": but})


def silence_chat(db: Db, chat_id: int) -> int:
    """Cancel everything that still waits for a chat; return how many."""
    return db.connection().execute(_SILENCE_CHAT, {"chat": chat_id}).rowcount


_PUT_OFF: Final = (
    _OUTBOX.update()
    .where(PENDING, _OUTBOX.c.session_id == bindparam("session"), _OUTBOX.c.kind == bindparam("of"))
    .values(due=bindparam("at"), send_at=bindparam("at"), deadline=bindparam("by"))
)
_HURRY: Final = (
    _OUTBOX.update()
    .where(
        PENDING,
        _OUTBOX.c.chat_id == bindparam("chat"),
        _OUTBOX.c.kind.in_(bindparam("kinds", expanding=True)),
        _OUTBOX.c.due > bindparam("at"),
    )
    .values(due=bindparam("at"), send_at=bindparam("at"), deadline=bindparam("by"))
)


def put_off(db: Db, session_id: int, kind: str, until: datetime) -> None:
    """Let a session's letters of a kind wait, if they still do, until then."""
    values = {"session": session_id, "of": kind, "at": until, "by": until + NO_HURRY}
    db.connection().execute(_PUT_OFF, values)


def hurry(db: Db, chat_id: int, kinds: Iterable[str], now: datetime) -> None:
    """Let a chat's letters of these kinds, which are meant for later, go now."""
    values = {"chat": chat_id, "kinds": list(kinds), "at": now, "by": now + NO_HURRY}
    db.connection().execute(_HURRY, values)


def rehome(db: Db, old: int, new: int) -> None:
    """Let what was said in one chat be another's; it has no message there."""
    moved = update(OutboxRow).where(col(OutboxRow.chat_id) == old, SETTLED)
    db.connection().execute(moved.values(chat_id=new, message_id=None))


def cancel(db: Db, key: str) -> int:
    """Cancel one letter if it still waits."""
    return db.connection().execute(_CANCEL_ONE, {"of": key}).rowcount


def call_off(db: Db, key: str) -> None:
    """Cancel one letter if it still waits; where it is being sent it is not sent again."""
    send(db, _CALL_OFF_ONE, {"of": key})


def reword(db: Db, letter_id: int, body: dict[str, Any]) -> None:
    """Store another body for a letter whose fate is settled."""
    values = {"body": json.dumps(body, ensure_ascii=False)}
    db.connection().execute(update(OutboxRow).where(col(OutboxRow.id) == letter_id).values(values))


def set_aside(db: Db, letter_id: int) -> None:
    """Store that a letter cannot be read; whatever became of it otherwise, nobody has it."""
    values = {"state": OutboxState.FAILED, "error": UNREADABLE}
    db.connection().execute(update(OutboxRow).where(col(OutboxRow.id) == letter_id).values(values))


def fate(db: Db, letter_id: int) -> tuple[OutboxState, str | None]:
    """Return a letter's state and error as they are stored now; one that is erased is cancelled."""
    query = select(OutboxRow.state, OutboxRow.error).where(col(OutboxRow.id) == letter_id)  # type: ignore[call-overload]
    found = db.connection().execute(query).one_or_none()
    return (OutboxState.CANCELLED, None) if found is None else (OutboxState(found[0]), found[1])


def settled_with(db: Db, text: str) -> list[int]:
    """Return the ids of the letters whose fate is settled and whose body holds `text`.

    All letters are gone through: ask it beside the writer, for whom everybody waits.
    """
    query = select(col(OutboxRow.id)).where(
        SETTLED, col(OutboxRow.body).contains(text, autoescape=True)
    )
    found = db.connection().execute(query.order_by(col(OutboxRow.id))).scalars()
    return [one for one in found if one is not None]


_SETTLED_OF: Final = (
    select(OutboxRow.id, OutboxRow.body)  # type: ignore[call-overload]
    .where(col(OutboxRow.id).in_(THESE), SETTLED)
    .order_by(col(OutboxRow.id))
)


def settled(db: Db, letter_ids: Collection[int]) -> list[tuple[int, dict[str, Any] | None]]:
    """Return (id, body) of those of these letters whose fate is settled.

    The body is None where it cannot be read.
    """
    found = db.connection().execute(_SETTLED_OF, {"given": array(letter_ids)})
    return [(row_id, body_of(body)) for row_id, body in found]


_OLDEST: Final = select(col(OutboxRow.id)).order_by(col(OutboxRow.id)).limit(bindparam("most"))
_PRUNE: Final = delete(OutboxRow).where(
    col(OutboxRow.id).in_(_OLDEST), col(OutboxRow.due) < bindparam("before"), SETTLED
)


def prune(db: Db, now: datetime, most: int) -> int:
    """Delete letters that were settled long ago, of the `most` oldest; return how many."""
    return db.connection().execute(_PRUNE, {"before": now - KEPT, "most": most}).rowcount


def fates(db: Db, start: str, end: str) -> dict[OutboxState, int]:
    """Return how many letters are in each state, of those with keys from `start` up to `end`."""
    query = (
        select(OutboxRow.state, func.count())  # type: ignore[call-overload]
        .where(col(OutboxRow.key) >= start, col(OutboxRow.key) < end)
        .group_by(OutboxRow.state)
    )
    return {OutboxState(state): count for state, count in db.connection().execute(query)}


_DEPTH: Final = select(func.count()).where(PENDING).select_from(OutboxRow)


def depth(db: Db) -> int:
    """Return how many letters wait."""
    return int(db.connection().execute(_DEPTH).scalar_one())


def exists(db: Db, key: str) -> bool:
    """Whether a letter with this key was ever put, and is kept."""
    query = select(OutboxRow.id).where(col(OutboxRow.key) == key)  # type: ignore[call-overload]
    return db.connection().execute(query).first() is not None


def waits(db: Db, prefix: str) -> bool:
    """Whether a letter whose key begins so is still on its way."""
    query = select(OutboxRow.id).where(  # type: ignore[call-overload]
        col(OutboxRow.key) >= prefix,
        col(OutboxRow.key) < after(prefix),
        col(OutboxRow.state).in_((OutboxState.PENDING, OutboxState.SENDING)),
    )
    return db.connection().execute(query.limit(1)).first() is not None


def oldest_waiting(db: Db) -> datetime | None:
    """Return since when the letter that waits longest should have been tried, or None."""
    found: datetime | None = (
        db.connection().execute(select(func.min(OutboxRow.send_at)).where(PENDING)).scalar_one()
    )
    return found


def lost_since(db: Db, since: datetime) -> int:
    """Return how many letters meant for later than `since` did not arrive, or perhaps not."""
    query = select(func.count()).where(text(LOST), col(OutboxRow.due) > since)
    return int(db.connection().execute(query.select_from(OutboxRow)).scalar_one())


def cue_delays(db: Db, since: datetime, newest: int) -> list[float]:
    """Return by how many days the newest cues since then were handed over late, as they came."""
    handed = col(OutboxRow.handed_at)
    query = (
        select(day_count(OutboxRow.due, handed))
        .where(text(IS_CUE), handed > since)
        .order_by(handed.desc())
        .limit(newest)
    )
    return list(db.connection().execute(query).scalars())


def sent_message(db: Db, key: str) -> int | None:
    """Return the message id of the letter with `key`, or None while it is not sent."""
    query = select(OutboxRow.message_id).where(col(OutboxRow.key) == key)  # type: ignore[call-overload]
    found: int | None = db.connection().execute(query).scalar_one_or_none()
    return found


_NEWEST_OF: Final = (
    select(OutboxRow.key, OutboxRow.chat_id, OutboxRow.message_id)  # type: ignore[call-overload]
    .where(
        col(OutboxRow.session_id) == bindparam("session"),
        col(OutboxRow.kind) == bindparam("of"),
        col(OutboxRow.message_id).is_not(None),
    )
    .order_by(col(OutboxRow.id).desc())
    .limit(1)
)


def newest_of(db: Db, session_id: int, kind: str) -> tuple[str, int, int] | None:
    """Return key, chat and message of a session's newest letter of a kind that was sent."""
    found = db.connection().execute(_NEWEST_OF, {"session": session_id, "of": kind}).first()
    return None if found is None else (found[0], found[1], found[2])


def after(prefix: str) -> str:
    """Return what comes, in the order of keys, right behind all that begin so."""
    return f"{prefix[:-1]}{chr(ord(prefix[-1]) + 1)}"


def begun_with(db: Db, prefix: str, kind: str) -> list[tuple[str, int, int | None]]:
    """Return key, chat and message of the letters of a kind whose keys begin so, as they came.

    A letter that has not come has no message.
    """
    query = select(OutboxRow.key, OutboxRow.chat_id, OutboxRow.message_id).where(  # type: ignore[call-overload]
        col(OutboxRow.key) >= prefix,
        col(OutboxRow.key) < after(prefix),
        col(OutboxRow.kind) == kind,
    )
    found = db.connection().execute(query.order_by(col(OutboxRow.id)))
    return [(row[0], row[1], row[2]) for row in found]


def letters_of(db: Db, chat_id: int, message_id: int) -> list[tuple[str, dict[str, Any]]]:
    """Return kind and body of the letters that made and rewrote this message, newest first.

    One that cannot be read is left out.
    """
    query = (
        select(OutboxRow.kind, OutboxRow.body)  # type: ignore[call-overload]
        .where(col(OutboxRow.chat_id) == chat_id, col(OutboxRow.message_id) == message_id)
        .order_by(col(OutboxRow.id).desc())
    )
    found = ((kind, body_of(body)) for kind, body in db.connection().execute(query))
    return [(kind, body) for kind, body in found if body is not None]


_OF_MESSAGE: Final = (
    select(OutboxRow.key, OutboxRow.kind, OutboxRow.body)  # type: ignore[call-overload]
    .where(
        col(OutboxRow.chat_id) == bindparam("chat"),
        col(OutboxRow.message_id) == bindparam("message"),
    )
    .order_by(col(OutboxRow.id).desc())
    .limit(1)
)


def of_message(db: Db, chat_id: int, message_id: int) -> tuple[str, str, dict[str, Any]] | None:
    """Return key, kind and body of the newest letter that became this message, if it is kept.

    The body is empty where it cannot be read.
    """
    values = {"chat": chat_id, "message": message_id}
    found = db.connection().execute(_OF_MESSAGE, values).first()
    return None if found is None else (found[0], found[1], body_of(found[2]) or {})


# ---- whom a letter tells of -----------------------------------------------------------

_WHOSE: Final = frozenset({"athlete_id", "subject_id"})
_THE_END: Final = "athlete_ended"
"""What tells a coach that nothing more comes: it names somebody who shared, and goes out."""


def people_in(value: Any) -> Iterator[int]:
    """Yield the people's ids in a letter's body, however deep."""
    left = [value] if isinstance(value, dict | list) else []
    while left:
        found = left.pop()
        if isinstance(found, dict):
            yield from (found[key] for key in _WHOSE & found.keys() if isinstance(found[key], int))
        within = found.values() if isinstance(found, dict) else found
        left += [inner for inner in within if isinstance(inner, dict | list)]


def named(body: dict[str, Any]) -> frozenset[int]:
    """Return those whom a letter tells of and who have a say in who reads it."""
    return frozenset() if body.get("topic") == _THE_END else frozenset(people_in(body))
