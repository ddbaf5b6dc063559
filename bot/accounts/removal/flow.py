"""/remove: a role is taken away, after it was said what that means.

A coach's assignments end, an athlete's data is erased after a day in which it can be taken back,
and the last admin stays. Who has no role left has no account: the chat is let go of.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlmodel import Session as Db

from bot.accounts.notify import tell
from bot.accounts.people.members import members, say_roles
from bot.accounts.privacy import flow as privacy
from bot.accounts.removal.messages import (
    AskRemovedRole,
    LastAdmin,
    LeavingAlready,
    NotRemoved,
    NotTheirRole,
    PersonRemoved,
    RemovalDropped,
    RemovalQuestion,
    RemovalUndone,
    YouAreBack,
    YouAreRemoved,
)
from bot.accounts.roles import RoleName
from bot.accounts.sharing import before_joining, consents
from bot.accounts.sharing.messages import CoachEnded
from bot.conversation import pending_input, who
from bot.conversation.interaction import Interaction
from bot.conversation.message import Say
from bot.conversation.outgoing import post
from bot.operations import menus
from bot.store import outbox, people
from bot.store.tables import CoachRow, PersonRow, Role
from bot.training import occurrences

_ORDER: Final = (Role.ATHLETE, Role.COACH, Role.ADMIN)


@dataclass(frozen=True, slots=True)
class _Wish:
    """Whom to remove, and from which role; `sure` once the admin was told what that means."""

    person: PersonRow
    roles: tuple[Role, ...]
    sure: bool

    @property
    def id(self) -> int:
        """The person's id."""
        assert self.person.id is not None
        return self.person.id

    @property
    def names(self) -> tuple[RoleName, ...]:
        """The roles, as messages name them."""
        return _names(self.roles)


def remove(turn: Interaction, words: str) -> None:
    """/remove NAME [ROLE or all] [yes]: ask, then remove; "back" takes an athlete back."""
    named = who.one_of(turn, "remove", words, members(turn.db), say_roles(turn.db))
    if named is None:
        return
    rest = named.rest.casefold()
    if rest == "keep":
        turn.show(RemovalDropped(named.person.name))
    elif rest == "back":
        _take_back(turn, named.person)
    else:
        _read(turn, named.person, rest.split())


def _read(turn: Interaction, person: PersonRow, words: list[str]) -> None:
    assert person.id is not None
    sure = words[-1:] == ["yes"]
    wanted = words[:-1] if sure else words
    held = people.roles_of(turn.db, person.id)
    mine = tuple(role for role in _ORDER if role in held)
    names = _names(mine)
    if not wanted and len(mine) > 1:
        turn.show(AskRemovedRole(person.id, person.name, names))
    elif not mine:
        _say_leaving(turn, person)
    elif not wanted or wanted == ["all"]:
        _consider(turn, _Wish(person, mine, sure))
    elif len(wanted) == 1 and wanted[0] in mine:
        _consider(turn, _Wish(person, (Role(wanted[0]),), sure))
    else:
        turn.show(NotTheirRole(person.id, person.name, " ".join(wanted), names))


def _consider(turn: Interaction, wish: _Wish) -> None:
    """Refuse what must not be, ask what was not said to be sure, else do it."""
    athlete = people.find_athlete(turn.db, wish.id)
    leaving = athlete is not None and athlete.erase_at is not None
    if Role.ADMIN in wish.roles and _is_last_admin(turn.db, wish.id):
        turn.show(LastAdmin(wish.id, wish.person.name))
    elif Role.ATHLETE in wish.roles and leaving:
        _say_leaving(turn, wish.person)
    elif wish.sure:
        _remove(turn, wish)
    else:
        everything = set(wish.roles) == people.roles_of(turn.db, wish.id)
        turn.show(
            RemovalQuestion(
                athlete_id=wish.id,
                name=wish.person.name,
                roles=wish.names,
                word="all" if everything and len(wish.roles) > 1 else wish.names[0],
                is_me=wish.id == turn.person_id,
                athletes=len(_coached(turn.db, wish.id)) if Role.COACH in wish.roles else 0,
            )
        )


def _say_leaving(turn: Interaction, person: PersonRow) -> None:
    assert person.id is not None
    erase_at = _erase_at(turn.db, person.id)
    turn.show(LeavingAlready(person.id, person.name, erase_at, _my_zone(turn)))


def _is_last_admin(db: Db, person_id: int) -> bool:
    admins = [one for one in people.with_role(db, Role.ADMIN) if one.telegram_id is not None]
    return not [one for one in admins if one.id != person_id]


def _coached(db: Db, coach_id: int) -> list[int]:
    found = consents.of_coach(db, coach_id)
    return [row.athlete_id for row, _ in found if consents.is_active(row)]


def _remove(turn: Interaction, wish: _Wish) -> None:
    chat, is_me = wish.person.telegram_id, wish.id == turn.person_id
    stopped = False
    for role in wish.roles:
        if role is Role.ATHLETE:
            stopped = _remove_athlete(turn.db, wish.id, turn.now)
        elif role is Role.COACH:
            _remove_coach(turn, wish.person)
        people.revoke(turn.db, wish.id, role)
        people.note(turn.db, "remove", turn.now, actor=turn.person_id, subject=wish.id, before=role)
    erase_at = _erase_at(turn.db, wish.id)
    left = _names(sorted(people.roles_of(turn.db, wish.id)))
    if not left and erase_at is None:
        _let_go(turn.db, wish.person)
    menus.publish(turn.db, chat, turn.now)
    if not is_me:
        told = YouAreRemoved(wish.names, left, stopped, erase_at, wish.person.zone)
        post(turn.db, chat, Say(told), turn.now, key=f"u{turn.update_id}:removed")
    turn.show(
        PersonRemoved(
            athlete_id=wish.id,
            name=wish.person.name,
            roles=wish.names,
            is_me=is_me,
            erase_at=erase_at,
            zone=_my_zone(turn),
        )
    )


def _remove_athlete(db: Db, athlete_id: int, now: datetime) -> bool:
    """Begin the erasure; no coach hears of the athlete any more. Whether a session was stopped."""
    return privacy.leave(db, people.athlete(db, athlete_id), now)


def _remove_coach(turn: Interaction, coach: PersonRow) -> None:
    """End what the coach sees; the athletes who had agreed are told once."""
    assert coach.id is not None
    for row, athlete in consents.of_coach(turn.db, coach.id):
        shared = consents.is_active(row)
        consents.end(turn.db, row, turn.person_id, turn.now)
        if shared and athlete.id is not None:
            tell(turn, athlete.id, CoachEnded(coach.name))
    before_joining.undo_coach(turn.db, coach.id, turn.now)
    settings = turn.db.get(CoachRow, coach.id)
    if settings is not None:
        turn.db.delete(settings)
        turn.db.flush()


def _let_go(db: Db, person: PersonRow) -> None:
    """Forget the chat of somebody without a role; the name stays beside what they changed."""
    assert person.telegram_id is not None
    outbox.silence_chat(db, person.telegram_id)
    pending_input.forget(db, person.telegram_id)
    person.telegram_id = person.unreachable_since = None
    db.add(person)
    db.flush()


def _take_back(turn: Interaction, person: PersonRow) -> None:
    """An athlete who was removed within the last day trains on; nobody else's wish is undone."""
    assert person.id is not None
    athlete = people.find_athlete(turn.db, person.id)
    held = people.roles_of(turn.db, person.id)
    if athlete is None or athlete.erase_at is None or Role.ATHLETE in held:
        erase_at = _erase_at(turn.db, person.id)
        turn.show(NotRemoved(person.id, person.name, erase_at, _my_zone(turn)))
        return
    people.grant(turn.db, person.id, Role.ATHLETE)
    privacy.stay(turn.db, athlete, turn.now)
    menus.publish(turn.db, person.telegram_id, turn.now)
    people.note(turn.db, "remove_undone", turn.now, actor=turn.person_id, subject=person.id)
    next_at = occurrences.next_at(turn.db, person.id, turn.now)
    told = tell(turn, person.id, YouAreBack(next_at, person.zone))
    turn.show(RemovalUndone(person.id, person.name, told))


def _erase_at(db: Db, person_id: int) -> datetime | None:
    athlete = people.find_athlete(db, person_id)
    return None if athlete is None else athlete.erase_at


def _names(roles: Iterable[Role]) -> tuple[RoleName, ...]:
    return tuple(role.value for role in roles)


def _my_zone(turn: Interaction) -> str:
    return people.person(turn.db, turn.person_id).zone
