"""Who coaches whom: asked by an admin, allowed by the athlete, ended by either.

Data flows only while the athlete's consent stands: `people.coaches_of` is the one gate.
"""

from datetime import datetime
from typing import Final

from sqlalchemy import delete
from sqlmodel import Session as Db
from sqlmodel import col, select

from bot.accounts.sharing.messages import AthleteShares
from bot.store import agreed, outbox, people, personal_data
from bot.store.tables import (
    AlertRow,
    AssignmentRow,
    AuditRow,
    OutboxRow,
    OutboxState,
    PersonRow,
    Role,
    RoleRow,
)

ASK: Final = "assign"
"""The audit row's action of every question."""


def stamp(at: datetime | None) -> int:
    """Return an instant as a button carries it, in milliseconds; 0 for none."""
    return 0 if at is None else round(at.timestamp() * 1000)


def is_active(row: AssignmentRow | None) -> bool:
    """Whether the coach sees the athlete's data."""
    return row is not None and row.consented_at is not None and row.ended_at is None


def is_open(row: AssignmentRow | None) -> bool:
    """Whether the athlete was asked and has not answered."""
    return (
        row is not None
        and row.asked_at is not None
        and row.consented_at is None
        and row.declined_at is None
        and row.ended_at is None
    )


def between(db: Db, athlete_id: int, coach_id: int) -> AssignmentRow | None:
    """Return what there is between an athlete and a coach, ended or not."""
    return db.get(AssignmentRow, (athlete_id, coach_id))


def of_athlete(db: Db, athlete_id: int) -> list[tuple[AssignmentRow, PersonRow]]:
    """Return an athlete's assignments, ended ones too, with the coaches, by name."""
    query = (
        select(AssignmentRow, PersonRow)
        .join(PersonRow, col(PersonRow.id) == col(AssignmentRow.coach_id))
        .where(AssignmentRow.athlete_id == athlete_id)
        .order_by(col(PersonRow.name), col(PersonRow.id))
    )
    return list(db.exec(query))


def of_coach(db: Db, coach_id: int) -> list[tuple[AssignmentRow, PersonRow]]:
    """Return a coach's assignments that are not ended, with the athletes, by name."""
    query = (
        select(AssignmentRow, PersonRow)
        .join(PersonRow, col(PersonRow.id) == col(AssignmentRow.athlete_id))
        .where(AssignmentRow.coach_id == coach_id, col(AssignmentRow.ended_at).is_(None))
        .order_by(col(PersonRow.name), col(PersonRow.id))
    )
    return list(db.exec(query))


def ask(db: Db, athlete_id: int, coach_id: int, actor: int | None, now: datetime) -> AssignmentRow:
    """Open the question whether to share; an older one, answered or not, is replaced."""
    row = between(db, athlete_id, coach_id) or AssignmentRow(
        athlete_id=athlete_id, coach_id=coach_id
    )
    row.asked_at, row.consent_version = now, agreed.SHARING
    row.consented_at = row.declined_at = row.ended_at = row.diary_refused = None
    _keep(db, row, ASK, actor, now)
    return row


def consent(db: Db, row: AssignmentRow, now: datetime) -> None:
    """The athlete agreed to the present text: from now on the coach sees the data."""
    row.consented_at, row.consent_version = now, agreed.SHARING
    row.declined_at = row.ended_at = None
    _keep(db, row, "consent", row.athlete_id, now)


def decline(db: Db, row: AssignmentRow, now: datetime) -> None:
    """The athlete said no."""
    row.declined_at = now
    _keep(db, row, "decline", row.athlete_id, now)


def end(db: Db, row: AssignmentRow, actor: int, now: datetime) -> bool:
    """The coach sees nothing from now on; what was on its way to them about the athlete stays.

    Return whether the coach has heard of the sharing: who was not told of it need not hear its end.
    """
    row.ended_at = now
    _keep(db, row, "unshare" if actor == row.athlete_id else "unassign", actor, now)
    untold = (
        col(AlertRow.coach_id) == row.coach_id,
        col(AlertRow.athlete_id) == row.athlete_id,
        col(AlertRow.outbox_key).is_(None),
    )
    db.connection().execute(delete(AlertRow).where(*untold))
    return AthleteShares.topic not in _hold_back(db, row)


def asked_by(db: Db, row: AssignmentRow) -> int | None:
    """Return the admin who asked the athlete last, while they are one."""
    query = (
        select(AuditRow.actor_id)
        .join(RoleRow, col(RoleRow.person_id) == col(AuditRow.actor_id))
        .where(
            RoleRow.role == Role.ADMIN,
            AuditRow.action == ASK,
            AuditRow.subject_id == row.athlete_id,
            AuditRow.after == coach_in_words(row.coach_id),
        )
        .order_by(col(AuditRow.id).desc())
    )
    return db.exec(query.limit(1)).first()


def coach_in_words(coach_id: int) -> str:
    """Return a coach as an audit row names one."""
    return f"coach {coach_id}"


def _keep(db: Db, row: AssignmentRow, action: str, actor: int | None, now: datetime) -> None:
    db.add(row)
    people.note(
        db, action, now, actor=actor, subject=row.athlete_id, after=coach_in_words(row.coach_id)
    )
    db.flush()


def _hold_back(db: Db, row: AssignmentRow) -> set[object]:
    """Cancel what waits for the coach and tells of this athlete alone; return the topics."""
    held: set[object] = set()
    chat = people.person(db, row.coach_id).telegram_id
    query = select(OutboxRow.key, OutboxRow.body).where(
        OutboxRow.chat_id == chat, OutboxRow.state == OutboxState.PENDING
    )
    for key, body in db.exec(query).all():
        found = outbox.body_of(body)
        if found is not None and personal_data.tells_only_of(found, row.athlete_id):
            outbox.cancel(db, key)
            held.add(found.get("topic"))
    return held
