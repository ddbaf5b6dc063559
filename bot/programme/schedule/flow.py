"""/schedule: an athlete's days, times and zone, set by a coach or admin."""

import json
import re
from datetime import datetime
from typing import Final

from sqlmodel import col, select

from bot.conversation import which, who
from bot.conversation.common.messages import Inactive
from bot.conversation.interaction import Interaction
from bot.conversation.phrases import Unchanged
from bot.conversation.who import Named
from bot.conversation.zone_input import FindPlace, no_place, zones_meant
from bot.programme.notify import reader_zone, tell, wrong
from bot.programme.schedule.messages import (
    ScheduleChanged,
    ScheduleChangedForYou,
    ScheduleShown,
)
from bot.programme.settings.values import CHANGE, OFF, change, newest_change, snapshot
from bot.protocol.calendar.input_error import InputError, WhichError, shown
from bot.protocol.calendar.parse_schedule import TypedSchedule, parse_schedule
from bot.store import people
from bot.store.tables import AuditRow, PersonRow
from bot.training import occurrences

COMING: Final = 3
"""Reminders ahead that are shown."""
_ITEMS: Final = frozenset({"zone", "days", "time", "quiet"})
_EVERY_DAY: Final = "0,1,2,3,4,5,6"
_UNDO: Final = re.compile(r"undo (\d{1,18})", re.ASCII)


def schedule(turn: Interaction, words: str, find: FindPlace = no_place) -> None:
    """Show an athlete's schedule, or change the parts that were typed; `find` knows places."""
    named = who.athlete_named(turn, "schedule", words)
    if named is None:
        return
    undo = _UNDO.fullmatch(named.rest)
    if not named.rest:
        _show(turn, named.person)
    elif undo is not None:
        _undo(turn, named, int(undo[1]))
    else:
        _type(turn, named, find)


def _show(turn: Interaction, person: PersonRow, *, why: Unchanged = "") -> None:
    """Show the schedule, and `why` nothing was changed."""
    assert person.id is not None
    settings, athlete = snapshot(turn.db, person.id), people.athlete(turn.db, person.id)
    turn.show(
        ScheduleShown(
            athlete_id=person.id,
            name=person.name,
            zone=person.zone,
            reader_zone=reader_zone(turn),
            coming=tuple(occurrences.coming(turn.db, person.id, turn.now, COMING)),
            locked=athlete.locked_at is not None,
            paused=occurrences.is_paused(turn.db, person.id, turn.now),
            off=athlete.weekdays == OFF,
            days=settings["days"],
            time=settings["time"],
            quiet=settings["quiet"],
            why=why,
        )
    )


def _type(turn: Interaction, named: Named, find: FindPlace) -> None:
    try:
        typed = parse_schedule(named.rest, lambda text: _zone_of(text, find, turn.now))
        _apply(turn, named.person, _wanted(turn, named.id, typed))
    except WhichError as why:
        which.ask(turn, "schedule", why, named.id)
    except InputError as why:
        wrong(turn, why)


def _zone_of(text: str, find: FindPlace, now: datetime) -> str:
    """Return the zone that a text means. Raises ZoneError, and WhichError where several fit."""
    found = zones_meant(text, find(text), now)
    if len(found) == 1:
        return found[0].zone
    why = f"“{shown(text)}” has several clocks. Which ones?"
    raise WhichError(
        why, tuple(place.zone for place in found), labels=tuple(place.label for place in found)
    )


def _wanted(turn: Interaction, athlete_id: int, typed: TypedSchedule) -> dict[str, str]:
    """Return what was typed as the settings store it."""
    if typed.switch is not None:
        return {"days": OFF if typed.switch == "off" else _days_before_off(turn, athlete_id)}
    found = {
        "days": None if typed.weekdays is None else ",".join(map(str, sorted(typed.weekdays))),
        "time": None if typed.times is None else ",".join(f"{at:%H:%M}" for at in typed.times),
        "zone": typed.zone,
    }
    return {item: text for item, text in found.items() if text is not None}


def _days_before_off(turn: Interaction, athlete_id: int) -> str:
    """Return the days to switch on: those of now, or from before they were switched off."""
    days = people.athlete(turn.db, athlete_id).weekdays
    if days:
        return days
    query = (
        select(AuditRow.before, AuditRow.after)
        .where(AuditRow.subject_id == athlete_id, AuditRow.action == CHANGE)
        .order_by(col(AuditRow.id).desc())
    )
    for before, after in turn.db.exec(query):
        if before and after and json.loads(after).get("days") == OFF:
            return str(json.loads(before)["days"])
    return _EVERY_DAY


def _apply(turn: Interaction, person: PersonRow, wanted: dict[str, str]) -> None:
    """Store a change, tell the athlete, and show it before and after with a way back."""
    assert person.id is not None
    changed = change(turn.db, person.id, wanted, actor=turn.person_id, now=turn.now)
    if not changed.changes:
        _show(turn, person, why="same")
        return
    today = changed.today
    letter = ScheduleChangedForYou(
        turn.who.name,
        changed.changes,
        changed.next_at,
        changed.zone,
        moved_to=today.moved_to,
        closed=today.closed,
    )
    told = tell(turn, person, letter)
    newest, athlete = newest_change(turn.db, person.id), people.athlete(turn.db, person.id)
    assert newest is not None
    assert newest.id is not None
    turn.show(
        ScheduleChanged(
            athlete_id=person.id,
            name=person.name,
            zone=person.zone,
            reader_zone=reader_zone(turn),
            coming=tuple(occurrences.coming(turn.db, person.id, turn.now, 1)),
            locked=athlete.locked_at is not None,
            paused=occurrences.is_paused(turn.db, person.id, turn.now),
            off=athlete.weekdays == OFF,
            changes=changed.changes,
            told=told,
            undo=newest.id,
            moved_to=today.moved_to,
            closed=today.closed,
        )
    )


def _undo(turn: Interaction, named: Named, audit_id: int) -> None:
    """Take the newest change back, if this button belongs to it."""
    newest = newest_change(turn.db, named.id)
    before = json.loads(newest.before) if newest is not None and newest.before else {}
    if newest is None or newest.id != audit_id or not before.keys() <= _ITEMS:
        turn.answer(Inactive())
        _show(turn, named.person, why="gone")
        return
    _apply(turn, named.person, before)
