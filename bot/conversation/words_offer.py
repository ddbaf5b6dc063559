"""The offer of what can be done with words, found again behind its buttons."""

from bot.conversation.interaction import Interaction
from bot.conversation.offer_messages import WordsOffer
from bot.conversation.pressed import pressed


def is_one(turn: Interaction) -> bool:
    """Whether the button that was pressed is an offer's: the others stay."""
    return pressed(turn, WordsOffer) is not None
