"""/assign: an admin asks an athlete to share with a coach, or ends it.

Who is invited and has not joined is asked on joining.
"""

from functools import partial
from typing import Final

from sqlmodel import Session as Db

from bot.accounts.notify import tell
from bot.accounts.sharing import before_joining, consents
from bot.accounts.sharing.messages import (
    AssignmentDropped,
    AssignmentEnded,
    AssignmentKept,
    AssignNotUnderstood,
    AthleteAsked,
    AthleteEnded,
    CoachChoice,
    CoachEnded,
    CoachOption,
    NotAskedAsLeaving,
    SharesAlready,
    SharesNothing,
    Tie,
)
from bot.accounts.sharing.questions import question
from bot.conversation import paging, who
from bot.conversation.interaction import Interaction
from bot.conversation.paging import Page
from bot.conversation.told_apart import told_apart
from bot.conversation.who import Named
from bot.store import people
from bot.store.tables import PersonRow, Role

SHOWN: Final = 8
"""Coaches on a page."""


def assign(turn: Interaction, words: str) -> None:
    """/assign ATHLETE COACH [off]: ask the athlete, or end it; what is missing is tapped."""
    known = [*who.athletes_of(turn), *before_joining.invited(turn.db, turn.now)]
    takes = partial(_names_coach, turn.db)
    athlete = who.one_of(turn, "assign", words, known, _about, takes=takes)
    if athlete is None:
        return
    page = paging.asked(athlete.rest or "p1")
    if page is not None:
        _choose(turn, athlete.person, page)
        return
    coach = _coach(turn, athlete)
    if coach is None:
        return
    if coach.rest.casefold() == "off":
        _end(turn, athlete, coach)
    elif coach.rest:
        turn.show(AssignNotUnderstood(athlete.id, athlete.person.name, word=coach.rest))
    else:
        _ask(turn, athlete, coach)


def _about(athlete: PersonRow) -> str:
    return "invited" if before_joining.is_invited(athlete.id or 0) else ""


def _coach(turn: Interaction, athlete: Named) -> Named | None:
    """Return the coach that the rest of the words begins with; else say what was not found."""
    found = _candidates(turn.db, athlete.id)
    if athlete.rest.startswith("#") or who.fits(found, athlete.rest):
        return who.one_of(turn, "assign", athlete.rest, found, before=f"#{athlete.id}")
    turn.show(AssignNotUnderstood(athlete.id, athlete.person.name, coach=athlete.rest))
    return None


def _names_coach(db: Db, athlete: Named) -> bool:
    """Whether what follows an athlete's name is nothing, or begins with a coach's."""
    return not athlete.rest or who.fits(_candidates(db, athlete.id), athlete.rest)


def _candidates(db: Db, athlete_id: int) -> list[PersonRow]:
    """Return who may coach this athlete: nobody coaches themselves."""
    return [one for one in people.with_role(db, Role.COACH) if one.id != athlete_id]


def _choose(turn: Interaction, athlete: PersonRow, wanted: int) -> None:
    """Show who coaches the athlete, and a button for each coach to ask for, or to end."""
    assert athlete.id is not None
    ties, joined = _ties(turn.db, athlete.id), not before_joining.is_invited(athlete.id)
    coaches = _candidates(turn.db, athlete.id)
    page = Page.of(len(coaches), SHOWN, wanted)
    apart = told_apart(turn.db, coaches, by_coach=False)
    options = tuple(_option(one, ties, apart) for one in page.cut(coaches))
    turn.show(CoachChoice(athlete.id, athlete.name, options, page.number, page.count, joined))


def _option(coach: PersonRow, ties: dict[int, Tie], apart: dict[int, str]) -> CoachOption:
    assert coach.id is not None
    about = f" ({apart[coach.id]})" if coach.id in apart else ""
    return CoachOption(coach.id, f"{coach.name}{about}", ties.get(coach.id, Tie.NEW))


def _ties(db: Db, athlete_id: int) -> dict[int, Tie]:
    """Return what there is between an athlete, who may not have joined yet, and coaches."""
    if before_joining.is_invited(athlete_id):
        link = before_joining.link_of(db, athlete_id)
        return dict.fromkeys(before_joining.coaches_of(db, link.id or 0), Tie.ASKED)
    found = [row for row, _coach in consents.of_athlete(db, athlete_id)]
    active = {row.coach_id: Tie.ACTIVE for row in found if consents.is_active(row)}
    return active | {row.coach_id: Tie.ASKED for row in found if consents.is_open(row)}


def _ask(turn: Interaction, athlete: Named, coach: Named) -> None:
    both = athlete.id, athlete.person.name, coach.id, coach.person.name
    if before_joining.is_invited(athlete.id):
        link, zone = before_joining.link_of(turn.db, athlete.id), _zone(turn)
        before_joining.keep(turn, link.id or 0, coach.id)
        turn.show(AssignmentKept(*both, until=link.expires_at, zone=zone))
        return
    if consents.is_active(consents.between(turn.db, athlete.id, coach.id)):
        turn.show(SharesAlready(*both))
        return
    if people.athlete(turn.db, athlete.id).erase_at is not None:
        turn.show(NotAskedAsLeaving(*both))
        return
    row = consents.ask(turn.db, athlete.id, coach.id, turn.person_id, turn.now)
    told = tell(turn, athlete.id, question(row, coach.person))
    turn.show(AthleteAsked(*both, told=told))


def _end(turn: Interaction, athlete: Named, coach: Named) -> None:
    both = athlete.id, athlete.person.name, coach.id, coach.person.name
    if before_joining.is_invited(athlete.id):
        link = before_joining.link_of(turn.db, athlete.id)
        kept = before_joining.drop(turn, link.id or 0, coach.id)
        turn.show(AssignmentDropped(*both) if kept else SharesNothing(*both))
        return
    row = consents.between(turn.db, athlete.id, coach.id)
    if row is None or not (consents.is_active(row) or consents.is_open(row)):
        turn.show(SharesNothing(*both))
        return
    shared = consents.is_active(row)
    told = consents.end(turn.db, row, turn.person_id, turn.now)
    if shared:
        told = told and tell(turn, coach.id, AthleteEnded(athlete.person.name, athlete.id))
        told = tell(turn, athlete.id, CoachEnded(coach.person.name)) and told
    turn.show(AssignmentEnded(*both, shared=shared, told=told))


def _zone(turn: Interaction) -> str:
    return people.person(turn.db, turn.person_id).zone
