"""/audit: who changed what, newest first."""

import re
from typing import Final

from sqlalchemy import or_
from sqlmodel import Session as Db
from sqlmodel import col, select

from bot.accounts.audit.messages import AuditedChange, AuditPage, NoSuchAuditPage
from bot.accounts.people.members import members, say_roles
from bot.conversation import paging, who
from bot.conversation.interaction import Interaction
from bot.store import people
from bot.store.tables import AuditRow, InviteRow, PersonRow

SHOWN: Final = 10
"""Changes on a page."""
_COACH: Final = re.compile(r"coach (\d+)", re.ASCII)
_LINK: Final = re.compile(r"(?:\w+ )?(\d+)", re.ASCII)
_OF_LINKS: Final = frozenset({"invite", "revoke_invite"})


def audit(turn: Interaction, words: str) -> None:
    """/audit [NAME] [PAGE]: what was changed by anybody, or by and for one person."""
    page = paging.typed(words or "1")
    if page is not None:
        _show(turn, None, page)
        return
    named = who.one_of(turn, "audit", words, members(turn.db), say_roles(turn.db))
    if named is None:
        return
    page = paging.typed(named.rest or "1")
    if page is None:
        turn.show(NoSuchAuditPage(named.rest, named.person.name))
    else:
        _show(turn, named.person, page)


def _show(turn: Interaction, person: PersonRow | None, wanted: int) -> None:
    page = max(wanted, 1)
    query = select(AuditRow).order_by(col(AuditRow.id).desc())
    if person is not None:
        whose = or_(col(AuditRow.subject_id) == person.id, col(AuditRow.actor_id) == person.id)
        query = query.where(whose)
    found = list(turn.db.exec(query.offset((page - 1) * SHOWN).limit(SHOWN + 1)))
    names = _names(turn.db, found)
    turn.show(
        AuditPage(
            changes=tuple(_told(turn.db, row, names) for row in found[:SHOWN]),
            page=page,
            more=len(found) > SHOWN,
            name=None if person is None else person.name,
            athlete_id=None if person is None else person.id,
            zone=people.person(turn.db, turn.person_id).zone,
        )
    )


def _told(db: Db, row: AuditRow, names: dict[int, str]) -> AuditedChange:
    whose = row.subject_id if row.subject_id != row.actor_id else None
    return AuditedChange(
        at=row.at,
        action=row.action,
        by=names.get(row.actor_id or 0),
        whose=names.get(whose or 0),
        subject_id=row.subject_id,
        about=_about(db, row, names),
        before=row.before,
        after=row.after,
    )


def _names(db: Db, rows: list[AuditRow]) -> dict[int, str]:
    """Return the names of everybody the rows are about."""
    ids = {row.actor_id for row in rows} | {row.subject_id for row in rows}
    coaches = (_COACH.fullmatch(row.after or "") for row in rows)
    wanted = [one for one in ids if one is not None] + [int(one[1]) for one in coaches if one]
    query = select(PersonRow).where(col(PersonRow.id).in_(wanted))
    return {one.id: one.name for one in db.exec(query) if one.id is not None}


def _about(db: Db, row: AuditRow, names: dict[int, str]) -> str | None:
    """Return whom a change also names: who a link was for, or the coach of an assignment."""
    if row.action in _OF_LINKS:
        link = _LINK.fullmatch(row.after or "")
        found = None if link is None else db.get(InviteRow, int(link[1]))
        return None if found is None else found.name
    coach = _COACH.fullmatch(row.after or "")
    return None if coach is None else names.get(int(coach[1]))
