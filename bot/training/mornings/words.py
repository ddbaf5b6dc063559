"""Words and buttons of the morning after."""

from collections.abc import Callable
from datetime import date, datetime
from typing import Any, Final

from bot.conversation.message import Message
from bot.conversation.screen import Button, Screen, Words, data, lines, paragraphs
from bot.protocol.calendar.local_time import local, say_date
from bot.training.load.buttons import kind_rows
from bot.training.load.phrases import say_tip
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
    text = paragraphs(
        lines(
            f"Pain {said.value} {morning} – saved.",
            "Your sessions stay paused." if said.paused else "",
        ),
        say_tip(said.tip),
        _diary(said, now),
    )
    change = (Button("Change it", data("ma", said.morning)),)
    rows = () if said.diary_day is None else kind_rows(said.diary_day)
    return Screen(text=text, rows=(change, *rows))


def _diary(said: MorningSaved, now: datetime) -> str:
    if said.diary_day is None:
        return ""
    day = _day(said.diary_day, said.zone, now)
    return f"A run or other sport {day if day.isalpha() else f'on {day}'}? Note it here."


MORNING_SCREENS: Final[dict[type[Message], Callable[[Any, datetime], Screen]]] = {
    Morning: morning_screen
}
