"""From SVG to small PNG files."""

from io import BytesIO
from pathlib import Path
from typing import Final

import matplotlib as mpl
import resvg_py
from PIL import Image

from tools.drawings.shapes import CARD

FONT: Final = str(Path(mpl.get_data_path(), "fonts", "ttf", "DejaVuSans-Bold.ttf"))
COLOURS: Final = 128


def svg(width: int, height: int, content: str) -> str:
    """Return a card of so many pixels with this on it."""
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}">'
        f'<rect width="{width}" height="{height}" fill="{CARD}"/>{content}</svg>'
    )


def png(drawn: str) -> bytes:
    """Return a drawing as PNG with a palette: a third of the bytes of full colour."""
    pixels = resvg_py.svg_to_bytes(svg_string=drawn, skip_system_fonts=True, font_files=[FONT])
    picture = Image.open(BytesIO(pixels)).convert("RGB")
    small = picture.quantize(COLOURS, Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE)
    buffer = BytesIO()
    small.save(buffer, "PNG", optimize=True)
    return buffer.getvalue()
