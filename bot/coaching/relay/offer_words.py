"""Words and buttons of what can be done with words that answer no question."""

from datetime import datetime
from typing import Final

from bot.conversation.labels import in_one_line
from bot.conversation.phrases import paragraphs
from bot.conversation.screen import Button, Screen, Style, data, esc
from bot.conversation.widgets import Row, Values, Words
from bot.training.pain_keyboard import ANCHORS, note_rows
from bot.training.red_flags.words import WORSE

_SHOWN: Final = 300


def _offer(values: Values, _now: datetime) -> Screen:
    text = " ".join(values["text"].split())
    shown = f"{text[:_SHOWN]}…" if len(text) > _SHOWN else text
    return Screen(
        text=paragraphs(_first(values), f"“{esc(shown)}”" if shown else "", _then(values)),
        rows=_rows(values),
    )


def _first(values: Values) -> str:
    if values["sign"]:
        return f"<b>This may be a warning sign. Please check that first.</b>\n{WORSE}"
    if not values["text"]:
        return "I read words only, so I can do nothing with that."
    return "I cannot answer this myself, and nobody else has read it."


def _then(values: Values) -> str:
    wrote = [one["name"] for one in values["to"] if one["wrote"]]
    sends = "One tap sends it on." if values["to"] else ""
    if wrote:
        sends = f"Is it your answer to {esc(wrote[0])}? One tap sends it."
    if not values["athlete"]:
        return sends
    if not values["to"] and values["text"]:
        sends = "You share with no coach who could read it."
    return f"{sends} Your pain right now can be noted: {ANCHORS}".strip()


def _rows(values: Values) -> tuple[Row, ...]:
    """Return what is most pressing first: a warning sign, an answer, a number that was named."""
    send = [_send(one) for one in values["to"]]
    if not values["athlete"]:
        return tuple(send)
    answers = [row for one, row in zip(values["to"], send, strict=True) if one["wrote"]]
    others = [row for row in send if row not in answers]
    check: Row = (
        Button("Check for warning signs", data("n", 0), Style.DANGER if values["sign"] else None),
    )
    pain = values["pain"]
    noted: list[Row] = [] if pain is None else [(Button(f"Note pain {pain}", data("q", pain)),)]
    first = [check] if values["sign"] else []
    last = [] if values["sign"] else [check]
    return (*first, *answers, *noted, *note_rows(), *last, *others)


def _send(one: Values) -> Row:
    return (Button(in_one_line(f"Send this to {one['name']}"), data("t", one["id"])),)


SAY_OFFERS: Final[dict[str, Words]] = {"words_offer": _offer}
"""Topic → words."""
