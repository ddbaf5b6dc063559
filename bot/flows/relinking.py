"""Moving a person, found by name, to another Telegram account (F66)."""

from bot.flows import invites, naming
from bot.flows.accounts.members import members, say_roles
from bot.flows.turn import Turn


def relink(turn: Turn, words: str, bot_username: str) -> None:
    """/relink NAME: make the link that moves them; several who fit become buttons."""
    everyone = members(turn.db)
    named = naming.one_of(turn, "relink", words, everyone, say_roles(turn.db), alone=True)
    if named is not None:
        invites.move(turn, named.id, bot_username)
