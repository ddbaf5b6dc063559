"""Stretches of days of many athletes at once: rows become what a coach reads."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Final, TypeVar

from sqlmodel import Session as Db

from bot.protocol.calendar.local_time import local
from bot.protocol.report.period import Became, Planned, ReportedMorning, ReportedSession, Stretch
from bot.protocol.session.state import Outcome
from bot.store import history
from bot.store.history import Asking, CutHold, Load, Past, Rated, Sitting, Woken
from bot.store.tables import OccurrenceState, PersonRow

T = TypeVar("T", Asking, Woken, CutHold, Rated)

_BECAME: Final = {
    Outcome.LESSENING: Became.DONE,
    Outcome.LEVEL: Became.DONE,
    Outcome.RISING: Became.DONE,
    Outcome.PARTIAL: Became.UNFINISHED,
    Outcome.STOPPED_EARLY: Became.UNFINISHED,
    Outcome.STOPPED_PAIN: Became.STOPPED,
    Outcome.STOPPED_HARD: Became.STOPPED,
    Outcome.RED_FLAG: Became.STOPPED,
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
_COUNTS_MOST: Final = (
    Became.STOPPED,
    Became.DONE,
    Became.OPEN,
    Became.RESTED,
    Became.UNFINISHED,
)
"""Which of several sessions of one occurrence says what became of it."""
_ON_PAIN: Final = frozenset({Outcome.STOPPED_PAIN, Outcome.STOPPED_HARD, Outcome.RISING})
"""Outcomes that the newest answer brought about."""


def stretches(
    db: Db, athletes: Sequence[PersonRow], spans: Mapping[int, tuple[date, date]]
) -> dict[int, Stretch]:
    """Return each athlete's local days from the first to the last of their span, both included.

    Every athlete needs a span. The number of statements does not depend on how many there are.
    """
    if not athletes:
        return {}
    ids = [_id(one) for one in athletes]
    first = min(spans[one][0] for one in ids)
    last = max(spans[one][1] for one in ids)
    found = history.past(db, ids, first, last)
    askings, mornings = _by_athlete(found.askings), _by_athlete(found.mornings)
    trained = _trained(found, {_id(one): one.zone for one in athletes})
    return {
        _id(one): _stretch(
            spans[_id(one)],
            askings[_id(one)],
            trained[_id(one)],
            [_morning(woken, one.zone) for woken in mornings[_id(one)]],
        )
        for one in athletes
    }


def _id(person: PersonRow) -> int:
    assert person.id is not None
    return person.id


def _by_athlete(rows: Iterable[T]) -> defaultdict[int, list[T]]:
    return _grouped(rows, "athlete_id")


def _grouped(rows: Iterable[T], key: str) -> defaultdict[int, list[T]]:
    found: defaultdict[int, list[T]] = defaultdict(list)
    for row in rows:
        found[getattr(row, key)].append(row)
    return found


def _stretch(
    span: tuple[date, date],
    askings: list[Asking],
    trained: list[tuple[ReportedSession, int | None]],
    mornings: list[ReportedMorning],
) -> Stretch:
    first, last = span
    inside = [(one, asking) for one, asking in trained if first <= one.day <= last]
    asked = [one for one in askings if first <= one.day <= last]
    paused = {one.day for one in asked if one.state == OccurrenceState.PAUSED}
    planned = tuple(
        Planned(one.day, one.slot, _became(one, inside), one.reason)
        for one in asked
        if one.state != OccurrenceState.PAUSED
    )
    return Stretch(
        first_day=first,
        last_day=last,
        planned=planned,
        trained=tuple(one for one, _asking in inside),
        mornings=tuple(one for one in mornings if first <= one.day <= last),
        paused=frozenset(paused - {one.day for one in planned}),
    )


def _became(asking: Asking, trained: list[tuple[ReportedSession, int | None]]) -> Became:
    """Return what became of an occurrence: its sessions say, else its state.

    A reminder that came in the middle of another session of its day became what that became.
    """
    own = [one for one, of in trained if of == asking.id]
    if not own and asking.state == OccurrenceState.STARTED:
        own = [one for one, _of in trained if one.day == asking.day]
    found = {became_of(one.outcome) for one in own}
    for became in _COUNTS_MOST:
        if became in found:
            return became
    return _WITHOUT.get(OccurrenceState(asking.state), Became.OPEN)


def became_of(outcome: str | None) -> Became:
    """Return what a session with this outcome makes of its occurrence; None is still running."""
    return Became.OPEN if outcome is None else _BECAME[Outcome(outcome)]


# ---- sessions -------------------------------------------------------------------------


def _trained(
    found: Past, zones: Mapping[int, str]
) -> defaultdict[int, list[tuple[ReportedSession, int | None]]]:
    """Return each athlete's sessions with the occurrence each belongs to."""
    loads = {load.session_id: load for load in found.loads}
    cuts, ratings = _grouped(found.cuts, "session_id"), _grouped(found.ratings, "session_id")
    trained: defaultdict[int, list[tuple[ReportedSession, int | None]]] = defaultdict(list)
    for row in found.sittings:
        load = loads.get(row.id) or Load(row.id, 0, 0, 0.0)
        one = _session(row, load, cuts[row.id], ratings[row.id], zones[row.athlete_id])
        trained[row.athlete_id].append((one, row.occurrence_id))
    return trained


def _session(
    row: Sitting, load: Load, cuts: list[CutHold], ratings: list[Rated], zone: str
) -> ReportedSession:
    day = row.day or local(row.opened_at, zone).date()
    newest = {rated.hold_idx: rated.value for rated in ratings}
    pains = [newest[idx] for idx in sorted(idx for idx in newest if idx is not None)]
    known = [*newest.values(), *([] if row.stop_pain is None else [row.stop_pain])]
    stop_hold, stop_pain = _stop(row, load, cuts, ratings)
    return ReportedSession(
        session_id=row.id,
        day=day,
        opened_at=row.opened_at,
        outcome=row.outcome,
        became=None if row.occurrence_id is None else became_of(row.outcome),
        before=newest.get(None),
        first=pains[0] if pains else None,
        last=pains[-1] if pains else None,
        worst=max(known, default=None),
        holds_done=load.done,
        holds_planned=row.holds_planned,
        tension_s=load.actual_s,
        planned_s=row.planned_s,
        stop_hold=stop_hold,
        stop_pain=stop_pain,
        late=row.answered_at is not None and _after(row.answered_at, day, zone),
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
    late = woken.at is not None and _after(woken.at, woken.day, zone)
    return ReportedMorning(woken.day, woken.value, late=late)


def _after(moment: datetime, day: date, zone: str) -> bool:
    return local(moment, zone).date() > day
