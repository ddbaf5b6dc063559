"""Sessions: from rows to the protocol's value, and back. What did not change is not written.

Everything that happens in a live session comes through here: the statements are made once, rows
are plain columns, and two statements read sessions, however many they are.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import date, datetime
from operator import itemgetter
from typing import Any, Final

from sqlalchemy import (
    Integer,
    Row,
    bindparam,
    cast,
    func,
    literal_column,
    select,
    text,
    union_all,
    update,
)
from sqlmodel import Session as Db
from sqlmodel import col

from bot.protocol.calendar.local_time import training_day
from bot.protocol.dose.dose import Dose, Side
from bot.protocol.dose.exercises import Anchor
from bot.protocol.session.state import (
    Cues,
    HoldRecord,
    HoldStatus,
    Interruption,
    Outcome,
    Phase,
    Place,
    Rating,
    Session,
    StopReason,
    TimedBy,
    is_newer,
)
from bot.store.dialect import insert
from bot.store.statements import THESE, SentAhead, array, send
from bot.store.tables import (
    IS_LIVE,
    AthleteRow,
    HoldRow,
    OccurrenceRow,
    PersonRow,
    PlanRow,
    RatingRow,
    SessionRow,
)


@dataclass(frozen=True, slots=True)
class Stored:
    """A session value with the ids it is stored under, and what is known of who holds it.

    `chat_id` is the athlete's chat, None for one without an account; `full_cues` is whether each
    HOLD says again how to hold. One that `is_newer` is left alone: its value rests, and no hold can
    come (bot/store/newer_sessions.py).
    """

    id: int
    athlete_id: int
    occurrence_id: int | None
    plan_id: int
    chat_id: int | None
    zone: str
    full_cues: bool
    value: Session
    is_newer: bool = False


def dose_of(plan: PlanRow) -> Dose:
    """Return a plan version as a dose."""
    values = {field.name: getattr(plan, field.name) for field in fields(Dose)}
    return Dose(**_typed(values))


def _typed(values: dict[str, Any]) -> dict[str, Any]:
    """Return a plan's columns with the choices among them as what they are."""
    typed = {"side": Side(values["side"]), "band_anchor": Anchor(values["band_anchor"])}
    return {**values, **typed}


def plan_row(
    athlete_id: int, version: int, dose: Dose, now: datetime, created_by: int | None = None
) -> PlanRow:
    """Return a dose as a new plan version; `created_by` is None for the bot itself."""
    values = {field.name: getattr(dose, field.name) for field in fields(Dose)}
    return PlanRow(
        athlete_id=athlete_id, version=version, created_at=now, created_by=created_by, **values
    )


# ---- reading --------------------------------------------------------------------------

_DOSE: Final = tuple(field.name for field in fields(Dose))
_ROW: Final[tuple[Any, ...]] = (
    SessionRow.id,
    SessionRow.athlete_id,
    SessionRow.occurrence_id,
    SessionRow.plan_id,
    SessionRow.opened_at,
    SessionRow.phase,
    SessionRow.position,
    SessionRow.due_at,
    SessionRow.nudged,
    SessionRow.stop_reason,
    SessionRow.cut,
    SessionRow.breaks,
    SessionRow.sound,
    col(SessionRow.exercise).label("own_exercise"),
    SessionRow.outcome,
    SessionRow.closed_at,
    PersonRow.telegram_id,
    PersonRow.zone,
    AthleteRow.cues,
    AthleteRow.screen_open_at,
    AthleteRow.locked_at,
)
_READ: Final = (
    select(*_ROW, *(getattr(PlanRow, name) for name in _DOSE))
    .join(PlanRow, col(PlanRow.id) == col(SessionRow.plan_id))
    .join(PersonRow, col(PersonRow.id) == col(SessionRow.athlete_id))
    .join(AthleteRow, col(AthleteRow.person_id) == col(SessionRow.athlete_id))
)
_IS_LIVE: Final = text(IS_LIVE)
_THEIRS: Final = col(SessionRow.athlete_id) == bindparam("athlete")
_NEWEST_FIRST: Final = col(SessionRow.id).desc()

_ONE: Final = _READ.where(col(SessionRow.id) == bindparam("id"))
_LIVE: Final = _READ.where(_THEIRS, _IS_LIVE)
_NEWEST: Final = _READ.where(_THEIRS).order_by(_NEWEST_FIRST).limit(1)
_CLOSED: Final = (
    _READ.where(_THEIRS, col(SessionRow.phase) == Phase.CLOSED)
    .order_by(_NEWEST_FIRST)
    .limit(bindparam("limit"))
)
_COUNT: Final = (
    select(func.count())
    .select_from(SessionRow)
    .where(_THEIRS, col(SessionRow.outcome).in_(bindparam("outcomes", expanding=True)))
)
_ALL_OF: Final = _READ.where(_THEIRS).order_by(col(SessionRow.opened_at), col(SessionRow.id))
_IS_ANY_LIVE: Final = select(col(SessionRow.id)).where(_THEIRS, _IS_LIVE)
_ALL_LIVE: Final = _READ.where(_IS_LIVE).order_by(col(SessionRow.id))
_HOLDS: Final[tuple[Any, ...]] = (
    col(HoldRow.session_id),
    col(HoldRow.idx),
    col(HoldRow.status),
    col(HoldRow.side),
    col(HoldRow.started_at),
    col(HoldRow.set_no),
    col(HoldRow.number),
    col(HoldRow.planned_s),
    col(HoldRow.actual_s),
    col(HoldRow.timed_by),
    literal_column("NULL"),
)
_RATINGS: Final[tuple[Any, ...]] = (
    col(RatingRow.session_id),
    col(RatingRow.id),
    literal_column("NULL"),
    col(RatingRow.moment),
    col(RatingRow.at),
    col(RatingRow.hold_idx),
    col(RatingRow.value),
    cast(col(RatingRow.undone), Integer),
    cast(col(RatingRow.late), Integer),
    literal_column("NULL"),
    col(RatingRow.message_id),
)
"""Read together with holds, in the same places: what has no status is an answer."""


def _parts(is_given: Callable[[Any], Any]) -> Any:
    """Return the query for what belongs to the sessions whose ids are given."""
    return union_all(
        select(*_HOLDS).where(is_given(col(HoldRow.session_id))),
        select(*_RATINGS).where(is_given(col(RatingRow.session_id))),
    )


_PARTS_OF_ONE: Final = _parts(lambda session_id: session_id == bindparam("given"))
_PARTS_OF_MANY: Final = _parts(lambda session_id: session_id.in_(THESE))
"""What belongs to one session, and to many: the first is quicker."""


def get(db: Db, session_id: int) -> Stored | None:
    """Return a session by id."""
    db.flush()
    asked = _ask(db, [session_id])
    return next(iter(_stored(db, _rows(db, _ONE, id=session_id), asked)), None)


def live(db: Db, athlete_id: int) -> Stored | None:
    """Return the athlete's session that is not closed, if any."""
    return _one(db, _LIVE, athlete=athlete_id)


def is_live(db: Db, athlete_id: int) -> bool:
    """Whether the athlete has a session that is not closed."""
    return _rows(db, _IS_ANY_LIVE, athlete=athlete_id) != []


def newest(db: Db, athlete_id: int) -> Stored | None:
    """Return the athlete's newest session, live or closed."""
    return _one(db, _NEWEST, athlete=athlete_id)


def day_of(db: Db, stored: Stored) -> date:
    """Return the training day a session belongs to: its occurrence's, else that of its start."""
    occurrence = db.get(OccurrenceRow, stored.occurrence_id) if stored.occurrence_id else None
    if occurrence is not None:
        return occurrence.local_date
    return training_day(stored.value.opened_at, stored.zone)


def count(db: Db, athlete_id: int, outcomes: Collection[Outcome]) -> int:
    """Return how many sessions of an athlete ended in one of these ways."""
    values = {"athlete": athlete_id, "outcomes": list(outcomes)}
    return int(db.connection().execute(_COUNT, values).scalar_one())


def closed(db: Db, athlete_id: int, limit: int) -> list[Stored]:
    """Return the athlete's newest closed sessions, newest first."""
    return _stored(db, _rows(db, _CLOSED, athlete=athlete_id, limit=limit))


def all_of(db: Db, athlete_id: int) -> list[Stored]:
    """Return every session of an athlete, oldest first."""
    return _stored(db, _rows(db, _ALL_OF, athlete=athlete_id))


def all_live(db: Db) -> list[Stored]:
    """Return all sessions that are not closed, oldest first."""
    return _stored(db, _rows(db, _ALL_LIVE))


def _rows(db: Db, query: Any, **values: Any) -> list[Row[Any]]:
    """Return what a statement finds, with what the flow has changed so far."""
    db.flush()
    return list(db.connection().execute(query, values).all())


def _one(db: Db, query: Any, **values: Any) -> Stored | None:
    found = _stored(db, _rows(db, query, **values))
    return found[0] if found else None


def _stored(db: Db, found: Sequence[Row[Any]], asked: SentAhead | None = None) -> list[Stored]:
    """Return sessions from their rows, with the holds and answers of each, if not asked before."""
    if not found:
        return []
    holds, answers = _by_session(asked or _ask(db, [row.id for row in found]))
    return [
        Stored(
            id=row.id,
            athlete_id=row.athlete_id,
            occurrence_id=row.occurrence_id,
            plan_id=row.plan_id,
            chat_id=row.telegram_id,
            zone=row.zone,
            full_cues=row.cues != Cues.SHORT,
            value=_value(row, holds[row.id], answers[row.id]),
            is_newer=_is_newer(row),
        )
        for row in found
    ]


def _ask(db: Db, ids: list[int]) -> SentAhead:
    """Ask for the holds and the answers of sessions; what is asked next need not wait for them."""
    if len(ids) == 1:
        return send(db, _PARTS_OF_ONE, {"given": ids[0]})
    return send(db, _PARTS_OF_MANY, {"given": array(ids)})


_Parts = dict[int, list[Sequence[Any]]]


def _by_session(asked: SentAhead) -> tuple[_Parts, _Parts]:
    """Return the holds and the answers of each session, by its id, in their order."""
    holds: _Parts = defaultdict(list)
    answers: _Parts = defaultdict(list)
    for session_id, *part in sorted(asked.rows(), key=itemgetter(1)):
        (answers if part[1] is None else holds)[session_id].append(part)
    return holds, answers


def _is_newer(row: Row[Any]) -> bool:
    return is_newer(row.phase, row.own_exercise or row.exercise)


def _value(
    row: Row[Any], holds: Sequence[Sequence[Any]], answers: Sequence[Sequence[Any]]
) -> Session:
    dose = dict(zip(_DOSE, row[len(_ROW) :], strict=True))
    before, after, stop = _ratings(answers)
    left_alone = _is_newer(row)
    return Session(
        dose=Dose(**_typed(dose)).instead(row.own_exercise),
        opened_at=row.opened_at,
        phase=Phase.INTERRUPTED if left_alone else Phase(row.phase),
        position=row.position,
        due_at=None if left_alone else row.due_at,
        nudged=row.nudged,
        before=before,
        holds=tuple(_hold(hold, after) for hold in holds),
        stop_reason=None if row.stop_reason is None else StopReason(row.stop_reason),
        stop_ratings=stop,
        cut=None if row.cut is None else Interruption(row.cut),
        breaks=row.breaks,
        sound=row.sound,
        withheld=left_alone or row.screen_open_at is not None or row.locked_at is not None,
        outcome=None if row.outcome is None else Outcome(row.outcome),
        closed_at=row.closed_at,
    )


def _ratings(
    answers: Sequence[Any],
) -> tuple[tuple[Rating, ...], dict[int, tuple[Rating, ...]], tuple[Rating, ...]]:
    """Return the answers before the session, those after each hold, and those after a STOP."""
    before: tuple[Rating, ...] = ()
    after: dict[int, tuple[Rating, ...]] = {}
    stop: tuple[Rating, ...] = ()
    for order, (_, _, moment, at, index, value, undone, late, _, message) in enumerate(answers):
        rating = Rating(value, at, bool(undone), order, bool(late), message)
        if moment == "before":
            before = (*before, rating)
        elif moment == "stop":
            stop = (*stop, rating)
        elif index is not None:
            after[index] = (*after.get(index, ()), rating)
    return before, after, stop


def _hold(row: Sequence[Any], ratings: Mapping[int, tuple[Rating, ...]]) -> HoldRecord:
    index, status, side, started_at, set_no, number, planned_s, actual_s, timed_by, _ = row
    return HoldRecord(
        place=Place(Side(side), set_no, number),
        planned_s=planned_s,
        started_at=started_at,
        status=HoldStatus(status),
        actual_s=actual_s,
        timed_by=TimedBy(timed_by),
        ratings=ratings.get(index, ()),
    )


# ---- writing --------------------------------------------------------------------------

_CHANGING: Final = (
    *("phase", "position", "due_at", "nudged", "eased", "stop_reason", "stop_pain"),
    *("cut", "breaks", "sound", "outcome", "closed_at"),
)
"""What events change of a session's own row."""
_ADD: Final = insert(SessionRow).returning(col(SessionRow.id))
_CHANGE: Final = (
    update(SessionRow)
    .where(col(SessionRow.id) == bindparam("session"))
    .values({name: bindparam(name) for name in _CHANGING})
)
_NEW_HOLD: Final = insert(HoldRow)
_PUT_HOLD: Final = _NEW_HOLD.on_conflict_do_update(
    index_elements=["session_id", "idx"],
    set_={name: _NEW_HOLD.excluded[name] for name in ("started_at", "status", "actual_s")},
)
_PUT_RATING: Final = insert(RatingRow).inline()  # nobody asks for its id
_UNDO_RATING: Final = (
    update(RatingRow)
    .where(
        col(RatingRow.session_id) == bindparam("session"),
        col(RatingRow.moment) == bindparam("what"),
        col(RatingRow.hold_idx).is_not_distinct_from(bindparam("index")),
        col(RatingRow.at) == bindparam("given_at"),
        col(RatingRow.value) == bindparam("number"),
    )
    .values(undone=True)
)


def add(
    db: Db,
    athlete_id: int,
    plan_id: int,
    occurrence_id: int | None,
    value: Session,
    exercise: str | None = None,
) -> Stored:
    """Store a new session, in which nothing was held or answered yet.

    `exercise` is held in the place of the plan's.
    """
    db.flush()
    ids = {"athlete_id": athlete_id, "plan_id": plan_id, "occurrence_id": occurrence_id}
    values = {**ids, "exercise": exercise, "opened_at": value.opened_at, **_changing(value)}
    session_id = db.connection().execute(_ADD, values).scalar_one()
    assert session_id is not None
    stored = get(db, session_id)
    assert stored is not None
    return stored


def save(db: Db, stored: Stored, value: Session) -> Stored:
    """Store the session's new value: its row, changed holds, new and undone ratings."""
    db.flush()
    changed = _changing(value)
    if changed != _changing(stored.value):
        send(db, _CHANGE, {"session": stored.id, **changed})
    for index, hold in enumerate(value.holds):
        if _unrated(value, index) != _unrated(stored.value, index):
            send(db, _PUT_HOLD, _hold_values(stored.id, index, hold))
    _save_ratings(db, stored, value)
    return replace(stored, value=value)


def _changing(value: Session) -> dict[str, Any]:
    return {name: getattr(value, name) for name in _CHANGING}


def _unrated(value: Session, index: int) -> HoldRecord | None:
    """Return a hold as its own row has it, without its answers."""
    return replace(value.holds[index], ratings=()) if index < len(value.holds) else None


def _hold_values(session_id: int, index: int, hold: HoldRecord) -> dict[str, Any]:
    return {
        "session_id": session_id,
        "idx": index,
        "side": hold.place.side,
        "set_no": hold.place.set_no,
        "number": hold.place.number,
        "planned_s": hold.planned_s,
        "actual_s": hold.actual_s,
        "timed_by": hold.timed_by,
        "status": hold.status,
        "started_at": hold.started_at,
    }


_Moment = tuple[str, int | None]


def _answers(value: Session) -> Iterator[tuple[_Moment, tuple[Rating, ...]]]:
    """Yield what was asked about, and the answers to it as they came."""
    yield ("before", None), value.before
    for index, hold in enumerate(value.holds):
        yield ("hold", index), hold.ratings
    yield ("stop", None), value.stop_ratings


def _save_ratings(db: Db, stored: Stored, value: Session) -> None:
    """Add the answers that are new, and mark those that were undone; none is ever changed."""
    known = dict(_answers(stored.value))
    for moment, ratings in _answers(value):
        had = known.get(moment, ())
        for before, after in zip(had, ratings, strict=False):
            if after.undone and not before.undone:
                _undo(db, stored.id, moment, after)
        for rating in ratings[len(had) :]:
            _put(db, stored, moment, rating)


def _put(db: Db, stored: Stored, moment: _Moment, rating: Rating) -> None:
    what, index = moment
    values = {
        "athlete_id": stored.athlete_id,
        "session_id": stored.id,
        "moment": what,
        "hold_idx": index,
        "value": rating.value,
        "at": rating.at,
        "undone": rating.undone,
        "late": rating.late,
        "message_id": rating.message_id,
    }
    send(db, _PUT_RATING, values)


def _undo(db: Db, session_id: int, moment: _Moment, rating: Rating) -> None:
    what, index = moment
    values = {
        "session": session_id,
        "what": what,
        "index": index,
        "given_at": rating.at,
        "number": rating.value,
    }
    send(db, _UNDO_RATING, values)
