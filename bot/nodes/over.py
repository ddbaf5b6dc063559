"""Why a term is over; loaded also where there are no terms."""

from enum import StrEnum


class WhyOver(StrEnum):
    """Why a term is over."""

    LOST = "lost"  # the connection that writes is gone
    SILENT = "silent"  # no beat has counted for so long that another may lead
    TAKEN = "taken"  # another leads
    CUT_OFF = "cut_off"  # Telegram is out of reach here, and not for others


class TermOverError(Exception):
    """This node leads no longer."""

    def __init__(self, why: WhyOver) -> None:
        super().__init__(why)
        self.why = why

    @property
    def in_doubt(self) -> bool:
        """Whether nobody here knows who leads: what was promised in memory may have to be said."""
        return self.why in {WhyOver.LOST, WhyOver.SILENT}
