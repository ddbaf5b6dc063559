"""Whatever order of say, tap, edit, deliver again, wait, cut and reconnect: three things hold.

The last cue after STOP is STOP. No HOLD comes while an answer, a red-flag question or a break is
open. Every pain number that was given is stored, or refused in words. All three are looked at from
outside (tests/simulation/law.py, witness.py, verdicts.py): what was said, what the chat shows, what
the database holds.
"""

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule

from testkit.world import DOT
from tests.simulation.live import Stage
from tests.simulation.network import Trouble

STARTS = (
    datetime(2026, 11, 24, 6, 30, tzinfo=UTC),  # 07:30 in Berlin
    datetime(2026, 11, 24, 22, 58, tzinfo=UTC),  # two minutes before midnight there
)
TAIL = 60
LOW = st.sampled_from((1, 2, 1, 2, 0, 3))
PAIN = st.sampled_from((1, 2, 3, 0, 1, 2, 2, 3, 4, 5, 8))
MOMENT = st.sampled_from((0.5, 0.1, 0.0, 2.0, 4.0))
WHICH = st.integers(1, 6)
STOPS = ("stop", "/stop", "Stop it hurts")
SIGNS = ("numb", "sharp", "pop", "it is an 8", "8 ouch", "pain 8", "more than 5", "/pain 5")
WORDS = ("/undo", "/undo", "/flag", "/session", "/next", "/resume", "hm")
TYPED = ("{}", "{}", "{}/10", "pain {}", "/pain {}")
BUTTONS = ("n", "F", "g", "r", "x", "f")
CUES = ("HOLD", "STOP", "RELEASE", "")
TROUBLES = (
    Trouble(connecting=2.5),
    Trouble(connecting=4.5),
    Trouble(connecting=60.0),
    Trouble(late=2.0),
    Trouble(late=4.5),
    Trouble(late=60.0),
    Trouble(answer=4.0),
    Trouble(answer=60.0),
    Trouble(lost=True),
)


class LiveMachine(RuleBasedStateMachine):
    """People and the network do anything; the witness watches."""

    def __init__(self) -> None:
        super().__init__()
        self.stage: Stage | None = None
        self.said: list[tuple[int, str]] = []
        self.updates: list[dict[str, Any]] = []

    @property
    def on(self) -> Stage:
        """The stage, once the bot runs."""
        assert self.stage is not None
        return self.stage

    @initialize(start=st.sampled_from(STARTS), pain=LOW)
    def begins(self, start: datetime, pain: int) -> None:
        """Open a session and answer its first question."""
        self.stage = Stage(start)
        self.on.run.sandbox.updates.on_arrival(self._note)
        self.says("/session", 0.5)
        self.trains(pain)

    def _note(self) -> None:
        pending = self.on.run.sandbox.updates.pending
        if pending:
            self.updates.append(pending[-1])

    def _after(self, seconds: float) -> None:
        self.on.passes(seconds)
        self.on.looks()
        self._nothing_is_broken()

    def _nothing_is_broken(self) -> None:
        report = self.on.run.report
        told = "\n".join(line[:160] for line in report.transcript[-TAIL:])
        assert not report.broken, f"{report.broken[0]}\n{told}"

    # ---- what the athlete does -----------------------------------------------------------

    @property
    def lives(self) -> bool:
        """Whether a session is not over yet."""
        query = "SELECT 1 FROM session WHERE phase <> 'closed'"
        return not self.on.run.over and self.on.run.ledger.one(query) is not None

    @precondition(lambda self: self.lives)
    @rule(pain=LOW)
    def trains(self, pain: int) -> None:
        """Answer the newest question and go on until the next one comes."""
        self._answer(self.on.shown("p")[-1:], pain)
        self.on.until_shown("p", 25)
        self._after(0)

    @precondition(lambda self: self.lives)
    @rule(pain=LOW, wait=MOMENT)
    def trains_until_hold(self, pain: int, wait: float) -> None:
        """Answer the newest question and go on until the next HOLD is due, and a moment more."""
        self._answer(self.on.shown("p")[-1:], pain)
        seen = self.on.run.witness.seen
        count = seen["HOLD"]
        self.on.until(lambda: seen["HOLD"] > count, 25)
        self._after(wait)

    @precondition(lambda self: not self.lives)
    @rule(pain=LOW)
    def another_day(self, pain: int) -> None:
        """Come back the next day, unlocked if that is wanted, and begin again."""
        self.on.run.town.coaches[0].say("/unlock #3 Seen by a doctor")
        self._after(30 * 3_600.0)
        self.says("/session", 0.5)
        self.trains(pain)

    @precondition(lambda self: self.lives)
    @rule(pain=PAIN, which=WHICH, wait=MOMENT)
    def answers(self, pain: int, which: int, wait: float) -> None:
        """Press a number at the newest question, or at one before."""
        self._answer(self.on.shown("p")[-which:], pain)
        self._after(wait)

    def _answer(self, questions: list[Any], pain: int) -> None:
        for question in questions[:1]:
            data = next(one for one in question.data if one[0] == "p")
            self.on.press(question, *data[:3], pain, *data[4:])

    @precondition(lambda self: self.lives)
    @rule(pain=PAIN, wait=MOMENT)
    def answers_the_morning(self, pain: int, wait: float) -> None:
        """Press a number of yesterday's morning."""
        self.on.press(self.on.shown("x")[-1], "m", 1, pain)
        self._after(wait)

    @precondition(lambda self: self.lives)
    @rule(text=st.sampled_from(STOPS), wait=MOMENT)
    def stops(self, text: str, wait: float) -> None:
        """Write STOP."""
        self.says(text, wait)

    @precondition(lambda self: self.lives)
    @rule(trouble=st.sampled_from(TROUBLES), pain=LOW, wait=MOMENT, text=st.sampled_from(STOPS))
    def stops_at_hold(self, trouble: Trouble, pain: int, wait: float, text: str) -> None:
        """Stop a moment after a HOLD was claimed that the network holds up."""
        self.hangs(trouble, "HOLD", 1)
        self.trains_until_hold(pain, wait)
        self.says(text, 16.0)

    @precondition(lambda self: self.lives)
    @rule(slip=LOW, pain=LOW)
    def slips(self, slip: int, pain: int) -> None:
        """Answer, take that back, and answer anew."""
        self.answers(slip, 1, 0.5)
        self.says("/undo", 0.5)
        self.trains(pain)

    @precondition(lambda self: self.lives)
    @rule(which=st.integers(1, 2))
    def rests(self, which: int) -> None:
        """Take a break, and go on by its button, or by that of the break before."""
        self.pauses(0.5)
        self.goes_on(which, 0.5)
        self.on.until_shown("p", 12)
        self._after(0)

    @precondition(lambda self: self.lives)
    @rule(text=st.sampled_from(SIGNS), wait=MOMENT)
    def complains(self, text: str, wait: float) -> None:
        """Write what hurts."""
        self.says(text, wait)

    @precondition(lambda self: self.lives)
    @rule(wait=MOMENT)
    def pauses(self, wait: float) -> None:
        """Take a break."""
        self.says("/pause", wait)

    @precondition(lambda self: self.lives)
    @rule(which=st.integers(1, 3), wait=MOMENT)
    def goes_on(self, which: int, wait: float) -> None:
        """Press "Go on" of the newest break, or of one before."""
        found = self.on.shown("g")[-which:]
        if found:
            self.on.press(found[0], *next(one for one in found[0].data if one[0] == "g"))
        self._after(wait)

    @precondition(lambda self: self.lives)
    @rule(text=st.sampled_from(WORDS), wait=MOMENT)
    def says(self, text: str, wait: float) -> None:
        """Write anything."""
        self.said.append((self.on.athlete.say(text).id, text))
        self._after(wait)

    @precondition(lambda self: self.lives)
    @rule(pain=PAIN, form=st.sampled_from(TYPED), wait=MOMENT)
    def types(self, pain: int, form: str, wait: float) -> None:
        """Write a number."""
        self.says(form.format(pain), wait)

    @precondition(lambda self: self.lives)
    @rule(pain=PAIN, which=WHICH, wait=MOMENT)
    def replies(self, pain: int, which: int, wait: float) -> None:
        """Write a number in reply to a question, perhaps an old one."""
        question = self.on.shown("p")[-which:][0]
        self.said.append((self.on.athlete.reply(question.message, str(pain)).id, str(pain)))
        self._after(wait)

    @precondition(lambda self: self.said)
    @rule(pain=PAIN, which=WHICH, changed=st.booleans(), wait=MOMENT)
    def edits(self, pain: int, which: int, changed: bool, wait: float) -> None:  # noqa: FBT001 - a rule's argument
        """Edit what was written before: to a number, or to the same once more."""
        message, text = self.said[-which:][0]
        self.on.athlete.edit(message, str(pain) if changed else text)
        self._after(wait)

    @precondition(lambda self: self.lives)
    @rule(pain=PAIN, wait=MOMENT)
    def captions(self, pain: int, wait: float) -> None:
        """Send a picture with a number under it."""
        self.on.athlete.send_photo(DOT, caption=str(pain))
        self._after(wait)

    @precondition(lambda self: self.said)
    @rule(which=WHICH, wait=MOMENT)
    def forwards(self, which: int, wait: float) -> None:
        """Forward what was written before into the chat."""
        self.on.athlete.forward(self.said[-which:][0][0])
        self._after(wait)

    @precondition(lambda self: self.lives)
    @rule(verb=st.sampled_from(BUTTONS), which=WHICH, value=WHICH, wait=MOMENT)
    def presses(self, verb: str, which: int, value: int, wait: float) -> None:
        """Press a button of the newest message that has it, or of one before."""
        found = self.on.shown(verb)[-which:]
        if found:
            choices = [one for one in found[0].data if one[0] == verb]
            self.on.press(found[0], *choices[-value:][0])
        self._after(wait)

    # ---- what the world does -------------------------------------------------------------

    @precondition(lambda self: self.updates)
    @rule(which=WHICH, new=st.booleans(), wait=MOMENT)
    def comes_again(self, which: int, new: bool, wait: float) -> None:  # noqa: FBT001 - a rule's argument
        """Deliver an update once more, under its number or a new one."""
        self.on.again(self.updates[-which:][0], new=new)
        self._after(wait)

    @rule(seconds=st.sampled_from((1.0, 5.0, 12.0, 60.0, 200.0, 1_000.0, 7_000.0)))
    def waits(self, seconds: float) -> None:
        """Do nothing."""
        self._after(seconds)

    @rule(trouble=st.sampled_from(TROUBLES), cue=st.sampled_from(CUES), times=st.integers(1, 2))
    def hangs(self, trouble: Trouble, cue: str, times: int) -> None:
        """Let the next call of a kind hang, come late, or get lost."""
        self.on.trouble(trouble, cue, times)

    @rule(
        kind=st.sampled_from(("outage", "locked", "disk full", "restart", "kill")),
        span=st.sampled_from((1.0, 8.0, 65.0)),
        wait=MOMENT,
    )
    def breaks(self, kind: str, span: float, wait: float) -> None:
        """Cut the network, lock or fill the disk, end or kill the bot; it comes back by itself."""
        self.on.fault(kind, span, size=1.0, where="turn" if kind == "kill" else "")
        self._after(wait)

    def teardown(self) -> None:
        """Let everything work again, and judge what is left."""
        if self.stage is None:
            return
        try:
            if not self.on.run.report.broken:
                self.on.ends()
                self._nothing_is_broken()
        finally:
            self.on.close()


LiveMachine.TestCase.settings = settings(
    max_examples=40,
    stateful_step_count=20,
    deadline=None,
    phases=(Phase.explicit, Phase.reuse, Phase.generate, Phase.shrink),
    suppress_health_check=list(HealthCheck),
)
TestLiveMachine = pytest.mark.timeout(300)(LiveMachine.TestCase)  # forty lives
