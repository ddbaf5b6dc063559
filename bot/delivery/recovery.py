"""What a former run, or another process, was sending when it ended."""

from datetime import datetime

from sqlmodel import Session as Db

from bot.delivery import results
from bot.delivery.limiter import HEARD
from bot.delivery.ports import News
from bot.store import outbox, outbox_claims, outbox_unknown
from bot.store.tables import OutboxState


def recover(db: Db, now: datetime, news: News) -> int:
    """Decide about what a former run was sending: again where safe, never a HOLD.

    What has to be heard is repeated until it is answered: nobody is left holding because the bot
    died twice. Anything else that was repeated for this reason before is not again: at most one
    message too many. What was silenced meanwhile is not either.
    """
    outbox_unknown.take_up(db, now)
    found = outbox_claims.found_sending(db)
    silenced, repeated = outbox_claims.silenced(db), outbox_claims.repeated(db)
    for letter in found:
        why = outbox.SILENCED if letter.id in silenced else outbox_claims.RESTART
        had_enough = letter.id in repeated and letter.priority > HEARD
        safe = letter.repeatable and letter.readable and letter.id not in silenced
        if safe and not had_enough:
            outbox_claims.again(db, letter.id, now, error=why)
        elif outbox_claims.settle(db, letter.id, OutboxState.UNSURE, now, error=why):
            results.tell_lost(db, news, letter, now)
    return len(found)
