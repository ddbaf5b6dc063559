"""Which question of the bot's a typed text answers: the newest that it can be an answer to.

Several may be open at once: a setting waits for a time, the morning question for a pain, the
red-flag questions for a word. Nothing is remembered for that: each question knows since when it
is asked, and the newest is offered the text first. A Telegram reply names its question itself.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from bot.conversation import message, pending_input
from bot.conversation.interaction import Interaction
from bot.protocol.progression.morning import OPEN_FOR
from bot.store import asked, outbox, ratings, sessions
from bot.store.asked import AskedLetter
from bot.store.mornings import newest_open
from bot.store.tables import Role
from bot.training import messages as training_messages
from bot.training.pain_notes.messages import PainNoteAsked, PainNoteSaved, PainNoteUndone

NOTE_OPEN_FOR: Final = timedelta(hours=12)
"""How long after /pain a bare number is taken as the note that it asked for."""
_ASKS_NOTE: Final = frozenset({PainNoteAsked.topic, PainNoteUndone.topic})
_NOTE: Final = _ASKS_NOTE | {PainNoteSaved.topic}
_SAY: Final = message.Say.kind()
_MORNING: Final = training_messages.Morning.kind()
_SCREEN: Final = training_messages.RedFlagQuestions.kind()
_KINDS: Final = (_SAY, _MORNING, _SCREEN)
_NO_WORDS: Final = (
    message.Answer.kind(),
    message.Retire.kind(),
    message.Menu.kind(),
)


class Awaited(StrEnum):
    """What waits for a typed answer."""

    TEXT = "text"  # an enrolment, a setting, a zone, or a command that was asked for half
    MORNING = "morning"  # the pain of a morning
    NOTE = "note"  # the pain that /pain asked for
    SIGNS = "signs"  # the red-flag questions
    SESSION = "session"  # a number that the last session still misses, or that corrects it


@dataclass(frozen=True, slots=True)
class Open:
    """A question that is open, and since when. `about` is the morning's id.

    `letter` tells what was asked at one instant apart: the letter that asks, or the newest one.
    """

    question: Awaited
    since: datetime
    letter: tuple[int, bool] = (0, False)
    about: int | None = None


def newest_first(turn: Interaction) -> list[Open]:
    """Return what is open, the newest question first.

    What reached the bot late answers what had been asked when it was said.
    """
    until = turn.said_at if turn.old else None
    letters = [
        one
        for one in asked.said(turn.db, turn.chat_id, _KINDS, turn.said_at - OPEN_FOR)
        if until is None or one.at <= until
    ]
    found = [_text(turn), *(_of_athlete(turn, letters, until) if _is_athlete(turn) else ())]
    left = [one for one in found if one is not None and (until is None or one.since <= until)]
    return sorted(left, key=lambda one: (one.since, one.letter), reverse=True)


def note_is_missing(turn: Interaction) -> bool:
    """Whether the number that /pain asked for was not given yet, in whatever way."""
    letters = asked.said(turn.db, turn.chat_id, (_SAY,), turn.now - NOTE_OPEN_FOR)
    question, given = _note(turn, letters), ratings.newest(turn.db, turn.person_id)
    return question is not None and (given is None or given.at < question.since)


def replied_to(turn: Interaction, message_id: int) -> Open | None:
    """Return the question that a message of the chat asked, where an athlete replies to it."""
    letter = outbox.of_message(turn.db, turn.chat_id, message_id)
    if letter is None or not _is_athlete(turn):
        return None
    _key, kind, body = letter
    if kind == _SAY and body.get("topic") in _ASKS_NOTE:
        return Open(Awaited.NOTE, turn.now)
    if kind == _SCREEN:
        return Open(Awaited.SIGNS, turn.now)
    if kind == _MORNING and "morning" in body:
        return Open(Awaited.MORNING, turn.now, about=body["morning"])
    return None


def _is_athlete(turn: Interaction) -> bool:
    return Role.ATHLETE in turn.who.roles and turn.athlete is not None


def _text(turn: Interaction) -> Open | None:
    """What waits for text keeps no letter: at one instant it is newer than what others follow."""
    since = pending_input.asked_at(turn)
    if since is None:
        return None
    newest = asked.newest(turn.db, turn.chat_id, _NO_WORDS)
    return Open(Awaited.TEXT, since, (newest, False))


def _of_athlete(
    turn: Interaction, letters: list[AskedLetter], until: datetime | None
) -> list[Open | None]:
    return [
        _note(turn, letters),
        _signs(turn, letters),
        _morning(turn, letters, until),
        _session(turn),
    ]


def _note(turn: Interaction, letters: list[AskedLetter]) -> Open | None:
    """The newest word about a pain note: it asks for one, or tells that one is saved."""
    newest = next((one for one in letters if one.body.get("topic") in _NOTE), None)
    if newest is None or newest.body["topic"] not in _ASKS_NOTE:
        return None
    in_time = turn.said_at - newest.at <= NOTE_OPEN_FOR
    return Open(Awaited.NOTE, newest.at, (newest.id, True)) if in_time else None


def _signs(turn: Interaction, letters: list[AskedLetter]) -> Open | None:
    since = None if turn.athlete is None else turn.athlete.screen_open_at
    if since is None:
        return None
    newest = next((one for one in letters if one.kind == _SCREEN), None)
    by_session = newest is not None and newest.body.get("why") == "pain"
    letter = (0, False) if newest is None or by_session else (newest.id, True)
    return Open(Awaited.SIGNS, since, letter)


def _morning(turn: Interaction, letters: list[AskedLetter], until: datetime | None) -> Open | None:
    """The newest message about a morning asks for it, perhaps again; or only a row knows of it."""
    newest = next((one for one in letters if _is_of_morning(one)), None)
    if newest is not None and newest.kind == _MORNING:
        return Open(Awaited.MORNING, newest.at, (newest.id, True), newest.body["morning"])
    row = newest_open(turn.db, turn.person_id, turn.said_at - OPEN_FOR, until)
    if row is None or row.asked_at is None:
        return None
    return Open(Awaited.MORNING, row.asked_at, about=row.id)


def _is_of_morning(one: AskedLetter) -> bool:
    asks = one.kind == _MORNING and "morning" in one.body
    return asks or one.body.get("topic") == training_messages.MorningSaved.topic


def _session(turn: Interaction) -> Open | None:
    """The session that ended last: its own number comes before the signs that its end asks for."""
    newest = sessions.newest(turn.db, turn.person_id)
    if newest is None or newest.value.closed_at is None:
        return None
    return Open(Awaited.SESSION, newest.value.closed_at, (0, True))
