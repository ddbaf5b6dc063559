"""Texts and things that nobody expects, in a session and outside of one."""

import asyncio
from pathlib import Path
from random import Random
from typing import Any

import pytest

from bot.dispatch import due_work
from bot.protocol.session.speech import pain_among, plain_pain
from bot.protocol.session.state import Phase
from bot.store import people, sessions
from bot.telegram.update import Manner, Said
from testkit.virtual import HandClock
from tests.hostile import words
from tests.hostile.people import EVE, LEE, STRANGERS
from tests.hostile.world import START, HostileWorld

THINGS: dict[str, Any] = {
    "location": {"latitude": 52.5, "longitude": 13.4},
    "nowhere": {"latitude": 1e300, "longitude": -1e300},
    "contact": {"phone_number": "+49" * 30, "first_name": "Eve", "vcard": "x" * 2048},
    "sticker": {"file_id": "s", "emoji": "👍", "file_size": 64_000},
    "dice": {"emoji": "🎲", "value": 4},
    "voice": {"file_id": "v", "duration": 10**15, "file_size": 20 * 2**20},
    "document": {"file_id": "d", "file_name": "../../etc/passwd", "file_size": 20 * 2**20},
    "video": {"file_id": "v", "width": -1, "file_size": 2 * 2**30},
    "photo": [{"file_id": "p", "width": 10**9, "height": 10**9, "file_size": 20 * 2**20}],
    "poll": {"question": "4"},
    "unheard_of": {"of": ["a", {"newer": "Bot API"}]},
}


def eves(world: HostileWorld) -> sessions.Stored:
    """Return Eve's session."""

    def find(db: Any) -> sessions.Stored | None:
        return sessions.newest(db, people.who_is(db, EVE).person_id or 0)

    found = world.store.read_now(find)
    assert found is not None
    return found


async def asked(world: HostileWorld) -> None:
    """Let Eve hold once; she is asked for her pain."""
    for _ in range(2):
        due = eves(world).value.due_at
        assert due is not None
        world.clock.at = due
        world.store.write_now(due_work.act_due, due)
        await world.told()
    assert eves(world).value.phase is Phase.ASKED_AFTER


@pytest.mark.parametrize("said", [one for one in words.TEXTS if plain_pain(one) is None])
async def test_f35_no_words_lead_on(world: HostileWorld, said: str) -> None:
    """4,096 characters, right-to-left, zero-width, markup: asked again, or a reason to stop."""
    await asked(world)
    before = world.protected()
    await world.takes([world.message(EVE, text=said)])
    stops = Said(EVE, "", Manner.TEXT, said).is_stop
    over = (pain_among(said) or 0) > 3 and not stops
    waits = Phase.ASKED_REASON if stops else Phase.ASKED_AFTER
    assert eves(world).value.phase is (Phase.CLOSED if over else waits)
    assert world.wrong(before) == []


@pytest.mark.parametrize("name", THINGS)
async def test_f35_no_thing_leads_on(world: HostileWorld, name: str) -> None:
    """Places, people, files of 20 MB, dice: the question comes again, and nothing is fetched."""
    await asked(world)
    field = "location" if name == "nowhere" else name
    letters = await world.takes([world.message(EVE, **{field: THINGS[name]}, caption="2")])
    assert eves(world).value.phase is Phase.ASKED_AFTER
    assert [letter.kind for letter in letters] == ["Ask"]
    assert (world.failed(), world.lines) == ([], [])


@pytest.mark.parametrize("who", [STRANGERS[0], LEE], ids=["a stranger", "a coach"])
@pytest.mark.parametrize("name", THINGS)
async def test_a_thing_from_nowhere_is_answered(world: HostileWorld, who: int, name: str) -> None:
    """In one sentence."""
    field = "location" if name == "nowhere" else name
    letters = await world.takes([world.message(who, **{field: THINGS[name]})])
    assert [letter.chat_id for letter in letters] == [who]


async def test_f31_what_is_not_read_can_not_break_a_stop(world: HostileWorld) -> None:
    """The word counts, whatever the message replies to or carries that nobody can read."""
    await asked(world)
    broken = {"message_id": 1, "date": 1, "chat": {"id": EVE, "type": "private"}, "voice": "broken"}
    extra = {"reply_to_message": broken, "voice": {"duration": 10**30}, "entities": "broken"}
    await world.takes([world.message(EVE, text="stop", **extra)])
    assert eves(world).value.phase is Phase.ASKED_REASON
    assert world.failed() == []


async def test_f50_who_blocks_the_bot_is_marked_whatever_else_is_told(world: HostileWorld) -> None:
    """A link with a duration that no clock knows once kept this from being read."""
    who = {"id": EVE, "is_bot": False, "first_name": "Eve"}
    change = {
        "chat": {"id": EVE, "type": "private"},
        "from": who,
        "date": 1_764_000_000,
        "old_chat_member": {"user": who, "status": "member"},
        "new_chat_member": {"user": who, "status": "kicked", "until_date": 0},
        "invite_link": {"subscription_period": 3_482_396_353_746_329},
    }
    await world.takes([world.update("my_chat_member", change)])
    query = f"SELECT unreachable_since IS NOT NULL FROM person WHERE telegram_id = {EVE}"  # noqa: S608
    assert (world.failed(), world.rows(query)) == ([], [(1,)])


async def test_half_a_character_is_kept_as_a_question_mark(world: HostileWorld) -> None:
    """No file can hold it; an export that did would fail."""
    await world.takes([world.message(EVE, text="x\ud83d"), world.message(EVE, text="/export")])
    assert (world.failed(), world.lines) == ([], [])
    query = "SELECT payload FROM inbox WHERE update_id = 1"
    assert '"text": "x?"' in world.rows(query)[0][0]


@pytest.mark.parametrize("kind", ["group", "supergroup", "channel"])
@pytest.mark.parametrize("how", ["message", "channel_post", "edited_message", "callback_query"])
async def test_groups_and_channels_hear_nothing(world: HostileWorld, kind: str, how: str) -> None:
    """Whoever writes or presses there, also an athlete in a session, also STOP."""
    chat = {"id": -100_123, "type": kind, "title": "Club"}
    phase = eves(world).value.phase
    for text in ("/session", "/stop@holdfast_bot", "stop", "4", "/start token"):
        value = world.message(EVE, text=text)["message"] | {"chat": chat}
        if how == "callback_query":
            value = world.press(EVE, "1:x:2")["callback_query"] | {"message": value}
        assert await world.takes([world.update(how, value)]) == []
    assert eves(world).value.phase is phase


async def test_f68_a_flood_leaves_others_alone(world: HostileWorld) -> None:
    """200 messages of one stranger at once: thirty answers and one word; others hear theirs."""
    loud, others = STRANGERS[0], STRANGERS[1:21]
    flood = [world.message(loud, text="/help") for _ in range(100)]
    between = [world.message(who, text="/help") for who in others]
    more = [world.message(loud, text="hello") for _ in range(100)]
    letters = await world.takes([*flood, *between, *more])
    assert sum(letter.chat_id == loud for letter in letters) == 31
    assert sorted(one.chat_id for one in letters if one.chat_id != loud) == list(others)


async def test_f68_a_stop_does_not_wait_behind_a_flood(world: HostileWorld) -> None:
    """A thousand messages of a stranger came first; STOP is done with the first few of them."""
    await asked(world)
    loud = [world.message(STRANGERS[0], text="hello") for _ in range(1_000)]
    world.api.waiting = [*loud, world.message(EVE, text="stop")]
    while world.api.waiting:
        await world.poller.step(0)
    await world.inbox.step()
    await world.inbox.settled()
    assert eves(world).value.phase is Phase.ASKED_REASON
    assert len(world.failed()) > 900


async def test_f68_a_flood_is_worked_off_without_a_pause(tmp_path: Path) -> None:
    """Nothing new has to come for the rest of it to be taken up."""
    clock = Waits()
    world = HostileWorld(tmp_path, Random(1), clock=clock)
    updates = [world.message(STRANGERS[n % 3], text="hello") for n in range(150)]
    world.api.waiting = updates
    while world.api.waiting:
        await world.poller.step(0)
    running = asyncio.create_task(world.inbox.run())
    async with asyncio.timeout(60):
        while world.failed():
            await clock.looks.wait()
            clock.looks.clear()
            await world.inbox.settled()
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    world.close()


class Waits(HandClock):
    """Time that stands still: who waits is woken, or waits for ever."""

    def __init__(self) -> None:
        super().__init__(START)
        self.looks = asyncio.Event()

    async def wait(self, woken: asyncio.Event, seconds: float | None) -> None:
        """Wait until woken, and never for any `seconds`."""
        assert seconds is None or seconds > 0
        self.looks.set()
        await woken.wait()


async def test_f68_who_floods_can_still_stop(world: HostileWorld) -> None:
    """A session's answers are never limited, nor is STOP, after any number of messages."""
    await asked(world)
    await world.takes([world.message(EVE, text="hello") for _ in range(80)])
    await world.takes([world.message(EVE, text="stop")])
    assert eves(world).value.phase is Phase.ASKED_REASON
