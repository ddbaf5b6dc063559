"""cues by sound: an athlete's wish, a session that has it, holds timed by a clip."""

from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # A check is altered where it is written: the copy that is usual would drop the table, and with
    # it, by their references, all holds and answers. See sqlite.org/lang_altertable.html, 7.
    op.execute("PRAGMA writable_schema = ON")
    op.execute(
        "UPDATE sqlite_schema SET sql = replace(replace(sql, "
        "'''resting''', '''resting'', ''clip'''), '''late''', '''late'', ''sound''') "
        "WHERE type = 'table' AND name = 'session'"
    )
    op.execute("PRAGMA writable_schema = OFF")
    op.execute("ALTER TABLE session ADD COLUMN sound INTEGER DEFAULT 0 NOT NULL")
    op.execute(
        "ALTER TABLE hold ADD COLUMN timed_by TEXT DEFAULT 'cue' NOT NULL "
        "CONSTRAINT timed_by_known CHECK (timed_by IN ('cue', 'clip'))"
    )
    op.execute(
        "ALTER TABLE athlete ADD COLUMN cues TEXT DEFAULT 'full' NOT NULL "
        "CONSTRAINT cues_known CHECK (cues IN ('full', 'short', 'sound'))"
    )
    op.execute("UPDATE athlete SET cues = 'short' WHERE NOT full_cues")
    op.execute("ALTER TABLE athlete DROP COLUMN full_cues")
