"""Who is who: people, roles, athletes, their coaches and plans."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, time
from typing import Final

from sqlalchemy import bindparam, exists, text
from sqlalchemy import select as columns
from sqlmodel import Session as Db
from sqlmodel import col, select

from bot.protocol.calendar.quiet_hours import QuietHours
from bot.protocol.names import called, is_visible
from bot.store.tables import (
    IS_LIVE,
    AssignmentRow,
    AthleteRow,
    AuditRow,
    CoachRow,
    EnrolmentRow,
    PersonRow,
    PlanRow,
    RedFlagRow,
    Role,
    RoleRow,
    SessionRow,
)


@dataclass(frozen=True, slots=True)
class Who:
    """The person behind a Telegram account, as far as rights are concerned.

    `person_id` is None for a stranger; `step` is the enrolment step under way, if any; `in_session`
    is whether there is a session that is not closed.
    """

    telegram_id: int
    person_id: int | None = None
    name: str = ""
    roles: frozenset[Role] = frozenset()
    step: str | None = None
    in_session: bool = False


_STEP: Final = columns(col(EnrolmentRow.step)).where(
    col(EnrolmentRow.telegram_id) == bindparam("account")
)
_WHO: Final = (
    columns(
        col(PersonRow.id),
        col(PersonRow.name),
        col(RoleRow.role),
        _STEP.scalar_subquery(),
        exists()
        .where(col(SessionRow.athlete_id) == col(PersonRow.id), text(IS_LIVE))
        .correlate(PersonRow),
    )
    .outerjoin(RoleRow, col(RoleRow.person_id) == col(PersonRow.id))
    .where(col(PersonRow.telegram_id) == bindparam("account"))
)


def who_is(db: Db, telegram_id: int) -> Who:
    """Return who uses this Telegram account."""
    db.flush()
    account = {"account": telegram_id}
    found = db.connection().execute(_WHO, account).all()
    if not found:
        return Who(telegram_id, step=db.connection().execute(_STEP, account).scalar_one_or_none())
    person_id, name, _role, step, in_session = found[0]
    roles = frozenset(Role(row.role) for row in found if row.role is not None)
    return Who(telegram_id, person_id, name, roles, step, bool(in_session))


_OF_ACCOUNT: Final = select(PersonRow).where(PersonRow.telegram_id == bindparam("telegram"))


def by_telegram(db: Db, telegram_id: int) -> PersonRow | None:
    """Return the person with this Telegram id, or None."""
    return db.exec(_OF_ACCOUNT, params={"telegram": telegram_id}).one_or_none()


def roles_of(db: Db, person_id: int) -> frozenset[Role]:
    """Return the person's roles."""
    found = db.exec(select(RoleRow.role).where(RoleRow.person_id == person_id))
    return frozenset(Role(role) for role in found)


def grant(db: Db, person_id: int, role: Role) -> None:
    """Give a person a role; giving it again changes nothing."""
    if db.get(RoleRow, (person_id, role)) is None:
        db.add(RoleRow(person_id=person_id, role=role))
        db.flush()


def revoke(db: Db, person_id: int, role: Role) -> None:
    """Take a role away from a person who may have it."""
    row = db.get(RoleRow, (person_id, role))
    if row is not None:
        db.delete(row)
        db.flush()


def with_role(db: Db, role: Role) -> list[PersonRow]:
    """Return the people with `role`, by name."""
    query = (
        select(PersonRow)
        .join(RoleRow, col(RoleRow.person_id) == col(PersonRow.id))
        .where(RoleRow.role == role)
        .order_by(col(PersonRow.name), col(PersonRow.id))
    )
    return list(db.exec(query))


_STAFF: Final = (
    columns(col(PersonRow.telegram_id), col(RoleRow.role))
    .join(RoleRow, col(RoleRow.person_id) == col(PersonRow.id))
    .where(
        col(PersonRow.telegram_id).is_not(None),
        col(PersonRow.id).in_(
            columns(col(RoleRow.person_id)).where(
                col(RoleRow.role).in_(bindparam("roles", expanding=True))
            )
        ),
    )
    .order_by(col(PersonRow.id), col(RoleRow.role))
)


def chats_with(db: Db, roles: Iterable[Role]) -> dict[int, frozenset[Role]]:
    """Return the chats of the people with one of these roles, by person, and all roles of each."""
    found: dict[int, set[Role]] = {}
    for chat, role in db.connection().execute(_STAFF, {"roles": list(roles)}):
        assert chat is not None
        found.setdefault(chat, set()).add(Role(role))
    return {chat: frozenset(mine) for chat, mine in found.items()}


NAMELESS: Final = "Athlete"
"""Stands for a name of which nothing can be seen, until its person has a number."""


def join(db: Db, telegram_id: int, name: str, role: Role, now: datetime) -> PersonRow:
    """Return the person of this account with `role`, made now if there is none.

    Who is known from the settings alone gets the name; whose name shows nothing, a number.
    """
    person = by_telegram(db, telegram_id) or PersonRow(
        telegram_id=telegram_id, name=name, created_at=now
    )
    if person.joined_at is None:
        person.name, person.joined_at = name, now
    db.add(person)
    db.flush()
    assert person.id is not None
    if person.name == NAMELESS or not is_visible(person.name):
        person.name = called("", person.id, role.value.capitalize())
        db.add(person)
    grant(db, person.id, role)
    return person


def person(db: Db, person_id: int) -> PersonRow:
    """Return a person who must exist."""
    found = db.get(PersonRow, person_id)
    assert found is not None
    return found


def athlete(db: Db, person_id: int) -> AthleteRow:
    """Return an athlete who must exist."""
    found = db.get(AthleteRow, person_id)
    assert found is not None
    return found


_THEIR_COACHES: Final = (
    select(PersonRow)
    .join(AssignmentRow, col(AssignmentRow.coach_id) == col(PersonRow.id))
    .join(AthleteRow, col(AthleteRow.person_id) == col(AssignmentRow.athlete_id))
    .where(
        AssignmentRow.athlete_id == bindparam("athlete"),
        col(AthleteRow.erase_at).is_(None),
        col(AssignmentRow.consented_at).is_not(None),
        col(AssignmentRow.ended_at).is_(None),
        col(PersonRow.telegram_id).is_not(None),
    )
    .order_by(col(PersonRow.id))
)


def coaches_of(db: Db, athlete_id: int) -> list[PersonRow]:
    """Return the coaches this athlete consented to, and who joined; none while leaving."""
    return list(db.exec(_THEIR_COACHES, params={"athlete": athlete_id}))


def has_reachable_coach(db: Db, athlete_id: int, *, but: int | None = None) -> bool:
    """Whether a coach the athlete consented to can be told something; `but` is not looked at."""
    found = coaches_of(db, athlete_id)
    return any(one.unreachable_since is None and one.id != but for one in found)


def coaches(db: Db, coach_id: int, athlete_id: int) -> bool:
    """Whether this coach may see this athlete."""
    return any(found.id == coach_id for found in coaches_of(db, athlete_id))


_NEWEST_PLAN: Final = (
    select(PlanRow)
    .where(PlanRow.athlete_id == bindparam("athlete"))
    .order_by(col(PlanRow.version).desc())
    .limit(1)
)


def plan(db: Db, athlete_id: int) -> PlanRow:
    """Return the athlete's newest plan version."""
    return db.exec(_NEWEST_PLAN, params={"athlete": athlete_id}).one()


def open_flags(db: Db, athlete_id: int) -> list[RedFlagRow]:
    """Return the athlete's red flags that no coach has cleared."""
    query = select(RedFlagRow).where(
        RedFlagRow.athlete_id == athlete_id, col(RedFlagRow.cleared_at).is_(None)
    )
    return list(db.exec(query.order_by(col(RedFlagRow.id))))


def raise_flag(
    db: Db, athlete_id: int, kind: str, now: datetime, *, session_id: int | None
) -> bool:
    """Keep a red flag; False when one of this kind is open already."""
    if any(found.kind == kind for found in open_flags(db, athlete_id)):
        return False
    db.add(RedFlagRow(athlete_id=athlete_id, kind=kind, at=now, session_id=session_id))
    db.flush()
    return True


def find_athlete(db: Db, person_id: int) -> AthleteRow | None:
    """Return the athlete with this id, or None."""
    return db.get(AthleteRow, person_id)


_ATHLETES: Final = (
    select(PersonRow)
    .join(AthleteRow, col(AthleteRow.person_id) == col(PersonRow.id))
    .order_by(col(PersonRow.name), col(PersonRow.id))
)
_ATHLETES_OF: Final = _ATHLETES.join(
    AssignmentRow, col(AssignmentRow.athlete_id) == col(PersonRow.id)
).where(
    AssignmentRow.coach_id == bindparam("coach"),
    col(AthleteRow.erase_at).is_(None),
    col(AssignmentRow.consented_at).is_not(None),
    col(AssignmentRow.ended_at).is_(None),
)


def athletes(db: Db, coach_id: int | None) -> list[PersonRow]:
    """Return the athletes who consented to this coach, or all for None; by name.

    Who asked for erasure, or was removed, is no coach's athlete any more.
    """
    if coach_id is None:
        return list(db.exec(_ATHLETES))
    return list(db.exec(_ATHLETES_OF, params={"coach": coach_id}))


def everyone(db: Db) -> list[PersonRow]:
    """Return all people, by name."""
    return list(db.exec(select(PersonRow).order_by(col(PersonRow.name), col(PersonRow.id))))


def note(
    db: Db,
    action: str,
    now: datetime,
    *,
    actor: int | None,
    subject: int | None,
    before: str | None = None,
    after: str | None = None,
) -> None:
    """Write an audit row."""
    db.add(
        AuditRow(
            at=now, actor_id=actor, subject_id=subject, action=action, before=before, after=after
        )
    )


def quiet_hours_of_coach(db: Db, coach_id: int) -> QuietHours:
    """Return the hours in which only a red flag rings; the usual ones for who has set none."""
    row, usual = db.get(CoachRow, coach_id), CoachRow.model_fields
    start = usual["quiet_start"].default if row is None else row.quiet_start
    end = usual["quiet_end"].default if row is None else row.quiet_end
    return QuietHours(time.fromisoformat(start), time.fromisoformat(end))
