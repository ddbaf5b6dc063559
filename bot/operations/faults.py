"""Faults that nobody sees but the log: counted, so that /status can tell an admin (F23)."""

import json
from datetime import datetime, timedelta
from typing import Final

from sqlmodel import Session as Db

from bot.store import facts

WINDOW: Final = timedelta(hours=24)
KEPT: Final = 100
"""Instants kept of each kind; more than that is shown as that many."""
_PREFIX: Final = "trouble:"


def note(db: Db, event: str, now: datetime) -> None:
    """Count a fault under the event word that the log has for it."""
    key = f"{_PREFIX}{event}"
    instants = [at.isoformat() for at in [*_instants(db, key, now), now]]
    facts.set_fact(db, key, json.dumps(instants[-KEPT:]), now)


def recent(db: Db, now: datetime) -> dict[str, int]:
    """Return how often each event was counted within 24 hours."""
    found = {row.key: len(_instants(db, row.key, now)) for row in facts.facts(db, _PREFIX)}
    return {key.removeprefix(_PREFIX): count for key, count in sorted(found.items()) if count}


def _instants(db: Db, key: str, now: datetime) -> list[datetime]:
    row = facts.fact(db, key)
    found = [] if row is None else [datetime.fromisoformat(at) for at in json.loads(row.value)]
    return [at for at in found if at > now - WINDOW]
