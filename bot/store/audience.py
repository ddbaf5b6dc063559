"""Whom a chat may be told about: asked for every letter that names somebody, as it leaves.

Only those who may be told of pass; whoever is not known to be one of them does not. So a consent
that ended, a role that was taken away and a person who was erased meanwhile all win.
"""

from collections.abc import Collection, Iterable
from typing import Final

from sqlalchemy import bindparam, exists, literal_column, select, true
from sqlmodel import Session as Db
from sqlmodel import col

from bot.letters import INVITED
from bot.store.statements import THESE, array
from bot.store.tables import (
    AssignmentRow,
    AthleteRow,
    OutboxRow,
    PersonRow,
    Role,
    RoleRow,
)

_ME: Final = (
    select(col(PersonRow.id))
    .where(col(PersonRow.telegram_id) == bindparam("chat"))
    .scalar_subquery()
)
_ADMIN: Final = exists().where(col(RoleRow.person_id) == _ME, col(RoleRow.role) == Role.ADMIN)
_COACHED: Final = exists().where(
    col(AssignmentRow.athlete_id) == col(PersonRow.id),
    col(AssignmentRow.coach_id) == _ME,
    col(AssignmentRow.consented_at).is_not(None),
    col(AssignmentRow.ended_at).is_(None),
    col(AthleteRow.person_id) == col(PersonRow.id),
    col(AthleteRow.erase_at).is_(None),
)
_COACHING: Final = exists().where(
    col(AssignmentRow.athlete_id) == _ME, col(AssignmentRow.coach_id) == col(PersonRow.id)
)
_TOLD: Final = select(col(PersonRow.id)).where(
    col(PersonRow.id).in_(THESE),
    (col(PersonRow.id) == _ME) | _ADMIN | _COACHED | _COACHING,
)
_ADMIN_HERE: Final = (
    select(col(RoleRow.person_id))
    .join(PersonRow, col(PersonRow.id) == col(RoleRow.person_id))
    .where(col(PersonRow.telegram_id) == bindparam("chat"), col(RoleRow.role) == Role.ADMIN)
)
_THOSE = _TOLD.subquery()
_TOLD_BY: Final = (
    select(_THOSE.c.id)
    .select_from(OutboxRow)
    .outerjoin(_THOSE, true())
    .where(
        col(OutboxRow.id) == bindparam("letter"),
        # Written out: with a parameter SQLite would plan anew each time which index serves it.
        col(OutboxRow.state) == literal_column("'sending'"),
    )
)
"""The same with a letter that is being sent: no row where it is gone, one with None for nobody."""


def may_be_told(db: Db, chat_id: int, people: Collection[int]) -> frozenset[int]:
    """Return those of the people whom the person of this chat may be told about.

    That is oneself, one's coaches, the athletes who consented to this coach and do not leave, and
    for an admin everybody who is here or invited.
    """
    values = {"chat": chat_id, "given": array(people)}
    found = db.connection().execute(_TOLD, values).scalars()
    return _with_invited(db, chat_id, found, people)


def _with_invited(
    db: Db, chat_id: int, found: Iterable[int | None], people: Collection[int]
) -> frozenset[int]:
    told = {one for one in found if one is not None}
    invited = {one for one in people if one >= INVITED}
    return frozenset(told | invited if invited and is_admin(db, chat_id) else told)


def is_admin(db: Db, chat_id: int) -> bool:
    """Whether an admin reads this chat."""
    return db.connection().execute(_ADMIN_HERE, {"chat": chat_id}).first() is not None


def allowed(db: Db, letter_id: int, chat_id: int, people: frozenset[int]) -> frozenset[int] | None:
    """Return whom of these people a letter that is being sent may tell of; None if it is gone."""
    values = {"letter": letter_id, "chat": chat_id, "given": array(people)}
    found = db.connection().execute(_TOLD_BY, values).scalars().all()
    return _with_invited(db, chat_id, found, people) if found else None
