"""From an admin's /assign to a coach's alert, over Telegram's wire."""

from bot.protocol.dose.dose import Dose
from telegram_sandbox import Fault, Person
from testkit.world import BotWorld

SHORT = Dose(hold_s=10, holds=3, rest_s=20)


async def hurts(world: BotWorld, maria: Person) -> None:
    """Begin a session and stop it with a high pain."""
    await world.say(maria, "/session")
    await world.tap(maria, "5")


async def test_an_alert_comes_only_after_the_consent(world: BotWorld) -> None:
    """Asked, not answered: nothing. Agreed: the next one. Ended: nothing again."""
    admin, kim = world.admin(), world.coach("Kim")
    maria = world.athlete(dose=SHORT)
    await world.say(admin, "/assign Maria Kim")
    assert maria.last.text.startswith("Share your training with Kim")
    question = maria.last
    await hurts(world, maria)
    assert world.heard(kim) == []
    await world.tap(maria, "Yes", on=question)
    assert world.heard(kim)[-1].startswith("Maria now shares with you")
    assert world.heard(admin)[-1] == "Maria said yes and shares with Kim."
    await world.passes(hours=24)
    before = len(world.heard(kim))
    maria.say("/flag")
    await world.settle()
    await world.tap(maria, "2", on=maria.last)
    assert len(world.heard(kim)) == before + 1
    assert "Maria" in world.heard(kim)[-1]
    await world.say(maria, "/coach off")
    assert world.heard(kim)[-1].startswith("Maria does not share with you any more")


async def test_a_broadcast_reaches_all_but_who_is_gone(world: BotWorld) -> None:
    """One progress message, edited; the one whose account is gone is counted as failed."""
    admin, maria, jonas = world.admin("Ada"), world.athlete("Maria"), world.athlete("Jonas")
    gone = Fault(kind="deactivated", method="sendMessage", chat_id=jonas.id)
    world.sandbox.faults.add(gone)
    await world.say(admin, "/broadcast athletes No holds on <Sunday>.")
    await world.tap(admin, "Send")
    await world.passes(seconds=70)
    assert maria.last.text == "Ada to all athletes:\nNo holds on <Sunday>."
    assert admin.last.text == "Done: 1 of 2 athletes got the message, 1 failed."
    assert sum("athletes got" in line or "Sending" in line for line in world.heard(admin)) == 1
