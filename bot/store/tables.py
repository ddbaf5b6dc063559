"""Every table, with CHECK constraints: table models do not validate by themselves.

Times are aware UTC; choices are text, checked by value; ids of Telegram are 64 bits wide.
"""

from collections.abc import Iterable
from datetime import date, datetime
from enum import StrEnum
from typing import Any, Final

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Date,
    DateTime,
    Float,
    Index,
    String,
    UniqueConstraint,
)
from sqlalchemy.ext.compiler import compiles
from sqlmodel import Field, SQLModel

from bot.protocol.dose.dose import HARD_STOP_MAX, RANGES, Side
from bot.protocol.dose.exercises import Anchor
from bot.protocol.load.advice import Because, Tip
from bot.protocol.load.entries import MAX_EFFORT, MAX_MINUTES, Extra, LoadKind
from bot.protocol.session.state import (
    Cues,
    HoldStatus,
    Interruption,
    Outcome,
    Phase,
    StopReason,
    TimedBy,
)
from bot.store.dialect import partial_index


def _as(sqlite_type: str) -> Any:
    """Return a compiler of a column type for SQLite, whose STRICT tables know four types."""

    def compiler(_type: Any, _compiler: Any, **_options: Any) -> str:
        return sqlite_type

    return compiler


for _kind, _name in (
    (String, "TEXT"),
    (DateTime, "TEXT"),
    (Date, "TEXT"),
    (Float, "REAL"),
    (Boolean, "INTEGER"),
    (BigInteger, "INTEGER"),
):
    compiles(_kind, "sqlite")(_as(_name))


class Role(StrEnum):
    """What a person may do; one person may have several."""

    ATHLETE = "athlete"
    COACH = "coach"
    ADMIN = "admin"


class OccurrenceState(StrEnum):
    """What became of one day's reminder (PROTOCOL 3, "not a session")."""

    PLANNED = "planned"  # its time has not come
    REMINDED = "reminded"  # the reminder is on its way or delivered
    SNOOZED = "snoozed"  # put off by the athlete or by quiet hours, today
    NUDGED = "nudged"  # asked a second time, then silence
    STARTED = "started"  # a session belongs to it; see the session's outcome
    SKIPPED = "skipped"  # the athlete's choice, with a reason
    MISSED = "missed"  # delivered, but the day ended without an answer
    NOT_DELIVERED = "not_delivered"  # our fault, never the athlete's
    PAUSED = "paused"  # nothing was wanted: paused, locked, rescheduled, or too soon for another
    RESTED = "rested"  # an earlier session of that day ended on pain: rest was right


class OutboxState(StrEnum):
    """Where a message is on its way to the Bot API."""

    PENDING = "pending"
    SENDING = "sending"  # committed before the call; found at start, it is ambiguous
    SENT = "sent"
    CANCELLED = "cancelled"  # silenced before it was claimed
    DROPPED = "dropped"  # its deadline passed; never sent late
    FAILED = "failed"  # refused for good
    UNSURE = "unsure"  # perhaps delivered, and not safe to repeat


def _one_of(column: str, values: Iterable[str]) -> CheckConstraint:
    listed = ", ".join(f"'{value}'" for value in values)
    return CheckConstraint(f"{column} IN ({listed})", name=f"{column}_known")


def _between(column: str, low: int, high: int) -> CheckConstraint:
    return CheckConstraint(f"{column} BETWEEN {low} AND {high}", name=f"{column}_range")


STRICT: Final = {"sqlite_strict": True}
KEYED: Final = {**STRICT, "sqlite_autoincrement": True}
"""For tables with an id of their own: an erased row's id is never given again."""


def _id(*, key: bool = True) -> Any:
    return Field(default=None, primary_key=key, sa_type=BigInteger)


def _ref(target: str, *, primary_key: bool = False, index: bool = False) -> Any:
    return Field(
        foreign_key=target,
        ondelete="CASCADE",
        primary_key=primary_key,
        index=index,
        sa_type=BigInteger,
    )


def _maybe_ref(target: str, *, on_delete: Any = "SET NULL") -> Any:
    return Field(default=None, foreign_key=target, ondelete=on_delete, sa_type=BigInteger)


class PersonRow(SQLModel, table=True):
    """Someone known to the bot. `telegram_id` is empty until they joined."""

    __tablename__ = "person"
    __table_args__ = (KEYED,)

    id: int | None = _id()
    telegram_id: int | None = Field(default=None, unique=True, sa_type=BigInteger)
    name: str
    zone: str = "UTC"
    created_at: datetime
    joined_at: datetime | None = None
    unreachable_since: datetime | None = None


class RoleRow(SQLModel, table=True):
    """One role of one person."""

    __tablename__ = "role"
    __table_args__ = (_one_of("role", Role), STRICT)

    person_id: int = _ref("person.id", primary_key=True)
    role: str = Field(primary_key=True)


class InviteRow(SQLModel, table=True):
    """A single-use link. Only the token's hash is stored.

    With `person_id` it joins nobody new: it moves that person to the account that opens it.
    """

    __tablename__ = "invite"
    __table_args__ = (_one_of("role", Role), KEYED)

    id: int | None = _id()
    token_hash: str = Field(unique=True)
    role: str
    name: str
    created_by: int | None = _maybe_ref("person.id")
    created_at: datetime
    expires_at: datetime
    used_at: datetime | None = None
    used_by: int | None = _maybe_ref("person.id")
    revoked_at: datetime | None = None
    person_id: int | None = _maybe_ref("person.id", on_delete="CASCADE")


class InviteCoachRow(SQLModel, table=True):
    """A coach for somebody who was invited: when they join, they are asked whether to share."""

    __tablename__ = "invite_coach"
    __table_args__ = (STRICT,)

    invite_id: int = _ref("invite.id", primary_key=True)
    coach_id: int = _ref("person.id", primary_key=True, index=True)
    asked_by: int | None = _maybe_ref("person.id")
    asked_at: datetime


class EnrolmentRow(SQLModel, table=True):
    """An enrolment under way, so that it survives a restart. `answers` is JSON."""

    __tablename__ = "enrolment"
    __table_args__ = (STRICT,)

    telegram_id: int = Field(primary_key=True, sa_type=BigInteger)
    invite_id: int | None = _maybe_ref("invite.id", on_delete="CASCADE")
    name: str
    step: str
    answers: str = "{}"
    updated_at: datetime


class AthleteRow(SQLModel, table=True):
    """An enrolled athlete: consent, schedule, and what bars sessions.

    `screen_open_at` is since when red-flag questions wait for an answer; nothing is held meanwhile.
    A pause lasts from the local date `paused_from`, or from when it was asked for, up to the day
    before `paused_until`; `only_coach_resumes` marks one that was not the athlete's own
    (PROTOCOL 3). `diary_agreed_at` is when the text that names the diary was agreed to, where that
    was after the rest.
    """

    __tablename__ = "athlete"
    __table_args__ = (
        CheckConstraint("(locked_at IS NULL) = (lock_reason IS NULL)", name="lock_has_reason"),
        _one_of("cues", Cues),
        partial_index("athlete_erase_at", "erase_at", where="erase_at IS NOT NULL"),
        STRICT,
    )

    person_id: int = _ref("person.id", primary_key=True)
    consent_version: str
    consented_at: datetime
    weekdays: str = "0,1,2,3,4,5,6"
    times: str = "07:30"
    quiet_start: str = "22:00"
    quiet_end: str = "07:00"
    cues: str = Cues.FULL
    screened_at: datetime | None = None
    screen_open_at: datetime | None = None
    paused_at: datetime | None = None
    paused_from: date | None = None
    paused_until: date | None = None
    pause_reason: str | None = None
    only_coach_resumes: bool = False
    locked_at: datetime | None = None
    lock_reason: str | None = None
    erase_at: datetime | None = None
    diary_agreed_at: datetime | None = None


class AssignmentRow(SQLModel, table=True):
    """A coach of an athlete; data flows only after the athlete consented to that coach.

    `diary_asked` is the version of the text by which sharing the diary was asked about beside the
    rest, `diary_refused` that to which the athlete said no, and `diary_at` when they answered.
    """

    __tablename__ = "assignment"
    __table_args__ = (STRICT,)

    athlete_id: int = _ref("athlete.person_id", primary_key=True)
    coach_id: int = _ref("person.id", primary_key=True, index=True)
    asked_at: datetime | None = None
    consented_at: datetime | None = None
    consent_version: str | None = None
    declined_at: datetime | None = None
    ended_at: datetime | None = None
    diary_asked: str | None = None
    diary_refused: str | None = None
    diary_at: datetime | None = None


class CoachRow(SQLModel, table=True):
    """What a coach has set: when the weekly summary comes, and when nothing rings.

    `summary_weekday` is 0 for Monday; times are on the clock of the coach's zone.
    `summary_due_at` is when the next summary is made.
    """

    __tablename__ = "coach"
    __table_args__ = (
        _between("summary_weekday", 0, 6),
        partial_index("coach_summary_due", "summary_due_at", where="summary_due_at IS NOT NULL"),
        STRICT,
    )

    person_id: int = _ref("person.id", primary_key=True)
    summary_weekday: int = 0
    summary_time: str = "07:00"
    quiet_start: str = "22:00"
    quiet_end: str = "07:00"
    summary_due_at: datetime | None = None


class SummaryRow(SQLModel, table=True):
    """One weekly summary of one coach, claimed by its key: a week is told once.

    `as_of` is the instant at which its days end, on each athlete's clock (`ToldDaysRow`); `told_at`
    is when it was delivered.
    """

    __tablename__ = "summary"
    __table_args__ = (UniqueConstraint("coach_id", "week"), KEYED)

    id: int | None = _id()
    coach_id: int = _ref("person.id")
    week: str
    as_of: datetime
    made_at: datetime
    told_at: datetime | None = None


class ToldDaysRow(SQLModel, table=True):
    """The local days of an athlete that a summary tells of; none if the last is earlier."""

    __tablename__ = "told_days"
    __table_args__ = (STRICT,)

    summary_id: int = _ref("summary.id", primary_key=True)
    athlete_id: int = _ref("athlete.person_id", primary_key=True, index=True)
    first_day: date
    last_day: date


class AlertRow(SQLModel, table=True):
    """Something a coach has to know. It is told at `due_at`, alone or with others.

    `body` is JSON; `outbox_key` names the letter that tells it, written at `told_at`. With
    neither a due time nor a letter it waits for a coach who cannot be reached.
    """

    __tablename__ = "alert"
    __table_args__ = (
        partial_index("alert_due", "due_at", where="due_at IS NOT NULL"),
        Index("alert_by_coach", "coach_id", "told_at"),
        Index("alert_by_letter", "outbox_key"),
        _between("value", 0, 10),
        KEYED,
    )

    id: int | None = _id()
    key: str = Field(unique=True)
    coach_id: int = _ref("person.id")
    athlete_id: int = _ref("athlete.person_id", index=True)
    event: str
    value: int | None = None
    at: datetime
    body: str
    due_at: datetime | None = None
    told_at: datetime | None = None
    outbox_key: str | None = None


class NoteRow(SQLModel, table=True):
    """A coach's note about an athlete; the athlete reads it in an export."""

    __tablename__ = "note"
    __table_args__ = (KEYED,)

    id: int | None = _id()
    athlete_id: int = _ref("athlete.person_id", index=True)
    author_id: int | None = _maybe_ref("person.id")
    at: datetime
    text: str


class MorningRow(SQLModel, table=True):
    """The question of the morning after a session: pain at the first sit-down, 0–10."""

    __tablename__ = "morning"
    __table_args__ = (
        UniqueConstraint("athlete_id", "local_date"),
        partial_index("morning_due", "due_at", where="due_at IS NOT NULL"),
        _between("value", 0, 10),
        KEYED,
    )

    id: int | None = _id()
    athlete_id: int = _ref("athlete.person_id")
    local_date: date
    due_at: datetime | None = None
    asked_at: datetime | None = None
    value: int | None = None
    answered_at: datetime | None = None


class MorningEditRow(SQLModel, table=True):
    """An answer to the question of a morning, 0–10, in whose place another one was given later."""

    __tablename__ = "morning_edit"
    __table_args__ = (_between("value", 0, 10), KEYED)

    id: int | None = _id()
    athlete_id: int = _ref("athlete.person_id", index=True)
    morning_id: int = _ref("morning.id", index=True)
    value: int
    at: datetime | None = None


class BroadcastRow(SQLModel, table=True):
    """One text to everybody of a role; `done_at` when the last copy was settled.

    `made` copies are made, the last one for `last_id`; at `due_at` the next ones are.
    """

    __tablename__ = "broadcast"
    __table_args__ = (
        partial_index("broadcast_due", "due_at", where="due_at IS NOT NULL"),
        _one_of("role", Role),
        KEYED,
    )

    id: int | None = _id()
    by_id: int | None = _maybe_ref("person.id")
    role: str
    text: str
    made_at: datetime
    total: int = 0
    delivered: int = 0
    failed: int = 0
    confirmed_at: datetime | None = None
    made: int = 0
    last_id: int = Field(default=0, sa_type=BigInteger)
    due_at: datetime | None = None
    done_at: datetime | None = None


class PlanRow(SQLModel, table=True):
    """One version of a dose (PROTOCOL 2). Versions are added, never changed."""

    __tablename__ = "plan"
    __table_args__ = (
        UniqueConstraint("athlete_id", "version"),
        *(_between(column, allowed.low, allowed.high) for column, allowed in RANGES.items()),
        CheckConstraint(
            f"hard_stop > pain_limit AND hard_stop <= {HARD_STOP_MAX}", name="hard_stop_range"
        ),
        _one_of("side", Side),
        _one_of("band_anchor", Anchor),
        KEYED,
    )

    id: int | None = _id()
    athlete_id: int = _ref("athlete.person_id")
    version: int
    hold_s: int
    holds: int
    sets: int
    rest_s: int
    set_rest_s: int
    side: str
    lead_in_first_s: int
    lead_in_s: int
    effort: int
    band: int
    band_label: str = ""
    pain_limit: int
    hard_stop: int
    exercise: str
    band_anchor: str = Anchor.BEHIND
    to_fatigue: bool
    stage: int = 1
    created_at: datetime
    created_by: int | None = _maybe_ref("person.id")


class OwnPictureRow(SQLModel, table=True):
    """A photo or video of a coach's, which one athlete is shown in the place of a drawing.

    `file` is what Telegram calls it, after the number of the bot that may send it; nothing else of
    it is kept. It goes with the coach as with the athlete.
    """

    __tablename__ = "own_picture"
    __table_args__ = (_one_of("kind", ("photo", "video")), STRICT)

    athlete_id: int = _ref("athlete.person_id", primary_key=True)
    exercise: str = Field(primary_key=True)
    by_id: int = _ref("person.id", index=True)
    kind: str
    file: str
    at: datetime


class OccurrenceRow(SQLModel, table=True):
    """One local date's session, reminded at most once. `due_at` is when time acts next."""

    __tablename__ = "occurrence"
    __table_args__ = (
        UniqueConstraint("athlete_id", "local_date", "slot"),
        partial_index("occurrence_due", "due_at", where="due_at IS NOT NULL"),
        _one_of("state", OccurrenceState),
        KEYED,
    )

    id: int | None = _id()
    athlete_id: int = _ref("athlete.person_id")
    local_date: date
    slot: int
    planned_at: datetime
    due_at: datetime | None = None
    state: str = OccurrenceState.PLANNED
    snoozes: int = 0
    delivered_at: datetime | None = None
    reason: str | None = None


IS_OPEN: Final = "phase <> 'closed'"
IS_LIVE: Final = "session.phase <> 'closed'"
"""A session that is not closed. A parameter would keep the index from being used."""


class SessionRow(SQLModel, table=True):
    """A session: everything needed to go on after a restart. `breaks` numbers its interruptions.

    `sound`: its holds are cued by clips.
    `exercise` is held in the place of the plan's, without a band; None where that is held.
    """

    __tablename__ = "session"
    __table_args__ = (
        partial_index("session_due", "due_at", where="due_at IS NOT NULL"),
        partial_index("session_one_live", "athlete_id", unique=True, where=IS_OPEN),
        Index("session_by_athlete", "athlete_id", "opened_at"),
        _one_of("phase", Phase),
        _one_of("outcome", Outcome),
        _one_of("stop_reason", StopReason),
        _one_of("cut", Interruption),
        _between("stop_pain", 0, 10),
        CheckConstraint("(phase = 'closed') = (outcome IS NOT NULL)", name="closed_has_outcome"),
        KEYED,
    )

    id: int | None = _id()
    athlete_id: int = _ref("athlete.person_id")
    plan_id: int = _ref("plan.id")
    occurrence_id: int | None = _maybe_ref("occurrence.id")
    exercise: str | None = None
    phase: str
    position: int = 0
    due_at: datetime | None = None
    nudged: bool = False
    eased: bool = False
    opened_at: datetime
    stop_reason: str | None = None
    stop_pain: int | None = None
    cut: str | None = None
    breaks: int = 0
    sound: bool = False
    outcome: str | None = None
    closed_at: datetime | None = None


class StartRow(SQLModel, table=True):
    """An athlete in line for a session, which opens at `due_at`: too many train just now.

    `exercise` is to be held in the place of the plan's.
    """

    __tablename__ = "start"
    __table_args__ = (Index("start_due", "due_at"), STRICT)

    athlete_id: int = _ref("athlete.person_id", primary_key=True)
    occurrence_id: int | None = _maybe_ref("occurrence.id")
    exercise: str | None = None
    asked_at: datetime
    due_at: datetime


class HoldRow(SQLModel, table=True):
    """One attempt at a hold, planned and actual seconds; `timed_by` a clip they are assumed."""

    __tablename__ = "hold"
    __table_args__ = (
        _one_of("status", HoldStatus),
        _one_of("side", Side),
        _one_of("timed_by", TimedBy),
        STRICT,
    )

    session_id: int = _ref("session.id", primary_key=True)
    idx: int = Field(primary_key=True)
    side: str
    set_no: int
    number: int
    planned_s: int
    actual_s: float
    timed_by: str = TimedBy.CUE
    status: str
    started_at: datetime


class RatingRow(SQLModel, table=True):
    """One pain answer, 0–10. Corrected and undone answers are kept.

    `late` answers came after the session was closed. `message_id` is the message of the athlete's
    that gave it, where it was typed: an edit of that message corrects this answer.
    """

    __tablename__ = "rating"
    __table_args__ = (
        _between("value", 0, 10),
        _one_of("moment", ("before", "hold", "stop", "note")),
        Index("rating_by_athlete", "athlete_id", "at"),
        Index("rating_by_session", "session_id"),
        partial_index(
            "rating_by_message",
            "athlete_id",
            "message_id",
            where="message_id IS NOT NULL",
        ),
        KEYED,
    )

    id: int | None = _id()
    athlete_id: int = _ref("athlete.person_id")
    session_id: int | None = _maybe_ref("session.id", on_delete="CASCADE")
    moment: str
    hold_idx: int | None = None
    value: int
    at: datetime
    undone: bool = False
    late: bool = False
    message_id: int | None = Field(default=None, sa_type=BigInteger)


class RedFlagRow(SQLModel, table=True):
    """A red flag the athlete reported; open until the coach clears it."""

    __tablename__ = "red_flag"
    __table_args__ = (KEYED,)

    id: int | None = _id()
    athlete_id: int = _ref("athlete.person_id", index=True)
    kind: str
    at: datetime
    session_id: int | None = _maybe_ref("session.id")
    cleared_at: datetime | None = None
    cleared_by: int | None = _maybe_ref("person.id")


class InboxRow(SQLModel, table=True):
    """An update as it came. Only when it is here is Telegram told that it was received.

    `update_id` is its number here, which grows with each that is received (bot/store/inbox.py).
    `digest` tells it from all others for as long as Telegram may repeat it. `backlog` marks what
    waited while the program or Telegram was away: it is old. `said_at` is the earliest instant it
    can be from; it is known of what was old already when it was received.
    """

    __tablename__ = "inbox"
    __table_args__ = (
        partial_index("inbox_open", "update_id", where="handled_at IS NULL"),
        Index("inbox_by_chat", "chat_id", "received_at"),
        partial_index("inbox_known", "digest", unique=True, where="digest != ''"),
        partial_index("inbox_failed", "handled_at", where="error IS NOT NULL"),
        STRICT,
    )

    update_id: int = Field(primary_key=True, sa_type=BigInteger)
    chat_id: int | None = Field(default=None, sa_type=BigInteger)
    payload: str
    digest: str = ""
    received_at: datetime
    said_at: datetime | None = None
    backlog: bool = False
    handled_at: datetime | None = None
    attempts: int = 0
    error: str | None = None


class SeenRow(SQLModel, table=True):
    """A press or message that was acted on: the same one has no second effect under a new id."""

    __tablename__ = "seen"
    __table_args__ = (Index("seen_at", "at"), STRICT)

    key: str = Field(primary_key=True)
    update_id: int = Field(sa_type=BigInteger)
    at: datetime


LOST: Final = "state IN ('dropped', 'failed', 'unsure')"
"""Letters that did not arrive, or perhaps not."""
IS_CUE: Final = "kind IN ('Stopped', 'Release', 'Hold')"
"""Letters whose lateness is felt in the body."""


class OutboxRow(SQLModel, table=True):
    """An intent on its way to one chat. `body` is JSON; `edits` names the row it rewrites.

    `due` is when it was meant to be sent, `send_at` when it is tried next, `handed_at` when it was.
    `deadline` is by what it waits among others of its priority: `not_after`, or `due` and a while.
    """

    __tablename__ = "outbox"
    __table_args__ = (
        partial_index("outbox_pending", "send_at", where="state = 'pending'"),
        partial_index("outbox_next", "priority", "deadline", "id", where="state = 'pending'"),
        partial_index(
            "outbox_rewriting",
            "edits",
            where="state = 'pending' AND edits IS NOT NULL",
        ),
        partial_index("outbox_expiring", "not_after", where="state = 'pending'"),
        partial_index("outbox_sending", "id", where="state = 'sending'"),
        Index("outbox_by_session", "session_id"),
        Index("outbox_handed", "handed_at"),
        partial_index("outbox_cues", "handed_at", "due", "kind", where=IS_CUE),
        partial_index("outbox_lost", "due", where=LOST),
        partial_index(
            "outbox_message",
            "chat_id",
            "message_id",
            where="message_id IS NOT NULL",
        ),
        _one_of("state", OutboxState),
        KEYED,
    )

    id: int | None = _id()
    key: str = Field(unique=True)
    chat_id: int = Field(sa_type=BigInteger)
    session_id: int | None = Field(default=None, sa_type=BigInteger)
    kind: str
    body: str
    priority: int
    due: datetime
    send_at: datetime
    not_after: datetime | None = None
    deadline: datetime
    repeatable: bool
    edits: str | None = None
    state: str = OutboxState.PENDING
    attempts: int = 0
    handed_at: datetime | None = None
    sent_at: datetime | None = None
    message_id: int | None = Field(default=None, sa_type=BigInteger)
    error: str | None = None


class AuditRow(SQLModel, table=True):
    """Who changed what, before and after."""

    __tablename__ = "audit"
    __table_args__ = (Index("audit_by_subject", "subject_id", "at"), KEYED)

    id: int | None = _id()
    at: datetime
    actor_id: int | None = _maybe_ref("person.id")
    subject_id: int | None = _maybe_ref("person.id")
    action: str
    before: str | None = None
    after: str | None = None


class FactRow(SQLModel, table=True):
    """A single value about this installation, by key: whose bot it is, last backup."""

    __tablename__ = "fact"
    __table_args__ = (STRICT,)

    key: str = Field(primary_key=True)
    value: str
    at: datetime


class LeaseRow(SQLModel, table=True):
    """Which node leads, by the lock that its writing connection holds; on a server alone.

    `epoch` counts the terms, `at` is the last beat of this one, None after an end in order.
    The two connections are those that are ended where its beat stays away.
    """

    __tablename__ = "lease"
    __table_args__ = (STRICT,)

    name: str = Field(primary_key=True)
    epoch: int = Field(sa_type=BigInteger)
    holder: str
    since: datetime
    at: datetime | None = None
    writer_pid: int
    writer_began: datetime
    beat_pid: int
    beat_began: datetime


class NodeRow(SQLModel, table=True):
    """A process that leads or stands by: when it was last there, and last reached Telegram."""

    __tablename__ = "node"
    __table_args__ = (STRICT,)

    name: str = Field(primary_key=True)
    at: datetime
    reached_at: datetime | None = None


class ErasureRow(SQLModel, table=True):
    """Somebody who was erased, by a salted hash. `listed` once it is beside the backups as well."""

    __tablename__ = "erasure"
    __table_args__ = (STRICT,)

    hash: str = Field(primary_key=True)
    salt: str
    at: datetime
    listed: bool = False


# ---- load beside the holds --------------------------------------------------------------


class LoadEntryRow(SQLModel, table=True):
    """One entry of the diary (PROTOCOL 7). One that was taken back or changed is `gone`, and stays.

    `extras` are separated by commas. `message_id` is the athlete's message that said it; of one
    from a watch's file there are `started_at`, the `seconds` moving and the file's `hash`.
    """

    __tablename__ = "load_entry"
    __table_args__ = (
        Index("load_entry_by_day", "athlete_id", "local_date"),
        partial_index(
            "load_entry_by_message",
            "athlete_id",
            "message_id",
            where="message_id IS NOT NULL",
        ),
        _one_of("kind", LoadKind),
        _between("minutes", 1, MAX_MINUTES),
        _between("effort", 0, MAX_EFFORT),
        KEYED,
    )

    id: int | None = _id()
    athlete_id: int = _ref("athlete.person_id")
    local_date: date
    kind: str
    minutes: int | None = None
    effort: int | None = None
    extras: str = ""
    metres: int | None = None
    climb_m: int | None = None
    at: datetime
    gone: bool = False
    message_id: int | None = Field(default=None, sa_type=BigInteger)
    started_at: datetime | None = None
    seconds: int | None = None
    hash: str | None = None


class LoadSettingsRow(SQLModel, table=True):
    """What an athlete and a coach have set about load; `check_due_at` is when the week is asked.

    `stride`, `long_hold` and `load_test` are what a coach asks for.
    """

    __tablename__ = "load_settings"
    __table_args__ = (
        partial_index("check_due", "check_due_at", where="check_due_at IS NOT NULL"),
        STRICT,
    )

    athlete_id: int = _ref("athlete.person_id", primary_key=True)
    tips: bool = True
    weekly: bool = True
    check_due_at: datetime | None = None
    stride: bool = False
    long_hold: bool = False
    load_test: bool = False


class GivenTipRow(SQLModel, table=True):
    """A line of advice that was given, on the athlete's local date, and why."""

    __tablename__ = "given_tip"
    __table_args__ = (_one_of("tip", Tip), _one_of("why", Because), KEYED)

    id: int | None = _id()
    athlete_id: int = _ref("athlete.person_id", index=True)
    local_date: date
    tip: str
    why: str


class WeeklyCheckRow(SQLModel, table=True):
    """The three questions of an ISO week: worst pain, minutes of sitting, better or worse."""

    __tablename__ = "weekly_check"
    __table_args__ = (
        UniqueConstraint("athlete_id", "week"),
        _between("worst", 0, 10),
        _between("better", -3, 3),
        KEYED,
    )

    id: int | None = _id()
    athlete_id: int = _ref("athlete.person_id")
    week: str
    asked_at: datetime
    worst: int | None = None
    sit: int | None = None
    better: int | None = None


class RestrictionRow(SQLModel, table=True):
    """What a coach asks an athlete to leave out, until a local date or a stage: never for ever."""

    __tablename__ = "restriction"
    __table_args__ = (
        _one_of("extra", Extra),
        CheckConstraint("until_day IS NOT NULL OR until_stage IS NOT NULL", name="has_an_end"),
        KEYED,
    )

    id: int | None = _id()
    athlete_id: int = _ref("athlete.person_id", index=True)
    extra: str
    until_day: date | None = None
    until_stage: int | None = None
    by_id: int | None = _maybe_ref("person.id")
    at: datetime
    ended_at: datetime | None = None


class LoadTestRow(SQLModel, table=True):
    """The worst pain of a day's load test, 0–10: three short bridges on one leg."""

    __tablename__ = "load_test"
    __table_args__ = (_between("value", 0, 10), STRICT)

    athlete_id: int = _ref("athlete.person_id", primary_key=True)
    local_date: date = Field(primary_key=True)
    value: int
    at: datetime


class WatchFileRow(SQLModel, table=True):
    """A watch's file that was sent and is not read yet; tried next at `due_at`."""

    __tablename__ = "watch_file"
    __table_args__ = (Index("watch_file_due", "due_at"), KEYED)

    id: int | None = _id()
    athlete_id: int = _ref("athlete.person_id")
    file_id: str
    name: str
    at: datetime
    due_at: datetime
    tries: int = 0
