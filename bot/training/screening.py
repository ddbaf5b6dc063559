"""The red-flag questions: from when they are asked until they are answered nothing is held.

After a stop they are the last message. What is less pressing waits for the answer, or until the
time for the session's questions is over.
"""

from datetime import datetime, timedelta
from typing import Final

from sqlmodel import Session as Db

from bot.conversation.interaction import Interaction
from bot.store import outbox, people
from bot.store.tables import AthleteRow
from bot.training.messages import Chart, CoachTold, RedFlagQuestions

WAITED_FOR: Final = timedelta(minutes=15)
"""So long what is less pressing waits for the answer, as a session does for its own."""
_HELD_BACK: Final = (Chart.kind(), CoachTold.kind())


def opened(
    db: Db,
    athlete_id: int,
    why: str,
    now: datetime,
    noted: int | None = None,
    *,
    bandless: bool = False,
) -> RedFlagQuestions:
    """Open the questions, again if they are open already, and return them.

    Each asking has a stamp of its own: "none of these" answers the newest alone. `bandless` keeps
    that the session which was to begin is without the band.
    """
    athlete = people.athlete(db, athlete_id)
    athlete.screen_open_at = now
    db.add(athlete)
    db.flush()
    return RedFlagQuestions(why, stamp(athlete), noted, bandless)


def stamp(athlete: AthleteRow) -> int:
    """Return the number of the questions that are open; 0 where none are."""
    asked_at = athlete.screen_open_at
    return 0 if asked_at is None else round(asked_at.timestamp() * 1000)


def ask(turn: Interaction, why: str, noted: int | None = None, *, bandless: bool = False) -> None:
    """Ask for red flags, of an athlete who has no cue ahead; `noted` is a pain just kept."""
    turn.send(opened(turn.db, turn.person_id, why, turn.now, noted, bandless=bandless))


def hold_back(db: Db, athlete_id: int, session_id: int) -> None:
    """Let the session's picture wait for the answer."""
    asked_at = people.athlete(db, athlete_id).screen_open_at
    assert asked_at is not None
    outbox.put_off(db, session_id, Chart.kind(), asked_at + WAITED_FOR)


def over_at(db: Db, athlete_id: int, now: datetime) -> datetime:
    """Return when what is less pressing than open questions may come: now, where none are."""
    asked_at = people.athlete(db, athlete_id).screen_open_at
    return now if asked_at is None else max(now, asked_at + WAITED_FOR)


def answered(db: Db, athlete_id: int, now: datetime) -> AthleteRow:
    """The questions are answered; return the athlete. What waited for that goes now."""
    athlete, chat_id = people.athlete(db, athlete_id), people.person(db, athlete_id).telegram_id
    athlete.screen_open_at = None
    db.add(athlete)
    db.flush()
    if chat_id is not None:
        outbox.hurry(db, chat_id, _HELD_BACK, now)
    return athlete
