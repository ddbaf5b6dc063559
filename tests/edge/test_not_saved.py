"""F49: the database refuses what a person said."""

from sqlmodel import Session as Db
from structlog.testing import capture_logs

from bot.protocol.dose.dose import Dose
from bot.protocol.session.state import Phase
from telegram_sandbox import Person
from testkit import refusing
from testkit.world import BotWorld

SHORT = Dose(hold_s=10, holds=3, rest_s=20, lead_in_first_s=10)


async def asked(world: BotWorld) -> Person:
    """Return Maria after her first hold: she is asked for her pain."""
    maria = world.athlete(dose=SHORT)
    await world.say(maria, "/session")
    await world.tap(maria, "1")
    await world.passes(seconds=20)
    assert world.newest(maria).value.phase is Phase.ASKED_AFTER
    return maria


def refuse(world: BotWorld, *tables: str) -> None:
    """Let the database refuse every new row of these tables, as a full disk would."""

    def arm(db: Db) -> None:
        for table in tables:
            refusing.refuse(db, table)

    world.store.write_now(arm)


def accept(world: BotWorld, *tables: str) -> None:
    """Let the database take rows again."""

    def disarm(db: Db) -> None:
        for table in tables:
            refusing.accept(db, table)

    world.store.write_now(disarm)


def holds(world: BotWorld, maria: Person) -> int:
    """Return how many HOLD cues Maria heard."""
    return sum(line.startswith("HOLD") for line in world.heard(maria))


async def test_f49_an_answer_that_is_not_stored_is_said_to_be_lost(world: BotWorld) -> None:
    """The athlete reads that nothing was saved, the set waits, and the next answer counts."""
    maria = await asked(world)
    question = maria.last
    refuse(world, "rating")
    with capture_logs() as lines:
        await world.tap(maria, "1", on=question)
    assert [line["event"] for line in lines] == ["update_failed"] * 3
    assert "was NOT saved" in maria.last.text
    await world.passes(minutes=2)
    assert world.newest(maria).value.phase is Phase.ASKED_AFTER
    assert holds(world, maria) == 1

    accept(world, "rating")
    await world.tap(maria, "2", on=question)
    assert [one.value for one in world.newest(maria).value.holds[0].ratings] == [2]
    assert world.newest(maria).value.phase is Phase.RESTING


async def test_f49_where_nothing_can_be_stored_the_answer_waits(world: BotWorld) -> None:
    """Not even a message can be written: the answer stays in the inbox until it can be handled."""
    maria = await asked(world)
    refuse(world, "rating", "outbox")
    maria.tap("5")
    assert await world.poller.step(0) == 1
    with capture_logs() as lines:
        for _ in range(4):
            await world.inbox.step()
            await world.inbox.settled()
    assert sum(line["event"] == "inbox_stalled" for line in lines) == 4
    assert world.newest(maria).value.phase is Phase.ASKED_AFTER

    accept(world, "rating", "outbox")
    await world.settle()
    assert [one.value for one in world.newest(maria).value.holds[0].ratings] == [5]
    assert world.newest(maria).value.phase is Phase.CLOSED
    await world.passes(minutes=5)
    assert holds(world, maria) == 1
