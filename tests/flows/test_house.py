"""The installation: when a backup is wanted, who is told, whose menu, whose clock, how much."""

from datetime import datetime, time, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import Session as Db
from sqlmodel import col, delete, select

from bot.accounts.enrolment import open_link
from bot.conversation.common.messages import UnknownText
from bot.conversation.message import Menu, Message, Say
from bot.conversation.outgoing import post
from bot.conversation.zone_input import CityGuess
from bot.dispatch import after_restore, delivery_events
from bot.operations import backups, faults, menus, rate_limit, staff_zone, status
from bot.operations.backups import Copied
from bot.operations.messages import StaffZone
from bot.operations.words import status_screen
from bot.programme.settings import typed as settings_typed
from bot.store import inbox, outbox_claims, people, sessions
from bot.store.inbox import Arrived
from bot.store.tables import AuditRow, OutboxRow, OutboxState, PersonRow, Role, RoleRow
from bot.telegram.menu import menu_call
from bot.training.messages import CoachAlert, Hold, Release, Reminder
from testkit import database
from tests.flows.world import ADMIN, COACH, RUNA, STRANGER, T0, FlowWorld, the, topics

NIGHT = time(3, 0)
MADE = Copied(Path("backups/holdfast-x.db"), 12_300_000)


@pytest.fixture
def world(tmp_path: Path) -> Any:
    """A bot without Telegram, with an admin."""
    with FlowWorld(tmp_path) as made:
        made.person(ADMIN, "Ada", Role.ADMIN)
        yield made


# ---- backups --------------------------------------------------------------------------


def wanted(world: FlowWorld, nightly: time | None = NIGHT) -> bool:
    """Return whether a backup is wanted now."""
    return world.store.read_now(backups.wanted, world.now, nightly)


def test_one_backup_a_night(world: FlowWorld) -> None:
    """At the first start, then at 03:00 UTC once; one that was missed is made afterwards."""
    assert wanted(world)
    world.run(backups.done, MADE, 0.4, world.now)
    found = []
    for _ in range(48):
        world.later(hours=1)
        if wanted(world):
            found.append(world.now.hour)
            world.run(backups.done, MADE, 0.4, world.now)
    assert found == [3, 3]
    world.later(days=3, hours=5)
    assert wanted(world)


@pytest.mark.one_database("a server is backed up elsewhere")
def test_off_means_only_by_hand(world: FlowWorld) -> None:
    """Without a nightly time one is made when somebody asks."""
    assert not wanted(world, None)
    world.does(ADMIN, backups.ask)
    assert wanted(world, None)


@pytest.mark.one_database("a server is backed up elsewhere")
def test_who_asked_is_told_when_it_is_true(world: FlowWorld) -> None:
    """At once that it begins; the same message says how it went, after it did; audited."""
    assert topics(world.does(ADMIN, backups.ask)) == ["backup_begun"]
    world.run(backups.done, MADE, 0.42, world.now)
    told = world.letters(ADMIN)
    assert the(told, "backup_done") == {
        "name": "holdfast-x.db",
        "size": 12_300_000,
        "seconds": 0.42,
    }
    first, last = world.store.read_now(
        lambda db: db.exec(select(OutboxRow.key).order_by(col(OutboxRow.id))).all()
    )
    edits = select(OutboxRow.edits).where(OutboxRow.key == last)
    assert world.store.read_now(lambda db: db.exec(edits).one()) == first
    assert world.count(AuditRow, AuditRow.action == "backup") == 1
    assert not wanted(world)


@pytest.mark.one_database("a server is backed up elsewhere")
def test_a_failure_is_told_once_a_day_and_tried_by_the_hour(world: FlowWorld) -> None:
    """Every admin hears it once a day; who asked hears it each time; it ends with a success."""
    world.person(COACH, "Kim", Role.COACH)
    for hours in range(1, 31):
        assert wanted(world), hours
        world.run(backups.failed, "No backup was made in x: no room.", world.now)
        assert not wanted(world)
        world.later(hours=1)
    assert topics(world.letters(ADMIN)) == ["backup_failed"] * 2
    assert world.letters(COACH) == []
    world.does(ADMIN, backups.ask)
    world.run(backups.failed, "No backup was made in x: no room.", world.now)
    assert len(topics(world.letters(ADMIN))) == 4
    world.later(hours=1)
    world.run(backups.done, MADE, 0.4, world.now)
    assert not wanted(world)


@pytest.mark.one_database("of a server's")
def test_a_server_is_backed_up_elsewhere(tmp_path: Path) -> None:
    """Nothing is begun, and nothing is missed."""
    with (
        database.kind(database.POSTGRESQL),
        database.given_back(),
        FlowWorld(tmp_path) as world,
    ):
        world.person(ADMIN, "Ada", Role.ADMIN)
        assert topics(world.does(ADMIN, backups.ask)) == ["backup_elsewhere"]
        assert not wanted(world, None)
        world.run(status.started, "1.2.3", "off", world.now)
        now = world.read(status.read, world.now)
        assert now.wrong(world.now) == ()
        told = status_screen(now, "UTC", world.now).text
        assert "\nBackup: made by the database's own server\n" in told


# ---- faults ---------------------------------------------------------------------------


def test_f23_faults_are_counted_for_a_day(world: FlowWorld) -> None:
    """Each event by itself, for 24 hours."""
    for event in ("job_missed", "job_missed", "acting_failed"):
        world.run(faults.note, event, world.now)
        world.later(hours=9)
    assert world.store.read_now(faults.recent, world.now) == {"acting_failed": 1, "job_missed": 1}
    world.later(hours=24)
    assert world.store.read_now(faults.recent, world.now) == {}


# ---- menus ----------------------------------------------------------------------------


def menus_of(told: list[Message]) -> list[tuple[str, ...]]:
    """Return the roles of the menus among what is told."""
    return [one.roles for one in told if isinstance(one, Menu)]


def test_a_menu_is_published_when_it_changes(world: FlowWorld) -> None:
    """At the first start, at a role more or less, at another edition; never twice the same."""
    chat = world.person(COACH, "Kim", Role.COACH)
    assert world.run(menus.start, "one", world.now) == 2
    assert world.run(menus.start, "one", world.now) == 0
    world.later(seconds=1)
    assert world.run(menus.start, "two", world.now) == 2
    world.later(seconds=1)
    world.run(people.grant, chat, Role.ADMIN)
    assert world.run(menus.publish, COACH, world.now)
    assert not world.run(menus.publish, COACH, world.now)
    world.later(seconds=1)
    world.run(_dismiss, chat)
    assert world.run(menus.refresh, world.now) == 1
    assert menus_of(world.letters(COACH)) == [("coach",), ("coach",), ("admin", "coach"), ()]
    assert menu_call(COACH, ())[0] == "delete_my_commands"


def _dismiss(db: Db, person_id: int) -> None:
    db.execute(delete(RoleRow).where(col(RoleRow.person_id) == person_id))


def test_an_athlete_has_everybodys_menu(world: FlowWorld) -> None:
    """Not a call for each of thousands of athletes."""
    world.athlete()
    assert not world.run(menus.publish, RUNA, world.now)
    assert world.run(menus.start, "one", world.now) == 1


def test_a_menu_that_was_refused_comes_with_the_next_start(world: FlowWorld) -> None:
    """An admin who has not written to the bot yet gets it with /start."""
    world.run(menus.start, "one", world.now)
    world.run(_refuse_all, world.now)
    world.later(hours=1)
    assert world.run(menus.refresh, world.now) == 0
    told = world.does(ADMIN, open_link.start, None, open_enrolment=False, name="Ada")
    assert menus_of(told) == [("admin",)]


def _refuse_all(db: Db, now: datetime) -> None:
    for letter in outbox_claims.ready(db, now, 10):
        outbox_claims.claim(db, [letter.id], now)
        outbox_claims.settle(db, letter.id, OutboxState.FAILED, now)
        delivery_events.lost(db, letter, now)


# ---- limits ---------------------------------------------------------------------------


def rooms(
    world: FlowWorld, who: int, count: int, *, backlog: bool = False
) -> list[rate_limit.Room]:
    """Let somebody send so much at once; return what there was room for."""
    found: list[rate_limit.Room] = []
    for _ in range(count):
        number = next(world.updates)
        world.run(inbox.keep, [Arrived(number, who, "{}")], world.now, backlog=backlog)
        world.updates = iter(range(number, 10**9))
        world.does(who, lambda turn: found.append(rate_limit.room(turn)))
    return found


@pytest.mark.parametrize(("who", "most"), [(RUNA, 30), (STRANGER, 30), (ADMIN, 60)])
def test_f68_so_much_a_minute(world: FlowWorld, who: int, most: int) -> None:
    """Then once a word, then silence; after a minute all is as before, and others never wait."""
    world.athlete()
    found = rooms(world, who, most + 5)
    assert (
        found
        == [rate_limit.Room.FREE] * most + [rate_limit.Room.FULL] + [rate_limit.Room.SILENT] * 4
    )
    assert rooms(world, COACH, 1) == [rate_limit.Room.FREE]
    world.later(seconds=61)
    assert rooms(world, who, 1) == [rate_limit.Room.FREE]


def test_f68_what_waited_for_the_program_is_not_too_much(world: FlowWorld) -> None:
    """After an outage everything arrives at once; that is not the person's doing."""
    assert set(rooms(world, RUNA, 40, backlog=True)) == {rate_limit.Room.FREE}


# ---- zones ----------------------------------------------------------------------------

LISBON = CityGuess("Lisbon, Portugal", "Europe/Lisbon")


def zone_of(world: FlowWorld, who: int) -> str:
    """Return somebody's zone."""
    person = world.store.read_now(people.by_telegram, who)
    assert isinstance(person, PersonRow)
    return person.zone


def test_a_coach_sets_a_zone_by_city(world: FlowWorld) -> None:
    """Typed behind the command, checked, confirmed by a tap, audited, changed back by a tap."""
    world.person(COACH, "Kim", Role.COACH)
    assert topics(world.does(COACH, staff_zone.zone, "Lisbon", [LISBON])) == ["zone_check"]
    assert zone_of(world, COACH) == "UTC"
    told = world.presses(COACH, staff_zone.zone, "=Europe/Lisbon", [])
    assert the(told, "zone_done") == {"before": "UTC", "zone": "Europe/Lisbon"}
    assert zone_of(world, COACH) == "Europe/Lisbon"
    world.presses(COACH, staff_zone.zone, "=UTC", [])
    assert zone_of(world, COACH) == "UTC"
    assert world.count(AuditRow, AuditRow.action == staff_zone.CHANGE) == 2


def test_a_zone_is_typed_in_answer(world: FlowWorld) -> None:
    """/zone alone asks; the next text is the city, "yes" confirms; later text is not."""
    world.person(COACH, "Kim", Role.COACH)
    assert topics(world.does(COACH, staff_zone.zone, "", [])) == ["zone"]
    assert topics(world.does(COACH, staff_zone.typed, "Lisbon", [LISBON])) == ["zone_check"]
    assert topics(world.does(COACH, staff_zone.typed, "yes", [])) == ["zone_done"]
    assert zone_of(world, COACH) == "Europe/Lisbon"
    assert world.does(COACH, staff_zone.typed, "Paris", []) == []


def test_a_zone_is_shared_as_a_location(world: FlowWorld) -> None:
    """A coach's location answers /zone on the coach's own screens, also where there is no zone."""
    world.person(COACH, "Kim", Role.COACH)
    world.does(COACH, staff_zone.zone, "", [])
    assert world.does(COACH, settings_typed.located, None, "At sea.") == []
    assert topics(world.does(COACH, staff_zone.located, None, "At sea.")) == ["zone"]
    assert topics(world.does(COACH, staff_zone.located, "Europe/Lisbon", None)) == ["zone_check"]
    assert topics(world.does(COACH, staff_zone.typed, "yes", [])) == ["zone_done"]
    assert zone_of(world, COACH) == "Europe/Lisbon"
    assert world.does(COACH, staff_zone.located, "Europe/Paris", None) == []


def test_staff_have_no_location_button(world: FlowWorld) -> None:
    """The word for it, typed behind /zone, asks for the zone as /zone alone does."""
    world.person(COACH, "Kim", Role.COACH)
    (told,) = world.does(COACH, staff_zone.zone, "location", [])
    assert told == Say(StaffZone("UTC"))


@pytest.mark.parametrize("text", ["Nowhereville", "25:99", "=Mars/Olympus", "@999999", "?", ""])
def test_a_zone_that_is_none_changes_nothing(world: FlowWorld, text: str) -> None:
    """It is asked again, with what is wrong."""
    world.person(COACH, "Kim", Role.COACH)
    told = world.does(COACH, staff_zone.zone, text, [])
    assert topics(told)[0] in {"zone", "zone_pick"}
    assert zone_of(world, COACH) == "UTC"


def test_staff_is_asked_for_the_zone_until_it_is_told(world: FlowWorld) -> None:
    """With the greeting; who said UTC is not asked again."""

    def asks() -> bool:
        told = world.does(ADMIN, open_link.start, None, open_enrolment=False, name="Ada")
        return bool(the(told, "welcome_staff")["asks_zone"])

    assert asks()
    world.does(ADMIN, staff_zone.zone, "=UTC", [])
    assert not asks()


def test_who_trains_too_sets_the_zone_in_the_settings(world: FlowWorld) -> None:
    """There the plan moves with it."""
    world.run(people.grant, world.athlete(), Role.COACH)
    assert topics(world.does(RUNA, staff_zone.zone, "", [])) == ["set_zone"]
    assert topics(world.does(RUNA, staff_zone.zone, "Lisbon", [LISBON])) == ["set_zone_check"]


# ---- after restoring ------------------------------------------------------------------


def test_f72_what_waited_in_an_old_backup_is_not_sent(world: FlowWorld) -> None:
    """No reply, no cue and no reminder of then; an alert, which tells its time, still comes."""
    runa = world.athlete()
    world.coach(runa)
    world.holding(runa)
    world.run(_waiting, runa, world.now)
    live = world.store.read_now(sessions.live, runa)
    assert live is not None
    world.now = T0 + timedelta(days=5)
    assert world.run(after_restore.settle_waiting, world.now) == 3
    assert [type(one) for one in world.letters(COACH, waiting=True)] == [CoachAlert]
    assert world.letters(RUNA, waiting=True) == []
    assert world.store.read_now(sessions.live, runa) is None
    assert any(isinstance(one, Hold) for one in world.letters(RUNA))


def _waiting(db: Db, runa: int, now: datetime) -> None:
    alert = CoachAlert("Runa", runa, "red_flag", None, 3, None, now, "UTC")
    post(db, COACH, alert, now, key="alert")
    post(db, RUNA, Say(UnknownText()), now, key="reply")
    reminder = Reminder(1, "Runa", 5, 10, 1, "left", now, "UTC")
    post(db, RUNA, reminder, now, key="reminder")


def test_f72_a_session_of_a_moment_ago_is_left_to_the_start(world: FlowWorld) -> None:
    """It is told that it was broken off, as after any restart."""
    runa = world.athlete()
    world.holding(runa)
    world.run(after_restore.settle_waiting, world.now)
    assert world.store.read_now(sessions.live, runa) is not None
    assert not any(isinstance(one, Release) for one in world.letters(RUNA, waiting=True))
