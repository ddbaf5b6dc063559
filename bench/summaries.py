"""What a weekly summary costs: 1,000 coaches with twenty athletes each, a week of sessions."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from itertools import count
from pathlib import Path
from statistics import median
from typing import Any, Final

from sqlalchemy import event
from sqlmodel import Session as Db
from sqlmodel import SQLModel

from bench.house import opened
from bench.table import Part, ms
from bot.flows.summaries import weekly
from bot.protocol.dose import Dose
from bot.store import sessions
from bot.store.engine import Store
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

COACHES: Final = 1_000
ATHLETES: Final = 20
DAYS: Final = 7
HOLDS: Final = 5
FEWER: Final = (1, 5, 20)
RUNS: Final = 200
SUNDAY: Final = date(2026, 11, 22)
MONDAY: Final = datetime(2026, 11, 23, 7, 0, tzinfo=UTC)
_JOINED: Final = {"zone": "UTC", "created_at": MONDAY, "joined_at": MONDAY}

Rows = list[dict[str, Any]]


def fill(db: Db, coaches: int, athletes: int) -> None:
    """Store so many coaches, the athletes of each, and a week of sessions of all."""
    first = coaches + 1
    whose = {n: (n - first) // athletes + 1 for n in range(first, first + coaches * athletes)}
    plan = sessions.plan_row(0, 1, Dose(), MONDAY).model_dump(exclude={"id", "athlete_id"})
    everybody = [*range(1, first), *whose]
    _insert(
        db, PersonRow, [{"id": n, "telegram_id": n, "name": f"P{n}", **_JOINED} for n in everybody]
    )
    _insert(db, RoleRow, [{"person_id": n, "role": "coach"} for n in range(1, first)])
    _insert(db, CoachRow, [{"person_id": n, "summary_due_at": MONDAY} for n in range(1, first)])
    agreed = {"consent_version": "bench", "consented_at": MONDAY}
    _insert(db, AthleteRow, [{"person_id": n, **agreed} for n in whose])
    _insert(db, PlanRow, [{"id": n, "athlete_id": n, **plan} for n in whose])
    _insert(
        db,
        AssignmentRow,
        [{"athlete_id": n, "coach_id": of, "consented_at": MONDAY} for n, of in whose.items()],
    )
    numbers = count(1)
    for athlete in whose:
        _week(db, athlete, numbers)


def _week(db: Db, athlete: int, numbers: Iterator[int]) -> None:
    """Store seven days of one athlete: a session with five holds and a morning each."""
    days: Rows = []
    held: Rows = []
    holds: Rows = []
    ratings: Rows = []
    mornings: Rows = []
    for ago in range(DAYS):
        number, day = next(numbers), SUNDAY - timedelta(days=ago)
        at = datetime.combine(day, MONDAY.timetz())
        whose = {"athlete_id": athlete}
        days.append(
            {
                "id": number,
                **whose,
                "local_date": day,
                "slot": 0,
                "planned_at": at,
                "state": "started",
            }
        )
        held.append(
            {
                "id": number,
                **whose,
                "plan_id": athlete,
                "occurrence_id": number,
                "phase": "closed",
                "outcome": "lessening",
                "opened_at": at,
                "closed_at": at,
            }
        )
        mornings.append({**whose, "local_date": day, "value": 1, "answered_at": at})
        for idx in range(HOLDS):
            holds.append(
                {
                    "session_id": number,
                    "idx": idx,
                    "side": "left",
                    "set_no": 1,
                    "number": idx + 1,
                    "planned_s": 10,
                    "actual_s": 10.0,
                    "status": "done",
                    "started_at": at,
                }
            )
            answer = {"moment": "hold", "hold_idx": idx, "value": 3 - idx // 2, "at": at}
            ratings.append({**whose, "session_id": number, **answer})
    for model, rows in (
        (OccurrenceRow, days),
        (SessionRow, held),
        (HoldRow, holds),
        (RatingRow, ratings),
        (MorningRow, mornings),
    ):
        _insert(db, model, rows)


def _insert(db: Db, model: type[SQLModel], rows: Rows) -> None:
    table: Any = model.__table__  # type: ignore[attr-defined]
    db.connection().execute(table.insert(), rows)


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


def _costs(store: Store, coaches: int) -> tuple[float, float, int]:
    """Return the median and worst seconds of a summary, and its statements."""
    found = [store.write_now(_make, coach) for coach in range(1, coaches + 1)]
    seconds = [one[0] for one in found[1:]]
    return median(seconds), max(seconds), found[-1][1]


def measure(folder: Path) -> list[Part]:
    """Make summaries of one, five and twenty athletes, beside those of 1,000 coaches."""
    rows = []
    for athletes in FEWER:
        coaches = COACHES if athletes == ATHLETES else 10
        with opened(f"sqlite:///{folder / f'summaries{athletes}.db'}") as store:
            store.write_now(fill, coaches, athletes)
            middle, worst, statements = _costs(store, min(coaches, RUNS))
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
