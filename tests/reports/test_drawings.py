"""The drawings of the exercises: there for all of them, small, and those that the code draws."""

from io import BytesIO
from itertools import product

import pytest
from PIL import Image, ImageChops, ImageStat

from bot.drawings.files import (
    FOLDER,
    SHEET_ORDER,
    Drawing,
    Picture,
    SheetOfAll,
    content,
    key,
    sheet_letter,
)
from bot.protocol.dose.dose import Side
from bot.protocol.dose.exercises import CATALOGUE, Anchor
from tools.drawings.__main__ import drawings, sheet
from tools.drawings.render import png

MOST_BYTES = 40_000
ALL = [
    Drawing.of(exercise, side, anchor)
    for exercise, side, anchor in product(CATALOGUE, Side, Anchor)
]


def test_every_exercise_side_and_anchor_has_a_small_drawing() -> None:
    """And nothing else lies in the folder; an anchor shows only where tubing is at the hip."""
    paths = {one.path for one in ALL} | {SheetOfAll().path}
    assert paths == set(FOLDER.glob("*.png"))
    assert len(paths) == 2 * (2 * 3 + 7) + 1
    for path in paths:
        assert path.stat().st_size < MOST_BYTES
        assert Image.open(BytesIO(path.read_bytes())).mode == "P"


def test_what_is_kept_at_telegram_is_told_apart() -> None:
    """By the drawing's name and its bytes."""
    pictures: list[Picture] = [*ALL, SheetOfAll()]
    keys = {key(one) for one in pictures}
    assert len(keys) == 2 * (2 * 3 + 7) + 1
    assert key(SheetOfAll()).startswith("file:")
    assert [sheet_letter(one) for one in SHEET_ORDER] == list("ABCDEFGHI")


@pytest.mark.parametrize("exercise", [*CATALOGUE, "sheet"])
def test_the_files_are_what_the_code_draws(exercise: str) -> None:
    """`make pictures` would change no file but by how another renderer smooths an edge."""
    drawn = (
        [(SheetOfAll(), sheet())]
        if exercise == "sheet"
        else [(one, svg) for one, svg in drawings() if one.exercise == exercise]
    )
    for picture, svg in drawn:
        before = Image.open(BytesIO(content(picture))).convert("RGB")
        after = Image.open(BytesIO(png(svg))).convert("RGB")
        assert ImageStat.Stat(ImageChops.difference(before, after)).mean < [0.5] * 3


def test_the_other_side_is_the_mirror_image() -> None:
    """Of all but the numbers, which stay readable."""
    found = {one: svg for one, svg in drawings() if one.exercise == "H1"}
    left, right = (found[Drawing("H1", side, Anchor.BEHIND)] for side in (Side.LEFT, Side.RIGHT))
    assert left != right
    assert all(svg.count("<text") == 3 for svg in (left, right))
    assert "scale(-1" not in left
