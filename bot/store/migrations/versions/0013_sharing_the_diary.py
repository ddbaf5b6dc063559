"""whether the diary is kept and shared, where an older text was agreed to."""

import sqlalchemy as sa
import sqlmodel.sql.sqltypes
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    text = sqlmodel.sql.sqltypes.AutoString()
    moment = sqlmodel.sql.sqltypes.UTCDateTime()
    with op.batch_alter_table("athlete", schema=None) as batch_op:
        batch_op.add_column(sa.Column("diary_agreed_at", moment, nullable=True))
    with op.batch_alter_table("assignment", schema=None) as batch_op:
        batch_op.add_column(sa.Column("diary_asked", text, nullable=True))
        batch_op.add_column(sa.Column("diary_refused", text, nullable=True))
        batch_op.add_column(sa.Column("diary_at", moment, nullable=True))
