"""What an athlete sees of the own load: the last days, and what a coach asks to leave out."""

from collections.abc import Collection
from datetime import date, timedelta

from sqlmodel import Session as Db

from bot.protocol.load.entries import LATEST, Extra, LoadEntry, LoadFigures
from bot.store import load as rows_of
from bot.store import restrictions
from bot.training.load.messages import LeftOut, LoadShown, NotedLoad

_DAY = timedelta(days=1)


def shown(db: Db, athlete_id: int, today: date) -> LoadShown:
    """Return the last seven days, beside the seven before, and 28."""
    rows = rows_of.rows(db, athlete_id, today - 27 * _DAY, today)
    entries = [rows_of.entry_of(one) for one in rows]
    week = today - 6 * _DAY
    return LoadShown(
        today=today,
        entries=tuple(noted(one) for one in entries if one.day >= week),
        week=LoadFigures.of(entries, week, today),
        before=LoadFigures.of(entries, week - 7 * _DAY, week - _DAY),
        month=LoadFigures.of(entries, today - 27 * _DAY, today),
        newest=max((one.id or 0 for one in rows if today - one.local_date <= LATEST), default=None),
        left_out=left_out(db, athlete_id, tuple(Extra), today),
    )


def noted(entry: LoadEntry) -> NotedLoad:
    """Return an entry as it is told."""
    return NotedLoad(
        entry.day,
        entry.kind,
        entry.minutes,
        entry.effort,
        tuple(one for one in Extra if one in entry.extras),
        entry.metres,
        entry.climb_m,
    )


def left_out(db: Db, athlete_id: int, extras: Collection[Extra], day: date) -> tuple[LeftOut, ...]:
    """Return which of these extras a coach asks to leave out on a day, and until when."""
    return tuple(
        LeftOut(Extra(one.extra), one.until_day, one.until_stage)
        for one in restrictions.standing(db, athlete_id, day)
        if restrictions.covers(Extra(one.extra), extras)
    )
