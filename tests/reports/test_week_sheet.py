"""All athletes on paper: as many pages as they need, each athlete whole on one."""

from dataclasses import replace

import pypdfium2

from bot.charts.week_pdf import week_pdf
from bot.protocol.report.week_sheet import SheetAthlete, WeekSheet
from tests.reports.days import CHARTS

ONE = SheetAthlete(
    athlete_id=1,
    name="María José Fernández",
    verdict="Stopped by pain Sun (5): ease to 5 × 10 s?",
    urgent=True,
    lines=("5 of 7 as planned · 1 stopped by pain", "Pain 2→1, 2→5 · worst 5 (Sun)"),
    days=CHARTS["week"].days,
    pain_limit=3,
)
LONG = "Ærøskøbing and a very long story that nobody will ever read to its end, " * 30


def sheet(count: int, **changed: object) -> WeekSheet:
    """Return a sheet with so many athletes."""
    one = replace(ONE, **changed)  # type: ignore[arg-type]
    every = tuple(replace(one, name=f"{one.name} N{n:03}.", athlete_id=n) for n in range(count))
    return WeekSheet(f"{count} athletes", "8 decisions to take.", every, "Made by Holdfast.")


def read(content: bytes) -> list[str]:
    """Return the words of each page."""
    with pypdfium2.PdfDocument(content) as document:
        return [
            " ".join(page.get_textpage().get_text_range().split())
            for page in (document[at] for at in range(len(document)))
        ]


def test_everybody_is_on_it_once() -> None:
    """Fifty athletes: each with what is asked and the lines, on one page; the foot on all."""
    pages = read(week_pdf(sheet(50)))
    assert 6 <= len(pages) <= 10
    for number in range(50):
        (page,) = [one for one in pages if f"N{number:03}." in one]
        assert page.count(ONE.verdict) == page.count("5 of 7 as planned") >= 1
    assert all("Made by Holdfast." in page for page in pages)
    assert all(f"{word}" in pages[0] for word in ("Morning", "Worst pain", "50 athletes"))


def test_whatever_there_is_to_tell_it_is_printed() -> None:
    """Names of other letters, endless lines, no days, nobody at all."""
    assert len(read(week_pdf(sheet(0)))) == 1
    assert len(read(week_pdf(sheet(2, days=())))) == 1
    (page,) = read(week_pdf(sheet(1, name="李小龍", lines=(LONG,) * 9, verdict=LONG)))
    assert "Athlete 0" in page


def test_minutes_of_sport_have_a_row_where_any_are_noted() -> None:
    """A 0 is a day known to be without; one that is not known is empty."""
    bare = tuple(replace(one, minutes=None) for one in ONE.days)
    (page,) = read(week_pdf(sheet(1, days=bare)))
    assert "Sport, min" not in page
    (page,) = read(week_pdf(sheet(1, days=(replace(bare[0], minutes=45), *bare[1:-1]))))
    assert page.endswith("Sport, min 45")


def test_same_sheet_same_bytes() -> None:
    """The file depends on its values alone."""
    assert week_pdf(sheet(3)) == week_pdf(sheet(3))
