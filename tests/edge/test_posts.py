"""What is posted, and a database that hangs or fails: nothing is confirmed that is not stored."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Any, Final

import pytest
from aiohttp import ClientSession, web
from structlog.testing import capture_logs

from bot.expected import Code
from bot.store.refusals import ServerError
from bot.telegram import posts
from testkit.virtual import MONDAY

pytestmark = pytest.mark.one_database("of none")
SECRET: Final = "a-secret-of-Telegram"


class Fails:
    """A database that does what it is told instead of storing."""

    def __init__(self, act: Callable[[], Any]) -> None:
        self.ready = True
        self._act = act

    def now(self) -> datetime:
        """Return any time."""
        return MONDAY

    async def write(self, *_args: Any, **_kwargs: Any) -> Any:
        """Hang, fail or take it."""
        return await self._act()


@asynccontextmanager
async def posted(act: Callable[[], Any], **headers: str) -> AsyncIterator[tuple[Any, list[str]]]:
    """Post an update; give the answer, and what was woken and logged."""
    told: list[str] = []
    app = posts.application(Fails(act), SECRET, lambda: told.append("stored"))
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    url = f"http://127.0.0.1:{runner.addresses[0][1]}/"
    body = json.dumps({"update_id": 7, "message": {}})
    with capture_logs() as lines:
        async with (
            ClientSession(trust_env=False) as session,
            session.post(url, data=body, headers={posts.HEADER: SECRET, **headers}) as answer,
        ):
            yield answer, told
    told += [line["event"] for line in lines]
    await runner.cleanup()


async def hangs() -> None:
    """Never end."""
    await asyncio.Event().wait()


async def is_away() -> None:
    """Say that there is no database."""
    raise ServerError(Code.SERVER_AWAY, "It is away.")


async def has_a_fault() -> None:
    """Fail as no database does."""
    raise LookupError


async def takes() -> list[Any]:
    """Store it."""
    return []


@pytest.mark.parametrize(
    ("act", "event"),
    [(hangs, "post_not_stored"), (is_away, "post_not_stored"), (has_a_fault, "post_failed")],
)
async def test_what_is_not_stored_comes_again_soon(
    act: Callable[[], Any], event: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """503, with a wait of a second: Telegram's own waits grow to minutes."""
    monkeypatch.setattr(posts, "PATIENCE_S", 0.05)
    async with posted(act) as (answer, told):
        assert (answer.status, answer.headers["Retry-After"]) == (503, "1")
    assert told == [event]


async def test_what_is_stored_is_told_at_once() -> None:
    """200, and who leads is woken."""
    async with posted(takes) as (answer, told):
        assert answer.status == 200
    assert told == ["stored"]


async def test_a_body_that_does_not_come(monkeypatch: pytest.MonkeyPatch) -> None:
    """Who sends slowly is not waited for without end."""
    monkeypatch.setattr(posts, "PATIENCE_S", 0.05)
    async with posted(takes, **{"Content-Length": "4000"}) as (answer, told):
        assert answer.status == 408
    assert told == ["post_refused"]
