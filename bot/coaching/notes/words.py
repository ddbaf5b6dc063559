"""Words and buttons of a coach's notes."""

from datetime import datetime
from typing import Final

from bot.coaching.notes.messages import Line, NoteDeleted, NoteKept, Notes, NoteTooLong
from bot.conversation.screen import (
    Button,
    Screen,
    Words,
    command_data,
    esc,
    lines,
    paragraphs,
    sentence,
)
from bot.protocol.calendar.local_time import local, say_date

WORDS: Final = Words()
_NOTE: Final = 1_000


@WORDS.of(Notes)
def _notes(said: Notes, now: datetime) -> Screen:
    name = esc(said.name)
    found = note_lines(said.notes, said.zone, now, _NOTE)
    return Screen(
        text=paragraphs(
            f"<b>Notes about {name}</b>" if found else f"No notes about {name} yet.",
            *found,
            f"To add one, write it now, or send /note {name} text. Write cancel to leave.",
        )
    )


@WORDS.of(NoteKept)
def _note_kept(said: NoteKept, _now: datetime) -> Screen:
    name = esc(said.name)
    undo = Button("Undo", command_data("note", said.athlete_id, f"undo {said.note}"))
    text = lines(
        f"Noted about {name}: {esc(said.text)}",
        f"It is on the card. {name} sees it only in /export.",
    )
    return Screen(text=text, rows=((undo,),))


@WORDS.of(NoteDeleted)
def _note_deleted(said: NoteDeleted, _now: datetime) -> Screen:
    return Screen(text=f"The note about {esc(said.name)} is deleted.")


@WORDS.of(NoteTooLong)
def _note_too_long(said: NoteTooLong, _now: datetime) -> Screen:
    return Screen(
        text=(
            f"The note has {said.length} characters; at most {said.most} fit. "
            "Nothing was saved: please write it in two parts."
        )
    )


def note_lines(notes: tuple[Line, ...], zone: str, now: datetime, most: int) -> list[str]:
    """Return a line for each note: its day, who wrote it, and up to `most` characters of it."""
    today = local(now, zone).date()
    return [
        f"{sentence(say_date(local(one.at, zone).date(), today))}"
        f"{', ' + esc(one.author[:40]) if one.author else ''}: {esc(_cut(one.text, most))}"
        for one in notes
    ]


def _cut(text: str, most: int) -> str:
    return text if len(text) <= most else f"{text[: most - 1]}…"
