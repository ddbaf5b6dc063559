"""The reply whose button was pressed."""

from typing import TypeVar

from bot.conversation.interaction import Interaction
from bot.conversation.message import Reply, reply_in

_Reply = TypeVar("_Reply", bound=Reply)


def pressed(turn: Interaction, kind: type[_Reply]) -> tuple[str, _Reply] | None:
    """Return key and values of the reply whose button was pressed, if it is one of this type.

    Raises `UnreadableError` where its values are none of the type's.
    """
    letter = turn.pressed
    reply = None if letter is None else reply_in(kind, letter[2])
    return None if letter is None or reply is None else (letter[0], reply)
