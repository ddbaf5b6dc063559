"""Asks which of several meanings typed words have, and takes the answer: tapped or typed.

One way for every command. A button and a typed answer complete the words that were typed, and the
command is read again as a whole; so nothing of it is lost, and nothing is guessed.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from bot.conversation.choosing import chosen
from bot.conversation.interaction import Interaction
from bot.conversation.pending_input import Doubt, Takes, WhichCommand, wait_for
from bot.conversation.pressed import pressed
from bot.conversation.which_messages import CommandChoice, WhichMeaning
from bot.protocol.calendar.input_error import InputError, WhichError, joined, values
from bot.protocol.calendar.split_span import is_about_time
from bot.protocol.folding import fold_typed

_NUMBER: Final = re.compile(
    r"\d{1,4}(?:[.,:]\d{1,2})?(?:/10)? ?(?:h|hrs?|hours?|m|min|mins|minutes?|')?"
    r"(?: ?\d{1,2} ?(?:min|minutes?)?)?"
)


def ask(
    turn: Interaction,
    command: str,
    which: WhichError,
    about: int | None = None,
    *,
    before: str = "",
    takes: Takes = Takes.ANY,
) -> None:
    """Ask what a part of the command's words means; `about` is the person whose number it takes.

    `before` stands before all its words.
    """
    lead = joined(before, "" if about is None else f"#{about}")
    choices = [
        CommandChoice(label, joined(lead, which.filled(one)))
        for label, one in zip(which.labels, which.choices, strict=True)
    ]
    _ask(turn, command, str(which), choices, about)
    hole = joined(lead, which.before), which.after
    await_choice(turn, command, choices, takes, *hole, partly=which.labels != which.choices)


def _ask(
    turn: Interaction,
    command: str,
    problem: str,
    choices: Sequence[CommandChoice],
    about: int | None,
) -> None:
    turn.answer()
    turn.show(WhichMeaning(command, problem, tuple(choices), about))


def await_choice(
    turn: Interaction,
    command: str,
    choices: Sequence[CommandChoice],
    takes: Takes,
    before: str = "",
    after: str = "",
    *,
    partly: bool = False,
) -> None:
    """Take the next text as one of these, or as what stands between `before` and `after`.

    With `partly` a few words of a label are enough.
    """
    labels, words = tuple(one.label for one in choices), tuple(one.words for one in choices)
    wait_for(turn, WhichCommand(command, labels, words, takes, before, after, partly))


def answered(turn: Interaction, asked: WhichCommand, text: str) -> str | None:
    """Return the command's words with a typed answer; "" where it is asked once more.

    None for a text that is no answer.
    """
    found = chosen(asked.labels, text, partly=asked.partly)
    if len(found) == 1:
        return asked.words[found[0]]
    if found and len(found) < len(asked.labels):
        choices = [CommandChoice(asked.labels[at], asked.words[at]) for at in found]
        _ask(turn, asked.command, f"“{text}” could be each of these. Which one?", choices, None)
        hole = asked.before, asked.after
        await_choice(turn, asked.command, choices, asked.takes, *hole, partly=asked.partly)
        return ""
    return joined(asked.before, text, asked.after) if _takes(asked.takes, text) else None


def _takes(takes: Takes, text: str) -> bool:
    """Whether a text that is none of the choices may be an answer of its own."""
    if takes in {Takes.ANY, Takes.LISTED}:
        return takes is Takes.ANY
    if takes is Takes.NUMBER:
        return _NUMBER.fullmatch(fold_typed(text)) is not None
    return is_about_time(text) and not (takes is Takes.DAYS and text.strip().isdecimal())


def by_button(turn: Interaction, command: str, at: int) -> str | None:
    """Return the command's words with the choice that was tapped; None where it is gone."""
    found = pressed(turn, WhichMeaning)
    if found is None or found[1].command != command or at >= len(found[1].choices):
        return None
    return found[1].choices[at].words


# ---- the value of a question that has a screen of its own -------------------------------


@dataclass(frozen=True, slots=True)
class Unclear:
    """Why a typed value is not taken: the values that it may mean, and what is asked about."""

    problem: str
    choices: tuple[str, ...] = ()
    doubt: Doubt | None = None


def read_value(read: Callable[[str], str], text: str, doubt: Doubt | None) -> str | Unclear:
    """Return the value that was typed, perhaps as the answer to what was in doubt before."""
    try:
        return _answer(read, text, doubt)
    except WhichError as which:
        left = Doubt(which.choices, which.before, which.after)
        return Unclear(str(which), tuple(values(read, which)), left)
    except InputError as why:
        return Unclear(str(why))


def _answer(read: Callable[[str], str], text: str, doubt: Doubt | None) -> str:
    """Read an answer in the place of what was not clear, or else as a value of its own."""
    if doubt is None:
        return read(text)
    found = chosen(doubt.choices, text, partly=False)
    answer = doubt.choices[found[0]] if len(found) == 1 else text
    try:
        return read(joined(doubt.before, answer, doubt.after))
    except WhichError:
        raise
    except InputError:
        return read(text)
