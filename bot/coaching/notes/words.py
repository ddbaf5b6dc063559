"""Words and buttons of a coach's notes."""

from datetime import datetime
from typing import Final

from bot.conversation.phrases import lines, paragraphs, sentence
from bot.conversation.screen import Button, Screen, esc
from bot.conversation.who_words import command_data
from bot.conversation.widgets import Values, Words
from bot.protocol.calendar.local_time import local, say_date

_NOTE: Final = 1_000


def _notes(values: Values, now: datetime) -> Screen:
    name = esc(values["name"])
    found = note_lines(values, values["zone"], now, _NOTE)
    return Screen(
        text=paragraphs(
            f"<b>Notes about {name}</b>" if found else f"There is no note about {name} yet.",
            *found,
            f"To add one, write it now, or: /note {name} text. Write cancel to leave.",
        )
    )


def _note_kept(values: Values, _now: datetime) -> Screen:
    name, athlete = esc(values["name"]), values["athlete_id"]
    undo = Button("Undo", command_data("note", athlete, f"undo {values['note']}"))
    text = lines(
        f"Noted about {name}: {esc(values['text'])}",
        f"It stands on the card. {name} sees it only in /export.",
    )
    return Screen(text=text, rows=((undo,),))


def _note_undone(values: Values, _now: datetime) -> Screen:
    return Screen(text=f"The note about {esc(values['name'])} is deleted.")


def _note_too_long(values: Values, _now: datetime) -> Screen:
    return Screen(
        text=(
            f"The note has {values['length']} characters; up to {values['most']} are possible. "
            "Nothing was saved: please write it as two."
        )
    )


def note_lines(values: Values, zone: str, now: datetime, most: int) -> list[str]:
    """Return a line for each note: its day, who wrote it, and up to `most` characters of it."""
    today = local(now, zone).date()
    return [
        f"{sentence(say_date(local(datetime.fromisoformat(one['at']), zone).date(), today))}"
        f"{', ' + esc(one['author'][:40]) if one['author'] else ''}: {esc(_cut(one['text'], most))}"
        for one in values["notes"]
    ]


SAY_NOTES: Final[dict[str, Words]] = {
    "notes": _notes,
    "note_kept": _note_kept,
    "note_undone_staff": _note_undone,
    "note_too_long": _note_too_long,
}
"""Topic → words."""


def _cut(text: str, most: int) -> str:
    return text if len(text) <= most else f"{text[: most - 1]}…"
