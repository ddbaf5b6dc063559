"""the days that summaries told of; answers to mornings that were replaced."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import sqlalchemy as sa
import sqlmodel.sql.sqltypes
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "told_days",
        sa.Column("summary_id", sa.BigInteger(), nullable=False),
        sa.Column("athlete_id", sa.BigInteger(), nullable=False),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(["summary_id"], ["summary.id"], ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["athlete_id"], ["athlete.person_id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("summary_id", "athlete_id"),
        sqlite_strict=True,
    )
    with op.batch_alter_table("told_days", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_told_days_athlete_id"), ["athlete_id"], unique=False)
    op.create_table(
        "morning_edit",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("athlete_id", sa.BigInteger(), nullable=False),
        sa.Column("morning_id", sa.BigInteger(), nullable=False),
        sa.Column("value", sa.Integer(), nullable=False),
        sa.Column("at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.CheckConstraint("value BETWEEN 0 AND 10", name="value_range"),
        sa.ForeignKeyConstraint(["athlete_id"], ["athlete.person_id"], ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["morning_id"], ["morning.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id"),
        sqlite_autoincrement=True,
        sqlite_strict=True,
    )
    with op.batch_alter_table("morning_edit", schema=None) as batch_op:
        for name in ("athlete_id", "morning_id"):
            batch_op.create_index(batch_op.f(f"ix_morning_edit_{name}"), [name], unique=False)
    op.bulk_insert(_TOLD_DAYS, [_told(*row) for row in op.get_bind().execute(_NEWEST)])


_TOLD_DAYS = sa.table(
    "told_days",
    sa.column("summary_id", sa.BigInteger()),
    sa.column("athlete_id", sa.BigInteger()),
    sa.column("first_day", sa.Date()),
    sa.column("last_day", sa.Date()),
)
_NEWEST = sa.text(
    "SELECT summary.id, assignment.athlete_id, summary.as_of, person.zone FROM summary "
    "JOIN assignment ON assignment.coach_id = summary.coach_id "
    "JOIN person ON person.id = assignment.athlete_id "
    "WHERE assignment.consented_at <= summary.as_of AND assignment.ended_at IS NULL "
    "AND summary.told_at IS NOT NULL AND summary.as_of = (SELECT max(newer.as_of) FROM summary "
    "AS newer WHERE newer.coach_id = summary.coach_id AND newer.told_at IS NOT NULL)"
)
"""Each coach's newest summary that arrived, with the athletes it told of: their seven days."""


def _told(summary_id: int, athlete_id: int, as_of: str, zone: str) -> dict[str, int | date]:
    moment = datetime.fromisoformat(as_of)
    aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    last = aware.astimezone(ZoneInfo(zone)).date() - timedelta(days=1)
    return {
        "summary_id": summary_id,
        "athlete_id": athlete_id,
        "first_day": last - timedelta(days=6),
        "last_day": last,
    }
