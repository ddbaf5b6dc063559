"""The offer of what can be done with words, found again behind its buttons."""

from typing import Any, Final

from bot.conversation.interaction import Turn
from bot.store import outbox

TOPIC: Final = "words_offer"


def is_one(turn: Turn) -> bool:
    """Whether the button that was pressed is an offer's: the others stay."""
    return letter(turn) is not None


def letter(turn: Turn) -> tuple[str, str, dict[str, Any]] | None:
    """Return key, kind and values of the offer whose button was pressed, if it is one."""
    if turn.message_id is None:
        return None
    found = outbox.of_message(turn.db, turn.chat_id, turn.message_id)
    return found if found is not None and found[2].get("topic") == TOPIC else None
