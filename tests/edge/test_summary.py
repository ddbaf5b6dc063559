"""A coach's Monday, over real HTTP: the summary with its pictures, and files about an athlete."""

from datetime import date

from sqlmodel import Session as Db

from bot.programme import summary_schedule
from bot.store import people
from bot.store.tables import MorningRow
from testkit.world import BotWorld


def _in_london(db: Db, telegram_id: int) -> None:
    person = people.by_telegram(db, telegram_id)
    assert person is not None
    person.zone = "Europe/London"


def _wakes(db: Db, telegram_id: int, pain: int) -> None:
    person = people.by_telegram(db, telegram_id)
    assert person is not None
    assert person.id is not None
    db.add(MorningRow(athlete_id=person.id, local_date=date(2026, 11, 18), value=pain))


async def test_the_summary_comes_on_monday_at_seven(world: BotWorld) -> None:
    """One message, which rings; pictures and files on tap; and again on request."""
    coach = world.coach("Kim", "UTC")
    for number, name in enumerate(("Maria", "Jonas"), start=1):
        athlete = world.athlete(name, coach=coach)
        world.store.write_now(_wakes, athlete.id, number)
    world.store.write_now(_in_london, coach.id)
    world.store.write_now(summary_schedule.for_all, world.clock.now())
    await world.passes(minutes=59)
    assert world.heard(coach) == []
    await world.passes(minutes=1)
    (words,) = [message for message in coach.chat if message.from_bot]
    assert words.text.startswith("Week 47: Mon 16 – Sun 22 Nov 2026\n2 athletes.")
    assert [text.startswith("Week 47") for text in world.rang(coach)] == [True]
    await world.tap(coach, "Pictures", on=words)
    assert len([message for message in coach.chat if message.photo]) == 2
    for label, ending in (("PDF of all", "pdf"), ("Excel of all", "xlsx"), ("CSV of all", "csv")):
        await world.tap(coach, label, on=words)
        assert coach.last.document is not None
        assert coach.last.document.name == f"holdfast-week-2026-W47.{ending}"
    await world.passes(hours=2)
    assert len([message for message in coach.chat if message.from_bot]) == 6
    await world.say(coach, "/summary last")
    assert any("A repeat" in message.text for message in coach.chat)


async def test_buttons_do_what_typing_does(world: BotWorld) -> None:
    """Alone, /summary shows when it comes; a tap changes that, another takes it back."""
    coach = world.coach("Kim")
    await world.say(coach, "/summary")
    await world.tap(coach, "Sun 18:00")
    assert "Mon 07:00 → Sun 18:00" in coach.last.text
    await world.tap(coach, "Undo")
    assert "Sun 18:00 → Mon 07:00" in coach.last.text
    await world.say(coach, "/summary now")
    assert coach.last.text == "No athlete shares data with you yet, so there is nothing to show."


async def test_files_about_an_athlete(world: BotWorld) -> None:
    """A coach taps or types a name; one's own /export is as it was; others get nothing."""
    coach, stranger = world.coach("Kim"), world.coach("Lee")
    maria = world.athlete("Maria", coach=coach)
    await world.say(coach, "/export maria")
    assert len([message for message in coach.chat if message.from_bot]) == 3
    await world.say(stranger, "/export maria")
    await world.say(maria, "/export coach")
    assert len([message for message in maria.chat if message.from_bot]) == 1
    await world.say(stranger, "/report")
    assert world.heard(stranger)[-1] == "No athletes yet. /report needs one."
