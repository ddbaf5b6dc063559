"""People who type and tap, through the router, around the real database of `FlowWorld`."""

from typing import Any, Final

from sqlmodel import Session as Db
from sqlmodel import col, select

from bot.conversation.message import Message, Say
from bot.conversation.screen import Screen
from bot.dispatch.commands.catalogue import Rules
from bot.store.tables import OutboxRow
from bot.telegram import router
from bot.telegram.renderer import look
from bot.telegram.update import Manner, Said
from tests.flows.world import FlowWorld, values_of

RULES: Final = Rules("holdfast_bot", open_enrolment=False)
PRESSED: Final = 50
"""The message under which buttons are pressed: the newest of the chat."""


def types(world: FlowWorld, who: int, text: str, *, reply_to: int | None = None) -> list[Message]:
    """Let somebody type, perhaps as a reply; return what they are told."""
    said = Said(who, "", Manner.TEXT, text, reply_to=reply_to)
    return _seen(world, who, world.does(who, router.act, said, RULES, []))


def sends(world: FlowWorld, who: int, *, reply_to: int | None = None) -> list[Message]:
    """Let somebody send a picture or the like."""
    said = Said(who, "", Manner.OTHER, reply_to=reply_to)
    return _seen(world, who, world.does(who, router.act, said, RULES, []))


def taps(world: FlowWorld, who: int, data: str) -> list[Message]:
    """Let somebody press a button with this data under the newest message."""
    said = Said(who, "", Manner.PRESS, data)
    return _seen(world, who, world.presses(who, router.act, said, RULES, []))


def as_message(world: FlowWorld, chat: int, kind: str, message_id: int) -> None:
    """Let the newest letter of a kind be that message of the chat."""

    def mark(db: Db) -> None:
        query = select(OutboxRow).where(OutboxRow.chat_id == chat, OutboxRow.kind == kind)
        row = db.exec(query.order_by(col(OutboxRow.id).desc())).first()
        assert row is not None
        row.message_id = message_id
        db.add(row)

    world.run(mark)


def _seen(world: FlowWorld, who: int, told: list[Message]) -> list[Message]:
    if any(isinstance(one, Say) for one in told):
        as_message(world, who, "Say", PRESSED)
    return told


def screen(told: list[Message], topic: str, world: FlowWorld) -> Screen:
    """Return how the one reply about `topic` looks."""
    (found,) = [one for one in told if isinstance(one, Say) and one.topic == topic]
    return look(found, world.now)


def buttons(shown: Screen) -> dict[str, str]:
    """Return a screen's buttons: label → data."""
    return {button.label: button.data for row in shown.rows for button in row}


def said_about(told: list[Message]) -> list[dict[str, Any]]:
    """Return the values of all replies."""
    return [values_of(one) for one in told if isinstance(one, Say)]
