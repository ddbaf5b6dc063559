"""Whom a chat may be told about: asked for every letter that names somebody, as it leaves.

Only those who may be told of pass; whoever is not known to be one of them does not. So a consent
that ended, a role that was taken away and a person who was erased meanwhile all win.
"""

from collections.abc import Collection

from sqlalchemy import exists, select
from sqlmodel import Session as Db
from sqlmodel import col

from bot.letters import INVITED
from bot.store.tables import (
    AssignmentRow,
    AthleteRow,
    OutboxRow,
    OutboxState,
    PersonRow,
    Role,
    RoleRow,
)


def may_be_told(db: Db, chat_id: int, people: Collection[int]) -> frozenset[int]:
    """Return those of the people whom the person of this chat may be told about.

    That is oneself, one's coaches, the athletes who consented to this coach and do not leave, and
    for an admin everybody who is here or invited.
    """
    me = select(col(PersonRow.id)).where(col(PersonRow.telegram_id) == chat_id).scalar_subquery()
    admin = exists().where(col(RoleRow.person_id) == me, col(RoleRow.role) == Role.ADMIN)
    coached = exists().where(
        col(AssignmentRow.athlete_id) == col(PersonRow.id),
        col(AssignmentRow.coach_id) == me,
        col(AssignmentRow.consented_at).is_not(None),
        col(AssignmentRow.ended_at).is_(None),
        col(AthleteRow.person_id) == col(PersonRow.id),
        col(AthleteRow.erase_at).is_(None),
    )
    coaching = exists().where(
        col(AssignmentRow.athlete_id) == me, col(AssignmentRow.coach_id) == col(PersonRow.id)
    )
    query = select(col(PersonRow.id)).where(
        col(PersonRow.id).in_(people), (col(PersonRow.id) == me) | admin | coached | coaching
    )
    found = {one for one in db.connection().execute(query).scalars() if one is not None}
    invited = {one for one in people if one >= INVITED}
    return frozenset(found | invited if invited and is_admin(db, chat_id) else found)


def is_admin(db: Db, chat_id: int) -> bool:
    """Whether an admin reads this chat."""
    query = (
        select(col(RoleRow.person_id))
        .join(PersonRow, col(PersonRow.id) == col(RoleRow.person_id))
        .where(col(PersonRow.telegram_id) == chat_id, col(RoleRow.role) == Role.ADMIN)
    )
    return db.connection().execute(query).first() is not None


def allowed(db: Db, letter_id: int, chat_id: int, people: frozenset[int]) -> frozenset[int] | None:
    """Return whom of these people a letter that is being sent may tell of; None if it is gone."""
    query = select(col(OutboxRow.id)).where(
        col(OutboxRow.id) == letter_id, col(OutboxRow.state) == OutboxState.SENDING
    )
    if db.connection().execute(query).first() is None:
        return None
    return may_be_told(db, chat_id, people)
