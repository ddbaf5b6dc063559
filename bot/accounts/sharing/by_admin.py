"""/assign: an admin asks an athlete to share with a coach, or ends it."""

import re
from typing import Any, Final

from sqlmodel import Session as Db

from bot.accounts.notify import tell
from bot.accounts.sharing import consents
from bot.conversation import who
from bot.conversation.interaction import Turn
from bot.conversation.who import Named
from bot.store import people
from bot.store.tables import AssignmentRow, PersonRow, Role

SHOWN: Final = 8
"""Coaches on a page."""
_PAGE: Final = re.compile(r"p(\d{1,4})", re.ASCII)


def assign(turn: Turn, words: str) -> None:
    """/assign ATHLETE COACH [off]: ask the athlete, or end it; what is missing is tapped."""
    athlete = who.athlete_named(turn, "assign", words, takes=lambda one: _names_coach(turn.db, one))
    if athlete is None:
        return
    page = _PAGE.fullmatch(athlete.rest)
    if not athlete.rest or page is not None:
        _choose(turn, athlete.person, 1 if page is None else int(page[1]))
        return
    coach = _coach(turn, athlete)
    if coach is None:
        return
    if coach.rest.casefold() == "off":
        _end(turn, athlete.person, coach.person)
    elif coach.rest:
        _problem(turn, athlete.person, word=coach.rest)
    else:
        _ask(turn, athlete.person, coach.person)


def _coach(turn: Turn, athlete: Named) -> Named | None:
    """Return the coach that the rest of the words begins with; else say what was not found."""
    found = _candidates(turn.db, athlete.id)
    if athlete.rest.startswith("#") or who.fits(found, athlete.rest):
        return who.one_of(turn, "assign", athlete.rest, found, before=f"#{athlete.id}")
    _problem(turn, athlete.person, coach=athlete.rest)
    return None


def _names_coach(db: Db, athlete: Named) -> bool:
    """Whether what follows an athlete's name is nothing, or begins with a coach's."""
    return not athlete.rest or who.fits(_candidates(db, athlete.id), athlete.rest)


def _candidates(db: Db, athlete_id: int) -> list[PersonRow]:
    """Return who may coach this athlete: nobody coaches themselves."""
    return [one for one in people.with_role(db, Role.COACH) if one.id != athlete_id]


def _problem(turn: Turn, athlete: PersonRow, **what: str) -> None:
    turn.show("assign_problem", athlete_id=athlete.id, athlete=athlete.name, **what)


def _choose(turn: Turn, athlete: PersonRow, page: int) -> None:
    """Show who coaches the athlete, and a button for each coach to ask for, or to end."""
    assert athlete.id is not None
    rows = {one.coach_id: one for one, _ in consents.of_athlete(turn.db, athlete.id)}
    coaches = _candidates(turn.db, athlete.id)
    pages = max(1, -(-len(coaches) // SHOWN))
    page = min(max(page, 1), pages)
    turn.show(
        "assign_choose",
        athlete_id=athlete.id,
        athlete=athlete.name,
        coaches=[_told(one, rows) for one in coaches[(page - 1) * SHOWN : page * SHOWN]],
        page=page,
        pages=pages,
    )


def _told(coach: PersonRow, rows: dict[int, AssignmentRow]) -> dict[str, Any]:
    assert coach.id is not None
    row = rows.get(coach.id)
    state = "new"
    if consents.is_active(row):
        state = "active"
    elif consents.is_open(row):
        state = "asked"
    return {"coach_id": coach.id, "name": coach.name, "state": state}


def _ask(turn: Turn, athlete: PersonRow, coach: PersonRow) -> None:
    assert athlete.id is not None
    assert coach.id is not None
    values = _values(athlete, coach)
    if consents.is_active(consents.between(turn.db, athlete.id, coach.id)):
        turn.show("assign_has", **values)
        return
    if people.athlete(turn.db, athlete.id).erase_at is not None:
        turn.show("assign_leaving", **values)
        return
    row = consents.ask(turn.db, athlete.id, coach.id, turn.person_id, turn.now)
    told = tell(turn, athlete.id, "share_ask", **question(row, coach))
    turn.show("assign_asked", **values, told=told)


def question(row: AssignmentRow, coach: PersonRow) -> dict[str, Any]:
    """Return what the question to the athlete shows; its stamp is in the buttons."""
    return {
        "coach_id": coach.id,
        "coach": coach.name,
        "stamp": consents.stamp(row.asked_at),
        "athlete_id": row.athlete_id,
    }


def _end(turn: Turn, athlete: PersonRow, coach: PersonRow) -> None:
    assert athlete.id is not None
    assert coach.id is not None
    row, values = consents.between(turn.db, athlete.id, coach.id), _values(athlete, coach)
    if row is None or not (consents.is_active(row) or consents.is_open(row)):
        turn.show("assign_has_not", **values)
        return
    shared = consents.is_active(row)
    consents.end(turn.db, row, turn.person_id, turn.now)
    if shared:
        tell(turn, athlete.id, "coach_ended", coach=coach.name)
        tell(turn, coach.id, "athlete_ended", athlete=athlete.name, athlete_id=athlete.id)
    turn.show("assign_ended", **values, shared=shared)


def _values(athlete: PersonRow, coach: PersonRow) -> dict[str, Any]:
    return {
        "athlete_id": athlete.id,
        "athlete": athlete.name,
        "coach_id": coach.id,
        "coach": coach.name,
    }
