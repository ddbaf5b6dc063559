"""What becomes of words between a coach and an athlete, as values.

`name` is the other side's; `athlete_id` is the athlete's, whichever side that is.
"""

from dataclasses import dataclass
from typing import ClassVar

from bot.conversation.message import Reply


@dataclass(frozen=True, slots=True)
class RelayAwaited(Reply):
    """The next text that is typed is passed on."""

    topic: ClassVar[str] = "relay_ask"
    name: str
    athlete_id: int


@dataclass(frozen=True, slots=True)
class NobodyReads(Reply):
    """The athlete shares with no coach who can be reached."""

    topic: ClassVar[str] = "relay_nobody"


@dataclass(frozen=True, slots=True)
class SessionFirst(Reply):
    """A session is running: what is written now would be heard as the session's."""

    topic: ClassVar[str] = "relay_session_first"


@dataclass(frozen=True, slots=True)
class RelayUnderWay(Reply):
    """The words are on their way."""

    topic: ClassVar[str] = "relay_under_way"
    name: str
    athlete_id: int


@dataclass(frozen=True, slots=True)
class RelayDelivered(Reply):
    """The words arrived."""

    topic: ClassVar[str] = "relay_delivered"
    name: str
    athlete_id: int


@dataclass(frozen=True, slots=True)
class RelayLost(Reply):
    """The words did not arrive, or perhaps not."""

    topic: ClassVar[str] = "relay_lost"
    name: str
    athlete_id: int


@dataclass(frozen=True, slots=True)
class RelayUnreachable(Reply):
    """Nothing was sent: the bot cannot reach the other side."""

    topic: ClassVar[str] = "relay_unreachable"
    name: str
    athlete_id: int


@dataclass(frozen=True, slots=True)
class RelayTooLong(Reply):
    """Nothing was sent: the text has `length` characters, and at most `most` are taken."""

    topic: ClassVar[str] = "relay_too_long"
    name: str
    athlete_id: int
    length: int
    most: int


@dataclass(frozen=True, slots=True)
class RelayEnded(Reply):
    """Nothing was sent: the two do not share any more; `mine` tells it to the one who shared.

    Whoever reads this has written to the other before, so the name is no news.
    """

    topic: ClassVar[str] = "relay_ended"
    name: str
    mine: bool


@dataclass(frozen=True, slots=True)
class RelayTextOnly(Reply):
    """Nothing was sent: pictures and the like are not passed on.

    Letters of 0.1.0 do not say whose id it was.
    """

    topic: ClassVar[str] = "relay_text_only"
    name: str
    athlete_id: int | None = None
