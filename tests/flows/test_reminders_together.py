"""Reminders that are due together: the same comes of it as when each is acted on alone."""

import json
import re
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import event, text
from sqlmodel import Session as Db
from sqlmodel import select

from bot.dispatch import due_work
from bot.protocol.calendar.local_time import local
from bot.protocol.dose.dose import Dose
from bot.protocol.session.state import Outcome, Phase
from bot.store import due_rows, people, reminder_batch, sessions
from bot.store.tables import (
    AlertRow,
    AssignmentRow,
    AthleteRow,
    AuditRow,
    HoldRow,
    OccurrenceRow,
    OccurrenceState,
    OutboxRow,
    PersonRow,
    PlanRow,
    SessionRow,
)
from bot.training.reminders import flow as reminders
from testkit.plans import plans
from tests.flows.world import T0, FlowWorld

DAY, HOUR, MINUTE = timedelta(days=1), timedelta(hours=1), timedelta(minutes=1)
PLANNED, REMINDED, SNOOZED, NUDGED, MISSED = (
    OccurrenceState.PLANNED,
    OccurrenceState.REMINDED,
    OccurrenceState.SNOOZED,
    OccurrenceState.NUDGED,
    OccurrenceState.MISSED,
)


# ---- people and their days, at random ----------------------------------------------------


@dataclass(frozen=True)
class Sitting:
    """A closed session that began so long ago."""

    ago: timedelta
    outcome: Outcome
    held: bool


@dataclass(frozen=True)
class Runner:
    """An athlete, and the occurrence of theirs that is due; what is None is not so."""

    zone: str
    times: str
    weekdays: str
    quiet: tuple[str, str]
    state: OccurrenceState
    planned: timedelta
    due: timedelta
    snoozes: int
    delivered: bool
    before: tuple[OccurrenceState, ...]
    sittings: tuple[Sitting, ...]
    live: bool
    next_is_due: bool
    flared: bool
    joined: bool
    unreachable: bool
    locked: bool
    leaving: bool
    paused: timedelta | None
    until: int | None
    coached: bool


def rarely() -> st.SearchStrategy[bool]:
    """Return True for about one in eight."""
    return st.integers(0, 7).map(lambda found: found == 3)


SITTINGS = st.builds(
    Sitting,
    ago=st.integers(1, 5 * 24).map(lambda hours: hours * HOUR),
    outcome=st.sampled_from([one for one in Outcome if one != Outcome.RED_FLAG]),
    held=st.booleans(),
)
RUNNERS = st.builds(
    Runner,
    zone=st.sampled_from(
        ["Europe/Berlin", "UTC", "America/New_York", "Pacific/Kiritimati", "Asia/Kathmandu"]
    ),
    times=st.sampled_from(["07:30", "06:30,18:00", "00:00", "23:45"]),
    weekdays=st.sampled_from(["0,1,2,3,4,5,6", "1,3", "", "2"]),
    quiet=st.sampled_from([("22:00", "07:00"), ("03:00", "04:00"), ("06:00", "08:00")]),
    state=st.sampled_from([PLANNED, PLANNED, PLANNED, SNOOZED, REMINDED, NUDGED]),
    planned=st.one_of(
        st.integers(0, 10).map(lambda minutes: minutes * MINUTE),
        st.integers(0, 60).map(lambda hours: hours * HOUR),
    ),
    due=st.integers(0, 300).map(lambda minutes: minutes * MINUTE),
    snoozes=st.integers(0, 3),
    delivered=st.booleans(),
    before=st.lists(
        st.sampled_from([MISSED, MISSED, OccurrenceState.STARTED, OccurrenceState.NOT_DELIVERED]),
        max_size=4,
    ).map(tuple),
    sittings=st.lists(SITTINGS, max_size=3).map(tuple),
    live=rarely(),
    next_is_due=rarely(),
    flared=rarely(),
    joined=rarely().map(lambda found: not found),
    unreachable=rarely(),
    locked=rarely(),
    leaving=rarely(),
    paused=st.one_of(st.none(), st.integers(0, 72).map(lambda hours: hours * HOUR)),
    until=st.one_of(st.none(), st.integers(-2, 2)),
    coached=st.booleans(),
)
INSTANTS = st.integers(0, 24 * 12).map(lambda steps: T0 + steps * 5 * MINUTE)


def settle(db: Db, number: int, one: Runner, now: datetime) -> None:
    """Store an athlete with these days."""
    person = PersonRow(
        telegram_id=9000 + number if one.joined else None,
        name=f"Runner {number}",
        zone=one.zone,
        created_at=now,
        unreachable_since=now if one.unreachable else None,
    )
    db.add(person)
    db.flush()
    assert person.id is not None
    db.add(athlete_row(person.id, one, now))
    db.flush()
    db.add(sessions.plan_row(person.id, 1, Dose(holds=8), now - 30 * DAY))
    db.flush()
    if one.coached:
        assign(db, person.id, number, now)
    asked(db, person.id, one, now)
    for sitting in one.sittings:
        sat(db, person.id, sitting, now)
    if one.live:
        plan = people.plan(db, person.id).id or 0
        db.add(
            SessionRow(athlete_id=person.id, plan_id=plan, phase=Phase.ASKED_BEFORE, opened_at=now)
        )


def athlete_row(person_id: int, one: Runner, now: datetime) -> AthleteRow:
    """Return the athlete: schedule, and what bars sessions."""
    start, end = one.quiet
    paused_at = None if one.paused is None else now - one.paused
    until = None if one.until is None else local(now, one.zone).date() + one.until * DAY
    return AthleteRow(
        person_id=person_id,
        consent_version="test",
        consented_at=now,
        weekdays=one.weekdays,
        times=one.times,
        quiet_start=start,
        quiet_end=end,
        paused_at=paused_at,
        paused_until=None if paused_at is None else until,
        locked_at=now if one.locked else None,
        lock_reason="stopped_hard" if one.locked else None,
        erase_at=now + DAY if one.leaving else None,
    )


def assign(db: Db, athlete_id: int, number: int, now: datetime) -> None:
    """Give the athlete a coach of their own."""
    coach = PersonRow(telegram_id=5000 + number, name="Coach", created_at=now)
    db.add(coach)
    db.flush()
    assert coach.id is not None
    db.add(AssignmentRow(athlete_id=athlete_id, coach_id=coach.id, consented_at=now))


def asked(db: Db, athlete_id: int, one: Runner, now: datetime) -> None:
    """Store the occurrence that is due, those before it, and perhaps the next one, due as well."""
    planned_at = now - one.planned
    day = local(planned_at, one.zone).date()
    rows = [
        OccurrenceRow(
            athlete_id=athlete_id,
            local_date=day,
            slot=0,
            planned_at=planned_at,
            due_at=max(planned_at, now - one.due),
            state=one.state,
            snoozes=one.snoozes,
            delivered_at=planned_at if one.delivered else None,
            reason="flare" if one.flared else None,
        )
    ]
    for back, state in enumerate(one.before, start=1):
        rows.append(past_day(athlete_id, day - back * DAY, state))
    if one.next_is_due and one.state != PLANNED:
        at, after = now - MINUTE, max(local(now, one.zone).date(), day + DAY)
        rows.append(
            OccurrenceRow(athlete_id=athlete_id, local_date=after, slot=0, planned_at=at, due_at=at)
        )
    db.add_all(rows)
    db.flush()


def past_day(athlete_id: int, day: date, state: OccurrenceState) -> OccurrenceRow:
    """Return a day that is over."""
    at = datetime.combine(day, time(7), UTC)
    return OccurrenceRow(athlete_id=athlete_id, local_date=day, slot=0, planned_at=at, state=state)


def sat(db: Db, athlete_id: int, one: Sitting, now: datetime) -> None:
    """Store a closed session."""
    at = now - one.ago
    row = SessionRow(
        athlete_id=athlete_id,
        plan_id=people.plan(db, athlete_id).id or 0,
        phase="closed",
        opened_at=at,
        outcome=one.outcome,
        closed_at=at,
    )
    db.add(row)
    db.flush()
    if one.held:
        hold = HoldRow(
            session_id=row.id or 0,
            idx=0,
            side="left",
            set_no=1,
            number=1,
            planned_s=10,
            actual_s=10,
            status="done",
            started_at=at,
        )
        db.add(hold)


# ---- what comes of it ---------------------------------------------------------------------


def outcome(db: Db) -> dict[str, Any]:
    """Return every row that acting on reminders writes, with names in the place of new ids."""
    days = list(db.exec(select(OccurrenceRow)))
    names = {row.id: f"{row.athlete_id}/{row.local_date}/{row.slot}" for row in days}
    plans = db.exec(select(PlanRow.athlete_id, PlanRow.version, PlanRow.holds))
    audit = db.exec(select(AuditRow.subject_id, AuditRow.action, AuditRow.before, AuditRow.after))
    alerts = db.exec(select(AlertRow.athlete_id, AlertRow.coach_id, AlertRow.event, AlertRow.value))
    return {
        "days": {names[row.id]: row.model_dump(exclude={"id"}) for row in days},
        "letters": sorted(said(row, names) for row in db.exec(select(OutboxRow))),
        "plans": sorted(map(tuple, plans)),
        "audit": sorted(map(str, audit)),
        "alerts": sorted(map(str, alerts)),
    }


def said(row: OutboxRow, names: dict[int | None, str]) -> tuple[str, ...]:
    """Return a letter, its occurrence by name."""
    body = json.loads(row.body)
    if "occurrence" in body:
        body["occurrence"] = names[body["occurrence"]]
    key = re.sub(r"^(o|why:|missed:)(\d+)", lambda found: names[int(found[2])], row.key)
    key = "alert" if key.startswith("alert:") else key
    when = (row.due, row.send_at, row.not_after, row.priority, row.repeatable, row.state)
    return (str(row.chat_id), key, row.kind, json.dumps(body), *map(str, when))


def together(world: FlowWorld) -> None:
    """Act on everything that is due as time does, until nothing is."""
    for _ in range(50):
        count, failures = world.run(due_work.act_due, world.now)
        assert failures == []
        if count == 0:
            return
    raise AssertionError("something stays due")


def alone(world: FlowWorld) -> None:
    """Act on one row after the other, each in a transaction of its own."""
    for _ in range(500):
        rows = world.store.read_now(due_rows.overdue, world.now, 1)
        if not rows:
            return
        assert world.run(reminders.act, rows[0].id, world.now)
    raise AssertionError("something stays due")


def after(runners: list[Runner], now: datetime, act: Callable[[FlowWorld], None]) -> dict[str, Any]:
    """Return what comes of these athletes' due reminders when they are acted on so."""
    with TemporaryDirectory() as folder, FlowWorld(Path(folder), now=now) as world:

        def fill(db: Db) -> None:
            for number, one in enumerate(runners):
                settle(db, number, one, now)

        world.run(fill)
        act(world)
        return world.store.read_now(outcome)


@settings(max_examples=20, suppress_health_check=[HealthCheck.too_slow])
@given(runners=st.lists(RUNNERS, min_size=2, max_size=12), now=INSTANTS)
def test_together_is_as_one_by_one(runners: list[Runner], now: datetime) -> None:
    """Days, letters, plans and alerts are the same, whatever mixture is due at one instant."""
    assert after(runners, now, together) == after(runners, now, alone)


# ---- batches ------------------------------------------------------------------------------

PLAIN = Runner(
    zone="Europe/Berlin",
    times="07:30",
    weekdays="0,1,2,3,4,5,6",
    quiet=("22:00", "06:00"),
    state=PLANNED,
    planned=MINUTE,
    due=MINUTE,
    snoozes=0,
    delivered=False,
    before=(),
    sittings=(),
    live=False,
    next_is_due=False,
    flared=False,
    joined=True,
    unreachable=False,
    locked=False,
    leaving=False,
    paused=None,
    until=None,
    coached=False,
)
STOPPED = replace(PLAIN, sittings=(Sitting(DAY, Outcome.STOPPED_PAIN, held=True),))


def fill(world: FlowWorld, *runners: Runner) -> None:
    """Store these athletes."""

    def add(db: Db) -> None:
        for number, one in enumerate(runners):
            settle(db, number, one, world.now)

    world.run(add)


def states(world: FlowWorld) -> Counter[str]:
    """Return how many of the occurrences that were due are in which state."""

    def read(db: Db) -> Counter[str]:
        today = local(world.now, "Europe/Berlin").date()
        query = select(OccurrenceRow.state).where(OccurrenceRow.local_date == today)
        return Counter(db.exec(query))

    return world.store.read_now(read)


def test_the_number_of_statements_does_not_grow(world: FlowWorld) -> None:
    """One reminder takes as many statements as thirty."""

    def counted(ids: list[int]) -> int:
        seen: list[str] = []

        def act(db: Db) -> None:
            engine = db.connection().engine
            listen = lambda *args: seen.append(args[2])  # noqa: E731
            event.listen(engine, "before_cursor_execute", listen)
            assert reminders.act_all(db, ids, world.now) == len(ids)
            event.remove(engine, "before_cursor_execute", listen)

        world.run(act)
        return len(seen)

    fill(world, *[PLAIN] * 31)
    assert counted([1]) == counted(list(range(2, 32))) <= 10
    assert states(world) == {REMINDED: 31}


def test_two_hands_never_both_remind(world: FlowWorld) -> None:
    """What another hand has changed since it was looked at is not claimed."""
    fill(world, *[PLAIN] * 4)

    def race(db: Db) -> frozenset[int]:
        seen = reminder_batch.due(db, [1, 2, 3, 4], world.now)
        db.connection().execute(text("UPDATE occurrence SET due_at = NULL WHERE id = 1"))
        db.connection().execute(text("UPDATE occurrence SET state = 'snoozed' WHERE id = 2"))
        db.connection().execute(
            text("UPDATE occurrence SET due_at = '2030-01-01 00:00:00.000000' WHERE id = 3")
        )
        change = reminder_batch.Change(PLANNED, REMINDED, world.now + HOUR)
        return reminder_batch.claim(db, {one.id: change for one in seen}, world.now)

    assert world.run(race) == {4}
    assert world.run(reminders.act_all, [1, 3, 4], world.now) == 0
    assert states(world) == {PLANNED: 2, SNOOZED: 1, REMINDED: 1}


def test_a_poisoned_reminder_stops_no_other(world: FlowWorld) -> None:
    """One of thirty cannot be acted on: it is pushed back and named, the others are reminded."""
    fill(world, *[PLAIN] * 30)
    world.run(lambda db: db.connection().execute(text("DELETE FROM plan WHERE athlete_id = 17")))
    failed = []
    while (acted := world.run(due_work.act_due, world.now))[0]:
        failed += acted[1]
    assert [(row.kind, row.id) for row, _reason in failed] == [(due_rows.DueKind.OCCURRENCE, 17)]
    assert states(world) == {REMINDED: 29, PLANNED: 1}
    row = world.row(OccurrenceRow, 17)
    assert row.due_at == world.now + due_work.PUSHED_BACK


def test_what_needs_more_than_the_batch_waits_for_the_next(world: FlowWorld) -> None:
    """Of thirty steps down ten are taken in one transaction, beside all that is plain."""
    fill(world, *[STOPPED] * 30, *[PLAIN] * 5)
    world.run(due_work.act_due, world.now)
    assert states(world) == {REMINDED: reminders.SLOW + 5, PLANNED: 30 - reminders.SLOW}
    together(world)
    assert states(world) == {REMINDED: 35}
    assert world.count(PlanRow, PlanRow.version == 2) == 30


def test_what_was_read_before_is_read_anew(world: FlowWorld) -> None:
    """A row that the same transaction has in hand is as it is stored, after the batch."""
    fill(world, PLAIN)

    def act(db: Db) -> tuple[str, str]:
        row = db.get(OccurrenceRow, 1)
        assert row is not None
        before = row.state
        reminders.act_all(db, [1], world.now)
        return before, row.state

    assert world.run(act) == (PLANNED, REMINDED)


LIVE: Final = frozenset({"plan_pkey", "session_one_live", "session_due"})
"""Indexes by which a server finds live sessions, and their plans; which, it chooses itself."""


def test_a_look_reads_nothing_but_indexes(world: FlowWorld) -> None:
    """What is due and what comes next are one statement each, found in the indexes alone.

    Of live sessions, which are few, the plan is looked up: whether this version knows what they do.
    """

    def look(db: Db) -> None:
        due_rows.overdue(db, world.now, 10)
        due_rows.earliest(db)

    steps = world.store.read_now(plans, look)
    used = [one.by for one in steps if one.by and one.by not in LIVE]
    assert len(used) == 2 * (len(due_rows.DueKind) - 1), steps
    assert all(name.endswith("_due") or name == "athlete_erase_at" for name in used), used
    assert [one for one in steps if one.walks and not one.walks.startswith("anon")] == []
