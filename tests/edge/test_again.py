"""F131: Telegram delivers the same press or message once more, under a new update id."""

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlmodel import Session as Db
from sqlmodel import col, select
from structlog.testing import capture_logs

from bot.dispatch import upkeep
from bot.protocol.session.state import Phase
from bot.store import inbox
from bot.store.tables import AthleteRow, MorningRow, OccurrenceRow, SeenRow
from telegram_sandbox import Person
from testkit.virtual import MONDAY
from testkit.world import BotWorld
from tests.edge.away import SHORT, again, asked, kept, updates
from tests.edge.test_not_saved import accept, refuse
from tests.flows.world import FlowWorld

Story = Callable[[BotWorld], Awaitable[Person]]


async def _reminded(world: BotWorld) -> Person:
    maria = world.athlete(dose=SHORT)
    await world.until(MONDAY + timedelta(minutes=30))
    return maria


async def snoozed(world: BotWorld) -> Person:
    """Put off, and the reminder has come again."""
    maria = await _reminded(world)
    await world.tap(maria, "In 15 min")
    await world.passes(minutes=16)
    return maria


async def undone(world: BotWorld) -> Person:
    """Answered, and taken back."""
    maria = await asked(world)
    await world.tap(maria, "1")
    await world.say(maria, "/undo")
    return maria


async def morning_changed(world: BotWorld) -> Person:
    """The morning's answer was 1, then it was changed to 3."""
    maria = world.athlete(dose=SHORT.changed(holds=1))
    await world.settle()
    await world.say(maria, "/session")
    await world.tap(maria, "1")
    await world.passes(seconds=20)
    await world.tap(maria, "1")
    await world.until(MONDAY + timedelta(days=1, hours=1, minutes=10))
    await world.tap(maria, "1")
    await world.tap(maria, "Change")
    await world.tap(maria, "3")
    return maria


async def skip_taken_back(world: BotWorld) -> Person:
    """Skipped, and taken back."""
    maria = await _reminded(world)
    await world.tap(maria, "Skip today")
    await world.tap(maria, "Take the skip back")
    return maria


async def kept_after_all(world: BotWorld) -> Person:
    """Erasure was confirmed, then the data is kept."""
    maria = await _reminded(world)
    await world.say(maria, "/erase")
    await world.tap(maria, "Erase everything")
    await world.tap(maria, "Keep")
    return maria


async def flagged(world: BotWorld) -> Person:
    """A warning sign was named, and a coach has unlocked since."""
    coach = world.coach()
    maria = world.athlete(dose=SHORT, coach=coach)
    await world.settle()
    await world.say(maria, "/flag")
    await world.tap(maria, "1 ·")
    await world.say(coach, "/unlock Maria cleared by Dr Berg on Tuesday")
    await world.tap(coach, "Yes")
    return maria


async def typed(world: BotWorld) -> Person:
    """A pain was noted, an answer edited, a word sent, a session begun, stopped and explained."""
    maria = await asked(world)
    number = maria.say("1")
    await world.settle()
    maria.edit(number, "2")
    await world.settle()
    await world.say(maria, "stop")
    await world.tap(maria, "Tired")
    await world.say(maria, "/pain 2")
    await world.say(maria, "thank you")
    maria.send_sticker()
    await world.settle()
    await world.passes(minutes=5)
    return maria


async def came_back(world: BotWorld) -> Person:
    """Blocked the bot, and let it in again."""
    maria = await _reminded(world)
    maria.block()
    await world.settle()
    maria.unblock()
    await world.say(maria, "/start")
    return maria


STORIES: tuple[Story, ...] = (
    snoozed,
    undone,
    morning_changed,
    skip_taken_back,
    kept_after_all,
    flagged,
    typed,
    came_back,
)


@pytest.mark.parametrize("story", STORIES, ids=lambda story: story.__name__)
async def test_f131_nothing_has_a_second_effect(world: BotWorld, story: Story) -> None:
    """Every update of the story comes again: nothing changes, and only presses are answered."""
    maria = await story(world)
    came, before, said = updates(world), kept(world), len(maria.chat)
    for update in came:
        calls = world.sandbox.log.seq
        await again(world, update)
        assert kept(world) == before, update
        told = [one.method for one in world.sandbox.log.after(calls) if one.kind == "call"]
        presses = "callback_query" in update
        assert [one for one in told if one != "getUpdates"] == ["answerCallbackQuery"] * presses
    assert len(maria.chat) == said


async def test_f131_the_same_edit_within_a_second_is_another(world: BotWorld) -> None:
    """Two edits of one second differ by their words: the second one counts."""
    maria = await asked(world)
    number = maria.say("1")
    await world.settle()
    maria.edit(number, "2")
    maria.edit(number, "5")
    await world.settle()
    assert world.newest(maria).value.phase is Phase.CLOSED


async def test_f131_what_failed_is_not_taken_for_seen(world: BotWorld) -> None:
    """Not handled and tried again; set aside after that, it may come once more and counts."""
    maria = await asked(world)
    refuse(world, "rating")
    with capture_logs():
        await world.tap(maria, "1")
    assert "was NOT saved" in maria.last.text
    accept(world, "rating")
    await again(world, updates(world)[-1])
    assert [one.value for one in world.newest(maria).value.holds[0].ratings] == [1]


async def test_f131_a_second_press_by_the_person_counts(world: BotWorld) -> None:
    """It is another press, though of the same button."""
    maria = await _reminded(world)
    await world.tap(maria, "Skip today")
    await world.tap(maria, "Take the skip back")
    assert _states(world) == ["nudged", "planned"]
    await world.passes(seconds=10)
    skipping = updates(world)[0]["callback_query"]
    maria.press(skipping["data"], skipping["message"]["message_id"])
    await world.settle()
    assert _states(world) == ["skipped", "planned"]


def _states(world: BotWorld) -> list[str]:
    query = select(OccurrenceRow.state).order_by(col(OccurrenceRow.planned_at))
    return world.store.read_now(lambda db: list(db.exec(query).all()))


async def test_f131_keys_tell_nothing_and_go(world: BotWorld) -> None:
    """They hold no id of a chat; a week later, or when the person is erased, they are gone."""
    maria = await typed(world)
    keys = world.store.read_now(lambda db: [row.key for row in db.exec(select(SeenRow)).all()])
    assert len(keys) == len(updates(world))
    assert not any(str(maria.id) in key for key in keys)
    await world.say(maria, "/erase")
    await world.tap(maria, "Erase everything")
    await world.passes(hours=25)
    assert world.store.read_now(_left) == (0, 0, 0)


def _left(db: Db) -> tuple[int, ...]:
    return tuple(len(db.exec(select(one)).all()) for one in (AthleteRow, SeenRow, MorningRow))


def noted(db: Db, key: str, update_id: int, now: datetime) -> bool:
    """Note a key of an update that is handled; whether it was not before."""
    inbox.keep(db, [inbox.Arrived(update_id, 1, key)], now, backlog=False)
    inbox.take(db, update_id, now)
    return inbox.note_key(db, key, update_id, now).rowcount == 1


def test_f131_keys_are_forgotten_after_a_week(tmp_path: Path) -> None:
    """Upkeep does that by the hour."""
    with FlowWorld(tmp_path) as world:
        assert world.run(noted, "q1", 1, world.now)
        world.later(days=6)
        world.run(upkeep.tidy, world.now)
        assert not world.run(noted, "q1", 2, world.now)
        world.later(days=2)
        world.run(upkeep.tidy, world.now)
        assert world.run(noted, "q1", 3, world.now)
