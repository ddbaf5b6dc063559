"""No sequence of events leads to load after pain over the limit, STOP, or a missing answer."""

from datetime import UTC, datetime, timedelta

import hypothesis.strategies as st
from hypothesis import settings
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from bot.protocol.dose.dose import Dose, Side
from bot.protocol.session.clip import played
from bot.protocol.session.events import (
    ClipCue,
    CueHanded,
    CueLost,
    Due,
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
    Restarted,
    Silence,
    Stop,
    Undo,
)
from bot.protocol.session.machine import TABLE, start, step
from bot.protocol.session.state import HoldStatus, Phase, StopReason

DOSES = st.builds(
    Dose,
    hold_s=st.integers(5, 15),
    holds=st.integers(1, 4),
    sets=st.integers(1, 2),
    side=st.sampled_from(Side),
    pain_limit=st.integers(0, 5),
    hard_stop=st.integers(6, 8),
    to_fatigue=st.booleans(),
)
ABOUT = st.none() | st.integers(-3, 4)
QUIET = st.sampled_from(
    [Pause(), GoOn(), Finish(), Undo(), Restarted(), Stop(), RedFlagRaised(), Leave()]
)


class Body(RuleBasedStateMachine):
    """An athlete, a clock and a network that do anything in any order."""

    @initialize(dose=DOSES, sound=st.booleans())
    def opened(self, dose: Dose, *, sound: bool) -> None:
        """A session is opened, by messages or by sound."""
        self.now = datetime(2026, 3, 1, tzinfo=UTC)
        self.session, _ = start(dose, self.now, sound=sound)
        self.barred = False
        self.held = 0

    def happens(self, event: Event) -> None:
        """`event` reaches the machine; the rules of the house are checked on what comes back."""
        before = self.session
        if isinstance(event, Stop | RedFlagRaised | Leave) and before.phase is not Phase.CLOSED:
            self.barred = True
        if isinstance(event, Pain) and event.value > before.dose.pain_limit:
            self.barred = self.barred or before.phase is not Phase.CLOSED
        result = step(before, event, self.now)
        if isinstance(result, Refusal):
            return
        self.session, effects = result
        if not isinstance(event, Due | CueHanded | CueLost):
            before = played(before, self.now)
        row = next(
            r
            for r in TABLE
            if before.phase in r.phases
            and isinstance(event, r.event)
            and r.guard(before, event, self.now)
        )
        assert self.session.phase in row.to
        for effect in effects:
            if isinstance(effect, HoldCue | ClipCue):
                self.cued(effect)
        if before.phase is Phase.HOLDING and self.session.phase is Phase.CLOSED:
            assert effects[0] == Silence()

    def cued(self, cue: HoldCue | ClipCue) -> None:
        """A HOLD cue, or a clip, is only right when nothing forbids it."""
        assert not self.barred
        clip = isinstance(cue, ClipCue)
        earlier = self.session.holds if clip else self.session.holds[:-1]
        assert all(h.pain is not None for h in earlier if h.status is HoldStatus.DONE)
        assert any(not r.undone for r in self.session.before)
        assert self.session.phase is (Phase.CLIP if clip else Phase.HOLDING)
        assert cue.index == len(earlier)

    @rule(value=st.integers(0, 10), about=ABOUT)
    def answers(self, value: int, about: int | None) -> None:
        """The athlete answers something, somewhere."""
        self.happens(Pain(value, about))

    @rule(value=st.integers(0, 3))
    def answers_low(self, value: int) -> None:
        """The athlete answers what is asked, low enough to go on often."""
        self.happens(Pain(value))

    @rule(event=QUIET)
    def acts(self, event: Event) -> None:
        """The athlete, an outage or a break."""
        self.happens(event)

    @rule(reason=st.sampled_from(StopReason))
    def explains(self, reason: StopReason) -> None:
        """The athlete says why."""
        self.happens(Reason(reason))

    @rule(late=st.sampled_from([0, 0, 0, 2, 5, 12]))
    def due(self, late: int) -> None:
        """Time passes until the session is due, and a little more."""
        if self.session.due_at is not None:
            self.now = max(self.now, self.session.due_at + timedelta(seconds=late))
            self.happens(Due())

    @rule(seconds=st.integers(0, 200))
    def waits(self, seconds: int) -> None:
        """Time passes."""
        self.now += timedelta(seconds=seconds)
        self.happens(Due())

    @rule(index=st.integers(0, 3), lost=st.booleans())
    def delivered(self, index: int, *, lost: bool) -> None:
        """A cue's fate becomes known."""
        self.happens(CueLost(index) if lost else CueHanded(index, self.now))

    @rule(lost=st.booleans())
    def told(self, *, lost: bool) -> None:
        """The fate of the cue that waits becomes known."""
        index = len(self.session.holds) - (self.session.phase is not Phase.CLIP)
        self.happens(CueLost(index) if lost else CueHanded(index, self.now))

    @invariant()
    def tension_is_honest(self) -> None:
        """Interrupted holds count nothing, and done holds never exceed the plan."""
        session = self.session
        counted = [h for h in session.holds if h.status is not HoldStatus.INTERRUPTED]
        assert session.tension_s <= sum(h.actual_s for h in counted) + 1e-6
        assert len(session.done) <= session.dose.total_holds

    @invariant()
    def closed_has_an_outcome(self) -> None:
        """Closed means: an outcome, a time, and nothing due; nor is a clip that is on its way."""
        session = self.session
        closed = session.phase is Phase.CLOSED
        assert closed == (session.outcome is not None) == (session.closed_at is not None)
        assert not (closed and session.due_at)
        assert closed or session.phase is Phase.CLIP or session.due_at is not None


TestBody = Body.TestCase
TestBody.settings = settings(max_examples=150, stateful_step_count=40, deadline=None)
