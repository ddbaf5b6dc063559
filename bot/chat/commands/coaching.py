"""Commands of the coach about one athlete; an admin may use most of them too."""

from typing import Final

from bot.chat.commands.command import STAFF, Command
from bot.flows import red_flags

COACHING: Final = {
    "unlock": Command(
        lambda asked: red_flags.unlock_by_name(asked.turn, asked.words),
        STAFF,
        "Allow an athlete's sessions again",
        "let an athlete train again, for example /unlock Runa",
        named=True,
    ),
}
