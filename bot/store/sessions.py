"""Sessions: rows to the protocol's value and back."""

from dataclasses import dataclass, fields
from datetime import datetime

from sqlmodel import Session as Db
from sqlmodel import col, select

from bot.protocol.dose import Dose, Side
from bot.protocol.record import (
    Cut,
    Hold,
    HoldStatus,
    Outcome,
    Phase,
    Place,
    Rating,
    Session,
    StopReason,
)
from bot.store.tables import HoldRow, PlanRow, RatingRow, SessionRow


@dataclass(frozen=True, slots=True)
class Stored:
    """A session value with the ids it is stored under."""

    id: int
    athlete_id: int
    occurrence_id: int | None
    plan_id: int
    value: Session


def dose_of(plan: PlanRow) -> Dose:
    """Return a plan version as a dose."""
    values = {field.name: getattr(plan, field.name) for field in fields(Dose)}
    return Dose(**{**values, "side": Side(plan.side)})


def plan_row(
    athlete_id: int, version: int, dose: Dose, now: datetime, created_by: int | None = None
) -> PlanRow:
    """Return a dose as a new plan version; `created_by` is None for the bot itself."""
    values = {field.name: getattr(dose, field.name) for field in fields(Dose)}
    return PlanRow(
        athlete_id=athlete_id, version=version, created_at=now, created_by=created_by, **values
    )


def add(db: Db, athlete_id: int, plan_id: int, occurrence_id: int | None, value: Session) -> Stored:
    """Store a new session."""
    row = SessionRow(
        athlete_id=athlete_id,
        plan_id=plan_id,
        occurrence_id=occurrence_id,
        phase=value.phase,
        opened_at=value.opened_at,
    )
    _fill(row, value)
    db.add(row)
    db.flush()
    assert row.id is not None
    return Stored(row.id, athlete_id, occurrence_id, plan_id, value)


def get(db: Db, session_id: int) -> Stored | None:
    """Return a session by id."""
    row = db.get(SessionRow, session_id)
    return None if row is None else _stored(db, row)


def live(db: Db, athlete_id: int) -> Stored | None:
    """Return the athlete's session that is not closed, if any."""
    query = select(SessionRow).where(
        SessionRow.athlete_id == athlete_id, SessionRow.phase != Phase.CLOSED
    )
    row = db.exec(query).one_or_none()
    return None if row is None else _stored(db, row)


def newest(db: Db, athlete_id: int) -> Stored | None:
    """Return the athlete's newest session, live or closed."""
    query = (
        select(SessionRow)
        .where(SessionRow.athlete_id == athlete_id)
        .order_by(col(SessionRow.id).desc())
        .limit(1)
    )
    row = db.exec(query).one_or_none()
    return None if row is None else _stored(db, row)


def closed(db: Db, athlete_id: int, limit: int) -> list[Stored]:
    """Return the athlete's newest closed sessions, newest first."""
    query = (
        select(SessionRow)
        .where(SessionRow.athlete_id == athlete_id, SessionRow.phase == Phase.CLOSED)
        .order_by(col(SessionRow.id).desc())
        .limit(limit)
    )
    return [_stored(db, row) for row in db.exec(query)]


def all_live(db: Db) -> list[int]:
    """Return the ids of all sessions that are not closed."""
    query = select(SessionRow.id).where(SessionRow.phase != Phase.CLOSED)
    return [found for found in db.exec(query) if found is not None]


def save(db: Db, stored: Stored, value: Session) -> Stored:
    """Store the session's new value: its row, changed holds, new and undone ratings."""
    row = db.get(SessionRow, stored.id)
    assert row is not None
    _fill(row, value)
    db.add(row)
    for index, hold in enumerate(value.holds):
        if index >= len(stored.value.holds) or stored.value.holds[index] != hold:
            _save_hold(db, stored.id, index, hold)
    _save_ratings(db, stored, value)
    db.flush()
    return Stored(stored.id, stored.athlete_id, stored.occurrence_id, stored.plan_id, value)


def _fill(row: SessionRow, value: Session) -> None:
    row.phase = value.phase
    row.position = value.position
    row.due_at = value.due_at
    row.nudged = value.nudged
    row.eased = value.eased
    row.stop_reason = value.stop_reason
    row.stop_pain = value.stop_pain
    row.cut = value.cut
    row.outcome = value.outcome
    row.closed_at = value.closed_at


def _save_hold(db: Db, session_id: int, index: int, hold: Hold) -> None:
    db.merge(
        HoldRow(
            session_id=session_id,
            idx=index,
            side=hold.place.side,
            set_no=hold.place.set_no,
            number=hold.place.number,
            planned_s=hold.planned_s,
            actual_s=hold.actual_s,
            status=hold.status,
            started_at=hold.started_at,
        )
    )


def _ratings(value: Session) -> list[tuple[str, int | None, Rating]]:
    found: list[tuple[str, int | None, Rating]] = [("before", None, r) for r in value.before]
    for index, hold in enumerate(value.holds):
        found += [("hold", index, rating) for rating in hold.ratings]
    return found


def _save_ratings(db: Db, stored: Stored, value: Session) -> None:
    kept = {
        (row.moment, row.hold_idx, row.at, row.value): row
        for row in db.exec(select(RatingRow).where(RatingRow.session_id == stored.id))
    }
    for moment, index, rating in _ratings(value):
        row = kept.get((moment, index, rating.at, rating.value)) or RatingRow(
            athlete_id=stored.athlete_id,
            session_id=stored.id,
            moment=moment,
            hold_idx=index,
            value=rating.value,
            at=rating.at,
        )
        row.undone = rating.undone
        db.add(row)
    if value.stop_pain is not None and value.stop_pain != stored.value.stop_pain:
        assert value.closed_at is not None
        db.add(
            RatingRow(
                athlete_id=stored.athlete_id,
                session_id=stored.id,
                moment="stop",
                value=value.stop_pain,
                at=value.closed_at,
            )
        )


def _stored(db: Db, row: SessionRow) -> Stored:
    plan = db.get(PlanRow, row.plan_id)
    assert plan is not None
    assert row.id is not None
    ratings = db.exec(
        select(RatingRow).where(RatingRow.session_id == row.id).order_by(col(RatingRow.id))
    ).all()
    holds = db.exec(select(HoldRow).where(HoldRow.session_id == row.id).order_by(col(HoldRow.idx)))
    value = Session(
        dose=dose_of(plan),
        opened_at=row.opened_at,
        phase=Phase(row.phase),
        position=row.position,
        due_at=row.due_at,
        nudged=row.nudged,
        eased=row.eased,
        before=tuple(_rating(r) for r in ratings if r.moment == "before"),
        holds=tuple(_hold(h, [r for r in ratings if r.hold_idx == h.idx]) for h in holds),
        stop_reason=None if row.stop_reason is None else StopReason(row.stop_reason),
        stop_pain=row.stop_pain,
        cut=None if row.cut is None else Cut(row.cut),
        outcome=None if row.outcome is None else Outcome(row.outcome),
        closed_at=row.closed_at,
    )
    return Stored(row.id, row.athlete_id, row.occurrence_id, row.plan_id, value)


def _rating(row: RatingRow) -> Rating:
    return Rating(row.value, row.at, undone=row.undone)


def _hold(row: HoldRow, ratings: list[RatingRow]) -> Hold:
    return Hold(
        place=Place(Side(row.side), row.set_no, row.number),
        planned_s=row.planned_s,
        started_at=row.started_at,
        status=HoldStatus(row.status),
        actual_s=row.actual_s,
        ratings=tuple(_rating(rating) for rating in ratings),
    )
