"""What is done by the hour: old updates are emptied, unfinished enrolments forgotten."""

from datetime import datetime

from sqlmodel import Session as Db

from bot.flows import enrol
from bot.store import inbox


def tidy(db: Db, now: datetime) -> None:
    """Empty what is not needed any more."""
    inbox.prune(db, now)
    enrol.forget_unfinished(db, now)
