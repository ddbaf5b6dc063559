"""What is in the database, read beside the bot by a connection of the simulation's own."""

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any, Final

from sqlmodel import Session as Db

from bot.store.due_rows import earliest
from bot.store.engine import open_engine
from tests.simulation.kept import Kept, Row

SPOILED: Final = "{"
"""A letter's values that nobody can read."""
_NEXT: Final = " UNION ALL ".join(
    f"SELECT min({column}) AS at, '{table}' AS what FROM {table} WHERE {condition}"  # noqa: S608 - our own words
    for table, column, condition in (
        ("outbox", "send_at", "state = 'pending'"),
        ("session", "due_at", "due_at IS NOT NULL"),
        ("start", "due_at", "due_at IS NOT NULL"),
        ("alert", "due_at", "due_at IS NOT NULL"),
        ("occurrence", "due_at", "due_at IS NOT NULL"),
        ("morning", "due_at", "due_at IS NOT NULL"),
        ("load_settings", "check_due_at", "check_due_at IS NOT NULL"),
        ("athlete", "erase_at", "erase_at IS NOT NULL"),
        ("coach", "summary_due_at", "summary_due_at IS NOT NULL"),
        ("broadcast", "due_at", "due_at IS NOT NULL"),
    )
)
"""The bot's own question when time has to act next, without its price."""


def moment(text: Any) -> datetime:
    """Return an instant from its text, as either database writes it in UTC."""
    return datetime.fromisoformat(str(text)).replace(tzinfo=UTC)


class Ledger:
    """Reads what is committed; what is asked often is remembered until something is committed."""

    def __init__(self, kept: Kept) -> None:
        self._reading = kept.read()
        self._numbers: dict[int, int] = {}
        self._url = kept.url
        self._version: object = None
        self._next: tuple[datetime | None, datetime | None] = (None, None)
        self._kept: dict[int, Row] = {}

    def rows(self, query: str, *values: object) -> list[Row]:
        """Return the rows of a query."""
        return self._reading.rows(query, *values)

    def one(self, query: str, *values: object) -> Row | None:
        """Return the first row of a query."""
        return next(iter(self.rows(query, *values)), None)

    def next(self) -> tuple[datetime | None, datetime | None]:
        """Return when time has to act next, and when a letter is to be sent next."""
        version = self._reading.version()
        if version != self._version:
            self._version = version
            known = {row["what"]: row["at"] for row in self.rows(_NEXT) if row["at"] is not None}
            pending = known.pop("outbox", None)
            due = moment(min(known.values())) if known else None
            self._next = (due, None if pending is None else moment(pending))
        return self._next

    def spoil(self) -> str | None:
        """Make the newest letter that waits unreadable, as a failing disk would; return its key."""
        newest = "SELECT max(id) FROM outbox WHERE state = 'pending'"
        query = f"UPDATE outbox SET body = ? WHERE id = ({newest}) RETURNING key"  # noqa: S608 - our own words
        found = self.one(query, SPOILED)
        return None if found is None else str(found["key"])

    def number(self, update: int) -> int:
        """Return the number an update is stored under: its id, or a later one if it came late.

        What was erased tells its id no more: then it is the one it had.
        """
        if update not in self._numbers:
            mine = f'"update_id": {update}'
            row = self.one("SELECT payload FROM inbox WHERE update_id = ?", update)
            if row is not None and mine in row["payload"]:
                self._numbers[update] = update
            else:
                late = self.one("SELECT update_id FROM inbox WHERE payload LIKE ?", f"%{mine},%")
                if late is None:
                    return update
                self._numbers[update] = late["update_id"]
        return self._numbers[update]

    def update(self, update: int) -> Row | None:
        """Return when an update was handled, and its error; None if it was never stored.

        What was handled stays so, and is read once: the bot deletes it a week later.
        """
        if update not in self._kept:
            query = "SELECT handled_at, error FROM inbox WHERE update_id = ?"
            found = self.one(query, self.number(update))
            if found is None or found["handled_at"] is None:
                return found
            self._kept[update] = found
        return self._kept[update]

    def keep_in_mind(self, updates: Iterable[int]) -> None:
        """Keep of updates that are handled what the bot will have deleted by the end."""
        for update in updates:
            self.update(update)

    def agrees(self) -> bool:
        """Whether the bot itself names the same time to act."""
        with open_engine(self._url, writes=False).connect() as reader, Db(reader) as db:
            return earliest(db) == self.next()[0]

    def close(self) -> None:
        """Let go of the database."""
        self._reading.close()
