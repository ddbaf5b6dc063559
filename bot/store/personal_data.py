"""What the database holds about one person, table by table.

What hangs on the person's row is found by its id, messages by chat, and at last by name.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import ColumnElement, or_, select, union
from sqlmodel import Session as Db
from sqlmodel import SQLModel, col

from bot.store import outbox
from bot.store.mentions import Mention
from bot.store.outbox import body_of
from bot.store.tables import (
    AlertRow,
    AssignmentRow,
    AthleteRow,
    AuditRow,
    BroadcastRow,
    CoachRow,
    EnrolmentRow,
    GivenTipRow,
    HoldRow,
    InboxRow,
    InviteCoachRow,
    InviteRow,
    LoadEntryRow,
    LoadSettingsRow,
    LoadTestRow,
    MorningEditRow,
    MorningRow,
    NoteRow,
    OccurrenceRow,
    OutboxRow,
    OwnPictureRow,
    PersonRow,
    PlanRow,
    RatingRow,
    RedFlagRow,
    RestrictionRow,
    Role,
    RoleRow,
    SessionRow,
    StartRow,
    SummaryRow,
    ToldDaysRow,
    WatchFileRow,
    WeeklyCheckRow,
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
_OF_RESTRICTED: Final = frozenset({"athlete_id", "extra", "until_day", "until_stage"})
HELD: Final = (
    Held("person", PersonRow, "id"),
    Held("roles", RoleRow, "person_id"),
    Held("athlete", AthleteRow, "person_id"),
    Held("coaches", AssignmentRow, "athlete_id"),
    Held("coaching", AssignmentRow, "coach_id"),
    Held("plans", PlanRow, "athlete_id"),
    Held("pictures", OwnPictureRow, "athlete_id"),
    Held("pictures_given", OwnPictureRow, "by_id", frozenset({"athlete_id"})),
    Held("days", OccurrenceRow, "athlete_id"),
    Held("sessions", SessionRow, "athlete_id"),
    Held("starts", StartRow, "athlete_id"),
    Held("holds", HoldRow, "session_id"),
    Held("ratings", RatingRow, "athlete_id"),
    Held("red_flags", RedFlagRow, "athlete_id"),
    Held("enrolment", EnrolmentRow, "telegram_id"),
    Held("mornings", MorningRow, "athlete_id"),
    Held("morning_edits", MorningEditRow, "athlete_id"),
    Held("load_entries", LoadEntryRow, "athlete_id"),
    Held("load_settings", LoadSettingsRow, "athlete_id"),
    Held("load_tests", LoadTestRow, "athlete_id"),
    Held("tips", GivenTipRow, "athlete_id"),
    Held("weekly_checks", WeeklyCheckRow, "athlete_id"),
    Held("restrictions", RestrictionRow, "athlete_id"),
    Held("restrictions_made", RestrictionRow, "by_id", _OF_RESTRICTED),
    Held("watch_files", WatchFileRow, "athlete_id"),
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
    Held("coaching_to_come", InviteCoachRow, "coach_id", frozenset({"invite_id", "asked_by"})),
    Held("coaches_asked_for", InviteCoachRow, "asked_by", frozenset({"invite_id", "coach_id"})),
    Held("changes", AuditRow, "subject_id"),
    Held("changes_made", AuditRow, "actor_id", frozenset({"subject_id", "before", "after"})),
    Held("messages_received", InboxRow, "chat_id", frozenset({"digest"})),
    Held("messages_sent", OutboxRow, "chat_id"),
)
"""Every table with a path to a person."""

LEFT_OUT: Final = {
    "lease": "Which machine runs the bot.",
    "node": "Which machines could.",
    "seen": "Hashes that tell an update that comes twice, for a week; nothing can be read from "
    "them, and the updates themselves are in messages_received.",
    "fact": "Values about this installation; and, for an hour or so, when an account opened links "
    "that do not exist; for a coach or admin, which command menu their chat has.",
    "erasure": "Salted hashes of who was erased; nothing can be read from them.",
    "plan.created_by": "A plan belongs to its athlete; that it was written is in changes_made.",
    "red_flag.cleared_by": "A red flag belongs to its athlete; see changes_made.",
    "inbox.digest": "A hash that tells an update that comes twice, for a week; nothing can be read "
    "from it, and the update itself is in messages_received.",
    "invite.token_hash": "A secret of the installation; it says nothing about a person.",
    "invite.created_by": "In links that move you: somebody else.",
    "invite.name": "In invites written: the name of somebody else.",
    "invite.used_by": "In invites written: somebody else.",
    "invite.person_id": "In invites written: somebody else.",
    "invite_coach.invite_id": "A link to somebody who has not joined yet: not about you.",
    "invite_coach.asked_by": "In coaching to come: somebody else.",
    "invite_coach.coach_id": "In coaches asked for: somebody else.",
    "audit.subject_id": "In changes made to others: somebody else.",
    "audit.before": "In changes made to others: their data.",
    "audit.after": "In changes made to others: their data.",
    "own_picture.athlete_id": "In pictures given: somebody else.",
    "note.text": "In notes written: about somebody else.",
    "note.athlete_id": "In notes written: somebody else.",
    "alert.athlete_id": "In alerts received: somebody else.",
    "alert.key": "In alerts received: it names somebody else.",
    "alert.value": "In alerts received: somebody else's pain.",
    "alert.body": "In alerts received: somebody else's data.",
    "alert.outbox_key": "In alerts received: it names somebody else.",
    "restriction.athlete_id": "In restrictions made: somebody else.",
    "restriction.extra": "In restrictions made: somebody else's programme.",
    "restriction.until_day": "In restrictions made: somebody else's programme.",
    "restriction.until_stage": "In restrictions made: somebody else's programme.",
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
    mention = mention_of(db, subject)
    query = select(table).where(
        table.c.chat_id != subject.telegram_id,
        or_(
            table.c.session_id.in_(_sessions(subject)),
            table.c.body.contains(f'_id": {subject.person_id}', autoescape=True),
            mention.maybe(table.c.body),
        ),
    )
    staff = staff_chats(db)
    found = db.connection().execute(query.order_by(table.c.id)).mappings()
    return [dict(row) for row in found if _tells(row, subject, mention, staff)]


def _tells(row: Any, subject: Subject, mention: Mention, staff: set[int]) -> bool:
    body = body_of(row["body"])
    if body is None:  # nobody can say whom else it names
        number = re.search(rf'_id": {subject.person_id}(?!\d)', row["body"])
        return number is not None or mention.touches(row["body"])
    named = set(outbox.people_in(body))
    if named:
        return subject.person_id in named
    return row["chat_id"] in staff and mention.found(" ".join(texts(body)))


def mention_of(db: Db, subject: Subject) -> Mention:
    """Return how the person's name is found, and told from everybody else's."""
    others = union(
        select(col(PersonRow.name)).where(col(PersonRow.id) != subject.person_id),
        select(col(EnrolmentRow.name)).where(col(EnrolmentRow.telegram_id) != subject.telegram_id),
    )
    invited = db.connection().execute(select(col(InviteRow.name))).scalars()
    alone = Mention(subject.name)
    longer = [name for name in invited if not alone.is_name(name)]
    return Mention(subject.name, [*db.connection().execute(others).scalars(), *longer])


def tells_of_another(body: Any, person_id: int) -> bool:
    """Whether a letter's body names an athlete, and not this one."""
    named = set(outbox.people_in(body))
    return bool(named) and person_id not in named


def without_others(body: Any, person_id: int) -> Any:
    """Return a letter's body without what it tells of other athletes; None if nothing is left.

    Of a list, such as a summary's, only what is about the person or about nobody stays. A body
    that cannot be read is left out.
    """
    if isinstance(body, str):
        return None
    left = _left(body, person_id)
    return left if set(outbox.people_in(left)) <= {person_id} else None


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
    return set(outbox.people_in(body)) == {person_id}


def names(name: str, text: str) -> bool:
    """Whether `name` is in `text` as whole words, in any case and script."""
    return Mention(name).found(text)


def staff_chats(db: Db) -> set[int]:
    """Return the chats of coaches and admins."""
    query = (
        select(col(PersonRow.telegram_id))
        .join(RoleRow, col(RoleRow.person_id) == col(PersonRow.id))
        .where(col(RoleRow.role).in_((Role.COACH, Role.ADMIN)))
    )
    return {chat for chat in db.connection().execute(query).scalars() if chat is not None}


def texts(value: Any) -> Iterator[str]:
    """Yield the texts in a value of JSON, however deep."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list):
        for inner in value.values() if isinstance(value, dict) else value:
            yield from texts(inner)
