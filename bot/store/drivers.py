"""The driver for an address: that of servers is loaded only where one is named."""

from sqlalchemy import Engine

from bot.store import sqlite
from bot.store.driver import Driver, Judge, is_server


def driver_of(url: str) -> Driver:
    """Return the driver for an address."""
    if is_server(url):
        from bot.store import postgresql  # noqa: PLC0415 - who has a file needs none of it

        return postgresql
    return sqlite


def open_engine(url: str, *, writes: bool, judge: Judge | None = None) -> Engine:
    """Return an engine for the database at `url`, by its driver."""
    return driver_of(url).open_engine(url, writes=writes, judge=judge)
