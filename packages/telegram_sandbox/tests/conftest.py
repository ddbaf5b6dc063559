"""A sandbox, its server, a person and a caller of the Bot API."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Coroutine
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from aiohttp import ClientSession

from telegram_sandbox import Person, Sandbox, Server

Api = Callable[..., Coroutine[Any, Any, Any]]


class Clock:
    """A clock that moves when told to."""

    def __init__(self) -> None:
        self.time = datetime(2026, 3, 2, 7, 30, tzinfo=UTC)

    def __call__(self) -> datetime:
        """Return the time."""
        return self.time

    def forward(self, **span: float) -> None:
        """Move on by a timedelta's parts."""
        self.time += timedelta(**span)


@pytest.fixture
def clock() -> Clock:
    """Return a clock driven by hand."""
    return Clock()


@pytest.fixture
def telegram_sandbox(clock: Clock) -> Sandbox:
    """Return a sandbox whose clock is driven by hand."""
    return Sandbox(now=clock)


@pytest.fixture
def sandbox(telegram_sandbox: Sandbox) -> Sandbox:
    """Return the same, by a shorter name."""
    return telegram_sandbox


@pytest.fixture
def maria(sandbox: Sandbox) -> Person:
    """Return a guest who has written to the bot."""
    return sandbox.person("Maria", id=1001, username="maria", role="guest", started=True)


@pytest.fixture
def server(telegram_server: Server) -> Server:
    """Return the sandbox's running server."""
    return telegram_server


@pytest.fixture
async def http(server: Server) -> AsyncIterator[ClientSession]:
    """Return a session whose addresses begin at the server."""
    async with ClientSession(server.url) as session:
        yield session


@pytest.fixture
async def api(sandbox: Sandbox, http: ClientSession) -> Api:
    """Return a caller of the Bot API that returns the whole answer."""

    async def call(method: str, **params: Any) -> Any:
        async with http.post(f"/bot{sandbox.token}/{method}", json=params) as answer:
            return await answer.json()

    return call
