"""Which day a session belongs to, which reminder it answers, and what is promised (F92–F98)."""

import re
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from sqlmodel import Session as Db
from sqlmodel import select

from bot.conversation.message import Message, Say
from bot.programme.schedule import flow as schedule
from bot.programme.schedule.messages import ScheduleChanged, ScheduleChangedForYou
from bot.protocol.session import events
from bot.protocol.session.state import StopReason
from bot.store import people
from bot.store.tables import MorningRow
from bot.telegram.renderer import look
from bot.training import eligibility
from bot.training.overview import flow as overview
from bot.training.overview.messages import NextSession
from bot.training.reasons import Bar
from bot.training.reminders import buttons
from bot.training.reminders.messages import Snoozed
from testkit.people import BERLIN
from tests.flows.days import Days
from tests.flows.world import COACH, RUNA, reply, topics

HERE = ZoneInfo(BERLIN)


def at(text: str) -> datetime:
    """Return "24 23:30", a day and time of November 2026 in Berlin."""
    day, clock = text.split()
    hour, minute = clock.split(":")
    return datetime(2026, 11, int(day), int(hour), int(minute), tzinfo=HERE)


def text(told: list[Message], world: Days) -> str:
    """Return the one reply among what is told, as it reads, without its markup."""
    (said,) = [one for one in told if isinstance(one, Say)]
    return re.sub("<[^>]+>", "", look(said, world.now).text)


# ---- F92 ----------------------------------------------------------------------------------


@pytest.mark.parametrize("reminded", ["21:45", "22:30", "23:30", "23:59"])
@pytest.mark.parametrize("trained", ["00:00", "00:10", "01:30", "03:50"])
@pytest.mark.parametrize("button", [True, False])
def test_f92_after_midnight_it_is_yesterdays(
    tmp_path: Path, reminded: str, trained: str, *, button: bool
) -> None:
    """Done after midnight it is the evening's session; the next evening rings all the same."""
    with Days(tmp_path, at("23 12:00"), times=reminded) as world:
        world.until(at(f"24 {trained}"))
        (asked,) = [said.occurrence for _when, said in world.rung if not said.again]
        assert world.trains_now(asked if button else None)
        assert world.owners() == {"23/0": 1}
        world.until(at("25 12:00"))
        first = [when for when in world.rings() if not when.endswith("again")]
        assert first == [f"23 {reminded}", f"24 {reminded}"]


def test_f92_the_morning_question_comes_that_morning(tmp_path: Path) -> None:
    """Reminded at 23:30, done at 00:10: asked at 08:00 of the same night's morning."""
    with Days(tmp_path, at("23 12:00"), times="23:30") as world:
        world.until(at("24 00:10"))
        assert world.trains_now()
        world.until(at("24 09:00"))
        rows = world.read(lambda db: db.exec(select(MorningRow)).all())
        assert [(row.local_date.day, row.asked_at) for row in rows] == [(24, at("24 08:00"))]


def test_f92_at_four_the_day_is_over(tmp_path: Path) -> None:
    """Until 03:59 the evening's session is open; from 04:00 on it was missed."""
    with Days(tmp_path, at("23 12:00"), times="23:30") as world:
        world.until(at("24 03:59"))
        assert world.states()["23/0"] == "reminded"
        told = reply(world.does(RUNA, overview.next_session), NextSession)
        assert "Yesterday's session is still open" in text(
            world.does(RUNA, overview.next_session), world
        )
        assert told.next_at == at("24 23:30")
        world.until(at("24 04:00"))
        assert world.states()["23/0"] == "missed"
        assert world.trains_now()
        assert world.owners() == {"24/0": 1}


def test_f92_one_session_is_enough_for_a_night(tmp_path: Path) -> None:
    """Done at 23:40, a second one at 04:00 less a minute is refused, and promises the evening."""
    with Days(tmp_path, at("23 12:00"), times="23:30") as world:
        world.until(at("23 23:40"))
        assert world.trains_now()
        world.until(at("24 03:59"))
        barred = world.read(eligibility.barred, world.runa, world.now)
        assert barred is not None
        assert (barred.why, barred.next_at) == (Bar.DONE, at("24 23:30"))


def test_f92_early_by_day_is_todays(tmp_path: Path) -> None:
    """A session before its reminder is that day's: nothing rings any more."""
    with Days(tmp_path, at("23 12:00")) as world:
        world.until(at("24 04:30"))
        assert world.trains_now()
        world.until(at("25 07:00"))
        assert (world.owners(), world.rings()) == ({"24/0": 1}, [])


def test_f92_skipped_after_midnight_is_yesterday(tmp_path: Path) -> None:
    """Skip at 00:10 names yesterday, and leaves the new day alone."""
    with Days(tmp_path, at("23 12:00"), times="23:30") as world:
        world.until(at("24 00:10"))
        told = world.presses(RUNA, buttons.skip, world.rung[0][1].occurrence, undo=False)
        assert text(told, world).startswith("Skipped yesterday, and that is fine.")
        assert world.states() == {"23/0": "skipped", "24/0": "planned"}


# ---- F93 ----------------------------------------------------------------------------------

TWO = "07:30,18:00"


def two(folder: Path, now: str = "23 12:00") -> Days:
    """Return an athlete with two sessions a day, from the morning of the 24th on."""
    world = Days(folder, at(now), times=TWO)
    world.until(at("24 00:00"))
    world.rung.clear()
    return world


def test_f93_the_second_reminder_closes_the_first(tmp_path: Path) -> None:
    """Not answered by 18:00 the morning's is missed; Start under either is the evening's."""
    with two(tmp_path) as world:
        world.until(at("24 18:30"))
        assert world.states()["24/0"] == "missed"
        first = world.rung[0][1].occurrence
        assert world.trains_now(first)
        assert {"24/0", "24/1"} & world.owners().keys() == {"24/1"}
        world.until(at("25 07:00"))
        assert world.rings() == ["24 07:30", "24 09:30 again", "24 18:00"]


def test_f93_the_reminder_that_rang_last_gets_the_session(tmp_path: Path) -> None:
    """At 17:30 it is still the morning's; the evening's would come too soon, and says so."""
    with two(tmp_path) as world:
        world.until(at("24 17:30"))
        assert world.trains_now()
        assert world.owners()["24/0"] == 1
        assert world.promised() == at("25 07:30")
        world.until(at("24 19:00"))
        barred = world.read(eligibility.barred, world.runa, world.now)
        assert barred is not None
        assert (barred.why, barred.until) == (Bar.GAP, at("24 21:30"))
        world.until(at("25 07:00"))
        assert world.rings()[-1] == "24 09:30 again"
        assert world.states()["24/1"] == "paused"


def test_f93_four_hours_put_the_second_off(tmp_path: Path) -> None:
    """Done at 15:00, the evening's reminder waits until 19:00, and every screen says so."""
    with two(tmp_path) as world:
        world.until(at("24 15:00"))
        assert world.trains_now()
        assert world.promised() == at("24 19:00")
        world.keeps_promise()
        assert world.trains_now()
        assert world.owners() == {"24/0": 1, "24/1": 1}


def test_f93_a_session_by_mistake_is_none(tmp_path: Path) -> None:
    """Opened at 17:55 and left: the reminder waits for its end, then rings."""
    with two(tmp_path) as world:
        world.until(at("24 17:55"))
        assert world.begins()
        world.until(at("24 18:30"))
        assert world.rings()[-1] in {f"24 18:{minute:02}" for minute in range(10, 16)}
        assert world.trains_now()
        assert world.owners() == {"24/1": 1}


def test_f93_skip_says_which_one(tmp_path: Path) -> None:
    """The button and the reply name the time where there are two a day."""
    with two(tmp_path) as world:
        world.until(at("24 18:01"))
        said = [one for _when, one in world.rung if not one.again]
        assert [one.of_two for one in said] == [True, True]
        told = world.presses(RUNA, buttons.skip, said[1].occurrence, undo=False)
        assert text(told, world).startswith("Skipped the 18:00 session, and that is fine.")
        assert world.states()["24/1"] == "skipped"
        gone = world.presses(RUNA, buttons.skip, said[0].occurrence, undo=False)
        assert "skipped" not in topics(gone)
        assert world.states()["24/0"] == "missed"


@pytest.mark.parametrize("wakes", ["18:01", "18:30", "19:59"])
@pytest.mark.parametrize("slept", ["07:31", "07:29", "09:00"])
def test_f93_two_never_ring_together_after_a_sleep(tmp_path: Path, slept: str, wakes: str) -> None:
    """Down over both times, with the first put off or not: one rings, and no old nudge."""
    with two(tmp_path) as world:
        world.until(at(f"24 {slept}"))
        if slept == "07:31":
            world.presses(RUNA, buttons.snooze, world.rung[0][1].occurrence, 60)
        before = len(world.rung)
        world.now = at(f"24 {wakes}")
        world.until(world.now)
        (rung,) = world.rung[before:]
        assert (rung[1].planned_at, rung[1].again) == (at("24 18:00"), False)


@pytest.mark.parametrize("sleeps_at", ["11:10", "11:16"])
def test_f93_what_was_put_off_gives_way_to_the_next(tmp_path: Path, sleeps_at: str) -> None:
    """Put off until 11:15, down until 11:31: the reminder of 11:30 rings, and closes the first."""
    with Days(tmp_path, at("23 12:00"), times="07:30,11:30") as world:
        world.until(at("24 10:15"))
        world.presses(RUNA, buttons.snooze, world.rung[0][1].occurrence, 60)
        world.until(at(f"24 {sleeps_at}"))
        before = len(world.rung)
        world.now = at("24 11:31")
        world.until(at("24 13:00"))
        assert [said.planned_at for _when, said in world.rung[before:]] == [at("24 11:30")]
        assert world.states()["24/0"] == "missed"


@pytest.mark.parametrize("late", [6, 60, 300])
def test_f93_an_overdue_nudge_is_dropped(tmp_path: Path, late: int) -> None:
    """Down at 09:30: nothing rings afterwards, and the session stays open."""
    with Days(tmp_path, at("23 12:00")) as world:
        world.until(at("24 08:00"))
        world.now = at("24 09:30") + timedelta(minutes=late)
        world.until(world.now)
        assert world.rings() == ["24 07:30"]
        assert world.trains_now(world.rung[0][1].occurrence)


# ---- F97 ----------------------------------------------------------------------------------


def test_f97_a_reminder_that_is_put_off_stands_everywhere(tmp_path: Path) -> None:
    """/next, /settings, /schedule and the card name its new time."""
    with Days(tmp_path, at("23 12:00")) as world:
        world.until(at("24 07:31"))
        world.presses(RUNA, buttons.snooze, world.rung[0][1].occurrence, 60)
        assert world.promised() == at("24 08:31")
        assert "put off until today 08:31" in text(world.does(RUNA, overview.next_session), world)
        world.keeps_promise()


@pytest.mark.parametrize(
    ("wanted", "said", "next_at"),
    [
        ({"time": "18:00"}, "moves to today 18:00", "24 18:00"),
        ({"time": "06:00"}, "is closed", "25 06:00"),
        ({"days": ""}, "is closed", None),
        ({"days": "0,2,4"}, "is closed", "25 07:30"),
        ({"time": "07:30,18:00"}, "", "24 18:00"),
    ],
)
@pytest.mark.parametrize("put_off", [True, False])
def test_f97_a_changed_schedule_moves_or_closes_what_is_open(
    tmp_path: Path, wanted: dict[str, str], said: str, next_at: str | None, *, put_off: bool
) -> None:
    """What is open goes along or is closed, and that is said; nothing old rings or nudges."""
    with Days(tmp_path, at("23 12:00")) as world:
        world.until(at("24 08:00"))
        if put_off:
            world.presses(RUNA, buttons.snooze, world.rung[0][1].occurrence, 60)
        told = world.sets(**wanted)
        assert (said in text(told, world)) if said else ("open" not in text(told, world))
        kept = put_off and not said
        expected = "24 09:00" if kept else next_at
        assert world.promised() == (None if expected is None else at(expected))
        world.keeps_promise()
        if said:
            assert [one for one in world.rings() if one.endswith("again")] == []


def test_f97_a_coachs_change_says_so_to_both(tmp_path: Path) -> None:
    """/schedule by the coach: both read what becomes of the open reminder."""
    with Days(tmp_path, at("23 12:00")) as world:
        world.until(at("24 08:00"))
        told = world.does(COACH, schedule.schedule, f"#{world.runa} 18:00")
        assert reply(told, ScheduleChanged).moved_to == at("24 18:00")
        letters = world.letters(RUNA)
        assert reply(letters, ScheduleChangedForYou).moved_to == at("24 18:00")
        world.keeps_promise()


@pytest.mark.parametrize("pain", [4, 6, 9])
def test_f97_nothing_is_promised_on_a_day_of_rest(tmp_path: Path, pain: int) -> None:
    """After a stop the evening's session is promised nowhere; nor after an unlock that day."""
    with two(tmp_path) as world:
        world.until(at("24 07:31"))
        world.trains_now(pain=pain)
        if pain >= 6:
            assert world.promised() is None
            world.run(_unlock, world.runa)
        assert world.promised() == at("25 07:30")
        world.until(at("24 23:00"))
        assert world.rings() == ["24 07:30"]
        world.keeps_promise()


def _unlock(db: Db, athlete_id: int) -> None:
    athlete = people.athlete(db, athlete_id)
    athlete.locked_at = athlete.lock_reason = athlete.screen_open_at = None


# ---- F98 ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("time", "offered"),
    [("07:30", (15, 60)), ("20:59", (15, 60)), ("21:30", (15,)), ("21:50", ()), ("23:30", ())],
)
def test_f98_only_what_works_is_offered(
    tmp_path: Path, time: str, offered: tuple[int, ...]
) -> None:
    """Quiet hours, the date and the next reminder bound it; each that is offered works."""
    with Days(tmp_path, at("23 00:01"), times=time) as world:
        world.until(at(f"23 {time}"))
        (_when, said) = world.rung[-1]
        assert said.snoozes == offered
        for minutes in offered[-1:]:
            told = world.presses(RUNA, buttons.snooze, said.occurrence, minutes)
            assert reply(told, Snoozed).until == world.now + timedelta(minutes=minutes)


def test_f98_what_is_refused_keeps_start_and_skip(tmp_path: Path) -> None:
    """Pressed too late for an hour: Start, a quarter of an hour and Skip stay."""
    with Days(tmp_path, at("23 00:01"), times="20:50") as world:
        world.until(at("23 21:30"))
        told = world.presses(RUNA, buttons.snooze, world.rung[0][1].occurrence, 60)
        refused = reply(told, Snoozed)
        assert (refused.until, refused.snoozes) == (None, (15,))
        assert world.trains_now(world.rung[0][1].occurrence)


@pytest.mark.parametrize("time", ["00:00", "00:30", "01:30", "02:30", "03:30", "04:30", "22:30"])
@pytest.mark.parametrize("quiet", ["", "12:00-13:00"])
def test_f98_no_nudge_by_night(tmp_path: Path, time: str, quiet: str) -> None:
    """Who is reminded by night is not woken two hours later, whatever the quiet hours are."""
    with Days(tmp_path, at("23 12:00"), times=time) as world:
        if quiet:
            world.sets(quiet=quiet)
        world.until(at("25 12:00"))
        due = [f"{day} {time}" for day in (23, 24, 25)]
        assert world.rings() == [one for one in due if at("23 12:00") < at(one) < world.now]


def test_f98_a_nudge_by_day_comes_once(tmp_path: Path) -> None:
    """05:30 is in the usual quiet hours, 07:30 is not."""
    with Days(tmp_path, at("23 12:00"), times="05:30") as world:
        world.until(at("24 12:00"))
        assert world.rings() == ["24 05:30", "24 07:30 again"]


def test_f97_a_stop_bars_the_rest_of_the_day(tmp_path: Path) -> None:
    """STOP in the morning bars the evening, and nothing else."""
    with two(tmp_path) as world:
        world.until(at("24 07:31"))
        world.begins()
        world.happens(world.runa, events.Pain(1))
        world.stops()
        world.happens(world.runa, events.Reason(StopReason.TIRED))
        assert world.promised() == at("25 07:30")
