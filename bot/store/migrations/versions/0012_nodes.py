"""which node leads, and which stand by."""

import sqlalchemy as sa
import sqlmodel.sql.sqltypes
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    text = sqlmodel.sql.sqltypes.AutoString()
    moment = sqlmodel.sql.sqltypes.UTCDateTime()
    op.create_table(
        "lease",
        sa.Column("name", text, nullable=False),
        sa.Column("epoch", sa.BigInteger(), nullable=False),
        sa.Column("holder", text, nullable=False),
        sa.Column("since", moment, nullable=False),
        sa.Column("at", moment, nullable=True),
        sa.Column("writer_pid", sa.Integer(), nullable=False),
        sa.Column("writer_began", moment, nullable=False),
        sa.Column("beat_pid", sa.Integer(), nullable=False),
        sa.Column("beat_began", moment, nullable=False),
        sa.PrimaryKeyConstraint("name"),
        sqlite_strict=True,
    )
    op.create_table(
        "node",
        sa.Column("name", text, nullable=False),
        sa.Column("at", moment, nullable=False),
        sa.Column("reached_at", moment, nullable=True),
        sa.PrimaryKeyConstraint("name"),
        sqlite_strict=True,
    )
