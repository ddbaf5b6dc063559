"""Power cuts and orderly ends in the middle of everything."""

import asyncio
import os
import signal
from datetime import timedelta

import pytest
from sqlmodel import col, select

from bot.protocol.dose.dose import Dose
from bot.protocol.session.state import HoldStatus, Outcome, Phase
from bot.store.tables import OccurrenceState, OutboxState, RatingRow
from telegram_sandbox import Armed, Call, Fault, FaultKind, Person
from testkit.database import is_file
from tests.process.running import Place, remind

OUTAGE = "short outage"
ONE = Dose(hold_s=5, holds=1, rest_s=5, lead_in_first_s=5, lead_in_s=5)
LONG_REST = Dose(hold_s=5, holds=2, rest_s=60, lead_in_first_s=5, lead_in_s=5)
LONG_HOLD = Dose(hold_s=30, holds=1, rest_s=5, lead_in_first_s=5, lead_in_s=5)


async def begins(place: Place, who: Person, pain: int = 1) -> None:
    """Somebody starts a session by command and says their pain."""
    who.say("/session")
    await place.hears(who, "right now?")
    who.tap(str(pain))
    await place.hears(who, "Get set")


@pytest.mark.long
async def test_f14_killed_in_a_hold_in_rest_and_while_waiting_for_pain(place: Place) -> None:
    """Everyone is told once, no old cue comes, the cut hold does not count and is done in full."""
    holding = place.enrol("Hanna", dose=ONE, ago=None)
    resting = place.enrol("Rosa", dose=LONG_REST, ago=None)
    asked = place.enrol("Anna", dose=ONE, ago=None)
    bot = await place.runs()
    await asyncio.gather(*(begins(place, who) for who in (resting, asked)))
    await asyncio.gather(*(place.hears(who, "RELEASE") for who in (resting, asked)))
    resting.tap("1")
    await place.hears(resting, "Rest.")
    await begins(place, holding)
    await place.hears(holding, "HOLD 1 of 1")
    await place.acted(holding)
    await bot.killed()
    cut = place.sandbox.log.seq

    bot = await place.runs()
    for who in (holding, resting, asked):
        await place.hears(who, OUTAGE, after=cut)
    assert [h.status for h in place.newest(holding).value.holds] == [HoldStatus.INTERRUPTED]
    assert place.newest(resting).value.phase is Phase.INTERRUPTED
    assert place.newest(asked).value.phase is Phase.ASKED_AFTER
    assert place.newest(holding).value.done == ()
    assert {"Go on", "Finish for today"} <= labels(holding)
    assert {"Go on", "Finish for today"} <= labels(resting)

    asked.tap("1")
    await place.hears(asked, "1 of 1 hold", after=cut)
    holding.tap("Go on")
    resting.tap("Go on")
    await place.hears(holding, "RELEASE · 1 of 1", after=cut)
    await place.hears(resting, "RELEASE · 2 of 2", after=cut)
    holding.tap("1")
    resting.tap("1")
    await place.hears(holding, "1 of 1 hold", after=cut)
    await place.hears(resting, "2 of 2 holds", after=cut)

    for who in (holding, resting, asked):
        assert len(place.heard(who, OUTAGE, after=cut)) == 1
    assert place.cues(holding, after=cut) == ["HOLD 1", "RELEASE 1"]
    assert place.cues(resting, after=cut) == ["HOLD 2", "RELEASE 2"]
    assert place.cues(asked, after=cut) == []
    done = place.newest(holding).value
    assert [hold.status for hold in done.holds] == [HoldStatus.INTERRUPTED, HoldStatus.DONE]
    assert done.holds[1].actual_s >= 4.8
    assert done.outcome is Outcome.LESSENING


def labels(who: Person) -> set[str]:
    """Return the labels of all buttons in somebody's chat."""
    return {button.label for message in who.chat for row in message.buttons for button in row}


async def test_a_confirmed_reply_is_on_disk(place: Place) -> None:
    """Killed as soon as Telegram was told that a reply arrived: it is applied once afterwards."""
    maria = place.enrol("Maria", dose=LONG_REST, ago=None)
    bot = await place.runs()
    chatter = maria.say("/help")
    await begins(place, maria)
    await place.hears(maria, "RELEASE")
    await place.acted(maria)
    bot.process.send_signal(signal.SIGSTOP)
    for number in range(60):  # so that the answer still waits its turn when the bot is killed
        maria.edit(chatter, f"number {number}")
    maria.tap("2")
    answer = place.sandbox.updates.pending[-1]["update_id"]
    confirmed = confirming(place, answer)
    bot.process.send_signal(signal.SIGCONT)
    await asyncio.wait_for(confirmed.wait(), 30)
    await bot.killed()
    assert answer not in [update["update_id"] for update in place.sandbox.updates.pending]
    assert ratings(place) == [1]
    cut = place.sandbox.log.seq

    await place.runs()
    await place.hears(maria, "Go on when you are ready", after=cut)
    assert ratings(place) == [1, 2]
    assert place.newest(maria).value.phase is Phase.INTERRUPTED
    assert place.cues(maria, after=cut) == []


def confirming(place: Place, update_id: int) -> asyncio.Event:
    """Return an event that is set when the bot's offset moves past an update."""
    moved = asyncio.Event()

    def looks(call: Call) -> bool:
        if int(call.params.get("offset") or 0) > update_id:
            moved.set()
        return False

    place.sandbox.faults.add(Fault(FaultKind.RESET, method="getUpdates", when=looks))
    return moved


def ratings(place: Place) -> list[int]:
    """Return every stored pain answer, oldest first."""
    query = select(RatingRow.value).order_by(col(RatingRow.id))
    return place.write(lambda db: list(db.exec(query)))


@pytest.mark.long
async def test_f15_killed_between_handed_over_and_marked_sent(place: Place) -> None:
    """A reminder comes at most once more, a HOLD never, and a STOP message is sent again."""
    holding = place.enrol("Hanna", dose=LONG_HOLD, ago=None)
    stopping = place.enrol("Stella", dose=LONG_HOLD, ago=None)
    waiting = place.enrol("Wanda", ago=None)
    bot = await place.runs()
    await begins(place, stopping)
    await place.hears(stopping, "HOLD 1 of 1")
    await place.acted(stopping)
    await begins(place, holding)
    texts = {holding: "HOLD", stopping: "STOP", waiting: "time for"}
    hanging = [hang(place, who, text) for who, text in texts.items()]
    await place.hears(holding, "HOLD 1 of 1")
    stopping.tap("STOP")
    place.write(remind, waiting.id, place.sandbox.now())
    await place.hears(stopping, "STOP. Relax")
    await place.hears(waiting, "time for your holds")
    await bot.killed()
    assert [armed.hits for armed in hanging] == [1, 1, 1]
    for kind in ("Hold", "Stopped", "Reminder"):
        assert place.letters(kind)[-1] == OutboxState.SENDING
    cut = place.sandbox.log.seq

    bot = await place.runs()
    await place.hears(holding, "Go on when you are ready", after=cut)
    await place.hears(stopping, "STOP. Relax", after=cut)
    await place.hears(waiting, "time for your holds", after=cut)
    assert await bot.terminated() == 0
    await place.runs()
    for who in (holding, stopping, waiting):
        await place.acted(who)

    assert place.cues(holding) == ["HOLD 1"]
    assert len(place.heard(holding, "Go on when you are ready")) == 1
    assert [hold.status for hold in place.newest(holding).value.holds] == [HoldStatus.INTERRUPTED]
    assert len(place.heard(stopping, "STOP. Relax")) == 2
    assert len(place.heard(waiting, "time for your holds")) == 2
    assert place.letters("Hold")[-1] == OutboxState.UNSURE


def hang(place: Place, who: Person, text: str) -> Armed:
    """Let the next message with `text` to somebody arrive, and its answer never."""
    fault = Fault(
        FaultKind.HANG_AFTER,
        method="sendMessage",
        chat_id=who.id,
        when=lambda call: text in str(call.params.get("text")),
    )
    return place.sandbox.faults.add(fault)


async def test_f24_an_orderly_end_in_a_hold(place: Place) -> None:
    """SIGTERM ends it in time: the athlete is told once, nothing is cued, finishing is possible."""
    maria = place.enrol("Maria", dose=ONE, ago=None)
    bot = await place.runs()
    await begins(place, maria)
    await place.hears(maria, "HOLD 1 of 1")
    assert await bot.terminated(8.0) == 0
    told = await place.hears(maria, OUTAGE)
    assert told.seq == place.sandbox.log.seq
    assert place.newest(maria).value.phase is Phase.INTERRUPTED
    assert place.newest(maria).value.holds[0].status is HoldStatus.INTERRUPTED

    await place.runs()
    await place.acted(maria)
    maria.tap("Finish for today")
    await place.hears(maria, "0 of 1 hold", after=told.seq)
    assert len(place.heard(maria, OUTAGE)) == 1
    assert place.cues(maria, after=told.seq) == []
    assert place.newest(maria).value.outcome is Outcome.PARTIAL


async def test_f118_a_terminal_that_goes_away_in_a_hold(studio: Place) -> None:
    """SIGHUP reaches the whole group of processes, and the end is as orderly as by SIGTERM."""
    maria = studio.enrol("Maria", dose=ONE, ago=None)
    bot = await studio.runs()
    await begins(studio, maria)
    await studio.hears(maria, "HOLD 1 of 1")
    os.killpg(bot.process.pid, signal.SIGHUP)
    assert await bot.ended(8.0) == 0
    assert len(studio.heard(maria, OUTAGE)) == 1
    assert "event=stopped" in bot.err[-1]
    assert studio.newest(maria).value.phase is Phase.INTERRUPTED


async def test_f118_under_nohup_a_terminal_that_goes_away_changes_nothing(place: Place) -> None:
    """Who had SIGHUP ignored wants the bot to outlive the terminal."""
    maria = place.enrol("Maria", ago=None)
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        bot = await place.runs()
    finally:
        signal.signal(signal.SIGHUP, before)
    bot.process.send_signal(signal.SIGHUP)
    await place.acted(maria)
    assert await bot.terminated() == 0


async def test_f24_an_orderly_end_after_many_messages(place: Place) -> None:
    """Where the chat's pace allows no message just now, the end waits until the athlete is told."""
    maria = place.enrol("Maria", dose=LONG_HOLD, ago=None)
    bot = await place.runs()
    await begins(place, maria)
    await place.hears(maria, "HOLD 1 of 1")
    for _ in range(8):
        await place.acted(maria)
    assert await bot.terminated(8.0) == 0
    assert len(place.heard(maria, OUTAGE)) == 1


async def test_f13_reminders_after_an_outage(place: Place) -> None:
    """Within the grace one late reminder comes and says so; later none does, by our fault."""
    within = place.enrol("Wanda", ago=timedelta(minutes=30))
    after = place.enrol("Anna", ago=timedelta(minutes=125))
    bot = await place.runs()
    await place.hears(within, "This comes late, and that is our fault")
    await place.acted(after)
    assert await bot.terminated() == 0
    await place.runs()
    for who in (within, after):
        await place.acted(who)
    assert len(place.heard(within, "time for your holds")) == 1
    assert place.heard(after, "time for your holds") == []
    assert place.occurrences(within)[0].state == OccurrenceState.REMINDED
    assert place.occurrences(after)[0].state == OccurrenceState.NOT_DELIVERED


async def test_f16_started_three_times(place: Place) -> None:
    """Three starts on one database: the same few jobs each time, and one reminder in all."""
    maria = place.enrol("Maria")
    counts = []
    for _ in range(3):
        bot = await place.runs()
        counts.append((await bot.logs("clock_started")).partition(" jobs=")[2])
        await place.hears(maria, "time for your holds")
        await place.acted(maria)
        await bot.killed()
    assert counts == ["2", "2", "2"]
    assert len(place.heard(maria, "time for your holds")) == 1
    assert len(place.occurrences(maria)) == 2


async def test_f17_two_processes_on_one_database(place: Place) -> None:
    """The second says one sentence and ends with a code of its own; the first goes on.

    On a server it stands by.
    """
    maria = place.enrol("Maria", ago=None)
    await place.runs()
    if not is_file():
        waits = await place.starts("run")
        await waits.logs("standby")
        await place.acted(maria)
        assert await waits.terminated() == 0
        return
    code, second = await place.finishes("run")
    assert code == 7
    assert second.printed == (
        f"holdfast: Another Holdfast is already running on {place.named}; stop it first."
    )
    await place.acted(maria)
    assert place.sandbox.refusals == []
