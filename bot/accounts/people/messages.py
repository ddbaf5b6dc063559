"""What is said about who is here, and what is not as usual with them."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Annotated, ClassVar

from pydantic import AliasChoices, Field

from bot.accounts.roles import RoleCounts, RoleName
from bot.conversation.message import Reply


class Condition(StrEnum):
    """What may be not as usual with somebody."""

    INVITED = "invited"  # an open link; not joined yet
    LEAVING = "leaving"  # asked to have the data erased
    REMOVED = "removed"  # an admin took the athlete's role away; the data waits to be erased
    LOCKED = "locked"
    PAUSED = "paused"
    UNLINKED = "unlinked"  # has no Telegram account here
    UNREACHABLE = "unreachable"


@dataclass(frozen=True, slots=True)
class PersonState:
    """A condition, and `since` or `until` when; the day a pause ends is `back_on`, if it is set.

    0.1.0 stored `kind` as "is".
    """

    kind: Annotated[Condition, Field(validation_alias=AliasChoices("kind", "is"))]
    since: datetime | None = None
    until: datetime | None = None
    back_on: date | None = None


@dataclass(frozen=True, slots=True)
class Listed:
    """A person in the list; somebody who is only invited has no id yet."""

    name: str
    roles: tuple[RoleName, ...]
    states: tuple[PersonState, ...]
    athlete_id: int | None = None


@dataclass(frozen=True, slots=True)
class PeopleListed(Reply):
    """A page of everybody, of `total` people and so many `invited`; pages are counted from 1."""

    topic: ClassVar[str] = "people"
    people: tuple[Listed, ...]
    total: int
    invited: int
    by_role: RoleCounts
    page: int
    pages: int
    zone: str


@dataclass(frozen=True, slots=True)
class CoachOfCard:
    """A coach of the person; `asked` where the person has not answered yet."""

    name: str
    asked: bool


@dataclass(frozen=True, slots=True)
class PersonCard(Reply):
    """One person. Times are told on the clock of `zone`, the reader's.

    `athletes` are some of those a coach coaches, `more` is how many others there are; None for
    who is no coach.
    """

    topic: ClassVar[str] = "person"
    athlete_id: int
    name: str
    roles: tuple[RoleName, ...]
    states: tuple[PersonState, ...]
    joined_at: datetime | None
    their_zone: str
    zone: str
    is_me: bool
    coaches: tuple[CoachOfCard, ...]
    athletes: tuple[str, ...] | None
    more: int
