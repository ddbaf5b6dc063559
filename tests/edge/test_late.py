"""F129, F133: what was said while Telegram, the disk or the bot was away begins nothing."""

from datetime import timedelta
from typing import Any

import pytest
from sqlmodel import select
from structlog.testing import capture_logs

from bot.protocol.session.state import Outcome, Phase
from bot.store.tables import InboxRow, MorningRow, OccurrenceRow, SessionRow
from telegram_sandbox import Person
from testkit.virtual import MONDAY
from testkit.world import BotWorld
from tests.edge.away import KINDS, SHORT, asked, holds, trouble
from tests.edge.test_not_saved import accept, refuse

HALF_PAST = MONDAY + timedelta(minutes=30)


async def interrupted(world: BotWorld) -> Person:
    """Return Maria in a break."""
    maria = await asked(world)
    await world.tap(maria, "1")
    await world.say(maria, "/pause")
    assert world.newest(maria).value.phase is Phase.INTERRUPTED
    return maria


async def reminded(world: BotWorld, name: str = "Maria") -> Person:
    """Return somebody whose reminder has come."""
    maria = world.athlete(name, dose=SHORT)
    await world.until(HALF_PAST)
    return maria


def rows(world: BotWorld, table: Any) -> list[Any]:
    """Return all rows of a table."""
    key = table.__table__.primary_key
    return world.store.read_now(lambda db: list(db.exec(select(table).order_by(*key)).all()))


def days(world: BotWorld) -> list[tuple[str, str]]:
    """Return date and state of every occurrence."""
    return [(row.local_date.isoformat(), row.state) for row in rows(world, OccurrenceRow)]


# ---- F129 -------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", KINDS)
async def test_f129_an_old_answer_is_stored_and_leads_to_no_hold(
    world: BotWorld, kind: str
) -> None:
    """Pressed while fetches or the database failed: the athlete is asked, and goes on then."""
    maria = await asked(world)
    with trouble(world, kind):
        maria.tap("2")
        await world.passes(minutes=1)
    await world.passes(minutes=2)
    assert [one.value for one in world.newest(maria).value.holds[0].ratings] == [2]
    assert world.newest(maria).value.phase is Phase.INTERRUPTED
    assert holds(world, maria) == 1
    await world.tap(maria, "Go on")
    await world.passes(seconds=10)
    assert holds(world, maria) == 2


@pytest.mark.parametrize("kind", KINDS)
async def test_f129_the_same_typed(world: BotWorld, kind: str) -> None:
    """Its own date says that it is old."""
    maria = await asked(world)
    with trouble(world, kind):
        maria.say("2")
        await world.passes(minutes=1)
    await world.passes(minutes=2)
    assert world.newest(maria).value.phase is Phase.INTERRUPTED
    assert holds(world, maria) == 1


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("typed", [True, False])
async def test_f129_trouble_of_a_moment_breaks_no_set_off(
    world: BotWorld, kind: str, *, typed: bool
) -> None:
    """Three seconds after the last good fetch an answer is of now."""
    maria = await asked(world)
    with trouble(world, kind):
        if typed:
            maria.say("2")
        else:
            maria.tap("2")
        await world.passes(seconds=3)
    await world.settle()
    assert world.newest(maria).value.phase is Phase.RESTING
    await world.passes(seconds=30)
    assert holds(world, maria) == 2


async def test_f129_what_is_typed_just_now_is_of_now(world: BotWorld) -> None:
    """However long it took until Telegram could be reached again."""
    maria = await asked(world)
    with trouble(world, "502"):
        await world.passes(minutes=1)
    maria.say("2")
    await world.settle()
    assert world.newest(maria).value.phase is Phase.RESTING


async def test_f129_all_is_well_again_after_one_fetch(world: BotWorld) -> None:
    """A press after the trouble leads on."""
    maria = await asked(world)
    with trouble(world, "reset"):
        await world.passes(minutes=1)
    await world.settle()
    await world.tap(maria, "2")
    assert world.newest(maria).value.phase is Phase.RESTING


async def test_f129_until_a_fetch_had_all(world: BotWorld) -> None:
    """Of more than a hundred that waited, those of the second fetch are old as well."""
    maria = await asked(world)
    with trouble(world, "502"):
        for number in range(150):
            chat = {"id": -number, "type": "group", "title": "x"}
            world.sandbox.updates.push("message", {"message_id": 1, "date": 1, "chat": chat})
        maria.tap("2")
        await world.passes(minutes=1)
    await world.settle()
    assert world.newest(maria).value.phase is Phase.INTERRUPTED
    assert {row.backlog for row in rows(world, InboxRow)[-151:]} == {True}


async def test_f129_a_clock_that_is_set_back_makes_nothing_new(world: BotWorld) -> None:
    """How long Telegram was away cannot be told then: what was pressed is old."""
    maria = await asked(world)
    with trouble(world, "502"):
        maria.tap("2")
        await world.passes(minutes=1)
    world.clock.at -= timedelta(minutes=10)
    await world.settle()
    assert world.newest(maria).value.phase is Phase.INTERRUPTED


@pytest.mark.parametrize("what", ["press", "text"])
async def test_f129_an_old_start_opens_nothing(world: BotWorld, what: str) -> None:
    """It says so in a sentence, with the button to start now."""
    maria = await reminded(world)
    with trouble(world, "502"):
        if what == "press":
            maria.tap("Start")
        else:
            maria.say("/session")
        await world.passes(minutes=1)
    await world.settle()
    assert rows(world, SessionRow) == []
    assert "reached me late" in maria.last.text
    assert "No session was started" in maria.last.text
    await world.tap(maria, "Start now")
    assert world.newest(maria).value.phase is Phase.ASKED_BEFORE
    assert [state for _day, state in days(world)] == ["started", "planned"]


@pytest.mark.parametrize("what", ["press", "/resume"])
async def test_f129_an_old_go_on_is_asked_again(world: BotWorld, what: str) -> None:
    """Nothing moves; the choice is offered anew."""
    maria = await interrupted(world)
    with trouble(world, "502"):
        if what == "press":
            maria.tap("Go on")
        else:
            maria.say(what)
        await world.passes(minutes=1)
    await world.passes(minutes=1)
    assert world.newest(maria).value.phase is Phase.INTERRUPTED
    assert "reached me late" in maria.last.text
    await world.tap(maria, "Go on")
    assert world.newest(maria).value.phase is Phase.GET_SET


@pytest.mark.parametrize(
    ("said", "outcome"),
    [("7", Outcome.STOPPED_HARD), ("4", Outcome.STOPPED_PAIN), ("/pain 8", Outcome.STOPPED_HARD)],
)
async def test_f129_high_pain_counts_however_old(
    world: BotWorld, said: str, outcome: Outcome
) -> None:
    """It stops the set, and locks where it has to."""
    maria = await asked(world)
    with trouble(world, "502"):
        maria.say(said)
        await world.passes(minutes=1)
    await world.settle()
    assert world.newest(maria).value.outcome is outcome


async def test_f129_stop_counts_however_old(world: BotWorld) -> None:
    """Also after an answer that would have led on."""
    maria = await asked(world)
    with trouble(world, "502"):
        maria.tap("2")
        maria.say("stop")
        await world.passes(minutes=1)
    await world.settle()
    assert world.newest(maria).value.phase is Phase.ASKED_REASON


async def test_f129_other_words_that_are_old_break_no_set_off(world: BotWorld) -> None:
    """A question about the next day has nothing to do with the rest that runs."""
    maria = await asked(world)
    await world.tap(maria, "2")
    with trouble(world, "502"):
        maria.say("/next")
        await world.passes(seconds=8)
    await world.settle()
    assert world.newest(maria).value.phase is Phase.RESTING
    await world.passes(seconds=20)
    assert holds(world, maria) == 2


async def test_f129_an_answer_that_could_not_be_handled_is_old_then(world: BotWorld) -> None:
    """It was received in time, and the disk was away for a minute."""
    maria = await asked(world)
    refuse(world, "rating", "outbox")
    maria.tap("2")
    await world.poller.step(0)
    with capture_logs():
        await world.inbox.step()
        await world.inbox.settled()
    world.clock.at += timedelta(minutes=1)
    accept(world, "rating", "outbox")
    await world.passes(minutes=2)
    assert world.newest(maria).value.phase is Phase.INTERRUPTED
    assert holds(world, maria) == 1


async def test_f129_a_disk_that_is_slow_makes_old_what_came_meanwhile(world: BotWorld) -> None:
    """Storing took half a minute: what is fetched next may be from all of that time."""
    maria = await asked(world)
    somebody = world.person("Somebody")
    somebody.say("hello")
    write = world.store.write

    async def slow(*args: Any, **kwargs: Any) -> Any:
        world.clock.at += timedelta(seconds=30)
        return await write(*args, **kwargs)

    world.store.write = slow  # type: ignore[method-assign]
    maria_taps = world.poller.step(0)
    maria.tap("2")
    await maria_taps
    del world.store.write
    await world.settle()
    assert world.newest(maria).value.phase is Phase.INTERRUPTED


async def test_f129_an_old_start_without_the_band_is_offered_so_again(world: BotWorld) -> None:
    """What there is no band for today is not begun with one."""
    maria = await reminded(world)
    await world.tap(maria, "No band today")
    with trouble(world, "502"):
        maria.tap("Start without the band")
        await world.passes(minutes=1)
    await world.settle()
    assert rows(world, SessionRow) == []
    assert maria.last.labels == ["Start without the band", "Skip today"]
    await world.tap(maria, "Start without the band")
    assert world.newest(maria).value.dose.exercise == "H3"


# ---- F133 -------------------------------------------------------------------------------


async def test_f133_a_session_asked_for_yesterday_is_not_todays(world: BotWorld) -> None:
    """Twenty hours later it opens nothing, and today stays as it was."""
    maria = world.athlete(dose=SHORT)
    await world.until(HALF_PAST + timedelta(hours=6))
    with trouble(world, "502"):
        maria.say("/session")
        await world.passes(hours=20)
    before = days(world)
    await world.settle()
    assert rows(world, SessionRow) == []
    assert days(world) == before
    assert "No session was started" in maria.last.text


@pytest.mark.parametrize("label", ["Start", "In 15 min", "In 1 hour", "Skip today"])
async def test_f133_yesterdays_buttons_do_nothing_to_today(world: BotWorld, label: str) -> None:
    """Today's reminder stands; a skip counts for the day it was said on."""
    maria = await reminded(world)
    await world.passes(hours=5)
    with trouble(world, "409"):
        maria.tap(label)
        await world.passes(hours=20)
    await world.settle()
    first, second, *_ = days(world)
    assert first == ("2026-11-23", "skipped" if label == "Skip today" else "missed")
    assert second == ("2026-11-24", "reminded")
    assert rows(world, SessionRow) == []
    said = "Skipped yesterday" if label == "Skip today" else "reached me late"
    assert any(said in line for line in world.heard(maria))


async def test_f133_a_snooze_counts_from_when_it_was_said(world: BotWorld) -> None:
    """Put off for an hour, ten minutes ago: fifty minutes are left; for 15 minutes, none."""
    maria, other = await reminded(world), world.athlete("Olga", dose=SHORT)
    with trouble(world, "502"):
        maria.tap("In 1 hour")
        await world.passes(minutes=10)
    await world.settle()
    (due,) = [row.due_at for row in rows(world, OccurrenceRow) if row.state == "snoozed"]
    assert due - world.clock.now() == timedelta(minutes=50)
    assert other is not maria

    await world.until(due)
    with trouble(world, "502"):
        maria.tap("In 15 min")
        await world.passes(minutes=20)
    await world.settle()
    assert "has passed" in maria.last.text
    assert "reminded" in {state for _day, state in days(world)}


async def test_f133_an_old_number_answers_the_morning_it_was_said_on(world: BotWorld) -> None:
    """Typed after Tuesday's question, fetched after Wednesday's."""
    maria = world.athlete(dose=SHORT.changed(holds=1))
    await world.settle()
    await trained(world, maria)
    await world.until(MONDAY + timedelta(days=1, hours=1, minutes=10))  # asked at 08:00
    await trained(world, maria)
    with trouble(world, "502"):
        maria.say("2")
        await world.passes(hours=23, minutes=55)
    await world.settle()
    found = {row.local_date.isoformat(): row.value for row in rows(world, MorningRow)}
    assert found == {"2026-11-24": 2, "2026-11-25": None}


async def trained(world: BotWorld, maria: Person) -> None:
    """Let Maria do a session of one hold."""
    await world.say(maria, "/session")
    await world.tap(maria, "1")
    await world.passes(seconds=20)
    await world.tap(maria, "1")
    assert world.newest(maria).value.outcome is Outcome.LESSENING


async def test_f133_an_old_undo_takes_nothing_back_that_came_after_it(world: BotWorld) -> None:
    """It is dated before the answer; one said after an answer in the same outage counts."""
    maria = await asked(world)
    await world.passes(minutes=2, seconds=30)
    told = maria.say("/undo")
    (update,) = world.sandbox.updates.pending
    world.sandbox.updates.drop()
    await world.passes(minutes=2, seconds=1)
    await world.tap(maria, "1", on=_question(maria))
    world.sandbox.updates.push("message", update["message"])
    await world.settle()
    assert told.text == "/undo"
    assert "nothing was taken back" in maria.last.text
    assert not world.newest(maria).value.holds[0].ratings[-1].undone


def _question(maria: Person) -> Any:
    return next(one for one in reversed(maria.chat) if "RELEASE" in one.text)


async def test_f133_an_undo_after_an_answer_of_the_same_outage_counts(world: BotWorld) -> None:
    """Both were said late, in that order."""
    maria = world.athlete(dose=SHORT)
    await world.settle()
    with trouble(world, "502"):
        maria.say("/pain 2")
        world.clock.at += timedelta(seconds=3)
        maria.say("/undo")
        world.clock.at += timedelta(seconds=10)
    await world.settle()
    assert "is taken back" in maria.last.text
