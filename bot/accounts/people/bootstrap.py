"""The first admins, named in the settings."""

from collections.abc import Sequence
from datetime import datetime

from sqlmodel import Session as Db

from bot.store import people
from bot.store.tables import PersonRow, Role


def ensure(db: Db, telegram_ids: Sequence[int], now: datetime) -> None:
    """Give the admin role to these Telegram accounts; nobody loses it here."""
    for telegram_id in telegram_ids:
        person = people.by_telegram(db, telegram_id) or PersonRow(
            telegram_id=telegram_id, name="Admin", created_at=now
        )
        db.add(person)
        db.flush()
        assert person.id is not None
        if Role.ADMIN not in people.roles_of(db, person.id):
            people.grant(db, person.id, Role.ADMIN)
            people.note(db, "appoint", now, actor=None, subject=person.id, after="admin")
