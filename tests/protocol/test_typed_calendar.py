"""Times, weekdays and last days as people type them."""

from datetime import date, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.protocol.calendar.input_error import InputError
from bot.protocol.calendar.local_time import say_date, say_weekdays
from bot.protocol.calendar.parse_dates import parse_day
from bot.protocol.calendar.parse_lengths import MAX_DAYS
from bot.protocol.calendar.parse_spans import parse_span
from bot.protocol.calendar.parse_times import parse_time
from bot.protocol.calendar.parse_weekdays import parse_weekdays

TODAY = date(2026, 11, 24)


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("07:30", time(7, 30)),
        ("7:30", time(7, 30)),
        (" 7.30 ", time(7, 30)),
        ("0730", time(7, 30)),
        ("19h30", time(19, 30)),
        ("19h", time(19)),
        ("7am", time(7)),
        ("7pm", time(19)),
        ("6:45 pm", time(18, 45)),
        ("6:45 p.m.", time(18, 45)),
        ("12am", time(0)),
        ("12:30 PM", time(12, 30)),
        ("Noon", time(12)),
        ("midnight", time(0)),
        ("００:００", time(0)),
        ("23:59", time(23, 59)),
    ],
)
def test_f67_times_are_read_as_people_write_them(typed: str, expected: time) -> None:
    """Twelve and twenty-four hours, colon, point or h."""
    assert parse_time(typed) == expected


@pytest.mark.parametrize(
    ("typed", "why"),
    [
        ("24:00", "midnight is written 00:00"),
        ("25:00", "hours go from 00 to 23"),
        ("7:60", "minutes go from 00 to 59"),
        ("7:5", "one digit for the minutes"),
        ("7:5 pm", "one digit for the minutes"),
        ("13pm", "am and pm go with 1 to 12"),
        ("0am", "am and pm go with 1 to 12"),
        ("7", "could be 07:00 or 19:00"),
        ("12", "could be 00:00 or 12:00"),
        ("31", "hours go from 00 to 23"),
        ("", "A time is missing"),
        ("730", "not a time I can read"),
        ("7:30:15", "not a time I can read"),
        ("-7:30", "not a time I can read"),
        ("7:30 m", "not a time I can read"),
        ("7:30; DROP TABLE plan", "not a time I can read"),
        ("<b>7:30</b>", "not a time I can read"),
    ],
)
def test_f67_a_wrong_time_is_refused_with_its_reason(typed: str, why: str) -> None:
    """Each mistake has its own sentence."""
    with pytest.raises(InputError, match=why):
        parse_time(typed)


@given(st.times())
def test_every_minute_is_read_back_as_it_is_said(at: time) -> None:
    """24-hour and 12-hour writing both come back."""
    at = at.replace(second=0, microsecond=0)
    assert parse_time(at.strftime("%H:%M")) == at
    assert parse_time(at.strftime("%I:%M %p")) == at


@given(st.text() | st.from_regex(r"[0-9:.h apm-]{0,9}"))
def test_f67_any_text_is_read_or_refused(text: str) -> None:
    """Nothing but a value or InputError comes out, and the sentence stays short."""
    for read in (
        parse_time,
        parse_weekdays,
        lambda typed: parse_day(typed, TODAY),
        lambda typed: parse_span(typed, TODAY),
    ):
        refusal = ""
        try:
            read(text)
        except InputError as error:
            refusal = str(error)
        assert len(refusal) < 400


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("mon-fri", "Mon–Fri"),
        ("Mon – Wed, Sat", "Mon–Wed, Sat"),
        ("monday to friday", "Mon–Fri"),
        ("mon,wed,fri", "Mon, Wed, Fri"),
        ("Mo We Fr", "Mon, Wed, Fri"),
        ("monday and thursday", "Mon, Thu"),
        ("tues weds thurs", "Tue–Thu"),
        ("Mondays & Fridays", "Mon, Fri"),
        ("every Sunday", "Sun"),
        ("fri-mon", "Mon, Fri–Sun"),
        ("daily", "every day"),
        ("Every day", "every day"),
        ("weekdays", "Mon–Fri"),
        ("weekends", "Sat, Sun"),
        ("weekdays, sat", "Mon–Sat"),
    ],
)
def test_f67_weekdays_are_read_as_people_write_them(typed: str, said: str) -> None:
    """Lists, ranges and names for many days."""
    assert say_weekdays(parse_weekdays(typed)) == said


@pytest.mark.parametrize(
    ("typed", "why"),
    [
        ("mon,mon", "Monday is named twice"),
        ("mon-fri,wed", "Wednesday is named twice"),
        ("daily and sun", "Sunday is named twice"),
        ("mon-mon", "same day"),
        ("mon-", "one end"),
        ("t", "not a weekday"),
        ("monda1", "not a weekday"),
        ("fri 13", "not a weekday"),
        ("", "No weekday is named"),
        ("and", "No weekday is named"),
    ],
)
def test_f67_wrong_weekdays_are_refused_with_their_reason(typed: str, why: str) -> None:
    """A doubled day is not silently one day."""
    with pytest.raises(InputError, match=why):
        parse_weekdays(typed)


@given(st.frozensets(st.integers(0, 6), min_size=1))
def test_all_sets_of_weekdays_are_read_back_as_they_are_said(weekdays: frozenset[int]) -> None:
    """What the bot says can be typed."""
    assert parse_weekdays(say_weekdays(weekdays)) == weekdays


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("2026-12-01", date(2026, 12, 1)),
        ("1 Dec", date(2026, 12, 1)),
        ("Dec 1", date(2026, 12, 1)),
        ("1st december 2027", date(2027, 12, 1)),
        ("December 1, 2027", date(2027, 12, 1)),
        ("1 Jan", date(2027, 1, 1)),
        ("today", TODAY),
        ("tomorrow", date(2026, 11, 25)),
        ("in 3 days", date(2026, 11, 27)),
        ("in a week", date(2026, 12, 1)),
        ("in 2 weeks", date(2026, 12, 8)),
        ("fri", date(2026, 11, 27)),
        ("next Tuesday", date(2026, 12, 1)),
        ("24 nov", TODAY),
    ],
)
def test_f29_last_days_are_read_as_people_write_them(typed: str, expected: date) -> None:
    """Dates, spans and weekdays, seen from Tuesday 24 November 2026."""
    assert parse_day(typed, TODAY) == expected


@pytest.mark.parametrize(
    ("typed", "why"),
    [
        ("2026-11-23", "Mon 23 Nov 2026 is past; today is Tue 24 Nov 2026"),
        ("23 nov", "Mon 23 Nov 2026 is past; add the year"),
        ("2026-02-30", "not a date in the calendar"),
        ("29 Feb", "not a date in the calendar"),
        ("31 June 2027", "not a date in the calendar"),
        ("0000-01-01", "not a date in the calendar"),
        ("2030-01-01", "more than two years"),
        ("in 9999 weeks", "more than two years"),
        ("12/1", "could be Tue 1 Dec 2026 or Tue 12 Jan 2027"),
        ("3", "not a day I can read"),
        ("soon", "not a day I can read"),
        ("", "not a day I can read"),
    ],
)
def test_f67_a_wrong_last_day_is_refused_with_its_reason(typed: str, why: str) -> None:
    """A past date names both days; an ambiguous one is never guessed."""
    with pytest.raises(InputError, match=why):
        parse_day(typed, TODAY)


def test_f07_a_leap_day_is_a_last_day_when_it_comes() -> None:
    """29 Feb is read in the months before a leap day."""
    assert parse_day("29 Feb", date(2027, 12, 1)) == date(2028, 2, 29)
    assert parse_day("2028-02-29", date(2027, 12, 1)) == date(2028, 2, 29)


@given(st.integers(0, MAX_DAYS))
def test_every_coming_date_is_read_in_iso_and_in_words(days: int) -> None:
    """Up to two years ahead the three ways of writing agree."""
    day = TODAY + timedelta(days=days)
    assert parse_day(day.isoformat(), TODAY) == day
    assert parse_day(f"in {days} days", TODAY) == day
    words = say_date(day, TODAY - timedelta(days=400)).partition(" ")[2]
    assert parse_day(words if days else "today", TODAY) == day
