"""Whose a row is, and who changes it: every single change is seen as it is made."""

import json
from collections.abc import Callable, Mapping
from typing import Any, Final

from sqlmodel import Session as Db
from sqlmodel import SQLModel

from bot.store.driver import raw
from bot.store.engine import Store
from testkit import database, postgresql
from tests.hostile.people import EVE, MARIAS_SESSION, ids

FREE: Final = frozenset({"inbox", "seen", "outbox", "fact"})
"""Tables that everybody who writes leaves rows in; what they hold is looked at otherwise."""
TABLES: Final = tuple(one for one in SQLModel.metadata.sorted_tables if one.name not in FREE)
Row = Mapping[str, Any]
Snapshot = dict[str, list[tuple[Any, ...]]]
_SIDES: Final = {"INSERT": ("NEW",), "UPDATE": ("OLD", "NEW"), "DELETE": ("OLD",)}


def watch(store: Store, changes: Callable[[str, Row], None]) -> None:
    """Call `changes` with table and row for whatever `store` changes: as it was, and as it is."""
    assert store._connection is not None
    driver = raw(store._connection)
    if not database.is_file():
        _listen(driver, changes)
        return
    driver.create_function("changes", 2, lambda table, row: changes(table, json.loads(row)))
    for table in TABLES:
        for change, sides in _SIDES.items():
            calls = [
                f"SELECT changes('{table.name}', json_object({_columns(table, side)}));"
                for side in sides
            ]
            driver.execute(
                f"CREATE TEMP TRIGGER {table.name}_{change} AFTER {change} ON main.{table.name} "
                f"BEGIN {' '.join(calls)} END"
            )


_TELLS: Final = """
CREATE OR REPLACE FUNCTION tells() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF TG_OP <> 'INSERT' THEN
        RAISE NOTICE '%', json_build_array(TG_TABLE_NAME, to_json(OLD));
    END IF;
    IF TG_OP <> 'DELETE' THEN
        RAISE NOTICE '%', json_build_array(TG_TABLE_NAME, to_json(NEW));
    END IF;
    RETURN NULL;
END $$
"""


def _listen(driver: Any, changes: Callable[[str, Row], None]) -> None:
    """Do the same on a server, which tells of each change as it is made."""
    driver.add_notice_handler(lambda told: changes(*json.loads(told.message_primary)))
    with postgresql.server().connect(driver.info.dbname) as connection:
        connection.execute(_TELLS)
        for table in TABLES:
            connection.execute(
                f"CREATE TRIGGER tells AFTER INSERT OR UPDATE OR DELETE ON {table.name} "
                "FOR EACH ROW EXECUTE FUNCTION tells()"
            )


def _columns(table: Any, side: str) -> str:
    return ", ".join(f"'{one.name}', {side}.{one.name}" for one in table.columns)


def is_own(table: str, row: Row, own: set[int], telegram_ids: set[int]) -> bool:
    """Whether a row is about nobody but these people: their ids, and those in Telegram."""
    if table == "person":
        return row["id"] in own
    if table == "enrolment":  # where a typed value of one's own is awaited
        return row["telegram_id"] in telegram_ids
    if table == "audit":
        return row["actor_id"] in own and row["subject_id"] in {*own, None}
    if table == "hold":  # only two have ever trained
        return EVE in telegram_ids and row["session_id"] != MARIAS_SESSION
    if table == "assignment":
        return False
    return any(row.get(column) in own for column in ("athlete_id", "person_id"))


def protected(db: Db, telegram_ids: set[int]) -> Snapshot:
    """Return every row that is not these people's own."""
    own = ids(db, telegram_ids)
    found: Snapshot = {}
    for table in TABLES:
        rows = db.connection().execute(table.select()).mappings().all()
        found[table.name] = [
            tuple(row.values())
            for row in rows
            if not is_own(table.name, dict(row), own, telegram_ids)
        ]
    return found
