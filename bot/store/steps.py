"""Alembic's steps from one schema to the next, run in a transaction of the caller's."""

from pathlib import Path
from typing import Final

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection

SCRIPTS: Final = Path(__file__).parent / "migrations"


def config(connection: Connection | None = None) -> Config:
    """Return Alembic's configuration for a connection."""
    made = Config()
    made.set_main_option("script_location", str(SCRIPTS).replace("%", "%%"))
    made.set_main_option("path_separator", "os")
    if connection is not None:
        made.attributes["connection"] = connection
    return made


def upgrade(connection: Connection) -> None:
    """Take every step that is left."""
    command.upgrade(config(connection), "head")


def stamp(connection: Connection) -> None:
    """Note that the tables are of the newest schema."""
    command.stamp(config(connection), "head")
