"""Whom a command is about: the name that its words begin with, or `#12` behind a button.

One way for every command: a full name or the beginning of one, in any case and with or without
accents, in quotes or not. Several people who fit become buttons; so does no name at all.
"""

import re
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from bot.flows.turn import Turn
from bot.store import outbox, people
from bot.store.tables import PersonRow, Role

SHOWN: Final = 8
"""People offered as buttons at once; more are on the next page."""
TOPIC: Final = "who_which"
_QUOTES: Final = {'"': '"', "“": "”", "„": "“", "«": "»", "'": "'", "‘": "’"}
_BY_ID: Final = re.compile(r"#(\d{1,18})(?:\s+(.*))?", re.ASCII | re.DOTALL)
_PAGE: Final = re.compile(r"#p(\d{1,4})(?:\s+(.*))?", re.ASCII | re.DOTALL)

About = Callable[[PersonRow], str]
"""A few words beside a name on a button."""


@dataclass(frozen=True, slots=True)
class Named:
    """The person a command is about, and the words after the name."""

    person: PersonRow
    rest: str

    @property
    def id(self) -> int:
        """The person's id."""
        assert self.person.id is not None
        return self.person.id


def athletes_of(turn: Turn) -> list[PersonRow]:
    """Return the athletes this person may name: an admin all, a coach those who consented."""
    if Role.ADMIN in turn.who.roles:
        return people.athletes(turn.db, None)
    if Role.COACH in turn.who.roles:
        return people.athletes(turn.db, turn.person_id)
    return []


def athlete_named(turn: Turn, command: str, words: str, about: About | None = None) -> Named | None:
    """Return the athlete the words begin with; None when a question or refusal was said."""
    return one_of(turn, command, words, athletes_of(turn), about)


def one_of(
    turn: Turn,
    command: str,
    words: str,
    candidates: Sequence[PersonRow],
    about: About | None = None,
) -> Named | None:
    """Return the one of `candidates` that the words of `command` begin with.

    Where it is not one, say so – buttons for several, the way to write it for none – and return
    None. Without words the only candidate is taken.
    """
    page, wanted = _page(words)
    found, rest = split(candidates, wanted) if wanted else (list(candidates), "")
    if len(found) == 1:
        return Named(found[0], rest)
    if not found:
        turn.show("who_nobody", command=command, name=_shown(wanted), none=not candidates)
        return None
    shown = found[page * SHOWN : (page + 1) * SHOWN]
    turn.show(
        TOPIC,
        command=command,
        wanted=wanted,
        name=_shown(wanted.removesuffix(rest)),
        rest=rest,
        people=[
            {"athlete_id": one.id, "name": one.name, "about": "" if about is None else about(one)}
            for one in shown
        ],
        page=page,
        pages=-(-len(found) // SHOWN),
    )
    return None


def split(candidates: Sequence[PersonRow], words: str) -> tuple[list[PersonRow], str]:
    """Return who the words begin with, and the rest of the words.

    The longest run of whole words that begins somebody's name wins, and a whole name before a
    part of one; then the first word as the beginning of a name, or of a later part of it.
    """
    by_id = _BY_ID.fullmatch(words)
    if by_id is not None:
        return [one for one in candidates if one.id == int(by_id[1])], by_id[2] or ""
    quoted, rest = _quoted(words)
    if quoted is not None:
        return _called(candidates, quoted.split()) or _like(candidates, quoted), rest
    typed = words.split()
    for count in range(len(typed), 0, -1):
        found = _called(candidates, typed[:count])
        if found:
            return found, _after(words, count)
    return _like(candidates, typed[0]) if typed else [], _after(words, 1)


def names_nobody(words: str) -> bool:
    """Whether no name was typed: the command stands alone, or a page of its list was asked for."""
    return not _page(words)[1]


def names_somebody(turn: Turn, words: str) -> bool:
    """Whether the words begin with an athlete this person may name."""
    _page_no, wanted = _page(words)
    return bool(wanted and split(athletes_of(turn), wanted)[0])


def again(turn: Turn, person: str) -> str | None:
    """Return the words of a command that asked whom it is about, with the one who was chosen.

    `person` is an id, or "p2" for the third page. None when the question is not kept any more.
    """
    if turn.message_id is None:
        return None
    letter = outbox.of_message(turn.db, turn.chat_id, turn.message_id)
    if letter is None or letter[2].get("topic") != TOPIC:
        return None
    values = letter[2]["values"]
    words = values["wanted"] if person.startswith("p") else values["rest"]
    return f"#{person} {words}".strip()


def _page(words: str) -> tuple[int, str]:
    paged = _PAGE.fullmatch(words)
    return (0, words) if paged is None else (int(paged[1]), paged[2] or "")


def _quoted(words: str) -> tuple[str | None, str]:
    closing = _QUOTES.get(words[:1])
    if closing is None:
        return None, words
    name, found, rest = words[1:].partition(closing)
    return (name.strip(), rest.strip()) if found and name.strip() else (None, words)


def _called(candidates: Sequence[PersonRow], typed: list[str]) -> list[PersonRow]:
    """Return those whose name begins with these whole words; who is called just so comes alone."""
    wanted = [fold(word) for word in typed]
    found = [one for one in candidates if _words(one)[: len(wanted)] == wanted]
    return [one for one in found if len(_words(one)) == len(wanted)] or found


def _like(candidates: Sequence[PersonRow], typed: str) -> list[PersonRow]:
    """Return those whose name begins so; else those of whom a later word does."""
    wanted = fold(typed)
    first = [one for one in candidates if fold(one.name).startswith(wanted)]
    return first or [
        one for one in candidates if any(word.startswith(wanted) for word in _words(one))
    ]


def _words(person: PersonRow) -> list[str]:
    return fold(person.name).split()


def fold(text: str) -> str:
    """Return text for comparing: any case, without accents, single spaces."""
    plain = "".join(
        char
        for char in unicodedata.normalize("NFKD", text.casefold())
        if not unicodedata.combining(char)
    )
    return " ".join(plain.split())


def _after(words: str, count: int) -> str:
    """Return what follows the first `count` words, as it was typed."""
    parts = words.split(maxsplit=count)
    return parts[count] if len(parts) > count else ""


def _shown(text: str) -> str:
    return " ".join(text.split())[:60]
