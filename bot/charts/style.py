"""What all pictures share: their ground, colours and letters, and how they become small files."""

from bisect import bisect_left
from collections.abc import Callable, Iterable
from functools import cache, lru_cache
from io import BytesIO
from pathlib import Path
from typing import Final, TypeVar

import matplotlib as mpl
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.font_manager import FontProperties, get_font
from matplotlib.textpath import TextToPath
from PIL import Image

T = TypeVar("T")

FONT: Final = "DejaVu Sans"  # comes with matplotlib: the same picture on every machine
FONTS: Final = Path(mpl.get_data_path(), "fonts", "ttf")
PAPER, INK, FAINT = "#fdfcf8", "#16202b", "#c9ced4"
HELD, WITHIN, OVER, MORNING = "#2b6cb0", "#1a4a80", "#b3261e", "#8a5200"
_COLOURS: Final = 64
_PATHS: Final = TextToPath()
_UNSEEN: Final = frozenset({*range(0x20), *range(0x200B, 0x2010), *range(0xFE00, 0xFE10)})
"""Controls, joiners and variation selectors: the font has them, and they show nothing."""


def image(canvas: FigureCanvasAgg) -> Image.Image:
    """Return the drawing with a palette of its own: a third of the bytes of full colour."""
    canvas.draw()  # type: ignore[no-untyped-call]
    size = canvas.get_width_height()
    pixels = bytes(canvas.buffer_rgba())  # type: ignore[no-untyped-call]
    picture = Image.frombuffer("RGBA", size, pixels, "raw", "RGBA", 0, 1)
    return picture.convert("RGB").quantize(
        _COLOURS, Image.Quantize.FASTOCTREE, dither=Image.Dither.NONE
    )


def on_white(picture: Image.Image) -> Image.Image:
    """Return a drawing whose ground is white: a printer makes dots of any other."""
    palette, ground = picture.getpalette(), picture.getpixel((0, 0))
    assert palette is not None
    assert isinstance(ground, int)
    palette[3 * ground : 3 * ground + 3] = (255, 255, 255)
    picture.putpalette(palette)
    return picture


def png(canvas: FigureCanvasAgg) -> bytes:
    """Return the drawing as a small opaque PNG."""
    buffer = BytesIO()
    image(canvas).save(buffer, "PNG")
    return buffer.getvalue()


def printable(text: str, instead: str = "") -> str:
    """Return the text without the signs that the font does not have, or `instead` of nothing.

    A printed □ says nothing; Chinese names and emoji are told in the message beside the picture.
    """
    shown = "".join(sign for sign in text if sign.isspace() or ord(sign) in _signs())
    return " ".join(shown.split()) or instead


@cache
def _signs() -> frozenset[int]:
    """Return the code points that the regular and the bold letters have."""
    files = ("DejaVuSans.ttf", "DejaVuSans-Bold.ttf")
    regular, bold = (get_font(FONTS / name).get_charmap() for name in files)
    return frozenset(regular) & frozenset(bold) - _UNSEEN


@lru_cache(1024)
def width(text: str, size: float, *, bold: bool = False) -> float:
    """Return the width of one line of text, in the unit of `size`."""
    font = FontProperties(family=FONT, size=size, weight="bold" if bold else "normal")
    found, _, _ = _PATHS.get_text_width_height_descent(text, font, ismath=False)
    return float(found)


def fitted(text: str, room: float, measure: Callable[[str], float]) -> str:
    """Return the text, shortened with "…" to what fits into `room` by `measure`."""
    if measure(text) <= room:
        return text

    def short(end: int) -> str:
        return f"{text[:end].rstrip()}…"

    too_long = bisect_left(range(len(text)), 1, lo=1, key=lambda end: measure(short(end)) > room)
    return short(too_long - 1)


def lines_of(parts: Iterable[T], size: Callable[[T], float], room: float) -> list[list[T]]:
    """Break parts of some size into lines of at most `room`."""
    lines: list[list[T]] = []
    left = 0.0
    for part in parts:
        if not lines or size(part) > left:
            lines.append([])
            left = room
        lines[-1].append(part)
        left -= size(part)
    return lines
