"""A watch's file: kept when it is sent, read beside everything else, and stored once."""

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from typing import Final

from sqlmodel import Session as Db

from bot.conversation.interaction import Interaction
from bot.conversation.message import Reply, Say
from bot.conversation.outgoing import post
from bot.conversation.pressed import pressed
from bot.protocol.calendar.local_time import training_day
from bot.protocol.load.activities import Activity, UnreadFile, Why
from bot.protocol.load.entries import LATEST, LoadEntry, LoadKind
from bot.store import agreed, people, watch_files
from bot.store import load as rows_of
from bot.store.tables import WatchFileRow
from bot.store.watch_files import WaitingFile
from bot.training.load import consent, diary, lines, tips
from bot.training.load.messages import (
    DiaryConsentAsked,
    LoadFileDayAsked,
    LoadFileUnread,
    NotedLoad,
)

LARGEST: Final = 20 * 1024 * 1024
"""Telegram hands no larger file to a bot, in bytes."""
ENDINGS: Final = (".fit", ".gpx", ".tcx", ".gz", ".zip")
"""How a watch's file is called, perhaps packed."""
TRIES: Final = 5
MOST: Final = 5
"""Outings of one file that are kept: a triathlon has three."""
_NEVER: Final = datetime.min.replace(tzinfo=UTC)
_AGAIN: Final = timedelta(minutes=1)
_AHEAD: Final = timedelta(hours=1)
"""A clock may be so much fast; a start further ahead is no usable time."""


@dataclass(frozen=True, slots=True)
class SentFile:
    """A file in the chat that may be a watch's: how Telegram knows it, its name, its bytes."""

    file_id: str
    name: str
    size: int


def sent(turn: Interaction, file: SentFile) -> None:
    """Keep the file: it is read soon, after a session that runs; nothing waits for it."""
    turn.answer()
    if not consent.is_given(turn):
        return
    if file.size > LARGEST:
        turn.say(LoadFileUnread(Why.TOO_LARGE))
        return
    watch_files.keep(turn.db, turn.person_id, file.file_id, file.name, turn.now)


def due(db: Db, now: datetime) -> WaitingFile | None:
    """Return the file that waits longest, but of nobody who trains just now."""
    return watch_files.due(db, now)


def put_off(db: Db, row_id: int, now: datetime) -> None:
    """It could not be fetched: try again later, at last say that it could not."""
    row = db.get(WatchFileRow, row_id)
    if row is None:
        return
    row.tries += 1
    row.due_at = now + _AGAIN * 2**row.tries
    db.add(row)
    if row.tries >= TRIES:
        done(db, row_id, UnreadFile(Why.NOT_FETCHED), "", now)


def done(
    db: Db,
    row_id: int,
    found: tuple[Activity, ...] | UnreadFile,
    file_hash: str,
    now: datetime,
) -> None:
    """Store what was read, each outing once, and say so; or say why nothing could be read."""
    row = db.get(WatchFileRow, row_id)
    if row is None:
        return
    db.delete(row)
    db.flush()
    if not agreed.keeps_diary(db, row.athlete_id):  # it was sent before there was the question
        said: list[Reply] = [DiaryConsentAsked(agreed.USE)]
        found = ()
    elif isinstance(found, UnreadFile):
        said = [LoadFileUnread(found.why)]
    else:
        said = [
            _keep(db, row.athlete_id, one, file_hash, now, len(found)) for one in _newest(found)
        ]
    if not isinstance(found, UnreadFile) and len(found) > MOST:
        said.append(LoadFileUnread(Why.MORE))
    chat = people.person(db, row.athlete_id).telegram_id
    for number, reply in enumerate(said):
        post(db, chat, Say(reply), now, key=f"file{row_id}:{number}")


def _newest(found: tuple[Activity, ...]) -> list[Activity]:
    """Return the newest outings of a file, in their order; those without a time come last."""
    by_time = sorted(found, key=lambda one: (one.started_at is None, one.started_at or _NEVER))
    return by_time[-MOST:]


def _keep(db: Db, athlete_id: int, one: Activity, file_hash: str, now: datetime, of: int) -> Reply:
    """Keep an outing; of several in a file each is known by its own times alone."""
    zone = people.person(db, athlete_id).zone
    today = training_day(now, zone)
    if one.started_at is not None and one.started_at > now + _AHEAD:
        one = replace(one, started_at=None)
    known = file_hash if of == 1 else ""
    same = rows_of.same_outing(db, athlete_id, one, known or "-")
    if same is not None:
        if same.kind == LoadKind.OTHER:
            same.kind = one.kind  # the other file named no sport
            db.add(same)
        return diary.saved(db, athlete_id, same, today, again=True)
    if one.started_at is None:
        return _day_asked(one, known, today)
    day = training_day(one.started_at, zone)
    if today - day > LATEST:
        noted = NotedLoad(day, one.kind, one.minutes, one.effort, (), one.metres, one.climb_m)
        return LoadFileUnread(Why.TOO_OLD, noted, today)
    return _store(db, athlete_id, one, min(day, today), known, now, today)


def _store(
    db: Db,
    athlete_id: int,
    one: Activity,
    day: date,
    file_hash: str,
    now: datetime,
    today: date,
) -> Reply:
    entry = LoadEntry(
        day=day,
        kind=one.kind,
        minutes=one.minutes,
        effort=one.effort,
        metres=one.metres,
        climb_m=one.climb_m,
        started_at=one.started_at,
        extras=diary.put_nothing_away(db, athlete_id, day),
    )
    row = rows_of.keep(
        db, athlete_id, entry, now, seconds=one.moving_s, file_hash=file_hash or None
    )
    tip = tips.after_run(db, athlete_id, entry, now)
    twin = rows_of.twin(db, row) is not None
    return diary.saved(db, athlete_id, row, today, cut=one.cut, tip=tip, twin=twin)


def _day_asked(one: Activity, file_hash: str, today: date) -> LoadFileDayAsked:
    return LoadFileDayAsked(
        kind=one.kind,
        seconds=one.moving_s,
        metres=one.metres,
        climb_m=one.climb_m,
        effort=one.effort,
        cut=one.cut,
        hash=file_hash,
        today=today,
    )


def on_day(turn: Interaction, ago: int) -> None:
    """A button: a file without a usable time is of the day so many days before it was asked."""
    if not consent.is_given(turn):
        return
    found = pressed(turn, LoadFileDayAsked)
    if found is None:
        turn.expired()
        return
    asked, today = found[1], lines.today_of(turn)
    day = asked.today - timedelta(days=ago)
    if today - day > LATEST:
        turn.expired()
        return
    outing = Activity(
        kind=asked.kind,
        started_at=None,
        moving_s=asked.seconds,
        metres=asked.metres,
        climb_m=asked.climb_m,
        effort=asked.effort,
        cut=asked.cut,
    )
    turn.answer()
    same = rows_of.same_outing(turn.db, turn.person_id, outing, asked.hash or "-")
    if same is not None:
        turn.show(diary.saved(turn.db, turn.person_id, same, today, again=True))
        return
    turn.show(_store(turn.db, turn.person_id, outing, day, asked.hash, turn.now, today))


def is_watchs(name: str) -> bool:
    """Whether a file's name is like those of a watch."""
    return name.casefold().endswith(ENDINGS)
