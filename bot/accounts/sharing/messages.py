"""What is said about who coaches whom, and about the athlete's consent."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import ClassVar

from bot.accounts.roles import RoleName
from bot.conversation.message import Reply

# ---- the admin ------------------------------------------------------------------------


class Tie(StrEnum):
    """What there is between an athlete and a coach."""

    NEW = "new"  # nothing
    ASKED = "asked"  # the athlete has not answered
    ACTIVE = "active"  # the coach sees the data


@dataclass(frozen=True, slots=True)
class CoachOption:
    """A coach to ask for, or to end."""

    coach_id: int
    name: str
    state: Tie


@dataclass(frozen=True, slots=True)
class CoachChoice(Reply):
    """Who coaches an athlete, and who could; pages are counted from 1.

    Who has not `joined` is asked then.
    """

    topic: ClassVar[str] = "assign_choose"
    athlete_id: int
    athlete: str
    coaches: tuple[CoachOption, ...]
    page: int
    pages: int
    joined: bool = True


@dataclass(frozen=True, slots=True)
class AthleteAsked(Reply):
    """The athlete is asked; not `told` where they cannot be reached now."""

    topic: ClassVar[str] = "assign_asked"
    athlete_id: int
    athlete: str
    coach_id: int
    coach: str
    told: bool


@dataclass(frozen=True, slots=True)
class AssignNotUnderstood(Reply):
    """Nobody is called like the `coach` that was typed; or a `word` after the coach means nothing.

    One of the two is there.
    """

    topic: ClassVar[str] = "assign_problem"
    athlete_id: int
    athlete: str
    coach: str | None = None
    word: str | None = None


@dataclass(frozen=True, slots=True)
class SharesAlready(Reply):
    """The coach sees the athlete's data already."""

    topic: ClassVar[str] = "assign_has"
    athlete_id: int
    athlete: str
    coach_id: int
    coach: str


@dataclass(frozen=True, slots=True)
class SharesNothing(Reply):
    """There is nothing to end."""

    topic: ClassVar[str] = "assign_has_not"
    athlete_id: int
    athlete: str
    coach_id: int
    coach: str


@dataclass(frozen=True, slots=True)
class NotAskedAsLeaving(Reply):
    """The athlete's data is about to be erased, so nobody is asked."""

    topic: ClassVar[str] = "assign_leaving"
    athlete_id: int
    athlete: str
    coach_id: int
    coach: str


@dataclass(frozen=True, slots=True)
class AssignmentEnded(Reply):
    """The coaching is ended, if it was `shared`; else the question is taken back.

    `told` says that both get a message.
    """

    topic: ClassVar[str] = "assign_ended"
    athlete_id: int
    athlete: str
    coach_id: int
    coach: str
    shared: bool
    told: bool = True


@dataclass(frozen=True, slots=True)
class AssignmentKept(Reply):
    """The athlete is asked on joining; the link is open until `until`, on the clock of `zone`."""

    topic: ClassVar[str] = "assign_kept"
    athlete_id: int
    athlete: str
    coach_id: int
    coach: str
    until: datetime
    zone: str


@dataclass(frozen=True, slots=True)
class AssignmentDropped(Reply):
    """Who has not joined yet will not be asked about the coach."""

    topic: ClassVar[str] = "assign_dropped"
    athlete_id: int
    athlete: str
    coach_id: int
    coach: str


class Undone(StrEnum):
    """Why somebody who was invited will not be asked about a coach."""

    REVOKED = "revoked"  # the link was revoked
    EXPIRED = "expired"  # nobody has joined by it in time
    NO_COACH = "no_coach"  # the coach is none any more


@dataclass(frozen=True, slots=True)
class AssignmentUndone(Reply):
    """To the admin who asked: the person with this name was invited, and will not be asked."""

    topic: ClassVar[str] = "assign_undone"
    invited: str
    coach: str
    why: Undone


@dataclass(frozen=True, slots=True)
class InvitedJoined(Reply):
    """To the admins who wait for it: somebody joined by a link, and is asked about `coaches`.

    `shares` and `declined` are those the person has said yes and no to while joining.
    """

    topic: ClassVar[str] = "invited_joined"
    name: str
    athlete_id: int
    role: RoleName
    coaches: tuple[str, ...]
    shares: tuple[str, ...] = ()
    declined: tuple[str, ...] = ()


# ---- the athlete ----------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class ShareQuestion(Reply):
    """Whether to share with a coach; `stamp` is when it was asked, in milliseconds."""

    topic: ClassVar[str] = "share_ask"
    coach_id: int
    coach: str
    stamp: int
    athlete_id: int


@dataclass(frozen=True, slots=True)
class SharingBegun(Reply):
    """The coach sees the data from now on."""

    topic: ClassVar[str] = "share_yes"
    coach_id: int
    coach: str


@dataclass(frozen=True, slots=True)
class SharingRefused(Reply):
    """Nothing is shared with the coach."""

    topic: ClassVar[str] = "share_no"
    coach_id: int
    coach: str


@dataclass(frozen=True, slots=True)
class SharingStopped(Reply):
    """The coach sees the data no more; `stamp` is since when, in milliseconds.

    `told` says that the coach gets a message, `undo` that sharing again is one tap.
    """

    topic: ClassVar[str] = "share_stopped"
    coach_id: int
    coach: str
    stamp: int
    told: bool
    undo: bool


@dataclass(frozen=True, slots=True)
class DiaryQuestion(Reply):
    """Whether a coach who sees the rest sees the diary too; `version` is that of the text."""

    topic: ClassVar[str] = "diary_ask"
    coach_id: int
    coach: str
    version: str
    athlete_id: int


@dataclass(frozen=True, slots=True)
class DiarySharing(Reply):
    """Whether a coach sees the diary from now on."""

    topic: ClassVar[str] = "diary_sharing"
    coach_id: int
    coach: str
    version: str
    shares: bool


@dataclass(frozen=True, slots=True)
class DiaryOfCoach:
    """Whether a coach who sees the athlete's data sees the diary; `version` is the text's."""

    coach_id: int
    name: str
    version: str
    shares: bool


@dataclass(frozen=True, slots=True)
class SeeingCoach:
    """A coach who sees the athlete's data, and whether the diary is among it."""

    coach_id: int
    name: str
    since: datetime
    diary: bool = True


@dataclass(frozen=True, slots=True)
class AskingCoach:
    """A coach whose question the athlete has not answered."""

    coach_id: int
    name: str


@dataclass(frozen=True, slots=True)
class MyCoaches(Reply):
    """Who sees an athlete's data, and whose question is open."""

    topic: ClassVar[str] = "coaches"
    coaches: tuple[SeeingCoach, ...]
    asked: tuple[AskingCoach, ...]
    zone: str


# ---- what the others are told ---------------------------------------------------------


@dataclass(frozen=True, slots=True)
class AthleteToCome(Reply):
    """To a coach: an athlete has joined and is asked. Who it is is not the coach's to know yet."""

    topic: ClassVar[str] = "athlete_to_come"


@dataclass(frozen=True, slots=True)
class AthleteShares(Reply):
    """To a coach: the athlete's data is seen from now on; `joined` where that is new as well."""

    topic: ClassVar[str] = "shared"
    athlete: str
    athlete_id: int
    joined: bool = False


@dataclass(frozen=True, slots=True)
class AthleteSharesWith(Reply):
    """To the admin who asked: the athlete said yes."""

    topic: ClassVar[str] = "shared_with"
    athlete: str
    athlete_id: int
    coach: str


@dataclass(frozen=True, slots=True)
class AthleteDeclined(Reply):
    """To a coach: an athlete said no. Who it was is not the coach's to know."""

    topic: ClassVar[str] = "declined"


@dataclass(frozen=True, slots=True)
class AthleteDeclinedWith(Reply):
    """To the admin who asked: the athlete said no."""

    topic: ClassVar[str] = "declined_with"
    athlete: str
    athlete_id: int
    coach: str


@dataclass(frozen=True, slots=True)
class AthleteEnded(Reply):
    """To a coach: nothing of the athlete's comes any more."""

    topic: ClassVar[str] = "athlete_ended"
    athlete: str
    athlete_id: int


@dataclass(frozen=True, slots=True)
class CoachEnded(Reply):
    """To an athlete: the coach sees nothing any more."""

    topic: ClassVar[str] = "coach_ended"
    coach: str
