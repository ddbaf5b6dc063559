"""Load: what is known of days, the long run, counts beside mornings, advice, checks, stages."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from functools import partial
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.protocol.calendar.weeks import IsoWeek
from bot.protocol.dose.dose import Dose
from bot.protocol.load.activities import Activity, is_same
from bot.protocol.load.advice import Because, Tip, TipsGiven, after_flare, after_run, of_the_week
from bot.protocol.load.associations import associations
from bot.protocol.load.entries import Extra, LoadEntry, LoadFigures, LoadKind
from bot.protocol.load.longest_run import LongRun, long_run, long_runs
from bot.protocol.load.stages import (
    ExitCondition,
    HeldSession,
    Met,
    StageFacts,
    exit_list,
    is_met,
)
from bot.protocol.load.weekly_check import Check, Course, course, newest_course

DAY = date(2026, 11, 24)
AT = datetime(2026, 11, 24, 7, tzinfo=UTC)
NOT_YET = TipsGiven({})


def ago(days: int) -> date:
    """Return the day so many days ago."""
    return DAY - timedelta(days=days)


def run(days: int, minutes: int | None = 40, effort: int | None = 4, *extras: Extra) -> LoadEntry:
    """Return a run so many days ago."""
    kind, found = LoadKind.RUN, frozenset(extras)
    return LoadEntry(day=ago(days), kind=kind, minutes=minutes, effort=effort, extras=found)


def none(days: int) -> LoadEntry:
    """Return that nothing was done so many days ago."""
    return LoadEntry(day=ago(days), kind=LoadKind.NONE)


ENTRIES = st.lists(
    st.builds(
        LoadEntry,
        day=st.integers(0, 40).map(ago),
        kind=st.sampled_from(LoadKind),
        minutes=st.none() | st.integers(1, 300),
        effort=st.none() | st.integers(0, 10),
        extras=st.frozensets(st.sampled_from(Extra), max_size=3),
    ),
    max_size=30,
)

# ---- spans ----------------------------------------------------------------------------


def test_days_in_numbers() -> None:
    """Both ends belong to them; what is not rated is in no sum."""
    entries = [run(0), run(6, 30, None, Extra.UPHILL), none(3), run(7, 60, 2), run(27), run(28)]
    week = LoadFigures.of(entries, ago(6), DAY)
    assert (week.days, week.known_days, week.rest_days, week.not_rated) == (7, 3, 1, 1)
    assert (week.minutes, week.load, week.uphill) == (70, 160, 1)
    before = LoadFigures.of(entries, ago(13), ago(7))
    assert (before.minutes, before.load, before.known_days) == (60, 120, 1)
    month = LoadFigures.of(entries, ago(27), DAY)
    assert (month.days, month.minutes) == (28, 170)


@given(ENTRIES, st.data())
def test_f160_unknown_is_never_rest(entries: list[LoadEntry], data: st.DataObject) -> None:
    """Whatever is forgotten, no day of rest is won, and no day becomes known; nor is load."""
    whole = LoadFigures.of(entries, ago(27), DAY)
    left = [one for one in entries if data.draw(st.booleans())]
    part = LoadFigures.of(left, ago(27), DAY)
    assert part.known_days <= whole.known_days <= whole.days
    rest = {one.day for one in left if one.kind is LoadKind.NONE}
    assert part.rest_days <= len(rest)
    empty = LoadFigures.of([], ago(27), DAY)
    assert (empty.rest_days, empty.known_days, empty.load) == (0, 0, 0)


@given(ENTRIES)
def test_f160_an_unknown_effort_is_no_effort_of_zero(entries: list[LoadEntry]) -> None:
    """What is not rated is counted as that; it is in no sum."""
    span = LoadFigures.of(entries, ago(40), DAY)
    assert span.load == sum(one.load for one in entries if one.load is not None)
    assert span.not_rated == sum(one.load is None for one in entries)


# ---- the long run -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("minutes", "before", "expected"),
    [
        (56, (50, 30, 30), 50),
        (55, (50, 30, 30), None),  # exactly 1.10 ×
        (111, (100, 20, 20), 100),
        (110, (100, 20, 20), None),
        (90, (50, 50), None),  # two runs are too few
        (90, (), None),
        (34, (30, 30, None, 30), 30),  # of unknown length: not compared
        (90, (50, None, None), None),
    ],
)
def test_a_run_much_longer(
    minutes: int, before: tuple[int | None, ...], expected: int | None
) -> None:
    """Over 1.10 × the longest of thirty days, and only after three runs."""
    entries = [run(days + 1, one) for days, one in enumerate(before)]
    found = long_run([*entries, run(0, minutes)], run(0, minutes))
    assert found == (None if expected is None else LongRun(DAY, minutes, expected))


def test_only_runs_of_thirty_days_count() -> None:
    """A run of 31 days ago, a bike ride, and a run of the same day are not compared with."""
    old = [run(31, 90), replace(run(2, 90), kind=LoadKind.BIKE), run(0, 90)]
    entries = [*old, run(1, 40), run(5, 40), run(30, 40)]
    assert long_run(entries, run(0, 45)) == LongRun(DAY, 45, 40)
    assert long_run(entries, replace(run(0, 99), kind=LoadKind.BIKE)) is None
    assert long_runs([*entries, run(3, 60)], ago(6), DAY) == (LongRun(DAY, 90, 60),)


# ---- mornings beside it -------------------------------------------------------------------


def test_mornings_after_hills() -> None:
    """Counts on both sides; a day nobody knows anything of is on neither."""
    hills = [run(days, 40, 4, Extra.UPHILL) for days in range(1, 7)]
    flat = [run(days) for days in range(10, 16)]
    mornings = {ago(days - 1): 5 if days <= 4 else 0 for days in range(1, 16)}
    (found,) = associations([*hills, *flat], mornings, ago(28), pain_limit=3, hard_stop=6)
    assert (found.extra, found.up_with, found.after_with) == (Extra.UPHILL, 4, 6)
    assert (found.up_without, found.after_without) == (0, 6)


@given(ENTRIES, st.dictionaries(st.integers(0, 40).map(ago), st.integers(0, 10)))
def test_few_mornings_tell_nothing(entries: list[LoadEntry], mornings: dict[date, int]) -> None:
    """Never below five on a side, and never more than the known mornings after known days."""
    known = sum(at - timedelta(days=1) in {one.day for one in entries} for at in mornings)
    for one in associations(entries, mornings, ago(40), pain_limit=3, hard_stop=6):
        assert min(one.after_with, one.after_without) >= 5
        assert one.after_with + one.after_without == known
        assert one.up_with <= one.after_with
        assert one.up_without <= one.after_without


# ---- advice -----------------------------------------------------------------------------


def told(tip: Tip, days: int, **given: bool) -> TipsGiven:
    """Return that a line was given so many days ago."""
    return TipsGiven({tip: ago(days)}, **given)


def test_a_flare_after_hills() -> None:
    """The line of what was done the day before; deadlifts go first; a day further back is none."""
    hills = run(1, 40, 4, Extra.UPHILL)
    found = after_flare([hills], AT, DAY, NOT_YET)
    assert found is not None
    assert (found.tip, found.why) == (Tip.HILLS, Because.FLARE)
    lifted = after_flare([hills, run(1, 20, 6, Extra.HINGE_FAST)], AT, DAY, NOT_YET)
    assert lifted is not None
    assert lifted.tip is Tip.DEADLIFT
    for other in (run(2, 40, 4, Extra.UPHILL), run(0, 40, 4, Extra.UPHILL), run(1)):
        assert after_flare([other], AT, DAY, NOT_YET) is None


def test_within_36_hours() -> None:
    """A run of the evening before last counts where its time is known."""
    evening = run(2, 40, 4, Extra.UPHILL)
    for hours, is_close in ((36, True), (37, False)):
        known = replace(evening, started_at=AT - timedelta(hours=hours))
        assert (after_flare([known], AT, DAY, NOT_YET) is not None) is is_close


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (told(Tip.HILLS, 28), Tip.HILLS),
        (told(Tip.HILLS, 27), None),
        (told(Tip.GLUTE, 7), Tip.HILLS),
        (told(Tip.GLUTE, 6), None),
        (TipsGiven({}, wanted=False), None),
    ],
)
def test_how_far_apart(given: TipsGiven, expected: Tip | None) -> None:
    """One in seven days, the same one after 28; none where they are not wanted."""
    found = after_flare([run(1, 40, 4, Extra.UPHILL)], AT, DAY, given)
    assert (None if found is None else found.tip) == expected


def test_a_long_run_has_its_line() -> None:
    """When it is noted; and after a flare, where nothing else was."""
    entries = [run(1, 90), run(5), run(9), run(12)]
    noted = after_run(entries, entries[0], ago(1), NOT_YET)
    flared = after_flare(entries, AT, DAY, NOT_YET)
    assert noted is not None
    assert flared is not None
    assert (noted.tip, noted.why) == (Tip.LONG_RUN, Because.LONG)
    assert (flared.tip, flared.why) == (Tip.LONG_RUN, Because.FLARE)
    assert after_run(entries, entries[1], ago(5), NOT_YET) is None


@pytest.mark.parametrize(("days", "minutes", "told"), [(1, 89, 1), (1, 90, 0), (4, 90, 0)])
def test_a_long_run_that_is_not_the_longest(days: int, minutes: int, told: int) -> None:
    """Noted late: a later run, or another one of that day, is as long."""
    entries = [run(days, minutes), run(4, 90), run(5), run(9), run(12)]
    assert (after_run(entries, entries[1], DAY, NOT_YET) is not None) is bool(told)


def test_the_line_of_the_week() -> None:
    """What was noted three times, else the one that was longest ago; stride only if turned on."""
    hills = [run(days, 40, 4, Extra.UPHILL) for days in (0, 3, 6)]
    often = of_the_week(hills, DAY, NOT_YET)
    turn = of_the_week(hills[:2], DAY, NOT_YET)
    assert often is not None
    assert turn is not None
    assert (often.tip, often.why) == (Tip.HILLS, Because.OFTEN)
    assert (turn.tip, turn.why) == (Tip.GLUTE, Because.TURN)
    given = {Tip.GLUTE: ago(14), Tip.SIT: ago(21)}
    assert of_the_week([], DAY, TipsGiven(given)) is None
    stride = of_the_week([], DAY, TipsGiven(given, stride=True))
    assert stride is not None
    assert stride.tip is Tip.STRIDE


@settings(max_examples=25)
@given(st.lists(st.frozensets(st.sampled_from(Extra)), min_size=52, max_size=52), st.booleans())
def test_f161_a_year_of_lines(weeks: list[frozenset[Extra]], stride: bool) -> None:  # noqa: FBT001
    """Never two in a week, never the same within 28 days, whatever was done."""
    given: list[tuple[date, Tip]] = []
    for week, extras in enumerate(weeks):
        today, at = DAY + timedelta(weeks=week), AT + timedelta(weeks=week)
        entries = [
            replace(run(days, 40, 4, *extras), day=today - timedelta(days=days))
            for days in (1, 3, 5)
        ]
        for ask in (
            partial(after_flare, entries, at, today),
            partial(of_the_week, entries, today),
        ):
            newest = {tip: day for day, tip in given}
            found = ask(TipsGiven(newest, stride=stride))
            given += [] if found is None else [(today, found.tip)]
    assert all(b - a >= timedelta(days=7) for (a, _), (b, _) in pairwise(given))
    for tip in Tip:
        days = [day for day, one in given if one is tip]
        assert all(b - a >= timedelta(days=28) for a, b in pairwise(days))
    assert len(given) > 12
    assert stride or Tip.STRIDE not in {tip for _, tip in given}


# ---- the weekly check -------------------------------------------------------------------

WEEK = IsoWeek(2026, 48)


def checks(**weeks: Check) -> dict[IsoWeek, Check]:
    """Return checks by "w4": four weeks ago."""
    return {WEEK.plus(-int(name[1:])): one for name, one in weeks.items()}


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        (checks(w0=Check(5, 15, 0), w4=Check(5)), Course.NO_CHANGE),
        (checks(w0=Check(4, 15, 0), w4=Check(5)), Course.NO_CHANGE),
        (checks(w0=Check(3, 15, 0), w4=Check(5)), Course.CHANGED),
        (checks(w0=Check(5, 15, 1), w4=Check(5)), Course.CHANGED),
        (checks(w0=Check(5, 15, -2), w5=Check(5)), Course.NO_CHANGE),
        (checks(w0=Check(5, 15, 0), w12=Check(5), w4=Check(6)), Course.SEE_CLINICIAN),
        (checks(w0=Check(5, 15, 0), w12=Check(8), w4=Check(6)), Course.NO_CHANGE),
        (checks(w0=Check(5, 15, 0), w3=Check(5)), Course.UNKNOWN),
        (checks(w0=Check(5, 15, None), w4=Check(5)), Course.UNKNOWN),
        (checks(w0=Check(None, 15, 0), w4=Check(5)), Course.UNKNOWN),
        (checks(w4=Check(5)), Course.UNKNOWN),
        ({}, Course.UNKNOWN),
    ],
)
def test_what_the_checks_say(found: dict[IsoWeek, Check], expected: Course) -> None:
    """Two points less or a little better is a change; what is unknown is nothing."""
    assert course(found, WEEK) is expected


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        (checks(w0=Check(), w1=Check(5, 15, 0), w5=Check(5)), Course.NO_CHANGE),
        (checks(w0=Check(), w1=Check(5, 15, 0), w13=Check(5), w5=Check(5)), Course.SEE_CLINICIAN),
        (checks(w0=Check(5, None, None), w1=Check(5, 15, 0), w5=Check(5)), Course.UNKNOWN),
        (checks(w0=Check(), w1=Check(), w2=Check(5, 15, 0), w6=Check(5)), Course.UNKNOWN),
        (checks(w0=Check()), Course.UNKNOWN),
    ],
)
def test_f160_a_check_that_is_open_hides_nothing(
    found: dict[IsoWeek, Check], expected: Course
) -> None:
    """The newest that has an answer counts, of this week or of the one before."""
    assert newest_course(found, WEEK) is expected


# ---- stages -----------------------------------------------------------------------------

TOP = Dose(holds=10, hold_s=15)
GOOD = StageFacts(
    today=DAY,
    dose=TOP,
    stood_since=ago(7),
    done=4,
    asked=5,
    sessions=[HeldSession(ago(days), days < 4, stopped=False, worst=2) for days in (5, 4, 3, 2, 1)],
    mornings=[1, 2, 2],
    mornings_before=[2, 2, 3],
    longest_hold_s=45.0,
    tests={ago(days): 3 for days in (1, 2, 3)},
)


def test_all_is_met() -> None:
    """Six times yes; what the coach does not ask for is not in the list."""
    found = exit_list(GOOD)
    assert list(found) == list(ExitCondition)
    assert is_met(found)
    assert ExitCondition.TEST not in exit_list(replace(GOOD, tests=None))
    assert ExitCondition.LONG_HOLD not in exit_list(replace(GOOD, longest_hold_s=None))


@pytest.mark.parametrize(
    ("changed", "condition", "answer"),
    [
        ({"dose": Dose(holds=7, hold_s=15)}, ExitCondition.LEVEL, Met.NO),
        ({"stood_since": ago(6)}, ExitCondition.LEVEL, Met.NO),
        ({"done": 3}, ExitCondition.LEVEL, Met.NO),
        ({"done": 0, "asked": 0}, ExitCondition.LEVEL, Met.UNKNOWN),
        ({"sessions": GOOD.sessions[1:]}, ExitCondition.PAIN, Met.UNKNOWN),
        ({"longest_hold_s": 44.9}, ExitCondition.LONG_HOLD, Met.NO),
        ({"mornings": [3, 3, 1]}, ExitCondition.MORNINGS, Met.NO),
        ({"mornings": [2, 2, 2], "mornings_before": [1, 1, 1]}, ExitCondition.MORNINGS, Met.NO),
        ({"mornings": [1, 1]}, ExitCondition.MORNINGS, Met.UNKNOWN),
        ({"mornings": [1, 1, 2, None, None]}, ExitCondition.MORNINGS, Met.YES),
        ({"mornings": [1, 2, 2, None, None, None]}, ExitCondition.MORNINGS, Met.UNKNOWN),
        ({"mornings_before": [2, 2, 3, None, None]}, ExitCondition.MORNINGS, Met.YES),
        ({"tests": {}}, ExitCondition.TEST, Met.UNKNOWN),
        ({"tests": {ago(1): 3, ago(2): 3}}, ExitCondition.TEST, Met.UNKNOWN),
        ({"tests": {ago(1): 3, ago(2): 4}}, ExitCondition.TEST, Met.NO),
        ({"tests": {ago(days): 1 for days in (2, 3, 4)}}, ExitCondition.TEST, Met.UNKNOWN),
        ({"open_flag": True}, ExitCondition.FLAGS, Met.NO),
    ],
)
def test_a_condition(changed: dict[str, object], condition: ExitCondition, answer: Met) -> None:
    """Each condition at its edge."""
    found = exit_list(replace(GOOD, **changed))  # type: ignore[arg-type]
    assert found[condition] is answer
    assert is_met(found) is (answer is Met.YES)


def test_pain_over_the_limit_or_a_stop_is_no() -> None:
    """A peak of 4 in the last five; a stop six days ago, but not one of seven; three lessening."""

    def pain(*more: HeldSession) -> Met:
        return exit_list(replace(GOOD, sessions=[*more, *GOOD.sessions]))[ExitCondition.PAIN]

    assert pain() is Met.YES
    assert pain(HeldSession(ago(6), lessening=False, stopped=True, worst=5)) is Met.NO
    assert pain(HeldSession(ago(7), lessening=False, stopped=True, worst=5)) is Met.YES
    newest = HeldSession(DAY, lessening=True, stopped=False, worst=4)
    assert exit_list(replace(GOOD, sessions=[*GOOD.sessions, newest]))[ExitCondition.PAIN] is Met.NO
    level = [replace(one, lessening=False) for one in GOOD.sessions]
    assert exit_list(replace(GOOD, sessions=level))[ExitCondition.PAIN] is Met.NO


PAIN = st.none() | st.integers(0, 10)
FACTS = st.builds(
    StageFacts,
    today=st.just(DAY),
    dose=st.sampled_from([TOP, Dose()]),
    stood_since=st.integers(0, 20).map(ago),
    done=st.integers(0, 7),
    asked=st.integers(0, 7),
    sessions=st.lists(
        st.builds(HeldSession, st.integers(0, 9).map(ago), st.booleans(), st.booleans(), PAIN),
        max_size=8,
    ),
    mornings=st.lists(PAIN, max_size=7),
    mornings_before=st.lists(PAIN, max_size=7),
    longest_hold_s=st.none() | st.floats(0, 60),
    tests=st.none() | st.dictionaries(st.integers(0, 5).map(ago), st.integers(0, 10)),
    open_flag=st.booleans(),
)


@given(FACTS, st.randoms(use_true_random=False))
def test_f160_what_is_forgotten_never_becomes_a_yes(known: StageFacts, chance: object) -> None:
    """Of every answer that is blotted out, none turns a condition into a yes."""
    drawn = iter(lambda: chance.random() < 0.4, None)  # type: ignore[attr-defined]

    def blot(values: Iterable[int | None]) -> list[int | None]:
        return [None if next(drawn) else one for one in values]

    less = replace(
        known,
        sessions=[replace(one, worst=None) if next(drawn) else one for one in known.sessions],
        mornings=blot(known.mornings),
        mornings_before=blot(known.mornings_before),
        tests=None
        if known.tests is None
        else {day: one for day, one in known.tests.items() if not next(drawn)},
    )
    before, after = exit_list(known), exit_list(less)
    for condition, answer in after.items():
        if answer is Met.YES and condition is not ExitCondition.TEST:
            assert before[condition] is Met.YES
        if answer is Met.YES and condition is ExitCondition.TEST:
            assert known.tests is not None
            assert sum(value <= known.dose.pain_limit for value in known.tests.values()) >= 3


# ---- the same outing twice ----------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "start_s", "seconds", "same"),
    [
        (LoadKind.RUN, 0, 2_400, True),
        (LoadKind.RUN, 120, 2_280, True),  # 5 % of the longer
        (LoadKind.RUN, -120, 2_526, True),
        (LoadKind.RUN, 121, 2_400, False),
        (LoadKind.RUN, 0, 2_279, False),
        (LoadKind.BIKE, 0, 2_400, False),
        (LoadKind.OTHER, 0, 2_400, True),  # a file may name no sport
        (LoadKind.OTHER, 0, 2_100, False),
    ],
)
def test_the_same_outing(kind: LoadKind, start_s: int, seconds: int, same: bool) -> None:  # noqa: FBT001
    """By kind, start and duration."""
    other = (kind, AT + timedelta(seconds=start_s), seconds)
    assert is_same((LoadKind.RUN, AT, 2_400), other) is same
    assert is_same(other, (LoadKind.RUN, AT, 2_400)) is same


@pytest.mark.parametrize(("seconds", "minutes"), [(1, 1), (89, 1), (90, 2), (2_400, 40)])
def test_minutes_of_a_file(seconds: int, minutes: int) -> None:
    """Rounded, and at least one."""
    assert Activity(kind=LoadKind.RUN, started_at=AT, moving_s=seconds).minutes == minutes
