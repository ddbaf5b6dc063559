"""What is said when a role is taken away, to the admin and to whom it concerns."""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar, Literal

from bot.accounts.roles import RoleName
from bot.conversation.message import Reply

# ---- the admin ------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class AskRemovedRole(Reply):
    """The question which of several roles to take away."""

    topic: ClassVar[str] = "remove_which"
    athlete_id: int
    name: str
    roles: tuple[RoleName, ...]


@dataclass(frozen=True, slots=True)
class RemovalQuestion(Reply):
    """What taking these roles away means, and whether to; `word` is what a yes repeats.

    So many `athletes` a coach coaches.
    """

    topic: ClassVar[str] = "remove_ask"
    athlete_id: int
    name: str
    roles: tuple[RoleName, ...]
    word: RoleName | Literal["all"]
    is_me: bool
    athletes: int


@dataclass(frozen=True, slots=True)
class NotTheirRole(Reply):
    """What was typed after the name is none of their roles."""

    topic: ClassVar[str] = "remove_problem"
    athlete_id: int
    name: str
    word: str
    roles: tuple[RoleName, ...]


@dataclass(frozen=True, slots=True)
class LeavingAlready(Reply):
    """The athlete's data is to be erased already."""

    topic: ClassVar[str] = "remove_leaving"
    athlete_id: int
    name: str
    erase_at: datetime | None
    zone: str


@dataclass(frozen=True, slots=True)
class LastAdmin(Reply):
    """The only admin stays one."""

    topic: ClassVar[str] = "remove_last_admin"
    athlete_id: int
    name: str


@dataclass(frozen=True, slots=True)
class RemovalDropped(Reply):
    """Nobody was removed."""

    topic: ClassVar[str] = "remove_kept"
    name: str


@dataclass(frozen=True, slots=True)
class PersonRemoved(Reply):
    """The roles are taken away; an athlete's data is erased at `erase_at`."""

    topic: ClassVar[str] = "remove_done"
    athlete_id: int
    name: str
    roles: tuple[RoleName, ...]
    is_me: bool
    erase_at: datetime | None
    zone: str


@dataclass(frozen=True, slots=True)
class RemovalUndone(Reply):
    """The athlete is one again; not `told` where they cannot be reached."""

    topic: ClassVar[str] = "remove_back"
    athlete_id: int
    name: str
    told: bool


@dataclass(frozen=True, slots=True)
class NotRemoved(Reply):
    """They were not removed as an athlete; with `erase_at`, they asked for the erasure."""

    topic: ClassVar[str] = "remove_no_back"
    athlete_id: int
    name: str
    erase_at: datetime | None
    zone: str


# ---- whom it concerns -----------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class YouAreRemoved(Reply):
    """Your roles are taken away, but those `left`; your session is over if it was `stopped`."""

    topic: ClassVar[str] = "removed"
    roles: tuple[RoleName, ...]
    left: tuple[RoleName, ...]
    stopped: bool
    erase_at: datetime | None
    zone: str


@dataclass(frozen=True, slots=True)
class YouAreBack(Reply):
    """You are an athlete again."""

    topic: ClassVar[str] = "taken_back"
    next_at: datetime | None
    zone: str
