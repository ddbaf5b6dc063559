"""What is said where a file or a picture did not get through, as values."""

from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar

from bot.conversation.message import Reply


class Enclosed(StrEnum):
    """What it is that may not have come."""

    SESSION = "session"  # the picture of one's own session
    DAYS = "days"  # the picture of an athlete's days
    TABLE = "table"
    EXPORT = "export"  # all data about an athlete
    OWN_EXPORT = "own_export"
    PAGE = "page"
    OWN_PAGE = "own_page"
    OWN_DAYS = "own_days"
    WEEK = "week"  # a file about all athletes of a summary


@dataclass(frozen=True, slots=True)
class NothingToShow(Reply):
    """To an athlete: the last seven days have neither a session nor a morning."""

    topic: ClassVar[str] = "own_week_empty"


@dataclass(frozen=True, slots=True)
class DidNotCome(Reply):
    """A file or a picture was refused, or perhaps lost: what, about whom, and how to get it again.

    Where it is about an athlete, `name` and `athlete_id` are that one's. `day` is the session's.
    `perhaps`: nobody knows whether it came.
    """

    topic: ClassVar[str] = "did_not_come"
    what: Enclosed
    perhaps: bool
    name: str = ""
    athlete_id: int | None = None
    day: str = ""
