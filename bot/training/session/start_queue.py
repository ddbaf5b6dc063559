"""Starts in line: where too many train at once, a session opens a little later, in a stated time.

A session in its holds costs so many calls of the Bot API a second. While those that are live use
up to 80 % of the budget, the next one waits: a cue that comes late is a hold that is too long.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlmodel import Session as Db

from bot.conversation.message import Reply, Say
from bot.conversation.outgoing import post
from bot.protocol.dose.dose import Dose
from bot.protocol.session.state import Phase
from bot.store import facts, people, sessions, start_queue
from bot.store.start_queue import Training
from bot.store.tables import PersonRow, StartRow
from bot.training import eligibility
from bot.training.session.messages import InLine, LineOver

SHARE: Final = 0.8
"""The part of the budget that live sessions may use (docs/delivery.md, Out)."""
CALLS: Final = 4
"""Of each hold: HOLD, RELEASE, the answer to the press, the rest."""
BEFORE_S: Final = 30.0
"""Until the first hold: the first question, its answer, the lead-in."""
IDLE: Final = timedelta(minutes=2)
"""A question that has been open for a minute: from here on its session costs nothing."""
SOON: Final = timedelta(seconds=5)
"""A wait so short is no wait: the first question comes at once."""
HEAVIEST: Final = CALLS / 10
"""Calls a second of the shortest holds and rests that a plan may have."""
RATE_KEY: Final = "send_rate"
RATE: Final = 28.0
"""Messages a second, until delivery has said what the budget is."""

_QUIET: Final = frozenset({Phase.INTERRUPTED, Phase.ASKED_REASON, Phase.ASKED_STOP_PAIN})


@dataclass(frozen=True, slots=True)
class Later:
    """The session opens at `at`, by itself."""

    at: datetime


@dataclass(frozen=True, slots=True)
class Stay:
    """Calls a second until `end`."""

    load: float
    end: datetime


def note_rate(db: Db, rate: float, now: datetime) -> None:
    """Keep what delivery may send in a second."""
    facts.set_fact(db, RATE_KEY, str(rate), now)


def load_of(hold_s: int, rest_s: int) -> float:
    """Return the calls a second of a session in its holds."""
    return CALLS / (hold_s + rest_s)


def stay_of(session: Training, now: datetime) -> Stay:
    """Return what a live session will cost from now on; nothing while nobody answers it."""
    gone = session.due_at is None or session.due_at - now < IDLE
    asked = session.phase in {Phase.ASKED_BEFORE, Phase.ASKED_AFTER}
    quiet = session.phase in _QUIET or (asked and gone)
    seconds = session.left * (session.hold_s + session.rest_s)
    load = 0.0 if quiet else load_of(session.hold_s, session.rest_s)
    return Stay(load, now + timedelta(seconds=seconds))


def first_room(stays: Iterable[Stay], mine: float, most: float, now: datetime) -> datetime:
    """Return when `mine` fits beside `stays`."""
    known = sorted((one.end, one.load) for one in stays)
    load, at = sum(load for _end, load in known) + mine, now
    for end, freed in known:
        if load <= most:
            break
        at, load = max(at, end), load - freed
    return at


def in_step(starts: Iterable[datetime], most: float, now: datetime) -> datetime:
    """Return when one more may start, so that the cues of all do not come at the same moments."""
    apart, at = timedelta(seconds=CALLS / most), now
    even = datetime.min.replace(tzinfo=now.tzinfo)
    for start in sorted(starts):
        even = max(even, start) + apart
    return max(at, even)


def wait(db: Db, athlete_id: int, now: datetime) -> datetime | None:
    """Return when the athlete's session can open, or None for at once.

    Behind others in line that is when the one ends that begins so many before it as the budget
    carries; sessions are taken to be as long as this one.
    """
    dose, most = sessions.dose_of(people.plan(db, athlete_id)), _most(db)
    last, waiting = start_queue.waiting(db)
    if last is None:
        at = _room(db, dose, most, now)
        return at if at - now > SOON else None
    at = max(now, last + timedelta(seconds=CALLS / most))
    beyond = start_queue.how_many(db) + waiting - int(most / load_of(dose.hold_s, dose.rest_s))
    if beyond < 0:
        return at
    seconds = BEFORE_S + dose.total_holds * (dose.hold_s + dose.rest_s)
    return max(at, start_queue.start(db, beyond) + timedelta(seconds=seconds))


def _room(db: Db, dose: Dose, most: float, now: datetime) -> datetime:
    """Return when there is room beside the live sessions alone."""
    if start_queue.how_many(db) * HEAVIEST <= most:
        return now
    live = start_queue.training(db)
    fits = first_room(
        (stay_of(one, now) for one in live), load_of(dose.hold_s, dose.rest_s), most, now
    )
    return max(fits, in_step((one.opened_at for one in live), most, now))


def _most(db: Db) -> float:
    """Return the calls a second that live sessions may use."""
    fact = facts.fact(db, RATE_KEY)
    return SHARE * (RATE if fact is None else float(fact.value))


def join(
    db: Db,
    athlete_id: int,
    occurrence_id: int | None,
    now: datetime,
    exercise: str | None = None,
) -> Later | None:
    """Put the athlete in line where too many train now; None where there is room.

    Who is in line already keeps the place; what a reminder's button asked for last is held then.
    /session, sent again by somebody impatient, asks for nothing new.
    """
    mine = start_queue.find(db, athlete_id)
    if mine is not None:
        if occurrence_id is not None or exercise is not None:
            mine.exercise = exercise
            db.add(mine)
        return Later(mine.due_at)
    at = wait(db, athlete_id, now)
    if at is None:
        return None
    row = StartRow(
        athlete_id=athlete_id,
        occurrence_id=occurrence_id,
        exercise=exercise,
        asked_at=now,
        due_at=at,
    )
    db.add(row)
    db.flush()
    return Later(row.due_at)


def whole(at: datetime) -> datetime:
    """Return the first whole second from `at` on: what is told is never too early."""
    return at + timedelta(microseconds=-at.microsecond % 1_000_000)


def may_open(db: Db, athlete_id: int, now: datetime) -> StartRow | None:
    """Take the athlete out of the line whose time has come; None if nothing opens now.

    Who is barred meanwhile is told so. Where there is still no room, a new time is told.
    """
    row = start_queue.find(db, athlete_id)
    if row is None or row.due_at > now:
        return None
    person = people.person(db, athlete_id)
    barred = eligibility.barred(db, athlete_id, now)
    if barred is not None:
        start_queue.leave(db, athlete_id)
        _say(db, person, LineOver(), now)
        return None
    dose = sessions.dose_of(people.plan(db, athlete_id))
    at = _room(db, dose, _most(db), now)
    if at - now > SOON:
        row.due_at = at
        db.add(row)
        _say(db, person, InLine(whole(at), person.zone, again=True), now)
        return None
    db.delete(row)
    db.flush()
    return row


def _say(db: Db, person: PersonRow, reply: Reply, now: datetime) -> None:
    key = f"l{person.id}:{reply.topic}:{now.timestamp():.6f}"
    post(db, person.telegram_id, Say(reply), now, key=key)
