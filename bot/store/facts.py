"""Single values of this installation, and since when they are so."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import bindparam, delete, select
from sqlmodel import Session as Db
from sqlmodel import col

from bot.store.dialect import insert
from bot.store.tables import FactRow


@dataclass(frozen=True, slots=True)
class Fact:
    """A single value of this installation, and since when it is so."""

    key: str
    value: str
    at: datetime


_KEY: Final = col(FactRow.key)
_FACT: Final = select(_KEY, col(FactRow.value), col(FactRow.at))
_IS_IT: Final = col(FactRow.key) == bindparam("of")
_ONE_FACT: Final = _FACT.where(_IS_IT)
_SOME_FACTS: Final = _FACT.where(_KEY.in_(bindparam("of", expanding=True)))
_NEW_FACT: Final = insert(FactRow)
_SET_FACT: Final = _NEW_FACT.on_conflict_do_update(
    index_elements=[_KEY], set_={"value": _NEW_FACT.excluded.value, "at": _NEW_FACT.excluded.at}
)
_FORGET_FACT: Final = delete(FactRow).where(_IS_IT)


def fact(db: Db, key: str) -> Fact | None:
    """Return a single value of this installation."""
    found = db.connection().execute(_ONE_FACT, {"of": key}).one_or_none()
    return None if found is None else Fact(*found)


def some_facts(db: Db, keys: Iterable[str]) -> dict[str, Fact]:
    """Return those of these values that are stored, by their keys."""
    found = db.connection().execute(_SOME_FACTS, {"of": list(keys)})
    return {row.key: Fact(*row) for row in found}


def set_fact(db: Db, key: str, value: str, now: datetime) -> None:
    """Store a single value of this installation."""
    db.connection().execute(_SET_FACT, {"key": key, "value": value, "at": now})


def forget_fact(db: Db, key: str) -> None:
    """Forget a single value; one that is not stored is none."""
    db.connection().execute(_FORGET_FACT, {"of": key})


def facts(db: Db, prefix: str) -> list[Fact]:
    """Return the values whose keys begin with `prefix`, by their keys."""
    query = _FACT.where(_KEY.startswith(prefix, autoescape=True)).order_by(_KEY)
    return [Fact(*row) for row in db.connection().execute(query)]
