"""Telling somebody else what one person's turn changed for them."""

from bot.conversation.interaction import Interaction
from bot.conversation.message import Reply, Say
from bot.conversation.outgoing import posted
from bot.store import people


def tell(turn: Interaction, person_id: int, reply: Reply) -> bool:
    """Send `reply` to somebody else; whether the message has anywhere to go.

    Nothing is sent to someone who cannot be reached.
    """
    person = people.person(turn.db, person_id)
    if person.unreachable_since is not None:
        return False
    key = f"u{turn.update_id}:{reply.topic}:{person_id}"
    return posted(turn.db, person.telegram_id, Say(reply), turn.now, key=key)
