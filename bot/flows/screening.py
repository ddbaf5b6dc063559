"""The red-flag questions: from when they are asked until they are answered nothing is held."""

from datetime import datetime

from sqlmodel import Session as Db

from bot.flows.intents import Screen
from bot.flows.turn import Turn
from bot.store import people
from bot.store.tables import AthleteRow


def opened(db: Db, athlete_id: int, why: str, now: datetime) -> Screen:
    """Open the questions, anew if they are open already, and return them.

    Each asking has a stamp of its own: "none of these" answers the newest alone.
    """
    athlete = people.athlete(db, athlete_id)
    athlete.screen_open_at = now
    db.add(athlete)
    db.flush()
    return Screen(why, stamp(athlete))


def stamp(athlete: AthleteRow) -> int:
    """Return the number of the questions that are open; 0 where none are."""
    asked_at = athlete.screen_open_at
    return 0 if asked_at is None else round(asked_at.timestamp() * 1000)


def ask(turn: Turn, why: str) -> None:
    """Ask for red flags, of an athlete who has no cue ahead."""
    turn.send(opened(turn.db, turn.person_id, why, turn.now))


def answered(db: Db, athlete_id: int) -> AthleteRow:
    """The questions are answered; return the athlete."""
    athlete = people.athlete(db, athlete_id)
    athlete.screen_open_at = None
    db.add(athlete)
    db.flush()
    return athlete
