"""Spans of days as people type them: read right or asked about, never in part."""

from datetime import date, timedelta

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.protocol.calendar.input_error import InputError, WhichError, meanings
from bot.protocol.calendar.local_time import say_date, say_span
from bot.protocol.calendar.parse_dates import parse_day, say_full
from bot.protocol.calendar.parse_spans import parse_span
from bot.protocol.calendar.split_span import is_about_time, split_span
from bot.protocol.calendar.two_days import Span

TODAY = date(2026, 11, 24)
"""A Tuesday."""
DAY = timedelta(days=1)


def nov(day: int) -> date:
    """Return a day of November 2026, or later for a number over 30."""
    return date(2026, 11, 1) + (day - 1) * DAY


PLAIN = {
    "24 Dec - 2 Jan": (nov(54), nov(64)),
    "24.12.-2.1.": (nov(54), nov(64)),
    "24/12 to 2/1": (nov(54), nov(64)),
    "12/24 - 1/2": (nov(54), nov(64)),
    "Dec 24 – Jan 2": (nov(54), nov(64)),
    "from 24th of December until the 2nd of January": (nov(54), nov(64)),
    "2026-12-24 to 2027-01-02": (nov(54), nov(64)),
    "between 24 Dec and 2 Jan": (nov(54), nov(64)),
    "Thu 24 Dec – Sat 2 Jan 2027": (nov(54), nov(64)),
    "24–28 Dec": (nov(54), nov(59)),
    "Dec 24-28": (nov(54), nov(59)),
    "24. - 28.12.": (nov(54), nov(59)),
    "1 Dec to 5 Dec": (nov(31), nov(36)),
    "mon - fri": (nov(30), nov(35)),
    "from Monday to Friday next week": (nov(30), nov(35)),
    "from mon for a week": (nov(30), nov(37)),
    "for 2 weeks from Monday": (nov(30), nov(44)),
    "3 days starting mon": (nov(30), nov(33)),
    "from 24 Dec for 2 weeks": (nov(54), nov(68)),
    "from mon until resumed": (nov(30), None),
    "next week": (nov(30), nov(37)),
    "this week": (nov(24), nov(30)),
    "the weekend": (nov(28), nov(30)),
    "next month": (nov(31), nov(62)),
    "two weeks": (nov(24), nov(38)),
    "10 days": (nov(24), nov(34)),
    "ten days": (nov(24), nov(34)),
    "a fortnight": (nov(24), nov(38)),
    "for a week": (nov(24), nov(31)),
    "the next two weeks": (nov(24), nov(38)),
    "1 week and 3 days": (nov(24), nov(34)),
    "a month": (nov(24), nov(54)),
    "٣ days": (nov(24), nov(27)),
    "till tomorrow": (nov(24), nov(26)),
    "until Friday": (nov(24), nov(28)),
    "fri": (nov(24), nov(28)),
    "until the 10th": (nov(24), nov(41)),
    "24.12.": (nov(24), nov(55)),
    "until the end of the month": (nov(24), nov(31)),
    "fri next week": (nov(24), nov(35)),
    "until further notice": (nov(24), None),
    "on friday": (nov(27), nov(28)),
    "only tomorrow": (nov(25), nov(26)),
    "for today": (nov(24), nov(25)),
    "today only": (nov(24), nov(25)),
    "back tue": (nov(24), nov(31)),
    "24 Dec for 3 days": (nov(54), nov(57)),
    "from sat, 2 days": (nov(28), nov(30)),
    "back on monday": (nov(24), nov(30)),
    "not until monday": (nov(24), nov(30)),
    "until before fri": (nov(24), nov(27)),
    "24 Dec until 2 Jan incl.": (nov(54), nov(64)),
    "1 Dec→5 Dec": (nov(31), nov(36)),
    "fri the 27th": (nov(24), nov(28)),
    "24 Dec 26": (nov(24), nov(55)),
    "in December": (nov(31), nov(62)),
    "until end of month": (nov(24), nov(31)),
    "the week after next": (nov(37), nov(44)),
    "only next week": (nov(30), nov(37)),
    "sat and sun": (nov(28), nov(30)),
    "2 years": (nov(24), date(2028, 11, 24)),
    "“until fri”": (nov(24), nov(28)),
    "3 days\u200f": (nov(24), nov(27)),
    "now until friday": (nov(24), nov(28)),
    "from now until 2 Jan": (nov(24), nov(64)),
    "starting now for 3 days": (nov(24), nov(27)),
}


@pytest.mark.parametrize("text", PLAIN)
def test_f88_a_span_is_read_as_people_write_it(text: str) -> None:
    """Its first day and the first day after it, seen from Tuesday 24 November 2026."""
    assert parse_span(text, TODAY) == Span(*PLAIN[text])


ASKED: dict[str, list[tuple[date, date | None]]] = {
    "2 weeks from Monday": [(nov(30), nov(44)), (nov(24), nov(45))],
    "in 2 weeks": [(nov(24), nov(39))],
    "from mon": [(nov(30), nov(33)), (nov(30), nov(37)), (nov(30), nov(44)), (nov(30), None)],
    "from 24 Dec onwards": [(nov(54), nov(57))],
    "until fri 17:00": [(nov(24), nov(27)), (nov(24), nov(28))],
    "until 24 Dec at noon": [(nov(24), nov(54)), (nov(24), nov(55))],
    "until next week": [(nov(24), nov(30)), (nov(24), nov(37))],
    "until the weekend": [(nov(24), nov(28)), (nov(24), nov(30))],
    "12/1": [(nov(24), nov(32)), (nov(24), date(2027, 1, 13))],
    "1/12 - 5/12": [(nov(31), nov(36)), (date(2027, 1, 12), date(2027, 5, 13))],
    "next fri": [(nov(24), nov(28)), (nov(24), nov(35))],
    "until tue": [(nov(24), nov(25)), (nov(24), nov(32))],
    "tue to thu": [(nov(24), nov(27)), (nov(31), nov(34))],
    "mon and thu": [(nov(30), nov(34)), (nov(30), nov(31)), (nov(33), nov(34))],
    "tomorrow and fri": [(nov(25), nov(28))],
    "until tomorrow night": [(nov(24), nov(25)), (nov(24), nov(26))],
    "fri 17:00 - mon 8:00": [(nov(27), nov(31)), (nov(27), nov(30)), (nov(28), nov(31))],
    "fri evening until mon morning": [(nov(27), nov(31)), (nov(28), nov(30))],
    "until December": [(nov(24), nov(31)), (nov(24), nov(62))],
    "next weekend": [(nov(28), nov(30)), (nov(35), nov(37))],
    "from next week": [(nov(30), nov(37)), (nov(30), None)],
    "3 days, from 24 Dec": [(nov(54), nov(57))],
    "24 Dec -": [(nov(54), nov(57)), (nov(54), None)],
    "from fri to": [(nov(27), nov(30)), (nov(27), None)],
}


@pytest.mark.parametrize("text", ASKED)
def test_f88_what_has_several_meanings_is_asked_about(text: str) -> None:
    """Each meaning is among the choices, and each choice is read without a further question."""
    with pytest.raises(WhichError) as which:
        parse_span(text, TODAY)
    left = meanings(lambda typed: parse_span(typed, TODAY), text)
    assert {Span(*one) for one in ASKED[text]} <= set(left)
    assert len(which.value.choices) > 1


@pytest.mark.parametrize(
    "text",
    [
        *("over Christmas", "a couple of days", "few days", "soon", "48 hours", "1.5 weeks"),
        *("3-5 days", "a week or two", "until 17:00", "until frx", "3", "Dec", "until", ""),
        *("mondays", "on fridays", "mon, wed", "2.5 days", "24 Dec 3 days", "every fri"),
        *("1 Nov", "5 Dec to 1 Dec", "40 Dec", "800 days", "0 days", "Thu 27 Nov", "29 Feb"),
    ],
)
def test_f88_what_cannot_be_read_is_refused(text: str) -> None:
    """Nothing of it is taken for a span."""
    with pytest.raises(InputError):
        parse_span(text, TODAY)


@pytest.mark.parametrize(
    ("text", "back_on", "reason"),
    [
        ("until fri knee is swollen", nov(28), "knee is swollen"),
        ("3 days flu", nov(27), "flu"),
        ("flu until fri", nov(28), "flu"),
        ("no hills for two weeks", nov(38), "no hills"),
        ("until fri: 2nd opinion", nov(28), "2nd opinion"),
        ("fri: flu", nov(28), "flu"),
        ("knee: swollen until fri", nov(28), "knee: swollen"),
        ("until resumed, see the doctor", None, "see the doctor"),
        ("2 weeks - flu", nov(38), "flu"),
        ("24 Dec - flu", nov(55), "flu"),
        ("now until fri flu", nov(28), "flu"),
        ("until 2 Jan inclusive", nov(64), ""),
    ],
)
def test_f88_a_span_and_a_reason(text: str, back_on: date | None, reason: str) -> None:
    """In either order; a colon ends the span for sure."""
    assert split_span(text, TODAY) == (Span(TODAY, back_on), reason)


@pytest.mark.parametrize(
    "text", ["we agreed on a rest", "for knee pain", "after surgery", "flu: bad"]
)
def test_f88_words_without_days_are_no_span(text: str) -> None:
    """All of them are the reason, if the days are told."""
    assert split_span(text, TODAY) == (None, text)


@pytest.mark.parametrize(
    "text",
    [
        *("2nd opinion needed", "the weekend was bad", "today she fell", "sun burn", "fri flu"),
        *("flu 2 weeks", "holiday 24 Dec - 2 Jan", "sick today", "24 Dec 3 days", "1 Dec, 5 Dec"),
        *("this week she hurt", "one day at a time", "3 days or so", "1 week from the 10th flu"),
    ],
)
def test_f88_a_sentence_that_begins_like_a_span_is_asked_about(text: str) -> None:
    """The span with the rest as its reason is one choice, where it is one at all."""
    with pytest.raises(WhichError) as which:
        split_span(text, TODAY)
    for choice in which.value.choices:
        assert split_span(which.value.filled(choice), TODAY)[0] is not None


@pytest.mark.parametrize(
    "text",
    [
        "and",
        "ad",
        "1.5 weeks",
        "2.5 days",
        "half a week",
        "about 2 weeks",
        "every friday",
        "last friday",
    ],
)
def test_f88_what_only_contains_a_span_is_none(text: str) -> None:
    """No part of a number, and no day that a word before it changes, is read or offered."""
    assert split_span(text, TODAY) == (None, text)


# ---- all that can be said in a form that is known ---------------------------------------

days = st.integers(0, 700).map(lambda ahead: TODAY + ahead * DAY)
dashes = st.sampled_from([" - ", "–", " – ", " to ", " until ", "−", " till "])
written = st.sampled_from(
    [
        date.isoformat,
        lambda day: f"{day.day}.{day.month}.{day.year}",
        lambda day: f"{day:%d %b %Y}",
        lambda day: f"{day:%B} {day.day}, {day.year}",
        lambda day: f"{day.day}th of {day:%B} {day.year}",
        say_full,
    ]
)


@given(days, days, dashes, written, written, st.sampled_from(["", "from ", "between "]))
def test_f88_two_days_are_read_however_they_are_written(
    one: date,
    other: date,
    dash: str,
    write_first: object,
    write_last: object,
    lead: str,
) -> None:
    """In any order of day and month that has one meaning; the pause ends after the last day."""
    first, last = sorted((one, other))
    assert callable(write_first)
    assert callable(write_last)
    text = f"{lead}{write_first(first)}{dash}{write_last(last)}"
    assert parse_span(text, TODAY) == Span(first, last + DAY)
    assert parse_span(say_span(first, last), TODAY) in {
        Span(first, last + DAY),
        Span(TODAY, last + DAY),
    }


@given(days, st.integers(1, 99), st.sampled_from(["day", "week"]), st.booleans())
def test_f88_a_length_counts_from_its_first_day(
    first: date,
    number: int,
    unit: str,
    begins: bool,  # noqa: FBT001 - drawn
) -> None:
    """From today, or from the day that is named."""
    length = timedelta(days=number * (7 if unit == "week" else 1))
    text = f"{number} {unit}{'s' if number > 1 else ''}"
    if begins:
        assert parse_span(f"from {say_full(first)} for {text}", TODAY) == Span(
            first, first + length
        )
    else:
        assert parse_span(f"for {text}", TODAY) == Span(TODAY, TODAY + length)


@given(days)
def test_f88_what_the_bot_says_of_a_day_can_be_typed(day: date) -> None:
    """As in "Tue 24 Nov", "today", with its year or without where it is near."""
    assert parse_day(say_full(day), TODAY) == day
    if (day - TODAY).days <= 180:
        assert parse_day(say_date(day, TODAY), TODAY) == day


PIECES = st.lists(
    st.sampled_from(
        [
            *("until", "till", "from", "to", "for", "in", "on", "next", "this", "the", "-", "and"),
            *("mon", "friday", "tue", "weekend", "week", "weeks", "day", "days", "month"),
            *("2", "two", "a", "24", "12/1", "24.12.", "Dec", "1 Dec", "2026-12-24", "17:00"),
            *("tomorrow", "today", "Christmas", "soon", "or", "so", "flu", "knee", "resumed"),
            *("back", "not", "before", "only", "evening", "noon", "December", "mondays", "every"),
            *("1.5", "½", "+", "→", "after", "end", "of", "all", "incl.", "years", "8am", "'26"),
        ]
    ),
    min_size=1,
    max_size=7,
).map(" ".join)


@given(PIECES)
@example("2 weeks from Monday flu")
@example("3 days or so")
@example("1 week from the 10th")
@example("until fri next week or so")
def test_f88_words_about_time_are_never_the_reason(text: str) -> None:
    """Whatever the order of the words: what is left beside a span is not about time, or asked."""
    try:
        span, reason = split_span(text, TODAY)
    except InputError:
        return
    if span is not None:
        assert not is_about_time(reason)
        assert reason == "" or reason in text
    else:
        assert reason == text


@given(st.text(max_size=40) | PIECES)
def test_f88_any_text_is_a_span_or_a_sentence(text: str) -> None:
    """A span begins today or later, and ends after it begins."""
    try:
        span, _reason = split_span(text, TODAY)
    except InputError as why:
        assert len(str(why)) < 600  # noqa: PT017
        return
    if span is not None:
        assert span.first >= TODAY
        assert span.back_on is None or span.back_on > span.first
