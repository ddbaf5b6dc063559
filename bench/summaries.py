"""What a weekly summary costs: 1,000 coaches with twenty athletes each, a week of sessions."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from statistics import median
from typing import Any, Final

from sqlalchemy import Column, event, literal, select
from sqlmodel import Session as Db
from sqlmodel import SQLModel

from bench.table import Part, ms
from bot.coaching.weekly import flow as weekly
from bot.protocol.dose.dose import Dose
from bot.store import sessions
from bot.store.tables import (
    AssignmentRow,
    AthleteRow,
    CoachRow,
    HoldRow,
    MorningRow,
    OccurrenceRow,
    PersonRow,
    PlanRow,
    RatingRow,
    RoleRow,
    SessionRow,
)
from testkit.database import opened

COACHES: Final = 1_000
ATHLETES: Final = 20
DAYS: Final = 7
HOLDS: Final = 5
FEWER: Final = (1, 5, 20)
RUNS: Final = 200
SUNDAY: Final = date(2026, 11, 22)
MONDAY: Final = datetime(2026, 11, 23, 7, 0, tzinfo=UTC)
_JOINED: Final = {"zone": "UTC", "created_at": MONDAY, "joined_at": MONDAY}
_GIVEN: Final = {"consented_at": MONDAY}


def fill(db: Db, coaches: int, athletes: int) -> None:
    """Store so many coaches, the athletes of each, and a week of sessions of all."""
    first = coaches + 1
    whose = {n: (n - first) // athletes + 1 for n in range(first, first + coaches * athletes)}
    plan = sessions.plan_row(0, 1, Dose(), MONDAY).model_dump(exclude={"id", "athlete_id"})
    agreed = {"consent_version": "bench", "consented_at": MONDAY}
    everybody = [*range(1, first), *whose]
    for model, rows in (
        (PersonRow, [{"id": n, "telegram_id": n, "name": f"P{n}", **_JOINED} for n in everybody]),
        (RoleRow, [{"person_id": n, "role": "coach"} for n in range(1, first)]),
        (CoachRow, [{"person_id": n, "summary_due_at": MONDAY} for n in range(1, first)]),
        (AthleteRow, [{"person_id": n, **agreed} for n in whose]),
        (PlanRow, [{"id": n, "athlete_id": n, **plan} for n in whose]),
        (AssignmentRow, [{"athlete_id": n, "coach_id": of, **_GIVEN} for n, of in whose.items()]),
    ):
        db.connection().execute(_table(model).insert(), rows)
    _sessions(db)


def _sessions(db: Db) -> None:
    """Store seven days of every athlete, in SQL: each a session with its holds, and a morning."""
    day, morning, held = _table(OccurrenceRow).c, _table(MorningRow).c, _table(SessionRow).c
    athlete, hold, rating = _table(AthleteRow).c, _table(HoldRow).c, _table(RatingRow).c
    every = {day.slot: 0, day.planned_at: MONDAY, day.state: "started"}
    ended = {held.phase: "closed", held.outcome: "lessening", held.opened_at: MONDAY}
    done = {hold.side: "left", hold.set_no: 1, hold.planned_s: 10, hold.actual_s: 10.0}
    for ago in range(DAYS):
        dates = {day.athlete_id: athlete.person_id, day.local_date: SUNDAY - timedelta(days=ago)}
        _copy(db, {**dates, **every})
        woken = {morning.athlete_id: athlete.person_id, morning.value: 1}
        _copy(db, {**woken, morning.local_date: SUNDAY - timedelta(days=ago)})
    of = {held.occurrence_id: day.id, held.athlete_id: day.athlete_id, held.plan_id: day.athlete_id}
    _copy(db, {**of, held.position: 0, held.nudged: False, held.eased: False, **ended})
    for idx in range(HOLDS):
        nth = {hold.session_id: held.id, hold.idx: idx, hold.number: idx + 1}
        _copy(db, {**nth, **done, hold.status: "done", hold.started_at: MONDAY})
        answer = {rating.session_id: held.id, rating.athlete_id: held.athlete_id}
        about = {rating.moment: "hold", rating.hold_idx: idx, rating.value: 3 - idx // 2}
        _copy(db, {**answer, **about, rating.at: MONDAY, rating.undone: False})


def _copy(db: Db, values: dict[Any, Any]) -> None:
    """Insert a row for each row of the table that some of the values are columns of."""
    target = next(iter(values)).table
    cells = [
        value if isinstance(value, Column) else literal(value, column.type)
        for column, value in values.items()
    ]
    rows = target.insert().from_select([column.name for column in values], select(*cells))
    db.connection().execute(rows)


def _table(model: type[SQLModel]) -> Any:
    return model.__table__  # type: ignore[attr-defined]


@contextmanager
def _counted(db: Db) -> Iterator[Callable[[], int]]:
    """Count the statements that run meanwhile."""
    heard: list[str] = []

    def note(_c: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        heard.append(statement)

    connection = db.connection()
    event.listen(connection, "before_cursor_execute", note)
    try:
        yield lambda: len(heard)
    finally:
        event.remove(connection, "before_cursor_execute", note)


def _make(db: Db, coach: int) -> tuple[float, int]:
    """Make a coach's summary; return the seconds and the statements."""
    with _counted(db) as statements:
        start = time.perf_counter()
        if not weekly.act(db, coach, MONDAY):
            raise RuntimeError("no summary was due")
        db.flush()
        return time.perf_counter() - start, statements()


def _costs(db: Db, coaches: int) -> tuple[float, float, int]:
    """Return the median and worst seconds of a summary, and its statements."""
    found = [_make(db, coach) for coach in range(1, coaches + 1)]
    seconds = [one[0] for one in found[1:]]
    return median(seconds), max(seconds), found[-1][1]


def measure(folder: Path) -> list[Part]:
    """Make summaries of one, five and twenty athletes, beside those of 1,000 coaches."""
    rows = []
    for athletes in FEWER:
        coaches = COACHES if athletes == ATHLETES else 10
        with opened(folder / f"summaries{athletes}.db", inline=False) as store:
            store.write_now(fill, coaches, athletes)
            middle, worst, statements = store.write_now(_costs, min(coaches, RUNS))
        rows.append((f"{athletes}", f"{coaches:,}", ms(middle), ms(worst), f"{statements}"))
    return [
        Part(
            "A weekly summary",
            ("athletes", "coaches", "median", "worst", "statements"),
            tuple(rows),
            f"A week of sessions of {HOLDS} holds each: read, counted, and put into the outbox as "
            "words and charts. The number of statements does not depend on the athletes, but for "
            "the second page.",
        )
    ]
