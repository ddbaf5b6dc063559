"""Words and buttons of a pain note."""

from datetime import datetime
from typing import Final

from bot.conversation.screen import Screen, Words, lines
from bot.training.pain_keyboard import ANCHORS, note_rows
from bot.training.pain_notes.messages import PainNoteAsked, PainNoteSaved, PainNoteUndone

WORDS: Final = Words()


@WORDS.of(PainNoteAsked)
def _asked(said: PainNoteAsked, _now: datetime) -> Screen:
    text = lines(
        "I could not read that as a number from 0 to 10." if said.unclear else "",
        "Pain at your sitting bone right now?",
        ANCHORS,
    )
    return Screen(text=text, rows=note_rows())


@WORDS.of(PainNoteSaved)
def _saved(said: PainNoteSaved, _now: datetime) -> Screen:
    return Screen(
        text=lines(
            "That is high. Please answer the questions about warning signs." if said.high else "",
            f"Saved: pain <b>{said.value}</b> of 10. /undo takes it back within 2 minutes.",
        )
    )


@WORDS.toast(PainNoteUndone)
def _undone(said: PainNoteUndone) -> str:
    return f"Your pain note {said.value} is taken back."
