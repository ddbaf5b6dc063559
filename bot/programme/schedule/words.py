"""Words and buttons of /schedule."""

from datetime import datetime
from typing import Final

from bot.conversation import widgets
from bot.conversation.phrases import UNCHANGED, lines, paragraphs
from bot.conversation.screen import Button, Screen, Style, esc
from bot.conversation.two_clocks import say_both, say_told, say_zones
from bot.conversation.who_words import command_data
from bot.conversation.widgets import Row, Values, Words

_DAYS: Final = (("Every day", "daily"), ("Mon–Fri", "mon-fri"), ("Mon, Wed, Fri", "mon,wed,fri"))
_LABELS: Final = {"zone": "Zone", "days": "Days", "time": "Time", "quiet": "Quiet hours"}


def _button(values: Values, label: str, words: str, style: Style | None = None) -> Button:
    return Button(label, command_data("schedule", values["athlete_id"], words), style)


def _switch(values: Values, *, off: bool) -> Button:
    if off:
        return _button(values, "Switch on", "on", Style.SUCCESS)
    return _button(values, "Switch off", "off")


def _say(item: str, text: str) -> str:
    if item == "days":
        return widgets.say_days(text) if text else "off"
    if item == "time":
        return widgets.say_times(text)
    return text.replace("-", "–") if item == "quiet" else esc(text)


def _schedule(values: Values, now: datetime) -> Screen:
    name = esc(values["name"])
    text = paragraphs(
        UNCHANGED[values["why"]],
        lines(
            f"<b>Schedule of {name}</b>",
            f"Days: <b>{_say('days', values['days'])}</b>",
            f"Time: <b>{_say('time', values['time'])}</b>",
            f"Zone: <b>{esc(values['zone'])}</b>",
            f"Quiet hours: {_say('quiet', values['quiet'])}",
        ),
        _coming(values, now),
        f"Tap, or write for example\n/schedule {name} mon-fri 07:30 Europe/Berlin\n"
        "Parts left out stay as they are.",
    )
    return Screen(text=text, rows=_rows(values))


def _coming(values: Values, now: datetime) -> str:
    """Return the next reminders with both zones named, or why none comes."""
    times = [f"<b>{say_both(at, values, now)}</b>" for at in values["coming"]]
    paused = "Paused now. " if values["paused"] else ""
    if len(times) == 1:
        return f"{paused}Next reminder: {times[0]}, {say_zones(values)}."
    if times:
        listed = (f"• {at}" for at in times)
        return lines(f"{paused}Next reminders, {say_zones(values)}:", *listed)
    if values["locked"]:
        return "No reminder comes: the sessions are locked."
    if values["off"]:
        return "No reminder comes: they are switched off."
    return "No reminder comes: the plan is paused." if values["paused"] else "None is planned."


def _rows(values: Values) -> tuple[Row, ...]:
    days = widgets.in_rows([_button(values, label, words) for label, words in _DAYS], 2)
    times = widgets.in_rows([_button(values, at, at) for at in widgets.TIMES], 4)
    return (*days, *times, (_switch(values, off=values["off"]),))


def _changes(values: Values) -> list[tuple[str, str]]:
    """Return each changed item's label, and its value before and after."""
    return [
        (_LABELS[item], f"{_say(item, before)} → <b>{_say(item, after)}</b>")
        for item, before, after in values["changes"]
    ]


def _done(values: Values, now: datetime) -> Screen:
    text = paragraphs(
        lines(
            f"<b>Changed for {esc(values['name'])}.</b>",
            *(f"{label}: {change}" for label, change in _changes(values)),
        ),
        lines(_coming(values, now), say_told(values)),
    )
    undo = _button(values, "Undo", f"undo {values['undo']}")
    see = Button("Schedule", command_data("schedule", values["athlete_id"]))
    return Screen(text=text, rows=((undo, see), (_switch(values, off=values["off"]),)))


def _changed(values: Values, now: datetime) -> Screen:
    """Tell the athlete, in one sentence."""
    by = esc(values["by"])
    said = "; ".join(f"{label.lower()} {change}" for label, change in _changes(values))
    done = f"{by} switched your reminders off." if _off(values) else ""
    next_at = values["next_at"]
    when = "" if next_at is None else widgets.say_moment(next_at, values["zone"], now)
    return Screen(
        text=lines(
            done or f"{by} changed your reminders: {said}.",
            f"Next reminder: <b>{when}</b>." if when else "",
        )
    )


def _off(values: Values) -> bool:
    return [(item, after) for item, _before, after in values["changes"]] == [("days", "")]


SAY_SCHEDULE: Final[dict[str, Words]] = {
    "schedule": _schedule,
    "schedule_done": _done,
    "schedule_changed": _changed,
}
"""Topic → words."""
