"""A session as the athlete lives it: real HTTP to the sandbox, a clock moved by hand."""

from datetime import timedelta
from functools import partial
from itertools import pairwise

import pytest

from bot.protocol.dose.dose import Dose, Side
from bot.protocol.session.state import HoldStatus, Outcome, Phase
from telegram_sandbox import Person
from testkit.virtual import MONDAY
from testkit.world import DOT, BotWorld

SHORT = Dose(hold_s=10, holds=3, rest_s=20)


async def begun(world: BotWorld, maria: Person, before: str = "1") -> None:
    """Wait for the reminder, start, and answer the first question."""
    await world.until(MONDAY + timedelta(minutes=30))
    await world.tap(maria, "Start")
    await world.tap(maria, before)


async def hold(world: BotWorld, maria: Person, pain: str | None) -> None:
    """Let the wait and the hold pass, then answer."""
    session = world.newest(maria).value
    assert session.due_at is not None
    await world.until(session.due_at)
    await world.passes(seconds=session.dose.hold_s)
    if pain is not None:
        await world.tap(maria, pain)


async def test_a_whole_session(world: BotWorld) -> None:
    """Reminder, start, three holds with falling pain, summary, picture; two rings a hold."""
    maria = world.athlete(dose=SHORT)
    await begun(world, maria)
    for pain in ("3", "2", "1"):
        await hold(world, maria, pain)
    assert world.newest(maria).value.outcome is Outcome.LESSENING
    assert [text.partition("\n")[0].split(" ·")[0] for text in world.rang(maria)] == [
        "Maria, time for your holds.",
        "HOLD 1 of 3",
        "RELEASE",
        "HOLD 2 of 3",
        "RELEASE",
        "HOLD 3 of 3",
        "RELEASE",
    ]
    assert any(message.photo for message in maria.chat)
    assert world.sandbox.refusals == []


async def calls_of_a_hold(world: BotWorld, maria: Person) -> list[str]:
    """Play a hold from the end of its rest to the answer; return the calls it cost."""
    start = world.sandbox.log.seq
    await hold(world, maria, "1")
    return sorted(e.method or "" for e in world.sandbox.log.after(start) if e.kind == "call")


@pytest.mark.parametrize("seconds", [10, 60])
async def test_the_calls_of_one_hold(world: BotWorld, seconds: int) -> None:
    """A hold costs two messages, one edit and one callback answer, however long it is."""
    maria = world.athlete(dose=SHORT.changed(hold_s=seconds))
    await begun(world, maria)
    await hold(world, maria, "1")
    assert await calls_of_a_hold(world, maria) == [
        "answerCallbackQuery",
        "editMessageText",
        "sendMessage",
        "sendMessage",
    ]


async def test_cues_come_on_time(world: BotWorld) -> None:
    """HOLD to RELEASE is the hold's length, RELEASE to HOLD the rest, on every hold."""
    maria = world.athlete(dose=SHORT)
    await begun(world, maria)
    for _ in range(3):
        await hold(world, maria, "1")
    cues = [e for e in world.sandbox.log if e.method == "sendMessage"]
    at = [e.at for e in cues if e.text.startswith(("HOLD", "RELEASE"))]
    gaps = [(after - before).total_seconds() for before, after in pairwise(at)]
    assert gaps == pytest.approx([10, 20, 10, 20, 10], abs=0.2)


@pytest.mark.parametrize("pain", ["4", "5", "6", "10"])
async def test_f30_pain_over_the_limit_stops_at_once(world: BotWorld, pain: str) -> None:
    """Over 3 the next message is STOP, no further hold comes, and the coach is told."""
    coach = world.coach()
    maria = world.athlete(dose=SHORT, coach=coach)
    await begun(world, maria)
    await hold(world, maria, None)
    start = world.sandbox.log.seq
    await world.tap(maria, pain)
    said = [e for e in world.sandbox.log.after(start) if e.method == "sendMessage"]
    assert said[0].chat_id == maria.id
    assert said[0].text.startswith("STOP")
    await world.passes(hours=2)
    assert sum(line.startswith("HOLD") for line in world.heard(maria)) == 1
    assert any("Maria" in line for line in world.heard(coach))


@pytest.mark.parametrize("pain", ["0", "1", "2", "3"])
async def test_f30_pain_within_the_limit_goes_on(world: BotWorld, pain: str) -> None:
    """0 to 3 leads to the next hold."""
    maria = world.athlete(dose=SHORT)
    await begun(world, maria)
    await hold(world, maria, pain)
    assert world.newest(maria).value.phase is Phase.RESTING


async def test_f40_the_stop_message(world: BotWorld) -> None:
    """It says what happens next, offers no way to go on, and praises nothing."""
    maria = world.athlete(dose=SHORT)
    await begun(world, maria)
    await hold(world, maria, "5")
    stop = next(m for m in maria.chat if m.text.startswith("STOP"))
    assert "Next session" in stop.text
    assert stop.buttons == ()
    await world.say(maria, "/session")
    assert world.newest(maria).value.outcome is Outcome.STOPPED_PAIN
    assert "rest" in maria.last.text.lower()


@pytest.mark.parametrize("how", ["button", "stop", "STOP!", "/stop", "Stop please"])
@pytest.mark.parametrize("when", ["lead-in", "hold", "asked", "rest"])
async def test_f31_stop_by_button_or_word_in_every_phase(
    world: BotWorld, how: str, when: str
) -> None:
    """After STOP no cue of that set follows, and the reason is asked."""
    maria = world.athlete(dose=SHORT)
    await begun(world, maria)
    if when == "hold":
        await world.passes(seconds=14)
    elif when != "lead-in":
        await hold(world, maria, "1" if when == "rest" else None)
    start = world.sandbox.log.seq
    if how == "button":
        await world.tap(maria, "■ STOP")
    else:
        await world.say(maria, how)
    said = [e.text for e in world.sandbox.log.after(start) if e.method == "sendMessage"]
    assert said[0].startswith("STOP")
    await world.passes(minutes=20)
    said = [e.text for e in world.sandbox.log.after(start) if e.method == "sendMessage"]
    assert not any(text.startswith(("HOLD", "RELEASE")) for text in said)
    assert world.newest(maria).value.outcome is Outcome.PARTIAL


async def test_f31_stop_a_moment_before_the_end(world: BotWorld) -> None:
    """STOP 0.1 s before RELEASE is due: RELEASE is never sent."""
    maria = world.athlete(dose=SHORT)
    await begun(world, maria)
    await world.passes(seconds=10)
    due = world.newest(maria).value.due_at
    assert due is not None
    await world.until(due - timedelta(seconds=0.1))
    await world.say(maria, "stop")
    await world.passes(seconds=60)
    assert not any(line.startswith("RELEASE") for line in world.heard(maria))
    assert world.newest(maria).value.current.actual_s == pytest.approx(9.9, abs=0.1)


async def test_f32_double_and_triple_tap(world: BotWorld) -> None:
    """Three taps on the same number are one stored answer."""
    maria = world.athlete(dose=SHORT)
    await begun(world, maria)
    await hold(world, maria, None)
    question = maria.last
    for _ in range(3):
        maria.tap("2", on=question)
    await world.settle()
    assert [r.value for r in world.newest(maria).value.holds[0].ratings] == [2]


async def test_f32_the_same_number_typed_twice(world: BotWorld) -> None:
    """It is stored once, and the second time is answered too."""
    maria = world.athlete(dose=SHORT)
    await begun(world, maria)
    await hold(world, maria, None)
    for answer in ("Pain 2 – saved.", "Saved already."):
        await world.say(maria, "2")
        assert maria.last.text == answer
    assert [r.value for r in world.newest(maria).value.holds[0].ratings] == [2]


async def test_f32_three_then_eight_stops(world: BotWorld) -> None:
    """A higher tap after a lower one, before anything else happened, stops the set."""
    maria = world.athlete(dose=SHORT)
    await begun(world, maria)
    await hold(world, maria, None)
    question = maria.last
    maria.tap("3", on=question)
    maria.tap("8", on=question)
    await world.settle()
    stored = world.newest(maria).value
    assert [r.value for r in stored.holds[0].ratings] == [3, 8]
    assert stored.outcome is Outcome.STOPPED_HARD
    await world.passes(minutes=5)
    assert sum(line.startswith("HOLD") for line in world.heard(maria)) == 1


async def test_f34_old_buttons_do_nothing(world: BotWorld) -> None:
    """A button of a former hold: a short word, its buttons go, nothing is stored."""
    maria = world.athlete(dose=SHORT)
    await begun(world, maria)
    await hold(world, maria, None)
    question = maria.last
    await world.say(maria, "1")
    await hold(world, maria, None)
    await world.tap(maria, "0", on=question)
    assert "not active" in maria.toasts[-1].text
    assert world.newest(maria).value.holds[0].pain == 1
    assert maria.message(question).buttons == ()


async def test_f34_buttons_after_the_stop(world: BotWorld) -> None:
    """After a stop the old keyboards are dead."""
    maria = world.athlete(dose=SHORT)
    await begun(world, maria)
    await hold(world, maria, None)
    question = maria.last
    await world.tap(maria, "7")
    start = world.sandbox.log.seq
    await world.tap(maria, "1", on=question)
    assert world.newest(maria).value.outcome is Outcome.STOPPED_HARD
    assert not any(
        e.method == "sendMessage" and e.text.startswith("HOLD")
        for e in world.sandbox.log.after(start)
    )


@pytest.mark.parametrize(
    ("text", "value"),
    [("3", 3), ("3/10", 3), ("three", 3), ("2,5", 3), ("2.5", 3), ("٣", 3), ("０", 0)],
)
async def test_f35_typed_answers(world: BotWorld, text: str, value: int) -> None:
    """A plainly typed number is taken as the answer."""
    maria = world.athlete(dose=SHORT)
    await begun(world, maria)
    await hold(world, maria, None)
    await world.say(maria, text)
    assert world.newest(maria).value.holds[0].pain == value


@pytest.mark.parametrize("text", ["-1", "11", "3 but ok", "fine", "👍"])
async def test_f35_unclear_answers_are_asked_again(world: BotWorld, text: str) -> None:
    """What is not plain is asked again, and nothing moves on."""
    maria = world.athlete(dose=SHORT)
    await begun(world, maria)
    await hold(world, maria, None)
    await world.say(maria, text)
    assert world.newest(maria).value.phase is Phase.ASKED_AFTER
    assert "during that hold?" in maria.last.text
    await world.passes(minutes=2)
    assert sum(line.startswith("HOLD") for line in world.heard(maria)) == 1


async def test_f35_stickers_voices_and_pictures_are_asked_again(world: BotWorld) -> None:
    """A sticker is no answer, and neither is a number under a picture."""
    maria = world.athlete(dose=SHORT)
    await begun(world, maria)
    await hold(world, maria, None)
    captioned = partial(maria.send_photo, DOT, caption="2")
    for send in (maria.send_sticker, maria.send_voice, captioned):
        send()
        await world.settle()
        assert world.newest(maria).value.phase is Phase.ASKED_AFTER
        assert "during that hold?" in maria.last.text


async def test_f36_no_answer(world: BotWorld) -> None:
    """One nudge after 3 minutes, closed as partial after 15, never a next hold."""
    maria = world.athlete(dose=SHORT)
    await begun(world, maria)
    await hold(world, maria, None)
    await world.passes(minutes=4)
    assert sum("Still there" in m.text for m in maria.chat) == 1
    await world.passes(minutes=12)
    assert world.newest(maria).value.outcome is Outcome.PARTIAL
    await world.passes(hours=1)
    assert sum(line.startswith("HOLD") for line in world.heard(maria)) == 1


async def test_f38_corrected_in_the_next_hold(world: BotWorld) -> None:
    """Typing 7 while the next hold runs stops it at once; both values are stored."""
    maria = world.athlete(dose=SHORT)
    await begun(world, maria)
    await hold(world, maria, "2")
    await world.passes(seconds=23)
    assert world.newest(maria).value.phase is Phase.HOLDING
    await world.say(maria, "7")
    stored = world.newest(maria).value
    assert [r.value for r in stored.holds[0].ratings] == [2, 7]
    assert stored.current.status is HoldStatus.STOPPED
    assert stored.outcome is Outcome.STOPPED_HARD


async def test_f38_an_edited_message_counts_too(world: BotWorld) -> None:
    """Editing the typed 2 into a 7 stops the set."""
    maria = world.athlete(dose=SHORT)
    await begun(world, maria)
    await hold(world, maria, None)
    mine = maria.say("2")
    await world.settle()
    maria.edit(mine, "7")
    await world.settle()
    assert world.newest(maria).value.outcome is Outcome.STOPPED_HARD


@pytest.mark.parametrize("pain", ["4", "6"])
async def test_f39_pain_before(world: BotWorld, pain: str) -> None:
    """Too much pain before: no hold today, and it counts as following the plan."""
    coach = world.coach()
    maria = world.athlete(dose=SHORT, coach=coach)
    await begun(world, maria, pain)
    assert world.newest(maria).value.outcome is Outcome.RESTED_ON_PAIN
    await world.passes(hours=1)
    assert not any(line.startswith("HOLD") for line in world.heard(maria))
    assert len(world.heard(coach)) == 1


async def test_f41_the_plan_changed_during_a_session(world: BotWorld) -> None:
    """A running session keeps its plan; the next one has the new one."""
    maria = world.athlete(dose=SHORT)
    await begun(world, maria)
    plan = world.newest(maria).plan_id
    await world.say(maria, "/settings")
    await world.tap(maria, "Side")
    await world.tap(maria, "Right")
    await hold(world, maria, "1")
    stored = world.newest(maria)
    assert (stored.plan_id, stored.value.dose.side) == (plan, Side.LEFT)


async def test_f43_holds_do_not_drift(world: BotWorld) -> None:
    """With every HOLD handed over half a second late, each is still 45 s long."""
    maria = world.athlete(dose=Dose(hold_s=45, holds=5, rest_s=20))
    await begun(world, maria)
    for _ in range(5):
        due = world.newest(maria).value.due_at
        assert due is not None
        world.clock.at = due + timedelta(seconds=0.5)
        await world.settle()
        await world.passes(seconds=45)
        await world.tap(maria, "1")
    assert world.newest(maria).value.tension_s == pytest.approx(225, abs=0.5)


async def test_f44_both_sides(world: BotWorld) -> None:
    """Left in full, a cue to switch, right in full."""
    maria = world.athlete(dose=Dose(hold_s=10, holds=2, rest_s=10, side=Side.BOTH))
    await begun(world, maria)
    for _ in range(4):
        await hold(world, maria, "1")
    cues = [line for line in world.heard(maria) if line.startswith("HOLD")]
    assert ["LEFT" in cue for cue in cues] == [True, True, False, False]
    assert any("Switch" in text for m in maria.chat for text in (m.text, *m.edits))


async def test_f46_pause_in_a_hold(world: BotWorld) -> None:
    """A paused hold is not counted; going on repeats it in full."""
    maria = world.athlete(dose=SHORT)
    await begun(world, maria)
    await world.passes(seconds=14)
    await world.say(maria, "/pause")
    await world.passes(seconds=5)
    await world.tap(maria, "Go on")
    await hold(world, maria, "1")
    assert world.newest(maria).value.tension_s == pytest.approx(10, abs=0.2)
    await world.say(maria, "/pause")
    await world.passes(hours=1)
    assert world.newest(maria).value.outcome is Outcome.PARTIAL
    await world.say(maria, "/resume")
    assert world.newest(maria).value.phase is Phase.CLOSED


async def test_undo_asks_again(world: BotWorld) -> None:
    """/undo within two minutes takes the answer back; the set waits for the new one."""
    maria = world.athlete(dose=SHORT)
    await begun(world, maria)
    await hold(world, maria, "1")
    await world.say(maria, "/undo")
    assert world.newest(maria).value.phase is Phase.ASKED_AFTER
    await world.passes(minutes=1)
    assert sum(line.startswith("HOLD") for line in world.heard(maria)) == 1
    await world.tap(maria, "2")
    assert world.newest(maria).value.holds[0].pain == 2


async def test_the_coach_was_told_only_when_it_is_true(world: BotWorld) -> None:
    """While the coach's chat is blocked nobody says that the coach was told."""
    coach = world.coach()
    maria = world.athlete(dose=SHORT, coach=coach)
    coach.block()
    await begun(world, maria)
    await hold(world, maria, "5")
    await world.passes(minutes=1)
    assert not any("was told" in m.text for m in maria.chat)


async def test_a_red_flag_locks_until_the_coach_unlocks(world: BotWorld) -> None:
    """Advice first, the session closed, sessions locked; the coach's button opens them again."""
    coach = world.coach()
    maria = world.athlete(dose=SHORT, coach=coach)
    await world.until(MONDAY + timedelta(minutes=30))
    await world.tap(maria, "Start")
    await world.tap(maria, "Something new")
    start = world.sandbox.log.seq
    await world.tap(maria, "Pop, tear")
    said = [e for e in world.sandbox.log.after(start) if e.method == "sendMessage"]
    assert said[0].text.startswith("Be seen by a doctor today.")
    assert world.newest(maria).value.outcome is Outcome.RED_FLAG
    await world.passes(hours=24)
    await world.say(maria, "/session")
    assert "locked" in maria.last.text.lower()
    for label in ("Unlock", "Seen by a doctor: cleared"):
        await world.tap(coach, label)
    await world.say(coach, "Dr Berg on Tuesday")
    await world.tap(coach, "Yes, lift it")
    await world.say(maria, "/session")
    assert world.newest(maria).value.phase is Phase.ASKED_BEFORE
