"""The first admin's link: a start that finds no admin prints one."""

from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import update
from sqlmodel import Session as Db
from sqlmodel import col, select

from bot.accounts.invites import tokens
from bot.store import facts, people
from bot.store.tables import InviteRow, Role, RoleRow

LIFE: Final = timedelta(hours=1)
"""How long it may be opened: whoever reads the terminal could."""
_NEWEST: Final = "first_admin_link"


def renew(db: Db, now: datetime) -> str | None:
    """Return a new link's token, or None where there is an admin; the link before is of no use."""
    _revoke(db, now)
    if db.exec(select(RoleRow).where(RoleRow.role == Role.ADMIN)).first() is not None:
        return None
    row = InviteRow(token_hash="", role=Role.ADMIN, name="", created_at=now, expires_at=now + LIFE)
    token = tokens.keep(db, row)
    facts.set_fact(db, _NEWEST, str(row.id), now)
    people.note(db, "invite", now, actor=None, subject=None, after=f"{row.role} {row.id}")
    return token


def _revoke(db: Db, now: datetime) -> None:
    earlier = facts.fact(db, _NEWEST)
    if earlier is not None:
        mine = (col(InviteRow.id) == int(earlier.value), col(InviteRow.used_at).is_(None))
        db.connection().execute(update(InviteRow).where(*mine).values(revoked_at=now))
        facts.forget_fact(db, _NEWEST)
