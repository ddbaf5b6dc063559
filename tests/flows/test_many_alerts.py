"""More alerts than one message can tell, and who stood in a message that was taken."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from sqlmodel import Session as Db
from sqlmodel import select

from bot.delivery import plainer
from bot.dispatch import delivery_events
from bot.store import alerts as alert_rows
from bot.store import outbox, outbox_claims, people
from bot.store.tables import AlertRow, AssignmentRow, OutboxRow, OutboxState
from bot.training import messages
from bot.training import messages as training_messages
from bot.training.alerts import flow as alerts
from bot.training.alerts.words import coach_alert, coach_alerts
from bot.training.messages import CoachAlert, CoachAlerts
from testkit.people import BERLIN
from tests.flows.test_alerts import (
    MORNING,
    NIGHT,
    alert,
    coached,
    deliver,
    passes_to,
    rings,
    told,
)
from tests.flows.world import COACH, RUNA, T0, FlowWorld


def many_at_night(world: FlowWorld, count: int) -> list[int]:
    """Let so many athletes have something in the night, the worst of them last."""
    found = coached(world, count)
    world.now = NIGHT
    for number, athlete in enumerate(found):
        world.later(seconds=1)
        worst = number == count - 1
        alert(world, athlete, "stopped_hard" if worst else "stopped_pain", 9 if worst else 4)
    passes_to(world, MORNING)
    return found


@pytest.mark.parametrize("count", [20, 21, 45])
def test_f137_many_alerts_come_in_as_many_messages_as_it_takes(
    world: FlowWorld, count: int
) -> None:
    """Each once, whole and within Telegram's limit; of more than a message the worst are first."""
    found = many_at_night(world, count)
    told_of = rings(world)
    assert sorted(athlete for one in told_of for athlete in one) == found
    assert [len(one) for one in told_of] == {20: [20], 21: [20, 1], 45: [20, 20, 5]}[count]
    assert count == 20 or told_of[0][0] == found[-1]
    for letter in world.letters(COACH):
        assert isinstance(letter, CoachAlerts | CoachAlert)
        if isinstance(letter, CoachAlerts):
            assert "more:" not in coach_alerts(letter, world.now).text


@pytest.mark.parametrize("taken", [0, 1, 2])
def test_f137_told_is_who_stood_in_a_message_that_was_taken(world: FlowWorld, taken: int) -> None:
    """Two of three messages are refused: their athletes are not told that the coach knows."""
    found = many_at_night(world, 45)

    def send(db: Db) -> list[int]:
        letters = [one for one in outbox_claims.ready(db, world.now, 99) if one.chat_id == COACH]
        for number, letter in enumerate(letters):
            outbox_claims.claim(db, [letter.id], world.now)
            state = OutboxState.SENT if number == taken else OutboxState.FAILED
            outbox_claims.settle(db, letter.id, state, world.now, error="refused")
            if state is OutboxState.SENT:
                delivery_events.sent(db, [(letter, world.now)], world.now)
            else:
                delivery_events.lost(db, letter, world.now)
        return [one["athlete_id"] for one in letters[taken].body["alerts"]]

    stood = world.run(send)
    assert [a for n, a in enumerate(found) if told(world, RUNA + 10 * n)] == sorted(stood)


def test_f135_an_alert_that_cannot_be_read_is_told_as_far_as_it_is_known(world: FlowWorld) -> None:
    """Its row was damaged: who, what and how much is told, and the others' alerts as ever."""
    first, second = coached(world, 2)
    world.now = NIGHT
    alert(world, first, value=5)
    alert(world, second, value=4)

    def damage(db: Db) -> None:
        row = db.exec(select(AlertRow).where(AlertRow.athlete_id == first)).one()
        row.body = '{"athlete": '
        db.add(row)

    world.run(damage)
    passes_to(world, MORNING)
    (letter,) = world.letters(COACH)
    assert isinstance(letter, CoachAlerts)
    assert [(one.athlete_id, one.value) for one in letter.alerts] == [(first, 5), (second, 4)]


def test_f137_the_longest_names_fit(world: FlowWorld) -> None:
    """Twenty whole lines with the widest signs there are, within Telegram's limit."""
    name = "👩‍🚒" * 30
    spot = messages.Spot(24, 24, "right", 6, 6, 2)
    apart = "ComodRivadavia, joined 24 Nov 2026, no. 1234"
    one = CoachAlert(name, 1, "stopped_hard", 10, 5, spot, T0, BERLIN, locked=True, apart=apart)
    letter = CoachAlerts(tuple(replace(one, athlete_id=n) for n in range(training_messages.EACH)))
    text = plainer.plain(coach_alerts(letter, T0).text)
    assert len(text.encode("utf-16-le")) // 2 <= plainer.LONGEST
    assert text.count("\n") == training_messages.EACH


def test_f137_what_has_no_room_is_told_in_another_message(world: FlowWorld) -> None:
    """A letter that an older version made too long: its message tells twenty, another the rest."""
    found = many_at_night(world, 21)
    first, second = (
        one for one in world.letters(COACH) if isinstance(one, CoachAlerts | CoachAlert)
    )
    assert isinstance(first, CoachAlerts)
    assert isinstance(second, CoachAlert)

    def join(db: Db) -> str:
        """Make one letter of the two."""
        (key, other) = (
            row.key for row in db.exec(select(OutboxRow).where(OutboxRow.chat_id == COACH))
        )
        for row in alert_rows.of_letter(db, other):
            row.outbox_key = key
            db.add(row)
        outbox.cancel(db, other)
        return key

    key = world.run(join)
    both = CoachAlerts((*first.alerts, second))
    left = world.store.read_now(alerts.still_theirs, COACH, both)
    assert left == first
    world.run(alerts.leave_out, key, left, world.now)
    assert len(world.store.read_now(alert_rows.of_letter, key)) == 20
    passes_to(world, world.now + timedelta(minutes=1))
    assert rings(world)[-1] == [second.athlete_id]
    assert len(found) == 21


@pytest.mark.parametrize("back", [False, True])
def test_f137_a_consent_that_ends_on_the_way(world: FlowWorld, *, back: bool) -> None:
    """Left out of the message when it leaves: not told, although it may be back by then."""
    first, second = coached(world, 2)
    kim = world.store.read_now(people.by_telegram, COACH)
    assert kim is not None
    world.now = NIGHT
    alert(world, first)
    alert(world, second)
    passes_to(world, MORNING)
    (letter,) = [one for one in world.letters(COACH) if isinstance(one, CoachAlerts)]

    def consents(db: Db, ended: datetime | None) -> None:
        row = db.get(AssignmentRow, (first, kim.id))
        assert row is not None
        row.ended_at = ended
        db.add(row)

    world.run(consents, world.now)
    left = world.store.read_now(alerts.still_theirs, COACH, letter)
    (key,) = world.store.read_now(
        lambda db: db.exec(select(OutboxRow.key).where(OutboxRow.kind == "CoachAlerts")).all()
    )
    world.run(alerts.leave_out, key, left, world.now)
    if back:
        world.run(consents, None)
    deliver(world)
    assert [bool(told(world, who)) for who in (RUNA, RUNA + 10)] == [False, True]


def test_f87_namesakes_are_told_apart_in_alerts(world: FlowWorld) -> None:
    """By what differs, in the line and on the button of a grouped alert, and in one alone."""
    found = coached(world, 3)
    for athlete, zone in zip(found, ("Europe/Berlin", "Europe/Lisbon", "Asia/Tokyo"), strict=True):
        world.run(_called, athlete, "Runa" if athlete != found[2] else "Ines", zone)
    world.now = NIGHT
    for athlete in found:
        world.later(seconds=1)
        alert(world, athlete)
    passes_to(world, MORNING)
    (letter,) = world.letters(COACH)
    assert isinstance(letter, CoachAlerts)
    assert [one.apart for one in letter.alerts] == ["Berlin", "Lisbon", ""]
    shown = coach_alerts(letter, world.now)
    assert "<b>Runa (Berlin)</b> stopped" in shown.text
    assert [button.label for row in shown.rows for button in row][:2] == [
        "Runa (Berlin)",
        "Runa (Lisbon)",
    ]
    world.later(hours=1)
    (alone,) = [one for one in alert(world, found[1]) if isinstance(one, CoachAlert)]
    assert coach_alert(alone, world.now).text.startswith("<b>Runa (Lisbon) stopped at pain 5")


def _called(db: Db, athlete_id: int, name: str, zone: str) -> None:
    row = people.person(db, athlete_id)
    row.name, row.zone = name, zone
    db.add(row)
