"""Links that are open, and making one by tapping."""

import re
from typing import Final

from sqlalchemy import func
from sqlmodel import col, select

from bot.accounts.invites import tokens as link
from bot.accounts.invites.messages import (
    AskInvitedName,
    AskInvitedRole,
    NoSuchLinksPage,
    OpenLink,
    OpenLinks,
)
from bot.conversation import paging
from bot.conversation.interaction import Interaction
from bot.conversation.paging import Page
from bot.conversation.pending_input import HalfCommand, wait_for
from bot.store import people
from bot.store.tables import InviteRow, Role

SHOWN: Final = 8
"""Links on a page."""
_REVOKE: Final = re.compile(r"revoke (\d{1,18})", re.ASCII)


def invite(turn: Interaction, words: str, bot_username: str) -> None:
    """/invite [ROLE [NAME]]: what is missing is asked for, a role by buttons, a name as text."""
    role, _, name = words.partition(" ")
    if not role:
        turn.show(AskInvitedRole())
    elif not name.strip() and role.casefold() in set(Role):
        wanted = Role(role.casefold())
        turn.show(AskInvitedName(wanted.value))
        wait_for(turn, HalfCommand("invite", wanted.value))
    else:
        link.create(turn, role, name.strip(), bot_username)


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
    done = link.revoke_open(turn, col(InviteRow.id) == invite_id)
    _show(turn, 1, revoked=row.name if row is not None and done else None, gone=not done)


def _show(
    turn: Interaction, wanted: int, *, revoked: str | None = None, gone: bool = False
) -> None:
    open_now = (
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
