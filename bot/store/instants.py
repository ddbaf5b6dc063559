"""Instants in the database: as text, in UTC, without an offset."""

from datetime import UTC, datetime
from typing import Any, Final

from sqlalchemy import Dialect
from sqlalchemy.dialects.sqlite import DATETIME

from bot.protocol.calendar.local_time import utc

_LENGTH: Final = len("2026-11-23 06:00:00.000000")


def written(moment: datetime) -> str:
    """Return an instant as the tables have it; raise NaiveTimeError for a naive datetime."""
    return utc(moment).isoformat(" ", "microseconds")[:_LENGTH]


def read(text: str) -> datetime:
    """Return an instant from its text in a table."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


class Instant(DATETIME):
    """What SQLModel's and SQLAlchemy's types do to an instant, in one step instead of three.

    Nearly every statement has several.
    """

    def bind_processor(self, dialect: Dialect) -> Any:  # noqa: ARG002 - SQLAlchemy's
        """Return what writes a value."""
        return lambda moment: None if moment is None else written(moment)

    def result_processor(self, dialect: Dialect, coltype: object) -> Any:  # noqa: ARG002 - SQLAlchemy's
        """Return what reads a value."""
        return lambda text: None if text is None else read(text)
