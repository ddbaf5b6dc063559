"""One process of a race: it leads, or takes over from who leads, at an instant it is told.

`python -m tests.cluster.racer URL NAME` reads one order a line and answers each by a line of JSON.
"""

import asyncio
import json
import sys
import time
from contextlib import suppress
from typing import Any

import structlog

from bot.clock.clock import SystemClock
from bot.dispatch import due_work
from bot.dispatch.commands.catalogue import Rules
from bot.store import lease
from bot.store.engine import Store
from bot.telegram.inbox import Inbox

END_LEADER = """
SELECT pg_terminate_backend(pid) FROM lease JOIN pg_stat_activity
    ON (pid, backend_start) = (writer_pid, writer_began) WHERE epoch = %s
"""
EPOCH = "SELECT epoch FROM lease"


class Racer:
    """A store of its own, and what handles updates and due rows by it."""

    def __init__(self, url: str, name: str) -> None:
        self._url = url
        self._name = name
        self._clock = SystemClock()
        self.open()

    def open(self) -> None:
        """Have connections, and lead nothing."""
        self._store = Store(self._url)
        self._line = lease.open_line(self._url)
        self._process = lease.process_of(self._line)

    def close(self) -> None:
        """Have none."""
        self._store.close()
        self._line.close()

    async def leads(self) -> int | None:
        """Try to lead, once; return the epoch."""
        won = await self._store.write(lease.take, self._name, self._process)
        return None if won is None else won.epoch

    async def acts(self, at: float, until: float) -> dict[str, Any]:
        """Handle from `at` on what waits and what is due, as who leads does, as long as it can."""
        _wait_for(at)
        before = self._store.written
        with suppress(Exception):
            while time.monotonic() < until:
                await self._work()
                await asyncio.sleep(0.002)
        return {"written": self._store.written - before}

    async def _work(self) -> None:
        inbox = Inbox(self._store, self._clock, Rules("race_bot", open_enrolment=False))
        due = asyncio.create_task(self._store.write(due_work.act_due, self._clock.now()))
        await inbox.step()
        await inbox.settled()
        await due

    async def takes_over(self, at: float, until: float, epoch: int) -> dict[str, Any]:
        """End at `at` the connection of who leads term `epoch`; lead, unless another does."""
        _wait_for(at)
        self._line.execute(END_LEADER, (epoch,))
        while (won := await self.leads()) is None:
            row: Any = self._line.execute(EPOCH).fetchone()
            if row[0] > epoch or time.monotonic() > until:
                return {"epoch": None}
        await self._work()
        await self._work()
        return {"epoch": won}

    async def writes(self) -> dict[str, Any]:
        """Try to store something, as somebody does who has not noticed; return whether it was."""
        with suppress(Exception):
            await self._store.write(lambda db: due_work.act_due(db, self._clock.now()))
            return {"stored": True}
        return {"stored": False}


def _wait_for(at: float) -> None:
    """Wait for an instant of the machine's forward clock, to the microsecond."""
    time.sleep(max(0.0, at - time.monotonic() - 0.002))
    while time.monotonic() < at:
        pass


async def main() -> None:
    """Obey until there are no more orders."""
    structlog.configure(processors=[_unheard])
    racer = Racer(*sys.argv[1:3])
    say({"ready": True})
    while line := await asyncio.to_thread(sys.stdin.readline):
        word, *values = json.loads(line)
        if word == "reopen":
            racer.close()
            racer.open()
            say({})
        elif word == "leads":
            say({"epoch": await racer.leads()})
        else:
            say(await getattr(racer, word)(*values))
    racer.close()


def _unheard(*_: object) -> dict[str, Any]:
    """Log nothing: that a leader loses its connection is what this is about."""
    raise structlog.DropEvent


def say(told: dict[str, Any]) -> None:
    """Answer."""
    print(json.dumps(told), flush=True)  # noqa: T201 - a line of an answer


if __name__ == "__main__":
    asyncio.run(main())
