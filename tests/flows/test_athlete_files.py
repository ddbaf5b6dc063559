"""Files about an athlete: who gets them, and what they never hold."""

import csv
import io
import json
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import Session as Db
from sqlmodel import delete, select

from bot.coaching.exports.documents import document
from bot.coaching.exports.files import export, report
from bot.coaching.exports.report_page import report_page
from bot.coaching.messages import Album, File
from bot.dispatch import due_work
from bot.protocol.report.period import Mark, ReportPage
from bot.protocol.session import events
from bot.protocol.session.state import StopReason
from bot.store import notes, people, sessions
from bot.store.sessions import Stored
from bot.store.tables import AssignmentRow, AuditRow, MorningRow, NoteRow, OccurrenceRow, Role
from bot.training.mornings import answers as morning_answers
from bot.training.session import apply_event
from tests.flows.chatting import types
from tests.flows.world import ADMIN, COACH, RUNA, STRANGER, FlowWorld, topics

TUESDAY = datetime(2026, 11, 24, 17, 0, tzinfo=UTC)
EXPORTS = ("holdfast-sessions", "holdfast-export", "holdfast-report")


@pytest.fixture
def world(tmp_path: Path) -> Iterator[FlowWorld]:
    """Return a world with one athlete, whose name looks like a formula, and one session."""
    with FlowWorld(tmp_path, TUESDAY) as made:
        made.coach(made.athlete(name="=1+Eve"))
        made.trains(1, 3, 2, 2, 1, 1)
        yield made


def made(world: FlowWorld, name: str, chat: int = COACH) -> Any:
    """Return the document for this chat."""
    return world.store.read_now(document, chat, File(name, 1), world.now)


def test_a_coach_gets_three_files(world: FlowWorld) -> None:
    """A table, everything, and a page; written down, and only about their own."""
    told = world.does(COACH, export, "")
    assert [one.name for one in told if isinstance(one, File)] == list(EXPORTS)
    assert topics(world.does(COACH, report, "=1+Eve")) == ["File"]
    assert world.count(AuditRow, AuditRow.action == "export") == 2
    assert topics(world.does(STRANGER, export, "#1")) == ["who_nobody"]


def test_a_row_a_hold_that_no_spreadsheet_computes(world: FlowWorld) -> None:
    """Five holds, both clocks, and a leading = that stays text; the pain before has its own row."""
    name, content = made(world, "holdfast-sessions")
    before, *rows = csv.DictReader(io.StringIO(content.decode("utf-8-sig")))
    assert (before["row"], before["question"], before["pain"]) == ("answer", "before", "1")
    assert (name, [row["row"] for row in rows]) == ("holdfast-sessions-1-Eve-1.csv", ["hold"] * 5)
    assert {row["athlete"] for row in rows} == {"'=1+Eve"}
    assert [row["pain"] for row in rows] == ["3", "2", "2", "1", "1"]
    assert rows[0]["opened_local"] == "2026-11-24T18:00:00+01:00"
    assert rows[0]["opened_utc"] == "2026-11-24T17:00:00+00:00"
    assert (rows[0]["actual_s"], rows[0]["pain_before"]) == ("10.0", "1")


def rows(world: FlowWorld) -> list[dict[str, str]]:
    """Return the table."""
    _name, content = made(world, "holdfast-sessions")
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"))))


def answers(world: FlowWorld, *more: str, **which: str) -> list[tuple[str, ...]]:
    """Return the answers of the table: pain, when, late, edited, undone, and more columns."""
    shown = ("pain", "answered_utc", "late", "edited", "undone", *more)
    return [
        tuple(row[name] for name in shown)
        for row in rows(world)
        if row["answered_utc"] and all(row[name] == value for name, value in which.items())
    ]


def later(world: FlowWorld, event: events.Event) -> None:
    """Let something happen to the newest session, which may be over."""

    def happen(db: Db) -> None:
        stored = sessions.newest(db, 1)
        assert stored is not None
        assert isinstance(apply_event.happen(db, stored, event, world.now), Stored)

    world.run(happen)


def test_f142_each_answer_has_its_time_and_what_became_of_it(world: FlowWorld) -> None:
    """Corrected, undone and given anew, late: each is in one row, with when it was given."""
    world.later(days=1)
    world.trains(1, 1)
    first = world.now
    world.later(seconds=5)
    world.happens(1, events.Pain(2, 0))
    world.later(seconds=5)
    world.happens(1, events.Undo())
    world.later(seconds=5)
    world.happens(1, events.Pain(3, 0))
    world.happens(1, events.Stop())
    world.happens(1, events.Reason(StopReason.PAIN))
    world.later(seconds=5)
    world.happens(1, events.Pain(2))
    world.later(minutes=5)
    later(world, events.Pain(5, 0))

    def at(seconds: int) -> str:
        return (first + timedelta(seconds=seconds)).isoformat(timespec="seconds")

    assert answers(world, "row", session="2", question="hold") == [
        ("5", at(320), "yes", "correction", "no", "hold"),
        ("1", at(0), "no", "", "yes", "answer"),
        ("2", at(5), "no", "", "yes", "answer"),
        ("3", at(15), "no", "replaced", "no", "answer"),
    ]
    assert answers(world, session="2", question="stop") == [("2", at(20), "no", "", "no")]
    assert answers(world, session="2", question="before")[0][2:] == ("no", "", "no")
    assert {row["pain_that_stopped"] for row in rows(world) if row["session"] == "2"} == {"2"}


def test_f142_mornings_are_in_the_table_with_what_they_replaced(world: FlowWorld) -> None:
    """Changed, and the next day: when each was given, which counts, and which came late."""
    world.now = datetime(2026, 11, 25, 7, 0, tzinfo=UTC)
    world.run(due_work.act_due, world.now)
    for hours, value in ((0, 3), (1, 1), (17, 4)):
        world.now = datetime(2026, 11, 25, 7, 0, tzinfo=UTC) + timedelta(hours=hours)
        world.presses(RUNA, morning_answers.answer, 1, value)
    assert answers(world, "day", row="morning") == [
        ("3", "2026-11-25T07:00:00+00:00", "no", "replaced", "no", "2026-11-25"),
        ("1", "2026-11-25T08:00:00+00:00", "no", "replaced", "no", "2026-11-25"),
        ("4", "2026-11-26T00:00:00+00:00", "yes", "correction", "no", "2026-11-25"),
    ]


def test_f142_notes_and_days_without_a_session_are_in_the_table(world: FlowWorld) -> None:
    """A note is an answer to nothing; what was planned is a row, whatever became of it."""
    types(world, RUNA, "/pain 4")

    def skip(db: Db) -> None:
        for row in db.exec(select(OccurrenceRow)):
            db.delete(row)
        db.add(
            OccurrenceRow(
                athlete_id=1,
                local_date=TUESDAY.date(),
                slot=0,
                planned_at=TUESDAY,
                state="skipped",
                reason="band",
            )
        )

    world.run(skip)
    assert [one[0] for one in answers(world, question="note")] == ["4"]
    (planned,) = (row for row in rows(world) if row["row"] == "planned")
    told = (planned["day"], planned["became"], planned["as_planned"], planned["reason"])
    assert told == ("2026-11-24", "skipped", "no", "band")


def test_one_morning_is_no_mean(world: FlowWorld) -> None:
    """Its number stands alone; of several there is a mean, with how many they are."""

    def wakes(db: Db, day: int, value: int) -> None:
        db.add(MorningRow(athlete_id=1, local_date=date(2026, 11, day), value=value))

    world.run(lambda db: db.connection().execute(delete(MorningRow)))
    world.run(wakes, 23, 5)
    assert ("Morning pain", "5 (one morning)") in made(world, "holdfast-report").figures
    world.run(wakes, 24, 2)
    assert ("Morning pain, mean", "3.5 (2 mornings)") in made(world, "holdfast-report").figures


def test_a_coachs_export_holds_no_messages_ids_or_invites(world: FlowWorld) -> None:
    """What the athlete wrote, and whom else they know, is theirs."""
    world.run(lambda db: db.add(NoteRow(athlete_id=1, author_id=2, at=TUESDAY, text="soft knee")))
    _name, content = made(world, "holdfast-export")
    found = json.loads(content)
    assert found["notes"][0]["text"] == "soft knee"
    assert len(found["holds"]) == 5
    forbidden = {
        "person",
        "coaches",
        "changes",
        "messages_sent",
        "messages_received",
        "invites_used",
    }
    assert not forbidden & set(found)
    assert str(RUNA) not in content.decode()


def test_a_page_of_four_weeks(world: FlowWorld) -> None:
    """Twenty-eight days, each in the table: its sessions with their dose, or what became of it."""
    page = made(world, "holdfast-report")
    assert isinstance(page, ReportPage)
    assert (page.title, len(page.chart.days)) == ("=1+Eve", 28)
    dose = "5 × 10 s, left, standing hold, tubing at the hip"
    newest, *others = page.sessions
    assert newest == ("Tue 24 Nov", "pain eased", dose, "1", "3 → 1", "3", "5/5, 50 s", "–", "")
    assert len(others) == 27
    assert {row[1:] for row in others} == {("–", *[""] * 5, "–", "")}
    assert ("Worst pain", "3 (Tue 24 Nov)") in page.figures
    assert "Europe/Berlin" in page.foot


def test_the_page_tells_of_flags_pauses_plans_and_notes(world: FlowWorld) -> None:
    """Each on its day, in the picture and the table; notes are not in what is the athlete's own."""
    newest = world.now

    def happens(db: Db) -> None:
        people.raise_flag(db, 1, "tear", newest - timedelta(days=1), session_id=None)
        notes.add(db, 1, 2, "New shoes", newest - timedelta(days=1))
        dose = sessions.dose_of(people.plan(db, 1)).changed(holds=8)
        db.add(sessions.plan_row(1, 2, dose, newest - timedelta(days=2)))
        day = (newest - timedelta(days=3)).date()
        db.add(
            OccurrenceRow(athlete_id=1, local_date=day, slot=0, planned_at=newest, state="paused")
        )

    world.run(happens)
    page = world.read(report_page, 1, newest, 2)
    marks = [one.marks for one in page.chart.days[-4:]]
    assert marks == [(Mark.PAUSED,), (Mark.PLAN,), (Mark.FLAG, Mark.NOTE), ()]
    assert [row[-1] for row in page.sessions[1:4]] == ["red flag, note", "new plan", "paused"]
    own = world.read(report_page, 1, newest, 1)
    assert own.chart.days[-2].marks == (Mark.FLAG,)


def test_an_athlete_gets_week_and_page_for_their_own_physiotherapist(world: FlowWorld) -> None:
    """A picture of seven days, and the page without marks of notes; nobody else's."""
    world.run(lambda db: notes.add(db, 1, 2, "New shoes", world.now))
    (album,) = types(world, RUNA, "/week")
    assert isinstance(album, Album)
    (chart,) = album.charts
    assert (chart.athlete_id, len(chart.days)) == (1, 7)
    assert chart.verdict == "No session to judge"
    assert all(Mark.NOTE not in day.marks for day in chart.days)
    (file,) = types(world, RUNA, "/report")
    assert file == File("holdfast-report", 1)
    page = made(world, "holdfast-report", RUNA)
    assert isinstance(page, ReportPage)
    assert all(Mark.NOTE not in day.marks for day in page.chart.days)
    assert made(world, "holdfast-report", STRANGER) is None
    world.later(days=40)
    world.run(lambda db: db.connection().execute(delete(OccurrenceRow)))
    assert topics(types(world, RUNA, "/week")) == ["own_week_empty"]


def test_the_athletes_own_export_has_everything(world: FlowWorld) -> None:
    """Asked for by the athlete."""
    name, content = made(world, "holdfast-export", RUNA)
    assert name == "holdfast-export.json"
    assert "messages_sent" in json.loads(content)


def test_nothing_after_a_consent_ended(world: FlowWorld) -> None:
    """A letter that still waits brings nothing; an admin may go on."""
    world.person(ADMIN, "Ada", Role.ADMIN)

    def end(db: Any) -> None:
        db.get(AssignmentRow, (1, 2)).ended_at = TUESDAY

    world.run(end)
    assert [made(world, name) for name in EXPORTS] == [None, None, None]
    assert all(made(world, name, ADMIN) for name in EXPORTS)
