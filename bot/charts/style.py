"""What all pictures share: their ground, colours and letters, and how they become small files."""

import unicodedata
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
HELD, WITHIN, OVER, MORNING, SPORT = "#2b6cb0", "#1a4a80", "#b3261e", "#8a5200", "#5f7f5a"
_COLOURS: Final = 64
_EFFORT: Final = 8
"""Of 9: a sixteenth fewer bytes than by 6, for 20 ms. 9 takes 70 ms, and saves little more."""
_PATHS: Final = TextToPath()
_WESTERN: Final = ("LATIN", "GREEK", "CYRILLIC", "ARMENIAN", "GEORGIAN", "MODIFIER LETTER")
_EASTERN: Final = ("HEBREW LETTER", "ARABIC LETTER")
_FROM_THE_RIGHT: Final = frozenset({"R", "AL", "AN"})
_HIDDEN: Final = frozenset({"Cc", "Cf", "Cs"})
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
    image(canvas).save(buffer, "PNG", compress_level=_EFFORT)
    return buffer.getvalue()


def printable(text: str) -> str:
    """Return the text without the signs that the font does not have: a printed □ says nothing."""
    shown = "".join(sign for sign in text if sign.isspace() or ord(sign) in _signs())
    return " ".join(shown.split())


def named(name: str, number: int) -> str:
    """Return a name as it can be drawn; what of it cannot be is told by the athlete's number.

    "Ana", "Ana · Athlete 12" for an Ana with more to her name, "Athlete 12" for a name in Thai:
    half a word would be another name. The message beside the picture has the whole name. Hebrew
    and Arabic are drawn where nothing else is among them.
    """
    words = unicodedata.normalize("NFC", name).split()
    shown = [
        word for word in map(_plain, words) if word and (_is_western(word) or _is_eastern(word))
    ]
    if not all(map(_is_eastern, shown)):
        shown = [word for word in shown if not _is_eastern(word)]
    whole = len(shown) == len([word for word in words if _plain(word)])
    if not any(map(_has_letter, shown)):
        shown, whole = [], False
    return (
        " ".join(shown)
        if whole
        else " · ".join([*filter(None, [" ".join(shown)]), f"Athlete {number}"])
    )


def _plain(word: str) -> str:
    """Return a word without signs that nobody sees."""
    return "".join(sign for sign in word if unicodedata.category(sign) not in _HIDDEN)


def _has_letter(word: str) -> bool:
    return any(sign.isalnum() for sign in word)


def _is_western(word: str) -> bool:
    """Whether a word reads from left to right, one letter after the other, by signs of the font."""
    return all(
        ord(sign) in _signs()
        and unicodedata.bidirectional(sign) not in _FROM_THE_RIGHT
        and (not sign.isalpha() or unicodedata.name(sign, "").startswith(_WESTERN))
        for sign in word
    )


def _is_eastern(word: str) -> bool:
    """Whether a word is of Hebrew or Arabic letters alone, all of them in the font."""
    return all(
        sign.isalpha() and ord(sign) in _signs() and unicodedata.name(sign, "").startswith(_EASTERN)
        for sign in word
    )


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
