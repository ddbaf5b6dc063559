"""What is said about links to join and to move."""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from bot.accounts.roles import RoleName
from bot.conversation.message import Reply


@dataclass(frozen=True, slots=True)
class LinkMade(Reply):
    """A link for one person to join, as row `invite`; `link` is "" once this was sent.

    `by` is who invites. On joining an athlete is asked about the coach `coach`, where there is one;
    who reads it `chooses` others where they may.
    """

    topic: ClassVar[str] = "invite_made"
    link: str
    invite: int
    name: str
    role: RoleName
    expires_at: datetime
    zone: str
    by: str = ""
    coach: str = ""
    chooses: bool = True


@dataclass(frozen=True, slots=True)
class Invitation(Reply):
    """The invitation itself, to be forwarded as it is; `link` is "" once this was sent."""

    topic: ClassVar[str] = "invitation"
    link: str
    name: str
    role: RoleName
    by: str
    coach: str
    expires_at: datetime
    zone: str


@dataclass(frozen=True, slots=True)
class CoachToo(Reply):
    """The admin coaches as well from now on, or did so `already`."""

    topic: ClassVar[str] = "coach_too"
    already: bool


@dataclass(frozen=True, slots=True)
class MoveLinkMade(Reply):
    """A link that moves a person to another account, as row `invite`; "" once this was sent."""

    topic: ClassVar[str] = "move_made"
    link: str
    invite: int
    name: str
    role: RoleName
    expires_at: datetime
    zone: str


@dataclass(frozen=True, slots=True)
class NoLinkMade(Reply):
    """Why no link was made, as a sentence with an example."""

    topic: ClassVar[str] = "invite_problem"
    problem: str


@dataclass(frozen=True, slots=True)
class LinkRevoked(Reply):
    """A link is useless from now on."""

    topic: ClassVar[str] = "invite_revoked"


@dataclass(frozen=True, slots=True)
class LinkNotOpen(Reply):
    """A link that was to be revoked is not open any more."""

    topic: ClassVar[str] = "invite_gone"


@dataclass(frozen=True, slots=True)
class AskInvitedRole(Reply):
    """The question as what somebody is to join; `myself`: the admin may become a coach."""

    topic: ClassVar[str] = "invite_role"
    myself: bool = False


@dataclass(frozen=True, slots=True)
class AskInvitedName(Reply):
    """The question for the name of the person who should join."""

    topic: ClassVar[str] = "invite_name"
    role: RoleName


@dataclass(frozen=True, slots=True)
class OpenLink:
    """One open link; `athlete_id` is whom it moves, if it `moves` somebody."""

    id: int
    name: str
    role: RoleName
    moves: bool
    until: datetime
    athlete_id: int | None


@dataclass(frozen=True, slots=True)
class OpenLinks(Reply):
    """A page of the `total` open links; pages are counted from 1.

    `revoked` is whose link was just revoked; `gone` says that it was not open any more.
    """

    topic: ClassVar[str] = "invites"
    links: tuple[OpenLink, ...]
    total: int
    page: int
    pages: int
    revoked: str | None
    gone: bool
    zone: str


@dataclass(frozen=True, slots=True)
class NoSuchLinksPage(Reply):
    """What was typed after /invites is not a page."""

    topic: ClassVar[str] = "invites_problem"
    word: str
