"""What is said to who joins, as values.

Answers are texts as they are stored: days "0,2,4", times "07:30,18:00". `problem` is what was
wrong with the last answer, `choices` are the values that it may have.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from bot.conversation.message import Reply
from bot.conversation.zone_input import CityGuess
from bot.protocol.dose.dose import Side

# ---- the questions --------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class ConsentQuestion(Reply):
    """It asks for consent to what is stored; `name` is the person's.

    `operator` runs this bot and is reached at `contact`; empty where nobody is named.
    """

    topic: ClassVar[str] = "enrol_consent"
    name: str
    problem: str | None = None
    operator: str = ""
    contact: str = ""


@dataclass(frozen=True, slots=True)
class CoachQuestion(Reply):
    """It asks whether to share with a coach who is kept with the invitation."""

    topic: ClassVar[str] = "enrol_coach"
    coach_id: int
    coach: str
    problem: str | None = None


@dataclass(frozen=True, slots=True)
class AdultQuestion(Reply):
    """It asks whether the person is an adult."""

    topic: ClassVar[str] = "enrol_adult"
    problem: str | None = None


@dataclass(frozen=True, slots=True)
class RedFlagsQuestion(Reply):
    """It asks for warning signs."""

    topic: ClassVar[str] = "enrol_red_flags"
    problem: str | None = None


@dataclass(frozen=True, slots=True)
class SideQuestion(Reply):
    """It asks which side to train."""

    topic: ClassVar[str] = "enrol_side"
    problem: str | None = None


@dataclass(frozen=True, slots=True)
class ZoneQuestion(Reply):
    """It asks where the person lives."""

    topic: ClassVar[str] = "enrol_zone"
    problem: str | None = None


@dataclass(frozen=True, slots=True)
class ZoneClockQuestion(Reply):
    """It asks which time it is; `offsets` are minutes from UTC, west to east."""

    topic: ClassVar[str] = "enrol_zone_clock"
    offsets: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class ZonePlaceQuestion(Reply):
    """It asks which of several places has the person's clocks."""

    topic: ClassVar[str] = "enrol_zone_pick"
    guesses: tuple[CityGuess, ...]
    problem: str | None = None


@dataclass(frozen=True, slots=True)
class ZoneCheckQuestion(Reply):
    """It asks whether the clocks of a zone are right."""

    topic: ClassVar[str] = "enrol_zone_check"
    zone: str


@dataclass(frozen=True, slots=True)
class ZoneLocationQuestion(Reply):
    """It asks to share the phone's location."""

    topic: ClassVar[str] = "enrol_zone_location"


@dataclass(frozen=True, slots=True)
class DaysQuestion(Reply):
    """It asks for the days; `days` were chosen before, `draft` is what is ticked so far."""

    topic: ClassVar[str] = "enrol_days"
    days: str | None = None
    draft: str | None = None
    problem: str | None = None
    choices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class TimeQuestion(Reply):
    """It asks for the time."""

    topic: ClassVar[str] = "enrol_time"
    problem: str | None = None
    choices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ConfirmQuestion(Reply):
    """It asks whether all the answers are right."""

    topic: ClassVar[str] = "enrol_confirm"
    name: str
    side: Side
    days: str
    times: str
    zone: str
    problem: str | None = None


# ---- how it ends ----------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class LinkGone(Reply):
    """Somebody else used the link meanwhile: the answers are kept for another."""

    topic: ClassVar[str] = "enrol_link_gone"


@dataclass(frozen=True, slots=True)
class Enrolled(Reply):
    """The person is an athlete now; `next_at` is the first session.

    `quiet` are quiet hours as people read them, "22:00–06:30", where they made room for it.
    """

    topic: ClassVar[str] = "enrol_done"
    name: str
    next_at: datetime | None
    zone: str
    quiet: str | None


@dataclass(frozen=True, slots=True)
class EnrolmentCancelled(Reply):
    """The person cancelled."""

    topic: ClassVar[str] = "enrol_cancelled"


@dataclass(frozen=True, slots=True)
class ConsentDeclined(Reply):
    """The person does not agree to what is stored."""

    topic: ClassVar[str] = "enrol_declined"


@dataclass(frozen=True, slots=True)
class UnderAge(Reply):
    """The person is no adult."""

    topic: ClassVar[str] = "enrol_under_age"


@dataclass(frozen=True, slots=True)
class RefusedForRedFlag(Reply):
    """The person has a warning sign: a key of `RED_FLAGS`. `by_link`: a link was opened."""

    topic: ClassVar[str] = "enrol_red_flag"
    flag: str
    by_link: bool


# ---- links that are opened, and greetings ---------------------------------------------


@dataclass(frozen=True, slots=True)
class ClosedToStrangers(Reply):
    """Somebody without a link is turned away; `telegram_id` is their own."""

    topic: ClassVar[str] = "closed"
    telegram_id: int


@dataclass(frozen=True, slots=True)
class InviteRefused(Reply):
    """The link that was opened is not open any more."""

    topic: ClassVar[str] = "invite_refused"


@dataclass(frozen=True, slots=True)
class AlreadyJoined(Reply):
    """The person has the link's role already, so it was not used."""

    topic: ClassVar[str] = "already_joined"
    role: str


@dataclass(frozen=True, slots=True)
class RoleGranted(Reply):
    """The person is a coach or admin now; `asks_zone`: the next text is the zone."""

    topic: ClassVar[str] = "role_granted"
    role: str
    name: str
    asks_zone: bool = False


@dataclass(frozen=True, slots=True)
class MoveRefused(Reply):
    """The link moves somebody to another account, but this account is somebody's already."""

    topic: ClassVar[str] = "move_refused"


@dataclass(frozen=True, slots=True)
class MovedAway(Reply):
    """The person of this chat moved to another account."""

    topic: ClassVar[str] = "moved_away"


@dataclass(frozen=True, slots=True)
class MovedHere(Reply):
    """To the admin who made the link: the person has moved to another account by it."""

    topic: ClassVar[str] = "moved_here"
    name: str
    athlete_id: int


@dataclass(frozen=True, slots=True)
class StaffWelcomedBack(Reply):
    """A coach or admin comes back; `asks_zone` as in `RoleGranted`."""

    topic: ClassVar[str] = "welcome_staff"
    name: str
    asks_zone: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class AthleteWelcomedBack(Reply):
    """An athlete comes back; `next_at` is the next session, and the rest what may bar it.

    `kept`: the athlete cannot end the pause. `leaving`: all data is about to be erased.
    """

    topic: ClassVar[str] = "welcome_back"
    name: str
    next_at: datetime | None
    zone: str
    locked: bool
    paused: bool
    kept: bool = False
    leaving: bool
