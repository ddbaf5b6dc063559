"""Unknown tokens by Telegram account: when they were tried, for as long as that counts."""

import json
from datetime import datetime
from typing import Final

from sqlalchemy import delete
from sqlmodel import Session as Db
from sqlmodel import col, select

from bot.store import facts
from bot.store.tables import FactRow

_FACT: Final = "wrong_tokens:"


def since(db: Db, telegram_id: int, start: datetime) -> list[datetime]:
    """Return when this account tried unknown tokens after `start`."""
    fact = facts.fact(db, _key(telegram_id))
    tries = [] if fact is None else [datetime.fromisoformat(at) for at in json.loads(fact.value)]
    return [at for at in tries if at > start]


def keep(db: Db, telegram_id: int, tries: list[datetime], now: datetime) -> None:
    """Store when this account tried unknown tokens."""
    facts.set_fact(db, _key(telegram_id), json.dumps([at.isoformat() for at in tries]), now)
    db.flush()


def forget_until(db: Db, end: datetime) -> None:
    """Forget everybody's tries whose last one is not after `end`."""
    old = (col(FactRow.key).startswith(_FACT), col(FactRow.at) <= end)
    for row in db.exec(select(FactRow).where(*old)):
        db.delete(row)
    db.flush()


def forget(db: Db, telegram_id: int) -> None:
    """Forget an account's tries."""
    db.connection().execute(delete(FactRow).where(col(FactRow.key) == _key(telegram_id)))


def _key(telegram_id: int) -> str:
    return f"{_FACT}{telegram_id}"
