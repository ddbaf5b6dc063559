"""Draw every exercise into `bot/drawings`; run by `make pictures`."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from bot.drawings.files import FOLDER, SHEET_ORDER, Drawing, sheet_letter
from bot.protocol.dose.dose import Side
from tools.drawings.render import png, svg
from tools.drawings.scenes import SCENES, STANDING, VIEWS
from tools.drawings.signs import letters

_ACROSS: Final = 3
_CELL: Final = 360, 276


def drawings() -> Iterator[tuple[Drawing, str]]:
    """Yield every drawing as SVG, for either side: the side that works is the one that is seen."""
    for (exercise, anchor), scene in SCENES.items():
        right = VIEWS.get(exercise, STANDING)
        for side, view in (
            (Side.LEFT, replace(right, mirrored=True)),
            (Side.RIGHT, right),
        ):
            drawn = svg(view.width, view.height, scene(view, numbers=True))
            yield Drawing(exercise, side, anchor), drawn


def sheet() -> str:
    """Return all exercises side by side, each with its letter."""
    width, height = _CELL
    rows = -(-len(SHEET_ORDER) // _ACROSS)
    cells = "".join(_cell(at, exercise) for at, exercise in enumerate(SHEET_ORDER))
    return svg(_ACROSS * width, rows * height, cells)


def _cell(at: int, exercise: str) -> str:
    width, height = _CELL
    x, y = at % _ACROSS * width, at // _ACROSS * height
    view = VIEWS.get(exercise, STANDING)
    scene = next(scene for (one, _anchor), scene in SCENES.items() if one == exercise)
    small = width / view.width
    return (
        f'<g transform="translate({x} {y}) scale({small})">{scene(view, numbers=False)}</g>'
        f'<circle cx="{x + 36}" cy="{y + 36}" r="24" fill="#ffffff" stroke="#20323a" '
        'stroke-width="3"/>' + letters(sheet_letter(exercise), x + 36, y + 47, 31)
    )


def main() -> None:
    """Write the files."""
    for drawing, drawn in drawings():
        drawing.path.write_bytes(png(drawn))
    (FOLDER / "sheet.png").write_bytes(png(sheet()))


if __name__ == "__main__":
    main()
