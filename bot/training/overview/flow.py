"""What comes next, what was, a pain note, and help."""

from datetime import datetime, timedelta
from typing import Any, Final

from sqlmodel import Session as Db
from sqlmodel import col, select

from bot.conversation.interaction import Turn
from bot.conversation.message import iso
from bot.protocol.calendar.iso_week import Window, local_week
from bot.protocol.calendar.local_time import instant, local
from bot.protocol.calendar.recurrence import occurrences_between
from bot.protocol.session.outcome import FOLLOWED
from bot.protocol.session.pain import parse_pain
from bot.store import people, sessions
from bot.store.sessions import Stored
from bot.store.tables import AthleteRow, OccurrenceRow, OccurrenceState
from bot.training import occurrences
from bot.training.pain_notes import flow as pain_notes
from bot.training.speech import flow as live_words

SHOWN: Final = 7
"""Sessions in the history."""
LINES: Final = 12
"""Lines in the history, with the days that had no session."""
_NO_SESSION: Final = (
    OccurrenceState.SKIPPED,
    OccurrenceState.MISSED,
    OccurrenceState.NOT_DELIVERED,
    OccurrenceState.PAUSED,
    OccurrenceState.RESTED,
)
_NOT_PLANNED: Final = frozenset(
    {OccurrenceState.NOT_DELIVERED, OccurrenceState.PAUSED, OccurrenceState.RESTED}
)
"""Days that nobody could have trained on: our fault, a pause, a lock, or rest after pain."""
_OPEN: Final = frozenset({OccurrenceState.REMINDED, OccurrenceState.NUDGED})
_MIDNIGHT: Final = datetime.min.time()
_TWO_WEEKS: Final = timedelta(days=14)


def _self(turn: Turn) -> AthleteRow | None:
    """Return the athlete whose turn it is; anybody else is told that this is for athletes."""
    athlete = turn.athlete
    if athlete is None:
        turn.answer()
        turn.say("not_athlete")
    return athlete


# ---- next -----------------------------------------------------------------------------


def next_session(turn: Turn) -> None:
    """Say when the next session is and what it asks, or why there is none."""
    athlete = _self(turn)
    if athlete is None:
        return
    dose = sessions.dose_of(people.plan(turn.db, athlete.person_id))
    turn.answer()
    turn.say(
        "next",
        **_when(turn, athlete),
        zone=people.person(turn.db, athlete.person_id).zone,
        holds=dose.holds,
        hold_s=dose.hold_s,
        sets=dose.sets,
        side=dose.side,
    )


def _when(turn: Turn, athlete: AthleteRow) -> dict[str, Any]:
    """Return why there is no session, or when there is one."""
    next_at = occurrences.next_at(turn.db, athlete.person_id, turn.now)
    values: dict[str, Any] = {"why": None, "next_at": iso(next_at), "running": False}
    if athlete.erase_at is not None:
        return {**values, "why": "leaving", "until": athlete.erase_at.isoformat(), "next_at": None}
    if athlete.locked_at is not None:
        return {**values, "why": "locked", "reason": athlete.lock_reason}
    if occurrences.is_paused(turn.db, athlete.person_id, turn.now):
        until = athlete.paused_until
        return {**values, "why": "paused", "until": iso(until), "kept": athlete.only_coach_resumes}
    if sessions.live(turn.db, athlete.person_id) is not None:
        values["running"] = True
    else:
        zone = people.person(turn.db, athlete.person_id).zone
        rest = occurrences.rests_until(turn.db, athlete.person_id, zone, turn.now)
        values |= {**_today(turn, athlete), "rests_until": iso(rest)}
    if next_at is None:
        values["why"] = "no_days"
    return values


def _today(turn: Turn, athlete: AthleteRow) -> dict[str, Any]:
    """Return whether today's reminder waits for an answer, and until when it was put off."""
    today = occurrences.todays(turn.db, athlete.person_id, turn.now)
    put_off = [row.due_at for row in today if row.state == OccurrenceState.SNOOZED]
    return {
        "waiting": any(row.state in _OPEN for row in today),
        "put_off": iso(next(iter(put_off), None)),
    }


# ---- history --------------------------------------------------------------------------


def history(turn: Turn) -> None:
    """Tell the last seven sessions, the days without one, and this week so far."""
    athlete = _self(turn)
    if athlete is None:
        return
    zone = people.person(turn.db, athlete.person_id).zone
    found = sessions.closed(turn.db, athlete.person_id, SHOWN)
    entries = [_session_line(one, zone) for one in found]
    entries += _days_without(turn, athlete, found, zone)
    entries.sort(key=lambda entry: (entry["day"], entry["at"]), reverse=True)
    turn.answer()
    turn.say(
        "history",
        entries=entries[:LINES],
        week=_week(turn, athlete, zone),
        running=sessions.live(turn.db, athlete.person_id) is not None,
        zone=zone,
    )


def _session_line(stored: Stored, zone: str) -> dict[str, Any]:
    value = stored.value
    assert value.outcome is not None
    pains = [hold.pain for hold in value.holds if hold.pain is not None]
    before = next((rating.value for rating in reversed(value.before) if not rating.undone), None)
    return {
        "kind": "session",
        "day": local(value.opened_at, zone).date().isoformat(),
        "at": value.opened_at.isoformat(),
        "outcome": value.outcome,
        "done": len(value.done),
        "planned": value.dose.total_holds,
        "first": pains[0] if pains else before,
        "last": pains[-1] if pains else None,
        "tension_s": round(value.tension_s),
    }


def _days_without(
    turn: Turn, athlete: AthleteRow, found: list[Stored], zone: str
) -> list[dict[str, Any]]:
    """Return the days without a session, as far back as the sessions shown, or two weeks."""
    since = local(turn.now, zone).date() - _TWO_WEEKS
    if len(found) == SHOWN:
        since = local(found[-1].value.opened_at, zone).date()
    query = select(OccurrenceRow).where(
        OccurrenceRow.athlete_id == athlete.person_id,
        col(OccurrenceRow.local_date) >= since,
        col(OccurrenceRow.state).in_(_NO_SESSION),
    )
    return [
        {
            "kind": row.state,
            "day": row.local_date.isoformat(),
            "at": row.planned_at.isoformat(),
            "reason": row.reason,
        }
        for row in turn.db.exec(query)
    ]


def _week(turn: Turn, athlete: AthleteRow, zone: str) -> dict[str, int]:
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
    return {"done": len(done), "planned": len(asked) + len(ahead)}


def _rows_of(db: Db, athlete_id: int, window: Window, zone: str) -> list[OccurrenceRow]:
    monday = local(window.start, zone).date()
    query = select(OccurrenceRow).where(
        OccurrenceRow.athlete_id == athlete_id,
        col(OccurrenceRow.local_date) >= monday,
        col(OccurrenceRow.local_date) < monday + timedelta(days=7),
    )
    return list(db.exec(query))


def _ahead(turn: Turn, athlete: AthleteRow, window: Window, zone: str) -> set[tuple[Any, int]]:
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


def pain_note(turn: Turn, text: str, message_id: int | None = None) -> None:
    """Note the pain right now, 0–10; while a session runs the number goes to the session."""
    athlete = _self(turn)
    if athlete is None:
        return
    value = parse_pain(text)
    if sessions.is_live(turn.db, athlete.person_id):
        live_words.pain(turn, text, message_id)
    elif value is None:
        turn.answer()
        turn.say("pain_note_ask", unclear=bool(text.strip()))
    else:
        pain_notes.keep(turn, value, message_id)


# ---- help -----------------------------------------------------------------------------


def help_text(turn: Turn) -> None:
    """Say what the bot is and every command of the person's roles."""
    turn.answer()
    turn.say("help", roles=sorted(turn.who.roles))
