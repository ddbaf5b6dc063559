"""A made-up next version: one more migration, in a copy of the folder of them."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final
from unittest.mock import patch

from bot.store import schema, steps

HEAD: Final = '''"""made up."""

import sqlalchemy as sa

from bot.store import expanding

revision = "{own}"
down_revision = "{before}"
branch_labels = None
depends_on = None


def upgrade() -> None:
'''
EXPANDS: Final = """
    expanding.add_column("athlete", sa.Column("weight_kg", sa.Float(), nullable=True))
    expanding.create_table(
        "scale",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("athlete_id", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["athlete_id"], ["athlete.person_id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id"),
    )
    expanding.create_index("athlete_weight", "athlete", ["weight_kg"])
"""
"""What the next version adds."""


def migration(scripts: Path, text: str = EXPANDS) -> str:
    """Put the next migration into a folder of Alembic's; return its revision."""
    versions = scripts / "versions"
    before = max(path.name.partition("_")[0] for path in versions.glob("[0-9]*_*.py"))
    own = f"{int(before) + 1:04}"
    head = HEAD.format(own=own, before=before)
    (versions / f"{own}_made_up.py").write_text(head + text, encoding="utf-8")
    return own


@contextmanager
def version(folder: Path, text: str = EXPANDS, *, alone: bool = False) -> Iterator[str]:
    """Be the next version in the block, which migrates by `text`; yields its revision.

    This one can work on its tables too, unless it can `alone`.
    """
    scripts = folder / "migrations"
    shutil.copytree(steps.SCRIPTS, scripts, ignore=shutil.ignore_patterns("__pycache__"))
    own = migration(scripts, text)
    with (
        patch.object(schema, "READABLE_SINCE", own if alone else schema.newest()),
        patch.object(schema, "VERSIONS", scripts / "versions"),
        patch.object(steps, "SCRIPTS", scripts),
    ):
        yield own
