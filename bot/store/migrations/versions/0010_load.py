"""load beside the holds: diary, advice, weekly checks, restrictions, stages, watches' files."""

import sqlalchemy as sa
import sqlmodel.sql.sqltypes
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    text = sqlmodel.sql.sqltypes.AutoString()
    moment = sqlmodel.sql.sqltypes.UTCDateTime()
    op.create_table(
        "given_tip",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("athlete_id", sa.BigInteger(), nullable=False),
        sa.Column("local_date", sa.Date(), nullable=False),
        sa.Column("tip", text, nullable=False),
        sa.Column("why", text, nullable=False),
        sa.CheckConstraint(
            "tip IN ('hills', 'deadlift', 'long_run', 'stride', 'glute', 'sit')", name="tip_known"
        ),
        sa.CheckConstraint("why IN ('flare', 'often', 'long', 'turn')", name="why_known"),
        sa.ForeignKeyConstraint(["athlete_id"], ["athlete.person_id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id"),
        sqlite_autoincrement=True,
        sqlite_strict=True,
    )
    with op.batch_alter_table("given_tip", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_given_tip_athlete_id"), ["athlete_id"], unique=False)

    op.create_table(
        "load_entry",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("athlete_id", sa.BigInteger(), nullable=False),
        sa.Column("local_date", sa.Date(), nullable=False),
        sa.Column("kind", text, nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=True),
        sa.Column("effort", sa.Integer(), nullable=True),
        sa.Column("extras", text, nullable=False),
        sa.Column("metres", sa.Integer(), nullable=True),
        sa.Column("climb_m", sa.Integer(), nullable=True),
        sa.Column("at", moment, nullable=False),
        sa.Column("gone", sa.Boolean(), nullable=False),
        sa.Column("message_id", sa.BigInteger(), nullable=True),
        sa.Column("started_at", moment, nullable=True),
        sa.Column("seconds", sa.Integer(), nullable=True),
        sa.Column("hash", text, nullable=True),
        sa.CheckConstraint(
            "kind IN ('none', 'run', 'bike', 'swim', 'walk', 'strength', 'other')",
            name="kind_known",
        ),
        sa.CheckConstraint("effort BETWEEN 0 AND 10", name="effort_range"),
        sa.CheckConstraint("minutes BETWEEN 1 AND 1440", name="minutes_range"),
        sa.ForeignKeyConstraint(["athlete_id"], ["athlete.person_id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id"),
        sqlite_autoincrement=True,
        sqlite_strict=True,
    )
    with op.batch_alter_table("load_entry", schema=None) as batch_op:
        batch_op.create_index("load_entry_by_day", ["athlete_id", "local_date"], unique=False)
        batch_op.create_index(
            "load_entry_by_message",
            ["athlete_id", "message_id"],
            unique=False,
            sqlite_where=sa.text("message_id IS NOT NULL"),
        )

    op.create_table(
        "load_settings",
        sa.Column("athlete_id", sa.BigInteger(), nullable=False),
        sa.Column("tips", sa.Boolean(), nullable=False),
        sa.Column("weekly", sa.Boolean(), nullable=False),
        sa.Column("check_due_at", moment, nullable=True),
        sa.Column("stride", sa.Boolean(), nullable=False),
        sa.Column("long_hold", sa.Boolean(), nullable=False),
        sa.Column("load_test", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["athlete_id"], ["athlete.person_id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("athlete_id"),
        sqlite_strict=True,
    )
    with op.batch_alter_table("load_settings", schema=None) as batch_op:
        batch_op.create_index(
            "check_due",
            ["check_due_at"],
            unique=False,
            sqlite_where=sa.text("check_due_at IS NOT NULL"),
        )

    op.create_table(
        "load_test",
        sa.Column("athlete_id", sa.BigInteger(), nullable=False),
        sa.Column("local_date", sa.Date(), nullable=False),
        sa.Column("value", sa.Integer(), nullable=False),
        sa.Column("at", moment, nullable=False),
        sa.CheckConstraint("value BETWEEN 0 AND 10", name="value_range"),
        sa.ForeignKeyConstraint(["athlete_id"], ["athlete.person_id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("athlete_id", "local_date"),
        sqlite_strict=True,
    )
    op.create_table(
        "restriction",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("athlete_id", sa.BigInteger(), nullable=False),
        sa.Column("extra", text, nullable=False),
        sa.Column("until_day", sa.Date(), nullable=True),
        sa.Column("until_stage", sa.Integer(), nullable=True),
        sa.Column("by_id", sa.BigInteger(), nullable=True),
        sa.Column("at", moment, nullable=False),
        sa.Column("ended_at", moment, nullable=True),
        sa.CheckConstraint(
            "extra IN ('uphill', 'fast', 'trail', 'hinge', 'hinge_fast', 'sit', 'stretch')",
            name="extra_known",
        ),
        sa.CheckConstraint("until_day IS NOT NULL OR until_stage IS NOT NULL", name="has_an_end"),
        sa.ForeignKeyConstraint(["athlete_id"], ["athlete.person_id"], ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["by_id"], ["person.id"], ondelete="SET NULL"),
        sa.PrimaryKeyConstraint("id"),
        sqlite_autoincrement=True,
        sqlite_strict=True,
    )
    with op.batch_alter_table("restriction", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_restriction_athlete_id"), ["athlete_id"], unique=False)

    op.create_table(
        "watch_file",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("athlete_id", sa.BigInteger(), nullable=False),
        sa.Column("file_id", text, nullable=False),
        sa.Column("name", text, nullable=False),
        sa.Column("at", moment, nullable=False),
        sa.Column("due_at", moment, nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["athlete_id"], ["athlete.person_id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id"),
        sqlite_autoincrement=True,
        sqlite_strict=True,
    )
    with op.batch_alter_table("watch_file", schema=None) as batch_op:
        batch_op.create_index("watch_file_due", ["due_at"], unique=False)

    op.create_table(
        "weekly_check",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("athlete_id", sa.BigInteger(), nullable=False),
        sa.Column("week", text, nullable=False),
        sa.Column("asked_at", moment, nullable=False),
        sa.Column("worst", sa.Integer(), nullable=True),
        sa.Column("sit", sa.Integer(), nullable=True),
        sa.Column("better", sa.Integer(), nullable=True),
        sa.CheckConstraint("better BETWEEN -3 AND 3", name="better_range"),
        sa.CheckConstraint("worst BETWEEN 0 AND 10", name="worst_range"),
        sa.ForeignKeyConstraint(["athlete_id"], ["athlete.person_id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("athlete_id", "week"),
        sqlite_autoincrement=True,
        sqlite_strict=True,
    )
    op.execute(
        "ALTER TABLE plan ADD COLUMN stage INTEGER NOT NULL DEFAULT 1 "
        "CONSTRAINT stage_range CHECK (stage BETWEEN 1 AND 4)"
    )
