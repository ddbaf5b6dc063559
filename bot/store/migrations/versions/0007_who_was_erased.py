"""who was erased, by hashes; coaches for who has not joined yet."""

import sqlalchemy as sa
import sqlmodel.sql.sqltypes
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "erasure",
        sa.Column("hash", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("salt", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("listed", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("hash"),
        sqlite_strict=True,
    )
    op.create_table(
        "invite_coach",
        sa.Column("invite_id", sa.BigInteger(), nullable=False),
        sa.Column("coach_id", sa.BigInteger(), nullable=False),
        sa.Column("asked_by", sa.BigInteger(), nullable=True),
        sa.Column("asked_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["invite_id"], ["invite.id"], ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["coach_id"], ["person.id"], ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["asked_by"], ["person.id"], ondelete="SET NULL"),
        sa.PrimaryKeyConstraint("invite_id", "coach_id"),
        sqlite_strict=True,
    )
    with op.batch_alter_table("invite_coach", schema=None) as batch_op:
        batch_op.create_index("ix_invite_coach_coach_id", ["coach_id"], unique=False)
    # What was deleted before is still in free pages: the file is written anew (store/wiping.py).
    op.execute(
        "INSERT OR IGNORE INTO fact (key, value, at) "
        "SELECT 'wipe', '', strftime('%Y-%m-%d %H:%M:%f000', 'now') "
        "WHERE EXISTS (SELECT 1 FROM person)"
    )
