"""Files about an athlete: who gets them, and what they never hold."""

import csv
import io
import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from bot.coaching.exports.documents import document
from bot.coaching.exports.files import export, report
from bot.coaching.messages import File
from bot.protocol.report.period import ReportPage
from bot.store.tables import AssignmentRow, AuditRow, NoteRow, Role
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
    assert (name, [row["row"] for row in rows]) == ("holdfast-sessions.csv", ["hold"] * 5)
    assert {row["athlete"] for row in rows} == {"'=1+Eve"}
    assert [row["pain"] for row in rows] == ["3", "2", "2", "1", "1"]
    assert rows[0]["opened_local"] == "2026-11-24T18:00:00+01:00"
    assert rows[0]["opened_utc"] == "2026-11-24T17:00:00+00:00"
    assert (rows[0]["actual_s"], rows[0]["pain_before"]) == ("10.0", "1")


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
    """Twenty-eight days, what was planned adds up, the session in its table."""
    page = made(world, "holdfast-report")
    assert isinstance(page, ReportPage)
    assert (page.title, len(page.chart.days)) == ("=1+Eve", 28)
    assert page.sessions == (("Tue 24 Nov", "pain eased", "1", "3 → 1", "3", "5/5", "50 s"),)
    assert ("Worst pain", "3 (Tue 24 Nov)") in page.figures
    assert "Europe/Berlin" in page.foot


def test_the_athletes_own_export_has_everything(world: FlowWorld) -> None:
    """The same file name, asked for by the athlete."""
    _name, content = made(world, "holdfast-export", RUNA)
    assert "messages_sent" in json.loads(content)


def test_nothing_after_a_consent_ended(world: FlowWorld) -> None:
    """A letter that still waits brings nothing; an admin may go on."""
    world.person(ADMIN, "Ada", Role.ADMIN)

    def end(db: Any) -> None:
        db.get(AssignmentRow, (1, 2)).ended_at = TUESDAY

    world.run(end)
    assert [made(world, name) for name in EXPORTS] == [None, None, None]
    assert all(made(world, name, ADMIN) for name in EXPORTS)
