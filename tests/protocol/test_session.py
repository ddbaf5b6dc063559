"""The session machine: the pain table, STOP, time-outs, interruptions, undo (PROTOCOL 3)."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import product

import pytest

from bot.protocol.dose.dose import Dose, Side
from bot.protocol.session.events import (
    NOTE,
    Alert,
    BreakReason,
    CueHanded,
    CueLost,
    Due,
    Effect,
    Event,
    Finish,
    GoOn,
    HoldCue,
    Interrupt,
    Leave,
    Lock,
    Pain,
    Pause,
    Reason,
    RedFlagRaised,
    Refusal,
    ReleaseCue,
    Restarted,
    Silence,
    Stop,
    TellEnded,
    TellRedFlags,
    TellRest,
    TellStopped,
    Undo,
)
from bot.protocol.session.machine import TABLE, start, step
from bot.protocol.session.state import (
    CUED,
    HoldStatus,
    Outcome,
    Phase,
    Session,
    StopReason,
    Trend,
)

T0 = datetime(2026, 11, 24, 6, 30, tzinfo=UTC)


class Play:
    """A session played by hand: events in, effects kept."""

    def __init__(self, dose: Dose | None = None) -> None:
        self.now = T0
        self.session, effects = start(dose or Dose(), T0)
        self.effects: list[Effect] = list(effects)

    def do(self, event: Event, after: float = 0.0) -> tuple[Effect, ...] | Refusal:
        """Let `after` seconds pass, then let `event` happen."""
        self.now += timedelta(seconds=after)
        result = step(self.session, event, self.now)
        if isinstance(result, Refusal):
            return result
        self.session, effects = result
        self.effects += effects
        return effects

    def time(self) -> tuple[Effect, ...] | Refusal:
        """Let time pass until the session is due."""
        assert self.session.due_at is not None
        return self.do(Due(), (self.session.due_at - self.now).total_seconds())

    def hold(self, pain: int) -> tuple[Effect, ...] | Refusal:
        """Pass the wait and the hold, then answer `pain` after a second."""
        self.time()
        assert self.session.phase is Phase.HOLDING
        self.time()
        return self.do(Pain(pain, len(self.session.holds) - 1), 1)

    def cues(self) -> list[HoldCue]:
        """Return the HOLD cues so far."""
        return [effect for effect in self.effects if isinstance(effect, HoldCue)]


def begun(dose: Dose | None = None, before: int = 1) -> Play:
    """Return a session in its first lead-in."""
    play = Play(dose)
    play.do(Pain(before), 5)
    return play


def ended(play: Play) -> tuple[Phase, Outcome | None]:
    """Return how the play stands."""
    return play.session.phase, play.session.outcome


def test_a_good_session_finishes_lessening() -> None:
    """Five holds with falling pain are five cues, 50 s of tension and `lessening`."""
    play = begun()
    for pain in (3, 3, 2, 2, 1):
        play.hold(pain)
    assert ended(play) == (Phase.CLOSED, Outcome.LESSENING)
    assert [cue.place.number for cue in play.cues()] == [1, 2, 3, 4, 5]
    assert play.session.tension_s == 50


@pytest.mark.parametrize("limit", range(6))
@pytest.mark.parametrize("pain", range(11))
def test_f30_the_exact_edge_of_the_limit(limit: int, pain: int) -> None:
    """Pain equal to the plan's limit goes on; one more stops, the rest is cancelled."""
    play = begun(Dose(pain_limit=limit, hard_stop=limit + 2), before=0)
    effects = play.hold(pain)
    assert not isinstance(effects, Refusal)
    if pain <= limit:
        assert play.session.phase is Phase.RESTING
    else:
        expected = Outcome.STOPPED_HARD if pain >= limit + 2 else Outcome.STOPPED_PAIN
        assert ended(play) == (Phase.CLOSED, expected)
        assert effects[:3] == (Silence(), TellStopped(), Alert())


def test_f30_nothing_is_cued_after_a_stop() -> None:
    """After a 4 no event brings another hold."""
    play = begun()
    play.hold(2)
    play.hold(4)
    for event in (Due(), GoOn(), Pain(0), Undo(), Restarted(), Stop()):
        assert isinstance(play.do(event, 600), Refusal)
    assert len(play.cues()) == 2


def test_hard_stop_locks_screens_and_alerts() -> None:
    """A 6 stops hard: lock, red-flag screen, coach alert."""
    play = begun()
    effects = play.hold(6)
    assert effects == (Silence(), TellStopped(), Alert(), Lock(), TellRedFlags())
    assert play.session.outcome is Outcome.STOPPED_HARD


@pytest.mark.parametrize(
    ("pains", "outcome"),
    [
        ((0, 2), Outcome.RISING),
        ((1, 2, 2), Outcome.RISING),
        ((1, 2, 1, 2, 1), Outcome.LESSENING),
        ((0, 1, 1, 1, 1), Outcome.LESSENING),
        ((2, 3, 2, 3, 2), Outcome.LEVEL),
        ((3, 3, 3, 3, 3), Outcome.LEVEL),
    ],
)
def test_rising_ends_the_set(pains: tuple[int, ...], outcome: Outcome) -> None:
    """+2 over the first hold ends; +1 from 2 on eases, and twice running ends."""
    play = begun()
    for pain in pains:
        play.hold(pain)
    assert ended(play) == (Phase.CLOSED, outcome)


def test_easing_is_said_before_and_with_the_next_hold() -> None:
    """1 then 2 asks for less effort on the next hold only."""
    play = begun()
    play.hold(1)
    effects = play.hold(2)
    assert isinstance(effects, tuple)
    assert isinstance(effects[0], TellRest)
    assert effects[0].ease
    play.hold(1)
    assert [cue.ease for cue in play.cues()] == [False, False, True]


@pytest.mark.parametrize(("pain", "more"), [(4, (Alert(),)), (6, (Alert(), TellRedFlags()))])
def test_f39_pain_before_over_the_limit_means_rest(pain: int, more: tuple[Effect, ...]) -> None:
    """Pain before over the limit: no session today, no hold, resting follows the plan."""
    play = Play()
    assert play.do(Pain(pain, -1), 5) == (Silence(), TellEnded(), *more)
    assert ended(play) == (Phase.CLOSED, Outcome.RESTED_ON_PAIN)
    assert play.cues() == []


@pytest.mark.parametrize("when", ["before", "lead-in", "hold", "asked", "rest", "cut"])
def test_f31_stop_in_every_phase(when: str) -> None:
    """STOP is taken in every phase, silences what waits, and asks why."""
    play = Play() if when == "before" else begun()
    if when in {"hold", "asked", "rest"}:
        play.time()
    if when in {"asked", "rest"}:
        play.time()
    if when == "rest":
        play.do(Pain(1), 1)
    if when == "cut":
        play.do(Restarted(), 1)
    cues = len(play.cues())
    effects = play.do(Stop(), 4)
    assert isinstance(effects, tuple)
    assert effects[0] == Silence()
    assert play.session.phase is Phase.ASKED_REASON
    play.time()
    assert play.session.outcome is Outcome.PARTIAL
    assert len(play.cues()) == cues


def test_stop_in_a_hold_stores_its_seconds() -> None:
    """A hold stopped after 4 s has 4 s, counts as tension, and is not done."""
    play = begun()
    play.time()
    play.do(Stop(), 4)
    assert play.session.current.status is HoldStatus.STOPPED
    assert play.session.tension_s == 4
    play.do(Reason(StopReason.TIRED), 3)
    assert play.session.outcome is Outcome.STOPPED_EARLY


@pytest.mark.parametrize("reason", [StopReason.SHARP, StopReason.NUMB])
def test_sharp_or_numb_is_a_red_flag(reason: StopReason) -> None:
    """Sharp, pop, numb or tingling is a red flag whatever the number."""
    play = begun()
    play.do(Stop(), 1)
    assert play.do(Reason(reason), 1) == (Silence(), TellEnded(), Lock(), Alert())
    assert play.session.outcome is Outcome.RED_FLAG


@pytest.mark.parametrize(
    ("pain", "outcome"),
    [
        (3, Outcome.STOPPED_EARLY),
        (4, Outcome.STOPPED_PAIN),
        (6, Outcome.STOPPED_HARD),
    ],
)
def test_pain_as_the_reason_applies_the_table(pain: int, outcome: Outcome) -> None:
    """Stopped for pain: the number is asked, and the same limits decide."""
    play = begun()
    play.hold(2)
    play.do(Stop(), 1)
    play.do(Reason(StopReason.PAIN), 1)
    assert play.session.phase is Phase.ASKED_STOP_PAIN
    play.do(Pain(pain), 1)
    assert ended(play) == (Phase.CLOSED, outcome)


def test_tired_is_a_proper_ending_when_going_to_fatigue() -> None:
    """In the fatigue preset "tired" after some holds is graded, not `stopped_early`."""
    play = begun(Dose(holds=10, hold_s=15, rest_s=30, to_fatigue=True))
    for pain in (3, 2, 2):
        play.hold(pain)
    play.do(Stop(), 1)
    play.do(Reason(StopReason.TIRED), 1)
    assert play.session.outcome is Outcome.LESSENING


def test_f36_a_missing_answer_holds_everything() -> None:
    """No answer: one nudge at 3 min, closed as partial at 15 min, no hold in between."""
    play = begun()
    play.time()
    play.time()
    asked_at = play.now
    play.time()
    assert play.now - asked_at == timedelta(minutes=3)
    play.time()
    assert play.now - asked_at == timedelta(minutes=15)
    assert ended(play) == (Phase.CLOSED, Outcome.PARTIAL)
    assert len(play.cues()) == 1


def test_f32_a_higher_value_after_a_lower_still_stops() -> None:
    """3 then 8 on the same question stops; 8 then 3 stays stopped."""
    play = begun()
    play.hold(3)
    assert isinstance(play.do(Pain(8, 0), 1), tuple)
    assert [rating.value for rating in play.session.holds[0].ratings] == [3, 8]
    assert play.session.outcome is Outcome.STOPPED_HARD
    assert play.do(Pain(3, 0), 1) is Refusal.LOWER


def test_f32_the_last_answer_can_still_stop_after_the_finish() -> None:
    """A higher tap just after the last answer turns a finished session into a stopped one."""
    play = begun(Dose(holds=1))
    play.hold(1)
    assert ended(play) == (Phase.CLOSED, Outcome.LESSENING)
    play.do(Pain(4, 0), 1)
    assert ended(play) == (Phase.CLOSED, Outcome.STOPPED_PAIN)


def test_f38_corrected_upward_in_the_next_hold() -> None:
    """2 corrected to 7 while the next hold runs: stop now, both values and 3 s kept."""
    play = begun()
    play.hold(2)
    play.time()
    effects = play.do(Pain(7), 3)
    assert isinstance(effects, tuple)
    assert effects[:2] == (Silence(), TellStopped())
    assert [rating.value for rating in play.session.holds[0].ratings] == [2, 7]
    assert play.session.current.status is HoldStatus.STOPPED
    assert play.session.current.actual_s == 3


def test_same_or_lower_answers_change_nothing() -> None:
    """The same answer is known; a lower one needs undo."""
    play = begun()
    play.hold(2)
    assert play.do(Pain(2, 0), 1) is Refusal.KNOWN
    assert play.do(Pain(1, 0), 1) is Refusal.LOWER


def test_f34_a_button_of_an_earlier_hold() -> None:
    """A low answer on an earlier hold's button is not taken for the open question."""
    play = begun()
    play.hold(2)
    play.time()
    play.time()
    assert play.do(Pain(0, 0), 1) is Refusal.NOT_ASKED
    assert play.session.phase is Phase.ASKED_AFTER


def test_undo_within_two_minutes_asks_again() -> None:
    """An undone answer is kept but does not count; the question is open again."""
    play = begun()
    play.hold(1)
    play.do(Undo(), 10)
    assert play.session.phase is Phase.ASKED_AFTER
    play.do(Pain(3, 0), 2)
    assert [(r.value, r.undone) for r in play.session.holds[0].ratings] == [(1, True), (3, False)]
    assert play.session.position == 1


def test_undo_is_refused_late_or_after_a_stop() -> None:
    """After 2 minutes, during a hold or after a stop there is nothing to undo."""
    play = begun(Dose(rest_s=180))
    play.hold(1)
    assert play.do(Undo(), 121) is Refusal.NOTHING_TO_UNDO
    play.time()
    assert play.do(Undo(), 1) is Refusal.NOTHING_TO_UNDO
    play.do(Pain(9), 1)
    assert play.do(Undo(), 1) is Refusal.STAYS_STOPPED


def test_f14_a_restart_in_a_hold_interrupts_it() -> None:
    """A cut hold is marked, never counted, and the athlete chooses; go on repeats it in full."""
    play = begun()
    play.hold(1)
    play.time()
    assert play.do(Restarted(), 4) == (Silence(), Interrupt("restart", in_hold=True))  # type: ignore[arg-type]
    assert play.session.current.status is HoldStatus.INTERRUPTED
    assert play.session.tension_s == 10
    assert play.do(Due(), 5) is Refusal.NOT_DUE
    play.do(GoOn(), 20)
    play.time()
    assert play.cues()[-1].place.number == 2
    assert play.session.current.planned_s == 10


@pytest.mark.parametrize("event", [Stop(), Restarted(), Pause()])
@pytest.mark.parametrize("hours", [-30, -5, 5, 30])
def test_f134_a_clock_that_was_set_holds_nobody_for_hours(event: Event, hours: int) -> None:
    """Nor does a bot that was away: a hold is never longer than its RELEASE may be late."""
    play = begun()
    play.time()
    play.do(event, hours * 3600)
    assert play.session.current.status is not HoldStatus.HOLDING
    assert 0 <= play.session.current.actual_s <= 20
    assert play.session.tension_s <= 20


@pytest.mark.parametrize("question", ["before", "after"])
def test_f14_a_restart_keeps_an_open_question(question: str) -> None:
    """Waiting for an answer, a restart asks again and nothing else moves."""
    play = Play()
    if question == "after":
        play = begun()
        play.time()
        play.time()
    phase = play.session.phase
    play.do(Restarted(), 60)
    assert play.session.phase is phase


def test_finish_after_an_outage_is_not_the_athletes_fault() -> None:
    """Finishing after an interruption is `partial`, never `stopped_early`."""
    play = begun()
    play.do(Restarted(), 1)
    play.do(Finish(), 1)
    assert play.session.outcome is Outcome.PARTIAL


def test_f46_pause_in_a_hold_and_resume() -> None:
    """After 5 s the hold is repeated in full; after 1 h the session is over."""
    play = begun()
    play.time()
    play.do(Pause(), 4)
    play.do(GoOn(), 5)
    play.time()
    play.time()
    assert play.session.tension_s == 10
    play.do(Pain(1), 1)
    play.do(Pause(), 1)
    play.time()
    assert play.session.outcome is Outcome.PARTIAL
    assert play.do(GoOn(), 2700) is Refusal.OVER


def test_a_late_hold_is_never_cued() -> None:
    """A HOLD that is more than 3 s late becomes a question instead."""
    play = begun()
    assert play.session.due_at is not None
    effects = play.do(Due(), 10 + 3.1)
    assert isinstance(effects, tuple)
    assert isinstance(effects[1], Interrupt)
    assert play.cues() == []


def test_f18_a_release_a_little_late_is_still_said() -> None:
    """After a loop blocked for 5 s RELEASE goes out at once, the real seconds stored."""
    play = begun()
    play.time()
    effects = play.do(Due(), 15)
    assert isinstance(effects, tuple)
    assert isinstance(effects[0], ReleaseCue)
    assert play.session.current.actual_s == 15


def test_f43_a_hold_counts_from_its_cue() -> None:
    """RELEASE is due one hold length after HOLD was handed over; delays never add up."""
    play = begun(Dose(hold_s=45))
    for index in range(5):
        play.time()
        handed = play.now + timedelta(seconds=2)
        play.do(CueHanded(index, handed), 2)
        assert play.session.due_at == handed + timedelta(seconds=45)
        play.time()
        assert play.session.current.actual_s == 45
        play.do(Pain(1, index), 1)
    assert play.session.tension_s == 5 * 45


def test_a_lost_cue_makes_the_hold_interrupted() -> None:
    """A HOLD that was perhaps never seen is not counted; the athlete is asked."""
    play = begun()
    play.time()
    play.do(CueLost(0), 1)
    assert play.session.phase is Phase.INTERRUPTED
    assert play.session.current.status is HoldStatus.INTERRUPTED


def test_f44_both_sides_in_full_length_and_order() -> None:
    """Both: all of the left, a switch, all of the right; a pause keeps the order."""
    play = begun(Dose(side=Side.BOTH, holds=2, sets=2))
    switches = []
    for index in range(8):
        if index == 5:
            play.do(Pause(), 1)
            play.do(GoOn(), 5)
        effects = play.hold(1)
        assert isinstance(effects, tuple)
        switches += [e.switch for e in effects if isinstance(e, TellRest)]
    places = [(c.place.side.value, c.place.set_no, c.place.number) for c in play.cues()]
    one_side = [(1, 1), (1, 2), (2, 1), (2, 2)]
    assert places == [(side, *rest) for side in ("left", "right") for rest in one_side]
    assert switches == [False, False, False, True, False, False, False]
    assert play.session.tension_s == 80


def test_a_red_flag_wins_in_every_live_phase() -> None:
    """A red flag closes, locks and alerts, also in the middle of a hold."""
    play = begun()
    play.time()
    assert play.do(RedFlagRaised(), 2) == (Silence(), TellStopped(), Lock(), Alert())
    assert ended(play) == (Phase.CLOSED, Outcome.RED_FLAG)


def test_rest_is_counted_from_the_release() -> None:
    """The next hold comes 20 s after RELEASE, but never sooner than the lead-in allows."""
    play = begun()
    play.time()
    play.time()
    released = play.now
    play.do(Pain(1), 4)
    assert play.session.due_at == released + timedelta(seconds=20)
    play.time()
    play.time()
    play.do(Pain(1), 100)
    assert play.session.due_at == play.now + timedelta(seconds=5)


def test_every_row_leads_where_it_says() -> None:
    """No row of the table may lead from an open question straight to a hold."""
    for row in TABLE:
        if Phase.HOLDING in row.to and row.event is not CueHanded:
            assert row.phases <= CUED


def test_the_session_is_a_value() -> None:
    """The same event twice from the same session gives the same result."""
    session, _ = start(Dose(), T0)
    assert step(session, Pain(2), T0) == step(session, Pain(2), T0)
    assert isinstance(session, Session)


def test_leaving_closes_every_phase_without_a_question() -> None:
    """Who leaves is asked nothing more: silence, partial, and the held seconds kept."""
    play = Play()
    play.do(Pain(1))
    play.time()
    assert play.do(Leave(), after=4) == (Silence(),)
    assert (play.session.phase, play.session.outcome) == (Phase.CLOSED, Outcome.PARTIAL)
    assert play.session.holds[0].status is HoldStatus.STOPPED
    assert play.session.holds[0].actual_s == 4


def test_a_note_stops_but_never_answers() -> None:
    """A number that answers no question of the session can stop it, and nothing else."""
    low, high = Play(), Play()
    assert low.do(Pain(1, NOTE)) is Refusal.NOT_ASKED
    assert low.session.phase is Phase.ASKED_BEFORE
    high.do(Pain(4, NOTE))
    assert high.session.outcome is Outcome.RESTED_ON_PAIN


# ---- what follows from answers is read from the answers ---------------------------------


def test_f124_a_slip_that_was_undone_changes_nothing() -> None:
    """1, 2 (ease), 1 by slip, undo, 2: the second rise running ends the set."""
    play = begun()
    for pain in (1, 2, 1):
        play.hold(pain)
    play.do(Undo(), 5)
    play.do(Pain(2, 2), 1)
    assert ended(play) == (Phase.CLOSED, Outcome.RISING)


def test_f124_a_correction_upward_counts_as_a_rise() -> None:
    """1, then 1 corrected to 2, then 2: ended; the hold between is done with less effort."""
    play = begun()
    play.hold(1)
    play.hold(1)
    play.do(Pain(2, 1), 1)
    play.hold(2)
    assert play.cues()[2].ease
    assert ended(play) == (Phase.CLOSED, Outcome.RISING)


@pytest.mark.parametrize("pains", list(product(range(4), repeat=4)))
def test_f124_however_an_answer_was_reached(pains: tuple[int, ...]) -> None:
    """Undone slips and corrections upward end the set where the plain answers do."""
    plain, slips, corrected = begun(), begun(), begun()
    for index, pain in enumerate(pains):
        for play in (plain, slips, corrected):
            if play.session.phase is Phase.CLOSED:
                continue
            play.time()
            play.time()
            if play is slips and play.session.trend(index) is not Trend.RISING:
                slip = play.do(Pain(max(pain - 1, 0), index), 1)
                assert isinstance(slip, tuple)
                if ended(play)[1] is None:
                    play.do(Undo(), 1)
            play.do(Pain(max(pain - 1, 0) if play is corrected else pain, index), 1)
            if play is corrected and play.session.phase is Phase.RESTING:
                play.do(Pain(pain, index), 1)
        if Phase.CLOSED in {play.session.phase for play in (plain, slips, corrected)}:
            break
    stops = {(len(p.session.holds), p.session.outcome) for p in (plain, corrected)}
    assert len(stops) == 1


def test_f124_a_correction_takes_a_rise_back() -> None:
    """1, 2 and then hold 1 corrected to 2: nothing rose, so a 2 goes on."""
    play = begun()
    play.hold(1)
    play.hold(2)
    play.do(Pain(2, 0), 1)
    assert not play.session.eased
    play.hold(2)
    assert play.session.phase is Phase.RESTING


# ---- nothing is held while something else is open ---------------------------------------


def withheld(play: Play) -> None:
    """Red-flag questions are opened outside the session."""
    play.session = replace(play.session, withheld=True)


@pytest.mark.parametrize("when", ["before", "lead-in", "hold", "asked", "rest", "cut"])
def test_f126_no_hold_while_red_flag_questions_are_open(when: str) -> None:
    """In whatever phase they are opened: no event leads to a HOLD before they are answered."""
    play = Play() if when == "before" else begun()
    if when in {"hold", "asked", "rest"}:
        play.time()
    if when in {"asked", "rest"}:
        play.time()
    if when == "rest":
        play.do(Pain(1), 1)
    if when == "cut":
        play.do(Restarted(), 1)
    withheld(play)
    cues = len(play.cues())
    for event in (Due(), Pain(1), GoOn(), Due(), Pain(0), GoOn(1), Due(), Undo(), GoOn(2)):
        play.do(event, 30)
        assert play.session.phase not in {Phase.GET_SET, Phase.RESTING}
    assert len(play.cues()) == cues


def test_f126_the_choice_waits_for_the_questions() -> None:
    """Go on is refused by name; once they are answered it goes on."""
    play = begun()
    play.do(Pause(BreakReason.SIGNS), 1)
    withheld(play)
    assert play.do(GoOn(1), 1) is Refusal.WITHHELD
    play.session = replace(play.session, withheld=False)
    play.do(GoOn(1), 1)
    assert play.session.phase is Phase.GET_SET


def test_f130_every_break_has_its_own_go_on() -> None:
    """The first break's "Go on" and "Finish" do nothing in the second."""
    play = begun()
    play.do(Pause(), 1)
    play.do(GoOn(1), 1)
    play.do(Pause(), 1)
    for event in (GoOn(1), Finish(1), GoOn(0)):
        assert play.do(event, 1) is Refusal.NOT_ASKED
    play.do(GoOn(2), 1)
    assert play.session.phase is Phase.GET_SET


# ---- after the end ----------------------------------------------------------------------


def test_f132_late_answers_worsen_an_outcome_and_never_better_it() -> None:
    """A late answer is kept as late; what it brings is a stop, a lock, or nothing."""
    play = begun(Dose(holds=1))
    play.time()
    play.time()
    play.time()
    play.time()
    assert ended(play) == (Phase.CLOSED, Outcome.PARTIAL)
    assert play.do(Pain(2, 0), 60) == ()
    assert ended(play) == (Phase.CLOSED, Outcome.PARTIAL)
    assert play.do(Pain(4, 0), 60) == (Silence(), TellStopped(), Alert())
    assert play.do(Pain(7, 0), 60) == (Silence(), TellStopped(), Alert(), Lock(), TellRedFlags())
    assert play.do(Pain(5, 0), 60) is Refusal.LOWER
    assert play.do(Reason(StopReason.NUMB), 60) == (Lock(), Alert())
    assert ended(play) == (Phase.CLOSED, Outcome.RED_FLAG)
    assert all(rating.late for rating in play.session.holds[0].ratings)
    assert play.do(Pain(9, 0), 13 * 3600) is Refusal.OVER


def test_f132_a_late_answer_is_not_undone() -> None:
    """Undo never opens a session again because of a late answer."""
    play = begun(Dose(holds=1))
    play.hold(1)
    play.do(Pain(2, 0), 20)
    assert play.do(Undo(), 1) is Refusal.NOTHING_TO_UNDO


def test_f134_the_newest_answer_is_the_last_that_came() -> None:
    """A clock that is set back an hour between two answers changes nothing about their order."""
    play = begun()
    play.hold(1)
    play.now -= timedelta(hours=1)
    play.hold(3)
    newest = play.session.newest_rating
    assert newest is not None
    assert newest.value == 3
    assert [rating.value for rating in play.session.ratings] == [1, 1, 3]
