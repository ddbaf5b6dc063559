"""What is left after many kills: the rows of the database, as plain values to be judged."""

import json
import sqlite3
from collections.abc import Iterable
from contextlib import closing
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from telegram_sandbox import Entry
from tests.crash.athlete import WORDS

Json = dict[str, Any]
CUED: Final = ("get_set", "holding", "resting")
"""Phases with a cue ahead or running."""


@dataclass(frozen=True, slots=True)
class Kill:
    """One SIGKILL: when, how it was chosen, and what lay in the database just after it.

    `live` is session → phase, `last_letter` the newest id in the outbox. `unstored` are updates
    that Telegram was told are received and that are not in the database.
    """

    at: datetime
    how: str
    live: dict[int, str]
    last_letter: int
    unstored: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class History:
    """Everything that a run left: updates and calls as the sandbox saw them, and rows."""

    updates: list[Json]
    entries: list[Entry]
    kills: list[Kill]
    rows: dict[str, list[Json]]
    troubles: list[str] = field(default_factory=list)

    def of(self, table: str, **values: Any) -> list[Json]:
        """Return the rows of a table with these values, in the order of their ids."""
        return [row for row in self.rows[table] if all(row[k] == v for k, v in values.items())]

    def letters(self, update_id: int) -> list[Json]:
        """Return the replies to one update, each with its topic."""
        found = [row for row in self.rows["outbox"] if row["key"].startswith(f"u{update_id}:")]
        return [{**row, "topic": json.loads(row["body"]).get("topic")} for row in found]


TABLES: Final = {
    "inbox": "SELECT * FROM inbox ORDER BY update_id",
    "outbox": "SELECT * FROM outbox ORDER BY id",
    "rating": "SELECT rating.*, telegram_id AS chat FROM rating JOIN person "
    "ON person.id = athlete_id ORDER BY rating.id",
    "session": "SELECT session.*, telegram_id AS chat, pain_limit FROM session "
    "JOIN person ON person.id = session.athlete_id JOIN plan ON plan.id = plan_id "
    "ORDER BY session.id",
    "hold": "SELECT * FROM hold ORDER BY session_id, idx",
    "occurrence": "SELECT occurrence.*, telegram_id AS chat FROM occurrence "
    "JOIN person ON person.id = athlete_id ORDER BY occurrence.id",
}


def read(path: Path) -> dict[str, list[Json]]:
    """Return the rows of the tables that are judged."""
    with closing(sqlite3.connect(path)) as db:
        db.row_factory = sqlite3.Row
        return {name: [dict(row) for row in db.execute(query)] for name, query in TABLES.items()}


def killed(path: Path, how: str, at: datetime, confirmed: Iterable[int]) -> Kill:
    """Return what a kill left; `confirmed` are the updates that were confirmed by offset."""
    with closing(sqlite3.connect(path)) as db:
        live = dict(db.execute("SELECT id, phase FROM session WHERE phase <> 'closed'").fetchall())
        last = db.execute("SELECT max(id) FROM outbox").fetchone()[0] or 0
        stored = {row[0] for row in db.execute("SELECT update_id FROM inbox")}
    return Kill(at, how, live, last, tuple(sorted(set(confirmed) - stored)))


def pain_of(update: Json) -> int | None:
    """Return the pain that an update gives, by button or word, or None."""
    query = update.get("callback_query")
    if query is not None:
        version, verb, *rest = query["data"].split(":")
        return int(rest[-1]) if (version, verb) == ("1", "p") else None
    text = update.get("message", {}).get("text")
    return next((value for value, word in WORDS.items() if word == text), None)


def is_stop(update: Json) -> bool:
    """Whether an update asks to stop, by button or word."""
    query = update.get("callback_query")
    if query is not None:
        return bool(query["data"].startswith("1:x:"))
    return "stop" in update.get("message", {}).get("text", "").lower()
