"""Times, weekdays and quiet hours as people type them: what is plain is read, the rest is asked."""

from datetime import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.conversation.schedule_input import read_quiet
from bot.protocol.calendar.input_error import InputError, WhichError, meanings
from bot.protocol.calendar.local_time import say_weekdays
from bot.protocol.calendar.parse_schedule import parse_schedule
from bot.protocol.calendar.parse_times import parse_time, parse_times
from bot.protocol.calendar.parse_weekdays import parse_weekdays

ARABIC = str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩")
WIDE = str.maketrans("0123456789:", "０１２３４５６７８９：")
NAGARI = str.maketrans("0123456789", "०१२३४५६७८९")


@pytest.mark.parametrize(
    ("typed", "at"),
    [
        ("12 noon", time(12)),
        ("12 midnight", time(0)),
        ("at 7:30", time(7, 30)),
        ("7:30.", time(7, 30)),
        ("7h30", time(7, 30)),
        ("19,30", time(19, 30)),
        ("7,30", time(7, 30)),
        ("7 30", time(7, 30)),
        ("19", time(19)),
        ("half past seven pm", time(19, 30)),
        ("quarter to 8 in the evening", time(19, 45)),
        ("ten past six am", time(6, 10)),
        ("7 in the morning", time(7)),
        ("7 o'clock pm", time(19)),
        ("1930 hrs", time(19, 30)),
        ("quarter past 7 pm", time(19, 15)),
        ("twenty to eight am", time(7, 40)),
        ("7:30h", time(7, 30)),
        ("7:30\u200f", time(7, 30)),
        ("٧:٣٠", time(7, 30)),
        ("०७:३०", time(7, 30)),
        ("０７：３０", time(7, 30)),
    ],
)
def test_f91_what_is_plain_is_read(typed: str, at: time) -> None:
    """Words, signs at the end, a comma, digits of any script."""
    assert parse_time(typed) == at


@pytest.mark.parametrize(
    ("typed", "left"),
    [
        ("7", ["07:00", "19:00"]),
        ("12", ["00:00", "12:00"]),
        ("half past seven", ["07:30", "19:30"]),
        ("seven", ["07:00", "19:00"]),
        ("730", ["07:30", "19:30"]),
        ("7:5", ["07:05", "07:50"]),
        ("7:5 pm", ["19:05", "19:50"]),
        ("24:00", ["00:00"]),
        ("13pm", ["13:00"]),
        ("@7", ["07:00", "19:00"]),
        ("half seven", ["06:30", "07:30", "18:30", "19:30"]),
        ("half 7 pm", ["18:30", "19:30"]),
    ],
)
def test_f91_what_is_not_gets_the_nearest_choices(typed: str, left: list[str]) -> None:
    """Each of them is a time."""
    with pytest.raises(WhichError) as which:
        parse_time(typed)
    assert list(which.value.choices) == left
    assert [f"{at:%H:%M}" for at in meanings(parse_time, typed)] == left


@given(st.times(), st.sampled_from([ARABIC, WIDE, NAGARI]), st.sampled_from([":", ".", ",", "h"]))
def test_f91_every_minute_is_read_in_any_script(
    at: time, script: dict[int, int], sign: str
) -> None:
    """With each sign between hour and minutes."""
    at = at.replace(second=0, microsecond=0)
    assert parse_time(f"{at:%H}{sign}{at:%M}".translate(script)) == at


# ---- two times ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "times"),
    [
        ("7 am and 6pm", "07:00 18:00"),
        ("18:00 and 7:30", "07:30 18:00"),
        ("07:30,18:00", "07:30 18:00"),
        ("7,30 and 18,30", "07:30 18:30"),
        ("7,30 19,30", "07:30 19:30"),
        ("7,15 18", "07:15 18:00"),
        ("7am/7pm", "07:00 19:00"),
        ("noon & half past seven pm", "12:00 19:30"),
        ("19,30", "19:30"),
        ("12 noon", "12:00"),
        ("12 noon and 7 pm", "12:00 19:00"),
        ("7 30 pm", "19:30"),
        ("quarter past 7 pm", "19:15"),
    ],
)
def test_f89_one_time_or_two(typed: str, times: str) -> None:
    """A comma is within a time or between two, as the numbers allow."""
    assert " ".join(f"{at:%H:%M}" for at in parse_times(typed)) == times


def test_f89_the_clear_time_is_kept_while_the_other_is_asked_about() -> None:
    """Which 7, in "7 and 6pm"? Each answer leaves 6 pm as it is."""
    with pytest.raises(WhichError) as which:
        parse_times("7 and 6pm")
    asked = which.value
    assert asked.choices == ("07:00", "19:00")
    assert parse_times(asked.filled("07:00")) == (time(7), time(18))
    assert parse_times(asked.filled("7 pm")) == (time(18), time(19))


@pytest.mark.parametrize(
    ("typed", "left"),
    [("7am or 7pm", "07:00 19:00"), ("at 7 or at 8", "07:00 08:00 19:00 20:00")],
)
def test_f91_one_time_or_another_is_asked_about(typed: str, left: str) -> None:
    """Each time that is left, alone: "7 to 8" is none of them, nor seven minutes to eight."""
    assert " ".join(f"{one:%H:%M}" for (one,) in meanings(parse_times, typed)) == left
    assert meanings(parse_times, "7 to 8") == []


def test_f89_a_comma_that_may_be_either_is_asked_about() -> None:
    """7,15 is a quarter past seven, or seven and three."""
    assert {one for one in meanings(parse_times, "7,15") if len(one) == 1} == {(time(7, 15),)}
    assert (time(7), time(15)) in meanings(parse_times, "7,15")


@pytest.mark.parametrize("typed", ["seven 12", "8 12 am", "7, 15 pm"])
def test_f89_a_question_does_not_lead_back_to_itself(typed: str) -> None:
    """What may be one time or two is one of them after the answer."""
    with pytest.raises(WhichError) as which:
        parse_times(typed)
    for choice in which.value.choices:
        try:
            assert parse_times(which.value.filled(choice))
        except WhichError as again:
            assert "one time or two" not in str(again)  # noqa: PT017


clear = st.times().map(lambda at: f"{at:%H:%M}")
hours = st.integers(1, 12).map(str)
links = st.sampled_from([" and ", ", ", " & ", " ", "; "])


@given(clear, hours, links, st.booleans())
def test_f89_whatever_is_clear_stays(
    at: str,
    hour: str,
    link: str,
    first: bool,  # noqa: FBT001 - drawn
) -> None:
    """An hour of two meanings beside any time: both meanings are left, each with that time."""
    text = f"{hour}{link}{at}" if first else f"{at}{link}{hour}"
    with pytest.raises(WhichError):
        parse_times(text)
    left = meanings(parse_times, text)
    assert len(left) in {1, 2}
    assert all(
        f"{one:%H:%M}" == at or one.hour % 12 == int(hour) % 12 for two in left for one in two
    )
    assert all(at in {f"{one:%H:%M}" for one in two} for two in left)


# ---- days -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("weekdays", "Mon–Fri"),
        ("week days", "Mon–Fri"),
        ("weekends", "Sat, Sun"),
        ("mon wed fri", "Mon, Wed, Fri"),
        ("Mon-Fri", "Mon–Fri"),
        ("mon − fri", "Mon–Fri"),
        ("all days", "every day"),
        ("every day except sunday", "Mon–Sat"),
        ("mon-fri but not wed", "Mon, Tue, Thu, Fri"),
        ("Mon, Wed.", "Mon, Wed"),
        ("every day but sunday", "Mon–Sat"),
        ("Mon.-Fri.", "Mon–Fri"),
        ("mon..fri", "Mon–Fri"),
        ("M-F", "Mon–Fri"),
        ("mon → fri", "Mon–Fri"),
        ("week-days", "Mon–Fri"),
        ("business days", "Mon–Fri"),
        ("every day apart from sunday", "Mon–Sat"),
        ("mon-fri excluding wed", "Mon, Tue, Thu, Fri"),
    ],
)
def test_f91_days_are_read_as_people_write_them(typed: str, said: str) -> None:
    """Names for many, lists, what is left out."""
    assert say_weekdays(parse_weekdays(typed)) == said


@pytest.mark.parametrize(
    "typed",
    [
        *("every other day", "every second day", "alternate days", "3 times a week"),
        *("every 2 days", "every third day", "5 times a week", "4x per week", "once a week"),
        *("twice a week", "twice weekly", "wendsday", "mon, thrusday", "t", "mon-fridya"),
    ],
)
def test_f91_days_that_are_not_clear_are_asked_about(typed: str) -> None:
    """The likely ones are choices; each of them is read."""
    with pytest.raises(WhichError) as which:
        parse_weekdays(typed)
    asked = which.value
    assert all(parse_weekdays(asked.filled(choice)) for choice in asked.choices)


# ---- quiet hours ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("22:00−07:00", "22:00-07:00"),
        ("22:00–07:00", "22:00-07:00"),
        ("10pm to 7am", "22:00-07:00"),
        ("from 22 to 07:00", "22:00-07:00"),
        ("between 10 pm and 7 am", "22:00-07:00"),
        ("22,30 - 7,30", "22:30-07:30"),
        ("22:00 → 07:00", "22:00-07:00"),
        ("22:00 07:00", "22:00-07:00"),
        ("10 pm 7 am", "22:00-07:00"),
        ("22:00/07:00", "22:00-07:00"),
    ],
)
def test_f91_quiet_hours_with_any_dash(typed: str, stored: str) -> None:
    """The bot's own sign, the minus sign, words."""
    assert read_quiet(typed) == stored


@pytest.mark.parametrize("typed", ["10 to 7", "22-7", "10pm - 7"])
def test_f91_quiet_hours_of_two_meanings_are_asked_about(typed: str) -> None:
    """The side that is clear stays."""
    with pytest.raises(WhichError):
        read_quiet(typed)
    assert "22:00-07:00" in meanings(read_quiet, typed)


# ---- a schedule -----------------------------------------------------------------------

parts_of_days = st.sampled_from(["", "mon-fri", "weekdays", "mon wed fri", "every day", "Tue, Thu"])
parts_of_times = st.sampled_from(["", "07:30", "7", "7 and 6pm", "19,30", "noon", "half past six"])
parts_of_zones = st.sampled_from(["", "Europe/Berlin", "america/new york", "utc"])


@given(parts_of_days, parts_of_times, parts_of_zones, st.booleans())
def test_f89_a_question_about_one_part_keeps_the_others(
    days: str,
    times: str,
    zone: str,
    turned: bool,  # noqa: FBT001 - drawn
) -> None:
    """Whatever is chosen, days, times and zone are those typed, the days before or after."""
    parts = (times, days, zone) if turned else (days, times, zone)
    text = " ".join(part for part in parts if part)
    try:
        found = meanings(parse_schedule, text)
    except InputError:
        found = []
    assert bool(found) == bool(text)
    for one in found:
        assert one.weekdays == (parse_weekdays(days) if days else None)
        assert (one.zone is None) == (not zone)
        assert (one.times is None) == (not times)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("7:30 weekdays", "Mon–Fri"),
        ("at 7:30 on weekdays", "Mon–Fri"),
        ("7,30 19,30 every day but sunday", "Mon–Sat"),
        ("7:30 am mon-fri Europe/Berlin", "Mon–Fri"),
    ],
)
def test_f91_days_may_follow_the_time(text: str, said: str) -> None:
    """As people say it."""
    found = parse_schedule(text)
    assert found.weekdays is not None
    assert say_weekdays(found.weekdays) == said
    assert found.times is not None
    assert found.times[0] == time(7, 30)


@pytest.mark.parametrize("town", ["Thun", "Sunderland", "Wedel", "Moncton"])
def test_f91_a_town_is_no_day(town: str) -> None:
    """Though it begins as one."""
    with pytest.raises(InputError) as why:
        parse_schedule(f"7:30 {town}")
    assert "weekday" not in str(why.value)


@pytest.mark.parametrize(
    "text", ["mon 7 tue 8", "mon-fri 7, sat 9", "daily 7 to 8", "7 25:00", "daily 7 and 25:00"]
)
def test_f89_a_question_that_no_answer_settles_is_not_asked(text: str) -> None:
    """What is wrong beside it is said at once."""
    with pytest.raises(InputError) as why:
        parse_schedule(text)
    assert not isinstance(why.value, WhichError)
