"""A session that a newer version has begun: it rests, nobody is told to hold, and it stays."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any, Final

import pytest
from sqlalchemy import text
from sqlmodel import Session as Db

from bot.dispatch import due_work
from bot.protocol.session.state import Outcome, Phase
from bot.store.due_rows import earliest
from telegram_sandbox import Person
from testkit.world import BotWorld
from tests.edge.test_delivery import says
from tests.edge.test_session import SHORT, begun

NEWER: Final = {"phase": "balancing", "exercise": "X99"}
ROW: Final = text("SELECT phase, exercise, due_at, position, breaks, cut FROM session")
RULES: Final = text(
    "SELECT conname, pg_get_constraintdef(oid) AS rule FROM pg_constraint "
    "WHERE conrelid = 'session'::regclass AND contype = 'c'"
)
"""What the table checks, on a server."""


def row(world: BotWorld) -> Any:
    """Return what is stored of the one session."""
    return world.store.read_now(lambda db: db.connection().execute(ROW).one())


async def rests(world: BotWorld, what: str) -> Person:
    """Let a session rest that another version goes on with, and this one start."""
    maria = world.athlete(dose=SHORT)
    await begun(world, maria)
    await world.passes(seconds=20)
    await world.tap(maria, "1")
    world.store.write_now(
        lambda db: db.connection().execute(
            text(f"UPDATE session SET {what} = :value"),  # noqa: S608 - a test's own words
            {"value": NEWER[what]},
        )
    )
    await world.restart()
    world.store.write_now(due_work.leave_alone, world.now)
    await world.settle()
    return maria


@pytest.fixture(params=NEWER)
def what(request: pytest.FixtureRequest, world: BotWorld) -> Iterator[str]:
    """Return what is not known; the newer version's table takes it."""
    found: str = request.param
    rules = world.store.write_now(widen) if found == "phase" else {}
    yield found
    world.store.write_now(narrow, rules)  # the table is another test's afterwards


def widen(db: Db) -> dict[str, str]:
    """Let the table take phases that this version does not know; return the rules taken off."""
    connection = db.connection()
    if connection.dialect.name == "sqlite":
        connection.execute(text("PRAGMA ignore_check_constraints = ON"))
        return {}
    rules = {row.conname: row.rule for row in connection.execute(RULES)}
    assert rules
    for name in rules:
        connection.execute(text(f'ALTER TABLE session DROP CONSTRAINT "{name}"'))
    return rules


def narrow(db: Db, rules: dict[str, str]) -> None:
    """Put the rules back, on a table without a session."""
    if rules:
        db.connection().execute(text("DELETE FROM rating"))
        db.connection().execute(text("DELETE FROM hold"))
        db.connection().execute(text("DELETE FROM session"))
    for name, rule in rules.items():
        db.connection().execute(text(f'ALTER TABLE session ADD CONSTRAINT "{name}" {rule}'))


async def test_it_is_left_alone(world: BotWorld, what: str) -> None:
    """Whoever is in it is told to rest, once; time does nothing, and its row stays."""
    maria = await rests(world, what)
    before, heard = row(world), len(maria.chat)
    assert maria.last.text.startswith("RELEASE. Rest.")
    assert world.store.read_now(earliest) != before.due_at
    await world.passes(minutes=30)
    world.store.write_now(due_work.leave_alone, world.now)
    await world.settle()
    assert row(world) == before
    assert len(maria.chat) == heard
    assert says(world, maria, "HOLD") == 1


async def test_no_hold_comes_by_any_word(world: BotWorld, what: str) -> None:
    """To go on is refused in a sentence; what was answered is not taken back."""
    maria = await rests(world, what)
    for word in ("go on", "continue", "undo", "0", "start", "/session", "/how", "fine", "1"):
        await world.say(maria, word)
    await world.passes(minutes=2)
    assert says(world, maria, "HOLD") == 1
    assert world.newest(maria).is_newer
    assert any("the bot is being updated" in message.text for message in maria.chat)
    assert not any("comes by itself" in message.text for message in maria.chat)


async def test_stop_is_heard(world: BotWorld, what: str) -> None:
    """It ends as any other session does."""
    maria = await rests(world, what)
    await world.say(maria, "stop")
    assert maria.last.text.startswith("STOP. Relax and rest now.")
    await world.tap(maria, "Tired")
    assert world.newest(maria).value.outcome is Outcome.STOPPED_EARLY


async def test_its_own_version_goes_on_with_it(world: BotWorld, what: str) -> None:
    """It is as it was, and by the usual rules: what is far too late is broken off."""
    maria = await rests(world, what)
    await world.passes(seconds=5)
    known = {"phase": Phase.RESTING.value, "exercise": "H1"}[what]
    world.store.write_now(
        lambda db: db.connection().execute(
            text(f"UPDATE session SET {what} = :value"),  # noqa: S608 - a test's own words
            {"value": known},
        )
    )
    stored = world.newest(maria)
    assert stored.value.phase is Phase.RESTING
    assert stored.value.due_at is not None
    await world.until(stored.value.due_at + timedelta(seconds=1))
    assert says(world, maria, "HOLD") == 2
