"""The session's picture: its format, its size, and that every kind of session can be drawn."""

from dataclasses import replace
from io import BytesIO

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from bot.charts.chart_data import HoldBar, SessionChart, Side, Status
from bot.charts.session_chart import say_held, session_chart


def hold(number: int, pain: int | None = 2, actual: float = 15, **more: object) -> HoldBar:
    """Return one hold of 15 s."""
    side: Side = "right" if more.get("right") else "left"
    status: Status = "stopped" if more.get("stopped") else "done"
    return HoldBar(number, side, 15, actual, pain, status)


NOT_DONE = tuple(HoldBar(n, "left", 15, 0, None, "not done") for n in (4, 5))
BUSY = tuple(
    HoldBar(n, "left", 60, 41 if n % 6 == 0 else 60, n * 7 % 11 if n % 5 else None, "interrupted")
    for n in range(1, 25)
)
SESSIONS = {
    "one": SessionChart("Sun 22 Nov", (hold(1),), 1, 3),
    "ten": SessionChart("Sun 22 Nov", tuple(hold(n, n % 4) for n in range(1, 11)), 3, 3),
    "stop": SessionChart(
        "Sun 22 Nov", (hold(1), hold(2, 3), hold(3, 7, 6, stopped=True), *NOT_DONE), 2, 3
    ),
    "unknown": SessionChart("Sun 22 Nov", (hold(1, None), hold(2, 10), hold(3, None)), None, 5),
    "both": SessionChart("Sun 22 Nov", (hold(1), hold(2), hold(1, right=True)), 0, 0),
    "busy": SessionChart("Sun 22 Nov", BUSY, 10, 3),
    "longest": SessionChart("Sun 22 Nov", BUSY * 6, 10, 3),
    "none": SessionChart("Sun 22 Nov", (), None, 3),
}


def test_what_was_interrupted_is_drawn_and_not_counted() -> None:
    """The hold that an outage cut is not held, and its repetition is planned once."""
    cut = HoldBar(2, "left", 15, 6.4, None, "interrupted")
    stopped = hold(2, 5, 7.5, stopped=True)
    data = SessionChart("Sun 22 Nov", (hold(1), cut, stopped), 1, 3)
    assert say_held(data) == "22 of 30 s held"
    assert session_chart(data) != session_chart(replace(data, holds=(hold(1), stopped)))


@pytest.mark.parametrize("name", SESSIONS)
def test_small_png(name: str) -> None:
    """Every session gives an opaque PNG of 800 by 480 pixels and at most 60 kB."""
    drawn = session_chart(SESSIONS[name])
    with Image.open(BytesIO(drawn)) as picture:
        assert (picture.format, picture.size) == ("PNG", (800, 480))
        assert "transparency" not in picture.info
    assert len(drawn) <= 60_000


def test_same_session_same_picture() -> None:
    """The picture depends on the session alone."""
    assert session_chart(SESSIONS["stop"]) == session_chart(SESSIONS["stop"])


def test_unknown_is_not_zero() -> None:
    """An answer not given is drawn otherwise than "no pain"."""
    unknown = SessionChart("Sun 22 Nov", (hold(1, None),), 2, 3)
    zero = SessionChart("Sun 22 Nov", (hold(1, 0),), 2, 3)
    assert session_chart(unknown) != session_chart(zero)


@st.composite
def sessions(draw: st.DrawFn) -> SessionChart:
    """Draw a session of any shape the plan allows."""
    pain = st.none() | st.integers(0, 10)
    status = st.sampled_from(["done", "interrupted", "stopped", "not done"])
    bar = st.builds(
        HoldBar,
        number=st.integers(1, 24),
        side=st.sampled_from(["left", "right"]),
        planned_s=st.integers(5, 60),
        actual_s=st.floats(0, 70),
        pain=pain,
        status=status,
    )
    holds = draw(st.lists(bar, max_size=30))
    return SessionChart("Sun 22 Nov", tuple(holds), draw(pain), draw(st.integers(0, 5)))


@settings(max_examples=10, deadline=None)
@given(sessions())
def test_any_session_is_drawn(data: SessionChart) -> None:
    """No session the plan allows fails to be drawn, or is too big."""
    assert len(session_chart(data)) <= 60_000
