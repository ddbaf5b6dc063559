"""Commands about who is who: invitations, accounts, roles, coaching, messages to all."""

from typing import Final

from bot.chat.commands.command import ADMIN, Asked, Command
from bot.flows import accounts, relinking


def _invite(asked: Asked) -> None:
    accounts.invite(asked.turn, asked.words, asked.rules.bot_username)


def _relink(asked: Asked) -> None:
    relinking.relink(asked.turn, asked.words, asked.rules.bot_username)


ACCOUNTS: Final = {
    "people": Command(
        lambda asked: accounts.people(asked.turn, asked.words),
        ADMIN,
        "Who is who, and how they are",
        "everybody, or one person: /people Runa",
        named=True,
    ),
    "invite": Command(
        _invite,
        ADMIN,
        "Invite an athlete, coach or admin",
        "a link for a new athlete, coach or admin: /invite athlete Runa",
    ),
    "invites": Command(
        lambda asked: accounts.invites(asked.turn, asked.words),
        ADMIN,
        "Links that are open",
        "the links nobody has used yet, to revoke them",
    ),
    "assign": Command(
        lambda asked: accounts.assign(asked.turn, asked.words),
        ADMIN,
        "Give an athlete a coach",
        "ask an athlete to share with a coach: /assign Runa Kim; with off at the end it stops",
        named=True,
    ),
    "relink": Command(
        _relink,
        ADMIN,
        "Move somebody to a new Telegram account",
        "a link that moves somebody to a new Telegram account: /relink Runa",
        named=True,
    ),
    "remove": Command(
        lambda asked: accounts.remove(asked.turn, asked.words),
        ADMIN,
        "Take somebody's role away",
        "remove an athlete, coach or admin: /remove Runa",
        named=True,
    ),
    "broadcast": Command(
        lambda asked: accounts.broadcast(asked.turn, asked.words),
        ADMIN,
        "Write to all athletes, coaches or admins",
        "one message to all of them: /broadcast athletes No holds on Sunday.",
    ),
    "audit": Command(
        lambda asked: accounts.audit(asked.turn, asked.words),
        ADMIN,
        "Who changed what",
        "who changed what, newest first: /audit, /audit Runa",
        named=True,
    ),
}
"""The admin's commands about people."""
