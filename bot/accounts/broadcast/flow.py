"""/broadcast: one text to everybody of a role, after a preview.

Time makes the copies, some every few seconds, so that the outbox never holds many: cues and answers
are found as quickly as ever. How far it has come is read from the fate of the copies, whatever it
was, and told by editing one message now and then.
"""

import re
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import func, update
from sqlmodel import Session as Db
from sqlmodel import col, select
from sqlmodel.sql.expression import SelectOfScalar

from bot.accounts.broadcast.messages import (
    AskBroadcastRole,
    AskBroadcastText,
    Broadcast,
    BroadcastCancelled,
    BroadcastNotTaken,
    BroadcastPreview,
    BroadcastProgress,
    NobodyToWriteTo,
)
from bot.accounts.roles import RoleCounts
from bot.conversation.interaction import Interaction
from bot.conversation.message import Say, dump
from bot.conversation.outgoing import post
from bot.conversation.pending_input import HalfCommand, wait_for
from bot.store import outbox, people
from bot.store.outbox import Letter
from bot.store.tables import AthleteRow, BroadcastRow, OutboxState, PersonRow, Role, RoleRow

MAX_TEXT: Final = 3_500
"""Characters of a text, as Telegram counts: with what stands around it, it fits into a message."""
GOOD_FOR: Final = timedelta(hours=1)
"""How long a preview may be sent."""
COPIES: Final = 60
"""Copies made at once …"""
LOOK: Final = timedelta(seconds=3)
"""… and so often: 20 a second, the rest of Telegram's limit stays free for everything else."""
STALLED: Final = timedelta(minutes=1)
"""When to look again where nothing has moved."""
STEPS: Final = 10
"""The progress message is edited about so many times."""
_ROLES: Final = {
    **{f"{role}s": role for role in Role},
    **{str(role): role for role in Role},
    "coaches": Role.COACH,
}
_DECIDED: Final = re.compile(r"(send|cancel) (\d{1,18})", re.ASCII)


def broadcast(turn: Interaction, words: str) -> None:
    """/broadcast athletes|coaches|admins TEXT: a preview; its buttons send it or not."""
    decided = _DECIDED.fullmatch(words)
    if decided is not None:
        _decide(turn, int(decided[2]), send=decided[1] == "send")
        return
    first, *rest = words.split(maxsplit=1) or [""]
    role, text = _ROLES.get(first.casefold()), rest[0] if rest else ""
    if not first:
        turn.show(AskBroadcastRole(RoleCounts(**{one: _count(turn, one)[0] for one in Role})))
    elif role is None:
        turn.show(BroadcastNotTaken("role", word=first))
    elif not text:
        turn.show(AskBroadcastText(role.value))
        wait_for(turn, HalfCommand("broadcast", role))
    elif (length := len(text.encode("utf-16-le")) // 2) > MAX_TEXT:
        turn.show(BroadcastNotTaken("long", length=length, most=MAX_TEXT))
    else:
        _preview(turn, role, text)


def _receivers(role: str, sender: int | None) -> SelectOfScalar[PersonRow]:
    """Return who has the role: not the sender, nor an athlete who leaves."""
    leaving = select(AthleteRow.person_id).where(col(AthleteRow.erase_at).is_not(None))
    return (
        select(PersonRow)
        .join(RoleRow, col(RoleRow.person_id) == col(PersonRow.id))
        .where(
            RoleRow.role == role,
            col(PersonRow.id) != (sender or 0),
            col(PersonRow.id).not_in(leaving),
        )
    )


_REACHED: Final = (
    col(PersonRow.telegram_id).is_not(None),
    col(PersonRow.unreachable_since).is_(None),
)


def _count(turn: Interaction, role: Role) -> tuple[int, int]:
    """Return how many get a copy, and how many cannot be reached."""
    found = _receivers(role, turn.person_id)
    every, reached = (
        turn.db.exec(select(func.count()).select_from(which.subquery())).one()
        for which in (found, found.where(*_REACHED))
    )
    return reached, every - reached


def _preview(turn: Interaction, role: Role, text: str) -> None:
    reached, skipped = _count(turn, role)
    if not reached:
        turn.show(NobodyToWriteTo(role.value, skipped))
        return
    row = BroadcastRow(by_id=turn.person_id, role=role, text=text, made_at=turn.now)
    turn.db.add(row)
    turn.db.flush()
    assert row.id is not None
    turn.show(
        BroadcastPreview(
            broadcast=row.id,
            role=role.value,
            sender=turn.who.name,
            text=text,
            total=reached,
            skipped=skipped,
        )
    )


def _decide(turn: Interaction, broadcast_id: int, *, send: bool) -> None:
    """Send or cancel a preview, by its author and once."""
    statement = (
        update(BroadcastRow)
        .where(
            col(BroadcastRow.id) == broadcast_id,
            col(BroadcastRow.by_id) == turn.person_id,
            col(BroadcastRow.made_at) > turn.now - GOOD_FOR,
            col(BroadcastRow.confirmed_at).is_(None),
            col(BroadcastRow.done_at).is_(None),
        )
        .values({"confirmed_at" if send else "done_at": turn.now})
    )
    if turn.db.connection().execute(statement).rowcount != 1:
        turn.expired()
    elif send:
        _send(turn, broadcast_id)
    else:
        turn.show(BroadcastCancelled())


def _send(turn: Interaction, broadcast_id: int) -> None:
    row = turn.db.get(BroadcastRow, broadcast_id, populate_existing=True)
    assert row is not None
    row.total, row.due_at = _count(turn, Role(row.role))[0], turn.now
    turn.db.add(row)
    after = f"{row.role}: {row.total}"
    people.note(turn.db, "broadcast", turn.now, actor=turn.person_id, subject=None, after=after)
    turn.retire()
    post(turn.db, turn.chat_id, _progress(row), turn.now, key=_progress_key(row))


# ---- time acts ------------------------------------------------------------------------


def go_on(db: Db, broadcast_id: int, now: datetime) -> None:
    """Make the next copies; at every tenth of them, and at last, see what became of all."""
    row = db.get(BroadcastRow, broadcast_id)
    if row is None or row.due_at is None:
        return
    made = _make(db, row, now)
    row.due_at = now + LOOK
    if not made or (row.made - row.delivered - row.failed) * STEPS >= row.total:
        _look(db, row, now, last=not made)
    db.add(row)


def _make(db: Db, row: BroadcastRow, now: datetime) -> int:
    query = _receivers(row.role, row.by_id).where(*_REACHED, col(PersonRow.id) > row.last_id)
    found = db.exec(query.order_by(col(PersonRow.id)).limit(COPIES)).all()
    author = None if row.by_id is None else db.get(PersonRow, row.by_id)
    intent = Broadcast("" if author is None else author.name, Role(row.role).value, row.text)
    kind, body = intent.kind(), dump(intent)
    outbox.put_many(
        db,
        (
            Letter(
                key=f"{_prefix(row)}{one.id}",
                chat_id=one.telegram_id or 0,
                kind=kind,
                body=body,
                priority=intent.priority,
                due=now,
                repeatable=intent.repeatable,
            )
            for one in found
        ),
    )
    row.made += len(found)
    row.last_id = max((one.id or 0 for one in found), default=row.last_id)
    return len(found)


def _look(db: Db, row: BroadcastRow, now: datetime, *, last: bool) -> None:
    """Count what became of the copies, and tell the author; it ends when none is under way."""
    fates = outbox.fates(db, _prefix(row), _prefix(row, ";"))
    delivered = fates.pop(OutboxState.SENT, 0)
    open_still = fates.pop(OutboxState.PENDING, 0) + fates.pop(OutboxState.SENDING, 0)
    failed = sum(fates.values())
    moved = (delivered, failed) != (row.delivered, row.failed)
    row.delivered, row.failed = delivered, failed
    if last and not open_still:
        row.done_at, row.due_at, row.total = now, None, delivered + failed
    elif last and not moved:
        row.due_at = now + STALLED
    if moved or row.done_at is not None:
        _tell(db, row, now)


def _tell(db: Db, row: BroadcastRow, now: datetime) -> None:
    author = None if row.by_id is None else db.get(PersonRow, row.by_id)
    if author is not None:
        first = _progress_key(row)
        key = f"{first}:{row.delivered}:{row.failed}:{'done' if row.done_at else 'on'}"
        post(db, author.telegram_id, _progress(row), now, key=key, edits=first)


def _progress(row: BroadcastRow) -> Say:
    return Say(
        BroadcastProgress(
            role=Role(row.role).value,
            total=row.total,
            delivered=row.delivered,
            failed=row.failed,
            done=row.done_at is not None,
        )
    )


def _progress_key(row: BroadcastRow) -> str:
    return f"broadcast:{row.id}"


def _prefix(row: BroadcastRow, last: str = ":") -> str:
    """Return how the keys of the copies begin; with ";" what comes right after all of them."""
    return f"copy:{row.id}{last}"
