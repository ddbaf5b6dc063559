"""Random updates of every kind, from people who have no right: nothing breaks, nothing changes."""

import asyncio
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.hostile import words
from tests.hostile.house import EVE, LEE, STRANGERS, Hostile
from tests.hostile.schema import KINDS, small, types

UPDATES = 1_500


async def test_many_updates_of_every_kind(house: Hostile) -> None:
    """No error, no row of others' changed, an answer to everybody in private."""
    before = house.protected()
    await house.many(UPDATES)
    assert house.wrong(before) == []
    assert len(house.senders) > UPDATES / 3


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


async def test_the_house_notices_a_row_that_changed(house: Hostile) -> None:
    """A right that is missing somewhere would be found: here an admin's word is the example."""
    before = house.protected()
    await house.takes([house.message(1004, text="/pause Maria until resumed")])
    assert "rows of athlete changed" in house.wrong(before)


async def test_the_house_notices_an_error(house: Hostile, monkeypatch: pytest.MonkeyPatch) -> None:
    """And an update that could not be handled."""
    monkeypatch.setattr("bot.chat.router.press", None)
    before = house.protected()
    await house.takes([house.press(EVE, "1:x:2")])
    assert house.wrong(before)[0].endswith("failed: TypeError")
