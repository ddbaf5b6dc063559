"""/quiz, and its offer after the third session."""

import re
from datetime import datetime
from typing import Final

from sqlmodel import Session as Db

from bot.conversation.interaction import Interaction
from bot.conversation.message import Say
from bot.conversation.outgoing import post
from bot.protocol.session.state import Outcome
from bot.store import sessions
from bot.store.sessions import Stored
from bot.training.quiz.messages import QuizAsked, QuizOffered
from bot.training.quiz.questions import QUESTIONS

OFFERED_AFTER: Final = 3
"""Sessions that were held to their end."""
CALM: Final = frozenset({Outcome.LESSENING, Outcome.LEVEL})
_ANSWER: Final = re.compile(r"([0-2]) (H\d{1,2}) ([0-2])", re.ASCII)


def is_read(words: str) -> bool:
    """Whether /quiz takes these words, as its buttons send them."""
    return _ANSWER.fullmatch(words) is not None


def quiz(turn: Interaction, words: str) -> None:
    """Ask the first question; or, by a button, tell about an answer and ask the next.

    "1 H5 1": the second question was answered so, and one was right before.
    """
    found = _ANSWER.fullmatch(words)
    if found is None:
        turn.show(QuizAsked(0))
        return
    number, chosen, right = int(found[1]), found[2], int(found[3])
    if chosen not in QUESTIONS[number].choices or right > number:
        turn.expired()
        return
    right += chosen == QUESTIONS[number].answer
    turn.show(QuizAsked(number + 1, right, chosen))


def offer(db: Db, stored: Stored, now: datetime) -> None:
    """A session has ended: offer the quiz after the third that went well, once for ever."""
    if (
        stored.value.outcome in CALM
        and sessions.count(db, stored.athlete_id, CALM) == OFFERED_AFTER
    ):
        key = f"p{stored.athlete_id}:quiz"
        post(db, stored.chat_id, Say(QuizOffered()), now, key=key)
