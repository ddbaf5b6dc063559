"""/status: what stands there is so, what is wrong is found, and it is read quickly."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import insert, text, update
from sqlmodel import Session as Db

from bot.dispatch import updates
from bot.dispatch.updates import Arrived
from bot.operations import backups, faults, refusals, status
from bot.operations import values as operations_values
from bot.operations.backups import Copied
from bot.operations.messages import Status as Asked
from bot.operations.values import (
    Athletes,
    BarredAthletes,
    InstallationState,
    Lateness,
    LivingNodes,
    NewestBackup,
    Wrong,
)
from bot.operations.words import say_size, status_screen
from bot.store import people
from bot.store.tables import AthleteRow, InboxRow, OccurrenceRow, OutboxRow, OutboxState, Role
from testkit.plans import plans
from tests.flows.world import ADMIN, T0, FlowWorld

DAY = timedelta(days=1)


@pytest.fixture
def world(tmp_path: Path) -> Any:
    """A bot without Telegram, with an admin."""
    with FlowWorld(tmp_path) as made:
        made.person(ADMIN, "Ada", Role.ADMIN)
        yield made


def found(world: FlowWorld) -> InstallationState:
    """Return the state as it is now."""
    return world.store.read_now(status.read, world.now)


def letter(number: int, **values: Any) -> dict[str, Any]:
    """Return a letter's row: a HOLD that was sent half a second late, unless told otherwise."""
    due = values.pop("due", T0)
    return {
        "key": f"k{number}",
        "chat_id": 1,
        "kind": "Hold",
        "body": "{}",
        "priority": 2,
        "due": due,
        "send_at": due,
        "deadline": due,
        "repeatable": False,
        "state": OutboxState.SENT,
        "attempts": 1,
        "handed_at": due + timedelta(seconds=0.5),
        **values,
    }


def put(db: Db, rows: list[dict[str, Any]]) -> None:
    """Store letters."""
    db.connection().execute(insert(OutboxRow), rows)


# ---- what is found --------------------------------------------------------------------


def test_athletes_by_what_keeps_them(world: FlowWorld) -> None:
    """Each counts once; a pause that has ended is none."""
    changes: list[dict[str, Any]] = [
        {},
        {"paused_at": T0},
        {"paused_at": T0, "paused_until": T0.date()},
        {"locked_at": T0, "lock_reason": "red_flag", "paused_at": T0},
        {"erase_at": T0, "locked_at": T0, "lock_reason": "red_flag"},
    ]
    for number, values in enumerate(changes):
        world.run(_change, world.athlete(100 + number, f"A{number}"), values)
    away = world.athlete(200, "Away")
    world.run(lambda db: setattr(people.person(db, away), "unreachable_since", T0))
    assert found(world).athletes == Athletes(active=2, paused=1, locked=1, leaving=1, unreachable=1)


def _change(db: Db, athlete_id: int, values: dict[str, Any]) -> None:
    row = db.get(AthleteRow, athlete_id)
    assert row is not None
    for name, value in values.items():
        setattr(row, name, value)
    db.add(row)


def test_sessions_and_what_is_due(world: FlowWorld) -> None:
    """One trains now; the next reminder of the other is within the hour."""
    one, _other = world.athlete(100, "One"), world.athlete(101, "Two")
    world.run(lambda db: db.connection().execute(text("UPDATE occurrence SET due_at = NULL")))
    world.trains(one)
    world.run(_due, world.now + timedelta(minutes=59))
    assert (found(world).live, found(world).due_soon) == (1, 2)
    world.later(hours=1)
    assert found(world).due_soon == 0


def _due(db: Db, at: datetime) -> None:
    db.connection().execute(update(OccurrenceRow).values(due_at=at))


def test_cues_of_the_last_day_alone(world: FlowWorld) -> None:
    """Half a second at the median, the slowest of a hundred at the edge; older ones not at all."""
    late = [letter(n, handed_at=T0 + timedelta(seconds=n / 100)) for n in range(100)]
    old = letter(200, due=T0 - DAY, handed_at=T0 - DAY)
    other = letter(201, kind="Say", handed_at=T0 + timedelta(hours=1))
    world.run(put, [*late, old, other])
    cues = found(world).cues
    assert cues is not None
    assert (cues.count, cues.p50, cues.p99) == pytest.approx((100, 0.5, 0.99), abs=0.002)


def test_what_waits_and_what_was_lost(world: FlowWorld) -> None:
    """Waiting letters with the oldest; dropped, failed and unsure ones of a day."""
    rows = [letter(n, state=state) for n, state in enumerate(OutboxState)]
    old = letter(99, state=OutboxState.FAILED, due=T0 - DAY)
    world.run(put, [*rows, old])
    world.later(minutes=3)
    now = found(world)
    assert (now.waiting, now.oldest, now.lost) == (1, T0, 3)
    assert Wrong.STUCK in now.wrong(world.now)


def test_f23_faults_and_failed_updates_reach_the_admin(world: FlowWorld) -> None:
    """They stand first, with what to do."""
    world.run(faults.note, "job_missed", world.now)
    failed = InboxRow(update_id=1, payload="", received_at=T0, handled_at=T0, error="KeyError")
    world.run(lambda db: db.add(failed))
    now = found(world)
    assert (now.faults, now.updates_failed) == ({"job_missed": 1}, 1)
    lines = status_screen(now, "UTC", world.now).text.splitlines()
    assert lines[2] == "<b>Needs you: 2</b>"
    assert "1 × job missed" in "\n".join(lines)


def test_f51_refusals_are_counted_for_a_day(world: FlowWorld) -> None:
    """How often Telegram said "too many" is told while it is less than 24 hours ago."""
    assert "429" not in status_screen(found(world), "UTC", world.now).text
    for _ in range(120):
        world.run(refusals.note, world.now)
    world.later(hours=2)
    world.run(refusals.note, world.now)
    told = status_screen(found(world), "UTC", world.now).text
    assert "Slowed down by Telegram (429) in 24 h: 121" in told
    world.later(hours=22)
    assert found(world).refused == 1
    world.later(hours=2)
    assert found(world).refused == 0


@pytest.mark.one_database("a server is backed up elsewhere")
def test_backups_stand_there(world: FlowWorld) -> None:
    """Its age and size; a failure is told with its reason, and an old one is missed."""
    world.run(status.started, "1.2.3", "03:00", world.now)
    assert found(world).wrong(world.now) == (Wrong.BACKUP_OLD,)
    world.run(backups.done, Copied(Path("x.db"), 12_300_000), 0.4, world.now)
    world.later(hours=9)
    assert found(world).wrong(world.now) == ()
    assert "Backup: 9 h 0 min ago, 12.3 MB" in status_screen(found(world), "UTC", world.now).text
    world.run(backups.failed, "No backup was made in x: no room.", world.now)
    assert found(world).wrong(world.now) == (Wrong.BACKUP_FAILED,)
    assert "no room" in status_screen(found(world), "UTC", world.now).text
    world.run(backups.done, Copied(Path("x.db"), 1), 0.4, world.now)
    world.later(hours=27)
    assert Wrong.BACKUP_OLD in found(world).wrong(world.now)
    world.run(status.started, "1.2.3", "off", world.now)
    assert Wrong.BACKUP_OLD not in found(world).wrong(world.now)


def test_it_is_one_letter_that_is_read_when_it_is_sent(world: FlowWorld) -> None:
    """Asked for or refreshed, nothing is looked up in the transaction; Refresh rewrites."""
    assert world.does(ADMIN, status.show) == [Asked(zone="UTC", message_id=None)]
    assert Asked(zone="UTC", message_id=50) in world.presses(ADMIN, status.show)


def test_the_last_word_is_the_newest_update(world: FlowWorld) -> None:
    """None before the first; then when the newest one came, also if it came again."""
    assert found(world).last_update is None
    first, second = (Arrived(number, ADMIN, "{}") for number in (7, 8))
    world.run(updates.receive, [first, second], T0, backlog=False)
    world.run(updates.receive, [first], T0 + DAY, backlog=False)
    assert found(world).last_update == T0


def test_no_query_walks_through_a_large_table(world: FlowWorld) -> None:
    """With many letters and updates every look into them has its index."""
    world.run(many)
    world.run(put, [letter(200_000, state=OutboxState.PENDING, handed_at=None)])
    now = found(world)
    assert now.cues is not None
    assert (now.cues.count, round(now.cues.p99, 3)) == (operations_values.NEWEST, 0.5)
    steps = world.store.read_now(plans, lambda db: status.read(db, T0))
    assert [one for one in steps if one.walks in {"outbox", "inbox"}] == []


def many(db: Db) -> None:
    """Store 24,000 letters of the last day, a quarter of them cues, each half a second late."""
    for start in range(0, 24_000, 4_000):
        numbers = range(start, start + 4_000)
        put(db, [letter(n, kind=KINDS[n % 4], due=T0 - timedelta(seconds=n / 2)) for n in numbers])


KINDS = ("Hold", "Rest", "Rest", "Rest")


# ---- how it reads ---------------------------------------------------------------------

WELL = InstallationState(
    athletes=Athletes(active=110, paused=6, locked=2, unreachable=3),
    live=4,
    due_soon=12,
    waiting=3,
    oldest=T0,
    cues=Lateness("cues", 1_240, 0.021, 0.307, 0.8, 0),
    lost=2,
    refused=0,
    updates_failed=0,
    faults={},
    last_update=T0 - timedelta(minutes=6),
    backup=NewestBackup(T0 - timedelta(hours=3, minutes=30), 12_300_000, nightly=True, failed=None),
    size=14_100_000,
    version="0.1.0",
    started=T0 - timedelta(days=3, hours=4),
)


def test_it_reads_on_a_phone() -> None:
    """Short lines; the first says whether anything is to be done."""
    text_ = status_screen(WELL, "Europe/Berlin", T0).text
    assert text_.splitlines() == [
        "<b>Status</b> at 07:30:00 (Europe/Berlin)",
        "",
        "All is well. Nothing needs you.",
        "",
        "<b>People</b>",
        "Athletes: 121 (110 active, 6 paused, 2 locked, 3 unreachable)",
        "Sessions now: 4, due within an hour: 12",
        "",
        "<b>Messages</b>",
        "Waiting: 3",
        "Cues late: 0.02 s, 1 in 100 over 0.31 s",
        "Cues in 24 h: 1,240",
        "Not delivered in 24 h: 2",
        "Last heard from Telegram: 6 min ago",
        "",
        "<b>System</b>",
        "Backup: 3 h 30 min ago, 12.3 MB",
        "Database: 14.1 MB",
        "Faults in 24 h: none",
        "Version 0.1.0, up for 3 d 4 h",
    ]


def test_several_nodes_are_named() -> None:
    """Which leads, since when, and who would go on."""
    two = LivingNodes("berg-1:4711", T0 - timedelta(hours=2), ("berg-2:815",))
    lines = status_screen(replace(WELL, nodes=two), "UTC", T0).text.splitlines()
    assert lines[-2:] == ["Running on berg-1:4711 for 2 h 0 min", "Ready to take over: berg-2:815"]
    alone = LivingNodes("berg-1:4711", T0 - timedelta(hours=2), ())
    lines = status_screen(replace(WELL, nodes=alone), "UTC", T0).text.splitlines()
    assert lines[-1] == "Ready to take over: none"


def test_everything_wrong_at_once_still_fits() -> None:
    """Every fault has a line, the most pressing first; the text is far from Telegram's limit."""
    backup = NewestBackup(None, 0, nightly=True, failed="No backup was made in <b>: no room.")
    bad = InstallationState(
        athletes=Athletes(),
        live=0,
        due_soon=0,
        waiting=100_000,
        oldest=T0 - DAY,
        cues=Lateness("cues", 5_000, 0.5, 30.0, 60.0, 2_000),
        lost=99_999,
        refused=99_999,
        updates_failed=3,
        faults=dict.fromkeys(("job_missed", "job_failed", "job_still_running", "<new>"), 100),
        last_update=None,
        backup=backup,
        size=10**13,
        version="",
        started=None,
        locked=BarredAthletes(1_000, ("<b>",) * 5),
        unheard=BarredAthletes(1_000, ("N" * 200,) * 5),
    )
    wrong = bad.wrong(datetime(2026, 11, 24, 6, 30, tzinfo=UTC))
    assert wrong == tuple(one for one in Wrong if one is not Wrong.BACKUP_OLD)
    text_ = status_screen(bad, "UTC", T0).text
    assert text_.count("❗") == len(wrong)
    assert "<new>" not in text_
    assert "in <b>:" not in text_
    assert len(text_) < 1_500


@pytest.mark.parametrize(
    ("count", "said"),
    [(0, "0 kB"), (999_499, "999 kB"), (12_345_678, "12.3 MB"), (2.5e9, "2.50 GB")],
)
def test_sizes(count: int, said: str) -> None:
    """In the unit a person would choose."""
    assert say_size(count) == said
