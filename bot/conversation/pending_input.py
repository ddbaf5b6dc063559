"""A command that was asked for half: the next text that is typed completes it.

Remembered where enrolments are, so that it survives a restart; an enrolment under way is never
disturbed. Whoever uses another command meanwhile is not asked any more.
"""

import json
from datetime import timedelta
from typing import Final

from bot.conversation.interaction import Interaction
from bot.store.tables import EnrolmentRow

WAIT: Final = timedelta(minutes=15)
"""How long a typed text completes the command."""
_STEP: Final = "command:"


def await_text(turn: Interaction, command: str, words: str) -> None:
    """Take the next typed text as what follows `words` of `command`."""
    row = turn.db.get(EnrolmentRow, turn.who.telegram_id)
    if row is not None and ":" not in row.step:
        return
    row = row or EnrolmentRow(
        telegram_id=turn.who.telegram_id, name=turn.who.name, step="", updated_at=turn.now
    )
    row.step, row.answers, row.updated_at = f"{_STEP}{command}", json.dumps(words), turn.now
    turn.db.add(row)
    turn.db.flush()


def take(turn: Interaction) -> tuple[str, str] | None:
    """Return the command that waits for a text, and its words so far; it waits no longer."""
    row = turn.db.get(EnrolmentRow, turn.who.telegram_id)
    if row is None or not row.step.startswith(_STEP):
        return None
    turn.db.delete(row)
    turn.db.flush()
    if turn.now - row.updated_at > WAIT:
        return None
    return row.step.removeprefix(_STEP), json.loads(row.answers)
