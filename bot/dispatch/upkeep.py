"""What is done by the hour: what is not needed any more is emptied or forgotten."""

from collections.abc import Collection
from datetime import datetime
from typing import Final

from sqlmodel import Session as Db

from bot.accounts.enrolment import form
from bot.accounts.invites import redact
from bot.accounts.invites.redact import with_links
from bot.accounts.invites.tokens import FINISH_GRACE
from bot.accounts.privacy import flow as privacy
from bot.accounts.sharing import before_joining, diary
from bot.operations import menus
from bot.programme import summary_schedule
from bot.store import inbox, outbox, wiping
from bot.training.checks import flow as checks

__all__ = ["forget", "tidy", "with_links"]

AT_ONCE: Final = 1_000
"""Of the oldest rows, so many are looked at together: whoever holds waits for no more."""


def forget(db: Db, now: datetime) -> bool:
    """Delete some of what is too old to be kept; return whether there may be more."""
    kinds = inbox.prune, inbox.prune_keys, outbox.prune
    return max(prune(db, now, AT_ONCE) for prune in kinds) > AT_ONCE // 2


def tidy(db: Db, now: datetime, links: Collection[int] = ()) -> bool:
    """Empty what is not needed any more; return whether there is more to `forget`.

    `links` are the letters `with_links`, which are looked for beside the writer.
    """
    form.forget_unfinished(db, now)
    before_joining.undo_expired(db, now, FINISH_GRACE)
    redact.forget_links(db, links)
    summary_schedule.for_all(db, now)
    checks.for_all(db, now)
    diary.ask_all(db, now)
    menus.refresh(db, now)
    if privacy.forget_farewells(db):
        wiping.want(db, now)
    else:
        wiping.go_on(db)
    return forget(db, now)
