"""Single-use links: an admin or coach makes one, it lives a week, and only joining uses it up.

A token is marked used in the transaction that grants the role, never before: opening a link,
failing or giving up burns nothing.
"""

import hashlib
import re
import secrets
import unicodedata
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Final

from sqlalchemy import ColumnElement, true, update
from sqlmodel import Session as Db
from sqlmodel import col, select

from bot.accounts.invites.messages import (
    Invitation,
    LinkMade,
    LinkNotOpen,
    LinkRevoked,
    MoveLinkMade,
    NoLinkMade,
)
from bot.accounts.sharing import before_joining
from bot.conversation.common.messages import NotAllowed
from bot.conversation.interaction import Interaction
from bot.protocol.calendar.input_error import InputError
from bot.protocol.names import is_visible
from bot.store import people, wrong_tokens
from bot.store.tables import InviteRow, PersonRow, Role

LIFE: Final = timedelta(days=7)
"""How long a link may be opened."""
FINISH_GRACE: Final = timedelta(days=1)
"""How much later an enrolment may be finished whose link was opened in time."""
MAX_WRONG: Final = 5
"""Unknown tokens per Telegram account within `WRONG_WINDOW`; then none is read at all."""
WRONG_WINDOW: Final = timedelta(hours=1)
MAX_NAME: Final = 64

_TOKEN_BYTES: Final = 24
_TOKEN: Final = re.compile(r"[A-Za-z0-9_-]{1,64}", re.ASCII)
_HOW: Final = "Write /invite athlete Ana, /invite coach Sam or /invite admin Kim."
_ADMINS_INVITE: Final = "Coaches and admins are invited by an admin. Write /invite athlete Ana."
_BAD_KINDS: Final = frozenset({"Cc", "Cs", "Co", "Cn", "Zl", "Zp"})
_TURNING: Final = frozenset(
    "\u200e\u200f\u061c\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
)
"""Marks that turn the direction of what follows: a name must not reorder the text around it."""


class TokenProblem(StrEnum):
    """Why a token grants nothing. The person is told one sentence for all of them."""

    UNKNOWN = "unknown"
    EXPIRED = "expired"
    USED = "used"
    REVOKED = "revoked"
    TOO_MANY = "too_many"  # too many unknown tokens from this account within the hour


# ---- who invites ------------------------------------------------------------------------


def create(turn: Interaction, role: str | None, name: str | None, bot_username: str) -> None:
    """Make a link for one person and one role, and reply with it; a coach invites athletes alone.

    An athlete whom a coach invites is asked in the enrolment whether to share with that coach.
    """
    if not turn.who.roles & {Role.ADMIN, Role.COACH}:
        turn.say(NotAllowed())
        return
    try:
        wanted, named = read_role(role), read_name(name)
    except InputError as why:
        turn.say(NoLinkMade(str(why)))
        return
    if wanted is not Role.ATHLETE and Role.ADMIN not in turn.who.roles:
        turn.say(NoLinkMade(_ADMINS_INVITE))
        return
    row = InviteRow(token_hash="", role=wanted, name=named, **_dates(turn))
    link = _link(turn, row, bot_username)
    coaches = wanted is Role.ATHLETE and Role.COACH in turn.who.roles
    if coaches:
        before_joining.keep(turn, row.id or 0, turn.person_id)
    by, coach = turn.who.name, turn.who.name if coaches else ""
    zone = people.person(turn.db, turn.person_id).zone
    turn.show(
        LinkMade(
            link=link,
            invite=row.id or 0,
            name=named,
            role=wanted.value,
            expires_at=row.expires_at,
            zone=zone,
            by=by,
            coach=coach,
            chooses=Role.ADMIN in turn.who.roles,
        )
    )
    turn.say(
        Invitation(
            link=link,
            name=named,
            role=wanted.value,
            by=by,
            coach=coach,
            expires_at=row.expires_at,
            zone=zone,
        )
    )


def move(turn: Interaction, person_id: int, bot_username: str) -> None:
    """Make a link that moves a person to the Telegram account that opens it. Admins only.

    It is the only one: an open link made for the same move before is revoked.
    """
    turn.answer()
    if Role.ADMIN not in turn.who.roles:
        turn.say(NotAllowed())
        return
    person = turn.db.get(PersonRow, person_id)
    if person is None:
        turn.say(NoLinkMade("This person is not here any more. Write /relink and the name."))
        return
    revoke_open(turn, col(InviteRow.person_id) == person_id)
    row = InviteRow(
        token_hash="", role=Role.ATHLETE, name=person.name, person_id=person_id, **_dates(turn)
    )
    turn.show(
        MoveLinkMade(
            link=_link(turn, row, bot_username),
            invite=row.id or 0,
            name=row.name,
            role=Role(row.role).value,
            expires_at=row.expires_at,
            zone=people.person(turn.db, turn.person_id).zone,
        )
    )


def _dates(turn: Interaction) -> dict[str, Any]:
    return {
        "created_by": turn.person_id,
        "created_at": turn.now,
        "expires_at": turn.now + LIFE,
    }


def _link(turn: Interaction, row: InviteRow, bot_username: str) -> str:
    """Store a link and return it; the token itself is in the reply alone."""
    token = keep(turn.db, row)
    actor, after = turn.person_id, f"{row.role} {row.id}"
    people.note(turn.db, "invite", turn.now, actor=actor, subject=row.person_id, after=after)
    return f"https://t.me/{bot_username}?start={token}"


def keep(db: Db, row: InviteRow) -> str:
    """Store a link with a new token, and return that: nothing else holds it."""
    token = secrets.token_urlsafe(_TOKEN_BYTES)
    row.token_hash = _hash(token)
    db.add(row)
    db.flush()
    return token


def revoke(turn: Interaction, invite_id: int) -> None:
    """Make a link that nobody used yet useless: an admin any, a coach one of their own."""
    turn.answer()
    if not turn.who.roles & {Role.ADMIN, Role.COACH}:
        turn.say(NotAllowed())
    elif revoke_open(turn, col(InviteRow.id) == invite_id, theirs(turn)):
        turn.show(LinkRevoked())
    else:
        turn.show(LinkNotOpen())


def theirs(turn: Interaction) -> ColumnElement[bool]:
    """Choose the links that this person may see and revoke."""
    if Role.ADMIN in turn.who.roles:
        return true()
    return col(InviteRow.created_by) == turn.who.person_id


def revoke_open(turn: Interaction, *which: ColumnElement[bool]) -> bool:
    """Revoke the open links among `which`; False when there is none. Rights are checked before."""
    statement = (
        update(InviteRow)
        .where(*which, col(InviteRow.used_at).is_(None), col(InviteRow.revoked_at).is_(None))
        .values(revoked_at=turn.now)
        .returning(col(InviteRow.id), col(InviteRow.person_id))
    )
    found = turn.db.connection().execute(statement).all()
    for invite_id, person_id in found:
        people.note(
            turn.db,
            "revoke_invite",
            turn.now,
            actor=turn.person_id,
            subject=person_id,
            after=str(invite_id),
        )
    before_joining.undo_revoked(turn.db, [one for one, _ in found if one is not None], turn.now)
    return bool(found)


def read_role(text: str | None) -> Role:
    """Return the role a person typed. Raises InputError: what is wrong, allowed, an example."""
    word = (text or "").strip().casefold()
    if not word:
        raise InputError(f"The role is missing: athlete, coach or admin. {_HOW}")
    if word not in set(Role):
        raise InputError(f"“{_shown(word)}” is not a role: athlete, coach or admin. {_HOW}")
    return Role(word)


def read_name(text: str | None) -> str:
    """Return a person's name as typed, 1 to 64 characters. Raises InputError."""
    name = (text or "").strip()
    if not name:
        raise InputError(f"The name is missing. {_HOW}")
    if len(name) > MAX_NAME:
        raise InputError(
            f"The name has {len(name)} characters; at most {MAX_NAME} are allowed. {_HOW}"
        )
    if not is_visible(name):
        raise InputError(f"The name has no letter or sign that can be seen. {_HOW}")
    if any(_is_bad(char) for char in name):
        raise InputError(f"A name is one line without control characters. {_HOW}")
    return name


def tame_name(text: str) -> str:
    """Return a name that Telegram gave, without what `read_name` would refuse.

    Where nothing is left, who joins gets a number for a name (`people.join`).
    """
    name = "".join(char for char in text if not _is_bad(char)).strip()[:MAX_NAME].strip()
    return name if is_visible(name) else people.NAMELESS


def _is_bad(char: str) -> bool:
    return unicodedata.category(char) in _BAD_KINDS or char in _TURNING


def _shown(text: str) -> str:
    return " ".join(text.split())[:MAX_NAME]


# ---- the link is opened ---------------------------------------------------------------


def redeem(db: Db, telegram_id: int, token: str, now: datetime) -> InviteRow | TokenProblem:
    """Return the open invite behind `token`, or why there is none; nothing is used up.

    Only unknown tokens count as wrong: someone who opens an old link of theirs is not guessing.
    """
    hour_ago = now - WRONG_WINDOW
    wrong = wrong_tokens.since(db, telegram_id, hour_ago)
    if len(wrong) >= MAX_WRONG:
        return TokenProblem.TOO_MANY
    found = find(db, token)
    if found is None:
        wrong_tokens.forget_until(db, hour_ago)
        wrong_tokens.keep(db, telegram_id, [*wrong, now], now)
        return TokenProblem.UNKNOWN
    return _why_not(found, now) or found


def find(db: Db, token: str) -> InviteRow | None:
    """Return the invite behind a token, open or not."""
    if _TOKEN.fullmatch(token) is None:
        return None
    query = select(InviteRow).where(InviteRow.token_hash == _hash(token))
    return db.exec(query.execution_options(populate_existing=True)).one_or_none()


def claim(db: Db, invite_id: int, now: datetime) -> bool:
    """Mark an invite used, by a conditional UPDATE; False when it is used, revoked or too old."""
    statement = (
        update(InviteRow)
        .where(
            col(InviteRow.id) == invite_id,
            col(InviteRow.used_at).is_(None),
            col(InviteRow.revoked_at).is_(None),
            col(InviteRow.expires_at) > now - FINISH_GRACE,
        )
        .values(used_at=now)
    )
    return db.connection().execute(statement).rowcount == 1


def used_by(db: Db, invite_id: int, person_id: int) -> None:
    """Write down who used an invite that was just claimed."""
    statement = update(InviteRow).where(col(InviteRow.id) == invite_id)
    db.connection().execute(statement.values(used_by=person_id))


def _why_not(invite: InviteRow, now: datetime) -> TokenProblem | None:
    if invite.used_at is not None:
        return TokenProblem.USED
    if invite.revoked_at is not None:
        return TokenProblem.REVOKED
    return TokenProblem.EXPIRED if invite.expires_at <= now else None


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
