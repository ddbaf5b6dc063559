"""where the tubing is fixed, what is held without it, a coach's own pictures."""

import sqlalchemy as sa
import sqlmodel.sql.sqltypes
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # Added in place: the copy that is usual would drop the tables, and by their references what
    # belongs to each plan and session.
    op.execute(
        "ALTER TABLE plan ADD COLUMN band_anchor TEXT DEFAULT 'behind' NOT NULL "
        "CONSTRAINT band_anchor_known CHECK (band_anchor IN ('behind', 'front', 'side'))"
    )
    op.execute("ALTER TABLE session ADD COLUMN exercise TEXT")
    op.execute("ALTER TABLE start ADD COLUMN exercise TEXT")
    text = sqlmodel.sql.sqltypes.AutoString()
    op.create_table(
        "own_picture",
        sa.Column("athlete_id", sa.BigInteger(), nullable=False),
        sa.Column("exercise", text, nullable=False),
        sa.Column("by_id", sa.BigInteger(), nullable=False),
        sa.Column("kind", text, nullable=False),
        sa.Column("file", text, nullable=False),
        sa.Column("at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.CheckConstraint("kind IN ('photo', 'video')", name="kind_known"),
        sa.ForeignKeyConstraint(["athlete_id"], ["athlete.person_id"], ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["by_id"], ["person.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("athlete_id", "exercise"),
        sqlite_strict=True,
    )
    with op.batch_alter_table("own_picture", schema=None) as batch_op:
        batch_op.create_index("ix_own_picture_by_id", ["by_id"], unique=False)
