"""Finds the person a command is about: by the name it begins with, or `#12` behind a button.

One way for every command: a full name or the beginning of one, in any case and with or without
accents, in quotes or not. Where several people fit, or a word may belong to the name or to what
follows it, each way to read it becomes a button; so does no name at all.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from bot.conversation import parse_who
from bot.conversation.interaction import Interaction
from bot.conversation.paging import Page
from bot.conversation.parse_who import MYSELF, Reading, after
from bot.conversation.pending_input import Takes
from bot.conversation.pressed import pressed
from bot.conversation.told_apart import told_apart
from bot.conversation.which import await_choice
from bot.conversation.which_messages import CommandChoice
from bot.conversation.who_messages import NobodyMeant, PersonChoice, WhoIsMeant
from bot.protocol.calendar.input_error import joined
from bot.protocol.names import in_full
from bot.store import people
from bot.store.tables import PersonRow, Role

SHOWN: Final = 8
"""People offered as buttons at once; more are on the next page."""
_BY_ID: Final = re.compile(r"#(\d{1,18})(?:\s+(.*))?", re.ASCII | re.DOTALL)
_PAGE: Final = re.compile(r"#p(\d{1,4})(?:\s+(.*))?", re.ASCII | re.DOTALL)
_OWN: Final = re.compile(rf"#{MYSELF}\b\s*(.*)", re.ASCII | re.DOTALL)

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


def athletes_of(turn: Interaction) -> list[PersonRow]:
    """Return the athletes this person may name: an admin all, a coach those who consented."""
    if Role.ADMIN in turn.who.roles:
        return people.athletes(turn.db, None)
    if Role.COACH in turn.who.roles:
        return people.athletes(turn.db, turn.person_id)
    return []


def known_as(turn: Interaction, athlete: PersonRow) -> str:
    """Return an athlete's name, with what tells them from namesakes among those one may name."""
    admin = Role.ADMIN in turn.who.roles
    apart = told_apart(turn.db, athletes_of(turn), by_coach=admin)
    return in_full(athlete.name, apart.get(athlete.id or 0, ""))


def athlete_named(
    turn: Interaction,
    command: str,
    words: str,
    about: About | None = None,
    *,
    takes: Callable[[Named], bool] | None = None,
    alone: bool = False,
) -> Named | None:
    """Return the athlete the words begin with; None when a question or refusal was said."""
    return one_of(turn, command, words, athletes_of(turn), about, takes=takes, alone=alone)


def one_of(
    turn: Interaction,
    command: str,
    words: str,
    candidates: Sequence[PersonRow],
    about: About | None = None,
    *,
    before: str = "",
    takes: Callable[[Named], bool] | None = None,
    alone: bool = False,
) -> Named | None:
    """Return the one of `candidates` that the words of `command` begin with.

    Where it is not one, say so – buttons for several, the way to write it for none – and return
    None. Without words the only candidate is taken. `before` are words of the command that stand
    before the name, `takes` says which rest the command can do something with, and a command that
    takes a name `alone` knows nobody by part of the words.
    """
    at, wanted = _page(words)
    found = _named(candidates, wanted, takes)
    if alone:
        found = [one for one in found if not one.rest]
    if len(found) == 1:
        return found[0]
    if not found:
        turn.show(NobodyMeant(command, _shown(wanted), none=not candidates))
        return None
    page = Page.of(len(found), SHOWN, at)
    choices = _choices(turn, wanted, found, about)
    question = WhoIsMeant(
        command=command,
        wanted=wanted,
        before=before,
        name=_name(wanted, found),
        rest=found[0].rest,
        people=tuple(page.cut(choices)),
        page=page.number,
        pages=page.count,
    )
    turn.show(question)
    _await(turn, question, choices, [one.rest for one in found])
    return None


def _await(
    turn: Interaction, asked: WhoIsMeant, choices: Sequence[PersonChoice], rests: Sequence[str]
) -> None:
    """Take the next text as the answer, if it is the label of a button, or words of it."""
    apart = len(set(rests)) > 1
    answers = [
        CommandChoice(
            joined(one.name or "myself", one.about, rest if apart else ""),
            joined(asked.before, f"#{one.athlete_id}", rest),
        )
        for one, rest in zip(choices, rests, strict=True)
    ]
    await_choice(turn, asked.command, answers, Takes.LISTED, partly=True)


def _choices(
    turn: Interaction, wanted: str, found: Sequence[Named], about: About | None
) -> list[PersonChoice]:
    """Return a button for each way to read the words; those of one name are told apart."""
    apart = told_apart(
        turn.db, [one.person for one in found], by_coach=Role.ADMIN in turn.who.roles
    )
    return [
        _choice(
            wanted,
            one,
            ", ".join(
                part
                for part in ("" if about is None else about(one.person), apart.get(one.id, ""))
                if part
            ),
        )
        for one in found
    ]


def ask_whose(turn: Interaction, command: str, words: str, candidates: Sequence[PersonRow]) -> None:
    """Ask whether a command is one's own, as its words allow, or about somebody they name."""
    found = _named(candidates, words, None)[: SHOWN - 1]
    own = PersonChoice(MYSELF, name="", about="", taken=0, rest=words)
    choices = (own, *_choices(turn, words, found, None))
    question = WhoIsMeant(
        command=command,
        wanted=words,
        name=_name(words, found),
        rest=words,
        people=choices,
        page=1,
        pages=1,
    )
    turn.show(question)
    _await(turn, question, choices, [words, *(one.rest for one in found)])


def _choice(wanted: str, one: Named, about: str) -> PersonChoice:
    """Return a button of the question: who, and how many of the words are the name."""
    taken = len(wanted.split()) - len(one.rest.split())
    return PersonChoice(one.id, one.person.name, about, taken, _shown(one.rest))


def _name(wanted: str, found: Sequence[Named]) -> str:
    """Return the words that are the name, in the longest way to read them."""
    rest = min((one.rest for one in found), key=len)
    return _shown(wanted.removesuffix(rest))


def _named(
    candidates: Sequence[PersonRow], words: str, takes: Callable[[Named], bool] | None
) -> list[Named]:
    """Return each way to read the words: who is named, and what follows. Nothing typed: everybody.

    Where the command can take what follows in some of them, it is one of these.
    """
    by_id = _BY_ID.fullmatch(words)
    if by_id is not None:
        return [Named(one, by_id[2] or "") for one in candidates if one.id == int(by_id[1])]
    if not words:
        return [Named(one, "") for one in candidates]
    names = [one.name for one in candidates]

    def named(reading: Reading) -> Named:
        return Named(candidates[reading.index], after(words, reading.taken))

    if takes is not None:
        taken = [one for one in parse_who.all_readings(names, words) if takes(named(one))]
        if taken:
            return [named(one) for one in parse_who.called(names, taken, words)]
    return [named(one) for one in parse_who.readings(names, words)]


def fits(candidates: Sequence[PersonRow], words: str) -> bool:
    """Whether the words begin with somebody's name, or with the beginning of one."""
    return bool(words and _named(candidates, words, None))


def names_nobody(words: str) -> bool:
    """Whether no name was typed: the command stands alone, or a page of its list was asked for."""
    return not _page(words)[1]


def names_somebody(turn: Interaction, words: str) -> bool:
    """Whether the words begin with an athlete this person may name, or a button chose one."""
    return words.startswith("#") or fits(athletes_of(turn), words)


def mine(words: str) -> str | None:
    """Return the words of one's own command, where the question whose it is was answered so."""
    found = _OWN.fullmatch(words)
    return None if found is None else found[1]


def again(turn: Interaction, person: str, taken: int | None) -> str | None:
    """Return the words of a command that asked whom it is about, with the one who was chosen.

    `person` is an id, `MYSELF`, or "p2" for the second page; the name took so many words: `taken`.
    None when the question is not kept any more.
    """
    found = pressed(turn, WhoIsMeant)
    if found is None:
        return None
    _key, question = found
    rest = question.rest if taken is None else after(question.wanted, taken)
    words = question.wanted if person.startswith("p") else rest
    return f"{question.before} #{person} {words}".strip()


def _page(words: str) -> tuple[int, str]:
    paged = _PAGE.fullmatch(words)
    return (1, words) if paged is None else (int(paged[1]), paged[2] or "")


def _shown(text: str) -> str:
    return " ".join(text.split())[:60]
