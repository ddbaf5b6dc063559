"""The morning after over a whole bot: asked at 08:00, answered by tap, by text, late, and never."""

from datetime import UTC, datetime, timedelta

import pytest

from bot.protocol.calendar.local_time import local
from bot.protocol.dose.dose import Dose
from telegram_sandbox import Person
from testkit.virtual import MONDAY
from testkit.world import BotWorld

QUICK = Dose(hold_s=10, holds=1, rest_s=5)
SYDNEY = "Australia/Sydney"
ASKED = "when you first sat down"


def questions(world: BotWorld, who: Person, zone: str) -> list[str]:
    """Return the local times at which this person was asked about a morning."""
    sent = [one for one in world.sandbox.log if one.chat_id == who.id and ASKED in one.text]
    return [local(one.at, zone).strftime("%a %H:%M") for one in sent]


async def trains(world: BotWorld, who: Person, pain: str) -> None:
    """Play a session of one hold."""
    await world.say(who, "/session")
    await world.tap(who, "1")
    await world.passes(seconds=20)
    await world.tap(who, pain)


async def test_asked_at_eight_in_the_athletes_zone(world: BotWorld) -> None:
    """Monday's session in Sydney: Tuesday 08:00 there, silently, one tap answers."""
    maria = world.athlete(dose=QUICK, zone=SYDNEY, times="20:00")
    await trains(world, maria, "1")
    before = len(world.rang(maria))
    await world.until(datetime(2026, 11, 23, 21, 0, tzinfo=UTC))
    assert questions(world, maria, SYDNEY) == ["Tue 08:00"]
    assert len(world.rang(maria)) == before
    await world.tap(maria, "2")
    assert maria.last.text.startswith("Pain 2 this morning – saved.")
    await world.passes(hours=20)
    assert len(questions(world, maria, SYDNEY)) == 1


async def test_a_changed_mind(world: BotWorld) -> None:
    """Change it puts the question back; the new answer counts."""
    maria = world.athlete(dose=QUICK)
    await trains(world, maria, "1")
    await world.passes(hours=25)
    await world.say(maria, "3")
    assert maria.last.text.startswith("Pain 3 this morning – saved.")
    await world.tap(maria, "Change it")
    assert ASKED in maria.last.text
    await world.tap(maria, "0")
    assert maria.last.text.startswith("Pain 0 this morning – saved.")


async def test_late_and_never(world: BotWorld) -> None:
    """Answered the next morning: taken, and named yesterday's; after 36 hours no more."""
    maria = world.athlete(dose=QUICK, times="23:00", weekdays="6")
    await trains(world, maria, "1")
    await world.until(MONDAY + timedelta(days=2, hours=3))
    question = next(message for message in maria.chat if ASKED in message.text)
    await world.tap(maria, "2", on=question)
    assert maria.last.text.startswith("Pain 2 yesterday morning – saved.")
    await world.until(MONDAY + timedelta(days=2, hours=14))
    await world.tap(maria, "Change it")
    assert ASKED not in maria.last.text
    await world.say(maria, "5")
    assert "nothing was saved" in maria.last.text


async def test_a_number_after_pain_is_no_morning(world: BotWorld) -> None:
    """/pain asked later: the number is its note; the next one answers the morning."""
    maria = world.athlete(dose=QUICK)
    await trains(world, maria, "1")
    await world.passes(hours=25)
    await world.say(maria, "/pain")
    await world.say(maria, "4")
    assert maria.last.text.startswith("Saved: pain 4 of 10.")
    await world.say(maria, "2")
    assert maria.last.text.startswith("Pain 2 this morning")


@pytest.mark.parametrize(("pain", "told"), [("2", False), ("5", True), ("7", True)])
async def test_the_coach_is_told_of_a_severe_morning(
    world: BotWorld,
    pain: str,
    told: bool,  # noqa: FBT001
) -> None:
    """At the hard stop, and over the limit where no step is left, and then the athlete hears it."""
    kim = world.coach("Kim")
    maria = world.athlete(dose=QUICK, coach=kim)
    await trains(world, maria, "1")
    await world.passes(hours=25)
    await world.tap(maria, pain)
    assert any(f"pain {pain} this morning" in line for line in world.heard(kim)) is told
    assert ("Your coach Kim was told about this." in world.heard(maria)) is told
    screened = any("Do you have any of these?" in message.text for message in maria.chat)
    assert screened is (pain == "7")


async def test_a_step_up_is_one_tap(world: BotWorld) -> None:
    """Three good days: the coach is asked, taps, and the next session has the new dose."""
    kim = world.coach("Kim")
    maria = world.athlete(dose=QUICK, coach=kim)
    for _ in range(3):
        await trains(world, maria, "1")
        await world.until(world.clock.now().replace(hour=7, minute=1) + timedelta(days=1))
        await world.tap(maria, "1")
    await world.tap(kim, "Step up to 5 × 10 s")
    assert "1 × 10 s → 5 × 10 s" in kim.last.text
    assert any("changed your plan: 5 holds of 10 s" in line for line in world.heard(maria))
    await world.say(maria, "/session")
    assert world.newest(maria).value.dose.holds == 5
