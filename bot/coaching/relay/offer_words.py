"""Words and buttons of what can be done with words that answer no question."""

from datetime import datetime
from typing import Final

from bot.conversation.offer_messages import Recipient, WordsOffer
from bot.conversation.screen import (
    Button,
    Row,
    Screen,
    Style,
    Words,
    data,
    esc,
    in_one_line,
    paragraphs,
)
from bot.training.pain_keyboard import ANCHORS, note_rows
from bot.training.red_flags.words import WORSE

WORDS: Final = Words()
_SHOWN: Final = 300


@WORDS.of(WordsOffer)
def _offer(said: WordsOffer, _now: datetime) -> Screen:
    text = " ".join(said.text.split())
    shown = f"{text[:_SHOWN]}…" if len(text) > _SHOWN else text
    return Screen(
        text=paragraphs(_first(said), f"“{esc(shown)}”" if shown else "", _then(said)),
        rows=_rows(said),
    )


def _first(said: WordsOffer) -> str:
    if said.sign:
        return f"<b>This may be a warning sign. Please check that first.</b>\n{WORSE}"
    if not said.text:
        return "I can read text only, so I cannot use that."
    if said.problem:
        return f"{esc(said.problem)}\nNothing was saved. If this is no line of the diary:"
    return "I cannot answer this myself, and nobody else has read it."


def _then(said: WordsOffer) -> str:
    wrote = [one.name for one in said.to if one.wrote]
    sends = "One tap sends it on." if said.to else ""
    if wrote:
        sends = f"Is it your answer to {esc(wrote[0])}? One tap sends it."
    if not said.athlete:
        return sends
    if not said.to and said.text:
        sends = "You have no coach here who could read it."
    return f"{sends} You can note your pain right now: {ANCHORS}".strip()


def _rows(said: WordsOffer) -> tuple[Row, ...]:
    """Return what is most pressing first: a warning sign, an answer, a number that was named."""
    send = [_send(one) for one in said.to]
    if not said.athlete:
        return tuple(send)
    answers = [row for one, row in zip(said.to, send, strict=True) if one.wrote]
    others = [row for row in send if row not in answers]
    check: Row = (
        Button("Check for warning signs", data("n", 0), Style.DANGER if said.sign else None),
    )
    pain = said.pain
    noted: list[Row] = [] if pain is None else [(Button(f"Note pain {pain}", data("q", pain)),)]
    first = [check] if said.sign else []
    last = [] if said.sign else [check]
    return (*first, *answers, *noted, *note_rows(), *last, *others)


def _send(one: Recipient) -> Row:
    return (Button(in_one_line(f"Send this to {one.name}"), data("t", one.id)),)
