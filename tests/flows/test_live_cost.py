"""What a live session costs the database: so many statements an event, however long it was."""

import json
from pathlib import Path
from typing import Any, Self

import pytest
from sqlalchemy import event as listening

from bot.dispatch import updates
from bot.dispatch.commands.catalogue import Rules
from bot.dispatch.updates import Arrived, Caller
from bot.protocol.session import events
from bot.protocol.session.state import Phase
from bot.store import sessions
from bot.store.sessions import Stored
from bot.store.tables import OutboxRow
from bot.telegram import router
from bot.telegram.update import Manner, Said
from bot.training.session import apply_event
from tests.flows.world import RUNA, FlowWorld

BEGIN, READ, CHANGE, LETTER = 1, 2, 1, 1
"""A transaction is begun; a session is its row, and its holds with its answers; a letter is put."""


@pytest.fixture
def world(tmp_path: Path) -> Any:
    """A bot without Telegram."""
    with FlowWorld(tmp_path) as made:
        yield made


class Counted:
    """Counts the statements of the block."""

    def __init__(self, world: FlowWorld) -> None:
        self._engine = world.store._engine
        self.statements: list[str] = []

    def _heard(self, *said: object) -> None:
        self.statements.append(str(said[2]))

    def _begun(self, _connection: object) -> None:
        self.statements.append("BEGIN")

    def __enter__(self) -> Self:
        listening.listen(self._engine, "before_cursor_execute", self._heard)
        listening.listen(self._engine, "begin", self._begun)
        return self

    def __exit__(self, *_exc: object) -> None:
        listening.remove(self._engine, "before_cursor_execute", self._heard)
        listening.remove(self._engine, "begin", self._begun)

    def __len__(self) -> int:
        return len(self.statements)


def live(world: FlowWorld, athlete: int) -> Stored:
    """Return the running session."""
    stored = world.store.read_now(sessions.live, athlete)
    assert stored is not None
    return stored


def happens(world: FlowWorld, athlete: int, event: events.Event) -> int:
    """Let time act on the session or tell it of a cue; return the statements it took."""
    session_id = live(world, athlete).id
    with Counted(world) as counted:
        world.run(lambda db: apply_event.happen(db, sessions.get(db, session_id), event, world.now))  # type: ignore[arg-type]
    return len(counted)


def answers(world: FlowWorld, athlete: int, value: int) -> int:
    """Press a pain button, from the update as it is stored; return the statements it took."""
    stored, update = live(world, athlete), next(world.updates)
    data = f"1:p:{stored.id}:{len(stored.value.holds) - 1}:{value}"
    said = Said(RUNA, "Runa", Manner.PRESS, data, 50, f"query{update}")
    arrived = [Arrived(update, RUNA, json.dumps({"update_id": update}))]
    rules = Rules("bot", open_enrolment=False)
    with Counted(world) as counted:
        world.run(updates.receive, arrived, world.now, backlog=False)
        world.run(
            updates.handle,
            update,
            Caller(RUNA, 50, f"query{update}", f"q{update}"),
            lambda turn: router.press(turn, said, rules),
            world.now,
        )
    return len(counted)


def at_hold(world: FlowWorld, athlete: int) -> None:
    """Let the wait before the next hold pass."""
    due = live(world, athlete).value.due_at
    assert due is not None
    world.now = due


def test_an_event_of_a_live_session_takes_a_handful_of_statements(world: FlowWorld) -> None:
    """HOLD, its cue handed over, RELEASE and the answer: as many in the ninth hold as in the first.

    The answer takes: whether it is known, to store it, to take it up, who it is from, that it is
    new, the session, what changed of it, its pain, and two letters, one of which replaces an older
    one.
    """
    athlete = world.athlete(holds=10)
    world.run(apply_event.open_session, athlete, None, world.now)
    world.happens(athlete, events.Pain(1))
    costs = []
    for index in range(9):
        at_hold(world, athlete)
        hold = happens(world, athlete, events.Due())
        world.later(seconds=0.2)
        handed = happens(world, athlete, events.CueHanded(index, world.now))
        at_hold(world, athlete)
        release = happens(world, athlete, events.Due())
        before = world.count(OutboxRow)
        answer = answers(world, athlete, 1)
        assert live(world, athlete).value.phase is Phase.RESTING
        assert world.count(OutboxRow) == before + 2
        costs.append((hold, handed, release, answer))
    assert set(costs) == {
        (
            BEGIN + READ + 2 * CHANGE + LETTER,
            BEGIN + READ + 2 * CHANGE,
            BEGIN + READ + 2 * CHANGE + LETTER,
            (BEGIN + 1 + 1) + (BEGIN + 1 + 1 + 1 + READ + 2 * CHANGE + (1 + LETTER) + LETTER),
        )
    }
