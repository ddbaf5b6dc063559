"""Words of the replies that several capabilities give."""

from typing import Final

from bot.conversation.replies import CommandCancelled, NotAllowed
from bot.conversation.words import Words

WORDS: Final = Words()

WORDS.plain(NotAllowed, "That is not possible here. /help shows what you can do.")
WORDS.plain(CommandCancelled, "Nothing was changed.")
