"""Who was erased, kept as salted hashes: a backup that is restored does not bring them back.

An erasure is a row of the database, and a line of the list beside the backups. A hash is of the
Telegram account, or of the row: one of the two stays when somebody moves to another account, or
when an older backup gave rows new numbers. It is slow to make, so that numbers cannot be tried out.
"""

import hashlib
import json
import os
import secrets
import sqlite3
from collections.abc import Collection, Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from sqlalchemy import select, update
from sqlmodel import Session as Db
from sqlmodel import col

from bot.store.dialect import insert
from bot.store.faults import StoreError
from bot.store.personal_data import Subject
from bot.store.tables import AthleteRow, ErasureRow, PersonRow

LIST: Final = "erasures.jsonl"
"""The file beside the backups."""
_SALT_BYTES: Final = 16


@dataclass(frozen=True, slots=True)
class Erasure:
    """Somebody was erased at an instant: the hash of what they are known by, and its salt."""

    hash: str
    salt: str
    at: datetime


_ROWS: Final = select(col(ErasureRow.hash), col(ErasureRow.salt), col(ErasureRow.at)).order_by(
    col(ErasureRow.at), col(ErasureRow.hash)
)
_NEW: Final = insert(ErasureRow)
_KEEP: Final = _NEW.on_conflict_do_update(
    index_elements=[col(ErasureRow.hash)],
    set_={"at": _NEW.excluded.at, "listed": _NEW.excluded.listed},
)
_UNLISTED: Final = _ROWS.where(col(ErasureRow.listed).is_(False))


def note(db: Db, subject: Subject, now: datetime) -> None:
    """Keep that somebody, who is still there, is erased now."""
    salt = db.connection().execute(select(col(ErasureRow.salt)).limit(1)).scalar_one_or_none()
    salt = salt or secrets.token_hex(_SALT_BYTES)
    row = db.get(PersonRow, subject.person_id)
    assert row is not None
    for identity in _identities(subject.person_id, row.telegram_id, row.created_at):
        keep(db, [Erasure(_hashed(salt, identity), salt, now)])


def keep(db: Db, known: Iterable[Erasure]) -> None:
    """Let a database know of these erasures."""
    for one in sorted(known, key=lambda one: one.at):
        values = {"hash": one.hash, "salt": one.salt, "at": one.at, "listed": False}
        db.connection().execute(_KEEP, values)


def unlisted(db: Db) -> list[Erasure]:
    """Return the erasures that may not be in the list beside the backups yet."""
    return [Erasure(*row) for row in db.connection().execute(_UNLISTED)]


def all_known(db: Db) -> list[Erasure]:
    """Return every erasure that the database knows of."""
    return [Erasure(*row) for row in db.connection().execute(_ROWS)]


def listed(db: Db, known: Iterable[Erasure]) -> None:
    """Note that these are in the list."""
    for one in known:
        row = update(ErasureRow).where(
            col(ErasureRow.hash) == one.hash, col(ErasureRow.at) == one.at
        )
        db.connection().execute(row.values(listed=True))


def erased_since(db: Db, known: Collection[Erasure]) -> list[int]:
    """Return the athletes of this database who were erased after they had enrolled."""
    at = {one.hash: one.at for one in sorted(known, key=lambda one: one.at)}
    salts = {one.salt for one in known}
    query = select(
        col(PersonRow.id),
        col(PersonRow.telegram_id),
        col(PersonRow.created_at),
        col(AthleteRow.consented_at),
    ).join(AthleteRow, col(AthleteRow.person_id) == col(PersonRow.id))
    query = query.order_by(col(PersonRow.id))
    found = []
    for person_id, telegram_id, created_at, enrolled_at in db.connection().execute(query).all():
        assert person_id is not None
        hashes = (
            _hashed(salt, identity)
            for identity in _identities(person_id, telegram_id, created_at)
            for salt in salts
        )
        if any(one in at and enrolled_at <= at[one] for one in hashes):
            found.append(person_id)
    return found


def _identities(person_id: int, telegram_id: int | None, created_at: datetime) -> Iterator[str]:
    yield f"row {person_id} {created_at.astimezone(UTC).isoformat()}"
    if telegram_id is not None:
        yield f"account {telegram_id}"


def _hashed(salt: str, identity: str) -> str:
    return hashlib.scrypt(
        identity.encode(), salt=bytes.fromhex(salt), n=2**12, r=8, p=1, dklen=16
    ).hex()


# ---- the list beside the backups ---------------------------------------------------------


def write(folder: Path, known: Iterable[Erasure]) -> None:
    """Add erasures to the list in `folder`; whole or not at all. Raises OSError, `StoreError`."""
    path = folder / LIST
    together = sorted({*read(folder), *known}, key=lambda one: (one.at, one.hash))
    lines = [json.dumps([one.hash, one.salt, one.at.isoformat()]) for one in together]
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    part = path.with_name(f"{path.name}.part")
    part.unlink(missing_ok=True)
    part.touch(mode=0o600)
    with part.open("w", encoding="ascii") as file:
        file.writelines(f"{line}\n" for line in lines)
        file.flush()
        os.fsync(file.fileno())
    part.replace(path)


def read(folder: Path) -> list[Erasure]:
    """Return the erasures of the list in `folder`; none where there is no list.

    Raises `StoreError` for a list that is damaged: nobody is brought back by that.
    """
    path = folder / LIST
    try:
        lines = path.read_text(encoding="ascii").splitlines()
        rows = [json.loads(line) for line in lines]
        return [Erasure(one, salt, datetime.fromisoformat(at)) for one, salt, at in rows]
    except FileNotFoundError:
        return []
    except (OSError, ValueError, TypeError) as error:
        raise StoreError(
            f"{path}, the list of who was erased, cannot be read. Put a good copy of it in its "
            "place; without it, erased people would be there again."
        ) from error


def known_to(database: Path, folders: Iterable[Path]) -> set[Erasure]:
    """Return the erasures of a database's file and of the lists in these folders."""
    return {*of_file(database), *(one for folder in folders for one in read(folder))}


def of_file(path: Path) -> list[Erasure]:
    """Return the erasures that a database's file knows of; none where it cannot be read."""
    if not path.exists():
        return []
    try:
        with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as found:
            rows = found.execute("SELECT hash, salt, at FROM erasure").fetchall()
            return [Erasure(one, salt, _instant(at)) for one, salt, at in rows]
    except (sqlite3.Error, ValueError):
        return []


def _instant(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)
