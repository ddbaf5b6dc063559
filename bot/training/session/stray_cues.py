"""A cue that came too late: it is taken back, and the last word is said again.

Whatever the network does, the last cue that an athlete sees after STOP is STOP, and no HOLD stays
without a STOP or RELEASE behind it. A HOLD is a stray when its hold is not the one that runs: its
session was stopped, broken off or left while it was on its way. Nobody can tell then which of the
two came last, so the word that counts is said once more, and after it the open question.
"""

from datetime import datetime
from typing import Final

from sqlmodel import Session as Db

from bot.conversation.outgoing import post
from bot.protocol.session.events import CueLost
from bot.protocol.session.state import CUED, LIVE, Outcome, Phase
from bot.store import outbox, sessions
from bot.store.outbox_claims import Claimed
from bot.store.sessions import Stored
from bot.training.messages import ReleaseAgain, StopAgain, TakeBack
from bot.training.session import apply_event, clips

_UNTROUBLED: Final = frozenset({Outcome.LESSENING, Outcome.LEVEL})
"""Outcomes of a session that came to its own end."""
_OVER: Final = frozenset({Phase.ASKED_REASON, Phase.ASKED_STOP_PAIN, Phase.CLOSED})
"""Phases in which no hold can follow."""
_ASKING: Final = LIVE - CUED
"""Phases in which a question is open."""


def answer(db: Db, letter: Claimed, stored: Stored, now: datetime) -> None:
    """Answer another letter of a session that came, or may have come, after STOP."""
    value = stored.value
    if value.phase in _OVER and value.outcome not in _UNTROUBLED:
        answer_hold(db, letter, stored, now)


def answer_hold(db: Db, letter: Claimed, stored: Stored, now: datetime) -> None:
    """Answer a HOLD that came, or may have come, when its hold did not run."""
    message = outbox.sent_message(db, letter.key)
    if message is not None:
        post(db, letter.chat_id, TakeBack(message), now, key=f"{letter.key}:back")
    say_again(db, letter, stored, now)


def answer_clip(db: Db, letter: Claimed, stored: Stored, now: datetime) -> None:
    """Answer a clip that came, or may have come, and is not wanted any more."""
    value, message = stored.value, outbox.sent_message(db, letter.key)
    if message is not None:
        clips.put_away(db, letter.key, letter.chat_id, message, now)
    if value.phase is not Phase.CLIP and value.outcome not in _UNTROUBLED:
        say_again(db, letter, stored, now)


def clip_cancelled(db: Db, athlete_id: int, now: datetime) -> None:
    """The athlete's chat is given up: a clip on its way there is lost, and nobody will tell so."""
    live = sessions.live(db, athlete_id)
    if live is not None and live.value.phase is Phase.CLIP and live.value.due_at is None:
        apply_event.happen(db, live, CueLost(len(live.value.holds)), now)


def say_again(db: Db, letter: Claimed, stored: Stored, now: datetime) -> None:
    """Say the session's last word once more, to the chat that the letter went to.

    Where another hold runs nothing is said: its own RELEASE follows.
    """
    phase = stored.value.phase
    if phase is Phase.HOLDING:
        return
    stops = phase in _OVER
    word: StopAgain | ReleaseAgain = StopAgain(stored.id) if stops else ReleaseAgain(stored.id)
    # STOP is the last word whatever follows; a RELEASE waits for nobody who says STOP meanwhile.
    of = None if stops else stored.id
    key = f"{letter.key}:again:{now.timestamp():.6f}"
    post(db, letter.chat_id, word, now, key=key, session_id=of)
    if phase in _ASKING and stored.chat_id == letter.chat_id:
        apply_event.ask_again(db, stored, now)
