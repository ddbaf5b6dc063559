"""Backups: when one is wanted, and what is said about it.

Nothing is copied here: the clock's edge looks whether a backup is wanted, makes it outside any
transaction, and stores what came of it.
"""

import json
from dataclasses import asdict
from datetime import UTC, datetime, time, timedelta
from typing import Final

from sqlmodel import Session as Db

from bot.conversation.interaction import Interaction
from bot.conversation.message import Say
from bot.conversation.outgoing import post
from bot.operations.messages import BackupBegun, BackupDone, BackupElsewhere, BackupFailed
from bot.store import facts, people
from bot.store.backup import BackupError, Copied
from bot.store.dialect import has_file
from bot.store.tables import Role

__all__ = ["BackupError", "Copied", "ask", "done", "failed", "read_nightly", "wanted"]

ASKED: Final = "backup_asked"
"""Who waits for a backup: JSON with chats and the keys of the messages that will tell them."""
DONE: Final = "backup_done"
FAILED: Final = "backup_failed"
RETRY: Final = timedelta(hours=1)
"""How long after a failure the nightly backup is tried again."""


def read_nightly(text: str) -> time | None:
    """Return the setting "03:00" as a time of the UTC day, and "off" as None."""
    return None if text == "off" else time.fromisoformat(text)


def ask(turn: Interaction) -> None:
    """/backup: one will be made within a second or two; the same message then says how it went."""
    turn.answer()
    if not has_file(turn.db):
        turn.say(BackupElsewhere())
        return
    key = f"u{turn.update_id}:backup"
    asked = [*_asked(turn.db), (turn.chat_id, key)]
    facts.set_fact(turn.db, ASKED, json.dumps(asked), turn.now)
    people.note(turn.db, "backup", turn.now, actor=turn.person_id, subject=None)
    post(turn.db, turn.chat_id, Say(BackupBegun()), turn.now, key=key)


def wanted(db: Db, now: datetime, nightly: time | None) -> bool:
    """Whether a backup is to be made: somebody waits for it, or last night's is missing.

    A database that never had one is backed up at once: a folder that cannot be written to is
    found by day.
    """
    found = facts.some_facts(db, (ASKED, FAILED, DONE))
    if ASKED in found:
        return True
    failure, newest = found.get(FAILED), found.get(DONE)
    if nightly is None or (failure is not None and now - failure.at < RETRY):
        return False
    return newest is None or newest.at < _last_night(now, nightly)


def done(db: Db, made: Copied, seconds: float, now: datetime) -> None:
    """A backup was made: store it, and tell who waits."""
    told = BackupDone(made.path.name, made.size, round(seconds, 3))
    facts.set_fact(db, DONE, json.dumps(asdict(told)), now)
    facts.forget_fact(db, FAILED)
    _tell(db, Say(told), now)


def failed(db: Db, reason: str, now: datetime) -> None:
    """No backup could be made: tell who waits, and every admin once a day."""
    facts.set_fact(db, FAILED, reason, now)
    what = Say(BackupFailed(reason))
    told = _tell(db, what, now)
    for admin in people.with_role(db, Role.ADMIN):
        if admin.telegram_id not in told:
            key = f"backup_failed:{now:%Y-%m-%d}:{admin.id}"
            post(db, admin.telegram_id, what, now, key=key)


def _last_night(now: datetime, nightly: time) -> datetime:
    today = datetime.combine(now.astimezone(UTC), nightly, UTC)
    return today if today <= now else today - timedelta(days=1)


def _asked(db: Db) -> list[tuple[int, str]]:
    row = facts.fact(db, ASKED)
    return [] if row is None else [(chat, key) for chat, key in json.loads(row.value)]


def _tell(db: Db, what: Say, now: datetime) -> set[int]:
    """Rewrite the messages of those who wait; return their chats."""
    asked = _asked(db)
    for chat, key in asked:
        post(db, chat, what, now, key=f"{key}:end", edits=key)
    facts.forget_fact(db, ASKED)
    return {chat for chat, _key in asked}
