"""What is said beside pictures: whose they are, what became of the days, and what failed."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.coaching.exports.captions import album_caption, chart_caption, not_drawn
from bot.protocol.report.period import Became, PeriodChart
from tests.reports.days import CHARTS, chart, on

MARIA = CHARTS["week"]
ANNA = replace(CHARTS["one day"], name="Anna & Co")


@pytest.mark.parametrize(
    ("data", "wanted"),
    [
        (
            replace(MARIA, name="Maria"),
            (
                "<b>Maria</b> · 16–22 Nov 2026\n"
                "Sessions: 3 done, 1 stopped by pain, 1 rested on pain, 1 skipped, "
                "1 not delivered (our fault)."
            ),
        ),
        (ANNA, "<b>Anna &amp; Co</b> · 16 Nov 2026\nSessions: 1 done."),
        (CHARTS["nothing"], "<b>Maria</b> · 16–22 Nov 2026\nNo sessions in these days."),
        (chart(), "<b>Maria</b>\nNo sessions in these days."),
        (chart(on(0, extra=True)), "<b>Maria</b> · 16 Nov 2026\nSessions: 1 beside the plan."),
    ],
)
def test_chart_caption(data: PeriodChart, wanted: str) -> None:
    """A caption tells the days in words, for whoever cannot see the picture."""
    assert chart_caption(data) == wanted


def test_album_of_different_days() -> None:
    """Where the days of two people differ, each has theirs."""
    maria = replace(MARIA, name="Maria")
    assert album_caption([maria, ANNA], [maria]) == (
        "In order: Maria (16–22 Nov 2026), Anna &amp; Co (16 Nov 2026).\n"
        "The picture of Maria could not be drawn."
    )


def test_the_longest_captions_fit() -> None:
    """Ten people with names without end, over two years, fit into a caption of 1024 characters."""
    days = tuple(on(40 * number, became=became) for number, became in enumerate(Became))
    long = replace(chart(*days), name="Konstantinopolitanische " * 20)
    later = tuple(replace(one, day=one.day + timedelta(days=1)) for one in days)
    mixed = [long, replace(long, days=later)] * 5
    assert len(album_caption(mixed, [])) <= 1024
    assert len(album_caption(mixed[:5], mixed[5:])) <= 1024
    assert len(chart_caption(long)) <= 1024
    assert not_drawn([ANNA]).count("Anna") == 1
