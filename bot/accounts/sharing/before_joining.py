"""A coach for somebody who is invited and has not joined: kept with the invitation until then.

The enrolment asks whether to share. It is undone, and said so, when the
invitation is revoked or expires, or the coach is none any more.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from enum import Enum, auto
from typing import Final

from sqlmodel import Session as Db
from sqlmodel import col, select

from bot.accounts.notify import tell
from bot.accounts.sharing import consents
from bot.accounts.sharing.messages import (
    AssignmentUndone,
    AthleteDeclined,
    AthleteShares,
    AthleteToCome,
    InvitedJoined,
    Undone,
)
from bot.accounts.sharing.questions import question
from bot.conversation.interaction import Interaction
from bot.conversation.message import Say
from bot.conversation.outgoing import post
from bot.letters import INVITED
from bot.store import agreed, people
from bot.store.tables import EnrolmentRow, InviteCoachRow, InviteRow, PersonRow, Role

_OPEN: Final = (
    InviteRow.role == Role.ATHLETE,
    col(InviteRow.person_id).is_(None),
    col(InviteRow.used_at).is_(None),
    col(InviteRow.revoked_at).is_(None),
)
_AS_ASKED: Final = (
    col(InviteCoachRow.asked_at),
    col(InviteCoachRow.invite_id),
    col(InviteCoachRow.coach_id),
)


def invited(db: Db, now: datetime) -> list[PersonRow]:
    """Return the athletes who are invited and have not joined, each as if they were here."""
    open_now = (*_OPEN, col(InviteRow.expires_at) > now, InviteRow.name != "")
    query = select(InviteRow).where(*open_now)
    return [
        PersonRow(id=INVITED + (row.id or 0), name=row.name, created_at=row.created_at)
        for row in db.exec(query.order_by(col(InviteRow.name), col(InviteRow.id)))
    ]


def is_invited(person_id: int) -> bool:
    """Whether a number stands for an invitation."""
    return person_id >= INVITED


def link_of(db: Db, person_id: int) -> InviteRow:
    """Return the invitation that a number stands for, which must be there."""
    row = db.get(InviteRow, person_id - INVITED)
    assert row is not None
    return row


def coaches_of(db: Db, invite_id: int) -> list[int]:
    """Return the coaches that are kept with an invitation, in the order they were asked for."""
    query = select(InviteCoachRow.coach_id).where(InviteCoachRow.invite_id == invite_id)
    return list(db.exec(query.order_by(*_AS_ASKED)))


def keep(turn: Interaction, invite_id: int, coach_id: int) -> None:
    """Keep a coach for who joins by this invitation."""
    row = turn.db.get(InviteCoachRow, (invite_id, coach_id)) or InviteCoachRow(
        invite_id=invite_id, coach_id=coach_id, asked_at=turn.now
    )
    row.asked_by = turn.person_id
    turn.db.add(row)
    _note(turn, "assign_invited", coach_id)


def drop(turn: Interaction, invite_id: int, coach_id: int) -> bool:
    """Take a coach back; False where none was kept."""
    row = turn.db.get(InviteCoachRow, (invite_id, coach_id))
    if row is None:
        return False
    turn.db.delete(row)
    _note(turn, "unassign_invited", coach_id)
    return True


def _note(turn: Interaction, action: str, coach_id: int) -> None:
    after = consents.coach_in_words(coach_id)
    people.note(turn.db, action, turn.now, actor=turn.person_id, subject=None, after=after)
    turn.db.flush()


# ---- the person joins ---------------------------------------------------------------------


def joined(
    turn: Interaction, invite_id: int, role: Role, shares: Mapping[str, str] | None = None
) -> None:
    """Somebody has joined by this invitation: whoever waits for it hears.

    `shares` are an athlete's answers about coaches, with the version of the text that was agreed
    to; who was not asked about yet is asked now.
    """
    link = turn.db.get(InviteRow, invite_id)
    assert link is not None
    waiting = {link.created_by}
    became: dict[_Became, list[PersonRow]] = {one: [] for one in _Became}
    for row in _rows(turn.db, [invite_id]):
        waiting.add(row.asked_by)
        if role is Role.ATHLETE and _is_asked_about(turn, row):
            answer = (shares or {}).get(str(row.coach_id))
            became[_settle(turn, row, answer)].append(people.person(turn.db, row.coach_id))
        turn.db.delete(row)
    news = InvitedJoined(
        turn.who.name,
        turn.person_id,
        role.value,
        *(tuple(one.name for one in found) for found in became.values()),
    )
    told = {one.id for one in became[_Became.SHARES]} | {turn.person_id}
    for admin in _admins(turn.db, waiting):
        if admin not in told:
            tell(turn, admin, news)
    turn.db.flush()


class _Became(Enum):
    """What became of a coach who was kept, in the order in which it is told."""

    ASKED = auto()
    SHARES = auto()
    DECLINED = auto()


def _is_asked_about(turn: Interaction, row: InviteCoachRow) -> bool:
    is_coach = Role.COACH in people.roles_of(turn.db, row.coach_id)
    return is_coach and row.coach_id != turn.person_id


def _settle(turn: Interaction, row: InviteCoachRow, answer: str | None) -> _Became:
    """Keep the athlete's answer about a coach, or ask; without a yes the coach learns no name."""
    asked = consents.ask(turn.db, turn.person_id, row.coach_id, row.asked_by, turn.now)
    if answer == agreed.SHARING:
        consents.consent(turn.db, asked, turn.now)
        tell(turn, row.coach_id, AthleteShares(turn.who.name, turn.person_id, joined=True))
        return _Became.SHARES
    if answer == "":
        consents.decline(turn.db, asked, turn.now)
        tell(turn, row.coach_id, AthleteDeclined())
        return _Became.DECLINED
    turn.say(question(asked, people.person(turn.db, row.coach_id)))
    tell(turn, row.coach_id, AthleteToCome())
    return _Became.ASKED


def _admins(db: Db, waiting: Iterable[int | None]) -> list[int]:
    """Return those who wait and are admins still; where none is, all admins."""
    admins = [one.id for one in people.with_role(db, Role.ADMIN) if one.id is not None]
    return [one for one in admins if one in set(waiting)] or admins


# ---- undone ---------------------------------------------------------------------------------


def undo_revoked(db: Db, invite_ids: Iterable[int], now: datetime) -> None:
    """These invitations were revoked."""
    _undo(db, _rows(db, invite_ids), Undone.REVOKED, now)


def undo_expired(db: Db, now: datetime, grace: timedelta) -> None:
    """Undo what was kept with invitations that have expired.

    Who opened one in time and is still joining may finish within `grace`.
    """
    joining = select(EnrolmentRow.invite_id).where(col(EnrolmentRow.invite_id).is_not(None))
    over = select(InviteRow.id).where(
        *_OPEN,
        (col(InviteRow.expires_at) <= now - grace)
        | ((col(InviteRow.expires_at) <= now) & col(InviteRow.id).not_in(joining)),
    )
    _undo(db, _rows(db, [one for one in db.exec(over) if one is not None]), Undone.EXPIRED, now)


def undo_coach(db: Db, coach_id: int, now: datetime) -> None:
    """This coach is none any more."""
    query = select(InviteCoachRow).where(InviteCoachRow.coach_id == coach_id)
    _undo(db, db.exec(query.order_by(col(InviteCoachRow.invite_id))).all(), Undone.NO_COACH, now)


def _rows(db: Db, invite_ids: Iterable[int]) -> list[InviteCoachRow]:
    query = select(InviteCoachRow).where(col(InviteCoachRow.invite_id).in_(list(invite_ids)))
    return list(db.exec(query.order_by(*_AS_ASKED)))


def _undo(db: Db, rows: Iterable[InviteCoachRow], why: Undone, now: datetime) -> None:
    """Forget coaches that were kept, and tell who asked for them."""
    for row in rows:
        link = db.get(InviteRow, row.invite_id)
        assert link is not None
        told = AssignmentUndone(link.name, people.person(db, row.coach_id).name, why)
        own = row.asked_by == row.coach_id and why is not Undone.NO_COACH
        for admin in [row.coach_id] if own else _admins(db, {row.asked_by}):
            key = f"undone:{row.invite_id}:{row.coach_id}:{row.asked_at.timestamp():.0f}:{admin}"
            post(db, people.person(db, admin).telegram_id, Say(told), now, key=key)
        db.delete(row)
    db.flush()
