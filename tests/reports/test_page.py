"""The printed page: always one sheet, and what stands on it."""

from dataclasses import replace

import pypdfium2
import pytest

from bot.charts.pdf_page import pdf
from tests.reports.pages import PAGES, ROW, USUAL


def read(content: bytes) -> tuple[int, str]:
    """Return a PDF's number of pages and the first one's words."""
    with pypdfium2.PdfDocument(content) as document:
        page = document[0]
        words = page.get_textpage().get_text_range()
        return len(document), " ".join(words.split())


@pytest.mark.parametrize("name", PAGES)
def test_one_sheet(name: str) -> None:
    """Whatever there is to tell, it is one page of A4, small enough to send at once."""
    content = pdf(PAGES[name])
    with pypdfium2.PdfDocument(content) as document:
        assert len(document) == 1
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


def test_same_page_same_bytes() -> None:
    """The page depends on its values alone, not on the day it is printed."""
    assert pdf(USUAL) == pdf(USUAL)
