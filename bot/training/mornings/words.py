"""Words and buttons of the morning after."""

from collections.abc import Callable
from datetime import date, datetime
from typing import Any, Final

from bot.conversation.message import Message
from bot.conversation.screen import Button, Screen, Words, data, lines, paragraphs
from bot.protocol.calendar.local_time import local, say_date
from bot.training.messages import Morning, MorningSaved
from bot.training.pain_keyboard import morning_rows, morning_text

WORDS: Final = Words()


def morning_screen(intent: Morning, now: datetime) -> Screen:
    """Ask for the pain at the first sit-down; one tap answers."""
    day = _day(intent.day, intent.zone, now)
    text = paragraphs("<b>The morning after</b>", morning_text(day, intent.limit))
    return Screen(text=text, rows=morning_rows(intent.morning, intent.limit))


def _day(day: date, zone: str, now: datetime) -> str:
    return say_date(day, local(now, zone).date())


@WORDS.of(MorningSaved)
def _saved(said: MorningSaved, now: datetime) -> Screen:
    day = _day(said.day, said.zone, now)
    morning = "this morning" if day == "today" else f"{day} morning"
    text = lines(
        f"Pain {said.value} {morning} – saved.",
        "Your sessions stay paused." if said.paused else "",
    )
    return Screen(text=text, rows=((Button("Change it", data("ma", said.morning)),),))


MORNING_SCREENS: Final[dict[type[Message], Callable[[Any, datetime], Screen]]] = {
    Morning: morning_screen
}
