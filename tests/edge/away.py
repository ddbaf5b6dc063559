"""Trouble between the bot and Telegram, or with the disk; and the same update under a new id."""

import json
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any

from sqlmodel import Session as Db
from sqlmodel import SQLModel, col, select
from structlog.testing import capture_logs

from bot.protocol.dose.dose import Dose
from bot.protocol.session.state import Phase
from bot.store.tables import InboxRow
from bot.telegram.poller import Poller
from telegram_sandbox import Fault, FaultKind, Person
from testkit.refusing import accept, refuse
from testkit.world import BotWorld

SHORT = Dose(hold_s=10, holds=3, rest_s=20, lead_in_first_s=10)
KINDS = ("502", "429", "409", "no answer", "reset", "not stored")


@dataclass
class Patient:
    """A poller whose fetches may fail: `run` waits and tries again, a step of it just ends."""

    poller: Poller

    async def step(self, wait_s: int = 0) -> int:
        """Fetch once; a failure fetches nothing."""
        with suppress(Exception):
            return await self.poller.step(wait_s)
        return 0


_FAULTS = {
    "502": Fault(FaultKind.SERVER_ERROR, method="getUpdates", times=None),
    "429": Fault(FaultKind.TOO_MANY, method="getUpdates", times=None),
    "409": Fault(
        FaultKind.REFUSED, method="getUpdates", times=None, status=409, description="Conflict: x"
    ),
    "no answer": Fault(FaultKind.HANG_BEFORE, method="getUpdates", times=None, seconds=0.0),
    "reset": Fault(FaultKind.RESET, method="getUpdates", times=None),
}


@contextmanager
def trouble(world: BotWorld, kind: str) -> Iterator[None]:
    """Let every fetch fail in this way, or the database take no update."""
    world.poller = Patient(world.poller)  # type: ignore[assignment]
    if kind == "not stored":
        world.store.write_now(refuse, "inbox")
        yield
        world.store.write_now(accept, "inbox")
    else:
        armed = world.sandbox.faults.add(_FAULTS[kind])
        yield
        world.sandbox.faults.remove(armed)


async def asked(world: BotWorld) -> Person:
    """Return Maria after her first hold: she is asked for her pain."""
    maria = world.athlete(dose=SHORT)
    await world.settle()
    await world.say(maria, "/session")
    await world.tap(maria, "1")
    await world.passes(seconds=20)
    assert world.newest(maria).value.phase is Phase.ASKED_AFTER
    return maria


def holds(world: BotWorld, maria: Person) -> int:
    """Return how many HOLD cues Maria heard."""
    return sum(line.startswith("HOLD") for line in world.heard(maria))


def updates(world: BotWorld) -> list[dict[str, Any]]:
    """Return every update that is stored, oldest first."""
    query = select(InboxRow.payload).order_by(col(InboxRow.update_id))
    return [json.loads(one) for one in world.store.read_now(lambda db: db.exec(query).all())]


async def again(world: BotWorld, update: dict[str, Any]) -> None:
    """Let Telegram deliver an update once more under a new id."""
    ((kind, payload),) = ((kind, found) for kind, found in update.items() if kind != "update_id")
    world.sandbox.updates.push(kind, payload)
    with capture_logs():
        await world.settle()


def kept(world: BotWorld) -> dict[str, list[Any]]:
    """Return all that is stored, without what came, what was told, and what was seen."""

    def found(db: Db) -> dict[str, list[Any]]:
        return {
            name: [tuple(row) for row in db.connection().execute(table.select())]
            for name, table in SQLModel.metadata.tables.items()
            if name not in {"inbox", "outbox", "seen"}
        }

    return world.store.read_now(found)
