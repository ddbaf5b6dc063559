"""/assign: an admin asks an athlete to share with a coach, or ends it."""

from typing import Final

from sqlmodel import Session as Db

from bot.accounts.notify import tell
from bot.accounts.sharing import consents
from bot.accounts.sharing.messages import (
    AssignmentEnded,
    AssignNotUnderstood,
    AthleteAsked,
    AthleteEnded,
    CoachChoice,
    CoachEnded,
    CoachOption,
    NotAskedAsLeaving,
    ShareQuestion,
    SharesAlready,
    SharesNothing,
    Tie,
)
from bot.conversation import paging, who
from bot.conversation.interaction import Interaction
from bot.conversation.paging import Page
from bot.conversation.told_apart import told_apart
from bot.conversation.who import Named
from bot.store import people
from bot.store.tables import AssignmentRow, PersonRow, Role

SHOWN: Final = 8
"""Coaches on a page."""


def assign(turn: Interaction, words: str) -> None:
    """/assign ATHLETE COACH [off]: ask the athlete, or end it; what is missing is tapped."""
    athlete = who.athlete_named(turn, "assign", words, takes=lambda one: _names_coach(turn.db, one))
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
    rows = {one.coach_id: one for one, _ in consents.of_athlete(turn.db, athlete.id)}
    coaches = _candidates(turn.db, athlete.id)
    page = Page.of(len(coaches), SHOWN, wanted)
    apart = told_apart(turn.db, coaches, by_coach=False)
    options = tuple(_option(one, rows, apart) for one in page.cut(coaches))
    turn.show(CoachChoice(athlete.id, athlete.name, options, page.number, page.count))


def _option(coach: PersonRow, rows: dict[int, AssignmentRow], apart: dict[int, str]) -> CoachOption:
    assert coach.id is not None
    row = rows.get(coach.id)
    state = Tie.NEW
    if consents.is_active(row):
        state = Tie.ACTIVE
    elif consents.is_open(row):
        state = Tie.ASKED
    about = f" ({apart[coach.id]})" if coach.id in apart else ""
    return CoachOption(coach.id, f"{coach.name}{about}", state)


def _ask(turn: Interaction, athlete: Named, coach: Named) -> None:
    both = athlete.id, athlete.person.name, coach.id, coach.person.name
    if consents.is_active(consents.between(turn.db, athlete.id, coach.id)):
        turn.show(SharesAlready(*both))
        return
    if people.athlete(turn.db, athlete.id).erase_at is not None:
        turn.show(NotAskedAsLeaving(*both))
        return
    row = consents.ask(turn.db, athlete.id, coach.id, turn.person_id, turn.now)
    told = tell(turn, athlete.id, question(row, coach.person))
    turn.show(AthleteAsked(*both, told=told))


def question(row: AssignmentRow, coach: PersonRow) -> ShareQuestion:
    """Return the question to the athlete; its stamp is in the buttons."""
    stamp = consents.stamp(row.asked_at)
    return ShareQuestion(row.coach_id, coach.name, stamp, row.athlete_id)


def _end(turn: Interaction, athlete: Named, coach: Named) -> None:
    both = athlete.id, athlete.person.name, coach.id, coach.person.name
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
