"""The printed page: at most two sheets, and what stands on them."""

from dataclasses import replace

import pypdfium2
import pytest

from bot.charts.pdf_page import pdf
from tests.reports.pages import PAGES, ROW, USUAL


def read(content: bytes) -> tuple[int, str]:
    """Return a PDF's number of pages and its words."""
    with pypdfium2.PdfDocument(content) as document:
        pages = [document[at] for at in range(len(document))]
        words = " ".join(page.get_textpage().get_text_range() for page in pages)
        return len(document), " ".join(words.split())


@pytest.mark.parametrize("name", PAGES)
def test_two_sheets_at_most(name: str) -> None:
    """Whatever there is to tell, it is one page of A4 or two, small enough to send at once."""
    content = pdf(PAGES[name])
    with pypdfium2.PdfDocument(content) as document:
        assert 1 <= len(document) <= 2
        assert document[0].get_size() == pytest.approx((595.28, 841.89), abs=0.1)
    assert len(content) < 200_000


def test_what_stands_on_it() -> None:
    """Title, lines, figures, sessions and small print are there, as words that can be searched."""
    _, words = read(pdf(USUAL))
    for wanted in (USUAL.title, *USUAL.lines, "Planned", "1,040 of 1,100 s", *USUAL.columns, *ROW):
        assert wanted in words
    assert words.endswith("makes no diagnosis.")


def test_sessions_that_do_not_fit_are_counted() -> None:
    """The newest are shown; shown and counted together are all."""
    rows = tuple((f"S{number}", *ROW[1:]) for number in range(500))
    _, words = read(pdf(replace(USUAL, sessions=rows)))
    shown = sum(f"S{number} " in words for number in range(500))
    assert shown >= 15
    assert "S0 " in words
    assert f"… and {500 - shown} more" in words


def test_every_day_of_four_weeks_is_on_it() -> None:
    """However many sessions a day has: 56 rows stand on two sheets, with what the days come to."""
    rows = tuple((f"S{number}.", *ROW[1:]) for number in range(56))
    chart = replace(USUAL.chart, verdict="Stopped by pain; 24 of 27 as planned")
    pages, words = read(pdf(replace(USUAL, chart=chart, sessions=rows)))
    assert pages == 2
    assert all(f"S{number}. " in words for number in range(56))
    assert chart.verdict in words
    assert "more" not in words


def test_same_page_same_bytes() -> None:
    """The page depends on its values alone, not on the day it is printed."""
    assert pdf(USUAL) == pdf(USUAL)
