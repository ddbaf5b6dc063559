"""Starts in line: where too many train at once, a session opens a little later, in a stated time.

A session in its holds costs so many calls of the Bot API a second. While those that are live use
up to 80 % of the budget, the next one waits: a cue that comes late is a hold that is too long.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlmodel import Session as Db

from bot.flows import bars
from bot.flows.intents import Say, iso
from bot.flows.post import post
from bot.protocol.dose import Dose
from bot.protocol.record import Phase
from bot.store import due, line, people, sessions
from bot.store.line import InLine, Training
from bot.store.tables import StartRow

SHARE: Final = 0.8
"""The part of the budget that live sessions may use (docs/architecture.md, Out)."""
CALLS: Final = 4
"""Of each hold: HOLD, RELEASE, the answer to the press, the rest."""
BEFORE_S: Final = 30.0
"""Until the first hold: the first question, its answer, the lead-in."""
IDLE: Final = timedelta(minutes=2)
"""A question that has been open for a minute: from here on its session costs nothing."""
STEP_S: Final = 5
"""Waits are told in steps of so many seconds."""
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
    """Calls a second from `start` to `end`."""

    load: float
    start: datetime
    end: datetime


def note_rate(db: Db, rate: float, now: datetime) -> None:
    """Keep what delivery may send in a second."""
    due.set_fact(db, RATE_KEY, str(rate), now)


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
    return Stay(load, now, now + timedelta(seconds=seconds))


def stay_in_line(one: InLine) -> Stay:
    """Return what a session in line will cost once it opens."""
    seconds = BEFORE_S + one.holds * (one.hold_s + one.rest_s)
    return Stay(
        load_of(one.hold_s, one.rest_s), one.due_at, one.due_at + timedelta(seconds=seconds)
    )


def first_room(stays: Iterable[Stay], mine: float, most: float, now: datetime) -> datetime:
    """Return when `mine` fits beside `stays`: at the end of the line, never before `now`."""
    known = list(stays)
    at = max([now, *(one.start for one in known)])
    ends = sorted((one.end, one.load) for one in known)
    load = sum(one.load for one in known) + mine
    for end, freed in ends:
        if end <= at:
            load -= freed
        elif load <= most:
            return at
        else:
            at, load = end, load - freed
    return at


def wait(db: Db, athlete_id: int, now: datetime) -> datetime | None:
    """Return when the athlete's session can open, or None for at once."""
    dose = sessions.dose_of(people.plan(db, athlete_id))
    ahead = [stay_in_line(one) for one in line.waiting(db)]
    at = _room(db, dose, ahead, now)
    return at if ahead or at > now else None


def _room(db: Db, dose: Dose, ahead: list[Stay], now: datetime) -> datetime:
    live = [stay_of(one, now) for one in line.training(db)]
    fact = due.fact(db, RATE_KEY)
    most = SHARE * (RATE if fact is None else float(fact.value))
    return first_room([*live, *ahead], load_of(dose.hold_s, dose.rest_s), most, now)


def join(db: Db, athlete_id: int, occurrence_id: int | None, now: datetime) -> Later | None:
    """Put the athlete in line where too many train now; None where there is room.

    Who is in line already keeps the place.
    """
    mine = line.find(db, athlete_id)
    if mine is not None:
        return Later(mine.due_at)
    at = wait(db, athlete_id, now)
    if at is None:
        return None
    row = StartRow(
        athlete_id=athlete_id, occurrence_id=occurrence_id, asked_at=now, due_at=_told(at, now)
    )
    db.add(row)
    db.flush()
    return Later(row.due_at)


def _told(at: datetime, now: datetime) -> datetime:
    """Return the time that is told: in whole steps, never at once."""
    steps = -((now - at) // timedelta(seconds=STEP_S))
    return now + timedelta(seconds=STEP_S * max(1, steps))


def may_open(db: Db, athlete_id: int, now: datetime) -> StartRow | None:
    """Take the athlete out of the line whose time has come; None if nothing opens now.

    Who is barred meanwhile is told so. Where there is still no room, a new time is told.
    """
    row = line.find(db, athlete_id)
    if row is None or row.due_at > now:
        return None
    barred = bars.barred(db, athlete_id, now)
    if barred is not None:
        line.leave(db, athlete_id)
        _say(db, row, "line_over", now)
        return None
    dose = sessions.dose_of(people.plan(db, athlete_id))
    at = _room(db, dose, [], now)
    if at > now:
        row.due_at = _told(at, now)
        db.add(row)
        _say(db, row, "in_line", now)
        return None
    db.delete(row)
    db.flush()
    return row


def _say(db: Db, row: StartRow, topic: str, now: datetime) -> None:
    person = people.person(db, row.athlete_id)
    values = {"at": iso(row.due_at), "zone": person.zone, "again": True}
    key = f"l{row.athlete_id}:{topic}:{now.timestamp():.6f}"
    post(db, person.telegram_id, Say(topic, values), now, key=key)
