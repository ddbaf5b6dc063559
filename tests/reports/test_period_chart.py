"""Days as a picture: its format and size, and that what is told apart looks apart."""

from dataclasses import replace
from datetime import timedelta
from io import BytesIO

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageColor

from bot.charts.period_chart import period_chart
from bot.charts.style import HELD, INK, OVER
from bot.protocol.load.entries import Extra
from bot.protocol.report.period import Became, ChartDay, Mark, PeriodChart
from tests.reports.days import CHARTS, MONDAY, WEEK, chart, held, on

LEFT, DAY = 52, 105
"""Where the first column of a week begins, and how wide each is, in pixels."""
NEAR = 6
"""The palette of a picture may differ so much from the colours that were drawn."""


def pixels(data: PeriodChart, colour: str, day: int | None = None) -> int:
    """Count the pixels of a colour in a picture, or above the key in one of a week's columns."""
    with Image.open(BytesIO(period_chart(data))) as picture:
        plain = picture.convert("RGB")
    if day is not None:
        plain = plain.crop((LEFT + day * DAY, 110, LEFT + (day + 1) * DAY, 880))
    red, green, blue = ImageColor.getrgb(colour)[:3]
    found = zip(*[iter(plain.tobytes())] * 3, strict=True)
    return sum(max(abs(r - red), abs(g - green), abs(b - blue)) <= NEAR for r, g, b in found)


@pytest.mark.parametrize("name", CHARTS)
def test_small_square_png(name: str) -> None:
    """Any stretch of days gives an opaque PNG of 800 by 1040 pixels and at most 60 kB."""
    drawn = period_chart(CHARTS[name])
    with Image.open(BytesIO(drawn)) as picture:
        assert (picture.format, picture.size) == ("PNG", (800, 1040))
        assert "transparency" not in picture.info
    assert len(drawn) <= 60_000


def test_same_days_same_picture() -> None:
    """The picture depends on its days alone."""
    assert period_chart(CHARTS["week"]) == period_chart(CHARTS["week"])


@pytest.mark.parametrize(
    ("unknown", "zero"),
    [
        (on(0, became=Became.UNFINISHED, held_s=20, planned_s=50), {"first": 0, "last": 0}),
        (held(0, 2, 2), {"morning": 0}),
        (on(0), {"became": Became.MISSED}),
        (on(0, became=Became.MISSED), {"became": Became.NOT_DELIVERED}),
        (held(0, 2, 1), {"extra": True}),
        (held(0, 2, 1), {"last": 2}),
        (held(0, 2, 1), {"minutes": 0}),
        (held(0, 2, 1, minutes=0), {"minutes": 40}),
        (held(0, 2, 1, minutes=40), {"felt": (Extra.UPHILL,)}),
        (held(0, 2, 1, minutes=40, felt=(Extra.UPHILL,)), {"felt": (Extra.HINGE,)}),
        *((held(0, 2, 1), {"marks": (mark,)}) for mark in Mark),
    ],
)
def test_what_differs_looks_different(unknown: ChartDay, zero: dict[str, object]) -> None:
    """Unknown is not 0, nor a day of rest; not delivered is not missed, and so on."""
    other = replace(unknown, **zero)  # type: ignore[arg-type]
    assert period_chart(chart(unknown)) != period_chart(chart(other))


def test_what_the_days_come_to_stands_above_them() -> None:
    """However long it is, it is read, in as many lines as it needs."""
    usual, long = chart(*WEEK), "; ".join(["Stopped by pain 12 times, last Sat 7"] * 5)
    pictures = {period_chart(replace(usual, verdict=said)) for said in ("", "Well", long)}
    assert len(pictures) == 3


def test_over_the_limit_stands_out() -> None:
    """A day whose pain is over the limit has a red tile; the same pain within it has none."""
    stopped, limit_5 = chart(*WEEK), chart(*WEEK, limit=5)
    tile = 27 * 27 / 2
    assert pixels(stopped, OVER, 2) - pixels(limit_5, OVER, 2) > tile
    assert abs(pixels(stopped, OVER, 0) - pixels(limit_5, OVER, 0)) < tile


def test_bars_are_what_was_held() -> None:
    """Half the seconds are half the bar; nothing held is an empty outline."""
    days = (held(0, 2, 1), held(1, 2, 1, held_s=25), held(2, 2, 1, held_s=0), on(3))
    full, half, none, nothing = (pixels(chart(*days), HELD, day) for day in range(4))
    assert full > 4_000
    assert half / full == pytest.approx(0.5, abs=0.03)
    assert none == nothing == 0


def test_our_fault_is_a_dark_tile() -> None:
    """A reminder that we did not deliver stands out from one that was missed."""
    days = chart(on(0, became=Became.NOT_DELIVERED), on(1, became=Became.MISSED), held(2, 1, 1))
    assert pixels(days, INK, 0) - pixels(days, INK, 1) > 27 * 27 / 3


@st.composite
def charts(draw: st.DrawFn) -> PeriodChart:
    """Draw any days of anybody."""
    pain = st.none() | st.integers(0, 10)
    count = draw(st.integers(0, 60))
    days = tuple(
        ChartDay(
            day=MONDAY + timedelta(days=number),
            became=draw(st.none() | st.sampled_from(Became)),
            extra=draw(st.booleans()),
            first=draw(pain),
            last=draw(pain),
            worst=draw(pain),
            morning=draw(pain),
            held_s=draw(st.floats(0, 9_000)),
            planned_s=draw(st.integers(0, 9_000)),
            marks=tuple(draw(st.sets(st.sampled_from(Mark)))),
        )
        for number in range(count)
    )
    return chart(*days, name=draw(st.text(max_size=80)), limit=draw(st.integers(0, 5)))


@settings(max_examples=10, deadline=None)
@given(charts())
def test_any_days_are_drawn(data: PeriodChart) -> None:
    """No days and no name fail to be drawn, or are too big."""
    assert len(period_chart(data)) <= 60_000


@given(st.lists(st.sampled_from([None, *Became]), min_size=1, max_size=7), st.booleans())
def test_only_what_has_happened_is_worth_a_picture(
    week: list[Became | None],
    woken: bool,  # noqa: FBT001 - Hypothesis gives it
) -> None:
    """Days without a plan, and sessions that are still to come, are nothing to draw."""
    days = tuple(
        ChartDay(day=MONDAY + timedelta(days=n), became=became) for n, became in enumerate(week)
    )
    if woken:
        days = (replace(days[0], morning=2), *days[1:])
    empty = PeriodChart(athlete_id=1, name="Runa Holm", days=days, pain_limit=3).is_empty
    assert empty == (not woken and set(week) <= {None, Became.OPEN})
