"""Whose database it is: the one bot that can write to the people in it, by its id.

The id is the number that the bot's token begins with, and the same for each of its tokens. Who
leads a database first stores it; who comes with another bot's token neither leads nor stands by.
"""

import re
from datetime import datetime
from typing import Final

from sqlalchemy import select
from sqlmodel import Session as Db
from sqlmodel import col

from bot.expected import Code
from bot.store import facts
from bot.store.faults import StoreError
from bot.store.tables import FactRow

KEY: Final = "bot"
"""The fact that has the bot's id."""
QUERY: Final = "SELECT value FROM fact WHERE key = 'bot'"
"""The same, for who asks before the database is opened."""
_ID: Final = re.compile(r"[0-9]{1,20}")
_STORED: Final = select(col(FactRow.value)).where(col(FactRow.key) == KEY)


class OtherBotError(StoreError):
    """The database is another bot's; `stored` is what stands there, and `bot` the token's."""

    code = Code.OTHER_BOT

    def __init__(self, stored: str, bot: str) -> None:
        super().__init__(
            f"telegram.token is one of the bot {bot}, and the database is that of {named(stored)}, "
            "which alone can write to the people in it: set a token of that bot, or another "
            "database.url; `holdfast change-bot` gives the database to another bot for good."
        )


def named(stored: str) -> str:
    """Return a bot as people are told of it. What is no id is not repeated: it may be anything."""
    return f"the bot {stored}" if _ID.fullmatch(stored) else "another bot (its id cannot be read)"


def require(stored: str | None, bot: str) -> None:
    """Raise `OtherBotError` unless what is stored is this bot's id, or nothing is."""
    if stored is not None and stored != bot:
        raise OtherBotError(stored, bot)


def stored(db: Db) -> str | None:
    """Return the id of the bot whose database it is, as it stands there; None of nobody's."""
    return db.connection().execute(_STORED).scalar_one_or_none()


def claim(db: Db, bot: str, now: datetime) -> None:
    """Store whose it is, if it is nobody's; raises `OtherBotError` where it is another's."""
    found = stored(db)
    require(found, bot)
    if found is None:
        give(db, bot, now)


def give(db: Db, bot: str, now: datetime) -> None:
    """Let it be this bot's from now on."""
    facts.set_fact(db, KEY, bot, now)
