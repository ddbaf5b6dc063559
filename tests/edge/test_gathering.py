"""What is posted at the same time is stored together, and each is told what became of its own."""

import asyncio
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any, Final

import pytest
from sqlmodel import Session as Db
from sqlmodel import col, select

from bot.dispatch.updates import Arrived
from bot.expected import Code
from bot.store.engine import Store
from bot.store.refusals import ServerError
from bot.store.tables import InboxRow
from bot.telegram import gathering
from bot.telegram.gathering import CrowdedError, Gathering
from testkit.database import made
from testkit.virtual import MONDAY

BAD: Final = 7


class Desk:
    """A database that notes what it stores together, and does what it is told before."""

    def __init__(self, store: Store, act: Callable[[list[int]], Any] = lambda _: None) -> None:
        self.together: list[list[int]] = []
        self._store = store
        self._act = act

    def now(self) -> datetime:
        """Return any time."""
        return MONDAY

    async def write(self, flow: Callable[..., Any], *args: Any, **kw: Any) -> Any:
        """Store updates."""
        numbers = [one.update_id for one in args[0]]
        self.together.append(numbers)
        self._act(numbers)
        return await self._store.write(flow, *args, **kw)


def stored(db: Db) -> list[int]:
    """Return the numbers of what is stored."""
    return sorted(db.connection().execute(select(col(InboxRow.update_id))).scalars())


async def posted(desk: Desk, *numbers: int, text: str = "{}") -> list[BaseException | None]:
    """Post updates at the same instant; return what was told of each."""
    found = Gathering(desk)
    posts = (found.store(Arrived(number, number, text)) for number in numbers)
    return await asyncio.gather(*posts, return_exceptions=True)


async def test_what_comes_meanwhile_goes_together(tmp_path: Path) -> None:
    """The first by itself, and all that came while it was stored in one go; in order."""
    with Store(made(tmp_path / "t.db")) as store:
        desk = Desk(store)
        assert await posted(desk, *range(1, 41)) == [None] * 40
        assert desk.together == [list(range(1, 41))] or desk.together == [[1], list(range(2, 41))]
        assert store.read_now(stored) == list(range(1, 41))


async def test_no_more_than_so_many_and_so_much(tmp_path: Path) -> None:
    """A hundred at most; and of what is very large only some, but one at least."""
    with Store(made(tmp_path / "t.db")) as store:
        desk = Desk(store)
        await posted(desk, *range(1, 251))
        assert max(map(len, desk.together)) == gathering.AT_ONCE
        large = Desk(store)
        await posted(large, 501, 502, 503, text="x" * (gathering.LARGEST * 2 // 3))
        assert large.together == [[501], [502], [503]]


async def test_the_same_update_twice(tmp_path: Path) -> None:
    """Telegram posts again what it had no answer for: both are confirmed, one is stored."""
    with Store(made(tmp_path / "t.db")) as store:
        assert await posted(Desk(store), 3, 4, 3, 4, 3) == [None] * 5
        assert store.read_now(stored) == [3, 4]


async def test_one_that_cannot_be_stored_harms_no_other(tmp_path: Path) -> None:
    """Whoever posted it is told so; the others are confirmed, and are there."""

    def act(numbers: list[int]) -> None:
        if BAD in numbers:
            raise LookupError

    with Store(made(tmp_path / "t.db")) as store:
        told = await posted(Desk(store, act), 1, 2, BAD, 8, 9)
        assert [type(one) for one in told] == [type(None)] * 2 + [LookupError] + [type(None)] * 2
        assert store.read_now(stored) == [1, 2, 8, 9]


async def test_a_database_that_is_away_is_asked_once(tmp_path: Path) -> None:
    """All that waited is told at once, and what comes next is tried anew."""

    def act(numbers: list[int]) -> None:
        if 1 in numbers:
            raise ServerError(Code.SERVER_AWAY, "It is away.")

    with Store(made(tmp_path / "t.db")) as store:
        desk = Desk(store, act)
        found = Gathering(desk)
        told = await asyncio.gather(
            *(found.store(Arrived(n, n, "{}")) for n in (1, 2, 3)), return_exceptions=True
        )
        assert [type(one) for one in told] == [ServerError] * 3
        assert len(desk.together) == 1
        await found.store(Arrived(4, 4, "{}"))
        assert store.read_now(stored) == [4]


async def test_what_hangs_keeps_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    """Too many are refused at once; whoever has gone meanwhile is not stored any more."""
    monkeypatch.setattr(gathering, "MOST_WAITING", 3)
    go, seen = asyncio.Event(), list[list[int]]()

    class Hangs:
        def now(self) -> datetime:
            return MONDAY

        async def write(self, flow: Callable[..., Any], *args: Any, **_: Any) -> None:  # noqa: ARG002 - the port's
            seen.append([one.update_id for one in args[0]])
            await go.wait()

    found = Gathering(Hangs())
    first = asyncio.ensure_future(found.store(Arrived(1, 1, "{}")))
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    rest = [asyncio.ensure_future(found.store(Arrived(n, n, "{}"))) for n in (2, 3, 4)]
    await asyncio.sleep(0)
    with pytest.raises(CrowdedError):
        await found.store(Arrived(5, 5, "{}"))
    rest[1].cancel()
    await asyncio.sleep(0)
    go.set()
    await asyncio.gather(first, rest[0], rest[2])
    assert seen == [[1], [2, 4]]
