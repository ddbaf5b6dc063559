"""Erasing a person: nothing of them is left in the database, nor in its file.

Everything an athlete trains with hangs on the athlete's row by ON DELETE CASCADE. Messages,
updates, audit rows and links are found by id and by chat. At last all texts are gone through, and
the name is taken out of those that somebody else wrote.
"""

import json
import re
from datetime import datetime
from typing import Any, Final

from sqlalchemy import delete, or_, select, update
from sqlmodel import Session as Db
from sqlmodel import SQLModel, col

from bot.store import erasures, inbox, personal_data, wiping, wrong_tokens
from bot.store.mentions import Mention, masked_json
from bot.store.outbox import body_of
from bot.store.personal_data import (
    Subject,
    letters_about,
    staff_chats,
    tells_of_another,
    texts,
)
from bot.store.tables import (
    AthleteRow,
    AuditRow,
    EnrolmentRow,
    FactRow,
    InboxRow,
    InviteRow,
    OutboxRow,
    PersonRow,
    Role,
    RoleRow,
)

WRITTEN: Final = (
    ("outbox", "body"),
    ("note", "text"),
    ("broadcast", "text"),
    ("audit", "before"),
    ("audit", "after"),
    ("athlete", "pause_reason"),
    ("occurrence", "reason"),
    ("plan", "band_label"),
)
"""Texts that somebody wrote, or that repeat what somebody wrote."""
UNWRITTEN: Final = {
    "person.name": "Of others: their own.",
    "enrolment.name": "Of who is joining: their own.",
    "enrolment.answers": "What waits for words about the person goes with `_forget_questions`.",
    "invite.name": "`_forget_invites` takes it off.",
    "inbox.payload": "`_forget_updates` empties it.",
    "alert.body": "About the alert's own athlete.",
    "fact.value": "About this installation.",
    "watch_file.name": "Of the file's own sender; it goes with the athlete.",
}
"""Other texts with words of people in them, and what becomes of these."""
_KEYS: Final = frozenset(
    {
        "about",
        "after",
        "athlete",
        "author",
        "band_label",
        "before",
        "by",
        "coach",
        "coaches",
        "name",
        "pause_reason",
        "problem",
        "reason",
        "rest",
        "text",
        "title",
        "wanted",
        "whose",
        "why",
        "word",
    }
)
"""Under these keys a letter has words of people; elsewhere a zone, say, may look like a name."""
_TYPED: Final = frozenset(
    {"after", "before", "pause_reason", "problem", "reason", "rest", "text", "why", "word"}
)
"""Those whose values are sentences: a part of the name alone, "with Runa", is looked for there."""
_LABELS: Final = frozenset({("plan", "band_label"), ("occurrence", "reason")})
"""No sentences: a band that is black is nobody called Black."""
_SENDER: Final = frozenset({"from", "chat", "sender_chat", "via_bot"})
"""In an update: who sent it, which is nobody's mention."""


def waits(db: Db, subject: Subject) -> bool:
    """Whether something this person sent, or that names them, is not handled yet."""
    query = select(col(InboxRow.chat_id), col(InboxRow.payload)).where(
        col(InboxRow.handled_at).is_(None)
    )
    mention = personal_data.mention_of(db, subject)
    return any(
        chat_id == subject.telegram_id or mention.found(_said(payload))
        for chat_id, payload in db.connection().execute(query)
    )


def forget(db: Db, subject: Subject, now: datetime, *, stays: bool) -> None:
    """Delete everything about an athlete; who `stays` is a coach or admin and keeps that."""
    db.flush()
    run = db.connection().execute
    mention = personal_data.mention_of(db, subject)
    erasures.note(db, subject, now)
    _forget_letters(db, subject, stays=stays)
    inbox.forget_keys(db, subject.telegram_id)
    _forget_updates(db, subject, mention, now)
    _forget_changes(db, subject, stays=stays)
    _forget_invites(db, subject, mention, now, stays=stays)
    wrong_tokens.forget(db, subject.telegram_id)
    run(delete(EnrolmentRow).where(col(EnrolmentRow.telegram_id) == subject.telegram_id))
    run(delete(AthleteRow).where(col(AthleteRow.person_id) == subject.person_id))
    role = col(RoleRow.person_id) == subject.person_id
    run(delete(RoleRow).where(role, col(RoleRow.role) == Role.ATHLETE))
    if not stays:
        if subject.telegram_id:
            run(delete(FactRow).where(col(FactRow.key).endswith(f":{subject.telegram_id}")))
        run(delete(PersonRow).where(col(PersonRow.id) == subject.person_id))
        _forget_name(db, subject, mention)
    db.expire_all()
    wiping.want(db, now)


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


def _forget_updates(db: Db, subject: Subject, mention: Mention, now: datetime) -> None:
    """Empty the person's updates, and those in which others typed the name or number.

    Coaches and admins call people by a part of the name as well. The update's number stays, so
    that Telegram's repetition of it is recognised.
    """
    number, payload = str(subject.telegram_id or subject.name), col(InboxRow.payload)
    query = select(col(InboxRow.update_id), col(InboxRow.chat_id), payload).where(
        or_(
            col(InboxRow.chat_id) == subject.telegram_id,
            payload.contains(number, autoescape=True),
            mention.maybe_touches(payload),
        )
    )
    in_digits, staff = re.compile(rf"(?<!\w){re.escape(number)}(?!\w)"), staff_chats(db)
    for update_id, chat_id, text in db.connection().execute(query).all():
        said = _said(text)
        named = mention.touches(said) if chat_id in staff else Mention(subject.name).found(said)
        if chat_id == subject.telegram_id or named or in_digits.search(text):
            row = update(InboxRow).where(col(InboxRow.update_id) == update_id)
            unhandled = col(InboxRow.handled_at).is_(None)
            db.connection().execute(row.where(unhandled).values(handled_at=now))
            db.connection().execute(row.values(payload="", chat_id=None, error=None))


def _said(payload: str) -> str:
    """Return an update's texts without its sender's names."""
    try:
        value = json.loads(payload)
    except (ValueError, RecursionError):
        return payload
    return "\n".join(texts(_without_sender(value)))


def _without_sender(value: Any) -> Any:
    if isinstance(value, dict):
        left = {key: one for key, one in value.items() if key not in _SENDER}
        return {key: _without_sender(one) for key, one in left.items()}
    return [_without_sender(one) for one in value] if isinstance(value, list) else value


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
    mention = Mention(subject.name)
    for row_id, before, after in run(query).all():
        if mention.found(f"{before or ''} {after or ''}"):
            run(update(AuditRow).where(col(AuditRow.id) == row_id).values(before=None, after=None))


def _forget_invites(
    db: Db, subject: Subject, mention: Mention, now: datetime, *, stays: bool
) -> None:
    """Delete the links the person used or was to be moved by, and dead ones for the name.

    Who stays keeps the link that granted the other role, and an open one to move by. Other open
    links of that name lose it: they may be for somebody else, who is called as Telegram says then.
    """
    used = col(InviteRow.used_by) == subject.person_id
    move = col(InviteRow.person_id) == subject.person_id
    dead = or_(col(InviteRow.revoked_at).is_not(None), col(InviteRow.expires_at) <= now)
    if stays:
        used &= col(InviteRow.role) == Role.ATHLETE
        move &= dead
    run = db.connection().execute
    run(delete(InviteRow).where(or_(used, move)))
    unused = (col(InviteRow.used_by).is_(None), col(InviteRow.person_id).is_(None))
    query = select(col(InviteRow.id), col(InviteRow.name)).where(
        *unused, mention.maybe(col(InviteRow.name))
    )
    named = [row_id for row_id, name in run(query).all() if mention.is_name(name)]
    run(delete(InviteRow).where(col(InviteRow.id).in_(named), dead))
    run(update(InviteRow).where(col(InviteRow.id).in_(named)).values(name=""))


# ---- the name, wherever else it is -------------------------------------------------------


def _forget_name(db: Db, subject: Subject, mention: Mention) -> None:
    """Take the name out of whatever others wrote, and forget what others were asked about it.

    In sentences a part of it goes as well, where it can be told to be the person's.
    """
    _forget_questions(db, subject, mention)
    if mention.shared:
        return
    for name, text in WRITTEN:
        table = SQLModel.metadata.tables[name]
        column, key = table.c[text], next(iter(table.primary_key))
        labels = (name, text) in _LABELS
        where = or_(mention.maybe(column), mention.maybe_touches(column))
        query = select(key, column).where(where)
        for this, found in db.connection().execute(query).all():
            left = masked_json(mention.masked, found, _KEYS)
            left = left if labels else masked_json(mention.masked_in_parts, left, _TYPED)
            if left != found:
                db.connection().execute(update(table).where(key == this).values({text: left}))


def _forget_questions(db: Db, subject: Subject, mention: Mention) -> None:
    """Delete commands that wait for words and are about the person."""
    about = re.compile(rf"#{subject.person_id}\b")
    query = select(col(EnrolmentRow.telegram_id), col(EnrolmentRow.answers)).where(
        col(EnrolmentRow.step).contains(":")
    )
    for account, answers in db.connection().execute(query).all():
        if about.search(answers) or mention.touches(answers):
            asked = col(EnrolmentRow.telegram_id) == account
            db.connection().execute(delete(EnrolmentRow).where(asked))
