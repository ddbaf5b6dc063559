"""Settings, pausing and resuming, as conversations on a real database."""

import json
from collections.abc import Iterator
from datetime import date, datetime, time
from pathlib import Path

import pytest

from bot.programme.pauses import by_athlete
from bot.programme.settings import flow as settings
from bot.programme.settings import typed as settings_typed
from bot.programme.settings import values
from bot.store import people
from bot.store.tables import AthleteRow
from bot.training import occurrences
from bot.training.reminders import flow as reminders
from bot.training.session import actions as session_actions
from tests.flows.joining import ADMIN, ANA, BEN, START, JoinWorld

ME = 2
"""Ana's id: the admin is the first person."""
TUESDAY = date(2026, 11, 24)


@pytest.fixture
def world(tmp_path: Path) -> Iterator[JoinWorld]:
    """Return a world with Ana enrolled: every day at 18:00 in Berlin, left; it is 12:05."""
    with JoinWorld(tmp_path, enrolled=True) as found:
        yield found


def open_settings(world: JoinWorld, item: str | None = None) -> None:
    """Send /settings, and press an item's button."""
    world.act(ANA, settings.show)
    if item is not None:
        world.tap(ANA, f"Change {item}")


def states(world: JoinWorld) -> list[tuple[str, str]]:
    """Return the days so far, and what became of them."""
    query = "SELECT local_date, state FROM occurrence ORDER BY local_date, slot"
    return [(str(day), str(state)) for day, state in world.rows(query)]


def run_clock(world: JoinWorld, until: datetime) -> list[datetime]:
    """Let what is due happen until a moment; return when reminders were written."""
    rang = []
    due = "SELECT id, due_at FROM occurrence WHERE due_at IS NOT NULL ORDER BY due_at LIMIT 1"
    while rows := world.rows(due):
        at = datetime.fromisoformat(f"{rows[0][1]}+00:00".replace("+00:00+00:00", "+00:00"))
        if at > until:
            break
        world.now = max(world.now, at)
        before = world.rows("SELECT count(*) FROM outbox WHERE kind = 'Reminder'")
        world.store.write_now(reminders.act, int(rows[0][0]), world.now)
        if world.rows("SELECT count(*) FROM outbox WHERE kind = 'Reminder'") != before:
            world.store.write_now(reminders.delivered, [int(rows[0][0])], world.now)
            rang.append(world.now)
    world.now = until
    return rang


def test_everything_is_shown(world: JoinWorld) -> None:
    """/settings shows every value, the zone's time, and a button for each."""
    open_settings(world)
    shown = world.text(ANA)
    for line in (
        "Zone: <b>Europe/Berlin</b>, 12:05 now",
        "Days: <b>every day</b>",
        "Time: <b>18:00</b>",
        "Side: <b>left</b>",
        "Cues: <b>full</b>",
        "Quiet hours: <b>22:00–07:00</b>",
        "Next reminder: <b>today 18:00 (Europe/Berlin)</b>",
    ):
        assert line in shown
    assert len(world.labels(ANA)) == 7


def test_others_have_no_settings(world: JoinWorld) -> None:
    """Who is no athlete is refused everywhere."""
    for flow, *args in (
        (settings.show,),
        (by_athlete.pause, "until resumed"),
        (by_athlete.resume,),
    ):
        world.act(ADMIN, flow, *args)
        assert world.topic(ADMIN) == "not_allowed"
    world.press(BEN, "1:s:side:left")
    assert world.answers[-1] == "inactive"
    assert not world.type(BEN, "07:30")


@pytest.mark.parametrize(
    ("item", "label", "change", "stored"),
    [
        ("days", "Mon–Fri", "every day → <b>Mon–Fri</b>", "0,1,2,3,4"),
        ("time", "20:00", "18:00 → <b>20:00</b>", "20:00"),
        ("side", "Both", "left → <b>both</b>", "both"),
        ("cues", "Short", "full → <b>short</b>", "short"),
        ("quiet", "23:00–08:00", "22:00–07:00 → <b>23:00–08:00</b>", "23:00-08:00"),
    ],
)
def test_by_button_and_back_again(
    world: JoinWorld, item: str, label: str, change: str, stored: str
) -> None:
    """A tap changes, says before and after, is audited, and one tap changes it back."""
    before = world.read(values.snapshot, ME)
    open_settings(world, "quiet hours" if item == "quiet" else item)
    message = world.newest[ANA]
    world.tap(ANA, label)
    assert world.newest[ANA] == message
    assert world.topic(ANA) == "set_done"
    assert change in world.text(ANA)
    assert "Next reminder: <b>today" in world.text(ANA)
    assert world.read(values.snapshot, ME) == before | {item: stored}
    world.tap(ANA, "Change back")
    assert world.topic(ANA) == "set_done"
    assert world.read(values.snapshot, ME) == before
    audit = world.rows("SELECT before, after, actor_id FROM audit WHERE action = 'settings'")
    assert [json.loads(str(row[1])) for row in audit] == [{item: stored}, {item: before[item]}]
    assert {row[2] for row in audit} == {ME}
    assert world.size("enrolment") == 0


@pytest.mark.parametrize(
    ("item", "text", "stored"),
    [
        ("days", "tue, thu", "1,3"),
        ("time", "6:45pm", "18:45"),
        ("time", "18:00 and 7:30", "07:30,18:00"),
        ("side", "Right", "right"),
        ("cues", "short", "short"),
        ("quiet", "9pm to 6:30 am", "21:00-06:30"),
        ("quiet", "13:00-15:00", "13:00-15:00"),
    ],
)
def test_by_typing(world: JoinWorld, item: str, text: str, stored: str) -> None:
    """What was asked for is taken as typed text, also after a restart."""
    open_settings(world, "quiet hours" if item == "quiet" else item)
    world.reopen()
    assert world.type(ANA, text)
    assert world.topic(ANA) == "set_done"
    assert world.read(values.snapshot, ME)[item] == stored


@pytest.mark.parametrize(
    ("item", "text", "says"),
    [
        ("days", "funday", "not a weekday I can read"),
        ("days", "mon mon", "named twice"),
        ("time", "24:00", "midnight is written 00:00"),
        ("time", "7:5", "one digit"),
        ("time", "7", "07:00 or 19:00"),
        ("time", "7:00 and 9:00", "four hours apart"),
        ("time", "'; DROP TABLE athlete; --", "not a time I can read"),
        ("time", "<b>7</b>", "&lt;b&gt;7&lt;/b&gt;"),
        ("side", "up", "left, right or both"),
        ("cues", "loud", "full, short or sound"),
        ("quiet", "22:00", "a start and an end"),
        ("quiet", "22:00-22:00", "differs from their start"),
        ("quiet", "22:00-25:00", "hours go from 00 to 23"),
        ("quiet", "17:00-20:00", "for example 17:00-18:00"),
        ("quiet", "18:00-20:00", "begin them later"),
        ("zone", "UTC+2", "fixed offset"),
    ],
)
def test_bad_text_changes_nothing(world: JoinWorld, item: str, text: str, says: str) -> None:
    """F67: one sentence, the same question again, and nothing half-saved."""
    before = world.read(values.snapshot, ME)
    open_settings(world, "quiet hours" if item == "quiet" else item)
    assert world.type(ANA, text)
    assert says in world.text(ANA)
    assert world.topic(ANA) == f"set_{item}"
    assert world.read(values.snapshot, ME) == before
    assert world.rows("SELECT count(*) FROM audit WHERE action = 'settings'") == [(0,)]


@pytest.mark.parametrize(
    "data",
    [
        *("1:s:nothing", "1:s:nothing:x", "1:s:side:up", "1:s:time:2500", "1:s:time:7"),
        *("1:s:days:7", "1:s:days:", "1:s:quiet:2200", "1:s:quiet:2200-2200", "1:s:cues:x"),
        *("1:s:zone:=CET", "1:s:pause:0d", "1:s:pause:x", "1:s:resume:x", "1:s:back"),
    ],
)
def test_forged_buttons(world: JoinWorld, data: str) -> None:
    """F63: forged data is expired and changes nothing."""
    before = world.read(values.snapshot, ME)
    open_settings(world)
    world.press(ANA, data)
    assert world.answers[-1] == "inactive"
    assert world.read(values.snapshot, ME) == before


def test_forged_times_are_refused(world: JoinWorld) -> None:
    """Two times too near each other are refused by button as by text."""
    open_settings(world)
    world.press(ANA, "1:s:time:0700-0800")
    assert "four hours apart" in world.text(ANA)
    world.press(ANA, "1:s:time:1800-0700")
    assert "order of the day" in world.text(ANA)


def test_zone_by_city_and_back(world: JoinWorld) -> None:
    """A move is confirmed, echoed with the next reminder in the new zone, and can be undone."""
    open_settings(world, "zone")
    world.type(ANA, "tokyo", ("Tokyo, JP", "Asia/Tokyo"))
    assert world.read(values.snapshot, ME)["zone"] == "Europe/Berlin"
    world.type(ANA, "yes")
    assert "Europe/Berlin → <b>Asia/Tokyo</b>" in world.text(ANA)
    assert "tomorrow 18:00 (Asia/Tokyo)" in world.text(ANA)
    world.tap(ANA, "Change back")
    assert "today 18:00 (Europe/Berlin)" in world.text(ANA)


def test_zone_by_location(world: JoinWorld) -> None:
    """The keyboard goes away, the zone is asked about and set."""
    open_settings(world, "zone")
    assert not world.act(BEN, settings_typed.located, "Asia/Tokyo", None)
    world.tap(ANA, "📍 Share location")
    assert world.act(ANA, settings_typed.located, "Asia/Tokyo", None)
    assert [topic for topic, _ in world.topics[ANA][-2:]] == ["location_off", "set_zone_check"]
    world.tap(ANA, "Yes")
    assert world.topic(ANA) == "set_done"


def test_zone_by_local_time(world: JoinWorld) -> None:
    """The list of local times leads to a zone here too; No asks again."""
    open_settings(world, "zone")
    world.tap(ANA, "🕑 Pick by local time")
    world.tap(ANA, "20:05")
    world.tap(ANA, world.labels(ANA)[0])
    assert world.topic(ANA) == "set_done"
    open_settings(world, "zone")
    world.type(ANA, "Europe/Berlin")
    world.tap(ANA, "No")
    assert world.topic(ANA) == "set_zone"
    world.tap(ANA, "📍 Share location")
    world.type(ANA, "cancel")
    assert [topic for topic, _ in world.topics[ANA][-2:]] == ["location_off", "settings"]


def test_typed_text_is_awaited_for_a_while_only(world: JoinWorld) -> None:
    """After a quarter of an hour, or once it is answered, text is not a setting any more."""
    assert not world.act(ANA, settings_typed.typed, "07:30", [])
    open_settings(world, "time")
    world.later(minutes=16)
    assert not world.type(ANA, "07:30")
    open_settings(world, "time")
    world.type(ANA, "07:30")
    assert not world.act(ANA, settings_typed.typed, "08:30", [])
    assert world.read(values.snapshot, ME)["time"] == "07:30"


def test_a_time_in_quiet_hours_makes_room_and_back(world: JoinWorld) -> None:
    """The quiet hours shrink and that is echoed; changing back restores both."""
    before = world.read(values.snapshot, ME)
    open_settings(world, "time")
    world.tap(ANA, "06:30")
    assert "22:00–07:00 → <b>22:00–06:30</b>" in world.text(ANA)
    assert "quiet hours were changed too" in world.text(ANA)
    world.tap(ANA, "Change back")
    assert world.read(values.snapshot, ME) == before


def test_only_the_last_change_is_taken_back(world: JoinWorld) -> None:
    """An older Change back shows the settings instead."""
    open_settings(world, "side")
    world.tap(ANA, "Right")
    old = world.screen(ANA).rows[0][0].data
    open_settings(world, "cues")
    world.tap(ANA, "Short")
    world.press(ANA, old)
    assert world.topic(ANA) == "settings"
    assert world.read(values.snapshot, ME)["side"] == "right"


def test_choosing_what_is_set_changes_nothing(world: JoinWorld) -> None:
    """The same value again leads back to the settings, without an audit row."""
    open_settings(world, "side")
    world.tap(ANA, "Left")
    assert world.topic(ANA) == "settings"
    assert world.rows("SELECT count(*) FROM audit WHERE action = 'settings'") == [(0,)]
    assert world.size("plan") == 1


def test_another_side_is_another_plan_version(world: JoinWorld) -> None:
    """History stays: a running session keeps its plan, the next one has the new."""
    world.act(ANA, session_actions.begin)
    open_settings(world, "side")
    world.tap(ANA, "Right")
    assert world.rows("SELECT version, side FROM plan ORDER BY version") == [
        (1, "left"),
        (2, "right"),
    ]
    assert world.rows("SELECT version FROM session JOIN plan ON plan.id = plan_id") == [(1,)]


def test_another_time_replans_today(world: JoinWorld) -> None:
    """18:00 becomes 12:30: today's reminder comes then, once."""
    open_settings(world, "time")
    world.type(ANA, "12:30")
    assert "today 12:30" in world.text(ANA)
    assert states(world) == [("2026-11-24", "planned")]


def test_days_by_toggles(world: JoinWorld) -> None:
    """Ticks are kept in the buttons; OK stores them."""
    open_settings(world, "days")
    for label in ("✓ Mon", "✓ Tue", "✓ Wed"):
        world.tap(ANA, label)
    assert world.read(values.snapshot, ME)["days"] == "0,1,2,3,4,5,6"
    world.tap(ANA, "OK: Thu–Sun")
    assert world.read(values.snapshot, ME)["days"] == "3,4,5,6"
    assert "Thu 26 Nov 18:00" in world.text(ANA)


# ---- pausing --------------------------------------------------------------------------


def berlin(day: int, hour: int = 18) -> datetime:
    """Return an hour of a day of November in Berlin, from the 24th on."""
    return START.replace(day=day, hour=hour - 1, minute=0)


def test_f29_a_pause_with_an_end_reminds_on_the_first_day_back(world: JoinWorld) -> None:
    """Paused days are PAUSED, and the first reminder comes on the day that was told."""
    world.act(ANA, by_athlete.pause, "3 days")
    assert "first day back: <b>Fri 27 Nov</b>" in world.text(ANA)
    assert "Fri 27 Nov 18:00 (Europe/Berlin)" in world.text(ANA)
    assert run_clock(world, berlin(28, 12)) == [berlin(27), berlin(27, 20)]
    assert states(world)[:4] == [
        ("2026-11-24", "paused"),
        ("2026-11-25", "paused"),
        ("2026-11-26", "paused"),
        ("2026-11-27", "missed"),
    ]


def test_f29_after_an_outage_paused_days_are_paused(world: JoinWorld) -> None:
    """Days whose turn comes only after the pause are not called undelivered."""
    world.act(ANA, by_athlete.pause, "2 days")
    world.now = berlin(26, 12)
    run_clock(world, berlin(26, 17))
    assert states(world)[:2] == [("2026-11-24", "paused"), ("2026-11-25", "paused")]
    assert states(world)[2] == ("2026-11-26", "planned")


def test_a_pause_after_the_reminder_is_no_missed_day(world: JoinWorld) -> None:
    """Today's open reminder is put aside: no nudge, not missed."""
    assert run_clock(world, berlin(24, 19)) == [berlin(24)]
    world.act(ANA, by_athlete.pause, "until resumed")
    assert run_clock(world, berlin(30, 12)) == []
    assert {state for _, state in states(world)[:-1]} == {"paused"}


def test_pause_until_resumed(world: JoinWorld) -> None:
    """Without a day nothing comes until /resume, which says when the next one is."""
    world.act(ANA, by_athlete.pause, "until resumed")
    assert "until you resume" in world.text(ANA)
    assert run_clock(world, berlin(28, 12)) == []
    world.act(ANA, settings.show)
    assert "Paused until you resume" in world.text(ANA)
    world.act(ANA, by_athlete.resume)
    assert "today 18:00" in world.text(ANA)
    assert run_clock(world, berlin(28, 19)) == [berlin(28)]
    world.act(ANA, by_athlete.resume)
    assert world.topic(ANA) == "not_paused"
    actions = world.rows(
        "SELECT action, before, after FROM audit WHERE action LIKE '%e' AND id > 1"
    )
    assert ("pause", None, "until resumed") in actions
    assert ("resume", "until resumed", None) in actions


@pytest.mark.parametrize(
    ("label", "day"), [("3 days", "Fri 27 Nov"), ("1 week", "Tue 1 Dec"), ("2 weeks", "Tue 8 Dec")]
)
def test_the_length_by_button(world: JoinWorld, label: str, day: str) -> None:
    """/pause alone asks for how long; a button sets it, another ends the pause."""
    world.act(ANA, by_athlete.pause, "")
    assert world.topic(ANA) == "pause_length"
    assert not world.read(occurrences.is_paused, ME, world.now)
    world.tap(ANA, label)
    assert f"first day back: <b>{day}</b>" in world.text(ANA)
    world.tap(ANA, "Until I resume")
    assert "until you resume" in world.text(ANA)
    world.tap(ANA, "Resume now")
    assert world.topic(ANA) == "resumed"


def test_pause_from_the_settings(world: JoinWorld) -> None:
    """The settings have a button to pause, and then one to resume."""
    open_settings(world)
    world.tap(ANA, "Pause")
    world.tap(ANA, "Until I resume")
    assert world.topic(ANA) == "paused"
    open_settings(world)
    world.tap(ANA, "Resume now")
    assert world.topic(ANA) == "resumed"


@pytest.mark.parametrize("text", ["1 Nov", "yesterday", "0 days", "800 days", "9999-12-31", "<b>"])
def test_a_wrong_end_pauses_nothing(world: JoinWorld, text: str) -> None:
    """A past, endless or unreadable end is refused in one sentence."""
    world.act(ANA, by_athlete.pause, text)
    assert world.topic(ANA) == "pause_problem"
    assert not world.read(occurrences.is_paused, ME, world.now)


def test_a_lock_is_not_lifted_by_resume(world: JoinWorld) -> None:
    """Only the coach unlocks; resume and /start say so."""
    world.act(ANA, by_athlete.pause, "until resumed")
    world.store.write_now(occurrences.lock, ME, "stopped_hard", world.now)
    world.act(ANA, by_athlete.resume)
    assert "locked until your coach" in world.text(ANA)
    world.start(ANA)
    assert "locked until your coach" in world.text(ANA)
    assert world.read(people.athlete, ME).locked_at is not None


# ---- quiet hours make room ------------------------------------------------------------


@pytest.mark.parametrize(
    ("quiet", "times", "expected"),
    [
        ("22:00-07:00", "07:00", "22:00-07:00"),
        ("22:00-07:00", "06:59", "22:00-06:59"),
        ("22:00-07:00", "22:00", "22:01-07:00"),
        ("22:00-07:00", "23:59", "00:00-07:00"),
        ("00:00-07:00", "00:00", "00:01-07:00"),
        ("22:00-07:00", "06:00,23:00", "23:01-06:00"),
        ("13:00-15:00", "14:00", "13:00-14:00"),
        ("13:00-15:00", "13:00", "13:01-15:00"),
        ("06:00-06:01", "06:00", "22:00-06:00"),
    ],
)
def test_make_room(quiet: str, times: str, expected: str) -> None:
    """The hours shrink to the reminder; where nothing would be left, they are the usual ones."""
    start, end = quiet.split("-")
    athlete = AthleteRow(
        person_id=1,
        consent_version="x",
        consented_at=START,
        times=times,
        quiet_start=start,
        quiet_end=end,
    )
    assert occurrences.make_room(athlete) == (quiet != expected)
    assert f"{athlete.quiet_start}-{athlete.quiet_end}" == expected
    for at in times.split(","):
        assert not occurrences.within(time.fromisoformat(at), occurrences.quiet_of(athlete))
