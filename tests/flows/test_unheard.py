"""What bars an athlete's sessions is heard by somebody: a coach, else every admin at once."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlmodel import Session as Db
from sqlmodel import select

from bot.dispatch import delivery_events, due_work
from bot.operations import status
from bot.operations.values import Wrong
from bot.operations.words import status_screen
from bot.store import outbox_claims, people
from bot.store.outbox_claims import Claimed
from bot.store.tables import AlertRow, AssignmentRow, OutboxState, Role
from bot.training.alerts import flow as alerts
from bot.training.alerts.words import coach_alert, coach_told
from bot.training.messages import CoachAlert, CoachAlerts, CoachTold
from bot.training.red_flags import flow as red_flags
from testkit.people import BERLIN
from tests.flows.chatting import types
from tests.flows.world import ADMIN, COACH, RUNA, FlowWorld

NIGHT = datetime(2026, 11, 24, 22, 30, tzinfo=UTC)
"""23:30 in Berlin."""
SECOND_ADMIN = ADMIN + 1


@pytest.fixture
def world(tmp_path: Path) -> Iterator[FlowWorld]:
    """Return a world with Runa, and two admins in Berlin, at night."""
    with FlowWorld(tmp_path, now=NIGHT) as made:
        made.athlete()
        for account, name in ((ADMIN, "Ada"), (SECOND_ADMIN, "Bo")):
            made.person(account, name, Role.ADMIN)
        yield made


def runa(world: FlowWorld) -> int:
    """Return Runa's id."""
    return _id(world, RUNA)


def _id(world: FlowWorld, account: int) -> int:
    found = world.store.read_now(people.by_telegram, account)
    assert found is not None
    return found.id or 0


def heard(world: FlowWorld, chat: int) -> list[str]:
    """Return what a chat was told of Runa: the events, one by one."""
    found: list[str] = []
    for one in world.letters(chat):
        if isinstance(one, CoachAlert):
            found.append(one.event)
        elif isinstance(one, CoachAlerts):
            found.extend(alert.event for alert in one.alerts)
    return found


def flags(world: FlowWorld, kind: str = "tear") -> None:
    """Let Runa report a warning sign."""
    world.presses(RUNA, red_flags.report, kind)


def stops_hard(world: FlowWorld) -> None:
    """Let a session end at a hard stop."""
    world.trains(runa(world), 8)


def loses(world: FlowWorld, account: int) -> None:
    """Let somebody block the bot."""
    world.run(delivery_events.unreachable, account, world.now)


def settles(world: FlowWorld, chat: int, state: OutboxState) -> None:
    """Let what waits for a chat arrive, or be refused for good."""

    def settle(db: Db) -> None:
        for letter in outbox_claims.ready(db, world.now, 99):
            if letter.chat_id != chat:
                continue
            outbox_claims.claim(db, [letter.id], world.now)
            arrived = letter.id if state is OutboxState.SENT else None
            outbox_claims.settle(db, letter.id, state, world.now, message_id=arrived)
            _follow(db, letter, state, world.now)

    world.run(settle)


def _follow(db: Db, letter: Claimed, state: OutboxState, now: datetime) -> None:
    if state is OutboxState.SENT:
        delivery_events.sent(db, [(letter, now)], now)
    else:
        delivery_events.lost(db, letter, now)


def _end_consent(world: FlowWorld) -> None:
    def end(db: Db) -> None:
        row = db.exec(select(AssignmentRow)).one()
        row.ended_at = world.now
        db.add(row)

    world.run(end)


# ---- who hears ------------------------------------------------------------------------


@pytest.mark.parametrize("coach", ["none", "declined", "unreachable", "ended"])
@pytest.mark.parametrize("happens", [flags, stops_hard])
def test_f100_without_a_coach_every_admin_hears_at_once(
    world: FlowWorld, coach: str, happens: object
) -> None:
    """At any hour, whatever keeps the coach: red flag and lock alike, once for each admin."""
    if coach != "none":
        world.coach(runa(world))
    if coach in {"declined", "ended"}:
        _end_consent(world)
    if coach == "unreachable":
        loses(world, COACH)
    assert callable(happens)
    happens(world)
    expected = ["red_flag" if happens is flags else "stopped_hard"]
    assert heard(world, ADMIN) == heard(world, SECOND_ADMIN) == expected
    assert heard(world, COACH) == []


def test_f100_a_coach_who_can_be_reached_is_enough(world: FlowWorld) -> None:
    """Admins are not told of it too; nor, ever, of what bars nothing."""
    world.coach(runa(world))
    flags(world)
    assert heard(world, COACH) == ["red_flag"]
    assert heard(world, ADMIN) == []
    loses(world, COACH)
    settles(world, COACH, OutboxState.SENT)
    intent = CoachAlert("Runa", runa(world), "stopped_pain", 5, 3, None, world.now, BERLIN)
    world.run(alerts.alert_coaches, runa(world), intent, "x", world.now)
    assert "stopped_pain" not in heard(world, ADMIN)


def test_f100_a_severe_morning_pauses_and_is_heard(world: FlowWorld) -> None:
    """Only a coach or admin ends that pause: somebody has to know of it."""
    intent = CoachAlert("Runa", runa(world), "severe_morning", 7, 3, None, world.now, BERLIN)
    world.run(alerts.alert_coaches, runa(world), intent, "m1", world.now)
    assert heard(world, ADMIN) == ["severe_morning"]


def test_f100_an_admin_who_is_the_athlete_is_not_told_of_it(world: FlowWorld) -> None:
    """The others are."""
    world.person(RUNA, "Runa", Role.ADMIN)
    flags(world)
    assert heard(world, RUNA) == []
    assert heard(world, ADMIN) == ["red_flag"]


# ---- what goes wrong on the way -------------------------------------------------------


def test_f100_a_coach_lost_while_an_alert_waits(world: FlowWorld) -> None:
    """A hard stop at night waits for the coach's morning; the coach blocks the bot meanwhile."""
    world.coach(runa(world))
    stops_hard(world)
    assert heard(world, ADMIN) == []
    world.later(hours=1)
    loses(world, COACH)
    assert heard(world, ADMIN) == heard(world, SECOND_ADMIN) == ["stopped_hard"]
    world.later(hours=8)
    world.run(due_work.act_due, world.now)
    types(world, COACH, "/start")
    assert heard(world, COACH) == ["stopped_hard"]
    assert heard(world, ADMIN) == ["stopped_hard"]


def test_f100_an_alert_that_is_refused(world: FlowWorld) -> None:
    """The letter fails for good: the admins hear then, and the athlete that they did."""
    world.coach(runa(world))
    flags(world)
    settles(world, COACH, OutboxState.FAILED)
    assert heard(world, ADMIN) == ["red_flag"]
    settles(world, ADMIN, OutboxState.SENT)
    assert [one for one in world.letters(RUNA) if isinstance(one, CoachTold)]


def test_f100_a_second_coach_hears_and_that_is_enough(world: FlowWorld) -> None:
    """One of two is lost: the other has an alert of their own."""
    world.coach(runa(world))
    world.coach(runa(world), COACH + 50, "Lee")
    flags(world)
    settles(world, COACH, OutboxState.FAILED)
    loses(world, COACH)
    assert heard(world, ADMIN) == []
    loses(world, COACH + 50)
    assert heard(world, ADMIN) == ["red_flag"]


def test_f100_a_consent_that_ended_while_it_waited(world: FlowWorld) -> None:
    """The coach is not told any more, so the admins are."""
    world.coach(runa(world))
    stops_hard(world)
    _end_consent(world)
    world.later(hours=9)
    world.run(due_work.act_due, world.now)
    assert heard(world, COACH) == []
    assert heard(world, ADMIN) == ["stopped_hard"]


def test_f100_what_was_settled_meanwhile_is_no_news(world: FlowWorld) -> None:
    """Unlocked before the coach is lost."""
    world.coach(runa(world))
    stops_hard(world)
    types(world, ADMIN, "/unlock Runa talked to her")
    loses(world, COACH)
    assert heard(world, ADMIN) == []


def test_f100_an_admin_who_was_away_hears_when_back(world: FlowWorld) -> None:
    """Kept, and told at /start; still the admin's to know at the moment of sending."""
    for account in (ADMIN, SECOND_ADMIN):
        loses(world, account)
    flags(world)
    assert heard(world, ADMIN) == []
    types(world, ADMIN, "/start")
    assert heard(world, ADMIN) == ["red_flag"]
    (alert,) = [one for one in world.letters(ADMIN) if isinstance(one, CoachAlert)]
    assert world.store.read_now(alerts.still_theirs, ADMIN, alert) == alert
    assert world.store.read_now(alerts.still_theirs, RUNA, alert) is None


# ---- what is said ---------------------------------------------------------------------


def test_f100_who_was_told_is_said_when_it_is_true(world: FlowWorld) -> None:
    """Runa hears of the first admin who has it, and never that a coach was told."""
    flags(world)
    assert not [one for one in world.letters(RUNA) if isinstance(one, CoachTold)]
    settles(world, ADMIN, OutboxState.SENT)
    settles(world, SECOND_ADMIN, OutboxState.SENT)
    (told,) = [one for one in world.letters(RUNA) if isinstance(one, CoachTold)]
    assert coach_told(told, world.now).text == "The admin Ada was told about this."
    (alert,) = [one for one in world.letters(ADMIN) if isinstance(one, CoachAlert)]
    assert "No coach can be reached" in coach_alert(alert, world.now).text


def test_f100_status_is_not_well_while_somebody_is_locked(world: FlowWorld) -> None:
    """It says who, and who is unheard; unlocked, it is well."""

    def found() -> tuple[tuple[Wrong, ...], str]:
        now = world.store.read_now(status.read, world.now)
        wrong = tuple(one for one in now.wrong(world.now) if one in {Wrong.LOCKED, Wrong.UNHEARD})
        return wrong, status_screen(now, BERLIN, world.now).text

    assert found()[0] == ()
    world.coach(runa(world))
    loses(world, COACH)
    for account in (ADMIN, SECOND_ADMIN):
        loses(world, account)
    flags(world)
    wrong, text = found()
    assert wrong == (Wrong.UNHEARD, Wrong.LOCKED)
    assert "reached about Runa Holm." in text
    types(world, ADMIN, "/start")
    settles(world, ADMIN, OutboxState.SENT)
    wrong, text = found()
    assert wrong == (Wrong.LOCKED,)
    assert "unlocks them: Runa Holm." in text
    world.later(days=40)
    assert found()[0] == (Wrong.LOCKED,)


def test_f100_alerts_to_admins_go_with_the_athlete(world: FlowWorld) -> None:
    """They hang on the athlete as a coach's do."""
    flags(world)
    assert world.count(AlertRow, AlertRow.athlete_id == runa(world)) == 2
