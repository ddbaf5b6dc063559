"""Monday on one screen: ten athletes and eight decisions, read and taken by what stands there."""

import html
import re
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import ColumnElement
from sqlmodel import Session as Db
from sqlmodel import col, delete, select

from bot.coaching.messages import Album, FileForm, WeekFile
from bot.coaching.weekly.files import COLUMNS, week_document
from bot.programme import summary_schedule
from bot.protocol.report.athlete_week import Decision
from bot.protocol.report.week_sheet import WeekSheet
from bot.store import people
from bot.store.tables import (
    AssignmentRow,
    AthleteRow,
    HoldRow,
    MorningRow,
    OccurrenceRow,
    OutboxRow,
    PlanRow,
    RatingRow,
    SessionRow,
)
from tests.flows.talking import Talk
from tests.flows.world import COACH, RUNA

MONDAY = datetime(2026, 11, 23, 6, 0, tzinfo=UTC)
"""07:00 in Berlin."""
SUNDAY = date(2026, 11, 22)
LONG_AGO = MONDAY - timedelta(days=40)
DAY = timedelta(days=1)
LADDER_8 = {"holds": 8}

NEEDS: dict[str, Decision] = {
    "Ada": Decision.RED_FLAG,
    "Bo": Decision.LOCKED,
    "Cleo": Decision.STOPPED,
    "Dan": Decision.RISING,
    "Eli": Decision.MORNINGS,
    "Fia": Decision.UNREACHABLE,
    "Gus": Decision.MISSED,
    "Hal": Decision.STEP_UP,
    "Ida": Decision.NOTHING,
    "Jo": Decision.NOTHING,
}
"""Ten athletes, one of each kind and two whom nothing is the matter with."""


@pytest.fixture
def world(tmp_path: Path) -> Iterator[Talk]:
    """Return a world with Kim and nobody yet, forty days before Monday."""
    with Talk(tmp_path) as made:
        made.now = LONG_AGO
        made.coach(made.athlete(RUNA, "Gone"), name="Kim")
        made.run(lambda db: db.exec(delete(AssignmentRow)))
        yield made


def client(world: Talk, number: int, name: str, **dose: Any) -> int:
    """Add an athlete of Kim's who trains every morning; return the id."""
    athlete = world.athlete(RUNA + 100 + number, name, **dose)
    world.run(
        lambda db: db.add(
            AssignmentRow(athlete_id=athlete, coach_id=2, consented_at=MONDAY - 3 * DAY)
        )
    )
    world.run(lambda db: db.exec(delete(OccurrenceRow).where(_of(athlete))))
    return athlete


def _of(athlete: int) -> ColumnElement[bool]:
    return col(OccurrenceRow.athlete_id) == athlete


def day(
    db: Db, athlete: int, at: date, outcome: str, pains: tuple[int, int], morning: int | None
) -> None:
    """Store a planned day: its session with two holds, and the morning after it."""
    when = datetime(at.year, at.month, at.day, 7, tzinfo=UTC)
    plan = people.plan(db, athlete)
    asked = OccurrenceRow(
        athlete_id=athlete, local_date=at, slot=0, planned_at=when, state="started"
    )
    db.add(asked)
    db.flush()
    row = SessionRow(
        athlete_id=athlete,
        plan_id=plan.id or 0,
        occurrence_id=asked.id,
        phase="closed",
        opened_at=when,
        closed_at=when,
        outcome=outcome,
    )
    db.add(row)
    db.flush()
    for idx, pain in enumerate(pains):
        db.add(
            HoldRow(
                session_id=row.id or 0,
                idx=idx,
                side="left",
                set_no=1,
                number=idx + 1,
                planned_s=10,
                actual_s=10.0,
                status="done",
                started_at=when,
            )
        )
        db.add(
            RatingRow(
                athlete_id=athlete,
                session_id=row.id,
                moment="hold",
                hold_idx=idx,
                value=pain,
                at=when,
            )
        )
    if morning is not None:
        after = when + DAY
        db.add(
            MorningRow(
                athlete_id=athlete,
                local_date=at + DAY,
                asked_at=after,
                value=morning,
                answered_at=after,
            )
        )


def week(db: Db, athlete: int, needs: Decision) -> None:
    """Store the week before Monday, so that this is what the coach has to decide."""
    person, row = people.person(db, athlete), people.athlete(db, athlete)
    for ago in range(6, -1, -1):
        at, last = SUNDAY - ago * DAY, ago == 0
        outcome, pains, morning = "level", (2, 2), 1
        if needs is Decision.STEP_UP:
            outcome, pains = "lessening", (2, 1)
        if needs is Decision.MISSED and ago < 3:
            asked = OccurrenceRow(athlete_id=athlete, local_date=at, slot=0, planned_at=MONDAY)
            asked.state = "missed"
            db.add(asked)
            continue
        if last and needs in {Decision.STOPPED, Decision.LOCKED}:
            outcome, pains = "stopped_pain", (2, 5)
        if last and needs is Decision.RISING:
            outcome, pains = "rising", (1, 3)
        if needs is Decision.MORNINGS:
            morning = 4 if ago == 1 else 3
        day(db, athlete, at, outcome, pains, None if last else morning)
    if needs is Decision.RED_FLAG:
        people.raise_flag(db, athlete, "tear", MONDAY - DAY, session_id=None)
    if needs in {Decision.RED_FLAG, Decision.LOCKED}:
        row.locked_at = MONDAY - DAY
        row.lock_reason = "red_flag" if needs is Decision.RED_FLAG else "stopped_hard"
    if needs is Decision.UNREACHABLE:
        person.unreachable_since = MONDAY - 3 * DAY
    db.add(row)


def ten(world: Talk) -> dict[str, int]:
    """Let Kim have those ten, and Monday come; return their ids."""
    found = {}
    for number, (name, needs) in enumerate(NEEDS.items()):
        found[name] = client(world, number, name, **LADDER_8)
        world.run(week, found[name], needs)
    monday(world)
    return found


def monday(world: Talk) -> None:
    """Let the summary come."""
    world.run(summary_schedule.for_all, LONG_AGO)
    world.now = MONDAY
    world.run(_due)
    world.time_acts()


def _due(db: Db) -> None:
    for row in db.exec(select(OutboxRow)):
        db.delete(row)
    summary_schedule.of_coach(db, 2, MONDAY - DAY).summary_due_at = MONDAY


def monday_screen(world: Talk) -> str:
    """Return the summary as it stands in the chat."""
    return next(one.text for one in world.chats[COACH].values() if "Week 47" in one.text)


class Coach:
    """Kim, who counts taps and every word that is new on the screen.

    Of a message that changes in its place, what changes is new.
    """

    def __init__(self, world: Talk) -> None:
        self._world = world
        self._read: dict[int, Counter[str]] = {}
        self.taps = self.words = 0
        self._reads()

    def tap(self, label: str) -> None:
        """Tap a button."""
        self._world.taps(COACH, label)
        self.taps += 1
        self._reads()

    def type(self, text: str) -> None:
        """Type something."""
        self._world.says(COACH, text)
        self._reads()

    def _reads(self) -> None:
        for key, screen in self._world.chats[COACH].items():
            text = html.unescape(re.sub("<[^>]+>", "", screen.text))
            now = Counter(re.findall(r"[^\s·–→✓•.,:?()]+", text))
            self.words += (now - self._read.get(key, Counter())).total()
            self._read[key] = now


def test_ten_athletes_and_eight_decisions_take_ten_taps_and_400_words(world: Talk) -> None:
    """Everything is decided, and nothing but what was tapped has changed."""
    ids = ten(world)
    assert len(world.chats[COACH]) == 1
    kim = Coach(world)
    kim.tap("1 Unlock Ada")
    kim.type("seen by Dr Berg on Tuesday")
    kim.tap("Yes, lift it")
    kim.tap("2 Unlock Bo")
    kim.tap("Talked to the athlete")
    for label in ("3 Ease Cleo", "4 Ease Dan", "5 Ease Eli", "6 Seen: Fia"):
        kim.tap(label)
    kim.tap("7 Write to Gus")
    kim.type("How are you? What got in the way?")
    kim.tap("8 Step up Hal")
    assert "10 athletes. All is decided." in html.unescape(monday_screen(world))
    assert (kim.taps, kim.words <= 400) == (10, True), kim.words
    plans = {name: world.read(people.plan, one) for name, one in ids.items()}
    doses = {name: (plan.version, plan.holds, plan.hold_s) for name, plan in plans.items()}
    eased = dict.fromkeys(("Cleo", "Dan", "Eli"), (2, 5, 10))
    assert doses == dict.fromkeys(NEEDS, (1, 8, 10)) | eased | {"Hal": (2, 10, 10)}
    assert world.count(AthleteRow, AthleteRow.locked_at.is_not(None)) == 0  # type: ignore[union-attr]


def test_a_button_of_an_older_plan_changes_nothing(world: Talk) -> None:
    """Eased twice, or after somebody else changed the plan: once, and the screen says how it is."""
    ids = ten(world)
    ease = world.data(COACH, "3 Ease Cleo")
    message_id = next(iter(world.chats[COACH]))
    for _ in range(2):
        world.presses_data(COACH, ease, message_id)
    assert world.toasts == ["week_dose", "week_changed"]
    assert world.count(PlanRow, PlanRow.athlete_id == ids["Cleo"]) == 2
    world.says(COACH, "/plan Hal holds=6")
    world.taps(COACH, "8 Step up Hal")
    assert world.toasts[-1] == "week_changed"
    assert world.read(people.plan, ids["Hal"]).holds == 6


def test_nobody_else_decides(world: Talk) -> None:
    """The athlete's consent ends while the screen is open: the line goes, and nothing is done."""
    ids = ten(world)
    ease = world.data(COACH, "3 Ease Cleo")
    message_id = next(iter(world.chats[COACH]))

    def end(db: Db) -> None:
        row = db.get(AssignmentRow, (ids["Cleo"], 2))
        assert row is not None
        row.ended_at = MONDAY

    world.run(end)
    world.presses_data(COACH, ease, message_id)
    assert world.read(people.plan, ids["Cleo"]).version == 1
    assert "Cleo" not in monday_screen(world)
    world.coach(ids["Ida"], COACH + 10, "Lee")
    world.presses_data(COACH + 10, ease, message_id)
    assert world.toasts[-1] == "inactive"


def test_fifty_athletes_are_one_message_of_five_pages(world: Talk) -> None:
    """Pages are turned in place, each of the fifty on one; pictures are those of the page."""
    for number in range(50):
        athlete = client(world, number, f"Athlete {number:02}")
        if number < 12:
            world.run(week, athlete, Decision.MISSED)
        else:
            world.run(_morning, athlete)
    monday(world)
    seen: list[str] = []
    for page in range(5):
        text = monday_screen(world)
        assert f"(page {page + 1} of 5)\n50 athletes, 12 need a decision.\n12 with miss" in text
        seen += re.findall(r"Athlete \d\d(?=</b>(?: \(|:))", text)
        assert len(world.chats[COACH]) == 1
        if page < 4:
            world.taps(COACH, "More")
    assert (len(seen), len(set(seen))) == (50, 50)
    world.taps(COACH, "Pictures")
    (album,) = world.enclosed
    assert isinstance(album, Album)
    assert [one.name for one in album.charts] == seen[40:]


def _morning(db: Db, athlete: int) -> None:
    row = MorningRow(athlete_id=athlete, local_date=SUNDAY, value=1)
    row.answered_at = MONDAY
    db.add(row)


def test_one_file_has_everybody(world: Talk) -> None:
    """A row an athlete in both tables, a place on the sheet; who stopped sharing is in none."""
    ids = ten(world)
    for label in ("PDF of all", "Excel of all", "CSV of all"):
        world.taps(COACH, label)
    pdf, xlsx, text = world.enclosed
    assert isinstance(pdf, WeekFile)
    assert isinstance(xlsx, WeekFile)
    assert isinstance(text, WeekFile)
    sheet = world.read(week_document, COACH, pdf, world.now)
    assert isinstance(sheet, WeekSheet)
    assert [one.name for one in sheet.athletes] == list(NEEDS)
    assert [one.urgent for one in sheet.athletes] == [True] * 8 + [False] * 2
    assert sheet.athletes[6].verdict == "3 missed: ask why?"
    world.run(lambda db: db.delete(db.get(AssignmentRow, (ids["Bo"], 2))))
    made = world.read(week_document, COACH, text, world.now)
    assert isinstance(made, tuple)
    assert made[0] == "holdfast-week-2026-W47.csv"
    head, *rows = made[1].decode("utf-8-sig").splitlines()
    assert head.split(",") == list(COLUMNS)
    assert [row.partition(",")[0] for row in rows] == [one for one in NEEDS if one != "Bo"]
    made = world.read(week_document, COACH, xlsx, world.now)
    assert isinstance(made, tuple)
    assert made[1].startswith(b"PK")
    assert xlsx.form is FileForm.XLSX
    assert world.read(week_document, COACH + 1, xlsx, world.now) is None
