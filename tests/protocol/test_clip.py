"""By sound or by messages, a session is the same; and no clip while an answer is missing."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from itertools import product
from typing import Final

import pytest

from bot.protocol.dose.dose import Dose, Side
from bot.protocol.session.events import (
    BEFORE,
    NOTE,
    ClipCue,
    CueHanded,
    CueLost,
    Due,
    Effect,
    Event,
    Finish,
    GoOn,
    HoldCue,
    Leave,
    Pain,
    Pause,
    Reason,
    RedFlagRaised,
    Refusal,
    ReleaseCue,
    Restarted,
    Silence,
    Stop,
    TellGetSet,
    TellRest,
    Undo,
)
from bot.protocol.session.machine import start, step
from bot.protocol.session.outcome import graded
from bot.protocol.session.rest import RESTS
from bot.protocol.session.state import (
    CUED,
    HoldStatus,
    Interruption,
    Outcome,
    Phase,
    Place,
    Session,
    StopReason,
    TimedBy,
)

DOSE: Final = Dose(hold_s=10, holds=2, rest_s=20, pain_limit=3, hard_stop=6)
VALUES: Final = (0, 1, 2, 3, 4, 6)
"""One of each kind: under, at and over the limit, rising by one and by more, at the hard stop."""
CUES: Final = (HoldCue, ReleaseCue, TellGetSet, TellRest, ClipCue, Silence)
"""Effects that cue, and those that take cues away: they alone may differ."""
MOMENTS: Final = {"rest": 3, "hold": 4, "after": 2}
"""How many seconds after a moment of each hold has begun something happens."""
ASIDE: Final[tuple[tuple[Event, ...], ...]] = (
    *((Pain(value),) for value in VALUES),
    *((Pain(value, BEFORE),) for value in (3, 4)),
    (Stop(), Reason(StopReason.TIRED)),
    (Stop(), Reason(StopReason.NUMB)),
    *((Stop(), Reason(StopReason.PAIN), Pain(value)) for value in VALUES),
    (RedFlagRaised(),),
    (Leave(),),
    (Undo(), Pain(1)),
    (Undo(), Pain(4)),
    (Restarted(), GoOn()),
    (Pause(), GoOn()),
    (Pause(), Finish()),
    (Pause(), Pain(4)),
)
"""What an athlete or the machine may do beside answering what is asked."""


@dataclass
class Play:
    """A session that is played, and what it told besides its cues."""

    sound: bool
    dose: Dose = DOSE
    now: datetime = datetime(2026, 3, 1, tzinfo=UTC)
    told: list[Effect] = field(default_factory=list)
    clips: int = 0
    comes: bool = True
    """Whether each clip is known to have come at once."""

    def __post_init__(self) -> None:
        self.session, _ = start(self.dose, self.now, sound=self.sound)

    def does(self, event: Event) -> Refusal | None:
        """Let something happen now; what is told is kept, a clip is looked at."""
        result = step(self.session, event, self.now)
        if isinstance(result, Refusal):
            return result
        self.session, effects = result
        self.told += [one for one in effects if not isinstance(one, CUES)]
        for cue in (one for one in effects if isinstance(one, ClipCue)):
            self.clips += 1
            nothing_is_missing(self.session)
            if self.comes:
                self.handed(cue)
        return None

    def handed(self, cue: ClipCue) -> None:
        """The clip has come: its HOLD is after its wait."""
        assert self.does(CueHanded(cue.index, self.now + timedelta(seconds=cue.wait_s))) is None

    def reaches(self, moment: str) -> None:
        """Let time act until the hold that comes is at this moment, if it still comes."""
        phase = {"rest": None, "hold": Phase.HOLDING, "after": Phase.ASKED_AFTER}[moment]
        while phase is not None and self.session.phase in CUED - {phase}:
            due = self.session.due_at
            assert due is not None
            if self.session.phase is Phase.CLIP and moment == "hold":
                self.now = due - timedelta(seconds=self.dose.hold_s)
                break
            self.now = due
            self.does(Due())
        self.now += timedelta(seconds=MOMENTS[moment])

    @property
    def ended(self) -> tuple[object, ...]:
        """All that has to be the same, whichever way the holds were cued."""
        one = self.session if self.sound else stopped_in_hold(self.session)
        return (
            one.outcome,
            one.stop_reason,
            one.stop_pain,
            one.position,
            [rating.value for rating in one.ratings],
            [(h.place, h.status, h.actual_s, [r.value for r in h.ratings]) for h in one.holds],
            self.told,
        )


def stopped_in_hold(session: Session) -> Session:
    """Return a session that ended before the answer as if that had been in its last hold.

    Where a clip has asked nobody knows: it may have been started late, and play yet.
    """
    if (
        not session.holds
        or session.current.status is not HoldStatus.DONE
        or session.current.ratings
    ):
        return session
    cut = replace(session.current, status=HoldStatus.STOPPED)
    session = session.with_hold(len(session.holds) - 1, cut)
    by_stop = session.outcome is Outcome.PARTIAL and session.stop_reason is not None
    return replace(session, outcome=graded(session)) if by_stop else session


def nothing_is_missing(session: Session) -> None:
    """A clip goes out only when all that was held is answered, and so is the first question."""
    assert session.phase is Phase.CLIP
    assert any(not rating.undone for rating in session.before)
    assert all(h.pain is not None for h in session.holds if h.status is HoldStatus.DONE)
    assert not session.withheld


def played(
    sound: bool,  # noqa: FBT001 - both are drawn
    before: int,
    answers: tuple[int, ...],
    at: tuple[int, str],
    aside: tuple[Event, ...],
) -> Play:
    """Play a session with these answers; `aside` happens at that moment of that hold."""
    play = Play(sound)
    play.does(Pain(before))
    for number, answer in enumerate(answers):
        for moment in MOMENTS:
            play.reaches(moment)
            if (number, moment) == at:
                for event in aside:
                    play.does(event)
        play.reaches("after")
        if play.session.phase is Phase.ASKED_AFTER:
            play.does(Pain(answer))
    return play


def cases() -> Iterator[tuple[int, tuple[int, ...], tuple[int, str], tuple[Event, ...]]]:
    """Yield every sequence of answers, and after a low first one every aside at every moment."""
    for before, *answers in product(VALUES, repeat=3):
        yield before, tuple(answers), (0, "rest"), ()
    pairs = product(VALUES, repeat=2)
    for both, number, moment, aside in product(pairs, (0, 1), MOMENTS, ASIDE):
        yield 1, both, (number, moment), aside


def test_sound_and_messages_end_in_the_same_outcomes() -> None:
    """Over all sequences: the same answers kept, seconds held, outcome, locks, alerts and words."""
    count, clips = 0, 0
    for case in cases():
        by_sound, by_messages = played(True, *case), played(False, *case)
        assert by_sound.ended == by_messages.ended, case
        assert by_messages.clips == 0
        clips += by_sound.clips
        count += 1
    assert count == 6**3 + 6**2 * 6 * len(ASIDE)
    assert clips > count


@pytest.fixture
def play() -> Play:
    """Return a session by sound whose first clip was just handed over."""
    play = Play(sound=True)
    play.does(Pain(2))
    return play


def test_a_number_before_the_hold_corrects_the_last_answer(play: Play) -> None:
    """It is never the new one, typed or by a button, which is refused within the limit."""
    play.reaches("rest")
    assert play.does(Pain(1, 0)) is Refusal.TOO_EARLY
    assert play.does(Pain(3, 0)) is Refusal.TOO_EARLY
    assert play.does(Pain(1)) is Refusal.LOWER
    assert play.does(Pain(3)) is None
    assert [rating.value for rating in play.session.before] == [2, 3]
    assert play.session.holds == ()


def test_the_answer_of_a_clip_counts_when_its_hold_can_be_over(play: Play) -> None:
    """Before, whatever is within the limit changes nothing; also where the alarm is late."""
    play.reaches("hold")
    assert play.does(Pain(1, 0)) is Refusal.TOO_EARLY
    assert play.does(Pain(1)) is Refusal.NOT_ASKED
    assert play.session.due_at is not None
    play.now = play.session.due_at
    assert play.does(Pain(1, 0)) is None
    assert play.session.holds[0].pain == 1


@pytest.mark.parametrize("moment", MOMENTS)
def test_over_the_limit_stops_at_once_wherever_the_clip_is(play: Play, moment: str) -> None:
    """The pain rule does not wait for RELEASE."""
    play.reaches(moment)
    assert play.does(Pain(4, 0)) is None
    assert play.session.phase is Phase.CLOSED


def test_seconds_of_a_clip_are_marked_as_assumed(pending: Play) -> None:
    """They count from where the clip was handed over, and are not called measured."""
    pending.now += timedelta(seconds=1)
    pending.does(CueHanded(0, pending.now + timedelta(seconds=10)))
    pending.reaches("hold")
    pending.does(Stop())
    (hold,) = pending.session.holds
    assert (hold.timed_by, hold.status, hold.actual_s) == (TimedBy.CLIP, HoldStatus.STOPPED, 4)


LATE: Final = (0, 30, 170)
"""So many seconds after the clip's hold could be over."""


@pytest.mark.parametrize("seconds", LATE)
@pytest.mark.parametrize("reason", [StopReason.TIRED, StopReason.CRAMP, StopReason.OTHER])
def test_stop_in_a_clip_that_was_started_late(play: Play, reason: StopReason, seconds: int) -> None:
    """Its hold was stopped, as by messages: no rating is missing, and rest follows."""
    assert play.session.due_at is not None
    play.now = play.session.due_at + timedelta(seconds=seconds)
    play.does(Stop())
    play.does(Reason(reason))
    (hold,) = play.session.holds
    assert (hold.status, hold.actual_s) == (HoldStatus.STOPPED, 10)
    assert play.session.outcome is Outcome.STOPPED_EARLY
    assert play.session.outcome in RESTS


@pytest.mark.parametrize("event", [RedFlagRaised(), Pain(4, BEFORE), Pain(6, NOTE), Leave()])
def test_whatever_ends_a_clip_that_was_started_late_stops_its_hold(
    play: Play, event: Event
) -> None:
    """None of it is a hold that was done and that nobody has rated."""
    play.reaches("after")
    play.does(event)
    assert play.session.phase is Phase.CLOSED
    assert play.session.holds[0].status is HoldStatus.STOPPED


def test_an_answer_says_that_the_hold_was_done() -> None:
    """Over the limit or taken back: it was held to its end."""
    for events in ((Pain(4),), (Pain(1), Undo(), Stop())):
        one = Play(sound=True)
        one.does(Pain(2))
        one.reaches("after")
        for event in events:
            assert one.does(event) is None
        assert one.session.holds[0].status is HoldStatus.DONE


def test_the_rest_counts_from_the_answer(play: Play) -> None:
    """Nobody knows when the clip was played: a rest is never shorter than the plan's."""
    play.reaches("after")
    play.now += timedelta(seconds=60)
    result = step(play.session, Pain(1), play.now)
    assert not isinstance(result, Refusal)
    assert result[1] == (
        Silence(),
        ClipCue(Place(Side.LEFT, 1, 2), 1, 20, 5, 10, ease=False, value=1),
    )


def test_a_late_alarm_changes_nothing_of_a_clip(play: Play) -> None:
    """A clip says RELEASE itself: however late its end is noticed, its hold was held."""
    assert play.session.due_at is not None
    play.now = play.session.due_at + timedelta(minutes=2)
    play.does(Due())
    assert (play.session.phase, play.session.holds[0].actual_s) == (Phase.ASKED_AFTER, 10)


WAITS: Final = (0, 12, 60, 3600)
"""How many seconds after a clip was handed over, which takes 20 to its RELEASE, something comes."""


@pytest.fixture
def pending() -> Play:
    """Return a session by sound whose first clip is on its way."""
    play = Play(sound=True, comes=False)
    play.does(Pain(2))
    return play


@pytest.mark.parametrize("seconds", WAITS)
@pytest.mark.parametrize("event", [Restarted(), CueLost(0), Pause()])
def test_a_clip_that_has_not_come_is_no_hold(pending: Play, event: Event, seconds: int) -> None:
    """However long nobody knows: it breaks off, nothing was held, and its question never opens."""
    pending.now += timedelta(seconds=seconds)
    assert pending.does(Due()) is Refusal.NOT_DUE
    assert pending.does(Pain(1, 0)) is Refusal.TOO_EARLY
    assert pending.does(event) is None
    assert (pending.session.phase, pending.session.holds) == (Phase.INTERRUPTED, ())


@pytest.mark.parametrize("seconds", WAITS)
def test_a_clip_on_its_way_hears_stop_and_pain(pending: Play, seconds: int) -> None:
    """What stops a set stops it before the clip is known to have come, and nothing was held."""
    pending.now += timedelta(seconds=seconds)
    for event in (Stop(), RedFlagRaised(), Leave(), Pain(4), Pain(4, 0)):
        result = step(pending.session, event, pending.now)
        assert not isinstance(result, Refusal)
        assert result[0].phase in {Phase.CLOSED, Phase.ASKED_REASON}
        assert result[0].holds == ()


@pytest.mark.parametrize("seconds", WAITS)
def test_a_clip_counts_from_when_it_has_come(pending: Play, seconds: int) -> None:
    """Not from when it was queued: its answer is too early until its hold can be over."""
    pending.now += timedelta(seconds=seconds)
    assert pending.does(CueHanded(0, pending.now + timedelta(seconds=10))) is None
    pending.now += timedelta(seconds=19)
    assert pending.does(Pain(1, 0)) is Refusal.TOO_EARLY
    pending.now += timedelta(seconds=1)
    assert pending.does(Pain(1, 0)) is None
    assert pending.session.holds[0].actual_s == 10


def test_a_lost_clip_falls_back_to_messages(pending: Play) -> None:
    """It is said once, the athlete chooses, and the rest of the session has messages."""
    assert pending.does(CueLost(1)) is Refusal.NOT_DUE
    pending.does(CueLost(0))
    assert (pending.session.phase, pending.session.cut) == (Phase.INTERRUPTED, Interruption.SOUND)
    pending.does(GoOn())
    assert pending.session.phase is Phase.GET_SET
    assert pending.clips == 1


def test_a_break_in_a_clip_has_a_new_clip_after_it(play: Play) -> None:
    """The hold that was cut is kept as interrupted, and done anew."""
    play.reaches("hold")
    play.does(Restarted())
    play.does(GoOn())
    assert (play.session.phase, play.clips) == (Phase.CLIP, 2)
    assert [hold.status for hold in play.session.holds] == [HoldStatus.INTERRUPTED]


def test_the_first_answer_is_taken_back_in_its_clip(play: Play) -> None:
    """Undo asks again, and the clip's number is free for the next one."""
    play.does(Undo())
    assert play.session.phase is Phase.ASKED_BEFORE
    play.does(Pain(1))
    assert (play.session.phase, play.clips) == (Phase.CLIP, 2)
