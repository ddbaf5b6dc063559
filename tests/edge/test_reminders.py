"""Reminders over days: once, put off, nudged once, and never when nobody should be reminded."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlmodel import Session as Db
from sqlmodel import select

from bot.protocol.calendar.local_time import local
from bot.protocol.dose.dose import Dose
from bot.protocol.session.state import Outcome
from bot.store.tables import OccurrenceRow, OutboxRow
from telegram_sandbox import Person
from testkit.people import BERLIN
from testkit.virtual import MONDAY
from testkit.world import BotWorld, world_at

HALF_PAST = MONDAY + timedelta(minutes=30)
QUICK = Dose(hold_s=5, holds=1, rest_s=5)


def occurrences(db: Db) -> list[tuple[str, str]]:
    """Return (local date, state) of every occurrence, in order."""
    rows = db.exec(select(OccurrenceRow).order_by(OccurrenceRow.local_date, OccurrenceRow.slot))  # type: ignore[arg-type]
    return [(row.local_date.isoformat(), row.state) for row in rows]


def reminders(world: BotWorld, who: Person) -> list[str]:
    """Return the local times at which this person was reminded or nudged."""
    sent = [e for e in world.sandbox.log if e.chat_id == who.id and e.who == "Bot (rings)"]
    return [
        local(e.at, BERLIN).strftime("%a %H:%M")
        for e in sent
        if "time for your holds" in e.text or "[Start]" in e.text
    ]


async def session(world: BotWorld, who: Person, *pains: str) -> None:
    """Play a whole session from the reminder."""
    await world.tap(who, "Start")
    await world.tap(who, "1")
    for pain in pains:
        due = world.newest(who).value.due_at
        assert due is not None
        await world.until(due)
        await world.passes(seconds=world.newest(who).value.dose.hold_s)
        await world.tap(who, pain)


async def test_f28_one_reminder_one_nudge_then_silence(world: BotWorld) -> None:
    """07:30, once more at 09:30, then nothing until the next day."""
    maria = world.athlete()
    await world.passes(hours=23)
    assert reminders(world, maria) == ["Mon 07:30", "Mon 09:30"]
    assert world.store.read_now(occurrences)[0] == ("2026-11-23", "missed")


async def test_f25_nothing_while_running_or_done(world: BotWorld) -> None:
    """A session begun by command before the reminder: no reminder and no nudge that day."""
    maria = world.athlete(dose=QUICK)
    await world.until(HALF_PAST - timedelta(seconds=8))
    await world.say(maria, "/session")
    await world.tap(maria, "1")
    await world.passes(minutes=1)
    assert reminders(world, maria) == []
    await world.tap(maria, "1")
    assert world.newest(maria).value.outcome is Outcome.LESSENING
    await world.passes(hours=12)
    assert reminders(world, maria) == []
    await world.passes(hours=12)
    assert reminders(world, maria) == ["Tue 07:30"]


async def test_no_second_session_the_same_day(world: BotWorld) -> None:
    """When today's session is done, /session says so and names the next one."""
    maria = world.athlete(dose=QUICK)
    await world.until(HALF_PAST)
    await session(world, maria, "1")
    await world.say(maria, "/session")
    assert "tomorrow 07:30" in maria.last.text


async def test_f26_snooze(world: BotWorld) -> None:
    """15 minutes, then an hour; the plan stays, and the fourth snooze is not offered."""
    maria = world.athlete()
    await world.until(HALF_PAST)
    await world.tap(maria, "In 15 min")
    await world.passes(minutes=15)
    await world.tap(maria, "In 1 hour")
    await world.passes(minutes=60)
    await world.tap(maria, "In 1 hour")
    await world.passes(minutes=60)
    assert reminders(world, maria) == ["Mon 07:30", "Mon 07:45", "Mon 08:45", "Mon 09:45"]
    labels = [button.label for row in maria.last.buttons for button in row]
    assert labels == ["Start", "How", "No band today", "Skip today"]
    await world.until(HALF_PAST + timedelta(days=1))
    assert reminders(world, maria)[-1] == "Tue 07:30"


async def test_f26_no_snooze_into_the_night(world: BotWorld) -> None:
    """An evening reminder cannot be put off into the quiet hours: that is not offered."""
    maria = world.athlete(times="21:30")
    await world.until(MONDAY.replace(hour=20, minute=30))
    labels = [button.label for row in maria.last.buttons for button in row]
    assert labels == ["Start", "In 15 min", "How", "No band today", "Skip today"]
    await world.passes(hours=9)
    assert reminders(world, maria) == ["Mon 21:30"]


async def test_skip_with_a_reason(world: BotWorld) -> None:
    """Skipped: no nudge; the reason is stored."""
    maria = world.athlete()
    await world.until(HALF_PAST)
    await world.tap(maria, "Skip today")
    await world.tap(maria, "No band")
    await world.passes(hours=6)
    assert reminders(world, maria) == ["Mon 07:30"]
    assert world.store.read_now(occurrences)[0] == ("2026-11-23", "skipped")


async def test_f27_a_late_reminder_keeps_the_quiet_hours(world: BotWorld) -> None:
    """Due at 21:30, back at 22:30: nothing rings in the night, and it is our fault."""
    maria = world.athlete(times="21:30")
    await world.settle()
    world.clock.at = MONDAY.replace(hour=21, minute=30)
    await world.restart()
    await world.passes(hours=9)
    assert reminders(world, maria) == []
    assert world.store.read_now(occurrences)[0] == ("2026-11-23", "not_delivered")


async def test_f27_quiet_hours_over_a_reminder_are_refused(world: BotWorld) -> None:
    """Quiet hours that would swallow the reminder get one sentence, and nothing changes."""
    maria = world.athlete()
    await world.say(maria, "/settings")
    await world.tap(maria, "Change quiet")
    await world.say(maria, "22:00-08:00")
    assert "07:30 would be inside these quiet hours" in maria.last.text
    await world.until(HALF_PAST)
    assert reminders(world, maria) == ["Mon 07:30"]


async def test_f28_an_answer_between_cancels_the_nudge(world: BotWorld) -> None:
    """Started after the reminder: no nudge, whatever becomes of the session."""
    maria = world.athlete(dose=QUICK)
    await world.until(HALF_PAST)
    await world.passes(hours=1)
    await session(world, maria, "1")
    await world.passes(hours=10)
    assert reminders(world, maria) == ["Mon 07:30"]


async def test_f29_pause_until_a_day(world: BotWorld) -> None:
    """/pause 2 days: nothing on paused days, a reminder on the first day back."""
    maria = world.athlete()
    await world.say(maria, "/pause 2 days")
    await world.passes(hours=24 * 3)
    assert reminders(world, maria)[0] == "Wed 07:30"
    states = dict(world.store.read_now(occurrences))
    assert (states["2026-11-23"], states["2026-11-24"]) == ("paused", "paused")


async def test_f20_a_paused_or_locked_athlete_is_not_reminded(world: BotWorld) -> None:
    """Paused without an end: silence for a week; resumed: the next day again."""
    maria = world.athlete()
    await world.say(maria, "/pause until resumed")
    await world.passes(hours=24 * 7)
    assert reminders(world, maria) == []
    await world.say(maria, "/resume")
    await world.passes(hours=24)
    assert len(reminders(world, maria)) >= 1


async def test_f19_a_changed_time_moves_the_reminder(world: BotWorld) -> None:
    """Changed from 07:30 to 18:00 before it fires: the old time stays silent."""
    maria = world.athlete()
    await world.say(maria, "/settings")
    await world.tap(maria, "Time")
    await world.say(maria, "18:00")
    await world.passes(hours=12)
    assert reminders(world, maria) == ["Mon 18:00"]


async def test_f19_a_changed_time_never_reminds_twice_a_day(world: BotWorld) -> None:
    """Reminded at 07:30, then changed to 18:00: today is done, tomorrow it is 18:00."""
    maria = world.athlete()
    await world.until(HALF_PAST)
    await world.tap(maria, "Skip today")
    await world.say(maria, "/settings")
    await world.tap(maria, "Time")
    await world.say(maria, "18:00")
    await world.passes(hours=36)
    assert reminders(world, maria) == ["Mon 07:30", "Tue 18:00"]


async def test_f01_wall_time_is_kept_over_the_change(tmp_path: Path) -> None:
    """Over the spring change in Berlin every date has one reminder at 07:30 wall time."""
    async with world_at(tmp_path, datetime(2027, 3, 26, 12, tzinfo=UTC)) as world:
        maria = world.athlete()
        await world.passes(hours=24 * 4)
        at = [found for found in reminders(world, maria) if not found.endswith("09:30")]
        assert at == ["Sat 07:30", "Sun 07:30", "Mon 07:30", "Tue 07:30"]


@pytest.mark.parametrize(
    ("late", "expected"),
    [(timedelta(minutes=50), ["Mon 08:20"]), (timedelta(hours=3), [])],
)
async def test_f13_down_at_reminder_time(
    world: BotWorld, late: timedelta, expected: list[str]
) -> None:
    """Back within two hours: one reminder that says it is late; later: none, and our fault."""
    maria = world.athlete()
    await world.settle()
    world.clock.at = HALF_PAST + late
    await world.restart()
    await world.settle()
    assert reminders(world, maria) == expected
    if expected:
        assert "late" in maria.last.text
    else:
        assert world.store.read_now(occurrences)[0] == ("2026-11-23", "not_delivered")


async def test_f13_every_day_of_a_long_outage_is_recorded(world: BotWorld) -> None:
    """Down for four days: each is `not_delivered`, none is the athlete's."""
    world.athlete()
    await world.settle()
    world.clock.at = MONDAY + timedelta(days=4, hours=6)
    await world.restart()
    await world.settle()
    states = [state for _day, state in world.store.read_now(occurrences)]
    assert states == ["not_delivered"] * 5 + ["planned"]


async def test_f15_a_crash_between_sending_and_storing(world: BotWorld) -> None:
    """Killed after the reminder was handed over: at most one more, and one occurrence."""
    maria = world.athlete()
    await world.until(HALF_PAST - timedelta(seconds=1))
    world.clock.at = HALF_PAST
    await world.settle()
    world.store.write_now(_unmark)
    await world.restart()
    await world.settle()
    assert len(reminders(world, maria)) == 2
    assert sum(day == "2026-11-23" for day, _ in world.store.read_now(occurrences)) == 1


def _unmark(db: Db) -> None:
    """Put the newest letter back to where a crash would have left it."""
    row = db.exec(select(OutboxRow).where(OutboxRow.kind == "Reminder")).one()
    row.state, row.sent_at, row.message_id = "sending", None, None
    db.add(row)


async def test_f92_start_after_midnight(world: BotWorld) -> None:
    """Reminded at 23:30, started at 00:10: yesterday's; asked at eight, reminded that evening."""
    maria = world.athlete(dose=QUICK, times="23:30")
    await world.until(MONDAY.replace(hour=23, minute=10))
    await session(world, maria, "1")
    assert any("Next session: today 23:30" in message.text for message in maria.chat)
    await world.until(MONDAY + timedelta(days=1, hours=1))
    assert any("when you first sat down" in message.text for message in maria.chat)
    await world.until(MONDAY + timedelta(days=1, hours=16))
    assert reminders(world, maria) == ["Mon 23:30"]
    await world.passes(hours=1)
    assert reminders(world, maria) == ["Mon 23:30", "Tue 23:30"]
    assert dict(world.store.read_now(occurrences))["2026-11-23"] == "started"


async def test_f93_the_buttons_of_two_a_day(world: BotWorld) -> None:
    """Each Skip names its time; after the second reminder the first one's is not active."""
    maria = world.athlete(times="07:30,18:00")
    await world.until(HALF_PAST)
    morning = maria.last
    assert morning.buttons[-1][-1].label == "Skip 07:30"
    await world.until(HALF_PAST + timedelta(hours=11))
    assert maria.last.buttons[-1][-1].label == "Skip 18:00"
    await world.tap(maria, "Skip 07:30", on=morning)
    assert "not active" in maria.toasts[-1].text
    await world.tap(maria, "Skip 18:00")
    assert maria.last.text.startswith("Skipped the 18:00 session")
    assert reminders(world, maria) == ["Mon 07:30", "Mon 09:30", "Mon 18:00"]


async def test_an_old_reminders_buttons(world: BotWorld) -> None:
    """Yesterday's Start begins nothing."""
    maria = world.athlete()
    await world.until(HALF_PAST)
    old = maria.last
    await world.until(HALF_PAST + timedelta(days=1))
    await world.tap(maria, "Start", on=old)
    assert "not active" in maria.toasts[-1].text
    assert not any(m.text.startswith("Set up") for m in maria.chat)


async def test_two_sessions_a_day(world: BotWorld) -> None:
    """Two times a day are two occurrences; after a stop on pain the second is silent."""
    maria = world.athlete(dose=QUICK, times="07:30,18:00")
    await world.until(HALF_PAST)
    await session(world, maria, "5")
    await world.passes(hours=14)
    assert reminders(world, maria) == ["Mon 07:30"]
    assert world.store.read_now(occurrences)[:2] == [
        ("2026-11-23", "started"),
        ("2026-11-23", "rested"),
    ]


async def test_after_14_days_away_red_flags_are_asked_for_first(world: BotWorld) -> None:
    """Start after two weeks: the check comes before the set-up, and leads to it."""
    maria = world.athlete(dose=QUICK)
    await world.until(HALF_PAST + timedelta(days=15))
    await world.tap(maria, "Start")
    assert "away for a while" in maria.last.text
    assert not any(m.text.startswith("Set up") for m in maria.chat)
    await world.tap(maria, "None of these")
    assert maria.last.text.startswith("Set up")
    await world.tap(maria, "■ STOP")
    await world.until(HALF_PAST + timedelta(days=16))
    await world.tap(maria, "Start")
    assert maria.last.text.startswith("Set up")


async def test_no_signs_on_a_check_of_ones_own_begins_nothing(world: BotWorld) -> None:
    """After two weeks /flag and "None of these" open no session: nobody asked for one."""
    maria = world.athlete(dose=QUICK)
    await world.until(HALF_PAST + timedelta(days=15))
    await world.say(maria, "/flag")
    await world.tap(maria, "None of these")
    assert not any(m.text.startswith("Set up") for m in maria.chat)


async def test_a_red_flag_after_days_away_locks(world: BotWorld) -> None:
    """A sign named in that check: advice first, no session, locked."""
    maria = world.athlete(dose=QUICK)
    await world.until(HALF_PAST + timedelta(days=15))
    await world.tap(maria, "Start")
    await world.tap(maria, "Bony ache")
    await world.say(maria, "/session")
    assert "locked" in maria.last.text
    assert not any(m.text.startswith("Set up") for m in maria.chat)
