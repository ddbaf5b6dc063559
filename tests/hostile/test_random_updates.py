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
from bot.conversation.interaction import Turn
from bot.telegram import router
from tests.hostile import words
from tests.hostile.house import LIMIT_S, Hostile
from tests.hostile.people import ADA, EVE, LEE, STRANGERS
from tests.hostile.schema import KINDS, small, types

UPDATES = 1_500


async def test_many_updates_of_every_kind(house: Hostile) -> None:
    """No error, no row of others' changed, an answer within a second to everybody in private."""
    before = house.protected()
    await house.many(UPDATES)
    assert house.wrong(before) == []
    assert len(house.owed) > UPDATES / 3
    assert set(house.took) >= house.owed


async def test_the_built_in_kinds_do_as_well(tmp_path: Path) -> None:
    """Where the published description is not at hand."""
    house = Hostile(tmp_path, Random(2), types=small())
    before = house.protected()
    await house.many(300)
    assert house.wrong(before) == []
    house.close()


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
        house = Hostile(Path(folder), Random(3))
        before = house.protected()
        makes = {"writes": lambda who, said: house.message(who, text=said), "presses": house.press}
        asyncio.run(house.takes([makes[how](who, said) for how, who, said in plan]))
        found = house.wrong(before)
        house.close()
    assert found == []


# ---- the house itself -------------------------------------------------------------------


async def test_the_house_notices_a_row_that_changed(house: Hostile) -> None:
    """A right that is missing somewhere would be found: here an admin's word is the example."""
    before = house.protected()
    await house.takes([house.message(ADA, text="/pause Maria until resumed")])
    assert "rows of athlete changed" in house.wrong(before)
    assert (1, "changed a row of athlete") in house.faults()


async def test_the_house_notices_a_letter_to_somebody_else(house: Hostile) -> None:
    """The same with an admin's word that is passed on."""
    await house.takes([house.message(ADA, text="/say Eve Hello")])
    assert house.misled() == [(1, EVE)]


async def test_the_house_notices_whose_row_it_is(
    house: Hostile, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What Eve may change a stranger may not, also where it is taken back at once."""

    def rename(turn: Turn, *_more: object) -> None:
        for name in ("Eva", "Eve"):
            query = text("UPDATE person SET name = :name WHERE telegram_id = :eve")
            turn.db.connection().execute(query, {"name": name, "eve": EVE})
        turn.say(ClosedToStrangers(turn.chat_id))

    monkeypatch.setattr(router, "act", rename)
    before = house.protected()
    await house.takes([house.message(who, text="/help") for who in (EVE, LEE, STRANGERS[0])])
    assert set(house.faults()) == {(2, "changed a row of person"), (3, "changed a row of person")}
    assert before == house.protected()


async def test_the_house_notices_an_error(house: Hostile, monkeypatch: pytest.MonkeyPatch) -> None:
    """And an update that could not be handled, which is told."""
    monkeypatch.setattr(router, "press", None)
    before = house.protected()
    await house.takes([house.press(EVE, "1:x:2")])
    fault = house.wrong(before)[0]
    assert fault.startswith("update 2 failed with TypeError: ")
    assert '"data": "1:x:2"' in fault


async def test_the_house_notices_what_telegram_does_not_take(
    house: Hostile, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A tag that never ends, say: the bot has answered, and nobody hears it."""

    async def renderer(*_what: object) -> tuple[str, dict[str, str]]:
        return "send_message", {"text": "<b>", "parse_mode": "HTML"}

    monkeypatch.setattr(house, "renderer", renderer)
    await house.takes([house.message(LEE, text="/help")])
    assert [number for number, _ in house.unsendable] == [1]
    assert "find end tag" in house.faults()[0][1]


async def test_the_house_notices_silence(house: Hostile, monkeypatch: pytest.MonkeyPatch) -> None:
    """Only behind thirty of one person's within a minute, and a word about that, it is right."""
    monkeypatch.setattr(router, "act", lambda *_what: None)
    await house.takes([house.message(STRANGERS[0], text="hello") for _ in range(35)])
    assert house.unanswered() == list(range(1, 31))


async def works(_house: Hostile) -> None:
    """Be busy for as long as an answer may take."""
    until = process_time() + LIMIT_S
    while process_time() < until:
        pass


async def waits(house: Hostile) -> None:
    """Let the bot wait so long."""
    await house.clock.wait(asyncio.Event(), LIMIT_S)


@pytest.mark.parametrize("dawdle", [works, waits])
@pytest.mark.parametrize("slow", ["handler", "renderer"])
async def test_the_house_notices_a_late_answer(
    house: Hostile,
    monkeypatch: pytest.MonkeyPatch,
    dawdle: Callable[[Hostile], Awaitable[None]],
    slow: str,
) -> None:
    """Whether the bot works or waits too long; who is next in line is late as well."""
    owner, name = {"handler": (router, "prepare"), "renderer": (house, "renderer")}[slow]
    usual = getattr(owner, name)

    async def once(*what: object) -> object:
        monkeypatch.setattr(owner, name, usual)
        await dawdle(house)
        return await usual(*what)

    monkeypatch.setattr(owner, name, once)
    await house.takes([house.message(who, text="/help") for who in STRANGERS[:2]])
    await house.takes([house.message(STRANGERS[2], text="/help")])
    assert [(number, fault[:5]) for number, fault in house.faults()] == [(1, "took "), (2, "took ")]
