"""A coach's day, over real HTTP: told, looking, writing, answered; and what the night keeps."""

from datetime import timedelta

from sqlmodel import select

from bot.protocol.dose.dose import Dose
from bot.store.tables import NoteRow
from telegram_sandbox import Person
from testkit.virtual import MONDAY
from testkit.world import BotWorld

SHORT = Dose(hold_s=10, holds=3, rest_s=20)


async def stops_on_pain(world: BotWorld, athlete: Person, pain: str = "5") -> None:
    """Let an athlete train one hold and name this pain."""
    await world.say(athlete, "/session")
    await world.tap(athlete, "1")
    await world.passes(seconds=25)
    await world.tap(athlete, pain)


async def test_from_the_alert_to_an_answer(world: BotWorld) -> None:
    """The alert's buttons lead to the card and to words; the athlete replies, the coach too."""
    coach = world.coach("Kim")
    maria = world.athlete(dose=SHORT, coach=coach)
    await world.until(MONDAY + timedelta(hours=2))
    await stops_on_pain(world, maria)
    alert = coach.last
    assert alert.text.startswith("Maria stopped at pain 5 on hold 1 of 3, left; limit 3")
    assert "Your coach Kim was told about this." in [message.text for message in maria.chat]
    await world.tap(coach, "See session", on=alert)
    shown, picture = coach.chat[-2:]
    assert shown.text.startswith("Maria, session of today ")
    assert "\nToday: stopped by pain, pain 5 on hold 1 · 10 of 30 s\n" in shown.text
    assert picture.text == "Maria · Mon 23 Nov · pain hold by hold: 5 · limit 3"
    assert alert.text.startswith("Maria stopped")
    await world.tap(coach, "Write", on=alert)
    await world.say(coach, "Rest & call me?")
    assert coach.last.text == "Delivered to Maria."
    assert maria.last.text.startswith("Kim writes:\nRest & call me?")
    maria.reply(maria.last, "At 18:00")
    await world.settle()
    assert maria.last.text == "Delivered to Kim."
    assert coach.last.text.startswith("Maria writes:\nAt 18:00")
    coach.reply(coach.last, "Fine")
    await world.settle()
    assert maria.last.text.startswith("Kim writes:\nFine")


async def test_the_night_is_quiet(world: BotWorld) -> None:
    """Two athletes stop at night: the coach reads one message at 07:00, each of them is told."""
    coach = world.coach("Kim")
    jonas = world.athlete("Jonas", dose=SHORT, coach=coach, times="23:00")
    maria = world.athlete("Maria", dose=SHORT, coach=coach, times="23:00")
    await world.until(MONDAY + timedelta(hours=16, minutes=5))
    before = len(world.rang(coach))
    for athlete in (jonas, maria):
        await stops_on_pain(world, athlete)
    assert len(world.rang(coach)) == before
    assert not any("was told" in message.text for message in maria.chat)
    await world.until(MONDAY + timedelta(hours=24))
    (told,) = world.rang(coach)[before:]
    assert told.startswith("2 athletes, 2 alerts")
    for athlete in (jonas, maria):
        assert any("was told what happened yesterday" in m.text for m in athlete.chat)


async def test_three_days_away(world: BotWorld) -> None:
    """Two days without an answer: asked why, once; three: the coach hears of it."""
    coach = world.coach("Kim")
    maria = world.athlete(coach=coach)
    await world.passes(hours=49)
    asked = [m for m in maria.chat if m.text.startswith("No session on Mon and Tue.")]
    assert len(asked) == 1
    await world.tap(maria, "No time", on=asked[0])
    await world.passes(hours=24)
    assert "Maria missed 3 planned days in a row" in coach.last.text
    assert "Reason given: no time." in coach.last.text
    await world.passes(hours=24)
    assert len([m for m in coach.chat if "missed" in m.text]) == 1


async def test_a_reason_is_asked_before_unlocking(world: BotWorld) -> None:
    """A red flag: a doctor's clearance, the flag named again, and a note of it all."""
    coach = world.coach("Kim")
    maria = world.athlete(dose=SHORT, coach=coach)
    await world.say(maria, "/flag")
    await world.tap(maria, "Pop, tear")
    await world.tap(coach, "Unlock")
    await world.tap(coach, "Seen by a doctor: cleared")
    await world.say(coach, "Dr Berg on Tuesday")
    assert "sudden pop or tear" in coach.last.text
    await world.tap(coach, "Yes, lift it")
    assert coach.last.text.startswith("Maria is unlocked. A message to Maria is on its way.")
    assert maria.last.text.startswith("Kim has unlocked your sessions")
    (note,) = world.store.read_now(lambda db: [row.text for row in db.exec(select(NoteRow))])
    assert note == "Unlocked: cleared by Dr Berg on Tuesday"
