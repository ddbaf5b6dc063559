"""After a stop the red-flag questions are the last message, and ring; the picture comes later."""

from datetime import timedelta

import pytest

from bot.protocol.dose.dose import Dose
from telegram_sandbox import Person
from testkit.virtual import MONDAY
from testkit.world import BotWorld

SHORT = Dose(holds=3, hold_s=10, rest_s=10, lead_in_first_s=5, lead_in_s=5)


async def stops(world: BotWorld, athlete: Person, *, how: str) -> None:
    """Train a hold, and stop at the hard stop: by its answer, or by STOP and its reason."""
    await world.until(MONDAY + timedelta(minutes=30))
    await world.tap(athlete, "Start")
    await world.tap(athlete, "1")
    await world.passes(seconds=18)
    await world.tap(athlete, "2")
    await world.passes(seconds=25)
    if how == "answer":
        await world.tap(athlete, "7")
    else:
        await world.say(athlete, "stop")
        await world.tap(athlete, "Pain")
        await world.tap(athlete, "7")


def pictures(athlete: Person) -> list[int]:
    """Return where in the chat pictures stand."""
    chat = [message for message in athlete.chat if message.from_bot]
    return [at for at, message in enumerate(chat) if "pain hold by hold" in message.text]


def last(athlete: Person) -> str:
    """Return the newest message of the bot's."""
    return [message for message in athlete.chat if message.from_bot][-1].text


@pytest.mark.parametrize("coached", [True, False])
@pytest.mark.parametrize("how", ["answer", "stop"])
async def test_f101_the_questions_are_the_last_message_and_ring(
    world: BotWorld, how: str, *, coached: bool
) -> None:
    """Neither the picture nor the word that the coach was told comes after them or between."""
    kim = world.coach("Kim") if coached else None
    maria = world.athlete(dose=SHORT, coach=kim)
    await stops(world, maria, how=how)
    assert "Do you have any of these?" in last(maria)
    assert "Pain this high needs a short check." in world.rang(maria)[-1]
    assert pictures(maria) == []
    await world.passes(minutes=5)
    assert "Do you have any of these?" in last(maria)


@pytest.mark.parametrize("answer", ["None of these", "3 · Numb"])
async def test_f101_the_picture_comes_after_the_answer(world: BotWorld, answer: str) -> None:
    """At once, and once; so does the word that the coach was told."""
    kim = world.coach("Kim")
    maria = world.athlete(dose=SHORT, coach=kim)
    await stops(world, maria, how="answer")
    await world.passes(minutes=1)
    await world.tap(maria, answer)
    assert len(pictures(maria)) == 1
    assert "Your coach Kim was told about this." in [message.text for message in maria.chat]
    await world.passes(hours=1)
    assert len(pictures(maria)) == 1


async def test_f101_unanswered_it_comes_when_the_questions_are_over(world: BotWorld) -> None:
    """After a quarter of an hour, as a session waits for its answers; they stay open."""
    maria = world.athlete(dose=SHORT)
    await stops(world, maria, how="answer")
    await world.passes(minutes=14)
    assert pictures(maria) == []
    await world.passes(minutes=2)
    assert len(pictures(maria)) == 1
    await world.say(maria, "/session")
    assert "locked" in last(maria).lower()


async def test_f101_where_nothing_is_asked_the_picture_comes_at_once(world: BotWorld) -> None:
    """Over the limit, below the hard stop."""
    maria = world.athlete(dose=SHORT)
    await world.until(MONDAY + timedelta(minutes=30))
    await world.tap(maria, "Start")
    await world.tap(maria, "1")
    await world.passes(seconds=18)
    await world.tap(maria, "4")
    assert len(pictures(maria)) == 1
