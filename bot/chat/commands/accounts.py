"""Commands about who is who: invitations, accounts, roles."""

from typing import Final

from bot.chat.commands.command import ADMIN, Asked, Command
from bot.flows import invites, relinking


def _invite(asked: Asked) -> None:
    role, _, name = asked.words.partition(" ")
    invites.create(asked.turn, role, name.strip(), asked.rules.bot_username)


def _relink(asked: Asked) -> None:
    relinking.relink_by_name(asked.turn, asked.words, asked.rules.bot_username)


ACCOUNTS: Final = {
    "invite": Command(
        _invite,
        ADMIN,
        "Invite an athlete, coach or admin",
        "a link for a new athlete, coach or admin, for example /invite athlete Runa",
    ),
    "relink": Command(
        _relink,
        ADMIN,
        "Move somebody to a new Telegram account",
        "a link that moves somebody to a new Telegram account, for example /relink Runa",
        named=True,
    ),
}
