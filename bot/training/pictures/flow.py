"""An exercise's picture goes out: by itself when it is new; as its coach shows it, if one does."""

from datetime import datetime

from sqlmodel import Session as Db

from bot.conversation.message import Say
from bot.conversation.outgoing import post
from bot.kept import OwnPicture
from bot.store import own_pictures, people
from bot.store.outbox_claims import Claimed
from bot.store.sessions import Stored
from bot.training.pictures.messages import HowTo, OwnPictureLost


def show_new(db: Db, stored: Stored, now: datetime) -> None:
    """Show what a session holds, if the athlete never held it so: before anything is asked."""
    dose = stored.value.dose
    if own_pictures.is_new(db, stored.athlete_id, stored.id, dose):
        how = HowTo.of(stored.athlete_id, dose, new=True)
        post(db, stored.chat_id, how, now, key=f"s{stored.id}:how")


def own(db: Db, intent: HowTo) -> OwnPicture | None:
    """Return what is sent in the place of the drawing, if a coach has sent something."""
    return None if intent.drawn else own_pictures.shown(db, intent.athlete_id, intent.exercise)


def lost(db: Db, letter: Claimed, intent: HowTo, now: datetime) -> bool:
    """Telegram refused a picture: show the drawing, if it was a coach's, and tell the coach.

    False where there is nothing to show instead.
    """
    if intent.drawn or own(db, intent) is None:
        return False
    by = own_pictures.forget(db, intent.athlete_id, intent.exercise)
    assert by is not None
    again = HowTo(
        intent.athlete_id,
        intent.exercise,
        intent.side,
        intent.anchor,
        intent.new,
        intent.name,
        drawn=True,
    )
    post(db, letter.chat_id, again, now, key=f"{letter.key}:drawn")
    coach, athlete = people.person(db, by), people.person(db, intent.athlete_id)
    said = OwnPictureLost(intent.athlete_id, athlete.name, intent.exercise)
    post(db, coach.telegram_id, Say(said), now, key=f"{letter.key}:lost")
    return True
