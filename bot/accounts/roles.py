"""The roles of people, as messages name them."""

from dataclasses import dataclass
from typing import Literal

RoleName = Literal["athlete", "coach", "admin"]
"""The value of a `Role`: messages and words know no row."""


@dataclass(frozen=True, slots=True)
class RoleCounts:
    """How many people have each role."""

    athlete: int = 0
    coach: int = 0
    admin: int = 0

    def each(self) -> tuple[tuple[RoleName, int], ...]:
        """Return the roles with their counts."""
        return ("athlete", self.athlete), ("coach", self.coach), ("admin", self.admin)
