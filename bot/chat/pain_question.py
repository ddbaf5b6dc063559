"""The pain question: one scale, the same anchors every time, one tap to answer (PROTOCOL 4)."""

from typing import Final

from bot.chat.screen import Button, Style, data
from bot.protocol.events import BEFORE, STOP_PAIN, Question
from bot.protocol.pain import MAX, MIN

Rows = tuple[tuple[Button, ...], ...]

MAX_A_ROW: Final = 6
"""More buttons beside each other are too narrow for a shaking thumb."""
ANCHORS: Final = "0 = no pain, 10 = pain as bad as you can imagine."
_ASKED: Final = {
    Question.BEFORE: "Pain at your sit-bone right now?",
    Question.AFTER: "Worst pain at your sit-bone during that hold?",
    Question.STOP_PAIN: "How bad was the pain that made you stop?",
}
_MEANING: Final = {
    Question.BEFORE: ("we start", "rest today"),
    Question.AFTER: ("goes on", "we stop"),
    Question.STOP_PAIN: ("within your limit", "over your limit"),
}


def pain_text(question: str, limit: int) -> str:
    """Return the question with its anchors and what each group of buttons means.

    `limit` is the plan's, 0–5, inclusive. Raises KeyError for a question without a number.
    """
    within, over = _MEANING[Question(question)]
    low = f"{MIN}–{limit}" if limit > MIN else f"{MIN}"
    hint = f"Top row {low}: {within} · below {limit + 1}–{MAX}: {over}"
    return f"{_ASKED[Question(question)]} {ANCHORS}\n\n{hint}"


def pain_rows(session: int, question: str, limit: int, index: int | None = None) -> Rows:
    """Return the buttons 0–10: first the row up to `limit`, below it the rows over it."""
    about = _about(question, index)
    within = _rows(session, about, range(MIN, limit + 1), Style.SUCCESS)
    return within + _rows(session, about, range(limit + 1, MAX + 1), Style.DANGER)


def _about(question: str, index: int | None) -> int:
    """Return what the answer is about, as events.Pain has it."""
    if question == Question.AFTER:
        assert index is not None
        return index
    return BEFORE if question == Question.BEFORE else STOP_PAIN


def _rows(session: int, about: int, values: range, style: Style) -> Rows:
    """Return buttons in as few rows as possible, of nearly the same length."""
    rows = -(-len(values) // MAX_A_ROW)
    width = -(-len(values) // rows)
    buttons = [Button(str(value), data("p", session, about, value), style) for value in values]
    return tuple(tuple(buttons[at : at + width]) for at in range(0, len(buttons), width))
