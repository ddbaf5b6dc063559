"""Random updates of every kind, from people who have no right: nothing breaks, nothing changes."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from time import process_time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from bot.accounts.enrolment.messages import ClosedToStrangers
from bot.conversation.interaction import Interaction
from bot.telegram import router
from tests.hostile import words
from tests.hostile.people import ADA, EVE, LEE, STRANGERS
from tests.hostile.schema import KINDS, small, types
from tests.hostile.world import LIMIT_S, HostileWorld

UPDATES = 1_500


async def test_many_updates_of_every_kind(world: HostileWorld) -> None:
    """No error, no row of others' changed, an answer within a second to everybody in private."""
    before = world.protected()
    await world.many(UPDATES)
    assert world.wrong(before) == []
    assert len(world.owed) > UPDATES / 3
    assert set(world.took) >= world.owed


async def test_the_built_in_kinds_do_as_well(tmp_path: Path) -> None:
    """Where the published description is not at hand."""
    world = HostileWorld(tmp_path, Random(2), small())
    before = world.protected()
    await world.many(300)
    assert world.wrong(before) == []
    world.close()


def test_every_kind_is_known() -> None:
    """The built-in list names the kinds of the published description, where that is at hand."""
    kinds = [kind for kind in types()["Update"]["fields"] if kind != "update_id"]
    assert sorted(kinds) == sorted(KINDS)


texts = (
    st.sampled_from(words.TEXTS) | st.text(max_size=200) | st.text(words.ZERO_WIDTH + "0123456789/")
)
datas = st.text(max_size=64) | st.integers().map(lambda seed: words.data(Random(seed)))
people = st.sampled_from([EVE, LEE, STRANGERS[0]])
acts = st.one_of(
    st.tuples(st.just("writes"), people, texts),
    st.tuples(st.just("presses"), people, datas),
    st.tuples(st.just("writes"), people, st.integers().map(lambda seed: words.text(Random(seed)))),
)


@settings(max_examples=10)
@given(st.lists(acts, min_size=5, max_size=25))
def test_whatever_is_written_and_pressed(plan: list[tuple[str, int, str]]) -> None:
    """Hypothesis looks for words and buttons that break something."""
    with TemporaryDirectory() as folder:
        world = HostileWorld(Path(folder), Random(3))
        before = world.protected()
        makes = {"writes": lambda who, said: world.message(who, text=said), "presses": world.press}
        asyncio.run(world.takes([makes[how](who, said) for how, who, said in plan]))
        found = world.wrong(before)
        world.close()
    assert found == []


# ---- the world itself -------------------------------------------------------------------


async def test_the_world_notices_a_row_that_changed(world: HostileWorld) -> None:
    """A right that is missing somewhere would be found: here an admin's word is the example."""
    before = world.protected()
    await world.takes([world.message(ADA, text="/pause Maria until resumed")])
    assert "rows of athlete changed" in world.wrong(before)
    assert (1, "changed a row of athlete") in world.faults()


async def test_the_world_notices_a_letter_to_somebody_else(world: HostileWorld) -> None:
    """The same with an admin's word that is passed on."""
    await world.takes([world.message(ADA, text="/say Eve Hello")])
    assert world.misled() == [(1, EVE)]


async def test_the_world_notices_whose_row_it_is(
    world: HostileWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What Eve may change a stranger may not, also where it is taken back at once."""

    def rename(turn: Interaction, *_more: object) -> None:
        for name in ("Eva", "Eve"):
            query = text("UPDATE person SET name = :name WHERE telegram_id = :eve")
            turn.db.connection().execute(query, {"name": name, "eve": EVE})
        turn.say(ClosedToStrangers(turn.chat_id))

    monkeypatch.setattr(router, "act", rename)
    before = world.protected()
    await world.takes([world.message(who, text="/help") for who in (EVE, LEE, STRANGERS[0])])
    assert set(world.faults()) == {(2, "changed a row of person"), (3, "changed a row of person")}
    assert before == world.protected()


async def test_the_world_notices_an_error(
    world: HostileWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And an update that could not be handled, which is told."""
    monkeypatch.setattr(router, "press", None)
    before = world.protected()
    await world.takes([world.press(EVE, "1:x:2")])
    fault = world.wrong(before)[0]
    assert fault.startswith("update 2 failed with TypeError: ")
    assert '"data": "1:x:2"' in fault


async def test_the_world_notices_what_telegram_does_not_take(
    world: HostileWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A tag that never ends, say: the bot has answered, and nobody hears it."""

    async def renderer(*_what: object) -> tuple[str, dict[str, str]]:
        return "send_message", {"text": "<b>", "parse_mode": "HTML"}

    monkeypatch.setattr(world, "renderer", renderer)
    await world.takes([world.message(LEE, text="/help")])
    assert [number for number, _ in world.unsendable] == [1]
    assert "find end tag" in world.faults()[0][1]


async def test_the_world_notices_silence(
    world: HostileWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Only behind thirty of one person's within a minute, and a word about that, it is right."""
    monkeypatch.setattr(router, "act", lambda *_what: None)
    await world.takes([world.message(STRANGERS[0], text="hello") for _ in range(35)])
    assert world.unanswered() == list(range(1, 31))


async def works(_house: HostileWorld) -> None:
    """Be busy for as long as an answer may take."""
    until = process_time() + LIMIT_S
    while process_time() < until:
        pass


async def waits(world: HostileWorld) -> None:
    """Let the bot wait so long."""
    await world.clock.wait(asyncio.Event(), LIMIT_S)


@pytest.mark.parametrize("dawdle", [works, waits])
@pytest.mark.parametrize("slow", ["handler", "renderer"])
async def test_the_world_notices_a_late_answer(
    world: HostileWorld,
    monkeypatch: pytest.MonkeyPatch,
    dawdle: Callable[[HostileWorld], Awaitable[None]],
    slow: str,
) -> None:
    """Whether the bot works or waits too long; who is next in line is late as well."""
    owner, name = {"handler": (router, "prepare"), "renderer": (world, "renderer")}[slow]
    usual = getattr(owner, name)

    async def once(*what: object) -> object:
        monkeypatch.setattr(owner, name, usual)
        await dawdle(world)
        return await usual(*what)

    monkeypatch.setattr(owner, name, once)
    await world.takes([world.message(who, text="/help") for who in STRANGERS[:2]])
    await world.takes([world.message(STRANGERS[2], text="/help")])
    assert [(number, fault[:5]) for number, fault in world.faults()] == [(1, "took "), (2, "took ")]
