"""What comes next, what was, and a pain note."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Final

from sqlmodel import Session as Db
from sqlmodel import col, select

from bot.conversation.common.messages import NotAthlete
from bot.conversation.interaction import Interaction
from bot.protocol.calendar.iso_week import Window, local_week
from bot.protocol.calendar.local_time import instant, local
from bot.protocol.calendar.recurrence import occurrences_between
from bot.protocol.session.outcome import FOLLOWED
from bot.protocol.session.pain import parse_pain
from bot.store import people, sessions
from bot.store.sessions import Stored
from bot.store.tables import AthleteRow, OccurrenceRow, OccurrenceState
from bot.training import occurrences
from bot.training.overview.messages import (
    DayEntry,
    LastSessions,
    NextSession,
    SessionEntry,
    Unheld,
    Week,
)
from bot.training.pain_notes import flow as pain_notes
from bot.training.pain_notes.messages import PainNoteAsked
from bot.training.session import actions
from bot.training.speech import flow as live_words

SHOWN: Final = 7
"""Sessions in the history."""
LINES: Final = 12
"""Lines in the history, with the days that had no session."""
_NOT_PLANNED: Final = frozenset(
    {OccurrenceState.NOT_DELIVERED, OccurrenceState.PAUSED, OccurrenceState.RESTED}
)
"""Days that nobody could have trained on: our fault, a pause, a lock, or rest after pain."""
_OPEN: Final = frozenset({OccurrenceState.REMINDED, OccurrenceState.NUDGED})
_MIDNIGHT: Final = datetime.min.time()
_TWO_WEEKS: Final = timedelta(days=14)


def _self(turn: Interaction) -> AthleteRow | None:
    """Return the athlete whose turn it is; anybody else is told that this is for athletes."""
    athlete = turn.athlete
    if athlete is None:
        turn.answer()
        turn.say(NotAthlete())
    return athlete


# ---- next -----------------------------------------------------------------------------


def next_session(turn: Interaction) -> None:
    """Say when the next session is and what it asks, or why there is none."""
    athlete = _self(turn)
    if athlete is None:
        return
    dose = sessions.dose_of(people.plan(turn.db, athlete.person_id))
    planned = NextSession(
        why=None,
        next_at=occurrences.next_at(turn.db, athlete.person_id, turn.now),
        zone=people.person(turn.db, athlete.person_id).zone,
        holds=dose.holds,
        hold_s=dose.hold_s,
        sets=dose.sets,
        side=dose.side,
    )
    turn.answer()
    turn.say(_as_it_stands(turn, athlete, planned))


def _as_it_stands(turn: Interaction, athlete: AthleteRow, told: NextSession) -> NextSession:
    """Add why there is no session, or what is open today."""
    if athlete.erase_at is not None:
        return replace(told, why="leaving", until=athlete.erase_at, next_at=None)
    if athlete.locked_at is not None:
        return replace(told, why="locked", reason=athlete.lock_reason)
    if occurrences.is_paused(turn.db, athlete.person_id, turn.now):
        until, kept = athlete.paused_until, athlete.only_coach_resumes
        return replace(told, why="paused", until=until, kept=kept)
    if told.next_at is None:
        told = replace(told, why="no_days")
    if sessions.live(turn.db, athlete.person_id) is not None:
        return replace(told, running=True)
    today = occurrences.todays(turn.db, athlete.person_id, turn.now)
    put_off = [row.due_at for row in today if row.state == OccurrenceState.SNOOZED]
    waiting = any(row.state in _OPEN for row in today)
    return replace(told, waiting=waiting, put_off=next(iter(put_off), None))


# ---- history --------------------------------------------------------------------------


def history(turn: Interaction) -> None:
    """Tell the last seven sessions, the days without one, and this week so far."""
    athlete = _self(turn)
    if athlete is None:
        return
    zone = people.person(turn.db, athlete.person_id).zone
    found = sessions.closed(turn.db, athlete.person_id, SHOWN)
    entries: list[SessionEntry | DayEntry] = [
        *(_session_entry(one, zone) for one in found),
        *_days_without(turn, athlete, found, zone),
    ]
    entries.sort(key=lambda entry: (entry.day, entry.at), reverse=True)
    turn.answer()
    turn.say(
        LastSessions(
            tuple(entries[:LINES]),
            week=_week(turn, athlete, zone),
            running=sessions.live(turn.db, athlete.person_id) is not None,
            zone=zone,
        )
    )


def _session_entry(stored: Stored, zone: str) -> SessionEntry:
    value = stored.value
    assert value.outcome is not None
    pains = [hold.pain for hold in value.holds if hold.pain is not None]
    before = next((rating.value for rating in reversed(value.before) if not rating.undone), None)
    return SessionEntry(
        day=local(value.opened_at, zone).date(),
        at=value.opened_at,
        outcome=value.outcome,
        done=len(value.done),
        planned=value.dose.total_holds,
        first=pains[0] if pains else before,
        last=pains[-1] if pains else None,
        tension_s=round(value.tension_s),
    )


def _days_without(
    turn: Interaction, athlete: AthleteRow, found: list[Stored], zone: str
) -> list[DayEntry]:
    """Return the days without a session, as far back as the sessions shown, or two weeks."""
    since = local(turn.now, zone).date() - _TWO_WEEKS
    if len(found) == SHOWN:
        since = local(found[-1].value.opened_at, zone).date()
    query = select(OccurrenceRow).where(
        OccurrenceRow.athlete_id == athlete.person_id,
        col(OccurrenceRow.local_date) >= since,
        col(OccurrenceRow.state).in_(list(Unheld)),
    )
    return [
        DayEntry(row.local_date, row.planned_at, Unheld(row.state), row.reason)
        for row in turn.db.exec(query)
    ]


def _week(turn: Interaction, athlete: AthleteRow, zone: str) -> Week:
    """Return this week's sessions: done as the plan asks, and planned in all, past and ahead."""
    window = local_week(local(turn.now, zone).date(), zone)
    done = [
        found
        for found in sessions.closed(turn.db, athlete.person_id, 14)
        if found.value.opened_at in window and found.value.outcome in FOLLOWED
    ]
    rows = _rows_of(turn.db, athlete.person_id, window, zone)
    asked = [row for row in rows if row.state not in _NOT_PLANNED]
    asked = [row for row in asked if row.state != OccurrenceState.PLANNED]
    had = {(row.local_date, row.slot) for row in rows if row.state != OccurrenceState.PLANNED}
    ahead = _ahead(turn, athlete, window, zone) - had
    return Week(len(done), len(asked) + len(ahead))


def _rows_of(db: Db, athlete_id: int, window: Window, zone: str) -> list[OccurrenceRow]:
    monday = local(window.start, zone).date()
    query = select(OccurrenceRow).where(
        OccurrenceRow.athlete_id == athlete_id,
        col(OccurrenceRow.local_date) >= monday,
        col(OccurrenceRow.local_date) < monday + timedelta(days=7),
    )
    return list(db.exec(query))


def _ahead(
    turn: Interaction, athlete: AthleteRow, window: Window, zone: str
) -> set[tuple[date, int]]:
    """Return the days and slots that are still to come this week; none while barred."""
    recurrence = occurrences.recurrence_of(athlete, zone)
    barred = athlete.locked_at is not None or athlete.erase_at is not None
    start = turn.now
    if occurrences.is_paused(turn.db, athlete.person_id, turn.now):
        barred = barred or athlete.paused_until is None
        if athlete.paused_until is not None:
            start = instant(athlete.paused_until, _MIDNIGHT, zone)
    if recurrence is None or barred or start >= window.end:
        return set()
    found = occurrences_between(recurrence, start, window.end)
    return {one.key for one in found if one.at > turn.now}


# ---- a pain note ----------------------------------------------------------------------


def pain_note(turn: Interaction, text: str, message_id: int | None = None) -> None:
    """Note the pain right now, 0–10; while a session runs the words go to the session."""
    athlete = _self(turn)
    if athlete is None:
        return
    if sessions.is_live(turn.db, athlete.person_id):
        live_words.pain(turn, text, message_id)
        return
    value = parse_pain(text)
    if value is None:
        turn.answer()
        turn.say(PainNoteAsked(unclear=bool(text.strip())))
    else:
        pain_notes.keep(turn, value, message_id)


def pain_pressed(turn: Interaction, value: int) -> None:
    """Note the pain of a button; it answers no question of a session that runs meanwhile."""
    athlete = _self(turn)
    if athlete is None:
        return
    if sessions.is_live(turn.db, athlete.person_id):
        actions.note_pain(turn, value)
    else:
        pain_notes.keep(turn, value)
