"""The pain question: one scale, the same anchors every time, one tap to answer (PROTOCOL 4)."""

from collections.abc import Callable
from typing import Final

from bot.conversation.screen import Button, Style, data
from bot.protocol.session.events import BEFORE, STOP_PAIN, Question
from bot.protocol.session.pain import MAX, MIN

Rows = tuple[tuple[Button, ...], ...]

MAX_A_ROW: Final = 6
"""More buttons beside each other are too narrow for a shaking thumb."""
ANCHORS: Final = "0 = no pain, 10 = pain as bad as you can imagine."
SITTING_BONE: Final = "your sitting bone: the bony point of your bottom that you sit on"
"""What the questions are about, explained once, on joining."""
_ASKED: Final = {
    Question.BEFORE: "Pain at your sitting bone right now?",
    Question.AFTER: "Worst pain at your sitting bone during that hold?",
    Question.STOP_PAIN: "How bad was the pain that made you stop?",
}
_MEANING: Final = {
    Question.BEFORE: ("we start", "rest today"),
    Question.AFTER: ("within your limit", "we stop"),
    Question.STOP_PAIN: ("within your limit", "over your limit"),
}


def pain_text(question: str, limit: int) -> str:
    """Return the question with its anchors and what each group of buttons means.

    `limit` is the plan's, 0–5, inclusive. Raises KeyError for a question without a number.
    """
    return _text(_ASKED[Question(question)], limit, *_MEANING[Question(question)])


def morning_text(day: str, limit: int) -> str:
    """Return the question of the morning of `day`: "today" or "yesterday"."""
    asked = f"Pain at your sitting bone when you first sat down {day}?"
    return _text(asked, limit, *_MEANING[Question.STOP_PAIN])


def _text(asked: str, limit: int, within: str, over: str) -> str:
    low = f"{MIN}–{limit}" if limit > MIN else f"{MIN}"
    hint = f"Top row, {low}: {within}. Below it, {limit + 1}–{MAX}: {over}."
    return f"{asked} {ANCHORS}\n\n{hint}"


def pain_rows(session: int, question: str, limit: int, index: int | None = None) -> Rows:
    """Return the buttons 0–10: first the row up to `limit`, below it the rows over it."""
    about = _about(question, index)
    return _groups(limit, lambda value: data("p", session, about, value))


def morning_rows(morning: int, limit: int) -> Rows:
    """Return the same buttons about a morning."""
    return _groups(limit, lambda value: data("m", morning, value))


def note_rows() -> Rows:
    """Return the same numbers for a note, which is over no limit."""
    buttons = [Button(str(value), data("q", value)) for value in range(MIN, MAX + 1)]
    return tuple(tuple(buttons[at : at + 4]) for at in range(0, len(buttons), 4))


def _about(question: str, index: int | None) -> int:
    """Return what the answer is about, as events.Pain has it."""
    if question == Question.AFTER:
        assert index is not None
        return index
    return BEFORE if question == Question.BEFORE else STOP_PAIN


def _groups(limit: int, answer: Callable[[int], str]) -> Rows:
    within = _rows(answer, range(MIN, limit + 1), Style.SUCCESS)
    return within + _rows(answer, range(limit + 1, MAX + 1), Style.DANGER)


def _rows(answer: Callable[[int], str], values: range, style: Style) -> Rows:
    """Return buttons in as few rows as possible, of nearly the same length."""
    rows = -(-len(values) // MAX_A_ROW)
    width = -(-len(values) // rows)
    buttons = [Button(str(value), answer(value), style) for value in values]
    return tuple(tuple(buttons[at : at + width]) for at in range(0, len(buttons), width))
