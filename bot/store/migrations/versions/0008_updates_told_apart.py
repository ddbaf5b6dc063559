"""updates are told apart by what is in them: Telegram's ids begin anew."""

from hashlib import sha256

import sqlalchemy as sa
import sqlmodel.sql.sqltypes
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    text = sqlmodel.sql.sqltypes.AutoString()
    with op.batch_alter_table("inbox", schema=None) as batch_op:
        batch_op.add_column(sa.Column("digest", text, nullable=False, server_default=""))
    inbox = sa.table("inbox", sa.column("update_id"), sa.column("payload"), sa.column("digest"))
    db = op.get_bind()
    rows = db.execute(sa.select(inbox.c.update_id, inbox.c.payload).where(inbox.c.payload != ""))
    known = [(number, _digest(number, payload)) for number, payload in rows]
    for number, digest in known:
        db.execute(sa.update(inbox).where(inbox.c.update_id == number).values(digest=digest))
    with op.batch_alter_table("inbox", schema=None) as batch_op:
        batch_op.create_index(
            "inbox_known", ["digest"], unique=True, sqlite_where=sa.text("digest != ''")
        )


def _digest(number: int, payload: str) -> str:
    return sha256(f"{number}:{payload}".encode(errors="replace")).hexdigest()
