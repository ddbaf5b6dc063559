"""What is done by the hour: what is not needed any more is emptied or forgotten."""

from datetime import datetime

from sqlmodel import Session as Db

from bot.flows import enrol, link_letters, privacy
from bot.flows.house import menus
from bot.flows.summaries import schedule
from bot.store import inbox, outbox, seen


def tidy(db: Db, now: datetime) -> None:
    """Empty what is not needed any more."""
    inbox.prune(db, now)
    outbox.prune(db, now)
    seen.prune(db, now)
    enrol.forget_unfinished(db, now)
    link_letters.forget_links(db)
    privacy.forget_farewells(db)
    schedule.for_all(db, now)
    menus.refresh(db, now)
