"""Another bot takes over the database: what was true of the earlier one's chats is forgotten."""

from datetime import datetime, timedelta
from typing import Any, Final

from sqlmodel import Session as Db
from sqlmodel import SQLModel, col, select

from bot.accounts.enrolment.greeting import welcome_back
from bot.conversation.common.messages import UnknownText
from bot.conversation.message import Say
from bot.conversation.outgoing import post
from bot.dispatch import other_bot
from bot.dispatch.other_bot import GivenOver
from bot.operations import menus
from bot.store import facts, inbox, own_bot, people, ratings, sessions
from bot.store.inbox import Arrived
from bot.store.tables import (
    AlertRow,
    LeaseRow,
    OccurrenceRow,
    OccurrenceState,
    OutboxRow,
    OutboxState,
    PersonRow,
    RatingRow,
    Role,
    SeenRow,
    StartRow,
)
from bot.training.alerts import flow as alerts
from bot.training.messages import CoachAlert, CoachAlerts
from tests.flows.world import ADMIN, COACH, RUNA, FlowWorld

OLD: Final = "700"
NEW: Final = "800"


def rows(world: FlowWorld, table: type[SQLModel]) -> list[Any]:
    """Return all rows of a table."""
    return world.run(lambda db: list(db.exec(select(table))))


def changed(world: FlowWorld) -> GivenOver:
    """Give the database to the new bot."""
    done = world.run(other_bot.change, NEW, world.now)
    assert done is not None
    return done


def test_people_are_out_of_reach_and_nobody_is_alerted(world: FlowWorld) -> None:
    """Since when they are, those who were before included; who never joined is nobody."""
    runa = world.athlete()
    world.coach(runa)
    world.person(ADMIN, "Admin", Role.ADMIN)
    before = world.now - timedelta(days=3)
    world.run(lambda db: _away(db, ADMIN, before))
    world.run(lambda db: db.add(PersonRow(name="Invited", created_at=world.now)))
    assert changed(world).people == 3
    found = {one.telegram_id: one.unreachable_since for one in rows(world, PersonRow)}
    assert found == {RUNA: world.now, COACH: world.now, ADMIN: before, None: None}
    assert rows(world, AlertRow) == []
    assert world.letters(COACH) == []


def _away(db: Db, telegram_id: int, since: Any) -> None:
    person = people.by_telegram(db, telegram_id)
    assert person is not None
    person.unreachable_since = since
    db.add(person)


def test_whose_it_was_and_is(world: FlowWorld) -> None:
    """The second time there is nothing to change, and nothing is."""
    world.athlete()
    world.run(own_bot.claim, OLD, world.now)
    assert changed(world).before == OLD
    assert world.run(own_bot.stored) == NEW
    world.does(RUNA, welcome_back)
    waiting = world.letters(RUNA, waiting=True)
    assert world.run(other_bot.change, NEW, world.now) is None
    assert world.letters(RUNA, waiting=True) == waiting != []


def test_what_waited_is_neither_sent_nor_handled(world: FlowWorld) -> None:
    """A session that runs is closed; nothing of it, and nothing that was said, goes on."""
    runa = world.athlete()
    world.holding(runa)
    world.run(post, RUNA, Say(UnknownText()), world.now, key="reply")
    said = [Arrived(number, RUNA, f'{{"update_id": {number}}}') for number in (1, 2)]
    world.run(inbox.keep, said, world.now, backlog=False)
    done = changed(world)
    assert (done.letters > 0, done.updates) == (True, 2)
    assert world.run(inbox.waiting).updates == []
    assert world.run(sessions.live, runa) is None
    open_states = {OutboxState.PENDING, OutboxState.SENDING}
    assert [one for one in rows(world, OutboxRow) if one.state in open_states] == []


def _press(db: Db, now: datetime) -> None:
    inbox.keep(db, [inbox.Arrived(1, COACH, "press")], now, backlog=False)
    inbox.take(db, 1, now)
    assert inbox.note_key(db, "press", 1, now).rowcount == 1


def test_ids_of_messages_presses_and_menus_are_forgotten(world: FlowWorld) -> None:
    """Telegram counts anew: an edit or a press would be taken for another; numbers stay."""
    runa = world.athlete()
    coach = world.coach(runa)
    world.run(menus.publish, COACH, world.now)
    world.run(ratings.note, runa, 4, world.now, message_id=50)
    world.run(_press, world.now)
    world.run(lambda db: _settled(db, coach, runa, world.now))
    changed(world)
    assert rows(world, SeenRow) == rows(world, StartRow) == []
    assert [(one.value, one.message_id) for one in rows(world, RatingRow)] == [(4, None)]
    assert {one.message_id for one in rows(world, OutboxRow)} == {None}
    assert world.run(facts.facts, "menu:") == []
    assert [one.at for one in rows(world, LeaseRow)] == [None]
    assert world.run(menus.publish, COACH, world.now + timedelta(minutes=1))


def _settled(db: Db, coach: int, runa: int, now: Any) -> None:
    """Let a letter have come, an athlete be in line, and a node lead."""
    assert coach
    post(db, RUNA, Say(UnknownText()), now, key="there")
    row = db.exec(select(OutboxRow).where(OutboxRow.key == "there")).one()
    row.state, row.message_id = OutboxState.SENT, 51
    db.add(row)
    db.add(StartRow(athlete_id=runa, asked_at=now, due_at=now))
    ids = {"writer_pid": 1, "writer_began": now, "beat_pid": 2, "beat_began": now}
    db.add(LeaseRow(name="bot", epoch=1, holder="berg", since=now, at=now, **ids))


def test_a_reminder_that_cannot_be_answered_any_more(world: FlowWorld) -> None:
    """It came by the earlier bot: the day counts as not delivered, and not as missed."""
    world.athlete()

    def reminded(db: Db) -> None:
        row = db.exec(select(OccurrenceRow).order_by(col(OccurrenceRow.planned_at))).first()
        assert row is not None
        row.state, row.delivered_at = OccurrenceState.REMINDED, world.now
        db.add(row)

    world.run(reminded)
    changed(world)
    assert [one.delivered_at for one in rows(world, OccurrenceRow)] == [None]


def test_an_alert_waits_for_its_coach(world: FlowWorld) -> None:
    """One that was on its way is told when the coach writes to the new bot."""
    runa = world.athlete()
    world.coach(runa)
    alert = CoachAlert("Runa Holm", runa, "red_flag", None, 3, None, world.now, "UTC")
    world.run(alerts.alert_coaches, runa, alert, "flag", world.now)
    assert [type(one) for one in world.letters(COACH, waiting=True)] == [CoachAlert]
    changed(world)
    assert world.letters(COACH, waiting=True) == []
    world.now += timedelta(minutes=5)
    told = world.does(COACH, welcome_back)
    assert [one for one in told if isinstance(one, CoachAlert | CoachAlerts)] != []


def test_who_writes_is_within_reach(world: FlowWorld) -> None:
    """The plan goes on as it was."""
    runa = world.athlete()
    changed(world)
    world.now += timedelta(minutes=5)
    world.does(RUNA, welcome_back)
    assert world.run(people.person, runa).unreachable_since is None
    planned = [one for one in rows(world, OccurrenceRow) if one.state == OccurrenceState.PLANNED]
    assert planned != []
