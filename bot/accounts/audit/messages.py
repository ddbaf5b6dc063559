"""What is said about who changed what."""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from bot.conversation.message import Reply


@dataclass(frozen=True, slots=True)
class AuditedChange:
    """One change: `action` and what was `before` and `after`, as they are stored.

    `by` is None for the bot itself and for somebody who is gone. `whose` is whom it changed, if
    that is somebody else; `about` is whom it also names: who a link was for, or a coach.
    """

    at: datetime
    action: str
    by: str | None
    whose: str | None
    subject_id: int | None
    about: str | None
    before: str | None
    after: str | None


@dataclass(frozen=True, slots=True)
class AuditPage(Reply):
    """A page of changes, the newest first; of everybody, or by and for one person.

    Pages are counted from 1; there is `more` on the next.
    """

    topic: ClassVar[str] = "audit"
    changes: tuple[AuditedChange, ...]
    page: int
    more: bool
    name: str | None
    athlete_id: int | None
    zone: str


@dataclass(frozen=True, slots=True)
class NoSuchAuditPage(Reply):
    """What was typed after the name is not a page."""

    topic: ClassVar[str] = "audit_problem"
    word: str
    name: str
