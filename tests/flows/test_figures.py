"""`holdfast stats`: what is printed is so, for an empty database, a busy one and a large one."""

import re
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import insert

from bot.dispatch import due_work
from bot.operations import refusals
from bot.operations.figures import CUES, ProgramFigures, figures
from bot.operations.stats_page import page
from bot.store import outbox_claims
from bot.store.tables import InboxRow, OutboxRow, OutboxState
from testkit import database
from testkit.plans import plans
from tests.flows.world import RUNA, T0, FlowWorld

GOLDEN = Path(__file__).parent / "golden"
DAY = timedelta(days=1)
WAITING = {"outbox_expiring", "outbox_next", "outbox_pending"}
"""Indexes of what waits, and nothing else; by which it is counted, a server chooses itself."""
STATES = (OutboxState.DROPPED, OutboxState.FAILED, OutboxState.UNSURE)


def found(world: FlowWorld, **limits: int) -> ProgramFigures:
    """Return the figures as they are now."""
    return world.store.read_now(figures, world.now, **limits)


def printed(world: FlowWorld, rate: float = 28.0) -> list[str]:
    """Return the lines of `holdfast stats`."""
    return page(found(world), rate, world.now).splitlines()


def letter(key: object, late_s: float = 0.0, **values: Any) -> dict[str, Any]:
    """Return a letter's row: a HOLD that was sent so late a minute ago, unless told otherwise."""
    due = values.pop("due", T0 - timedelta(minutes=1))
    return {
        "key": str(key),
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
        "handed_at": due + timedelta(seconds=late_s),
        **values,
    }


def waiting(key: object, priority: int, ago_s: float) -> dict[str, Any]:
    """Return a letter that waits since so long ago."""
    due = T0 - timedelta(seconds=ago_s)
    return letter(
        key, due=due, kind="Say", priority=priority, state=OutboxState.PENDING, handed_at=None
    )


def reminder(key: str, late_s: float) -> dict[str, Any]:
    """Return a reminder that time wrote so late an hour and a half ago."""
    due = T0 - timedelta(minutes=90)
    planned = (due - timedelta(seconds=late_s)).isoformat().replace("+00:00", "Z")
    return letter(key, due=due, kind="Reminder", priority=5, body=f'{{"planned_at": "{planned}"}}')


def update(number: int, took_s: float | None, received: datetime = T0 - DAY / 2) -> dict[str, Any]:
    """Return an update that was handled after so long; None is one that is not yet."""
    handled = None if took_s is None else received + timedelta(seconds=took_s)
    return {
        "update_id": number,
        "chat_id": 1,
        "payload": "{}",
        "received_at": received,
        "backlog": False,
        "handled_at": handled,
        "attempts": 0,
    }


def put(world: FlowWorld, *letters: dict[str, Any]) -> None:
    """Store letters."""
    world.run(lambda db: db.connection().execute(insert(OutboxRow), list(letters)))


def receive(world: FlowWorld, *updates: dict[str, Any]) -> None:
    """Store updates."""
    world.run(lambda db: db.connection().execute(insert(InboxRow), list(updates)))


def busy(world: FlowWorld) -> None:
    """A day of everything: cues, replies, reminders, losses, refusals, a queue."""
    world.athlete(RUNA)
    often = [T0 - timedelta(minutes=30) + timedelta(seconds=n / 18) for n in range(100)]
    put(
        world,
        *(letter(f"hold{n}", n / 100, due=due) for n, due in enumerate(often)),
        *(letter(f"release{n}", 0.004 * n, kind="Release") for n in range(20)),
        letter("stop", 0.031, kind="Stopped"),
        letter("late", 3.6, kind="Release"),
        *(letter(f"say{n}", n / 2, kind="Say") for n in range(7)),
        letter("lost1", state=OutboxState.DROPPED, handed_at=None),
        letter("lost2", state=OutboxState.UNSURE),
        letter("lost3", state=OutboxState.FAILED, kind="Reminder"),
        reminder("o1:remind:0", 0.02),
        reminder("o2:remind:0", 2.5),
        reminder("o3:remind:1", 900),
        waiting("w1", 4, 3),
        waiting("w2", 4, -60),
        waiting("w3", 5, 600),
    )
    receive(world, *(update(n, n / 50) for n in range(1, 100)), update(100, None))
    for _ in range(3):
        world.run(refusals.note, world.now)


# ---- what is printed ------------------------------------------------------------------


@pytest.mark.parametrize(("name", "filled"), [("empty", False), ("busy", True)])
def test_the_whole_page(world: FlowWorld, name: str, filled: bool) -> None:  # noqa: FBT001
    """Every block, as it is printed; nothing yet is said so."""
    if filled:
        busy(world)
    lines = printed(world)
    assert lines == (GOLDEN / f"stats_{name}.txt").read_text(encoding="utf-8").splitlines()
    assert max(map(len, lines)) <= 80


def test_numbers_of_a_large_installation_fit(world: FlowWorld) -> None:
    """Millions, and hours late, stay within their columns."""
    put(world, letter("one", 86_000.0), letter("two", state=OutboxState.UNSURE))
    world.later(hours=24)
    big = page(found(world), 1000.0, world.now)
    assert "86000.000" in big
    assert max(map(len, big.splitlines())) <= 80


# ---- what is counted ------------------------------------------------------------------


def test_only_what_was_sent_within_a_day_has_a_lateness(world: FlowWorld) -> None:
    """Neither what was lost, silenced, waits or is on its way, nor what was sent before."""
    states = [letter(state, 0.5, state=state) for state in OutboxState]
    put(world, *states, letter("old", 9.0, due=T0 - DAY - timedelta(minutes=1)))
    (held,) = found(world).sent
    assert (held.kind, held.count, held.worst) == ("Hold", 1, 0.5)


def test_cues_stand_first_then_the_other_kinds(world: FlowWorld) -> None:
    """STOP, RELEASE, HOLD; the rest by name."""
    kinds = ("Say", "Answer", "Hold", "Release", "Stopped")
    put(world, *(letter(kind, kind=kind) for kind in kinds))
    assert [one.kind for one in found(world).sent] == [*CUES, "Answer", "Say"]


def test_more_than_a_second_is_slow(world: FlowWorld) -> None:
    """Exactly one second is not."""
    put(world, letter("a", 1.0), letter("b", 1.001), letter("c", 2.0))
    assert found(world).sent[0].slow == 2


def test_each_step_of_the_histogram_has_its_upper_edge(world: FlowWorld) -> None:
    """A cue at an edge counts below it."""
    edges = (0.0, 0.1, 0.25, 0.5, 1.0, 3.0, 3.001)
    put(world, *(letter(edge, edge, kind="Release") for edge in edges))
    assert found(world).cues == (2, 1, 1, 1, 1, 1)


def test_what_was_lost_by_kind(world: FlowWorld) -> None:
    """Dropped, failed and unsure; of a day alone, and nothing that arrived."""
    put(
        world,
        *(letter(f"{state}", state=state) for state in OutboxState),
        letter("again", state=OutboxState.FAILED),
        letter("say", state=OutboxState.UNSURE, kind="Say"),
        letter("old", state=OutboxState.FAILED, due=T0 - DAY - timedelta(seconds=1)),
    )
    lost = [(one.kind, one.dropped, one.failed, one.unsure) for one in found(world).lost]
    assert lost == [("Hold", 1, 2, 1), ("Say", 0, 0, 1)]


def test_what_waits_by_priority_and_since_when(world: FlowWorld) -> None:
    """Due now with the oldest, and what is for later; the most urgent first."""
    put(world, waiting(1, 5, 30), waiting(2, 4, 5), waiting(3, 4, 0), waiting(4, 4, -10))
    now = found(world)
    told = [(name, one.due, one.since, one.later) for name, one in now.waits]
    assert now.waiting == 4
    assert told == [
        ("reply", 2, T0 - timedelta(seconds=5), 1),
        ("reminder", 1, T0 - timedelta(seconds=30), 0),
    ]


def test_the_busiest_second_and_minute_of_the_last_hour(world: FlowWorld) -> None:
    """Whatever became of them: each took its share of the budget."""
    start = T0 - timedelta(minutes=30)
    rows = [letter(f"a{n}", due=start + timedelta(seconds=n / 4)) for n in range(100)]
    at = start + timedelta(seconds=90.5)
    became = (*STATES, OutboxState.SENT, OutboxState.SENDING)
    burst = [letter(f"b{state}", due=at, state=state) for state in became]
    before = [letter(f"c{n}", due=T0 - timedelta(minutes=61)) for n in range(9)]
    put(world, *rows, *burst, *before)
    budget = found(world).budget
    assert budget is not None
    assert (budget.second, budget.minute) == (5, 100)


def test_updates_of_a_day(world: FlowWorld) -> None:
    """From their receipt until they were handled; what is open has no figure yet."""
    old = T0 - DAY - timedelta(seconds=1)
    receive(world, update(1, 40, old), update(2, 0.02), update(3, 1.5), update(4, None))
    found_ = found(world).updates
    assert found_ is not None
    assert (found_.count, found_.worst, found_.slow) == (2, 1.5, 1)


def test_reminders_that_nobody_put_off(world: FlowWorld) -> None:
    """One that was put off, or a nudge, is late on purpose."""
    rows = [reminder(f"o{n}:{what}", late) for n, (what, late) in enumerate(
        [("remind:0", 0.4), ("remind:1", 900.0), ("nudge", 7200.0)])]  # fmt: skip
    put(world, *rows)
    lag = found(world).reminders
    assert lag is not None
    assert (lag.count, lag.worst) == (1, 0.4)


def test_a_real_reminder_has_a_lag(world: FlowWorld) -> None:
    """What time itself wrote a second and a half late is read so."""
    world.athlete(RUNA)
    due = world.store.read_now(due_work.earliest)
    assert due is not None
    world.now = due + timedelta(seconds=1.5)
    world.run(due_work.act_due, world.now)
    letters = world.store.read_now(outbox_claims.ready, world.now, 10)
    world.run(outbox_claims.claim, [one.id for one in letters], world.now)
    lag = found(world).reminders
    assert lag is not None
    assert (lag.count, lag.worst) == (1, 1.5)


def test_the_newest_alone_where_there_are_many(world: FlowWorld) -> None:
    """Figures are of so many rows at most, and it is said."""
    put(world, *(letter(n, float(n), due=T0 - timedelta(seconds=50 - n)) for n in range(10)))
    some, every = found(world, newest=3), found(world)
    assert (some.sent[0].count, some.sent[0].worst, some.capped) == (3, 9.0, True)
    assert (every.sent[0].count, every.capped) == (10, False)
    assert page(some, 28.0, T0).splitlines()[-1].startswith("More than")


# ---- how it is read -------------------------------------------------------------------


def test_no_query_walks_through_a_large_table(world: FlowWorld) -> None:
    """Letters are found by an index, the newest updates by their ids, so many and no more."""
    steps = world.store.read_now(plans, lambda db: figures(db, T0))
    indexes = {one.by for one in steps if one.by.startswith("outbox")}
    assert indexes & WAITING
    assert indexes - WAITING == {"outbox_cues", "outbox_handed", "outbox_lost"}
    walked = [one for one in steps if one.walks in {"outbox", "inbox"}]
    newest = re.compile(r"FROM inbox\s+ORDER BY inbox.update_id DESC\s+LIMIT")
    assert all(newest.search(one.statement) for one in walked), walked


def test_the_newest_are_not_sorted_out(world: FlowWorld, engine: str) -> None:
    """They are read in the order of the index; the small sums alone are sorted."""
    steps = world.store.read_now(plans, lambda db: figures(db, T0))
    summed = "GROUP BY" if engine == database.POSTGRESQL else "\0"
    assert [one for one in steps if one.sorts and summed not in one.statement] == []
