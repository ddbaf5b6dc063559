"""F105: names of the whole world on pages and pictures, in captions and in names of files."""

import unicodedata
from dataclasses import replace
from io import BytesIO

import pypdfium2
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageChops

from bot.charts.pdf_page import pdf
from bot.charts.period_chart import period_chart
from bot.charts.style import named
from bot.protocol import names
from tests.reports.days import CHARTS
from tests.reports.pages import USUAL

SHOWN = (
    "María José",
    "Đặng Thị Hồng",
    "Ана Петрова",
    "Ωμέγα",
    "Արամ",
    "O’Neill-Smith Jr.",
    "محمد علي",
    "پژمان",
    "דוד לוי",
)
"""Names that are drawn as they are."""
NUMBERED = (
    "สมชาย",
    "王小明",
    "たなか さくら",
    "नेहा",
    "김민수",
    "🌸🏃",
    "👩‍🦰",
    "مُحَمَّد",
    "עִבְרִית",
    "ܫܡܥܘܢ",
    "\u200b\u2063",
    "ㅤ",
    "\u2800",
    "\u0301",
    "",
)
"""Names of which nothing can be drawn rightly, or nothing can be seen."""
PARTLY = {
    "Maria 🌸": "Maria · Athlete 12",
    "王 Maria": "Maria · Athlete 12",
    "محمد Ali": "Ali · Athlete 12",
    "דוד 3": "3 · Athlete 12",
    "Ma王ria Holm": "Holm · Athlete 12",
}
UNSEEN = ("\u200b\u2063", "ㅤ", "\u2800", "\u0301", "", " ", "\u00ad", "\ufe0f")


def words_on(title: str) -> str:
    """Return what can be read on the page of an athlete with this name, number 12."""
    chart = replace(CHARTS["month"], athlete_id=12)
    with pypdfium2.PdfDocument(pdf(replace(USUAL, title=title, chart=chart))) as document:
        assert len(document) == 1
        return " ".join(document[0].get_textpage().get_text_range().split())


@pytest.mark.parametrize("name", SHOWN)
def test_f105_a_name_that_can_be_drawn_is(name: str) -> None:
    """It stands on the page as it is, and can be searched."""
    assert named(name, 12) == name
    words = unicodedata.normalize("NFKC", words_on(name))
    assert words.startswith(f"{name} Plan 2")


@pytest.mark.parametrize("name", NUMBERED)
def test_f105_of_any_other_the_number_stands_there(name: str) -> None:
    """No box, no half of a word, no letters in the wrong order."""
    assert named(name, 12) == "Athlete 12"


@pytest.mark.parametrize("name", ["สมชาย", "مُحَمَّد", "ㅤ"])
def test_f105_the_page_says_the_number(name: str) -> None:
    """Where the name would stand."""
    assert words_on(name).startswith("Athlete 12 Plan 2")


@pytest.mark.parametrize(("name", "told"), PARTLY.items())
def test_f105_what_can_be_drawn_of_it_is_told_with_the_number(name: str, told: str) -> None:
    """Two athletes whose names differ in what cannot be drawn are not taken for one."""
    assert named(name, 12) == told


def top_of(title: str) -> Image.Image:
    """Return the line of the title as it is printed."""
    with pypdfium2.PdfDocument(pdf(replace(USUAL, title=title))) as document:
        page: Image.Image = document[0].render(scale=3).to_pil().convert("L")
    return page.crop((0, 100, page.width, 220))


def test_f105_arabic_letters_are_joined_and_go_from_the_right() -> None:
    """What is drawn is what a shaping engine makes of it, not letter after letter."""
    joined, apart = top_of("محمد"), top_of("محمد"[::-1])
    assert ImageChops.difference(joined, apart).getbbox() is not None
    alone = [top_of(letter) for letter in "محمد"]
    ink = [sum(255 - dot for dot in one.tobytes()) for one in (joined, *alone)]
    assert ink[0] < sum(ink[1:])


def test_f105_hebrew_goes_from_the_right() -> None:
    """The first letter of a word stands rightmost on the paper, the last one leftmost."""

    def signs(title: str) -> Image.Image:
        line = ImageChops.invert(top_of(title))
        return line.crop(line.getbbox())

    first, last, both = signs("ש"), signs("ה"), signs("שה")
    left = both.crop((0, 0, last.width, both.height))
    assert _unlike(left, last) < _unlike(left, first)


def _unlike(one: Image.Image, other: Image.Image) -> int:
    """Return how much ink of one picture is not in the other, both in a frame."""
    frames = [Image.new("L", (80, 120)) for _ in range(2)]
    for frame, picture in zip(frames, (one, other), strict=True):
        frame.paste(picture, (0, 120 - picture.height))
    return sum(ImageChops.difference(*frames).tobytes())


@pytest.mark.parametrize("name", ["محمد علي", "สมชาย", "Maria 🌸"])
def test_f105_a_picture_of_days_is_drawn_for_every_name(name: str) -> None:
    """No warning of a missing letter, which would be an error here."""
    picture = period_chart(replace(CHARTS["week"], name=name, athlete_id=12))
    assert Image.open(BytesIO(picture)).size == (800, 1040)


@settings(max_examples=200)
@given(st.text(max_size=12), st.integers(1, 99))
def test_f105_whatever_the_name_something_tells_whose_it_is(name: str, number: int) -> None:
    """On the page, in a caption and in a file's name; and never a sign that the font lacks."""
    drawn, said, file = (
        named(name, number),
        names.called(name, number),
        names.in_file_name(name, number),
    )
    assert names.is_visible(drawn)
    assert names.is_visible(said)
    whole = unicodedata.normalize("NFC", name).split()
    assert drawn.endswith(f"Athlete {number}") or len(drawn.split()) <= len(whole)
    assert file.endswith(f"-{number}")
    assert all(unicodedata.category(one)[0] in "LMN" or one == "-" for one in file)


@pytest.mark.parametrize("name", UNSEEN)
def test_f105_a_name_without_a_visible_sign_is_a_number(name: str) -> None:
    """In words, and in the name of a file."""
    assert names.called(name, 12) == "Athlete 12"
    assert names.in_file_name(name, 12) == "athlete-12"


@pytest.mark.parametrize(
    ("name", "file"),
    [
        ("Maria Holm", "Maria-Holm-12"),
        ("../..\\a:b\0", "a-b-12"),
        ("นภา", "นภา-12"),
        ("नेहा 🌸", "नेहा-12"),
        ("x" * 64, f"{'x' * 40}-12"),
        ("🌸", "athlete-12"),
    ],
)
def test_f105_a_files_name_says_whose_it_is(name: str, file: str) -> None:
    """In letters of any language; with nothing that a file's name may not have."""
    assert names.in_file_name(name, 12) == file
