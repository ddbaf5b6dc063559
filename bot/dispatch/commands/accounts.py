"""Commands about who is who: invitations, accounts, roles, coaching, messages to all."""

from typing import Final

from bot.accounts.audit import flow as audit
from bot.accounts.broadcast import flow as broadcast
from bot.accounts.invites import command as invite_command
from bot.accounts.invites import relink
from bot.accounts.people import flow as people_list
from bot.accounts.removal import flow as removal
from bot.accounts.sharing import by_admin
from bot.conversation.command import ADMIN, STAFF, Command, CommandCall


def _invite(asked: CommandCall) -> None:
    invite_command.invite(asked.turn, asked.words, asked.rules.bot_username)


def _relink(asked: CommandCall) -> None:
    relink.relink(asked.turn, asked.words, asked.rules.bot_username)


ACCOUNTS: Final = {
    "people": Command(
        lambda asked: people_list.people(asked.turn, asked.words),
        ADMIN,
        "Who is who, and how they are",
        "Who is who",
        named=True,
    ),
    "invite": Command(
        _invite,
        STAFF,
        "Invite somebody by a link",
        "Somebody new",
    ),
    "invites": Command(
        lambda asked: invite_command.invites(asked.turn, asked.words),
        STAFF,
        "Links that are open",
        "Somebody new",
    ),
    "assign": Command(
        lambda asked: by_admin.assign(asked.turn, asked.words),
        ADMIN,
        "Give an athlete a coach",
        "Somebody new",
        named=True,
    ),
    "relink": Command(
        _relink,
        ADMIN,
        "Move somebody to a new Telegram account",
        "A new phone, or goodbye",
        named=True,
    ),
    "remove": Command(
        lambda asked: removal.remove(asked.turn, asked.words),
        ADMIN,
        "Take somebody's role away",
        "A new phone, or goodbye",
        named=True,
    ),
    "broadcast": Command(
        lambda asked: broadcast.broadcast(asked.turn, asked.words),
        ADMIN,
        "Write to all athletes, coaches or admins",
        "A word to everybody",
    ),
    "audit": Command(
        lambda asked: audit.audit(asked.turn, asked.words),
        ADMIN,
        "Who changed what",
        "Who changed what",
        named=True,
    ),
}
"""The commands about people: the admin's, and a coach's own invitations."""
