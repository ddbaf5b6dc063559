"""Which letters go before which."""

from enum import IntEnum
from typing import Final

URGENT: Final = 2
"""Priorities up to this one (stop, release, hold) are felt in the body."""
HEARD: Final = 3
"""Priorities up to this one (questions and alerts too) have to be heard, in whatever form."""
OWN: Final = 4
"""Priorities up to this one (question, reply) answer somebody who is in the chat just now."""


class Lane(IntEnum):
    """How a letter stands to the budget."""

    CUE = 0
    """Waits neither for its chat's pace nor for even spacing."""
    PERSON = 1
    """A person's own answer: at once in small numbers, never behind the bulk."""
    BULK = 2
    """Reminders, summaries, broadcasts: evenly, whenever there is room."""


def lane_of(priority: int) -> Lane:
    """Return the lane of a letter with this priority."""
    if priority <= URGENT:
        return Lane.CUE
    return Lane.PERSON if priority <= OWN else Lane.BULK
