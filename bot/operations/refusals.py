"""Letters that Telegram refused for being too many (429): counted by the hour, for a day.

The outbox keeps a letter's last error alone. Nothing has to be done about a few: the pace of
delivery gives way by itself. Many say that `delivery.rate` is too high.
"""

import json
from datetime import datetime, timedelta
from typing import Final

from sqlmodel import Session as Db

from bot.store import facts

KEY: Final = "too_many_requests"
_HOUR: Final = "%Y-%m-%dT%H"
_KEPT: Final = timedelta(hours=24)


def note(db: Db, now: datetime) -> None:
    """Count one refusal."""
    hours = _hours(db, now)
    this = now.strftime(_HOUR)
    hours[this] = hours.get(this, 0) + 1
    facts.set_fact(db, KEY, json.dumps(hours), now)


def recent(db: Db, now: datetime) -> int:
    """Return how many were counted within 24 hours, to the hour."""
    return sum(_hours(db, now).values())


def _hours(db: Db, now: datetime) -> dict[str, int]:
    row = facts.fact(db, KEY)
    counted: dict[str, int] = {} if row is None else json.loads(row.value)
    first = (now - _KEPT).strftime(_HOUR)
    return {hour: count for hour, count in counted.items() if hour > first}
