"""/note: what a coach wants to remember about an athlete."""

import re
from typing import Final

from sqlmodel import Session as Db

from bot.coaching.notes.messages import Line, NoteDeleted, NoteKept, Notes, NoteTooLong
from bot.conversation import who
from bot.conversation.interaction import Interaction
from bot.conversation.pending_input import HalfCommand, wait_for
from bot.conversation.who import Named
from bot.store import notes, people
from bot.store.tables import NoteRow

MAX_TEXT: Final = 1_000
"""Characters in a note."""
SHOWN: Final = 3
"""Notes shown at once: three of the longest fit into one message."""
_UNDO: Final = re.compile(r"undo (\d{1,18})", re.ASCII)


def note(turn: Interaction, words: str) -> None:
    """Keep the words after the name; without any, show the notes and take the next text typed."""
    named = who.athlete_named(turn, "note", words)
    if named is None:
        return
    undone = _UNDO.fullmatch(named.rest) if turn.query_id is not None else None
    if undone is not None:
        _undo(turn, named, int(undone[1]))
    elif named.rest:
        _keep(turn, named)
    else:
        wait_for(turn, HalfCommand("note", f"#{named.id}"))
        found = shown(turn.db, named.id, SHOWN)
        turn.say(Notes(named.person.name, named.id, found, _zone(turn)))


def shown(db: Db, athlete_id: int, limit: int) -> tuple[Line, ...]:
    """Return the newest notes as a message shows them."""
    found = notes.newest(db, athlete_id, limit)
    return tuple(Line(one.at, one.author, one.text) for one in found)


def _zone(turn: Interaction) -> str:
    return people.person(turn.db, turn.person_id).zone


def _keep(turn: Interaction, named: Named) -> None:
    text = named.rest
    if len(text) > MAX_TEXT:
        turn.show(NoteTooLong(named.person.name, named.id, len(text), MAX_TEXT))
        return
    found = notes.add(turn.db, named.id, turn.person_id, text, turn.now)
    _audit(turn, "note", named.id, after=str(found))
    turn.show(NoteKept(named.person.name, named.id, found, text))


def _undo(turn: Interaction, named: Named, note_id: int) -> None:
    """Delete a note the person wrote."""
    row = turn.db.get(NoteRow, note_id)
    if row is None or row.athlete_id != named.id or row.author_id != turn.person_id:
        turn.expired()
        return
    turn.db.delete(row)
    _audit(turn, "undo_note", named.id, before=str(note_id))
    turn.show(NoteDeleted(named.person.name, named.id))


def _audit(
    turn: Interaction,
    action: str,
    athlete_id: int,
    before: str | None = None,
    after: str | None = None,
) -> None:
    people.note(
        turn.db,
        action,
        turn.now,
        actor=turn.person_id,
        subject=athlete_id,
        before=before,
        after=after,
    )
    turn.db.flush()
