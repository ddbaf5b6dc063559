"""A clip in the chat: it stands there as long as its question is open.

Players go on to the next older sound of a chat, so that one that is done with would be heard again.
"""

from datetime import datetime

from sqlmodel import Session as Db

from bot.conversation.message import Say
from bot.conversation.outgoing import post
from bot.store import outbox
from bot.training.messages import Clip, TakeBack


def take_back(db: Db, session_id: int, now: datetime) -> None:
    """Take a session's clip out of the chat, if it has come."""
    found = outbox.newest_of(db, session_id, Clip.kind())
    if found is not None:
        key, chat_id, message_id = found
        put_away(db, key, chat_id, message_id, now)


def is_one(db: Db, chat_id: int, message_id: int) -> bool:
    """Whether this message is a clip."""
    found = outbox.of_message(db, chat_id, message_id)
    return found is not None and found[1] == Clip.kind()


def put_away_pressed(db: Db, chat_id: int, message_id: int, now: datetime) -> None:
    """Take a clip that was answered out of the chat: also one of which nobody knew that it came."""
    found = outbox.of_message(db, chat_id, message_id)
    key = f"c{chat_id}:{message_id}" if found is None else found[0]
    put_away(db, key, chat_id, message_id, now)


def put_away(db: Db, key: str, chat_id: int, message_id: int, now: datetime) -> None:
    """Take a clip out of a chat; once only, whoever asks."""
    post(db, chat_id, TakeBack(message_id), now, key=f"{key}:back")


def sample_keys(athlete_id: int) -> str:
    """Return how the keys of an athlete's samples begin: holds as sound, to listen to."""
    return f"p{athlete_id}:sample:"


def take_samples_back(db: Db, athlete_id: int, now: datetime) -> None:
    """Take every sample out of the chat, or keep it from coming: it would be heard as a HOLD."""
    for key, chat_id, message_id in outbox.begun_with(db, sample_keys(athlete_id), Say.kind()):
        if message_id is None:
            outbox.call_off(db, key)
        else:
            put_away(db, key, chat_id, message_id, now)
