"""A database that takes no new rows of a table, as a full disk would."""

from typing import Final

from sqlalchemy import text
from sqlmodel import Session as Db

from bot.store.dialect import has_file

_WHY: Final = "RAISE(ABORT, 'disk full')"
_REFUSES: Final = """
CREATE OR REPLACE FUNCTION refuses() RETURNS trigger LANGUAGE plpgsql AS
'BEGIN RAISE EXCEPTION ''disk full''; END'
"""


def refuse(db: Db, table: str) -> None:
    """Take no new rows from now on."""
    told = f"CREATE TRIGGER no_{table} BEFORE INSERT ON {table}"
    if has_file(db):
        db.connection().execute(text(f"{told} BEGIN SELECT {_WHY}; END"))
        return
    db.connection().execute(text(_REFUSES))
    db.connection().execute(text(f"{told} EXECUTE FUNCTION refuses()"))


def accept(db: Db, table: str) -> None:
    """Take them again."""
    on = "" if has_file(db) else f" ON {table}"
    db.connection().execute(text(f"DROP TRIGGER no_{table}{on}"))
