"""the next letter is found by an index."""

import sqlalchemy as sa
import sqlmodel.sql.sqltypes
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
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
