"""Which drawing shows what, and its file: one for each exercise, side and anchor."""

from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Final

from bot.protocol.dose.dose import Side
from bot.protocol.dose.exercises import CATALOGUE, Anchor

FOLDER: Final = Path(__file__).parent
SHEET_ORDER: Final = tuple(CATALOGUE)
"""The exercises on the sheet of all, from left to right."""


def sheet_letter(exercise: str) -> str:
    """Return the letter that an exercise has on the sheet of all, from A on."""
    return chr(ord("A") + SHEET_ORDER.index(exercise))


@dataclass(frozen=True, slots=True)
class Drawing:
    """One exercise on one side. The anchor matters where tubing pulls at the hip."""

    exercise: str
    side: Side
    anchor: Anchor = Anchor.BEHIND

    @classmethod
    def of(cls, exercise: str, side: Side, anchor: Anchor) -> "Drawing":
        """Return what shows an exercise so; of both sides the first, with the same picture."""
        at_hip = CATALOGUE[exercise].at_hip
        shown = Side.LEFT if side is Side.BOTH else side
        return cls(exercise, shown, anchor if at_hip else Anchor.BEHIND)

    @property
    def name(self) -> str:
        """What its file is called, without its ending."""
        anchor = f"-{self.anchor}" if CATALOGUE[self.exercise].at_hip else ""
        return f"{self.exercise.lower()}{anchor}-{self.side}"

    @property
    def path(self) -> Path:
        """Where its file is."""
        return FOLDER / f"{self.name}.png"


@dataclass(frozen=True, slots=True)
class SheetOfAll:
    """All exercises side by side, each with its letter."""

    name = "sheet"

    @property
    def path(self) -> Path:
        """Where its file is."""
        return FOLDER / "sheet.png"


Picture = Drawing | SheetOfAll


@cache
def content(picture: Picture) -> bytes:
    """Return the PNG."""
    return picture.path.read_bytes()


def key(picture: Picture) -> str:
    """Return what its name at Telegram is stored under: another drawing is another file."""
    return f"file:{sha256(content(picture)).hexdigest()[:8]}:{picture.name}"
