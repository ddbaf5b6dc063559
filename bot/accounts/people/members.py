"""The people who belong here, and the state each is in, as plain values."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import exists, or_
from sqlmodel import Session as Db
from sqlmodel import col, select

from bot.conversation.message import iso
from bot.conversation.who import About
from bot.store.tables import AthleteRow, PersonRow, Role, RoleRow
from bot.training import occurrences

State = dict[str, Any]
"""What somebody is – "locked", "paused" … – and since or until when."""


def members(db: Db) -> list[PersonRow]:
    """Return everybody who has a role, or data that waits to be erased; by name."""
    has_role = exists().where(col(RoleRow.person_id) == col(PersonRow.id))
    has_data = exists().where(col(AthleteRow.person_id) == col(PersonRow.id))
    query = select(PersonRow).where(or_(has_role, has_data))
    return list(db.exec(query.order_by(col(PersonRow.name), col(PersonRow.id))))


def roles_by_id(db: Db, ids: Collection[int]) -> dict[int, list[str]]:
    """Return the roles of several people, in the order athlete, coach, admin."""
    found: dict[int, list[str]] = {one: [] for one in ids}
    query = select(RoleRow).where(col(RoleRow.person_id).in_(ids))
    for row in db.exec(query):
        found[row.person_id].append(row.role)
    order = [str(role) for role in Role]
    return {one: sorted(roles, key=order.index) for one, roles in found.items()}


def say_roles(db: Db) -> About:
    """Return what stands beside a name on a button: the roles."""
    everyone = [one.id for one in members(db) if one.id is not None]
    roles = roles_by_id(db, everyone)
    return lambda one: ", ".join(roles.get(one.id or 0, []))


def states(db: Db, person: PersonRow, roles: Collection[str], now: datetime) -> list[State]:
    """Return what is not as usual with somebody; nothing for who is simply active.

    "removed" is an athlete whose role an admin took away, "leaving" one who asked for it.
    """
    found: list[State] = []
    athlete = db.get(AthleteRow, person.id)
    if athlete is not None and athlete.erase_at is not None:
        why = "leaving" if Role.ATHLETE in roles else "removed"
        found.append({"is": why, "until": iso(athlete.erase_at)})
    elif athlete is not None:
        found += _barred(db, athlete, now)
    if person.telegram_id is None:
        found.append({"is": "unlinked"})
    elif person.unreachable_since is not None:
        found.append({"is": "unreachable", "since": iso(person.unreachable_since)})
    return found


def _barred(db: Db, athlete: AthleteRow, now: datetime) -> list[State]:
    found: list[State] = []
    if athlete.locked_at is not None:
        found.append({"is": "locked", "since": iso(athlete.locked_at)})
    if occurrences.is_paused(db, athlete.person_id, now):
        found.append({"is": "paused", "back_on": iso(athlete.paused_until)})
    return found
