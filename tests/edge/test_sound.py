"""Cues by sound, as the athlete lives them: one clip a hold, over real HTTP to the sandbox."""

from datetime import timedelta

import pytest
from sqlalchemy import update
from sqlmodel import col, select

from bot.protocol.dose.dose import Dose
from bot.protocol.session.events import Pain
from bot.protocol.session.state import HoldStatus, Interruption, Outcome, Phase, TimedBy
from bot.store import facts, people
from bot.store.facts import Fact
from bot.store.tables import AthleteRow, HoldRow, OutboxRow, OutboxState
from bot.training.session import apply_event
from telegram_sandbox import ChatMessage, Fault, Person
from testkit.people import hears, id_of
from testkit.world import BotWorld

SHORT = Dose(hold_s=10, holds=3, rest_s=20)
CLIPS = col(OutboxRow.kind) == "Clip"
FIRST, NEXT = 20, 30
"""Seconds from a clip to its RELEASE: the lead-in or the rest, and the hold."""


def listener(world: BotWorld, dose: Dose = SHORT) -> Person:
    """Add an athlete whose cues are sounds."""
    maria = world.athlete(dose=dose)
    world.run(hears, world.read(id_of, maria.id))
    return maria


async def begun(world: BotWorld, maria: Person) -> None:
    """Start, and answer the first question: the first clip is there."""
    await world.say(maria, "/session")
    await world.tap(maria, "1")


def clips(maria: Person) -> list[ChatMessage]:
    """Return the clips that stand in the chat."""
    return [message for message in maria.chat if message.kind == "audio"]


def calls(world: BotWorld, since: int) -> list[str]:
    """Return the methods that were called."""
    return [e.method or "" for e in world.sandbox.log.after(since) if e.kind == "call"]


async def test_a_whole_session_by_sound(world: BotWorld) -> None:
    """One clip a hold and no other cue; its seconds are kept as assumed; nothing rings."""
    maria = listener(world)
    await begun(world, maria)
    for wait, pain in ((FIRST, "3"), (NEXT, "2"), (NEXT, "1")):
        (clip,) = clips(maria)
        assert clip.labels[-1] == "■ STOP"
        await world.passes(seconds=wait)
        await world.tap(maria, pain)
    assert world.newest(maria).value.outcome is Outcome.LESSENING
    assert clips(maria) == []
    assert not any(text.startswith(("HOLD", "RELEASE")) for text in world.heard(maria))
    assert world.rang(maria) == []
    rows = world.read(lambda db: db.exec(select(HoldRow)).all())
    assert [(row.timed_by, row.status, row.actual_s) for row in rows] == 3 * [
        (TimedBy.CLIP, HoldStatus.DONE, 10)
    ]
    assert world.sandbox.refusals == []


@pytest.mark.parametrize("seconds", [10, 60])
async def test_the_calls_of_one_hold_by_sound(world: BotWorld, seconds: int) -> None:
    """An answer, the next clip, and the last one taken out: three, however long a hold is."""
    maria = listener(world, SHORT.changed(hold_s=seconds, rest_s=20))
    await begun(world, maria)
    await world.passes(seconds=10 + seconds)
    await world.tap(maria, "1")
    start = world.sandbox.log.seq
    await world.passes(seconds=20 + seconds)
    await world.tap(maria, "1")
    assert sorted(calls(world, start)) == ["answerCallbackQuery", "deleteMessage", "sendAudio"]


async def test_a_clip_is_uploaded_once(world: BotWorld) -> None:
    """One of the same kind goes by the name that Telegram gave the first, after a restart too."""
    maria = listener(world)
    await begun(world, maria)
    await world.passes(seconds=FIRST)
    await world.tap(maria, "1")
    await world.restart()
    await world.settle()
    await world.tap(maria, "Go on")
    await world.passes(seconds=FIRST)
    await world.tap(maria, "1")
    sent = [e for e in world.sandbox.log if e.method == "sendAudio"]
    first, second, *again = [e.result["audio"]["file_id"] for e in sent]
    assert again == [first, second]
    assert first != second


def uploaded(world: BotWorld) -> list[Fact]:
    """Return what is stored of clips that were uploaded."""
    return [one for one in world.read(facts.facts, "file:") if ":hold-" in one.key]


async def test_a_name_that_telegram_does_not_know_is_uploaded_anew(world: BotWorld) -> None:
    """Whether another bot's or too old: the athlete gets the clip all the same."""
    maria = listener(world)
    await begun(world, maria)
    (fact,) = uploaded(world)
    for stale in ("1 gone", "2 of another bot"):
        world.run(facts.set_fact, fact.key, stale, world.now)
        await world.say(maria, "stop")
        await world.tap(maria, "Tired")
        world.later(hours=24)
        await begun(world, maria)
        assert len(clips(maria)) == 1
        (again,) = uploaded(world)
        assert again.value != stale
    refused = [refusal.method for refusal in world.sandbox.refusals]
    assert refused == ["sendAudio"]


async def test_a_clip_that_is_refused_falls_back_to_messages(world: BotWorld) -> None:
    """It is said once; the athlete goes on, and cues come as ever."""
    maria = listener(world)
    world.sandbox.faults.add(Fault("refused", method="sendAudio", times=9))
    await begun(world, maria)
    assert "Until this session ends, cues come as messages." in maria.last.text
    await world.tap(maria, "Go on")
    await world.passes(seconds=20)
    await world.tap(maria, "1")
    await world.passes(seconds=30)
    assert [text for text in world.heard(maria) if text.startswith("HOLD")] == [
        "HOLD 1 of 3 · LEFT · 10 s",
        "HOLD 2 of 3 · LEFT · 10 s",
    ]
    assert sum("cues come as messages" in m.text for m in maria.chat) == 1
    assert world.run(people.athlete, world.newest(maria).athlete_id).cues == "sound"


@pytest.mark.parametrize("how", ["stop", "4", "restart", "/pause", "nobody"])
async def test_no_clip_stays_when_its_set_is_over(world: BotWorld, how: str) -> None:
    """STOP, pain over the limit, a restart, a break, and a question that nobody answers."""
    maria = listener(world)
    await begun(world, maria)
    await world.passes(seconds=15)
    if how == "restart":
        await world.restart()
        await world.settle()
    elif how == "nobody":
        await world.passes(minutes=20)
    elif how == "4":
        await world.tap(maria, how)
    else:
        await world.say(maria, how)
    assert clips(maria) == []
    assert world.sandbox.refusals == []


async def test_an_answer_before_release_is_not_taken(world: BotWorld) -> None:
    """The button says so and stays; a 4 stops at once; a typed number corrects the last."""
    maria = listener(world)
    await begun(world, maria)
    await world.passes(seconds=12)
    await world.tap(maria, "1")
    assert "Answer after RELEASE" in maria.toasts[-1].text
    (clip,) = clips(maria)
    assert "1" in clip.labels
    await world.say(maria, "2")
    assert world.newest(maria).value.phase in {Phase.CLIP, Phase.HOLDING}
    await world.tap(maria, "4", clip)
    assert world.newest(maria).value.outcome is Outcome.STOPPED_PAIN


async def test_a_question_after_a_clip_is_asked_again(world: BotWorld) -> None:
    """After three minutes it rings, and the clip stays; its answer leads on."""
    maria = listener(world)
    await begun(world, maria)
    await world.passes(seconds=FIRST)
    await world.passes(minutes=3)
    assert "Still there?" in maria.last.text
    assert len(clips(maria)) == 1
    await world.tap(maria, "1", maria.last)
    (clip,) = clips(maria)
    assert "Rest, then hold 2 of 3" in clip.text


async def test_a_clip_that_comes_late_is_taken_back(world: BotWorld) -> None:
    """The athlete said stop while it was on its way: STOP is the last word."""
    maria = listener(world)
    world.sandbox.faults.add(Fault("hang_after", method="sendAudio", seconds=0.3))
    await world.say(maria, "/session")
    maria.tap("1")
    await world.settle()
    await world.say(maria, "stop")
    assert clips(maria) == []


async def test_a_clip_that_cannot_be_read_is_no_hold(world: BotWorld) -> None:
    """Its row was damaged: the set is broken off, and the rest comes as messages."""
    maria = listener(world)
    await world.say(maria, "/session")
    stored = world.newest(maria)
    world.run(apply_event.happen, stored, Pain(1), world.now)
    world.run(lambda db: db.connection().execute(update(OutboxRow).values(body="{").where(CLIPS)))
    await world.settle()
    assert clips(maria) == []
    value = world.newest(maria).value
    assert (value.phase, value.cut) == (Phase.INTERRUPTED, Interruption.SOUND)


async def test_sound_is_tried_and_used(world: BotWorld) -> None:
    """One tap plays it, one more uses it; the sample is put away, and sessions have clips."""
    maria = world.athlete(dose=SHORT)
    await world.say(maria, "/sound")
    assert maria.last.kind == "audio"
    assert "Lock your phone" in maria.last.text
    assert len(maria.last.text.splitlines()) == 4
    await world.tap(maria, "Hear a hold as sound")
    assert "nothing counts" in maria.last.text
    await world.tap(maria, "Use sound")
    assert "Cues: full → sound" in maria.last.text
    assert len(clips(maria)) == 1
    await begun(world, maria)
    assert "Hold 1 of 3" in maria.last.text
    await world.say(maria, "stop")
    assert world.now - timedelta(minutes=1) < world.newest(maria).value.opened_at
    assert world.sandbox.refusals == []


async def test_sound_on_and_off(world: BotWorld) -> None:
    """Typed, as one would of any switch: no tone comes, and what is set is said."""
    maria = world.athlete(dose=SHORT)
    for words, cues in (("on", "sound"), ("off", "full"), ("messages", "full"), ("ON", "sound")):
        await world.say(maria, f"/sound {words}")
        assert world.row(AthleteRow, world.read(id_of, maria.id)).cues == cues
    assert clips(maria) == []


async def test_no_sample_stands_beside_a_session_by_sound(world: BotWorld) -> None:
    """It says HOLD too: those that were tried go when one begins, however sound was chosen."""
    maria = world.athlete(dose=SHORT)
    for _ in range(2):
        await world.say(maria, "/sound try")
    assert len(clips(maria)) == 2
    world.run(hears, world.read(id_of, maria.id))
    await world.say(maria, "/session")
    assert clips(maria) == []
    await world.tap(maria, "1")
    await world.passes(seconds=FIRST)
    await world.tap(maria, "1")
    assert len(clips(maria)) == 1
    assert world.sandbox.refusals == []


@pytest.mark.parametrize("by_sound", [False, True])
async def test_no_sample_is_sent_in_a_session(world: BotWorld, *, by_sound: bool) -> None:
    """Asked for by a button or typed, what is heard could be taken for the HOLD that comes."""
    maria = world.athlete(dose=SHORT)
    if by_sound:
        world.run(hears, world.read(id_of, maria.id))
    await begun(world, maria)
    before = len(clips(maria))
    maria.press("1:c:sound::try", maria.last.id)
    await world.settle()
    assert "Your session is running" in maria.last.text
    await world.say(maria, "/sound try")
    assert len(clips(maria)) <= before


async def test_f123_a_reply_to_an_earlier_clip_is_no_answer_to_this_one(world: BotWorld) -> None:
    """Her phone had not taken it out of the chat yet: it is about the hold of that clip."""
    maria = listener(world)
    await begun(world, maria)
    (first,) = clips(maria)
    await world.passes(seconds=FIRST)
    await world.tap(maria, "1")
    await world.passes(seconds=NEXT)
    maria.reply(first, "1")
    await world.settle()
    assert world.newest(maria).value.holds[1].pain is None
    (second,) = clips(maria)
    maria.reply(second, "1")
    await world.settle()
    assert world.newest(maria).value.holds[1].pain == 1


async def test_a_clip_of_which_nobody_knew_that_it_came(world: BotWorld) -> None:
    """A kill came before that was stored. Its answer takes it out of the chat, as any does."""
    maria = listener(world)
    await begun(world, maria)
    unknown = update(OutboxRow).where(CLIPS).values(message_id=None, state=OutboxState.UNSURE)
    world.run(lambda db: db.connection().execute(unknown))
    await world.passes(seconds=FIRST)
    (clip,) = clips(maria)
    await world.tap(maria, "1", clip)
    assert world.newest(maria).value.holds[0].pain == 1
    assert clip not in clips(maria)
    failed = select(OutboxRow.kind).where(col(OutboxRow.state) == OutboxState.FAILED)
    assert "Noted" not in world.run(lambda db: list(db.exec(failed)))
