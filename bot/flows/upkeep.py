"""What is done by the hour: old updates are emptied."""

from datetime import datetime

from sqlmodel import Session as Db

from bot.store import inbox


def tidy(db: Db, now: datetime) -> None:
    """Empty what is not needed any more."""
    inbox.prune(db, now)
