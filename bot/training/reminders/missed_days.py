"""Planned days without an answer: asked about after two, told to the coach after three.

PROTOCOL 8. A day counts when its reminders were delivered and none was answered. A day that was
not delivered (our fault), paused or locked neither counts nor ends the run.
"""

from collections.abc import Collection
from datetime import date, datetime
from itertools import groupby
from typing import Final

from sqlmodel import Session as Db
from sqlmodel import col, select

from bot.conversation.interaction import Interaction
from bot.conversation.message import Say
from bot.conversation.outgoing import post
from bot.protocol.calendar.local_time import training_day
from bot.protocol.calendar.quiet_hours import release_at
from bot.store import people, reminder_batch, sessions
from bot.store.tables import OccurrenceRow, OccurrenceState
from bot.training import occurrences
from bot.training.alerts.flow import alert_coaches
from bot.training.messages import CoachAlert
from bot.training.reasons import MISSED, MISSED_PAIN
from bot.training.recent_days import ASKED
from bot.training.reminders.messages import MissedReason, WhyMissed, WhyNoted

ASK_AFTER: Final = 2
TELL_AFTER: Final = 3
_LOOK_BACK: Final = 60
"""Occurrences looked at: more than a run that matters can have."""
_NOT_COUNTED: Final = (
    OccurrenceState.PLANNED,
    OccurrenceState.NOT_DELIVERED,
    OccurrenceState.PAUSED,
)
"""Still to come, our fault, or put aside."""
_NO_DAY: Final = (*_NOT_COUNTED, *sorted(ASKED))
"""These, and what is still open."""


def day_ended(db: Db, row: OccurrenceRow, now: datetime) -> None:
    """An occurrence was missed: ask or tell, when the run of missed days has come so far."""
    run = missed_days(db, row.athlete_id)
    if len(run) == ASK_AFTER:
        _ask(db, row, run, now)
    elif len(run) == TELL_AFTER:
        reason = next((one.reason for one in run if one.reason), None)
        _tell(db, row.athlete_id, MISSED, len(run), reason, f"missed:{run[-1].id}", now)


def in_a_run(db: Db, occurrence_ids: Collection[int]) -> frozenset[int]:
    """Return those of these occurrences that, once missed, may not be the first of a run.

    One statement; for the others `day_ended` has nothing to do.
    """
    return reminder_batch.after_one_like_it(db, occurrence_ids, OccurrenceState.MISSED, _NO_DAY)


def missed_days(db: Db, athlete_id: int) -> list[OccurrenceRow]:
    """Return the present run of missed planned days, newest first: one occurrence of each day.

    A day of which anything is still open is not looked at yet.
    """
    query = (
        select(OccurrenceRow)
        .where(
            OccurrenceRow.athlete_id == athlete_id, col(OccurrenceRow.state).not_in(_NOT_COUNTED)
        )
        .order_by(col(OccurrenceRow.local_date).desc(), col(OccurrenceRow.slot))
        .limit(_LOOK_BACK)
    )
    trained = _last_trained(db, athlete_id)
    run: list[OccurrenceRow] = []
    for day, rows in groupby(db.exec(query), key=lambda row: row.local_date):
        first, *others = rows
        states = {first.state, *(row.state for row in others)}
        if states & ASKED:
            continue
        if states != {OccurrenceState.MISSED} or (trained is not None and day <= trained):
            break
        run.append(first)
    return run


def _last_trained(db: Db, athlete_id: int) -> date | None:
    """Return the day of the newest session, also of one beside the plan."""
    newest = sessions.newest(db, athlete_id)
    zone = people.person(db, athlete_id).zone
    return None if newest is None else training_day(newest.value.opened_at, zone)


def _ask(db: Db, row: OccurrenceRow, run: list[OccurrenceRow], now: datetime) -> None:
    """Ask the athlete why, once, when their quiet hours are over."""
    person, athlete = people.person(db, row.athlete_id), people.athlete(db, row.athlete_id)
    newest = run[0].id
    assert newest is not None
    question = WhyMissed(newest, tuple(one.local_date for one in reversed(run)))
    due = release_at(now, occurrences.quiet_of(athlete), person.zone)
    post(
        db,
        person.telegram_id,
        Say(question),
        now,
        key=f"why:{run[-1].id}",
        due=due,
    )


def _tell(
    db: Db, athlete_id: int, event: str, days: int, reason: str | None, key: str, now: datetime
) -> None:
    person = people.person(db, athlete_id)
    intent = CoachAlert(
        athlete=person.name,
        athlete_id=athlete_id,
        event=event,
        value=None,
        limit=people.plan(db, athlete_id).pain_limit,
        spot=None,
        at=now,
        zone=person.zone,
        reason=reason,
        missed=days,
    )
    alert_coaches(db, athlete_id, intent, key, now)


def explain(turn: Interaction, occurrence_id: int, reason: MissedReason) -> None:
    """The athlete says why days were missed; pain is told to the coach at once."""
    row = turn.db.get(OccurrenceRow, occurrence_id)
    mine = row is not None and row.athlete_id == turn.who.person_id
    if row is None or not mine or row.state != OccurrenceState.MISSED:
        turn.expired()
        return
    run = missed_days(turn.db, row.athlete_id)
    lasts = any(one.id == row.id for one in run)
    for one in run if lasts else [row]:
        one.reason = reason
        turn.db.add(one)
    turn.db.flush()
    turn.answer()
    turn.show(WhyNoted(reason, has_coach=bool(people.coaches_of(turn.db, row.athlete_id))))
    if reason is MissedReason.PAIN and lasts:
        key = f"missed_pain:{run[-1].id}"
        _tell(turn.db, row.athlete_id, MISSED_PAIN, len(run), reason, key, turn.now)
