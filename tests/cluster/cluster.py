"""Three nodes, two database servers, a stand-in for Telegram, and people who train."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any, Final

from bot.store.migrate import migrate
from telegram_sandbox import Limits, Sandbox, serve
from testkit.pair import Pair
from testkit.postgresql import Server
from tests.cluster.crowd import Crowd
from tests.cluster.lookout import Lookout
from tests.cluster.node import Node
from tests.process.running import ADMIN, SECRET, TOKEN

NODES: Final = ("north", "east", "west")
A_SECOND: Final = 30
"""Calls that the stand-in takes in any second, as Telegram does."""
_UNFINISHED: Final = """
SELECT (SELECT count(*) FROM session WHERE phase <> 'closed')
    + (SELECT count(*) FROM inbox WHERE handled_at IS NULL)
    + (SELECT count(*) FROM outbox WHERE state = 'sending'
        OR (state = 'pending' AND send_at <= clock_timestamp()))
"""


@dataclass
class Cluster:
    """Everything that a run has."""

    pair: Pair
    sandbox: Sandbox
    nodes: tuple[Node, ...]
    lookout: Lookout
    crowd: Crowd
    updates: dict[int, dict[str, Any]] = field(default_factory=dict)

    def leader(self) -> Node:
        """Return who leads, or led last."""
        return next(node for node in self.nodes if node.name == self.lookout.term.node)

    def standbys(self) -> list[Node]:
        """Return the nodes that do not lead."""
        leader = self.leader()
        return [node for node in self.nodes if node is not leader]

    def note_update(self) -> None:
        """Keep what somebody said."""
        pending = self.sandbox.updates.pending
        if pending:
            self.updates[pending[-1]["update_id"]] = pending[-1]

    async def lost_updates(self) -> set[int]:
        """Return what Telegram was told is received and is not stored."""
        waiting = {update["update_id"] for update in self.sandbox.updates.pending}
        confirmed = {number for number in self.updates if number not in waiting}
        rows = await self.lookout.ask("SELECT update_id FROM inbox")
        return confirmed - {row[0] for row in rows}

    async def until_finished(self, seconds: float) -> None:
        """Wait until nothing is open any more, or so long; what still is, the checks tell."""
        until = asyncio.get_running_loop().time() + seconds
        while asyncio.get_running_loop().time() < until:
            ((count,),) = await self.lookout.ask(_UNFINISHED)
            if not count and not self.sandbox.updates.pending:
                return
            await asyncio.sleep(0.25)


def prepared(server: Server) -> None:
    """Make the bot's database."""
    server.run("CREATE DATABASE holdfast")
    migrate(server.url("holdfast"))


@asynccontextmanager
async def cluster_in(folder: Path, rng: Random, known: int, at_once: int) -> AsyncIterator[Cluster]:
    """Start everything, the first node first; at the end all of it is ended."""
    sandbox = Sandbox(TOKEN)
    sandbox.limits = Limits(per_second=A_SECOND)
    sandbox.person("Admin", id=ADMIN, role="admin", started=True)
    pair = await asyncio.to_thread(Pair, prepared)
    telegram = await serve(sandbox)
    ports = (pair.servers[0].port, pair.servers[1].port)
    for name in NODES:
        (folder / name).mkdir()
    nodes = tuple([await Node.make(name, folder / name, telegram.port, ports) for name in NODES])

    def whose(port: int) -> str | None:
        return next((node.name for node in nodes if node.is_connected(port)), None)

    lookout = Lookout(lambda: pair.leading.url("holdfast"), whose)
    crowd = Crowd(sandbox, lookout, rng, known, at_once)
    made = Cluster(pair, sandbox, nodes, lookout, crowd)
    sandbox.updates.on_arrival(made.note_update)
    looking = asyncio.create_task(lookout.run())
    try:
        await crowd.enrol(known)
        for node in nodes:
            await node.start()
        yield made
    finally:
        await crowd.leave()
        for node in nodes:
            await node.close()
        looking.cancel()
        await asyncio.gather(looking, return_exceptions=True)
        await telegram.close()
        await asyncio.to_thread(pair.close)
    for node in nodes:
        for program in node.programs:
            assert SECRET not in program.printed
            assert "Traceback" not in program.printed, program.printed
