"""Any schedule and any order of what an athlete does: each day has one session, and promises hold.

After each step every screen names the same next session; what it names rings then, and may begin.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.programme.pauses import by_athlete
from bot.protocol.calendar.input_error import InputError
from bot.protocol.calendar.recurrence import MIN_GAP
from bot.training.reminders import buttons
from tests.flows.days import Days
from tests.flows.world import RUNA, topics

APART: Final = timedelta(minutes=30)
"""Reminders of two occurrences are never so near each other."""
TIMES: Final = (
    *("07:30", "00:00", "00:30", "03:30", "04:00", "12:00", "22:30", "23:30", "23:59"),
    *("07:30,18:00", "06:00,10:00", "00:30,12:30", "11:00,23:30", "03:00,23:00"),
)
ZONES: Final = ("Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Pacific/Apia", "UTC")
DAYS: Final = ("0,1,2,3,4,5,6", "0,1,2,3,4,5,6", "1,3,5", "2")
STARTS: Final = (
    datetime(2026, 3, 27, 9, tzinfo=UTC),  # two days before Berlin's clocks change
    datetime(2026, 10, 30, 9, tzinfo=UTC),  # two days before New York's do
    datetime(2026, 11, 24, 20, tzinfo=UTC),
)


@dataclass(frozen=True)
class Step:
    """So many minutes pass, while the program runs or `asleep`; then something is done."""

    minutes: int
    asleep: bool
    what: str
    choice: int


WHAT: Final = (
    *("train", "train", "train", "command", "mistake", "pain", "stop"),
    *("snooze", "snooze long", "skip", "unskip", "times", "days", "zone", "quiet"),
    *("pause", "resume", "nothing"),
)
SPANS: Final = st.one_of(st.integers(1, 90), st.integers(90, 700), st.integers(700, 3000))
STEPS: Final = st.builds(
    Step,
    minutes=SPANS,
    asleep=st.integers(0, 4).map(lambda found: found == 2),
    what=st.sampled_from(WHAT),
    choice=st.integers(0, 100),
)


def acts(world: Days, step: Step) -> None:
    """Do what a step says, if it can be done now."""
    _passes(world, step)
    newest = world.rung[-1][1].occurrence if world.rung else None
    match step.what:
        case "train" | "pain":
            world.trains_now(newest, pain=4 if step.what == "pain" else 1)
        case "command":
            world.trains_now()
        case "mistake":
            world.begins(newest)
        case "stop":
            world.begins()
            world.stops()
        case "pause":
            world.does(RUNA, by_athlete.pause, f"{1 + step.choice % 3} days")
        case "resume":
            world.does(RUNA, by_athlete.resume)
        case "times" | "days" | "zone" | "quiet":
            _changes(world, step)
        case _ if newest is not None:
            _answers(world, step, newest)


def _passes(world: Days, step: Step) -> None:
    """Let the time of a step pass; awake, the first reminder that rings is the one promised."""
    if step.asleep:
        world.sleeps(minutes=step.minutes)
        return
    world.until(world.now)
    idle, promised, before = not world.is_live(), world.promised(), len(world.rung)
    world.passes(minutes=step.minutes)
    rung = [at for at, said in world.rung[before:] if not said.again]
    if idle and promised is not None and promised <= world.now:
        assert rung[:1] == [promised], (rung, promised)
    elif idle:
        assert rung == [], (rung, promised)


def _changes(world: Days, step: Step) -> None:
    values = {
        "times": {"time": TIMES[step.choice % len(TIMES)]},
        "days": {"days": DAYS[step.choice % len(DAYS)]},
        "zone": {"zone": ZONES[step.choice % len(ZONES)]},
        "quiet": {"quiet": ("22:00-07:00", "13:00-14:00", "20:00-05:00")[step.choice % 3]},
    }
    try:
        world.sets(**values[step.what])
    except InputError:
        return


def _answers(world: Days, step: Step, newest: int) -> None:
    """Answer the newest reminder, whatever became of it."""
    at, said = world.rung[-1]
    match step.what:
        case "snooze" | "snooze long":
            minutes = 15 if step.what == "snooze" else 60
            told = topics(world.presses(RUNA, buttons.snooze, newest, minutes))
            fresh = at == world.now and not said.again
            assert not fresh or ("snoozed" in told)
        case "skip" | "unskip":
            world.presses(RUNA, buttons.skip, newest, undo=step.what == "unskip")


def holds(world: Days) -> None:
    """Whatever happened: one session each, nothing rings twice together, all screens agree."""
    assert max(world.owners().values(), default=0) <= 1
    rung = [(at, one.occurrence) for at, one in world.rung]
    for (before, first), (after, second) in pairwise(rung):
        assert first == second or after - before >= APART, (before, after)
    for number, (at, one) in enumerate(world.rung):
        if one.again:
            assert (world.rung[number - 1][1].occurrence, one.occurrence) == (one.occurrence,) * 2
            assert one.occurrence not in world.done_before(at)
    began = world.began()
    assert all(after - before >= MIN_GAP for before, after in pairwise(began))
    world.promised()


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    start=st.sampled_from(STARTS),
    times=st.sampled_from(TIMES),
    zone=st.sampled_from(ZONES),
    steps=st.lists(STEPS, min_size=1, max_size=8),
)
def test_f93_f97_days_at_random(start: datetime, times: str, zone: str, steps: list[Step]) -> None:
    """One owner a day and slot, never two rings together, and what is promised is kept."""
    with TemporaryDirectory() as folder, Days(Path(folder), start) as world:
        world.sets(zone=zone, time=times)
        for step in steps:
            acts(world, step)
            holds(world)
        world.passes(minutes=20)  # whatever runs is closed
        world.keeps_promise()
        holds(world)
