"""/people: everybody on pages, and one person's card."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy import func
from sqlmodel import Session as Db
from sqlmodel import col, select

from bot.accounts.people.members import members, roles_by_id, say_roles, states
from bot.accounts.people.messages import (
    CoachOfCard,
    Condition,
    Listed,
    PeopleListed,
    PersonCard,
    PersonState,
)
from bot.accounts.roles import RoleCounts, RoleName
from bot.accounts.sharing import consents
from bot.conversation import paging
from bot.conversation import who as conversation_who
from bot.conversation.interaction import Interaction
from bot.conversation.paging import Page
from bot.conversation.parse_who import fold_name
from bot.conversation.told_apart import called
from bot.store import people as who
from bot.store.tables import InviteRow, PersonRow, Role, RoleRow

SHOWN: Final = 10
"""People on a page."""
NAMES: Final = 12
"""Athletes of a coach that a card names."""


@dataclass(frozen=True, slots=True)
class _Entry:
    """Somebody in the list: a person, or the open link of somebody who has not joined."""

    name: str
    person: PersonRow | None = None
    link: InviteRow | None = None


def people(turn: Interaction, words: str) -> None:
    """/people [NAME]: all, ten on a page; or the card of one."""
    page = paging.asked(words or "p1")
    if page is not None:
        _list(turn, page)
        return
    named = conversation_who.one_of(
        turn, "people", words, members(turn.db), say_roles(turn.db), alone=True
    )
    if named is not None:
        _card(turn, named.person)


# ---- the list -------------------------------------------------------------------------


def _list(turn: Interaction, wanted: int) -> None:
    found = _entries(turn)
    page = Page.of(len(found), SHOWN, wanted)
    turn.show(
        PeopleListed(
            people=_told(turn, page.cut(found)),
            total=sum(one.person is not None for one in found),
            invited=sum(one.link is not None for one in found),
            by_role=_by_role(turn.db),
            page=page.number,
            pages=page.count,
            zone=who.person(turn.db, turn.person_id).zone,
        )
    )


def _entries(turn: Interaction) -> list[_Entry]:
    invited = select(InviteRow).where(
        col(InviteRow.person_id).is_(None),
        col(InviteRow.used_at).is_(None),
        col(InviteRow.revoked_at).is_(None),
        col(InviteRow.expires_at) > turn.now,
    )
    everyone = members(turn.db)
    names = called(turn.db, everyone, by_coach=True)
    found = [_Entry(names[one.id or 0], person=one) for one in everyone]
    found += [_Entry(one.name or "?", link=one) for one in turn.db.exec(invited)]
    return sorted(found, key=lambda one: fold_name(one.name))


def _told(turn: Interaction, shown: Sequence[_Entry]) -> tuple[Listed, ...]:
    ids = [one.person.id for one in shown if one.person is not None and one.person.id is not None]
    roles = roles_by_id(turn.db, ids)
    return tuple(_line(turn, one, roles) for one in shown)


def _line(turn: Interaction, entry: _Entry, roles: dict[int, tuple[RoleName, ...]]) -> Listed:
    if entry.link is not None:
        invited = PersonState(Condition.INVITED, until=entry.link.expires_at)
        return Listed(entry.name, (Role(entry.link.role).value,), (invited,))
    person = entry.person
    assert person is not None
    assert person.id is not None
    mine = roles[person.id]
    return Listed(entry.name, mine, states(turn.db, person, mine, turn.now), person.id)


def _by_role(db: Db) -> RoleCounts:
    query = select(RoleRow.role, func.count()).group_by(RoleRow.role)
    return RoleCounts(**dict(db.exec(query).all()))


# ---- one person -----------------------------------------------------------------------


def _card(turn: Interaction, person: PersonRow) -> None:
    assert person.id is not None
    roles = roles_by_id(turn.db, [person.id])[person.id]
    coached = [
        one.name for row, one in consents.of_coach(turn.db, person.id) if consents.is_active(row)
    ]
    turn.show(
        PersonCard(
            athlete_id=person.id,
            name=person.name,
            roles=roles,
            states=states(turn.db, person, roles, turn.now),
            joined_at=person.joined_at,
            their_zone=person.zone,
            zone=who.person(turn.db, turn.person_id).zone,
            is_me=person.id == turn.person_id,
            coaches=_coaches(turn.db, person.id),
            athletes=tuple(coached[:NAMES]) if Role.COACH in roles else None,
            more=max(0, len(coached) - NAMES),
        )
    )


def _coaches(db: Db, athlete_id: int) -> tuple[CoachOfCard, ...]:
    """Return an athlete's coaches, and those whose question is open."""
    return tuple(
        CoachOfCard(coach.name, consents.is_open(row))
        for row, coach in consents.of_athlete(db, athlete_id)
        if consents.is_active(row) or consents.is_open(row)
    )
