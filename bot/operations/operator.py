"""Who runs this bot, as the settings say: people read it before they agree to anything."""

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlmodel import Session as Db

from bot.store import facts

OPERATOR: Final = "operator"


@dataclass(frozen=True, slots=True)
class Operator:
    """Who runs this bot, and how to reach them; empty where the settings do not say."""

    name: str = ""
    contact: str = ""


def note(db: Db, found: Operator, now: datetime) -> None:
    """Store what the settings say; at every start."""
    facts.set_fact(db, OPERATOR, json.dumps([found.name, found.contact]), now)


def read(db: Db) -> Operator:
    """Return what the last start was told."""
    found = facts.fact(db, OPERATOR)
    return Operator() if found is None else Operator(*json.loads(found.value))
