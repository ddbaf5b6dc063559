"""The session that flows and queries get."""

from functools import cache
from typing import Any

from sqlalchemy import Select, bindparam, inspect, select
from sqlalchemy.orm import Mapper
from sqlmodel import Session as Db


class FlowDb(Db):
    """A session for one flow.

    It keeps to its end what it has read by key. SQLAlchemy's own forgets a row that nobody holds,
    and reads it again.
    """

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self._kept: list[Any] = []

    def get(self, entity: Any, ident: Any, **options: Any) -> Any:
        """Return the row with this key, or None. Its statement is made once for all sessions."""
        mapper: Mapper[Any] = inspect(entity)
        key = ident if isinstance(ident, tuple) else (ident,)
        if options or mapper.identity_key_from_primary_key(key) in self.identity_map:
            return super().get(entity, ident, **options)
        names = (column.name for column in mapper.primary_key)
        found = self.scalars(_by_key(mapper), dict(zip(names, key, strict=True))).one_or_none()
        self._kept.append(found)
        return found


@cache
def _by_key(mapper: Mapper[Any]) -> Select[Any]:
    """Return the query for the row with a key."""
    keys = mapper.primary_key
    return select(mapper).where(*(column == bindparam(column.name) for column in keys))
