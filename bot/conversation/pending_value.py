"""Typed text that is awaited for an item: remembered, for a while, where enrolments are."""

import json
from datetime import datetime, timedelta
from typing import Any, Final

from sqlmodel import Session as Db

from bot.conversation.common.messages import LocationButtonOff
from bot.conversation.interaction import Interaction
from bot.store.tables import EnrolmentRow

WAIT: Final = timedelta(minutes=15)
"""How long a typed text is taken as the value of the item that was asked for."""
PREFIX: Final = "settings:"
"""The step stored while typed text for an item is awaited begins so."""


def waiting(db: Db, telegram_id: int, now: datetime) -> str | None:
    """Return the item whose typed value is awaited from this account, if any."""
    row = db.get(EnrolmentRow, telegram_id)
    if row is None or not row.step.startswith(PREFIX) or now - row.updated_at > WAIT:
        return None
    return row.step.removeprefix(PREFIX)


def remembered(turn: Interaction) -> dict[str, Any]:
    """Return what the open screen has to remember."""
    row = turn.db.get(EnrolmentRow, turn.who.telegram_id)
    found: dict[str, Any] = {} if row is None else json.loads(row.answers)
    return found


def wait(turn: Interaction, item: str, **answers: Any) -> None:
    """Take typed text as the value of `item` from now on."""
    row = turn.db.get(EnrolmentRow, turn.who.telegram_id) or EnrolmentRow(
        telegram_id=turn.who.telegram_id, name=turn.who.name, step="", updated_at=turn.now
    )
    row.step, row.answers, row.updated_at = f"{PREFIX}{item}", json.dumps(answers), turn.now
    turn.db.add(row)
    turn.db.flush()


def stop_waiting(turn: Interaction) -> None:
    """Await nothing any more; a location button on the screen goes."""
    row = turn.db.get(EnrolmentRow, turn.who.telegram_id)
    if row is None or not row.step.startswith(PREFIX):
        return
    if json.loads(row.answers).get("keyboard"):
        turn.say(LocationButtonOff())
    turn.db.delete(row)
    turn.db.flush()
