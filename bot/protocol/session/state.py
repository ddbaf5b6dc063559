"""A session as a value: where it is, and everything that was held and answered."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import Enum, StrEnum, auto
from itertools import pairwise
from typing import Final

from bot.protocol.dose.dose import Dose, Side
from bot.protocol.dose.exercises import CATALOGUE


class Phase(StrEnum):
    """Where the athlete is. Only `HOLDING` puts load on the tendon."""

    ASKED_BEFORE = "asked_before"  # set up, asked: pain right now
    GET_SET = "get_set"  # the lead-in before a hold, nothing to answer
    HOLDING = "holding"  # the hold itself
    ASKED_AFTER = "asked_after"  # released, asked: worst pain during that hold
    RESTING = "resting"  # answered, the next hold has its time
    CLIP = "clip"  # a clip comes or plays: rest, hold and release; its question is open
    INTERRUPTED = "interrupted"  # an outage or a pause; the athlete chooses: go on or finish
    ASKED_REASON = "asked_reason"  # stopped by the athlete, asked why
    ASKED_STOP_PAIN = "asked_stop_pain"  # stopped because of pain, asked how much
    CLOSED = "closed"  # over; see the outcome


LIVE: Final = frozenset(Phase) - {Phase.CLOSED}
MOVING: Final = frozenset(
    {Phase.ASKED_BEFORE, Phase.GET_SET, Phase.HOLDING, Phase.ASKED_AFTER, Phase.RESTING}
    | {Phase.CLIP, Phase.INTERRUPTED}
)
"""Phases from which another hold can still come."""
CUED: Final = frozenset({Phase.GET_SET, Phase.HOLDING, Phase.RESTING, Phase.CLIP})
"""Phases with a cue ahead or running."""
NUDGE_AFTER: Final = timedelta(minutes=3)
CLOSE_AFTER: Final = timedelta(minutes=15)
"""Without an answer: one nudge, then closed as partial (PROTOCOL 3)."""


def is_newer(phase: str, exercise: str) -> bool:
    """Whether a stored session is of a newer version: its phase or exercise is not known here."""
    if phase in MOVING:
        return exercise not in CATALOGUE
    return phase not in LIVE and phase != Phase.CLOSED


class Outcome(StrEnum):
    """How a session ended (PROTOCOL 3)."""

    RED_FLAG = "red_flag"
    STOPPED_HARD = "stopped_hard"
    STOPPED_PAIN = "stopped_pain"
    PARTIAL = "partial"  # a rating is missing, or an outage cut the session
    RISING = "rising"
    STOPPED_EARLY = "stopped_early"
    LESSENING = "lessening"
    LEVEL = "level"
    RESTED_ON_PAIN = "rested_on_pain"  # not a session: pain before it was over the limit


class HoldStatus(StrEnum):
    """What became of one hold."""

    HOLDING = "holding"
    DONE = "done"
    STOPPED = "stopped"  # ended by the athlete's STOP or by pain; its seconds count
    INTERRUPTED = "interrupted"  # cut by an outage or a pause; never counted


class Cues(StrEnum):
    """How an athlete wants a hold to be cued."""

    FULL = "full"  # by messages; HOLD repeats how to stand
    SHORT = "short"  # by messages; HOLD and the seconds only
    SOUND = "sound"  # by one clip a hold


class TimedBy(StrEnum):
    """What the seconds of a hold were counted by."""

    CUE = "cue"  # from HOLD to RELEASE, as they were handed over: measured
    CLIP = "clip"  # assumed: the athlete started the clip when they were ready


class Interruption(StrEnum):
    """Why a session was interrupted."""

    RESTART = "restart"
    LATE = "late"  # a cue could not be sent in time
    SOUND = "sound"  # a clip could not be sent: from here on cues are messages
    PAUSE = "pause"  # the athlete's own wish


class StopReason(StrEnum):
    """The answer to "why did you stop?" (PROTOCOL 3)."""

    PAIN = "pain"
    SHARP = "sharp"
    NUMB = "numb"
    CRAMP = "cramp"
    TIRED = "tired"
    OTHER = "other"


RELEASE_GRACE: Final = timedelta(seconds=10)
"""A hold whose RELEASE is later than this was not a hold as planned: it counts as interrupted."""
RED_REASONS: Final = frozenset({StopReason.SHARP, StopReason.NUMB})
"""Sharp or pop, numb or tingling: a red flag whatever the number."""


@dataclass(frozen=True, slots=True)
class Rating:
    """One pain answer, 0–10, and when it was given. An undone one is kept, but does not count.

    `order` counts the answers of a session as they came: which is the newest is told by it, since
    clocks can be set back. A `late` one came after the session was closed. `message_id` is the
    athlete's message that gave it, where it was typed.
    """

    value: int
    at: datetime
    undone: bool = False
    order: int = 0
    late: bool = False
    message_id: int | None = None


def counting(ratings: tuple[Rating, ...]) -> Rating | None:
    """Return the newest answer that was not undone, or None."""
    return next((rating for rating in reversed(ratings) if not rating.undone), None)


def undone(ratings: tuple[Rating, ...]) -> tuple[Rating, ...]:
    """Return `ratings` with none of them counting."""
    return tuple(replace(rating, undone=True) for rating in ratings)


RISE: Final = 2
"""Change is ±2, noise ±1 (Challoumas 2023, Farrar 2001): +2 acts, +1 warns from 2 on."""


class Trend(Enum):
    """What the answers of a set say about the next hold."""

    LEVEL = auto()  # go on
    EASE = auto()  # go on with less effort
    RISING = auto()  # the set ends


@dataclass(frozen=True, slots=True)
class Place:
    """One hold's place in the session; sets and holds count from 1."""

    side: Side
    set_no: int
    number: int

    @property
    def in_set(self) -> tuple[Side, int]:
        """The set it belongs to: each side has sets of its own."""
        return self.side, self.set_no


@dataclass(frozen=True, slots=True, kw_only=True)
class HoldRecord:
    """One attempt at a hold. `ratings` keeps every answer; the last one counts."""

    place: Place
    planned_s: int
    started_at: datetime
    status: HoldStatus = HoldStatus.HOLDING
    actual_s: float = 0.0
    timed_by: TimedBy = TimedBy.CUE
    ratings: tuple[Rating, ...] = ()

    @property
    def pain(self) -> int | None:
        """The answer that counts, or None while there is none."""
        rating = counting(self.ratings)
        return None if rating is None else rating.value

    @property
    def released_at(self) -> datetime:
        """When it ended."""
        return self.started_at + timedelta(seconds=self.actual_s)

    def ended(self, status: HoldStatus, now: datetime) -> "HoldRecord":
        """Return the hold as ended at `now` with its actual seconds.

        Nobody was told to hold for longer than planned: what is over that, or under nothing, is a
        clock that was set, or a bot that was away.
        """
        longest = timedelta(seconds=self.planned_s) + RELEASE_GRACE
        held = min(max(now - self.started_at, timedelta()), longest)
        return replace(self, status=status, actual_s=held.total_seconds())

    def rated(self, rating: Rating) -> "HoldRecord":
        """Return the hold with one more answer."""
        return replace(self, ratings=(*self.ratings, rating))


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """Everything needed to go on after a restart.

    `position` counts the places already held, so it is also the index of the next one.
    `due_at` is when time itself will act; None means that only the athlete can. `cut` is why it
    is, or was when it closed, interrupted; `breaks` numbers the interruptions. While it is
    `withheld` no hold may come, because of something outside the session: red-flag questions are
    open, or the athlete is locked. `stop_ratings` are the numbers given as the pain that made the
    athlete stop. With `sound` each hold is cued by a clip; in `CLIP` `due_at` is the earliest
    instant at which its hold can be over, None until it is known that the clip has come.
    """

    dose: Dose
    opened_at: datetime
    phase: Phase = Phase.ASKED_BEFORE
    position: int = 0
    due_at: datetime | None = None
    nudged: bool = False
    before: tuple[Rating, ...] = ()
    holds: tuple[HoldRecord, ...] = ()
    stop_reason: StopReason | None = None
    stop_ratings: tuple[Rating, ...] = ()
    cut: Interruption | None = None
    breaks: int = 0
    withheld: bool = False
    sound: bool = False
    outcome: Outcome | None = None
    closed_at: datetime | None = None

    @property
    def place(self) -> Place:
        """The place of the current or next hold. Sides are outermost, then sets, then holds."""
        return place_at(self.dose, min(self.position, self.dose.total_holds - 1))

    @property
    def current(self) -> HoldRecord:
        """The newest hold attempted."""
        return self.holds[-1]

    @property
    def last_answered(self) -> int | None:
        """Index in `holds` of the newest hold that has an answer, or None."""
        rated = [i for i, hold in enumerate(self.holds) if hold.pain is not None]
        return rated[-1] if rated else None

    @property
    def stop_pain(self) -> int | None:
        """The pain that made the athlete stop, or None while it is not known."""
        rating = counting(self.stop_ratings)
        return None if rating is None else rating.value

    @property
    def ratings(self) -> tuple[Rating, ...]:
        """Every answer of the session, undone ones too, in the order in which they came."""
        after = (rating for hold in self.holds for rating in hold.ratings)
        return tuple(sorted((*self.before, *after, *self.stop_ratings), key=lambda r: r.order))

    @property
    def newest_rating(self) -> Rating | None:
        """The newest answer that counts, or None."""
        return counting(self.ratings)

    @property
    def eased(self) -> bool:
        """Whether the next hold is to be done with less effort: the answer before it rose by one.

        Read from the answers, so that taking one back takes back what followed from it.
        """
        index, place = self.last_answered, self.place
        if index is None or place.in_set != self.holds[index].place.in_set:
            return False
        return self.trend(index) is Trend.EASE

    @property
    def done(self) -> tuple[HoldRecord, ...]:
        """The holds that were completed."""
        return tuple(h for h in self.holds if h.status is HoldStatus.DONE)

    @property
    def tension_s(self) -> float:
        """Time under tension in seconds; an interrupted hold counts nothing."""
        counted = (HoldStatus.DONE, HoldStatus.STOPPED)
        return sum(h.actual_s for h in self.holds if h.status in counted)

    def trend(self, index: int) -> "Trend":
        """Return what the answers of the set say, of which the hold at `index` is one (PROTOCOL 3).

        Whichever of them was given or corrected last: at least 2 over the first ends the set, and
        so does 1 over it at two holds running; 1 over it, and at least 2, at the newest eases.
        """
        in_set = self.holds[index].place.in_set
        pains = [
            hold.pain
            for hold in self.holds
            if hold.place.in_set == in_set and hold.status is HoldStatus.DONE
            if hold.pain is not None
        ]
        rises = [pain - pains[0] for pain in pains]
        rose = [rise == 1 and pain >= RISE for pain, rise in zip(pains, rises, strict=True)]
        if any(rise >= RISE for rise in rises) or any(map(all, pairwise(rose))):
            return Trend.RISING
        return Trend.EASE if rose and rose[-1] else Trend.LEVEL

    def with_hold(self, index: int, hold: HoldRecord) -> "Session":
        """Return the session with the hold at `index` replaced."""
        holds = list(self.holds)
        holds[index] = hold
        return replace(self, holds=tuple(holds))

    def goes(self, phase: Phase, due_at: datetime | None = None, **values: object) -> "Session":
        """Return the session in `phase`, due at `due_at`, its nudge not yet sent."""
        changes: dict[str, object] = {"phase": phase, "due_at": due_at, "nudged": False, **values}
        return replace(self, **changes)  # type: ignore[arg-type]


def place_at(dose: Dose, position: int) -> Place:
    """Return the place with index `position` (0 … total_holds - 1)."""
    side_and_set, number = divmod(position, dose.holds)
    side, set_no = divmod(side_and_set, dose.sets)
    return Place(dose.sides[side], set_no + 1, number + 1)


SWITCH_S: Final = 30
"""Least rest in seconds before the other side: the band has to be moved."""


def rest_before(dose: Dose, position: int) -> timedelta:
    """Return the rest between the hold before `position` and the one at it."""
    before, after = place_at(dose, position - 1), place_at(dose, position)
    if before.side is not after.side:
        return timedelta(seconds=max(dose.rest_s, SWITCH_S))
    if before.set_no != after.set_no:
        return timedelta(seconds=dose.set_rest_s)
    return timedelta(seconds=dose.rest_s)


def length_s(dose: Dose) -> int:
    """Return how long a whole session takes, in seconds, where every question is answered at once.

    Rest counts from the release, so an answer within it costs no time.
    """
    rests = (rest_before(dose, position) for position in range(1, dose.total_holds))
    return dose.lead_in_first_s + dose.planned_s + round(sum(rests, timedelta()).total_seconds())
