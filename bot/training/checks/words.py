"""Words and buttons of the weekly check."""

from datetime import datetime
from typing import Final

from bot.conversation.screen import (
    Button,
    Row,
    Screen,
    Words,
    data,
    esc,
    in_rows,
    lines,
    paragraphs,
)
from bot.protocol.calendar.local_time import MONTHS
from bot.protocol.load.weekly_check import BETTER, SITS
from bot.training.checks.messages import Asks, CheckAnswered, ChecksShown, WeeklyCheckAsked
from bot.training.load.phrases import say_better, say_sit, say_tip
from bot.training.pain_keyboard import ANCHORS

WORDS: Final = Words()
_QUESTIONS: Final = {
    Asks.WORST: f"Worst pain at your sitting bone in the last 7 days? {ANCHORS}",
    Asks.SIT: "How many minutes can you sit before it hurts?",
    Asks.BETTER: "Compared with when you began here, how is it?",
}
_NUMBER: Final = {Asks.WORST: 1, Asks.SIT: 2, Asks.BETTER: 3}


@WORDS.of(WeeklyCheckAsked)
def _asked(said: WeeklyCheckAsked, _now: datetime) -> Screen:
    day = f"{said.sunday.day} {MONTHS[said.sunday.month - 1]}"
    if said.asks is None:
        text = paragraphs(
            f"<b>Your week to {day}</b>, saved:", lines(*_answers(said)), say_tip(said.tip)
        )
        again = Button("Change it", data("h", said.check, Asks.BETTER, "again"))
        return Screen(text=text, rows=((again,),))
    head = f"<b>Your week to {day}</b>, {_NUMBER[said.asks]} of 3"
    text = paragraphs(head, say_tip(said.tip), _QUESTIONS[said.asks])
    return Screen(text=text, rows=_rows(said, said.asks))


def _rows(said: WeeklyCheckAsked, asks: Asks) -> tuple[Row, ...]:
    def button(label: str, value: object) -> Button:
        return Button(label, data("h", said.check, asks, value))

    unknown = (button("I do not know", "x"),)
    match asks:
        case Asks.WORST:
            return (*in_rows([button(str(one), one) for one in range(11)], 6), unknown)
        case Asks.SIT:
            last = SITS[-1]
            found = [button(f"{one}+" if one == last else str(one), one) for one in SITS]
            return (*in_rows(found, 3), unknown)
        case Asks.BETTER:
            return (*((button(say_better(one), one),) for one in reversed(BETTER)), unknown)


def _answers(said: WeeklyCheckAsked) -> list[str]:
    worst = "not known" if said.worst is None else str(said.worst)
    sit = "not known" if said.sit is None else say_sit(said.sit)
    better = "not known" if said.better is None else say_better(said.better).casefold()
    return [f"Worst pain: {worst}", f"Sitting: {sit}", f"Against the start: {better}"]


WORDS.sentence(CheckAnswered, "Saved.")


@WORDS.of(ChecksShown)
def _shown(said: ChecksShown, _now: datetime) -> Screen:
    wrong = f"“{esc(said.wrong[:40])}” is neither on nor off. " if said.wrong else ""
    label, word = ("Turn it off", "off") if said.on else ("Turn it on", "on")
    state = "on" if said.on else "off"
    text = f"{wrong}Three taps about your week, on Sunday evenings: {state}."
    return Screen(text=text, rows=((Button(label, data("c", "check", "", word)),),))
