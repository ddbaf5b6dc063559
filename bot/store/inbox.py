"""Updates as they came: stored before Telegram is told that they were received.

Telegram's ids begin anew after a quiet week. So an update is known by its id and payload together,
and has a number of its own here: Telegram's id as long as ids grow, else the next free one. Numbers
grow in the order in which updates were received; but one that came by a webhook keeps Telegram's id
also where others have overtaken it.

The same press or message under a new update id is recognised by a key. A key is a hash: nothing of
who said it or what was said can be read from it.
"""

import re
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any, Final

from sqlalchemy import (
    BigInteger,
    String,
    Table,
    bindparam,
    delete,
    exists,
    func,
    literal_column,
    select,
    text,
    update,
)
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session as Db
from sqlmodel import col
from sqlmodel.sql.sqltypes import UTCDateTime

from bot.store.dialect import insert
from bot.store.statements import SentAhead, adding, given, rows, send
from bot.store.tables import InboxRow, SeenRow

KEPT: Final = timedelta(days=7)
"""How long a handled update is kept, to recognise it when it comes again."""
AT_ONCE: Final = 500
"""Updates that are looked at together."""
OF_A_CHAT: Final = 20
"""The most of them that one chat may have."""
MAX_ATTEMPTS: Final = 3
"""An update that fails this often is set aside; it never blocks its chat."""


OVERTAKEN: Final = 1_000
"""An update whose id is lower than the newest by no more was overtaken: ids do not begin anew."""
_OPEN: Final = text("inbox.handled_at IS NULL")
_INBOX: Final[Table] = InboxRow.__table__  # type: ignore[attr-defined]
_NEW: Final = (
    *("update_id", "chat_id", "payload", "digest", "received_at", "said_at", "backlog", "attempts"),
)
"""The columns of a new update."""
# What is stored already is passed over; any other clash, such as of numbers, is an error.
_ONCE: Final[dict[str, Any]] = {
    "index_elements": [col(InboxRow.digest)],
    "index_where": text("digest != ''"),
}
_KEEP: Final = insert(_INBOX).on_conflict_do_nothing(**_ONCE)
_KEEP_MANY: Final = adding(_INBOX, _NEW).on_conflict_do_nothing(**_ONCE)
# Of the chat as it is SQLite would walk an index of all chats: everything ever sent.
_PLACE: Final = func.row_number().over(
    partition_by=col(InboxRow.chat_id) + 0, order_by=col(InboxRow.update_id)
)
_IN_LINE: Final = (
    select(
        col(InboxRow.update_id).label("update_id"),
        col(InboxRow.chat_id).label("chat_id"),
        _PLACE.label("place"),
    )
    .where(_OPEN)
    .subquery()
)
_WAITING: Final = (
    select(_IN_LINE.c.update_id, _IN_LINE.c.chat_id)
    .where(_IN_LINE.c.place <= OF_A_CHAT)
    .order_by(_IN_LINE.c.update_id)
    .limit(AT_ONCE)
)
_THESE: Final = (
    select(
        col(InboxRow.update_id),
        col(InboxRow.chat_id),
        col(InboxRow.payload),
        col(InboxRow.said_at),
        col(InboxRow.digest),
    )
    .where(col(InboxRow.update_id).in_(bindparam("ids", expanding=True)))
    .order_by(col(InboxRow.update_id))
)
_NEWEST: Final = select(func.max(col(InboxRow.update_id)))
_DIGEST: Final = given(0, _INBOX.c.digest.type)
_ID: Final = given(1, _INBOX.c.update_id.type)


def _of_digest(column: Any) -> Any:
    """Return what an update has that is stored already: each is looked for by the index."""
    # Written out: a partial index is not used for a value that is only bound.
    same = (_INBOX.c.digest == _DIGEST, _INBOX.c.digest != literal_column("''"))
    return select(column).where(*same).correlate_except(_INBOX).scalar_subquery()


_KNOWN: Final = select(
    _DIGEST,
    _of_digest(_INBOX.c.update_id),
    _of_digest(_INBOX.c.handled_at),
    select(_INBOX.c.update_id)
    .where(_INBOX.c.update_id == _ID)
    .correlate_except(_INBOX)
    .scalar_subquery(),
    _NEWEST.scalar_subquery(),
)
"""For each [digest, id]: its number, when it was handled, the same id; and the newest number."""
_TAKE: Final = (
    update(InboxRow)
    .where(col(InboxRow.update_id) == bindparam("update"), _OPEN)
    .values(handled_at=bindparam("now"))
    .returning(col(InboxRow.backlog), col(InboxRow.received_at), col(InboxRow.said_at))
)


@dataclass(frozen=True, slots=True)
class Arrived:
    """One update as received: its id, its chat (None where it has none) and its JSON.

    As fetched, `update_id` is Telegram's; once it is stored, it is the update's number here.
    `said_at` is the earliest instant that it can be from, where that is known.
    """

    update_id: int
    chat_id: int | None
    payload: str
    said_at: datetime | None = None
    digest: str = ""

    @property
    def known_by(self) -> str:
        """Return what tells this update from all others: a hash, from which nothing can be read."""
        told = f"{self.update_id}:{self.payload}"
        return self.digest or sha256(told.encode(errors="replace")).hexdigest()


def numbered(db: Db, updates: list[Arrived], *, posted: bool = False) -> list[Arrived]:
    """Return what is to be handled of updates, with their numbers, in order, each once.

    What was `posted` by a webhook may have been overtaken on its way. Several processes may store
    it at once, and give the same number to two: `keep` raises then. Numbers are given in the order
    of ids: else two processes with the same updates could wait for each other. One alone fetches.
    """
    if not updates:
        return []
    if posted:
        updates = sorted(updates, key=lambda one: one.update_id)
    once = {one.known_by: one for one in updates}
    asked = rows((digest, one.update_id) for digest, one in once.items())
    known: dict[str, tuple[int, datetime | None]] = {}
    taken: set[int] = set()
    newest = 0
    for digest, number, handled, same, last in db.connection().execute(_KNOWN, {"given": asked}):
        if number is not None:
            known[digest] = (number, handled)
        taken.update(one for one in (number, same) if one is not None)
        newest = last or 0
    taken.add(newest)
    found: list[Arrived] = []
    for digest, one in once.items():
        number, handled = known.get(digest, (None, None))
        if number is None:
            overtaken = posted and 0 <= newest - one.update_id <= OVERTAKEN
            number = one.update_id if overtaken else max(one.update_id, newest + 1)
            if number in taken:
                number = newest + 1
            taken.add(number)
            newest = max(newest, number)
        if handled is None:
            found.append(replace(one, update_id=number, digest=digest))
    return found


class ClashError(Exception):
    """Another update has the number, which was given to both at the same time."""


def keep(db: Db, updates: list[Arrived], now: datetime, *, backlog: bool) -> int:
    """Store `updates`, each once however often it comes; return how many are new.

    Raises `ClashError` where another has a number of theirs by now.
    """
    if not updates:
        return 0
    values = [
        (one.update_id, one.chat_id, one.payload, one.known_by, now, one.said_at, backlog, 0)
        for one in sorted(updates, key=lambda one: one.update_id)  # so none waits for another
    ]
    query, given = _KEEP_MANY, dict[str, Any](given=rows(values))
    if len(values) == 1:
        query, given = _KEEP, dict(zip(_NEW, values[0], strict=True))
    try:
        return db.connection().execute(query, given).rowcount
    except IntegrityError as error:
        raise ClashError from error


@dataclass(frozen=True, slots=True)
class Waiting:
    """Updates that are not handled yet, oldest first; `more` if there may be others behind them."""

    updates: list[Arrived]
    more: bool


def waiting(db: Db, but: frozenset[int] = frozenset()) -> Waiting:
    """Return what is not handled yet, without the updates `but`.

    At most `AT_ONCE`, and of one chat at most `OF_A_CHAT`: whoever sends thousands of messages
    keeps nobody's STOP waiting behind them.
    """
    rows = list(db.connection().execute(_WAITING))
    of_a_chat = Counter(chat_id for _, chat_id in rows)
    more = len(rows) >= AT_ONCE or max(of_a_chat.values(), default=0) >= OF_A_CHAT
    ids = [update_id for update_id, _ in rows if update_id not in but]
    found = db.connection().execute(_THESE, {"ids": ids}) if ids else ()
    return Waiting([Arrived(*row) for row in found], more)


@dataclass(frozen=True, slots=True)
class Taken:
    """An update that is being handled: whether it is old, when it was received, and said."""

    backlog: bool
    received_at: datetime
    said_at: datetime | None


def take(db: Db, update_id: int, now: datetime) -> Callable[[], Taken | None]:
    """Mark an update as handled; return what waits for what is known of it.

    That is None if it was handled before.
    """
    sent = send(db, _TAKE, {"update": update_id, "now": now})
    return lambda: next((Taken(*row) for row in sent.rows()), None)


def failed(db: Db, update_id: int, error: str, now: datetime) -> bool:
    """Note that handling failed; return whether it was the last attempt."""
    row = db.get(InboxRow, update_id)
    assert row is not None
    row.attempts += 1
    row.error = error
    last = row.attempts >= MAX_ATTEMPTS
    if last:
        row.handled_at = now
    db.add(row)
    return last


_COUNT: Final = select(func.count()).where(
    col(InboxRow.chat_id) == bindparam("chat"),
    col(InboxRow.received_at) > bindparam("since"),
    col(InboxRow.update_id) <= bindparam("up_to"),
    col(InboxRow.backlog).is_(False),
)


def count_since(db: Db, chat_id: int, since: datetime, *, up_to: int) -> int:
    """Return how many updates of a chat came after `since`, up to and with update `up_to`.

    What had waited while the program was away is not counted: it came all at once.
    """
    values = {"chat": chat_id, "since": since, "up_to": up_to}
    return int(db.connection().execute(_COUNT, values).scalar_one())


def mark_backlog(db: Db) -> None:
    """Mark everything that waits as old: it came before this start."""
    db.connection().execute(
        update(InboxRow).where(col(InboxRow.handled_at).is_(None)).values(backlog=True)
    )


def rehome(db: Db, old: int, new: int) -> None:
    """Let what was received from one chat be another's."""
    moved = update(InboxRow).where(col(InboxRow.chat_id) == old)
    db.connection().execute(moved.values(chat_id=new))


def newest_said(db: Db, before: int | None = None) -> datetime | None:
    """Return when the newest update, or the newest `before` one, was said, or received."""
    said = func.coalesce(col(InboxRow.said_at), col(InboxRow.received_at))
    query = select(said).order_by(col(InboxRow.update_id).desc()).limit(1)
    if before is not None:
        query = query.where(col(InboxRow.update_id) < before)
    return db.connection().execute(query).scalar_one_or_none()


def said_since(db: Db, chat_id: int, at: datetime, but: int) -> bool:
    """Whether an update of the chat that is handled, another than `but`, was said after `at`."""
    said = func.coalesce(col(InboxRow.said_at), col(InboxRow.received_at))
    query = select(col(InboxRow.update_id)).where(
        col(InboxRow.chat_id) == chat_id,
        col(InboxRow.received_at) > at,
        col(InboxRow.update_id) != but,
        col(InboxRow.handled_at).is_not(None),
        said > at,
    )
    return db.connection().execute(query.limit(1)).first() is not None


def newest_at(db: Db) -> datetime | None:
    """Return when the newest update was received, or None before the first."""
    query = select(col(InboxRow.received_at)).where(
        col(InboxRow.update_id) == _NEWEST.scalar_subquery()
    )
    return db.connection().execute(query).scalar_one_or_none()


_NEWEST_OF_CHATS: Final = (
    select(func.max(col(InboxRow.update_id)))
    .where(col(InboxRow.payload) != "", col(InboxRow.chat_id).is_not(None))
    .group_by(col(InboxRow.chat_id))
)
_NEWEST_PAYLOADS: Final = select(col(InboxRow.chat_id), col(InboxRow.payload)).where(
    col(InboxRow.update_id).in_(_NEWEST_OF_CHATS)
)
_LANGUAGE: Final = re.compile(r'"language_code": "([a-z]{2})')


def languages(db: Db) -> dict[int, str]:
    """Return the two letters of the language of each chat, as far as its newest update tells."""
    found: dict[int, str] = {}
    for chat_id, payload in db.connection().execute(_NEWEST_PAYLOADS):
        spoken = _LANGUAGE.search(payload)
        if chat_id is not None and spoken is not None:
            found[chat_id] = spoken[1]
    return found


def empty(db: Db, update_id: int) -> None:
    """Empty an update that holds a secret, as soon as it is handled."""
    db.connection().execute(
        update(InboxRow).where(col(InboxRow.update_id) == update_id).values(payload="")
    )


_OLD: Final = col(InboxRow.handled_at) < bindparam("before")
_OLDEST: Final = (
    select(col(InboxRow.update_id)).order_by(col(InboxRow.update_id)).limit(bindparam("most"))
)
_PRUNE: Final = delete(InboxRow).where(
    col(InboxRow.update_id).in_(_OLDEST),
    col(InboxRow.update_id) != _NEWEST.scalar_subquery(),
    _OLD,
)
_EMPTY_NEWEST: Final = (
    update(InboxRow)
    .where(col(InboxRow.update_id) == _NEWEST.scalar_subquery(), _OLD)
    .values(payload="", digest="", error=None)
)


def prune(db: Db, now: datetime, most: int) -> int:
    """Delete what was handled long ago, of the `most` oldest updates; return how many.

    Telegram repeats no update that is older than a day. The newest stays, emptied: numbers go on
    from it.
    """
    db.connection().execute(_EMPTY_NEWEST, {"before": now - KEPT})
    return db.connection().execute(_PRUNE, {"before": now - KEPT, "most": most}).rowcount


# ---- presses and messages that were acted on ------------------------------------------

KEYS_KEPT: Final = timedelta(days=7)
"""How long a key is kept. Telegram keeps an update for one day."""
_KEY: Final = insert(SeenRow).values(
    key=bindparam("key"), update_id=bindparam("update"), at=bindparam("now")
)
_IS_TAKEN: Final = exists().where(
    col(InboxRow.update_id) == bindparam("update"), col(InboxRow.handled_at) == bindparam("now")
)
_KEEP_KEY: Final = (
    insert(SeenRow)
    .from_select(
        ("key", "update_id", "at"),
        select(
            bindparam("key", type_=String()),
            bindparam("update", type_=BigInteger()),
            bindparam("now", type_=UTCDateTime()),
        ).where(_IS_TAKEN),
    )
    .on_conflict_do_nothing()
)
_RENEW_KEY: Final = _KEY.on_conflict_do_update(
    index_elements=[col(SeenRow.key)],
    set_={"update_id": _KEY.excluded.update_id, "at": _KEY.excluded.at},
    where=col(SeenRow.at) <= bindparam("until", type_=UTCDateTime()),
)


def note_key(db: Db, key: str, update_id: int, now: datetime) -> SentAhead:
    """Note that the key of an update that is taken now is acted on: one row, none if it was before.

    None either where the update was handled before.
    """
    values = {"key": _hashed(key), "update": update_id, "now": now}
    return send(db, _KEEP_KEY, values)


def first_since(db: Db, key: str, update_id: int, now: datetime, until: datetime) -> bool:
    """Note a key; whether it was not before, or at `until` or earlier."""
    values = {"key": _hashed(key), "update": update_id, "now": now, "until": until}
    return db.connection().execute(_RENEW_KEY, values).rowcount == 1


_OLD_KEYS: Final = (
    select(col(SeenRow.key))
    .where(col(SeenRow.at) < bindparam("before", type_=UTCDateTime()))
    .order_by(col(SeenRow.at))
    .limit(bindparam("most"))
)
_PRUNE_KEYS: Final = delete(SeenRow).where(col(SeenRow.key).in_(_OLD_KEYS))


def prune_keys(db: Db, now: datetime, most: int) -> int:
    """Forget what was acted on long ago, the `most` oldest; return how many."""
    values = {"before": now - KEYS_KEPT, "most": most}
    return db.connection().execute(_PRUNE_KEYS, values).rowcount


def forget_keys(db: Db, chat_id: int) -> None:
    """Forget what was acted on in a chat, as long as its updates are known to be of it."""
    theirs = select(col(InboxRow.update_id)).where(col(InboxRow.chat_id) == chat_id)
    db.connection().execute(delete(SeenRow).where(col(SeenRow.update_id).in_(theirs)))


def _hashed(key: str) -> str:
    return sha256(key.encode(errors="replace")).hexdigest()
