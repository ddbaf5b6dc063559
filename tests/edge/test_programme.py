"""What staff set for an athlete, over real HTTP and days of a clock moved by hand."""

from datetime import timedelta

from bot.protocol.calendar.local_time import local
from telegram_sandbox import Person
from testkit.people import BERLIN
from testkit.virtual import MONDAY
from testkit.world import BotWorld


def rang_at(world: BotWorld, who: Person, zone: str = BERLIN) -> list[str]:
    """Return the local times at which this person was reminded."""
    sent = [e for e in world.sandbox.log if e.chat_id == who.id and e.who == "Bot (rings)"]
    return [local(e.at, zone).strftime("%a %H:%M") for e in sent if "time for your holds" in e.text]


async def test_f19_the_reminder_moves_with_the_schedule(world: BotWorld) -> None:
    """Typed half an hour before: nothing at the old time, one reminder at the new local time."""
    maria, admin = world.athlete(), world.admin()
    await world.say(admin, "/schedule maria mon-fri 6:45pm America/New_York")
    assert "today 18:45 (23:45)" in admin.last.text
    assert "Admin changed your reminders" in maria.last.text
    await world.until(MONDAY + timedelta(days=1, hours=3))
    assert rang_at(world, maria, "America/New_York") == ["Mon 18:45"]
    await world.tap(admin, "Undo")
    await world.until(MONDAY + timedelta(days=2, hours=2))
    assert rang_at(world, maria) == ["Tue 00:45", "Wed 07:30"]


async def test_a_plan_counts_from_the_next_session(world: BotWorld) -> None:
    """The coach taps in the middle of a session: it stays; the reminder after it asks the new."""
    coach = world.coach()
    maria = world.athlete(coach=coach)
    await world.say(maria, "/session")
    await world.say(coach, "/plan")
    await world.tap(coach, "Fatigue 10 × 15 s")
    assert "keeps its plan" in coach.last.text
    assert world.newest(maria).value.dose.hold_s == 10
    await world.say(maria, "stop")
    await world.tap(maria, "Tired")
    await world.passes(hours=25)
    assert any("10 holds of 15 s" in text for text in world.rang(maria))


async def test_f20_paused_by_the_coach(world: BotWorld) -> None:
    """A button pauses for 3 days: silence until the first day back, and no own way out."""
    coach = world.coach()
    maria = world.athlete(coach=coach)
    await world.say(coach, "/pause Maria")
    await world.tap(coach, "3 days")
    await world.say(maria, "/resume")
    assert "Only your coach" in maria.last.text
    await world.passes(hours=24 * 3 + 1)
    assert rang_at(world, maria) == ["Thu 07:30"]
