"""What an athlete says while a session is live: one reader for every way of saying it.

Typed, captioned, edited, forwarded, a reply or a sticker: it is read the same (`speech.hear`).
Only what it may do differs. Words that answer the open question lead on; what corrects an earlier
answer, or was somebody else's words, can only stop the set.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from bot.conversation.common.messages import PainSaved, SavedAlready
from bot.conversation.interaction import Interaction
from bot.protocol.session import speech
from bot.protocol.session.events import BEFORE, NOTE, STOP_PAIN, BreakReason, Question
from bot.protocol.session.machine import ASKED
from bot.protocol.session.speech import Heard, Meaning
from bot.protocol.session.state import CUED, Phase, StopReason
from bot.store import outbox, ratings, sessions
from bot.store.ratings import Given
from bot.store.sessions import Stored
from bot.training import messages
from bot.training.pain_notes import flow as pain_notes
from bot.training.pain_notes.messages import PainNoteAsked
from bot.training.red_flags import flow as red_flags
from bot.training.session import actions
from bot.training.session.messages import EditNotTaken, SessionRunning

REASON_WORDS: Final = {
    "pain": StopReason.PAIN,
    "sharp": StopReason.SHARP,
    "pop": StopReason.SHARP,
    "numb": StopReason.NUMB,
    "tingling": StopReason.NUMB,
    "cramp": StopReason.CRAMP,
    "tired": StopReason.TIRED,
    "other": StopReason.OTHER,
}
"""What "why did you stop?" takes in words."""
_WORD: Final = re.compile(r"[^\W_]+")
_AFTER_STOP: Final = frozenset({Phase.ASKED_REASON, Phase.ASKED_STOP_PAIN})
GO_ON: Final = frozenset({"go on", "continue", "go"})
"""What the choice after a break takes in words."""


@dataclass(frozen=True, slots=True)
class SpokenWords:
    """What was said, as which message, and how. Without any text it was a picture or a voice.

    Words are `aside` where they are somebody else's, passed on, or stand under a picture: they can
    stop a set, and answer nothing.
    """

    text: str
    message_id: int | None = None
    reply_to: int | None = None
    edited: bool = False
    aside: bool = False


def hear(turn: Interaction, words: SpokenWords) -> None:
    """Act on words in a live session. STOP comes first, then a warning sign, then pain."""
    live = sessions.live(turn.db, turn.person_id)
    assert live is not None
    if words.edited and not words.text:
        return  # a place that moved, a picture: nothing is said by that
    heard, why = speech.hear(words.text), reason(words)
    if heard.meaning is Meaning.STOP:
        _stop(turn, live, heard, words)
    elif why is not None and live.value.phase is Phase.ASKED_REASON:
        actions.explain(turn, None, why)
    elif _names_none(turn, live, words):
        red_flags.typed(turn, words.text)
    elif heard.meaning is Meaning.SIGN:
        _sign(turn, live, heard, words)
    elif heard.pain is not None and _counts(live, heard, words):
        _pain(turn, live, heard.pain, words)
    elif _goes_on(live, words):
        actions.resume(turn)
    elif live.value.phase in CUED and heard.meaning is Meaning.HARMLESS:
        turn.say(SessionRunning())
    elif live.value.phase in CUED or not words.edited:
        actions.unclear(turn)


def answers(turn: Interaction, words: SpokenWords) -> bool:
    """Whether words in a live session are an answer of it: a number, or the reason for STOP."""
    why = reason(words) is not None and actions.asks_reason(turn)
    return why or speech.plain_pain(words.text) is not None


def overhear(turn: Interaction, words: SpokenWords) -> None:
    """Words to somebody else, in a live session: what breaks a set off does so all the same.

    An open question is not asked again for them.
    """
    live, heard = sessions.live(turn.db, turn.person_id), speech.hear(words.text)
    assert live is not None
    over = heard.pain is not None and heard.pain > live.value.dose.pain_limit
    unsure = live.value.phase in CUED and heard.meaning is not Meaning.HARMLESS
    if over or unsure or heard.meaning in {Meaning.STOP, Meaning.SIGN}:
        hear(turn, words)


def _names_none(turn: Interaction, live: Stored, words: SpokenWords) -> bool:
    """Whether the words say "none" to red-flag questions that are open, and not to a later one."""
    is_open = turn.athlete is not None and turn.athlete.screen_open_at is not None
    if not is_open or words.edited or words.aside or live.value.phase in _AFTER_STOP:
        return False
    return red_flags.says_none(words.text)


def pain(turn: Interaction, text: str, message_id: int | None = None) -> None:
    """/pain in a live session: the number is an answer; without one the set breaks off to ask.

    More than a number is heard like any other words: it never leads on.
    """
    live = sessions.live(turn.db, turn.person_id)
    assert live is not None
    heard = speech.hear(text)
    if heard.meaning is Meaning.SIGN or (text and heard.meaning is Meaning.PAIN_AMONG):
        hear(turn, SpokenWords(text, message_id))
    elif heard.pain is None and live.value.phase in ASKED:
        actions.remind_of_question(turn)
    elif heard.pain is None:
        if live.value.phase in CUED:
            actions.pause(turn, BreakReason.PAIN)
        turn.answer()
        turn.say(PainNoteAsked(unclear=bool(text.strip())))
    else:
        actions.answer_pain(turn, heard.pain, live.id, None, message_id=message_id)


def _stop(turn: Interaction, live: Stored, heard: Heard, words: SpokenWords) -> None:
    """STOP; a number over the limit that is said with it stops as well, and tells why.

    A lower one is kept as a note. A warning sign that is named with it is asked about.
    """
    noted = _named(turn, live, heard, words)
    if sessions.is_live(turn.db, turn.person_id):
        actions.stop(turn)
    if speech.warning_sign(words.text) is not None:
        red_flags.screen(turn, "words", noted)
    elif noted is not None:
        turn.say(PainSaved(noted))


def _named(turn: Interaction, live: Stored, heard: Heard, words: SpokenWords) -> int | None:
    """Take a number that was named with something else: over the limit it stops the set.

    Return a lower one: it is kept as a note.
    """
    if heard.pain is None:
        return None
    if heard.pain > live.value.dose.pain_limit:
        _pain(turn, live, heard.pain, words)
        return None
    ratings.note(
        turn.db,
        turn.person_id,
        heard.pain,
        turn.now,
        session_id=live.id,
        message_id=words.message_id,
    )
    return heard.pain


def _plain(words: SpokenWords) -> str:
    return " ".join(_WORD.findall(speech.fold_spoken(words.text)))


def reason(words: SpokenWords) -> StopReason | None:
    """Return the reason for STOP that the words are, or None; an edit gives none."""
    return None if words.edited or words.aside else REASON_WORDS.get(_plain(words))


def _goes_on(live: Stored, words: SpokenWords) -> bool:
    waits = live.value.phase is Phase.INTERRUPTED
    return waits and not (words.edited or words.aside) and _plain(words) in GO_ON


def _counts(live: Stored, heard: Heard, words: SpokenWords) -> bool:
    """Whether the number is taken: over the limit always, else only where nothing else is said."""
    over = heard.pain is not None and heard.pain > live.value.dose.pain_limit
    return over or (heard.meaning is Meaning.PAIN and not words.aside)


def _sign(turn: Interaction, live: Stored, heard: Heard, words: SpokenWords) -> None:
    """A warning sign: pain that was named with it counts first; then the questions are asked."""
    red_flags.screen(turn, "words", _named(turn, live, heard, words))


def _pain(turn: Interaction, live: Stored, value: int, words: SpokenWords) -> None:
    """Give a number to the question that it answers, if it answers one."""
    given = _about(turn, words)
    if given is None and (words.edited or words.aside):
        given = Given(live.id, NOTE)
    session_id, about = (None, None) if given is None else (given.session_id, given.about)
    actions.answer_pain(
        turn, value, session_id, about, corrects=words.edited, message_id=words.message_id
    )


def _about(turn: Interaction, words: SpokenWords) -> Given | None:
    """Return which answer an edited message gave, or which question a reply is to."""
    if words.edited and words.message_id is not None:
        row = ratings.of_message(turn.db, turn.person_id, words.message_id)
        return None if row is None else ratings.place(row)
    if words.reply_to is not None and not words.aside:
        return _asked_by(turn, words.reply_to)
    return None


def _asked_by(turn: Interaction, message_id: int) -> Given | None:
    """Return which question of a session a message of the bot's asked, if it asked one."""
    for kind, body in outbox.letters_of(turn.db, turn.chat_id, message_id):
        about = asked_in(kind, body)
        session = body.get("session")
        if about is not None and isinstance(session, int):
            return Given(session, about)
    return None


def asked_in(kind: str, body: dict[str, Any]) -> int | None:
    """Return what a number is about that replies to a letter, as `events.Pain` has it, or None."""
    return _QUESTIONS[kind](body) if kind in _QUESTIONS else None


def _index(body: dict[str, Any]) -> int | None:
    index = body.get("index")
    return index if isinstance(index, int) else None


def _asked_again(body: dict[str, Any]) -> int | None:
    return _AGAIN.get(str(body.get("question")), _index(body))


_AGAIN: Final = {
    Question.BEFORE.value: BEFORE,
    Question.REASON.value: STOP_PAIN,
    Question.STOP_PAIN.value: STOP_PAIN,
}
_QUESTIONS: Final[dict[str, Callable[[dict[str, Any]], int | None]]] = {
    messages.SetUp.kind(): lambda _body: BEFORE,
    messages.Hold.kind(): _index,
    messages.Clip.kind(): _index,
    messages.Release.kind(): _index,
    messages.Stopped.kind(): lambda _body: STOP_PAIN,
    messages.Ask.kind(): _asked_again,
}
"""All that ask for a number, and HOLD."""


# ---- after the end --------------------------------------------------------------------


def hear_late(turn: Interaction, words: SpokenWords) -> bool:
    """Take words without a live session as a late answer to the last one; False if they are none.

    An edited message corrects the number that it gave, whenever that was.
    """
    heard = speech.hear(words.text)
    if heard.pain is None or words.aside:
        return False
    given = _about(turn, words)
    if given is not None:
        actions.answer_pain(
            turn,
            heard.pain,
            given.session_id,
            given.about,
            corrects=words.edited,
            message_id=words.message_id,
        )
        return True
    return words.edited and _edited_note(turn, heard, words)


def _edited_note(turn: Interaction, heard: Heard, words: SpokenWords) -> bool:
    """An edited note is stored as a new one; the same number is known, any other is refused."""
    assert heard.pain is not None
    row = None
    if words.message_id is not None:
        row = ratings.of_message(turn.db, turn.person_id, words.message_id)
    if row is None:
        turn.say(EditNotTaken())
    elif row.value == heard.pain:
        turn.say(SavedAlready())
    else:
        pain_notes.keep(turn, heard.pain, words.message_id)
    return True
