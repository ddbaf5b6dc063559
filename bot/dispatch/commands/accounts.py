"""Commands about who is who: invitations, accounts, roles, coaching, messages to all."""

from typing import Final

from bot.accounts.audit import flow as audit
from bot.accounts.broadcast import flow as broadcast
from bot.accounts.invites import command as invite_command
from bot.accounts.invites import relink
from bot.accounts.people import flow as people_list
from bot.accounts.removal import flow as removal
from bot.accounts.sharing import by_admin
from bot.conversation.command import ADMIN, Command, CommandCall


def _invite(asked: CommandCall) -> None:
    invite_command.invite(asked.turn, asked.words, asked.rules.bot_username)


def _relink(asked: CommandCall) -> None:
    relink.relink(asked.turn, asked.words, asked.rules.bot_username)


ACCOUNTS: Final = {
    "people": Command(
        lambda asked: people_list.people(asked.turn, asked.words),
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
        lambda asked: invite_command.invites(asked.turn, asked.words),
        ADMIN,
        "Links that are open",
        "the links nobody has used yet, to revoke them",
    ),
    "assign": Command(
        lambda asked: by_admin.assign(asked.turn, asked.words),
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
        lambda asked: removal.remove(asked.turn, asked.words),
        ADMIN,
        "Take somebody's role away",
        "remove an athlete, coach or admin: /remove Runa",
        named=True,
    ),
    "broadcast": Command(
        lambda asked: broadcast.broadcast(asked.turn, asked.words),
        ADMIN,
        "Write to all athletes, coaches or admins",
        "one message to all of them: /broadcast athletes No holds on Sunday.",
    ),
    "audit": Command(
        lambda asked: audit.audit(asked.turn, asked.words),
        ADMIN,
        "Who changed what",
        "who changed what, newest first: /audit, /audit Runa",
        named=True,
    ),
}
"""The admin's commands about people."""
