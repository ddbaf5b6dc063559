"""The source's three questions about a hold (PROTOCOL 1), each with one of four to reject."""

from dataclasses import dataclass
from typing import Final

from bot.protocol.dose.exercises import CATALOGUE


@dataclass(frozen=True, slots=True)
class QuizQuestion:
    """Which of four exercises the method rejects for this reason: `flag`, as PROTOCOL 6 has it."""

    flag: str
    choices: tuple[str, ...]

    @property
    def answer(self) -> str:
        """The one of the choices that is flagged so."""
        (found,) = (one for one in self.choices if self.flag in CATALOGUE[one].flags)
        return found


QUESTIONS: Final = (
    QuizQuestion("i", ("H1", "H3", "H6", "H10")),
    QuizQuestion("ii", ("H2", "H5", "H10", "H16")),
    QuizQuestion("iii", ("H3", "H4", "H5", "H6")),
)
