"""What the database holds about one person, table by table: to hand it out, and to delete it.

Everything an athlete trains with hangs on the athlete's row by ON DELETE CASCADE. What does not
– messages, updates, audit rows, invites – is found here by id, by chat, and at last by name.
"""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, delete, or_, select, update
from sqlmodel import Session as Db
from sqlmodel import SQLModel, col

from bot.store import audience, seen, wrong_tokens
from bot.store.outbox import body_of
from bot.store.tables import (
    AlertRow,
    AssignmentRow,
    AthleteRow,
    AuditRow,
    BroadcastRow,
    CoachRow,
    EnrolmentRow,
    HoldRow,
    InboxRow,
    InviteRow,
    MorningEditRow,
    MorningRow,
    NoteRow,
    OccurrenceRow,
    OutboxRow,
    PersonRow,
    PlanRow,
    RatingRow,
    RedFlagRow,
    Role,
    RoleRow,
    SessionRow,
    StartRow,
    SummaryRow,
    ToldDaysRow,
)


@dataclass(frozen=True, slots=True)
class Subject:
    """The person in question. `telegram_id` is 0 for somebody who never joined."""

    person_id: int
    telegram_id: int
    name: str


def about(db: Db, person_id: int) -> Subject:
    """Return the person, who must exist, as the subject of a question."""
    person = db.get(PersonRow, person_id)
    assert person is not None
    return Subject(person_id, person.telegram_id or 0, person.name)


@dataclass(frozen=True, slots=True)
class Held:
    """Rows of `model` that belong to the person by `column`, without the `hidden` columns."""

    section: str
    model: type[SQLModel]
    column: str
    hidden: frozenset[str] = frozenset()


_OF_OTHERS: Final = frozenset({"token_hash", "name", "used_by", "person_id"})
_OF_COMMANDS: Final = ("command:", "choice:")
"""How the step begins where a command waits for words, which may be about somebody else."""
_OF_ATHLETES: Final = frozenset({"athlete_id", "key", "value", "body", "outbox_key"})
HELD: Final = (
    Held("person", PersonRow, "id"),
    Held("roles", RoleRow, "person_id"),
    Held("athlete", AthleteRow, "person_id"),
    Held("coaches", AssignmentRow, "athlete_id"),
    Held("coaching", AssignmentRow, "coach_id"),
    Held("plans", PlanRow, "athlete_id"),
    Held("days", OccurrenceRow, "athlete_id"),
    Held("sessions", SessionRow, "athlete_id"),
    Held("starts", StartRow, "athlete_id"),
    Held("holds", HoldRow, "session_id"),
    Held("ratings", RatingRow, "athlete_id"),
    Held("red_flags", RedFlagRow, "athlete_id"),
    Held("enrolment", EnrolmentRow, "telegram_id"),
    Held("mornings", MorningRow, "athlete_id"),
    Held("morning_edits", MorningEditRow, "athlete_id"),
    Held("told_days", ToldDaysRow, "athlete_id"),
    Held("alerts", AlertRow, "athlete_id"),
    Held("notes", NoteRow, "athlete_id"),
    Held("notes_written", NoteRow, "author_id", frozenset({"text", "athlete_id"})),
    Held("coach_settings", CoachRow, "person_id"),
    Held("summaries", SummaryRow, "coach_id"),
    Held("alerts_received", AlertRow, "coach_id", _OF_ATHLETES),
    Held("broadcasts", BroadcastRow, "by_id"),
    Held("invites_used", InviteRow, "used_by", frozenset({"token_hash"})),
    Held("invites_to_move", InviteRow, "person_id", frozenset({"token_hash", "created_by"})),
    Held("invites_written", InviteRow, "created_by", _OF_OTHERS),
    Held("changes", AuditRow, "subject_id"),
    Held("changes_made", AuditRow, "actor_id", frozenset({"subject_id", "before", "after"})),
    Held("messages_received", InboxRow, "chat_id"),
    Held("messages_sent", OutboxRow, "chat_id"),
)
"""Every table with a path to a person."""

LEFT_OUT: Final = {
    "seen": "Hashes that tell an update that comes twice, for a week; nothing can be read from "
    "them, and the updates themselves are in messages_received.",
    "fact": "Values about this installation; and, for an hour or so, when an account opened links "
    "that do not exist; for a coach or admin, which command menu their chat has.",
    "plan.created_by": "A plan belongs to its athlete; that it was written is in changes_made.",
    "red_flag.cleared_by": "A red flag belongs to its athlete; see changes_made.",
    "invite.token_hash": "A secret of the installation; it says nothing about a person.",
    "invite.created_by": "In links that move you: somebody else.",
    "invite.name": "In invites written: the name of somebody else.",
    "invite.used_by": "In invites written: somebody else.",
    "invite.person_id": "In invites written: somebody else.",
    "audit.subject_id": "In changes made to others: somebody else.",
    "audit.before": "In changes made to others: their data.",
    "audit.after": "In changes made to others: their data.",
    "note.text": "In notes written: about somebody else.",
    "note.athlete_id": "In notes written: somebody else.",
    "alert.athlete_id": "In alerts received: somebody else.",
    "alert.key": "In alerts received: it names somebody else.",
    "alert.value": "In alerts received: somebody else's pain.",
    "alert.body": "In alerts received: somebody else's data.",
    "alert.outbox_key": "In alerts received: it names somebody else.",
    "outbox.body": "In messages about other athletes: those athletes' data.",
}
"""What an export does not contain, and why."""

_BY_CHAT: Final = frozenset({"chat_id", "telegram_id"})


def rows(db: Db, subject: Subject, held: Held) -> list[dict[str, Any]]:
    """Return the person's rows of one section, oldest key first, column by column."""
    table: Any = held.model.__table__  # type: ignore[attr-defined]
    query = select(table).where(_is(table.c[held.column], subject)).order_by(*table.primary_key)
    shown = [column.name for column in table.columns if column.name not in held.hidden]
    return [
        {name: row[name] for name in shown} for row in db.connection().execute(query).mappings()
    ]


def _is(column: ColumnElement[Any], subject: Subject) -> ColumnElement[bool]:
    name = getattr(column, "name", "")
    if name in _BY_CHAT:
        return column == subject.telegram_id
    if name == "session_id":
        return column.in_(_sessions(subject))
    return column == subject.person_id


def _sessions(subject: Subject) -> Any:
    return select(col(SessionRow.id)).where(col(SessionRow.athlete_id) == subject.person_id)


# ---- letters about somebody -----------------------------------------------------------


def letters_about(db: Db, subject: Subject) -> list[dict[str, Any]]:
    """Return the letters in other people's chats that tell about the person.

    By the athlete's id; where a letter names none, by the name as a whole word, and then only
    in the chats of coaches and admins: nobody else is told about an athlete.
    """
    table: Any = OutboxRow.__table__  # type: ignore[attr-defined]
    name = json.dumps(subject.name, ensure_ascii=False)[1:-1]
    query = select(table).where(
        table.c.chat_id != subject.telegram_id,
        or_(
            table.c.session_id.in_(_sessions(subject)),
            table.c.body.contains(f'_id": {subject.person_id}', autoescape=True),
            table.c.body.contains(name, autoescape=True),
        ),
    )
    staff = _staff_chats(db)
    found = db.connection().execute(query.order_by(table.c.id)).mappings()
    return [dict(row) for row in found if _tells(row, subject, staff)]


def _tells(row: Any, subject: Subject, staff: set[int]) -> bool:
    body = body_of(row["body"])
    if body is None:  # nobody can say whom else it names
        number = re.search(rf'_id": {subject.person_id}(?!\d)', row["body"])
        return number is not None or names(subject.name, row["body"])
    named = set(audience.ids(body))
    if named:
        return subject.person_id in named
    return row["chat_id"] in staff and names(subject.name, " ".join(_texts(body)))


def tells_of_another(body: Any, person_id: int) -> bool:
    """Whether a letter's body names an athlete, and not this one."""
    named = set(audience.ids(body))
    return bool(named) and person_id not in named


def without_others(body: Any, person_id: int) -> Any:
    """Return a letter's body without what it tells of other athletes; None if nothing is left.

    Of a list, such as a summary's, only what is about the person or about nobody stays. A body
    that cannot be read is left out.
    """
    if isinstance(body, str):
        return None
    left = _left(body, person_id)
    return left if set(audience.ids(left)) <= {person_id} else None


def _left(value: Any, person_id: int) -> Any:
    if tells_of_another(value, person_id):
        return None
    if isinstance(value, dict):
        return {key: _left(inner, person_id) for key, inner in value.items()}
    if isinstance(value, list):
        return [_left(one, person_id) for one in value if not tells_of_another(one, person_id)]
    return value


def tells_only_of(body: Any, person_id: int) -> bool:
    """Whether a letter's body names this athlete and nobody else."""
    return set(audience.ids(body)) == {person_id}


def names(name: str, text: str) -> bool:
    """Whether `name` is in `text` as whole words, in any case."""
    wanted = rf"(?<!\w){re.escape(name.casefold())}(?!\w)"
    return bool(name) and re.search(wanted, text.casefold()) is not None


def _staff_chats(db: Db) -> set[int]:
    query = (
        select(col(PersonRow.telegram_id))
        .join(RoleRow, col(RoleRow.person_id) == col(PersonRow.id))
        .where(col(RoleRow.role).in_((Role.COACH, Role.ADMIN)))
    )
    return {chat for chat in db.connection().execute(query).scalars() if chat is not None}


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list):
        for inner in value.values() if isinstance(value, dict) else value:
            yield from _texts(inner)


# ---- forgetting -----------------------------------------------------------------------


def waits(db: Db, subject: Subject) -> bool:
    """Whether something this person sent is not handled yet."""
    query = select(col(InboxRow.update_id)).where(
        col(InboxRow.chat_id) == subject.telegram_id, col(InboxRow.handled_at).is_(None)
    )
    return db.connection().execute(query.limit(1)).first() is not None


def forget(db: Db, subject: Subject, now: datetime, *, stays: bool) -> None:
    """Delete everything about an athlete; who `stays` is a coach or admin and keeps that."""
    db.flush()
    run = db.connection().execute
    _forget_letters(db, subject, stays=stays)
    seen.forget(db, subject.telegram_id)
    _forget_updates(db, subject)
    _forget_changes(db, subject, stays=stays)
    _forget_invites(db, subject, now, stays=stays)
    wrong_tokens.forget(db, subject.telegram_id)
    _forget_questions(db, subject)
    run(delete(AthleteRow).where(col(AthleteRow.person_id) == subject.person_id))
    role = col(RoleRow.person_id) == subject.person_id
    run(delete(RoleRow).where(role, col(RoleRow.role) == Role.ATHLETE))
    if not stays:
        run(delete(PersonRow).where(col(PersonRow.id) == subject.person_id))
    db.expire_all()


def _forget_questions(db: Db, subject: Subject) -> None:
    """Delete what is awaited of the person, and what others were asked about them."""
    about = re.compile(rf"#{subject.person_id}\b")
    rows = select(col(EnrolmentRow.telegram_id), col(EnrolmentRow.step), col(EnrolmentRow.answers))
    for account, step, answers in db.connection().execute(rows).all():
        told = step.startswith(_OF_COMMANDS) and (
            about.search(answers) or names(subject.name, " ".join(_texts([json.loads(answers)])))
        )
        if account == subject.telegram_id or told:
            forgotten = delete(EnrolmentRow).where(col(EnrolmentRow.telegram_id) == account)
            db.connection().execute(forgotten)


def _forget_letters(db: Db, subject: Subject, *, stays: bool) -> None:
    query = select(col(OutboxRow.id), col(OutboxRow.body)).where(
        col(OutboxRow.chat_id) == subject.telegram_id
    )
    ids = [row["id"] for row in letters_about(db, subject)]
    for row_id, body in db.connection().execute(query):
        if not (stays and tells_of_another(body_of(body), subject.person_id)):
            ids.append(row_id)
    for row_id in ids:
        db.connection().execute(delete(OutboxRow).where(col(OutboxRow.id) == row_id))


def _forget_updates(db: Db, subject: Subject) -> None:
    """Empty the person's updates, and those in which others typed the name or number.

    The update's number stays, so that Telegram's repetition of it is recognised.
    """
    written = [json.dumps(subject.name, ensure_ascii=ascii_)[1:-1] for ascii_ in (True, False)]
    written.append(_number(subject))
    payload = col(InboxRow.payload)
    query = select(col(InboxRow.update_id), col(InboxRow.chat_id), payload).where(
        col(InboxRow.handled_at).is_not(None),
        or_(
            col(InboxRow.chat_id) == subject.telegram_id,
            *(payload.contains(text, autoescape=True) for text in written),
        ),
    )
    for update_id, chat_id, text in db.connection().execute(query).all():
        if chat_id == subject.telegram_id or _typed(text, subject):
            db.connection().execute(
                update(InboxRow)
                .where(col(InboxRow.update_id) == update_id)
                .values(payload="", chat_id=None, error=None)
            )


def _number(subject: Subject) -> str:
    return str(subject.telegram_id or subject.name)


def _typed(payload: str, subject: Subject) -> bool:
    """Whether somebody else's update holds the person's name or Telegram id."""
    if names(_number(subject), payload):
        return True
    try:
        texts = " ".join(_texts(json.loads(payload)))
    except ValueError:
        texts = payload
    return names(subject.name, texts)


def _forget_changes(db: Db, subject: Subject, *, stays: bool) -> None:
    """Reduce audit rows: that something was changed, and when, but not for whom or to what."""
    whose, by = col(AuditRow.subject_id), col(AuditRow.actor_id)
    mine = by == subject.person_id
    run = db.connection().execute
    run(update(AuditRow).where(whose == subject.person_id, mine).values(actor_id=None))
    bare = {"subject_id": None, "before": None, "after": None}
    run(update(AuditRow).where(whose == subject.person_id).values(**bare))
    if not stays:
        run(update(AuditRow).where(mine).values(actor_id=None, **bare))
    query = select(col(AuditRow.id), col(AuditRow.before), col(AuditRow.after)).where(
        whose.is_(None)
    )
    for row_id, before, after in run(query).all():
        if names(subject.name, f"{before or ''} {after or ''}"):
            run(update(AuditRow).where(col(AuditRow.id) == row_id).values(before=None, after=None))


def _forget_invites(db: Db, subject: Subject, now: datetime, *, stays: bool) -> None:
    """Delete the links the person used or was to be moved by, and dead ones for the name.

    Who stays keeps the link that granted the other role, and an open one to move by.
    """
    used = col(InviteRow.used_by) == subject.person_id
    move = col(InviteRow.person_id) == subject.person_id
    dead = or_(col(InviteRow.revoked_at).is_not(None), col(InviteRow.expires_at) <= now)
    if stays:
        used &= col(InviteRow.role) == Role.ATHLETE
        move &= dead
    unused = col(InviteRow.used_by).is_(None) & (col(InviteRow.name) == subject.name)
    db.connection().execute(delete(InviteRow).where(or_(used, move, unused & dead)))
