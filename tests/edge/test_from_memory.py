"""F120: the disk fills while somebody holds, and what can be said without it is said."""

from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy.exc import DBAPIError
from structlog.testing import capture_logs

from bot.delivery.from_memory import FromMemory, Word, beside
from bot.delivery.ports import Call
from bot.dispatch import due_work
from bot.dispatch.commands.catalogue import Rules
from bot.protocol.dose.dose import Dose
from bot.protocol.session.state import HoldStatus, Phase
from bot.store.driver import raw
from bot.store.outbox_claims import Claimed
from bot.telegram import unsaved
from bot.telegram.inbox import Inbox
from bot.telegram.poller import Poller
from telegram_sandbox import Fault, FaultKind, Person
from testkit import database
from testkit.people import hears, id_of
from testkit.virtual import MONDAY, HandClock
from testkit.world import NAME, BotWorld, world_at

SHORT = Dose(hold_s=10, holds=3, rest_s=20, lead_in_first_s=10)
AGAIN = timedelta(seconds=1)
WORDS = ["stop", "2", "ouch", "9"]


class Disk:
    """The world's disk: it can be full, and it goes by the world's clock."""

    def __init__(self, world: BotWorld) -> None:
        self.world = world
        store, clock = world.store, world.clock

        async def break_off(cut: dict[int, bool], now: datetime) -> None:
            await store.write(due_work.break_off, cut, now)

        send = beside(world.bot, world.sender.pace, clock)
        self.memory = FromMemory(store, clock, unsaved.call, send, break_off)
        world.sender.memory = self.memory
        saving = unsaved.saving(self.memory.heard)
        world.inbox = Inbox(store, clock, Rules(NAME, open_enrolment=False), saving=saving)
        world.poller = Poller(world.bot, store, clock, world.inbox.wake, saving)

    def fills(self) -> None:
        """Let nothing be written any more."""
        self._set(full=True)

    def empties(self) -> None:
        """Give the room back."""
        self._set(full=False)

    def _set(self, *, full: bool) -> None:
        connection = raw(self.world.store._writing)
        if database.is_file():
            connection.execute(f"PRAGMA query_only = {int(full)}")
        else:
            connection.read_only = full

    async def passes(self, seconds: float) -> None:
        """Let seconds pass while nothing can be stored: everybody tries again each second."""
        for _ in range(round(seconds * 2)):
            self.world.clock.at += AGAIN / 2
            await self.tries()

    async def tries(self) -> None:
        """Let everything try what it does all the time."""
        with capture_logs():
            with suppress(DBAPIError):
                await self.world.poller.step(0)
            with suppress(DBAPIError):
                await self.world.inbox.step()
            await self.world.inbox.settled()
            with suppress(DBAPIError):
                await self.act()
            with suppress(DBAPIError):
                await self.world.sender.step()
            await self.memory.step()

    async def act(self) -> None:
        """Act on what is due, as the program does: what was cut comes first."""
        await self.memory.settle()
        await self.world.store.write(due_work.act_due, self.world.clock.now())

    async def works(self) -> None:
        """There is room again: everything that waited happens."""
        self.empties()
        await self.act()
        self.world.inbox.wake()
        await self.world.settle()


@pytest.fixture
def disk(world: BotWorld) -> Disk:
    """Return the world's disk."""
    return Disk(world)


async def holding(world: BotWorld) -> Person:
    """Return Maria three seconds into her first hold."""
    maria = world.athlete(dose=SHORT)
    await world.say(maria, "/session")
    await world.tap(maria, "1")
    await world.passes(seconds=13)
    assert world.newest(maria).value.phase is Phase.HOLDING
    return maria


def cues(world: BotWorld, who: Person) -> list[str]:
    """Return the first words of what rang, in order."""
    return [text.split()[0].strip(".:") for text in world.rang(who)]


async def test_f120_release_comes_from_memory_when_it_cannot_be_stored(
    world: BotWorld, disk: Disk
) -> None:
    """Within seconds of its time, and only once, however long the disk is full."""
    maria = await holding(world)
    disk.fills()
    await disk.passes(6.5)
    assert cues(world, maria) == ["HOLD"]
    await disk.passes(2)
    assert cues(world, maria) == ["HOLD", "RELEASE"]
    assert "cannot save anything" in maria.last.text
    await disk.passes(120)
    assert cues(world, maria) == ["HOLD", "RELEASE"]


@pytest.mark.parametrize("away", [1.5, 5, 9, 40, 300])
async def test_f120_the_set_is_broken_off_when_there_is_room(
    world: BotWorld, disk: Disk, away: float
) -> None:
    """No HOLD follows by itself, the hold does not count, it is said once, and going on works."""
    maria = await holding(world)
    disk.fills()
    await disk.passes(7 + away)
    await disk.works()
    await world.passes(minutes=5)
    assert cues(world, maria)[:3] == ["HOLD", "RELEASE", "RELEASE"]
    assert cues(world, maria).count("HOLD") == 1
    assert sum("short outage" in text for text in world.rang(maria)) == 1
    assert world.newest(maria).value.phase is Phase.INTERRUPTED
    assert world.newest(maria).value.holds[0].status is HoldStatus.INTERRUPTED
    await world.tap(maria, "Go on")
    await world.passes(seconds=20)
    assert cues(world, maria)[-2:] == ["HOLD", "RELEASE"]
    await world.tap(maria, "2")
    assert world.newest(maria).value.phase is Phase.RESTING


async def test_f120_a_disk_that_is_full_for_a_moment_changes_nothing(
    world: BotWorld, disk: Disk
) -> None:
    """There is room again before the RELEASE is due: it comes as ever."""
    maria = await holding(world)
    disk.fills()
    await disk.passes(3)
    disk.empties()
    await world.passes(seconds=10)
    assert cues(world, maria) == ["HOLD", "RELEASE"]
    assert "RELEASE · 1 of 3" in maria.last.text
    assert world.newest(maria).value.phase is Phase.ASKED_AFTER


@pytest.mark.parametrize("how", ["typed", "pressed"])
async def test_f120_stop_is_answered_though_it_cannot_be_stored(
    world: BotWorld, disk: Disk, how: str
) -> None:
    """At once, once, and no cue follows; when there is room it is stored as a STOP."""
    maria = await holding(world)
    disk.fills()
    if how == "typed":
        maria.say("stop")
    else:
        maria.tap("■ STOP")
    await disk.tries()
    assert cues(world, maria) == ["HOLD", "STOP"]
    assert "not saved yet" in maria.last.text
    await disk.passes(30)
    assert cues(world, maria) == ["HOLD", "STOP"]
    await disk.works()
    await world.passes(minutes=1)
    assert set(cues(world, maria)[2:]) <= {"STOP"}
    assert world.newest(maria).value.phase is Phase.ASKED_REASON
    assert world.newest(maria).value.holds[0].status is HoldStatus.STOPPED


async def test_f120_stop_was_stored_and_cannot_be_handled(world: BotWorld, disk: Disk) -> None:
    """The disk fills between the two: STOP is answered, and handled when there is room."""
    maria = await holding(world)
    maria.say("stop")
    await world.poller.step(0)
    disk.fills()
    await disk.tries()
    assert cues(world, maria) == ["HOLD", "STOP"]
    await disk.works()
    assert world.newest(maria).value.phase is Phase.ASKED_REASON
    assert world.newest(maria).value.holds[0].status is HoldStatus.STOPPED


async def test_f120_whatever_is_said_in_a_hold_releases(world: BotWorld, disk: Disk) -> None:
    """Nothing that is said can be read, so nobody goes on holding over it."""
    maria = await holding(world)
    disk.fills()
    maria.say("ouch")
    await disk.tries()
    assert cues(world, maria) == ["HOLD", "RELEASE"]
    await disk.passes(20)
    assert cues(world, maria) == ["HOLD", "RELEASE"]
    await disk.works()
    assert world.newest(maria).value.phase is Phase.INTERRUPTED


async def test_f120_an_answer_in_a_rest_is_said_to_be_unsaved(world: BotWorld, disk: Disk) -> None:
    """It is told once, the next HOLD does not come, and the answer counts when it is read."""
    maria = await holding(world)
    await world.passes(seconds=10)
    disk.fills()
    maria.tap("2")
    await disk.tries()
    assert "not saved yet" in maria.last.text
    await disk.passes(30)
    assert cues(world, maria).count("HOLD") == 1
    assert sum("not saved yet" in text for text in world.rang(maria)) == 1
    await disk.works()
    assert [one.value for one in world.newest(maria).value.holds[0].ratings] == [2]


async def test_f120_the_disk_fills_in_a_rest(world: BotWorld, disk: Disk) -> None:
    """Who waits for a HOLD is told that it does not come."""
    maria = await holding(world)
    await world.passes(seconds=10)
    await world.tap(maria, "2")
    disk.fills()
    await disk.passes(30)
    assert cues(world, maria) == ["HOLD", "RELEASE", "Rest"]
    await disk.works()
    await world.passes(minutes=2)
    assert world.newest(maria).value.phase is Phase.INTERRUPTED
    assert cues(world, maria).count("HOLD") == 1


async def test_f120_telegram_is_away_as_well(world: BotWorld, disk: Disk) -> None:
    """A word that does not get through is said again, until it does."""
    maria = await holding(world)
    disk.fills()
    fault = Fault(FaultKind.SERVER_ERROR, method="sendMessage", times=None)
    world.sandbox.faults.add(fault)
    await disk.passes(12)
    assert cues(world, maria) == ["HOLD"]
    world.sandbox.faults.clear()
    await disk.passes(3)
    assert cues(world, maria) == ["HOLD", "RELEASE"]


async def test_f120_the_end_of_the_program(world: BotWorld, disk: Disk) -> None:
    """Told to end while nothing can be stored: whoever holds is released."""
    maria = await holding(world)
    disk.fills()
    await disk.memory.release_all()
    assert cues(world, maria) == ["HOLD", "RELEASE"]


async def test_f120_who_has_no_session_hears_nothing(world: BotWorld, disk: Disk) -> None:
    """Nobody else is written to because the disk is full."""
    maria, jonas = world.athlete("Maria"), world.athlete("Jonas")
    disk.fills()
    maria.say("stop")
    jonas.say("/help")
    await disk.passes(20)
    assert (maria.chat[-1].from_bot, jonas.chat[-1].from_bot) == (False, False)
    await disk.works()


async def test_f120_no_hold_leaves_after_stop_was_said(world: BotWorld, disk: Disk) -> None:
    """A HOLD that was on its way, or waits, while STOP is said from memory does not leave."""
    maria = await holding(world)
    await world.passes(seconds=10)
    await world.tap(maria, "2")
    await world.passes(seconds=16.9)
    disk.fills()
    maria.say("stop")
    await disk.tries()
    disk.empties()
    world.clock.at += AGAIN
    await world.store.write(due_work.act_due, world.clock.now())  # before the set is broken off
    with capture_logs():
        await world.sender.step()
        await world.sender.settled()
    assert cues(world, maria) == ["HOLD", "RELEASE", "STOP"]
    await disk.works()
    await world.passes(minutes=1)
    assert "HOLD" not in cues(world, maria)[2:]
    assert world.newest(maria).value.phase is Phase.ASKED_REASON


@settings(max_examples=25)
@given(
    filled=st.floats(min_value=0, max_value=45),
    away=st.floats(min_value=0.5, max_value=30),
    says=st.lists(
        st.tuples(
            st.floats(min_value=0, max_value=30), st.sampled_from(["stop", "2", "ouch", "9"])
        ),
        max_size=2,
    ),
)
async def test_f120_nobody_holds_on_whenever_the_disk_fills(
    tmp_path_factory: pytest.TempPathFactory,
    filled: float,
    away: float,
    says: list[tuple[float, str]],
) -> None:
    """Each HOLD ends within seconds of its time, and none comes while nothing can be stored."""
    async with world_at(tmp_path_factory.mktemp("full")) as world:
        disk = Disk(world)
        maria = world.athlete(dose=SHORT)
        await world.say(maria, "/session")
        await world.tap(maria, "1")
        await world.passes(seconds=filled)
        disk.fills()
        start = before = len(cues(world, maria))
        words = sorted(says)
        for half in range(round(away * 2)):
            while words and words[0][0] <= half / 2:
                maria.say(words.pop(0)[1])
            await disk.passes(0.5)
        assert "HOLD" not in cues(world, maria)[start:]
        stopped = any("STOP" in text for text in world.rang(maria)[before:])
        await disk.works()
        await world.passes(minutes=4)
        for at, end in _holds(world, maria):
            assert (end - at).total_seconds() <= SHORT.hold_s + 3.5
        if stopped:
            assert "HOLD" not in cues(world, maria)[start:]


def _holds(world: BotWorld, who: Person) -> list[tuple[datetime, datetime]]:
    """Return when each HOLD rang, and when the cue that ended it did."""
    rang = [e for e in world.sandbox.log if e.chat_id == who.id and e.who == "Bot (rings)"]
    first = [(e.at, e.text.split()[0].strip(".:")) for e in rang]
    found = []
    for place, (at, word) in enumerate(first):
        if word == "HOLD":
            ends = [end for end, other in first[place + 1 :] if other in {"RELEASE", "STOP"}]
            found.append((at, min(ends, default=world.clock.now())))
    return found


# ---- the memory alone -----------------------------------------------------------------


@dataclass
class File:
    """A file whose trouble a test makes."""

    refused: int = 0
    written: int = 0
    waiting: int = 0


@pytest.mark.parametrize(
    ("trouble", "told"),
    [
        ({}, []),  # RELEASE is late for another reason
        ({"refused": 1}, [Word.RELEASE]),
        ({"waiting": 1}, [Word.RELEASE]),  # a write hangs
        ({"waiting": 1, "written": 1}, []),  # much is being written, and it goes on
    ],
)
async def test_f120_only_the_file_makes_it_speak(trouble: dict[str, int], told: list[Word]) -> None:
    """A cue that is late while everything is stored is delivery's business."""
    file, clock, said = File(), HandClock(), list[Call]()

    async def send(call: Call) -> None:
        said.append(call)

    async def break_off(_cut: dict[int, bool], _now: datetime) -> None:
        """Nothing."""

    memory = FromMemory(file, clock, lambda chat, word: (word, {"chat_id": chat}), send, break_off)
    hold = Claimed(1, "k", 9, "Hold", {"seconds": 5}, 2, MONDAY, None, False, None, 3, 1)
    memory.handed(hold, 0.0)
    for seconds in (5.0, 5.5):
        clock.at = MONDAY + timedelta(seconds=seconds)
        await memory.step()
    for name, value in trouble.items():
        setattr(file, name, value)
    for seconds in (6.0, 6.5, 7.0):
        clock.at = MONDAY + timedelta(seconds=seconds)
        await memory.step()
    assert [word for word, _ in said] == told


async def test_a_clip_that_plays_is_stopped_from_memory(world: BotWorld, disk: Disk) -> None:
    """It says RELEASE itself; but who says stop, or anything, while it plays is answered."""
    maria = world.athlete(dose=SHORT)
    world.run(hears, world.read(id_of, maria.id))
    await world.say(maria, "/session")
    await world.tap(maria, "1")
    disk.fills()
    await disk.passes(30)
    assert not any("RELEASE." in text or "STOP" in text for text in world.heard(maria))
    disk.empties()
    await world.settle()
    await world.tap(maria, "1", next(one for one in maria.chat if one.kind == "audio"))
    disk.fills()
    maria.say("stop")
    await disk.passes(2)
    assert world.heard(maria)[-1].startswith("STOP")
    await disk.works()
    assert world.newest(maria).value.phase is Phase.ASKED_REASON
    assert not any(one.kind == "audio" for one in maria.chat)


async def test_a_clip_that_was_started_late_is_released_from_memory(
    world: BotWorld, disk: Disk
) -> None:
    """Whoever says something then may be holding, long after the clip could have been over."""
    maria = world.athlete(dose=SHORT)
    world.run(hears, world.read(id_of, maria.id))
    await world.say(maria, "/session")
    await world.tap(maria, "1")
    disk.fills()
    await disk.passes(100)
    assert await disk.memory.step() is None  # there is nothing to look at meanwhile
    maria.say("ouch")
    await disk.passes(2)
    assert world.heard(maria)[-1].startswith("RELEASE")
    await disk.works()
    assert world.newest(maria).value.phase is Phase.ASKED_AFTER


async def test_a_clip_is_kept_in_mind_until_the_next_letter(world: BotWorld, disk: Disk) -> None:
    """Asked once more, nobody holds any more: what is said is only not saved yet."""
    maria = world.athlete(dose=SHORT)
    world.run(hears, world.read(id_of, maria.id))
    await world.say(maria, "/session")
    await world.tap(maria, "1")
    await world.passes(minutes=4)
    disk.fills()
    maria.say("hello?")
    await disk.passes(2)
    assert "not saved yet" in world.heard(maria)[-1]
    await disk.works()
