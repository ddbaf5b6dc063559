"""What the delivery tests share: a Bot API on faulty_api, and time as PTB's future will have it."""

from collections.abc import AsyncIterator

import pytest

from tests.delivery.faulty_api import MESSAGE, FaultyApi, result, start


@pytest.fixture(autouse=True)
def _timedelta(monkeypatch: pytest.MonkeyPatch) -> None:
    """Opt in to timedelta waits, as the application does; without it PTB warns at each 429."""
    monkeypatch.setenv("PTB_TIMEDELTA", "true")


@pytest.fixture
async def api() -> AsyncIterator[FaultyApi]:
    """Start a Bot API that takes every message."""
    api, runner = await start(result(MESSAGE))
    yield api
    await runner.cleanup()
