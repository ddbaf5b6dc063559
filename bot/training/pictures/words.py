"""How an exercise's picture looks: silent, with its numbers explained."""

from collections.abc import Callable
from datetime import datetime
from typing import Any, Final

from bot.conversation.message import Message
from bot.conversation.screen import Screen, Words, esc, paragraphs, sentence
from bot.drawings.files import Drawing
from bot.protocol.dose.exercises import CATALOGUE
from bot.training.pictures.captions import say_how, say_side
from bot.training.pictures.messages import HowTo, OwnPictureLost

WORDS: Final = Words()


def how_to(intent: HowTo, _now: datetime) -> Screen:
    """Show the drawing."""
    text = paragraphs(_opening(intent), say_how(intent.exercise, intent.side, intent.anchor))
    picture = Drawing.of(intent.exercise, intent.side, intent.anchor)
    return Screen(text=text, picture=picture)


def own_caption(intent: HowTo, by: str) -> str:
    """Return what stands below what the coach `by` has sent."""
    exercise = sentence(CATALOGUE[intent.exercise].name)
    cues = "\n".join(f"• {sentence(cue)}" for cue in CATALOGUE[intent.exercise].cues)
    shown = f"<b>{esc(exercise)}</b>\n{say_side(intent.side)}. {esc(by)} shows how."
    return paragraphs(_opening(intent), shown, esc(cues))


def _opening(intent: HowTo) -> str:
    if intent.name:
        return f"This is what {esc(intent.name)} sees:"
    return "This hold is new for you. Look at it before you start." if intent.new else ""


HOW_SCREENS: Final[dict[type[Message], Callable[[Any, datetime], Screen]]] = {HowTo: how_to}


@WORDS.of(OwnPictureLost)
def _lost(said: OwnPictureLost, _now: datetime) -> Screen:
    exercise, name = esc(CATALOGUE[said.exercise].name), esc(said.name)
    text = (
        f"Telegram cannot send your picture for {name} any more: {exercise}. {name} sees the "
        f"drawing again. You can send a new one: /exercises {name}"
    )
    return Screen(text=text)
