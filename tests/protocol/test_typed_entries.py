"""What is typed for the diary: whole lines, parts of one, and what is no line."""

from contextlib import suppress
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.protocol.calendar.input_error import InputError, WhichError
from bot.protocol.calendar.parse_past_days import past_day
from bot.protocol.load.entries import LATEST, WITHOUT_SPORT, Extra, LoadKind
from bot.protocol.load.parse_entry import TypedEntry, begins_entry, parse_effort, parse_entry, said

TODAY = date(2026, 11, 24)
"""A Tuesday."""


def read(text: str) -> str:
    """Return what a line is read as, in the words that are read as the same again."""
    return " ".join(said(parse_entry(text, TODAY)))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("run 40 4 uphill", "run 40min 4/10 uphill"),
        ("Run 40 4, Hills + trails", "run 40min 4/10 uphill trail"),
        ("bike 1h 3", "bike 60min 3/10"),
        ("run 10 km 50 min 5", "run 10000metres 50min 5/10"),
        ("run 6.5 mi 55' 4,5", "run 10461metres 55min 5/10"),
        ("ran 1:15 6", "run 75min 6/10"),
        ("ride 1h30 5", "bike 90min 5/10"),
        ("run 1 h 30 min 5", "run 90min 5/10"),
        ("I ran 40 minutes at 4 uphill", "run 40min 4/10 uphill"),
        ("٤٠ run 4", "run 40min 4/10"),
        ("run 40 4/10", "run 40min 4/10"),
        ("run 40 4 of 10", "run 40min 4/10"),
        ("run 40 @4", "run 40min 4/10"),
        ("run 10k 5", "run 10000metres 5/10"),
        ("run 40", "run 40min"),
        ("run", "run"),
        ("run 40 @4.5", "run 40min 5/10"),
        ("run 40 4,5/10", "run 40min 5/10"),
        ("run 40 not rated", "run 40min unrated"),
        ("gym 50 6 fast deadlift", "strength 50min 6/10 deadlift-fast"),
        ("gym 50 6 deadlift fast", "strength 50min 6/10 deadlift-fast"),
        ("gym 50 6 deadlifts", "strength 50min 6/10 deadlift-slow"),
        ("none", "none"),
        ("rest day", "none"),
        ("none sit", "none sit"),
        ("yesterday run 40 4", "2026-11-23 run 40min 4/10"),
        ("run 40 4 yesterday uphill", "2026-11-23 run 40min 4/10 uphill"),
        ("run 40 4 on mon", "2026-11-23 run 40min 4/10"),
        ("run 20 Nov 40 4", "2026-11-20 run 40min 4/10"),
        ("run 40 4 20 Nov", "2026-11-20 run 40min 4/10"),
        ("run 24.11. 40 4", "2026-11-24 run 40min 4/10"),
        ("3 days ago swim 45 3", "2026-11-21 swim 45min 3/10"),
        ("saturday none", "2026-11-21 none"),
    ],
)
def test_a_line(text: str, expected: str) -> None:
    """Kinds, lengths, distances, efforts, extras and days, in any order that has one meaning."""
    assert read(text) == expected


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("40 4", "does not say what you did"),
        ("run 40 4 hips", "“hips” is not a word of the diary"),
        ("run 40 4 uphil", "Did you mean uphill?"),
        ("run 90 11", "An effort of 11 is not possible: 0 (none) to 10"),
        ("run 30 4 5", "“5” is one number too many"),
        ("run 0 3", "0 is not possible: 1 to 1440 minutes"),
        ("run 1441 3", "1441 is not possible"),
        ("run 900 km 40 min 3", "up to 400 km"),
        ("run 40 min 50 min", "is a second length"),
        ("run bike 40 4", "is a second sport"),
        ("none uphill", "only sit and stretch"),
        ("none 40", "only sit and stretch"),
        ("tomorrow run 30 2", "Wed 25 Nov 2026 is still to come"),
        ("run 30 2 1 Dec", "Tue 1 Dec 2026 is still to come"),
        ("1 Nov run 30 2", "is too long ago: the last 14 days"),
    ],
)
def test_what_is_wrong(text: str, why: str) -> None:
    """One sentence, with what is allowed."""
    with pytest.raises(InputError, match=r".") as error:
        parse_entry(text, TODAY)
    assert why in str(error.value)


@pytest.mark.parametrize(
    ("text", "meanings"),
    [
        ("run 40m 4", ["run 40min 4/10", "run 40metres 4/10"]),
        ("run 40 4 sat", ["2026-11-21 run 40min 4/10", "run 40min 4/10 sit"]),
    ],
)
def test_what_has_two_meanings(text: str, meanings: list[str]) -> None:
    """Is asked about, and each answer completes the line."""
    with pytest.raises(WhichError) as which:
        parse_entry(text, TODAY)
    assert [read(which.value.filled(one)) for one in which.value.choices] == meanings


@pytest.mark.parametrize(
    ("text", "is_one"),
    [
        ("run 40 4", True),
        ("yesterday run 40 4", True),
        ("run 40 4 hips", True),  # it is told what is wrong
        ("run", True),
        ("rest day", True),
        ("none", False),  # pain, as likely
        ("nothing", False),
        ("run was great", False),
        ("3", False),
        ("my leg hurt when I went for a run of 40 minutes", False),
        ("", False),
    ],
)
def test_what_looks_like_a_line(text: str, is_one: bool) -> None:  # noqa: FBT001
    """A sport near the beginning and a number; anything else is words for somebody."""
    assert begins_entry(text) is is_one


WORDS = [
    *("run", "bike", "none", "40", "4", "4/10", "1:15", "10", "km", "1h", "30", "min", "m", "5"),
    *("may", "sat", "mon", "24.11.", "yesterday", "uphill", "fast", "deadlift"),
]
WHOLE = st.builds(
    TypedEntry,
    day=st.none() | st.integers(0, LATEST.days).map(lambda ago: TODAY - timedelta(days=ago)),
    kind=st.sampled_from([one for one in LoadKind if one is not LoadKind.NONE]),
    minutes=st.none() | st.integers(1, 1_440),
    effort=st.none() | st.integers(0, 10),
    extras=st.frozensets(st.sampled_from(Extra)),
    metres=st.none() | st.integers(1, 99_999),
    rated=st.just(value=True),
)


@given(WHOLE)
def test_what_is_said_is_read_as_the_same(typed: TypedEntry) -> None:
    """A button carries the line so far: it is read as what it was made of."""
    assert parse_entry(" ".join(said(typed)), TODAY) == typed


@given(st.frozensets(st.sampled_from(sorted(WITHOUT_SPORT))))
def test_a_day_without_sport_is_read_again(extras: frozenset[Extra]) -> None:
    """None, and what may stand beside it."""
    typed = TypedEntry(None, LoadKind.NONE, extras=extras)
    assert parse_entry(" ".join(said(typed)), TODAY) == typed


@given(st.text(max_size=60) | st.lists(st.sampled_from(WORDS), max_size=8).map(" ".join))
def test_anything_ends_in_a_value_or_a_sentence(text: str) -> None:
    """No text breaks a reader."""
    begins_entry(text)
    with suppress(InputError):
        parse_entry(text, TODAY)
    with suppress(InputError):
        past_day(text, TODAY, LATEST)


@pytest.mark.parametrize(
    ("text", "effort"),
    [
        *(
            ("4", 4),
            ("4.5", 5),
            ("4,5", 5),
            ("@4", 4),
            ("4/10", 4),
            ("4.5 of 10", 5),
            ("effort 4", 4),
        ),
        *(("4.5 of 10", 5), ("0", 0), ("10", 10)),
        *(("10.5", None), ("11", None), ("4 min", None), ("hard", None)),
    ],
)
def test_an_effort_alone(text: str, effort: int | None) -> None:
    """It is read as in a line: a fraction is rounded up."""
    assert parse_effort(text) == effort
