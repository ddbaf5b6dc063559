"""What comes next, what was, and a pain note."""

import re
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Final

from bot.conversation.common.messages import NotAthlete
from bot.conversation.interaction import Interaction
from bot.protocol.calendar.local_time import instant, local
from bot.protocol.calendar.recurrence import occurrences_between
from bot.protocol.calendar.weeks import Window, local_week
from bot.protocol.report.period import Became, Planned, ReportedSession, Stretch
from bot.protocol.session.pain import parse_pain
from bot.protocol.session.state import Outcome
from bot.store import people, sessions
from bot.store.tables import AthleteRow, OccurrenceState
from bot.training import eligibility, occurrences
from bot.training.history import stretches
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
from bot.training.progression import next_dose
from bot.training.session import actions
from bot.training.speech import flow as live_words

SHOWN: Final = 7
"""Sessions in the history."""
LINES: Final = 12
"""Lines in the history, with the days that had no session."""
_UNHELD: Final = {
    Became.SKIPPED: Unheld.SKIPPED,
    Became.MISSED: Unheld.MISSED,
    Became.NOT_DELIVERED: Unheld.NOT_DELIVERED,
    Became.RESTED: Unheld.RESTED,
}
"""What a day without a session is told as."""
_COUNT: Final = re.compile(r"[0-9]{1,3}", re.ASCII)
_MIDNIGHT: Final = datetime.min.time()
_NIGHT: Final = timedelta(days=1)
"""A session may belong to the day before the one on which it was opened."""
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
    next_at = occurrences.next_at(turn.db, athlete.person_id, turn.now)
    dose = next_dose.coming(turn.db, athlete.person_id, next_at or turn.now)
    planned = NextSession(
        why=None,
        next_at=next_at,
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
    if sessions.is_live(turn.db, athlete.person_id):
        return replace(told, running=True)
    return _open_now(turn, athlete, told)


def _open_now(turn: Interaction, athlete: AthleteRow, told: NextSession) -> NextSession:
    """Add the reminder that waits for an answer, where a session could begin, or is put off."""
    asked = occurrences.asked(turn.db, athlete.person_id)
    put_off = (row.due_at for row in asked if row.state == OccurrenceState.SNOOZED)
    waits = [row.local_date for row in asked if row.state != OccurrenceState.SNOOZED]
    if eligibility.had_enough(turn.db, athlete.person_id, turn.now) is not None:
        waits = []
    return replace(
        told,
        waiting=bool(waits),
        waiting_day=next(iter(waits), None),
        put_off=told.next_at if told.next_at in put_off else None,
    )


# ---- history --------------------------------------------------------------------------


def is_count(words: str) -> bool:
    """Whether what stands behind /history counts sessions: it is no pain."""
    return _COUNT.fullmatch(words.strip()) is not None


def history(turn: Interaction) -> None:
    """Tell the last seven sessions, the days without one, and this week so far."""
    athlete = _self(turn)
    if athlete is None:
        return
    person = people.person(turn.db, athlete.person_id)
    today = local(turn.now, person.zone).date()
    since = _shown_since(turn, athlete, today, person.zone)
    monday = today - timedelta(days=today.weekday())
    span = (min(since, monday), today)
    found = stretches(turn.db, [person], {turn.person_id: span}, turn.person_id)[turn.person_id]
    turn.answer()
    turn.say(
        LastSessions(
            _entries(found, since),
            week=_week(turn, athlete, found.part(monday, today), person.zone),
            running=sessions.live(turn.db, athlete.person_id) is not None,
            zone=person.zone,
        )
    )


def _shown_since(turn: Interaction, athlete: AthleteRow, today: date, zone: str) -> date:
    """Return the first day of the history: so far back are the sessions shown, or two weeks."""
    newest = sessions.closed(turn.db, athlete.person_id, SHOWN)
    oldest = [local(one.value.opened_at, zone).date() - _NIGHT for one in newest[-1:]]
    return min(today - _TWO_WEEKS, *oldest) if oldest else today - _TWO_WEEKS


def _entries(found: Stretch, since: date) -> tuple[SessionEntry | DayEntry, ...]:
    """Return the newest sessions and the days without one, newest first."""
    held = [one for one in found.trained if one.outcome is not None][-SHOWN:]
    if len(held) == SHOWN:
        since = held[0].day
    entries: list[SessionEntry | DayEntry] = [*map(_session_entry, held)]
    entries += [_day_entry(one) for one in found.planned if _is_unheld(one) and one.day >= since]
    entries += [_paused_entry(day) for day in found.paused if day >= since]
    entries.sort(key=lambda entry: (entry.day, entry.at), reverse=True)
    return tuple(entries[:LINES])


def _session_entry(one: ReportedSession) -> SessionEntry:
    assert one.outcome is not None
    return SessionEntry(
        day=one.day,
        at=one.opened_at,
        outcome=Outcome(one.outcome),
        done=one.holds_done,
        planned=one.holds_planned,
        first=one.before if one.last is None else one.first,
        last=one.last,
        tension_s=one.tension_s,
        stop=None if one.stop_pain == one.last else one.stop_pain,
    )


def _is_unheld(one: Planned) -> bool:
    return not one.by_session and one.became in _UNHELD


def _day_entry(one: Planned) -> DayEntry:
    return DayEntry(one.day, one.at or _start_of(one.day), _UNHELD[one.became], one.reason)


def _paused_entry(day: date) -> DayEntry:
    return DayEntry(day, _start_of(day), Unheld.PAUSED)


def _start_of(day: date) -> datetime:
    return datetime.combine(day, _MIDNIGHT, UTC)


def _week(turn: Interaction, athlete: AthleteRow, week: Stretch, zone: str) -> Week:
    """Return how the plan was followed this week so far, and how many sessions are to come."""
    had = {(one.day, one.slot) for one in week.planned}
    still_open = {(one.day, one.slot) for one in week.planned if one.became is Became.OPEN}
    window = local_week(week.last_day, zone)
    ahead = still_open | (_ahead(turn, athlete, window, zone) - had)
    return Week(week.followed, week.asked, len(ahead))


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
