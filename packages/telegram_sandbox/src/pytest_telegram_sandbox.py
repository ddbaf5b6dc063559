"""Fixtures for pytest: a sandbox for each test, in its process or behind its server.

pytest loads this at every start, so the sandbox is imported only where a test asks for it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

    from telegram_sandbox import Sandbox, Server

try:
    import pytest_asyncio
except ImportError:  # another runner of coroutines, such as anyio, takes pytest's own
    async_fixture: Callable[..., Any] = pytest.fixture
else:
    async_fixture = pytest_asyncio.fixture


@pytest.fixture
def telegram_sandbox() -> Sandbox:
    """Return a sandbox without a server: people act, and the bot's calls go to `call`.

    Override it to choose the token, the bot's name or the clock; `telegram_server` serves yours.
    """
    from telegram_sandbox import Sandbox  # noqa: PLC0415 - see the top

    return Sandbox()


@async_fixture
async def telegram_server(telegram_sandbox: Sandbox) -> AsyncIterator[Server]:
    """Serve the sandbox over HTTP on a free port of 127.0.0.1 until the test ends."""
    from telegram_sandbox import serving  # noqa: PLC0415 - see the top

    async with serving(telegram_sandbox) as server:
        yield server
