"""Alerts: at once, together when many come, after quiet hours, and never without consent."""

import json
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlmodel import Session as Db
from sqlmodel import col, select

from bot.conversation import message
from bot.dispatch import delivery_events, due_work, registry
from bot.protocol.calendar.local_time import instant, local
from bot.store import outbox_claims, people
from bot.store.due_rows import earliest
from bot.store.tables import AlertRow, AssignmentRow, CoachRow, OutboxRow, OutboxState
from bot.training.alerts import flow as alerts
from bot.training.messages import CoachAlert, CoachAlerts, CoachTold
from testkit.people import BERLIN
from tests.flows.chatting import types
from tests.flows.world import COACH, RUNA, T0, FlowWorld, topics, values_of

NIGHT = datetime(2026, 11, 24, 22, 30, tzinfo=UTC)
"""23:30 in Berlin."""
MORNING = datetime(2026, 11, 25, 6, tzinfo=UTC)
"""07:00 in Berlin: the usual quiet hours end."""


def coached(world: FlowWorld, count: int = 1) -> list[int]:
    """Return athletes who share with Kim."""
    found = [world.athlete(RUNA + 10 * n, f"Athlete {n}") for n in range(count)]
    for athlete in found:
        world.coach(athlete)
    return found


def alert(
    world: FlowWorld, athlete: int, event: str = "stopped_pain", value: int | None = 5
) -> list[message.Message]:
    """Let something happen now that the coaches have to know; return what Kim is told by it."""
    before = world.letters(COACH)
    intent = CoachAlert(
        athlete="Runa",
        athlete_id=athlete,
        event=event,
        value=value,
        limit=3,
        spot=None,
        at=world.now,
        zone=BERLIN,
        locked=event in {"red_flag", "stopped_hard"},
    )
    key = f"{event}:{athlete}:{world.now}:{value}"
    world.run(alerts.alert_coaches, athlete, intent, key, world.now)
    return world.letters(COACH)[len(before) :]


def rings(world: FlowWorld) -> list[list[int]]:
    """Return the messages Kim got, in order, as the athletes each is about."""
    query = select(OutboxRow).where(OutboxRow.chat_id == COACH).order_by(col(OutboxRow.id))
    rows = world.store.read_now(lambda db: list(db.exec(query)))
    found: list[list[int]] = []
    for row in rows:
        intent = registry.load(row.kind, json.loads(row.body))
        if isinstance(intent, CoachAlert):
            found.append([intent.athlete_id])
        elif isinstance(intent, CoachAlerts):
            found.append([one.athlete_id for one in intent.alerts])
    return found


def due(world: FlowWorld) -> datetime | None:
    """Return when the next alert is due."""
    query = select(AlertRow.due_at).where(col(AlertRow.due_at).is_not(None))
    return world.store.read_now(lambda db: min(filter(None, db.exec(query)), default=None))


def passes_to(world: FlowWorld, at: datetime) -> None:
    """Let time act up to `at`, on alerts alone."""
    while (next_at := due(world)) is not None and next_at <= at:
        world.now = max(world.now, next_at)
        rows = world.store.read_now(
            lambda db: list(db.exec(select(AlertRow.id).where(AlertRow.due_at <= world.now)))  # type: ignore[operator]
        )
        for row in filter(None, rows):
            world.run(alerts.act, row, world.now)
    world.now = at


def deliver(world: FlowWorld) -> None:
    """Let everything that waits for Kim be sent."""

    def send(db: Db) -> None:
        for letter in outbox_claims.ready(db, world.now, 99):
            if letter.chat_id == COACH:
                outbox_claims.claim(db, [letter.id], world.now)
                outbox_claims.settle(
                    db, letter.id, OutboxState.SENT, world.now, message_id=letter.id
                )
                delivery_events.sent(db, [(letter, world.now)], world.now)

    world.run(send)


def told(world: FlowWorld, who: int = RUNA) -> list[CoachTold]:
    """Return what an athlete was told about the coach."""
    return [one for one in world.letters(who) if isinstance(one, CoachTold)]


# ---- at once, and together ------------------------------------------------------------


def test_three_ring_and_the_rest_comes_together(world: FlowWorld) -> None:
    """Five athletes within a minute: three messages, then one about two when ten are over."""
    found = coached(world, 5)
    for athlete in found:
        alert(world, athlete)
        world.later(seconds=15)
    assert rings(world) == [[one] for one in found[:3]]
    assert due(world) == T0 + timedelta(minutes=10)
    passes_to(world, T0 + timedelta(minutes=11))
    assert rings(world) == [*([one] for one in found[:3]), found[3:]]
    assert due(world) is None


def test_alerts_far_apart_ring_each(world: FlowWorld) -> None:
    """The window slides: four in a quarter of an hour are four messages."""
    found = coached(world, 4)
    for athlete in found:
        alert(world, athlete)
        world.later(minutes=5)
    assert rings(world) == [[one] for one in found]


@pytest.mark.parametrize(
    ("event", "value", "at_once"),
    [
        ("stopped_pain", 6, 1),
        ("stopped_pain", 5, 0),
        ("stopped_pain", 4, 0),
        ("stopped_hard", 5, 1),
        ("red_flag", None, 1),
        ("missed", None, 0),
    ],
)
def test_what_is_worse_waits_for_nothing(
    world: FlowWorld, event: str, value: int | None, at_once: int
) -> None:
    """After three messages a higher pain, a hard stop or a red flag still comes at once."""
    found = coached(world, 3)
    for athlete in found:
        alert(world, athlete, value=5)
    world.later(seconds=5)
    assert len(alert(world, found[0], event, value)) == at_once


def test_yesterdays_pain_is_not_todays(world: FlowWorld) -> None:
    """Higher than what was told today, on the athlete's clock: an older value does not count."""
    found = coached(world, 4)
    alert(world, found[0], value=4)
    world.later(days=1)
    for athlete in found[1:]:
        alert(world, athlete)
    assert alert(world, found[0], value=8) == []


def test_two_coaches_each_get_theirs(world: FlowWorld) -> None:
    """One coach's full window does not silence the other."""
    found = coached(world, 4)
    world.coach(found[3], COACH + 50, "Lee")
    for athlete in found:
        alert(world, athlete)
    assert [one for (one,) in rings(world)] == found[:3]
    assert topics(world.letters(COACH + 50)) == ["CoachAlert"]


def test_the_same_event_is_told_once(world: FlowWorld) -> None:
    """A key alerts once, however often it is tried."""
    (runa,) = coached(world)
    assert len(alert(world, runa)) == 1
    assert alert(world, runa) == []


# ---- quiet hours ----------------------------------------------------------------------


def test_the_night_comes_as_one_message(world: FlowWorld) -> None:
    """Three alerts in quiet hours wait for 07:00; a red flag does not."""
    found = coached(world, 3)
    world.now = NIGHT
    assert alert(world, found[0]) == []
    assert alert(world, found[1], "stopped_hard", 8) == []
    assert len(alert(world, found[2], "red_flag", None)) == 1
    assert due(world) == MORNING
    passes_to(world, MORNING)
    assert rings(world) == [[found[2]], found[:2]]


def test_a_group_that_would_come_at_night_waits_for_the_morning(world: FlowWorld) -> None:
    """The window ends after 22:00: nothing rings then."""
    found = coached(world, 4)
    world.now = instant(local(T0, BERLIN).date(), time(21, 55), BERLIN)
    for athlete in found:
        alert(world, athlete)
    passes_to(world, MORNING - timedelta(minutes=1))
    assert len(rings(world)) == 3
    passes_to(world, MORNING)
    assert rings(world)[3:] == [[found[3]]]


@pytest.mark.parametrize("typed", ["21:30-06:30", "9:30pm to 6:30"])
def test_a_coach_sets_quiet_hours(world: FlowWorld, typed: str) -> None:
    """/quiet stores them, and alerts keep them."""
    (runa,) = coached(world)
    assert topics(types(world, COACH, f"/quiet {typed}")) == ["quiet_changed"]
    (row,) = world.store.read_now(lambda db: list(db.exec(select(CoachRow))))
    assert (row.quiet_start, row.quiet_end) == ("21:30", "06:30")
    today = local(T0, BERLIN).date()
    world.now = instant(today, time(21, 45), BERLIN)
    assert alert(world, runa) == []
    assert due(world) == instant(today + timedelta(days=1), time(6, 30), BERLIN)


@pytest.mark.parametrize("typed", ["22:00", "22:00-22:00", "25:00-07:00", "<b>-07:00", "never"])
def test_bad_quiet_hours_change_nothing(world: FlowWorld, typed: str) -> None:
    """One sentence with an example, and nothing is stored."""
    coached(world)
    (found,) = types(world, COACH, f"/quiet {typed}")
    assert isinstance(found, message.Say)
    assert values_of(found)["problem"]
    assert world.count(CoachRow) == 0


# ---- who is told, and when it is true -------------------------------------------------


def test_the_athlete_is_told_after_delivery_alone(world: FlowWorld) -> None:
    """Written is not delivered; and days that were missed are no news to who missed them."""
    (runa,) = coached(world)
    alert(world, runa)
    assert told(world) == []
    deliver(world)
    assert told(world) == [CoachTold("Coach Kim", None, BERLIN)]
    for event in ("missed", "unreachable"):
        alert(world, runa, event, None)
    deliver(world)
    assert len(told(world)) == 1


def test_a_group_tells_each_athlete_once_and_when_it_was(world: FlowWorld) -> None:
    """Two alerts about one and one about another: one message each, with the time of it."""
    first, second = coached(world, 2)
    world.now = NIGHT
    alert(world, first, value=4)
    world.later(minutes=1)
    alert(world, first, value=5)
    alert(world, second)
    passes_to(world, MORNING)
    deliver(world)
    assert told(world) == [CoachTold("Coach Kim", NIGHT + timedelta(minutes=1), BERLIN)]
    assert len(told(world, RUNA + 10)) == 1


def test_a_consent_that_ended_meanwhile_wins(world: FlowWorld) -> None:
    """What waits is dropped; what is written is not shown."""
    first, second = coached(world, 2)
    kim = world.store.read_now(people.by_telegram, COACH)
    assert kim is not None
    world.now = NIGHT
    alert(world, first)
    alert(world, second)

    def end(db: Db) -> None:
        row = db.get(AssignmentRow, (first, kim.id))
        assert row is not None
        row.ended_at = world.now
        db.add(row)

    world.run(end)
    passes_to(world, MORNING)
    assert rings(world) == [[second]]
    assert world.count(AlertRow, AlertRow.athlete_id == first) == 0
    (written,) = [one for one in world.letters(COACH) if isinstance(one, CoachAlert)]
    both = CoachAlerts((replace(written, athlete_id=first), written))
    read = world.store.read_now
    assert read(alerts.still_theirs, COACH, both) == CoachAlerts((written,))
    assert read(alerts.still_theirs, COACH, both.alerts[0]) is None
    assert read(alerts.still_theirs, COACH + 1, written) is None


def test_f78_a_coach_who_was_away_gets_everything_once(world: FlowWorld) -> None:
    """Blocked in the middle: what was lost and what came later is one message at /start."""
    first, second, third = coached(world, 3)
    alert(world, first)
    deliver(world)
    alert(world, second)
    world.run(delivery_events.unreachable, COACH, world.now)
    alert(world, third, "red_flag", None)
    world.later(days=2)
    assert due(world) is None
    assert rings(world) == [[first], [second]]
    types(world, COACH, "/start")
    assert rings(world)[2:] == [[second, third]]
    types(world, COACH, "/start")
    assert len(rings(world)) == 3


def test_a_waiting_alert_of_a_coach_who_left_waits_on(world: FlowWorld) -> None:
    """Due while the coach cannot be reached: kept, not sent and not due for ever."""
    (runa,) = coached(world)
    world.now = NIGHT
    alert(world, runa)
    world.run(delivery_events.unreachable, COACH, world.now)
    passes_to(world, MORNING)
    assert rings(world) == []
    assert due(world) is None
    world.run(delivery_events.reachable, COACH, world.now)
    assert rings(world) == [[runa]]


def test_news_that_is_not_true_any_more_is_not_told(world: FlowWorld) -> None:
    """Unreachable in the night and back before the coach wakes up; unlocked meanwhile."""
    first, second = coached(world, 2)
    world.now = NIGHT
    world.run(delivery_events.unreachable, RUNA, world.now)
    alert(world, second, "stopped_hard", 8)
    world.run(delivery_events.reachable, RUNA, world.now)
    passes_to(world, MORNING)
    assert rings(world) == [[second]]
    (found,) = world.letters(COACH)
    assert isinstance(found, CoachAlert)
    assert found.locked is False
    assert world.count(AlertRow, AlertRow.athlete_id == first) == 0


def test_a_due_alert_is_found_by_time(world: FlowWorld) -> None:
    """The alarm knows the time, and the sweep acts on it."""
    (runa,) = coached(world)
    world.now = NIGHT
    alert(world, runa)
    assert world.store.read_now(earliest) <= MORNING  # type: ignore[operator]
    world.now = MORNING
    world.run(due_work.act_due, world.now)
    assert rings(world) == [[runa]]


@settings(
    max_examples=8,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    st.lists(
        st.tuples(
            st.integers(0, 900),
            st.integers(0, 3),
            st.sampled_from(["stopped_pain", "stopped_hard", "red_flag", "missed"]),
            st.integers(4, 10),
        ),
        max_size=12,
    )
)
def test_every_alert_is_told_exactly_once(
    tmp_path_factory: pytest.TempPathFactory, happenings: list[tuple[int, int, str, int]]
) -> None:
    """Whatever happens and when: all are told within a day, none twice, none in quiet hours."""
    with FlowWorld(tmp_path_factory.mktemp("alerts")) as world:
        found = coached(world, 4)
        count = 0
        for minutes, which, event, value in happenings:
            passes_to(world, world.now + timedelta(minutes=minutes))
            before = world.count(AlertRow)
            alert(world, found[which], event, value)
            count += world.count(AlertRow) - before
        passes_to(world, world.now + timedelta(days=1))
        assert sum(len(one) for one in rings(world)) == count
        assert due(world) is None
        _keeps_the_night(world)


def _keeps_the_night(world: FlowWorld) -> None:
    def rows(db: Db) -> list[AlertRow]:
        return list(db.exec(select(AlertRow)))

    for row in world.store.read_now(rows):
        assert row.told_at is not None
        at = local(row.told_at, BERLIN).time()
        assert time(7) <= at < time(22) or row.event == "red_flag"


def test_the_letters_name_their_athletes(world: FlowWorld) -> None:
    """Erasing finds them, in groups too."""
    found = coached(world, 2)
    world.now = NIGHT
    for athlete in found:
        alert(world, athlete)
    passes_to(world, MORNING)
    (letter,) = [one for one in world.letters(COACH) if isinstance(one, CoachAlerts)]
    assert [one["athlete_id"] for one in message.dump(letter)["alerts"]] == found
