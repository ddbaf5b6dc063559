"""What the log tells of a session: event words and ids, nothing of a person."""

import asyncio
import io
import sys
from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any, Final

import pytest
from sqlmodel import Session as Db
from structlog.testing import capture_logs

from bot import logs
from bot.dispatch import due_work, updates
from bot.protocol.dose.dose import Dose
from bot.telegram import renderer, router
from bot.training.alerts import flow as alerts
from bot.training.messages import CoachAlert
from bot.training.reminders import flow as reminders
from telegram_sandbox import Fault
from testkit.virtual import MONDAY
from testkit.world import BotWorld
from tests.edge.test_pictures import person_id
from tests.test_logs import as_before


async def test_no_name_and_no_pain_text_in_the_log(world: BotWorld) -> None:
    """A session with refusals, typed answers and a stop: none of it stands in the log."""
    maria = world.athlete("Maria Quince", dose=Dose(hold_s=10, holds=3), coach=world.coach())
    with capture_logs() as lines:
        await world.until(MONDAY + timedelta(minutes=30))
        await world.tap(maria, "Start")
        await world.say(maria, "my left tendon burns")
        await world.say(maria, "2/10")
        world.sandbox.faults.add(Fault(kind="429", method="sendMessage", retry_after=60))
        await world.passes(minutes=2)
        await world.say(maria, "stop")
        await world.say(maria, "sharp")
    told = " ".join(str(line) for line in lines)
    assert "send_refused" in told
    for secret in ("Quince", "tendon", "2/10", "sharp", str(maria.id)):
        assert secret not in told


MARIA = "Åsa Ørsted"
WORDS = "my tendon burns"


@pytest.fixture
def said() -> Iterator[io.StringIO]:
    """Set the log up, and return what it says."""
    with as_before():
        sys.stderr = stream = io.StringIO()
        logs.set_up()
        yield stream


BROKEN: Final = {
    "a use case": (router, "act", "update_failed"),
    "what is due": (reminders, "act_all", "due_row_failed"),
    "how it looks": (renderer, "look", "letter_broken"),
    "what follows": (alerts, "delivered", "letter_broken"),
    "looking for updates": (updates, "waiting", "inbox_stalled"),
    "storing updates": (updates, "receive", "updates_not_stored"),
}
"""Whatever may break: the module, its function, and the line that tells of it."""


@pytest.mark.parametrize("what", BROKEN)
async def test_f140_whatever_breaks_tells_no_value(
    world: BotWorld, said: io.StringIO, monkeypatch: pytest.MonkeyPatch, what: str
) -> None:
    """Errors whose text has everything of a person in it: the log has types and places."""
    room, name, event = BROKEN[what]
    kim = world.coach("Kim Östberg")
    maria = world.athlete(MARIA, coach=kim)

    def fails(*given: Any, **more: Any) -> None:
        raise ValueError(MARIA, WORDS, kim.name, maria.id, given, more)

    monkeypatch.setattr(room, name, fails)
    if what == "what is due":
        monkeypatch.setattr(reminders, "act", fails)
    maria.say(WORDS)
    maria.say("/pain 9")
    world.clock.at = MONDAY + timedelta(minutes=30)
    with suppress(ValueError):  # what runs for ever catches them itself
        await world.poller.step(0)
    await world.inbox._try()
    await world.inbox.settled()
    world.run(alert, person_id(world, maria), world.now)
    for row, why in (await world.store.write(due_work.act_due, world.now))[1]:
        logs.log.error("due_row_failed", kind=row.kind, row=row.id, reason=why)
    await world.sender.step()
    await world.sender.settled()
    if what == "storing updates":
        await _polled(world, said)
    told = said.getvalue()
    assert event in told
    assert "ValueError" in told
    secrets = [MARIA, "rsted", WORDS, "Östberg", str(maria.id)]
    assert [secret for secret in secrets if secret in told] == []


async def _polled(world: BotWorld, said: io.StringIO) -> None:
    """Let the poller run until it says that it could not store."""
    polling = asyncio.create_task(world.poller.run())
    while "updates_not_stored" not in said.getvalue():  # noqa: ASYNC110 - nothing else tells
        await asyncio.sleep(0)
    polling.cancel()
    await asyncio.gather(polling, return_exceptions=True)


def alert(db: Db, athlete_id: int, now: datetime) -> None:
    """Put an alert about the athlete into the outbox."""
    told = CoachAlert(MARIA, athlete_id, "red_flag", 9, 3, None, now, "UTC")
    alerts.alert_coaches(db, athlete_id, told, "a1", now)
