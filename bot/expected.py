"""What is expected to go wrong: one sentence for a person, and an exit code for what started it."""

from enum import IntEnum


class Code(IntEnum):
    """How a command ends (docs/operations.md). 1 is a fault of the program, 2 a wrong word."""

    BAD_SETTINGS = 3
    BAD_DATABASE = 4
    CANNOT_GO_ON = 5
    NOT_AS_EXPECTED = 6
    IN_USE = 7
    NO_SANDBOX = 8
    SERVER_AWAY = 9
    SERVER_TOO_OLD = 10
    WRONG_PASSWORD = 11
    NO_SUCH_DATABASE = 12
    MISSING_RIGHTS = 13
    POOLED = 14
    WRONG_COLLATION = 15
    NEEDS_SERVER = 16
    OTHER_BOT = 17


class ExpectedError(Exception):
    """The text is one sentence for a person; a command ends with `code`."""

    code: Code = Code.CANNOT_GO_ON
