"""/zone: a coach's or admin's own clock. Summaries, alerts and lists tell times on it.

An athlete's zone moves the plan too: who is both is led to the settings.
"""

from typing import Final

from sqlmodel import select

from bot.conversation.interaction import Interaction
from bot.conversation.pending_input import ZoneAnswer, stop_waiting, wait_for, waiting
from bot.conversation.schedule_input import fold_answer
from bot.conversation.zone_input import (
    AskClock,
    AskIfRight,
    AskLocation,
    AskPlace,
    AskZone,
    Chosen,
    CityGuess,
    Shown,
    zone_located,
    zone_pressed,
    zone_typed,
)
from bot.operations.messages import (
    StaffZone,
    StaffZoneByClock,
    StaffZoneByPlace,
    StaffZoneCheck,
    StaffZoneKept,
    StaffZoneSet,
)
from bot.programme import summary_schedule
from bot.programme.settings.flow import ask as ask_in_settings
from bot.programme.settings.flow import take_zone
from bot.store import people
from bot.store.tables import AuditRow, Role

CHANGE: Final = "zone"
"""The audit row's action."""
_UNSET: Final = "UTC"


def zone(turn: Interaction, words: str, cities: list[CityGuess]) -> None:
    """/zone: ask, or take what was typed or tapped. `cities` are what the edge finds for it."""
    turn.answer()
    if Role.ATHLETE in turn.who.roles:
        _in_settings(turn, words, cities)
    elif not words:
        ask(turn)
    else:
        pressed = zone_pressed(words, turn.now)
        _take(turn, pressed or zone_typed(words, cities, turn.now))


def typed(turn: Interaction, text: str, cities: list[CityGuess]) -> bool:
    """Take a typed city or zone after /zone; False when none was asked for, or long ago."""
    asked = _awaited(turn)
    if asked is None:
        return False
    if fold_answer(text) in {"cancel", "back"}:
        stop_waiting(turn)
        turn.say(StaffZoneKept(_mine(turn)))
    else:
        _take(turn, zone_typed(text, cities, turn.now, asked.checking, asked.guesses))
    return True


def located(turn: Interaction, zone: str | None, problem: str | None) -> bool:
    """Take a shared location after /zone; False when none was asked for, or long ago."""
    if _awaited(turn) is None:
        return False
    _take(turn, zone_located(zone, problem))
    return True


def _awaited(turn: Interaction) -> ZoneAnswer | None:
    """Return what is awaited of a coach's or admin's zone; the settings ask athletes for theirs."""
    if Role.ATHLETE in turn.who.roles or turn.who.person_id is None:
        return None
    found = waiting(turn)
    return found if isinstance(found, ZoneAnswer) else None


def ask(turn: Interaction) -> None:
    """Show the zone there is, and ask for another."""
    _ask(turn, AskZone())


def expected(turn: Interaction) -> bool:
    """Await the zone of a coach or admin who never told theirs; return whether that is so.

    Athletes tell it when they join.
    """
    person = people.person(turn.db, turn.person_id)
    told = select(AuditRow.id).where(AuditRow.subject_id == person.id, AuditRow.action == CHANGE)
    if person.zone != _UNSET or turn.athlete is not None or turn.db.exec(told.limit(1)).first():
        return False
    wait_for(turn, ZoneAnswer())
    return True


def _in_settings(turn: Interaction, words: str, cities: list[CityGuess]) -> None:
    if words:
        take_zone(turn, zone_typed(words, cities, turn.now))
    else:
        ask_in_settings(turn, "zone")


def _take(turn: Interaction, found: Shown | Chosen) -> None:
    if not isinstance(found, Chosen):
        _ask(turn, found)
        return
    person = people.person(turn.db, turn.person_id)
    before, person.zone = person.zone, found.zone
    turn.db.add(person)
    people.note(
        turn.db,
        CHANGE,
        turn.now,
        actor=turn.person_id,
        subject=turn.person_id,
        before=before,
        after=found.zone,
    )
    if Role.COACH in turn.who.roles:
        summary_schedule.replan(turn.db, turn.person_id, turn.now)
    stop_waiting(turn)
    turn.show(StaffZoneSet(before, found.zone))


def _ask(turn: Interaction, found: Shown) -> None:
    """Show a screen of the dialogue; staff have no button that shares a location."""
    mine = _mine(turn)
    match found:
        case AskZone(problem):
            turn.show(StaffZone(mine, problem))
        case AskLocation():
            turn.show(StaffZone(mine))
        case AskClock(offsets):
            turn.show(StaffZoneByClock(offsets))
        case AskPlace(guesses, problem):
            turn.show(StaffZoneByPlace(guesses, problem))
        case AskIfRight(zone):
            turn.show(StaffZoneCheck(zone))
    checking = found.zone if isinstance(found, AskIfRight) else None
    guesses = found.guesses if isinstance(found, AskPlace) else ()
    wait_for(turn, ZoneAnswer(checking, guesses=guesses))


def _mine(turn: Interaction) -> str:
    return people.person(turn.db, turn.person_id).zone
