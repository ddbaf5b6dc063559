"""the next letter is found by an index; starts in line."""

import sqlalchemy as sa
import sqlmodel.sql.sqltypes
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "start",
        sa.Column("athlete_id", sa.BigInteger(), nullable=False),
        sa.Column("occurrence_id", sa.BigInteger(), nullable=True),
        sa.Column("asked_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("due_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["athlete_id"], ["athlete.person_id"], ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["occurrence_id"], ["occurrence.id"], ondelete="SET NULL"),
        sa.PrimaryKeyConstraint("athlete_id"),
        sqlite_strict=True,
    )
    with op.batch_alter_table("start", schema=None) as batch_op:
        batch_op.create_index("start_due", ["due_at"], unique=False)
    with op.batch_alter_table("outbox", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column(
                "deadline",
                sqlmodel.sql.sqltypes.UTCDateTime(),
                nullable=False,
                server_default="",
            )
        )
    op.execute("UPDATE outbox SET deadline = coalesce(not_after, due)")
    with op.batch_alter_table("outbox", schema=None) as batch_op:
        batch_op.create_index(
            "outbox_next",
            ["priority", "deadline", "id"],
            unique=False,
            sqlite_where=sa.text("state = 'pending'"),
        )
        batch_op.create_index(
            "outbox_rewriting",
            ["edits"],
            unique=False,
            sqlite_where=sa.text("state = 'pending' AND edits IS NOT NULL"),
        )
