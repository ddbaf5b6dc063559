"""Many values by one statement: they go in as one JSON array, which SQLite reads row by row.

SQLAlchemy would write a parameter for each id, and work through every value of every row.
"""

import json
from collections.abc import Collection, Iterable, Sequence
from datetime import date, datetime
from typing import Any, Final

from sqlalchemy import Select, Table, bindparam, func, select, true
from sqlalchemy.dialects.sqlite import Insert, insert

from bot.store.instants import written

_ROW: Final = func.json_each(bindparam("given")).table_valued("value", name="given").c.value
THESE: Final[Select[Any]] = select(_ROW)
"""The members of the parameter `given`, which `array` makes: for `column.in_(THESE)`."""


def array(members: Collection[int]) -> str:
    """Return numbers as the parameter `given` of a statement with `THESE`."""
    return json.dumps(list(members))


def adding(table: Table, columns: Sequence[str]) -> Insert:
    """Return the statement that adds the rows of the parameter `given`, which `rows` makes."""
    values = (func.json_extract(_ROW, f"$[{place}]") for place, _ in enumerate(columns))
    # "WHERE true": else SQLite would read the ON of ON CONFLICT as that of a join.
    return insert(table).from_select(columns, select(*values).where(true()))


def rows(values: Iterable[Sequence[Any]]) -> str:
    """Return rows, each with its values in the order of the columns, for `adding`.

    Raises NaiveTimeError for a naive datetime.
    """
    return json.dumps(list(values), ensure_ascii=False, default=_stored)


def _stored(value: date) -> str:
    """Return a day or an instant as the tables have it."""
    if isinstance(value, datetime):
        return written(value)
    return value.isoformat()
