"""Stretches of days of many athletes at once: rows become what everybody reads, counted once.

The athlete's history, the coach's list, card and summary, pictures, the page and the files all
begin here.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any, Final, TypeVar

from sqlmodel import Session as Db

from bot.protocol.calendar.local_time import local, training_day
from bot.protocol.load.entries import LoadEntry
from bot.protocol.report.period import (
    Became,
    Planned,
    ReportedMorning,
    ReportedSession,
    Stretch,
    whole_seconds,
)
from bot.protocol.session.outcome import NOT_HELD
from bot.protocol.session.rest import RESTS
from bot.protocol.session.state import Outcome
from bot.store import agreed, history, load
from bot.store.history import Asking, CutHold, Load, Past, Rated, Sitting, Woken
from bot.store.tables import OccurrenceState, PersonRow
from bot.training import reasons

T = TypeVar("T")

_BECAME: Final = {
    Outcome.LESSENING: Became.DONE,
    Outcome.LEVEL: Became.DONE,
    Outcome.RISING: Became.RISING,
    Outcome.PARTIAL: Became.UNFINISHED,
    Outcome.STOPPED_EARLY: Became.UNFINISHED,
    Outcome.STOPPED_PAIN: Became.STOPPED,
    Outcome.STOPPED_HARD: Became.STOPPED,
    Outcome.RED_FLAG: Became.FLAGGED,
    Outcome.RESTED_ON_PAIN: Became.RESTED,
}
_WITHOUT: Final = {
    OccurrenceState.SKIPPED: Became.SKIPPED,
    OccurrenceState.MISSED: Became.MISSED,
    OccurrenceState.NOT_DELIVERED: Became.NOT_DELIVERED,
    OccurrenceState.RESTED: Became.RESTED,
    OccurrenceState.STARTED: Became.UNFINISHED,
}
"""What an occurrence became that no session belongs to; what is not here is still open."""
_SAID_WHY: Final = frozenset({Became.SKIPPED, Became.MISSED})
"""What pain as the reason makes a rest: pain is a reason to rest, whenever it is told."""
_COUNTS_MOST: Final = (
    Became.FLAGGED,
    Became.STOPPED,
    Became.RISING,
    Became.DONE,
    Became.OPEN,
    Became.RESTED,
    Became.UNFINISHED,
)
"""Which of several sessions of one occurrence says what became of it."""
_ON_PAIN: Final = frozenset({Outcome.STOPPED_PAIN, Outcome.STOPPED_HARD, Outcome.RISING})
"""Outcomes that the newest answer brought about."""
_ALL_DAYS: Final = date(2020, 1, 1)
"""Before the first day that anybody has had."""


@dataclass(frozen=True, slots=True)
class _Sat:
    """A session, the occurrence that it belongs to, and whether it is one at all.

    Opened and left before a hold it is none.
    """

    session: ReportedSession
    of: int | None
    real: bool

    @property
    def day(self) -> date:
        return self.session.day

    @property
    def became(self) -> Became:
        return became_of(self.session.outcome)


def stretches(
    db: Db,
    athletes: Sequence[PersonRow],
    spans: Mapping[int, tuple[date, date]],
    reader_id: int,
) -> dict[int, Stretch]:
    """Return each athlete's local days from the first to the last of their span, both included.

    Every athlete needs a span. The diary is among them where `reader_id` may see it. The number of
    statements does not depend on how many there are.
    """
    if not athletes:
        return {}
    ids = [_id(one) for one in athletes]
    first = min(spans[one][0] for one in ids)
    last = max(spans[one][1] for one in ids)
    found = history.past(db, ids, first, last)
    askings = _grouped(found.askings, "athlete_id")
    mornings = _grouped(found.mornings, "athlete_id")
    sat = _sat(found, {_id(one): one.zone for one in athletes})
    entries = load.entries(db, agreed.sees_load(db, reader_id, ids), first, last)
    return {
        _id(one): _stretch(
            spans[_id(one)],
            askings[_id(one)],
            sat[_id(one)],
            [_morning(woken, one.zone) for woken in mornings[_id(one)]],
            entries[_id(one)],
        )
        for one in athletes
    }


def all_days(db: Db, athlete: PersonRow, now: datetime, reader_id: int) -> Stretch:
    """Return everything that an athlete has had, up to today; the diary where it may be seen."""
    span = (_ALL_DAYS, local(now, athlete.zone).date())
    return stretches(db, [athlete], {_id(athlete): span}, reader_id)[_id(athlete)]


def _id(person: PersonRow) -> int:
    assert person.id is not None
    return person.id


def _grouped(rows: Sequence[T], key: str) -> defaultdict[Any, list[T]]:
    found: defaultdict[Any, list[T]] = defaultdict(list)
    for row in rows:
        found[getattr(row, key)].append(row)
    return found


def _stretch(
    span: tuple[date, date],
    askings: list[Asking],
    sat: list[_Sat],
    mornings: list[ReportedMorning],
    entries: list[LoadEntry],
) -> Stretch:
    first, last = span
    asked = [one for one in askings if first <= one.day <= last and one.reason != reasons.CHANGED]
    paused = {one.day for one in asked if one.state == OccurrenceState.PAUSED}
    inside = _given([one for one in sat if first <= one.day <= last], asked)
    by_occurrence, by_day = _grouped(inside, "of"), _grouped(inside, "day")
    planned = tuple(
        _planned(one, by_occurrence[one.id], by_day[one.day])
        for one in asked
        if one.state != OccurrenceState.PAUSED
    )
    left = {one.session.session_id for one in inside if _is_left(one, by_occurrence[one.of])}
    sessions = [one.session for one in inside]
    return Stretch(
        first_day=first,
        last_day=last,
        planned=planned,
        trained=tuple(one for one in sessions if one.session_id not in left),
        mornings=tuple(one for one in mornings if first <= one.day <= last),
        paused=frozenset(paused - {one.day for one in planned}),
        left=tuple(one for one in sessions if one.session_id in left),
        entries=tuple(one for one in entries if first <= one.day <= last),
    )


def _given(sat: list[_Sat], asked: list[Asking]) -> list[_Sat]:
    """Let sessions beside the plan stand for what was planned that day and has no session.

    That is one that was started by mistake and left, or put aside as the day's session was done.
    """
    has = {one.of for one in sat if one.real}
    given = {one.session.session_id: one for one in sat}
    free = _grouped([one for one in sat if one.of is None and one.real], "day")
    for asking in asked:
        found = [one for one in free[asking.day] if _stands(one, asking)]
        if asking.id not in has and found:
            free[asking.day].remove(found[0])
            session = replace(found[0].session, became=found[0].became)
            given[session.session_id] = _Sat(session, asking.id, real=True)
    return list(given.values())


def _stands(one: _Sat, asking: Asking) -> bool:
    """Whether a session beside the plan is what this occurrence was for."""
    if asking.state == OccurrenceState.RESTED:
        return asking.reason != reasons.FLARE and one.session.outcome not in RESTS
    return asking.state == OccurrenceState.STARTED


def _is_left(one: _Sat, own: list[_Sat]) -> bool:
    """Whether a session was opened and left, and is not all there is of what was planned."""
    return not one.real and (one.of is None or any(other.real for other in own))


def _planned(asking: Asking, own: list[_Sat], that_day: list[_Sat]) -> Planned:
    if not own and asking.state == OccurrenceState.STARTED:
        own = that_day  # the reminder came in the middle of another session of its day
    became = _became(asking, own)
    on_pain = became in _SAID_WHY and asking.reason == reasons.PAIN
    return Planned(
        asking.day,
        asking.slot,
        Became.RESTED if on_pain else became,
        asking.reason if became in _SAID_WHY | {Became.RESTED} else None,
        asking.planned_at,
        by_session=bool(own),
    )


def _became(asking: Asking, own: list[_Sat]) -> Became:
    """Return what became of an occurrence: its sessions say, else its state."""
    found = {one.became for one in own}
    for became in _COUNTS_MOST:
        if became in found:
            return became
    return _WITHOUT.get(OccurrenceState(asking.state), Became.OPEN)


def became_of(outcome: str | None) -> Became:
    """Return what a session with this outcome makes of its occurrence; None is still running."""
    return Became.OPEN if outcome is None else _BECAME[Outcome(outcome)]


# ---- sessions -------------------------------------------------------------------------


def _sat(found: Past, zones: Mapping[int, str]) -> defaultdict[int, list[_Sat]]:
    """Return each athlete's sessions with the occurrence each belongs to, in their order."""
    loads = {load.session_id: load for load in found.loads}
    cuts, ratings = _grouped(found.cuts, "session_id"), _grouped(found.ratings, "session_id")
    sat: defaultdict[int, list[_Sat]] = defaultdict(list)
    for row in found.sittings:
        load = loads.get(row.id) or Load(row.id, 0, 0, 0.0)
        one = _session(row, load, cuts[row.id], ratings[row.id], zones[row.athlete_id])
        real = row.outcome not in NOT_HELD or load.counted > 0
        sat[row.athlete_id].append(_Sat(one, row.occurrence_id, real))
    return sat


def _session(
    row: Sitting, load: Load, cuts: list[CutHold], ratings: list[Rated], zone: str
) -> ReportedSession:
    day = row.day or training_day(row.opened_at, zone)
    newest = {rated.hold_idx: rated.value for rated in ratings}
    pains = [newest[idx] for idx in sorted(idx for idx in newest if idx is not None)]
    known = [*newest.values(), *([] if row.stop_pain is None else [row.stop_pain])]
    stop_hold, stop_pain = _stop(row, load, cuts, ratings)
    rested = row.outcome == Outcome.RESTED_ON_PAIN
    return ReportedSession(
        session_id=row.id,
        day=day,
        opened_at=row.opened_at,
        outcome=row.outcome,
        became=None if row.occurrence_id is None else became_of(row.outcome),
        before=newest.get(None),
        first=pains[0] if len(pains) > 1 else None,
        last=pains[-1] if pains else None,
        worst=max(known, default=None),
        holds_done=load.done,
        holds_planned=0 if rested else row.holds_planned,
        tension_s=whole_seconds(load.actual_s),
        planned_s=0 if rested else row.planned_s,
        stop_hold=stop_hold,
        stop_pain=stop_pain,
        late=bool(row.late),
        exercise=row.exercise,
        bandless=row.bandless,
        side=row.side,
        holds=row.holds,
        hold_s=row.hold_s,
        sets=row.sets,
    )


def _stop(
    row: Sitting, load: Load, cuts: list[CutHold], ratings: list[Rated]
) -> tuple[int | None, int | None]:
    """Return the number of the hold that ended the session and the pain named there.

    The athlete's own STOP names the pain of the newest hold; else the newest answer ended it.
    """
    newest_hold = load.counted or None
    if row.stop_pain is not None:
        return newest_hold, row.stop_pain
    if row.outcome in _ON_PAIN and ratings:
        idx = ratings[-1].hold_idx
        before = sum(1 for cut in cuts if idx is not None and cut.idx <= idx)
        return newest_hold if idx is None else idx + 1 - before, ratings[-1].value
    if row.outcome == Outcome.RED_FLAG:
        return newest_hold, None
    return None, None


def _morning(woken: Woken, zone: str) -> ReportedMorning:
    return ReportedMorning(
        woken.day, woken.value, late=woken.at is not None and is_late(woken.day, woken.at, zone)
    )


def is_late(morning: date, answered_at: datetime, zone: str) -> bool:
    """Whether the question of a morning was answered on another day than its own."""
    return local(answered_at, zone).date() > morning
