"""Words and buttons of a coach's quiet hours."""

from datetime import datetime
from typing import Final

from bot.coaching.quiet_hours.messages import QuietHoursSet, QuietHoursShown
from bot.conversation.screen import Button, Screen, Words, data, esc
from bot.conversation.widgets import problem

WORDS: Final = Words()
_QUIET: Final = ("22:00-07:00", "21:00-08:00", "23:00-06:00")


@WORDS.of(QuietHoursShown)
def _quiet_hours_shown(said: QuietHoursShown, _now: datetime) -> Screen:
    text = (
        f"{problem(said.problem)}Your quiet hours: <b>{_span(said.hours)}</b> "
        f"({esc(said.zone)}). Alerts in that time wait and come together when it ends; a red flag "
        "rings at any hour.\n\nChoose, or write for example /quiet 21:30-06:30"
    )
    return Screen(
        text=text,
        rows=tuple(
            (Button(_span(one), data("c", "quiet", "", one)),) for one in said.choices or _QUIET
        ),
    )


@WORDS.of(QuietHoursSet)
def _quiet_hours_set(said: QuietHoursSet, _now: datetime) -> Screen:
    before, after, zone = said.before, said.after, esc(said.zone)
    if before == after:
        return Screen(text=f"Your quiet hours are already {_span(after)} ({zone}).")
    undo = Button(f"Back to {_span(before)}", data("c", "quiet", "", before))
    return Screen(
        text=f"Your quiet hours: {_span(before)} → <b>{_span(after)}</b> ({zone}).",
        rows=((undo,),),
    )


def _span(hours: str) -> str:
    return hours.replace("-", "–")
