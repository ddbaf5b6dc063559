"""Moving a person, found by name, to another Telegram account (F66)."""

from bot.accounts.invites import tokens
from bot.accounts.people.members import members, say_roles
from bot.conversation import who
from bot.conversation.interaction import Interaction


def relink(turn: Interaction, words: str, bot_username: str) -> None:
    """/relink NAME: make the link that moves them; several who fit become buttons."""
    everyone = members(turn.db)
    named = who.one_of(turn, "relink", words, everyone, say_roles(turn.db), alone=True)
    if named is not None:
        tokens.move(turn, named.id, bot_username)
