"""What is expected to go wrong: one sentence for a person, and an exit code for what started it."""

from enum import IntEnum
from typing import ClassVar


class Code(IntEnum):
    """How a command ends (docs/operations.md). 1 is a fault of the program, 2 a wrong word."""

    BAD_SETTINGS = 3
    BAD_DATABASE = 4
    CANNOT_GO_ON = 5
    NOT_AS_EXPECTED = 6
    IN_USE = 7
    NO_SANDBOX = 8


class ExpectedError(Exception):
    """The text is one sentence for a person; a command ends with `code`."""

    code: ClassVar[Code] = Code.CANNOT_GO_ON
