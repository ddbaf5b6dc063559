"""Links that are open, and making one by tapping."""

import re
from typing import Final

from sqlalchemy import func
from sqlmodel import col, select

from bot.accounts.invites import tokens as link
from bot.accounts.invites.messages import (
    AskInvitedName,
    AskInvitedRole,
    CoachToo,
    NoSuchLinksPage,
    OpenLink,
    OpenLinks,
)
from bot.conversation import paging
from bot.conversation.interaction import Interaction
from bot.conversation.paging import Page
from bot.conversation.pending_input import HalfCommand, wait_for
from bot.operations import menus
from bot.programme import summary_schedule
from bot.store import people
from bot.store.tables import InviteRow, Role

SHOWN: Final = 8
"""Links on a page."""
_MYSELF: Final = frozenset({"me", "myself"})
_REVOKE: Final = re.compile(r"revoke (\d{1,18})", re.ASCII)


def invite(turn: Interaction, words: str, bot_username: str) -> None:
    """/invite [ROLE [NAME]]: what is missing is asked for, a role by buttons, a name as text.

    A coach who is no admin invites athletes alone. `/invite coach me` makes an admin a coach too.
    """
    role, _, name = words.partition(" ")
    admin = Role.ADMIN in turn.who.roles
    if not role and not admin:
        role = Role.ATHLETE.value
    if not role:
        turn.show(AskInvitedRole(myself=Role.COACH not in turn.who.roles))
    elif admin and role.casefold() == Role.COACH and name.strip().casefold() in _MYSELF:
        _coach_too(turn)
    elif not name.strip() and role.casefold() in set(Role):
        wanted = Role(role.casefold())
        turn.show(AskInvitedName(wanted.value))
        wait_for(turn, HalfCommand("invite", wanted.value))
    else:
        link.create(turn, role, name.strip(), bot_username)


def _coach_too(turn: Interaction) -> None:
    """An admin coaches as well: a physiotherapist alone needs nobody else."""
    already = Role.COACH in turn.who.roles
    if not already:
        people.grant(turn.db, turn.person_id, Role.COACH)
        summary_schedule.of_coach(turn.db, turn.person_id, turn.now)
        me = turn.person_id
        people.note(turn.db, "join", turn.now, actor=me, subject=me, after=Role.COACH)
        turn.recognise()
        menus.publish(turn.db, turn.chat_id, turn.now)
    turn.answer()
    turn.say(CoachToo(already))


def invites(turn: Interaction, words: str) -> None:
    """/invites [PAGE]: the open links, each with a button that revokes it."""
    revoked, page = _REVOKE.fullmatch(words), paging.typed(words or "1")
    if revoked is not None:
        _revoke(turn, int(revoked[1]))
    elif page is None:
        turn.show(NoSuchLinksPage(words))
    else:
        _show(turn, page)


def _revoke(turn: Interaction, invite_id: int) -> None:
    row = turn.db.get(InviteRow, invite_id)
    done = link.revoke_open(turn, col(InviteRow.id) == invite_id, link.theirs(turn))
    _show(turn, 1, revoked=row.name if row is not None and done else None, gone=not done)


def _show(
    turn: Interaction, wanted: int, *, revoked: str | None = None, gone: bool = False
) -> None:
    open_now = (
        link.theirs(turn),
        col(InviteRow.used_at).is_(None),
        col(InviteRow.revoked_at).is_(None),
        col(InviteRow.expires_at) > turn.now,
    )
    total = turn.db.exec(select(func.count()).select_from(InviteRow).where(*open_now)).one()
    page = Page.of(total, SHOWN, wanted)
    query = (
        select(InviteRow).where(*open_now).order_by(col(InviteRow.expires_at), col(InviteRow.id))
    )
    shown = turn.db.exec(query.offset(page.start).limit(page.size))
    turn.show(
        OpenLinks(
            links=tuple(_told(row) for row in shown),
            total=total,
            page=page.number,
            pages=page.count,
            revoked=revoked,
            gone=gone,
            zone=people.person(turn.db, turn.person_id).zone,
        )
    )


def _told(row: InviteRow) -> OpenLink:
    assert row.id is not None
    return OpenLink(
        id=row.id,
        name=row.name,
        role=Role(row.role).value,
        moves=row.person_id is not None,
        until=row.expires_at,
        athlete_id=row.person_id,
    )
