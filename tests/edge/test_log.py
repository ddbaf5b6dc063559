"""What the log tells of a session: event words and ids, nothing of a person."""

from datetime import timedelta

from structlog.testing import capture_logs

from bot.protocol.dose.dose import Dose
from telegram_sandbox import Fault
from testkit.virtual import MONDAY
from testkit.world import BotWorld


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
