"""People's own words ring by day, and keep quiet hours (F102)."""

from datetime import datetime, timedelta

import pytest
from sqlmodel import Session as Db

from bot.protocol.dose.dose import Dose
from bot.store import people
from bot.store.tables import CoachRow
from telegram_sandbox import Person
from testkit.virtual import MONDAY
from testkit.world import BotWorld
from tests.edge.test_pictures import person_id

SHORT = Dose(hold_s=20, holds=3, rest_s=20)
NIGHT = MONDAY + timedelta(hours=16)
"""23:00 in Berlin."""
DAY = MONDAY + timedelta(hours=6)


def rings(world: BotWorld, who: Person, words: str) -> list[bool]:
    """Return for each message with these words whether it rang."""
    sent = [e for e in world.sandbox.log if e.chat_id == who.id and words in e.text]
    return [e.who == "Bot (rings)" for e in sent if e.who.startswith("Bot")]


@pytest.mark.parametrize(("at", "rang"), [(DAY, True), (NIGHT, False)])
async def test_f102_words_between_a_coach_and_an_athlete(
    world: BotWorld, at: datetime, *, rang: bool
) -> None:
    """The coach writes, the athlete answers."""
    kim = world.coach("Kim")
    maria = world.athlete("Maria", coach=kim)
    await world.until(at)
    await world.say(kim, "/say Maria how was the hill?")
    assert rings(world, maria, "how was the hill") == [rang]
    maria.reply(maria.last, "steep")
    await world.settle()
    assert rings(world, kim, "steep") == [rang]


@pytest.mark.parametrize(("at", "rang"), [(DAY, True), (NIGHT, False)])
async def test_f102_the_question_whether_to_share(
    world: BotWorld, at: datetime, *, rang: bool
) -> None:
    """An admin asks for a coach."""
    ada = world.admin("Ada")
    world.coach("Kim")
    maria = world.athlete("Maria")
    await world.until(at)
    await world.say(ada, "/assign Maria Kim")
    assert rings(world, maria, "Share your training") == [rang]


@pytest.mark.parametrize(("quiet_end", "rang"), [("07:00", True), ("09:00", False)])
async def test_f102_the_weekly_summary(world: BotWorld, quiet_end: str, *, rang: bool) -> None:
    """It rings on Monday at eight; a summary that was asked for is silent."""
    kim = world.coach("Kim")
    for number in range(11):
        world.athlete(f"Maria {number:02}", coach=kim)
    await world.say(kim, "/summary mon 08:00")
    coach_id = person_id(world, kim)

    def quiet(db: Db) -> None:
        row = db.get(CoachRow, coach_id)
        assert row is not None
        row.quiet_end = quiet_end
        db.add(row)

    world.run(quiet)
    await world.until(MONDAY + timedelta(hours=1, minutes=5))
    assert rings(world, kim, "Week 47") == [rang]
    await world.say(kim, "/summary last")
    assert rings(world, kim, "Week 47")[1:] == [False]


async def test_f102_in_a_hold_nothing_but_a_cue_rings(world: BotWorld) -> None:
    """A coach's words in the middle of a set are silent: a ring there is RELEASE."""
    kim = world.coach("Kim")
    maria = world.athlete("Maria", coach=kim, dose=SHORT)
    await world.until(MONDAY + timedelta(minutes=30))
    await world.tap(maria, "Start")
    await world.tap(maria, "1")
    await world.passes(seconds=15)
    await world.say(kim, "/say Maria well done")
    assert rings(world, maria, "well done") == [False]


async def test_f102_quiet_hours_are_the_readers_own(world: BotWorld) -> None:
    """Each side's own hours and zone: it is day for the coach and night for the athlete."""
    kim = world.coach("Kim", "America/New_York")
    maria = world.athlete("Maria", coach=kim, zone="Australia/Sydney")
    athlete_id = person_id(world, maria)
    await world.until(MONDAY + timedelta(hours=10))  # 11:00 and 03:00
    await world.say(kim, "/say Maria how was the hill?")
    assert rings(world, maria, "how was the hill") == [False]
    maria.reply(maria.last, "steep")
    await world.settle()
    assert rings(world, kim, "steep") == [True]

    def by_day(db: Db) -> None:
        row = people.athlete(db, athlete_id)
        row.quiet_start, row.quiet_end = "10:00", "11:00"
        db.add(row)

    world.run(by_day)
    await world.say(kim, "/say Maria and now?")
    assert rings(world, maria, "and now") == [True]
