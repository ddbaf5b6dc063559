"""Lines of advice: chosen, kept as given, and put into a message that goes out anyway."""

from datetime import date, datetime
from typing import Final

from sqlmodel import Session as Db

from bot.conversation.interaction import Interaction
from bot.protocol.calendar.local_time import local
from bot.protocol.load import advice
from bot.protocol.load.advice import READS, Advice
from bot.protocol.load.entries import LoadEntry
from bot.protocol.progression.morning import Verdict, verdict
from bot.store import load as rows_of
from bot.store import load_settings, mornings, people
from bot.store.tables import MorningRow
from bot.training.load.tips_messages import TipsShown
from bot.training.pauses import stands

_ON: Final = {"": None, "on": True, "off": False}


def is_read(words: str) -> bool:
    """Whether /tips takes these words."""
    return words.strip().casefold() in _ON


def tips(turn: Interaction, words: str) -> None:
    """/tips: show whether lines of advice come, or turn them on or off."""
    wish = _ON.get(words.strip().casefold())
    row = load_settings.of_athlete(turn.db, turn.person_id)
    if wish is not None:
        row.tips = wish
        turn.db.add(row)
    turn.answer()
    turn.show(TipsShown(on=row.tips, wrong="" if is_read(words) else words))


def after_run(db: Db, athlete_id: int, entry: LoadEntry, now: datetime) -> Advice | None:
    """Return the line for what was noted, and keep that it is given."""
    if _barred(db, athlete_id, now):
        return None
    today = _today(db, athlete_id, now)
    first, last = min(entry.day, today) - READS, max(entry.day, today)
    entries = rows_of.entries(db, [athlete_id], first, last)[athlete_id]
    given = load_settings.tips(db, athlete_id)
    return _give(db, athlete_id, advice.after_run(entries, entry, today, given), today)


def after_morning(db: Db, row: MorningRow, now: datetime) -> Advice | None:
    """Return the line for a morning that was answered, where it is a flare after something noted.

    None with a stop or a red flag: a severe morning is one.
    """
    if row.asked_at is None or _barred(db, row.athlete_id, now):
        return None
    plan = people.plan(db, row.athlete_id)
    known = mornings.pains(db, [row.athlete_id], row.local_date - READS)[row.athlete_id]
    limits = {"pain_limit": plan.pain_limit, "hard_stop": plan.hard_stop}
    if verdict(known, row.local_date, **limits) is not Verdict.FLARE:
        return None
    entries = _entries(db, row.athlete_id, row.local_date)
    given, today = load_settings.tips(db, row.athlete_id), _today(db, row.athlete_id, now)
    found = advice.after_flare(entries, row.asked_at, row.local_date, given)
    return _give(db, row.athlete_id, found, today) if today >= row.local_date else None


def of_the_week(db: Db, athlete_id: int, now: datetime) -> Advice | None:
    """Return the line for the weekly check, and keep that it is given."""
    if _barred(db, athlete_id, now):
        return None
    today = _today(db, athlete_id, now)
    found = advice.of_the_week(
        _entries(db, athlete_id, today), today, load_settings.tips(db, athlete_id)
    )
    return _give(db, athlete_id, found, today)


def _give(db: Db, athlete_id: int, found: Advice | None, today: date) -> Advice | None:
    if found is not None:
        load_settings.give(db, athlete_id, found, today)
    return found


def _barred(db: Db, athlete_id: int, now: datetime) -> bool:
    """Whether something graver stands: a lock, a red flag, open questions, a pause."""
    athlete = people.athlete(db, athlete_id)
    return (
        athlete.locked_at is not None
        or athlete.screen_open_at is not None
        or athlete.erase_at is not None
        or bool(people.open_flags(db, athlete_id))
        or stands(db, athlete_id, now)
    )


def _today(db: Db, athlete_id: int, now: datetime) -> date:
    return local(now, people.person(db, athlete_id).zone).date()


def _entries(db: Db, athlete_id: int, last: date) -> list[LoadEntry]:
    return rows_of.entries(db, [athlete_id], last - READS, last)[athlete_id]
