"""Words and buttons of a coach's quiet hours."""

from datetime import datetime
from typing import Final

from bot.conversation.screen import Button, Screen, data, esc
from bot.conversation.widgets import Values, Words, problem

_QUIET: Final = ("22:00-07:00", "21:00-08:00", "23:00-06:00")


def _quiet(values: Values, _now: datetime) -> Screen:
    text = (
        f"{problem(values)}Your quiet hours: <b>{_span(values['hours'])}</b> "
        f"({esc(values['zone'])}). Alerts of that time come together when they end; a red flag "
        "rings at any hour.\n\nChoose, or write for example /quiet 21:30-06:30"
    )
    return Screen(
        text=text,
        rows=tuple((Button(_span(one), data("c", "quiet", "", one)),) for one in _QUIET),
    )


def _quiet_changed(values: Values, _now: datetime) -> Screen:
    before, after = values["before"], values["after"]
    zone = esc(values["zone"])
    if before == after:
        return Screen(text=f"Your quiet hours are {_span(after)} ({zone}) already.")
    undo = Button(f"Back to {_span(before)}", data("c", "quiet", "", before))
    return Screen(
        text=f"Your quiet hours: {_span(before)} → <b>{_span(after)}</b> ({zone}).",
        rows=((undo,),),
    )


def _span(hours: str) -> str:
    return hours.replace("-", "–")


SAY_QUIET_HOURS: Final[dict[str, Words]] = {
    "quiet_hours": _quiet,
    "quiet_changed": _quiet_changed,
}
"""Topic → words."""
