"""Who leads on a server: the lease, its beat, and the nodes that stand by.

The right to write is the advisory lock, and the connection that writes holds it: the server lets
nobody else have it before that connection is ended and its transaction taken back. So no
transaction checks the epoch: its own connection is the proof, and a check `FOR SHARE` would make
the beat wait for whatever is being written.

The lease says since when who leads, and with which connections; its beat says that they still do.
Whoever finds the beat old ends these two connections, and no others: a process id is given anew,
so it counts together with when it began.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlmodel import Session as Db

from bot.expected import Code
from bot.store.driver import raw
from bot.store.faults import StoreError
from bot.store.postgresql import connect
from bot.store.server import LEADS, TRY_TO_LEAD
from bot.store.server_connection import ServerConnection
from bot.store.server_schema import VERSIONS, is_usable

OLD_S: Final = 2.5
"""A beat that was heard so long ago is that of a node which hangs, or is cut off."""
_OPTIONS: Final = {"connect_timeout": "2", "tcp_user_timeout": "1500"}
_SETTINGS: Final = """
SELECT set_config('lock_timeout', '1s', false), set_config('statement_timeout', '2s', false),
    set_config('synchronous_commit', 'off', false)
"""
"""A beat that a crash takes back is an older one: nothing waits for the disk."""
_SELF: Final = """
SELECT pid, backend_start FROM pg_stat_activity WHERE pid = pg_backend_pid()
"""
_TAKE: Final = """
WITH former AS (
    SELECT lease.at, reached_at FROM lease LEFT JOIN node ON node.name = holder
    WHERE lease.name = 'bot'
),
me AS (SELECT pid, backend_start FROM pg_stat_activity WHERE pid = pg_backend_pid())
INSERT INTO lease AS held
    (name, epoch, holder, since, at, writer_pid, writer_began, beat_pid, beat_began)
SELECT 'bot', 1, %(node)s, clock_timestamp(), clock_timestamp(), me.pid, me.backend_start,
    %(beat_pid)s, %(beat_began)s FROM me
ON CONFLICT (name) DO UPDATE SET epoch = held.epoch + 1, holder = excluded.holder,
    since = excluded.since, at = excluded.at, writer_pid = excluded.writer_pid,
    writer_began = excluded.writer_began, beat_pid = excluded.beat_pid,
    beat_began = excluded.beat_began
RETURNING epoch, (SELECT at FROM former), (SELECT reached_at FROM former)
"""
_TIDY: Final = "DELETE FROM node WHERE at < clock_timestamp() - interval '1 day'"
_BEAT: Final = """
WITH mine AS (
    UPDATE lease SET at = clock_timestamp(), beat_pid = %(pid)s, beat_began = %(began)s
    WHERE name = 'bot' AND epoch = %(epoch)s RETURNING at
), seen AS (
    INSERT INTO node AS kept (name, at, reached_at)
    SELECT %(node)s, at, CASE WHEN %(reaches)s THEN at END FROM mine
    ON CONFLICT (name) DO UPDATE SET at = excluded.at,
        reached_at = coalesce(excluded.reached_at, kept.reached_at)
)
SELECT mine.at, count(node.name),
    count(node.name) FILTER (WHERE node.reached_at > mine.at - %(live)s::interval)
FROM mine LEFT JOIN node
    ON node.name <> %(node)s AND node.at > mine.at - %(live)s::interval
GROUP BY mine.at
"""
_STAND_BY: Final = """
WITH me AS (
    INSERT INTO node AS kept (name, at, reached_at)
    SELECT %(node)s, now.at, CASE WHEN %(reaches)s THEN now.at END
    FROM (SELECT clock_timestamp() AS at) now
    ON CONFLICT (name) DO UPDATE SET at = excluded.at,
        reached_at = coalesce(excluded.reached_at, kept.reached_at)
    RETURNING at
)
SELECT me.at, lease.epoch, lease.holder, extract(epoch FROM me.at - lease.at)::float8,
    coalesce(leader.reached_at < leader.at, leader.name IS NOT NULL),
    (SELECT count(*) FROM node WHERE name <> %(node)s AND node.at > me.at - %(live)s::interval),
    (SELECT value FROM fact WHERE key = 'bot')
FROM me LEFT JOIN lease ON lease.name = 'bot' LEFT JOIN node leader ON leader.name = lease.holder
"""
_END: Final = """
SELECT count(pg_terminate_backend(pid)) FROM lease JOIN pg_stat_activity process
    ON (pid, backend_start) IN ((writer_pid, writer_began), (beat_pid, beat_began))
WHERE lease.name = 'bot' AND lease.at < clock_timestamp() - %(old)s::interval
"""
_EPOCH: Final = "SELECT epoch FROM lease WHERE name = 'bot'"
_GIVE_BACK: Final = "UPDATE lease SET at = NULL WHERE name = 'bot' AND epoch = %(epoch)s"
_LEAVE: Final = "DELETE FROM node WHERE name = %(node)s"
LIVE: Final = "2 seconds"
"""Who was there within this time is taken to be there."""


class OtherSchemaError(StoreError):
    """The tables are those of another version by now, not read here: it is to be begun anew."""

    code = Code.SERVER_AWAY


@dataclass(frozen=True, slots=True)
class Process:
    """A connection's process on the server: its id, and when it began."""

    pid: int
    began: datetime


@dataclass(frozen=True, slots=True)
class Won:
    """A term that begins: its epoch, and when the last one beat; None after an end in order.

    `reached_at` is when who led then did not know yet that it does not reach Telegram.
    """

    epoch: int
    beat_at: datetime | None
    reached_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Beaten:
    """A beat that counted: the database's time, others that are there, and reach Telegram."""

    at: datetime
    others: int
    reaching: int


@dataclass(frozen=True, slots=True)
class LookedAt:
    """What a node that stands by sees. `beat_age_s` is None where nobody has led, or all ended.

    `cut_off`: the node that leads does not reach Telegram. `bot`: whose the database is, by now.
    """

    at: datetime
    epoch: int
    holder: str
    beat_age_s: float | None
    cut_off: bool
    others: int
    bot: str | None = None


def open_line(url: str) -> ServerConnection:
    """Return a connection for beats and looks: one that gives up soon. Raises `StoreError`."""
    made = connect(url, **_OPTIONS)
    made.execute(_SETTINGS)
    return made


def process_of(line: ServerConnection) -> Process:
    """Return the process that serves a connection."""
    row: Any = line.execute(_SELF).fetchone()
    return Process(*row)


def take(db: Db, node: str, beat: Process) -> Won | None:
    """Begin a term, if nobody leads: by the lock, which this connection has from now on.

    Raises `OtherSchemaError` where another version has changed the tables since they were looked
    at; the lock is free again when the connection is closed.
    """
    with raw(db.connection()).cursor() as cursor:
        if not cursor.execute(TRY_TO_LEAD, (LEADS,)).fetchone()[0]:
            return None
        if not is_usable(cursor.execute(VERSIONS).fetchall()):
            raise OtherSchemaError
        values = {"node": node, "beat_pid": beat.pid, "beat_began": beat.began}
        row = cursor.execute(_TAKE, values).fetchone()
        cursor.execute(_TIDY)
        return Won(*row)


def try_to_lead(db: Db) -> bool:
    """Take the lock alone, if nobody has it: where there are no tables yet, or older ones."""
    with raw(db.connection()).cursor() as cursor:
        return bool(cursor.execute(TRY_TO_LEAD, (LEADS,)).fetchone()[0])


def beat(
    line: ServerConnection, node: str, process: Process, epoch: int, *, reaches: bool
) -> Beaten | None:
    """Say that the term goes on; None where it is over. `reaches`: Telegram was reached lately."""
    values = {
        "node": node,
        "pid": process.pid,
        "began": process.began,
        "epoch": epoch,
        "reaches": reaches,
        "live": LIVE,
    }
    row = line.execute(_BEAT, values).fetchone()
    return None if row is None else Beaten(*row)


def epoch(line: ServerConnection) -> int:
    """Return the number of the newest term."""
    row = line.execute(_EPOCH).fetchone()
    return 0 if row is None else int(row[0])


def stand_by(line: ServerConnection, node: str, *, reaches: bool) -> LookedAt:
    """Say that this node is there, and look who leads."""
    row: Any = line.execute(_STAND_BY, {"node": node, "reaches": reaches, "live": LIVE}).fetchone()
    at, epoch, holder, age, cut_off, others, bot = row
    return LookedAt(at, epoch or 0, holder or "", age, cut_off, others, bot)


def end_holder(line: ServerConnection) -> int:
    """End the connections of who leads, if its beat is old by now; return how many were."""
    row: Any = line.execute(_END, {"old": f"{OLD_S} seconds"}).fetchone()
    return int(row[0])


def give_back(line: ServerConnection, epoch: int) -> None:
    """Note that the term has ended in order, and nobody goes on: the next one is a start."""
    line.execute(_GIVE_BACK, {"epoch": epoch})


def leave(line: ServerConnection, node: str) -> None:
    """This node ends."""
    line.execute(_LEAVE, {"node": node})
