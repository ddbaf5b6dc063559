"""The people who belong here, and the state each is in."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import exists, or_
from sqlmodel import Session as Db
from sqlmodel import col, select

from bot.accounts.people.messages import Condition, PersonState
from bot.accounts.roles import RoleName
from bot.conversation.who import About
from bot.store.tables import AthleteRow, PersonRow, Role, RoleRow
from bot.training import occurrences


def members(db: Db) -> list[PersonRow]:
    """Return everybody who has a role, or data that waits to be erased; by name."""
    has_role = exists().where(col(RoleRow.person_id) == col(PersonRow.id))
    has_data = exists().where(col(AthleteRow.person_id) == col(PersonRow.id))
    query = select(PersonRow).where(or_(has_role, has_data))
    return list(db.exec(query.order_by(col(PersonRow.name), col(PersonRow.id))))


def roles_by_id(db: Db, ids: Collection[int]) -> dict[int, tuple[RoleName, ...]]:
    """Return the roles of several people, in the order athlete, coach, admin."""
    query = select(RoleRow).where(col(RoleRow.person_id).in_(ids))
    held = {(row.person_id, row.role) for row in db.exec(query)}
    return {one: tuple(role.value for role in Role if (one, role) in held) for one in ids}


def say_roles(db: Db) -> About:
    """Return what stands beside a name on a button: the roles."""
    everyone = [one.id for one in members(db) if one.id is not None]
    roles = roles_by_id(db, everyone)
    return lambda one: ", ".join(roles.get(one.id or 0, ()))


def states(
    db: Db, person: PersonRow, roles: Collection[str], now: datetime
) -> tuple[PersonState, ...]:
    """Return what is not as usual with somebody; nothing for who is simply active."""
    found: list[PersonState] = []
    athlete = db.get(AthleteRow, person.id)
    if athlete is not None and athlete.erase_at is not None:
        why = Condition.LEAVING if Role.ATHLETE in roles else Condition.REMOVED
        found.append(PersonState(why, until=athlete.erase_at))
    elif athlete is not None:
        found += _barred(db, athlete, now)
    if person.telegram_id is None:
        found.append(PersonState(Condition.UNLINKED))
    elif person.unreachable_since is not None:
        found.append(PersonState(Condition.UNREACHABLE, since=person.unreachable_since))
    return tuple(found)


def _barred(db: Db, athlete: AthleteRow, now: datetime) -> list[PersonState]:
    found: list[PersonState] = []
    if athlete.locked_at is not None:
        found.append(PersonState(Condition.LOCKED, since=athlete.locked_at))
    if occurrences.is_paused(db, athlete.person_id, now):
        found.append(PersonState(Condition.PAUSED, back_on=athlete.paused_until))
    return found
