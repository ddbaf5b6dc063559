"""Words and buttons of /schedule."""

from datetime import datetime
from typing import Final

from bot.conversation import screen, widgets
from bot.conversation.phrases import UNCHANGED, say_both, say_told, say_zones
from bot.conversation.screen import (
    Button,
    Row,
    Screen,
    Style,
    Words,
    command_data,
    esc,
    lines,
    paragraphs,
)
from bot.programme.messages import Item, SettingChange
from bot.programme.phrases import say_open, say_reminder
from bot.programme.schedule.messages import (
    Reminders,
    ScheduleChanged,
    ScheduleChangedForYou,
    ScheduleShown,
)

WORDS: Final = Words()

_DAYS: Final = (("Every day", "daily"), ("Mon–Fri", "mon-fri"), ("Mon, Wed, Fri", "mon,wed,fri"))
_LABELS: Final[dict[Item, str]] = {
    "zone": "Zone",
    "days": "Days",
    "time": "Time",
    "quiet": "Quiet hours",
}


def _button(said: Reminders, label: str, words: str, style: Style | None = None) -> Button:
    return Button(label, command_data("schedule", said.athlete_id, words), style)


def _switch(said: Reminders) -> Button:
    if said.off:
        return _button(said, "Switch on", "on", Style.SUCCESS)
    return _button(said, "Switch off", "off")


def _say(item: str, text: str) -> str:
    if item == "days":
        return widgets.say_days(text) if text else "off"
    if item == "time":
        return widgets.say_times(text)
    return text.replace("-", "–") if item == "quiet" else esc(text)


@WORDS.of(ScheduleShown)
def _schedule(said: ScheduleShown, now: datetime) -> Screen:
    name = esc(said.name)
    text = paragraphs(
        UNCHANGED[said.why],
        lines(
            f"<b>Schedule of {name}</b>",
            f"Days: <b>{_say('days', said.days)}</b>",
            f"Time: <b>{_say('time', said.time)}</b>",
            f"Zone: <b>{esc(said.zone)}</b>",
            f"Quiet hours: {_say('quiet', said.quiet)}",
        ),
        _coming(said, now),
        f"Tap, or write for example\n/schedule {name} mon-fri 07:30 Europe/Berlin\n"
        "What you leave out stays as it is.",
    )
    return Screen(text=text, rows=_rows(said))


def _coming(said: Reminders, now: datetime) -> str:
    """Return the next reminders with both zones named, or why none comes."""
    times = [f"<b>{say_both(at, said, now)}</b>" for at in said.coming]
    paused = "Paused now. " if said.paused else ""
    if len(times) == 1:
        return f"{paused}Next reminder: {times[0]}, {say_zones(said)}."
    if times:
        listed = (f"• {at}" for at in times)
        return lines(f"{paused}Next reminders, {say_zones(said)}:", *listed)
    if said.locked:
        return "No reminder comes: the sessions are locked."
    if said.off:
        return "No reminder comes: reminders are switched off."
    return "No reminder comes: the plan is paused." if said.paused else "No reminder is planned."


def _rows(said: ScheduleShown) -> tuple[Row, ...]:
    days = screen.in_rows([_button(said, label, words) for label, words in _DAYS], 2)
    times = screen.in_rows([_button(said, at, at) for at in widgets.TIMES], 4)
    return (*days, *times, (_switch(said),))


def _changes(changes: tuple[SettingChange, ...]) -> list[tuple[str, str]]:
    """Return each changed item's label, and its value before and after."""
    return [
        (_LABELS[item], f"{_say(item, before)} → <b>{_say(item, after)}</b>")
        for item, before, after in changes
    ]


@WORDS.of(ScheduleChanged)
def _done(said: ScheduleChanged, now: datetime) -> Screen:
    text = paragraphs(
        lines(
            f"<b>Changed for {esc(said.name)}.</b>",
            *(f"{label}: {change}" for label, change in _changes(said.changes)),
        ),
        lines(
            say_open(said.moved_to, closed=said.closed, zone=said.zone, now=now),
            _coming(said, now),
            say_told(said.name, said.told),
        ),
    )
    undo = _button(said, "Undo", f"undo {said.undo}")
    see = Button("Schedule", command_data("schedule", said.athlete_id))
    return Screen(text=text, rows=((undo, see), (_switch(said),)))


@WORDS.of(ScheduleChangedForYou)
def _changed_for_you(said: ScheduleChangedForYou, now: datetime) -> Screen:
    """Tell the athlete, in one sentence."""
    by = esc(said.by)
    each = "; ".join(f"{label.lower()} {change}" for label, change in _changes(said.changes))
    off = [(item, after) for item, _before, after in said.changes] == [("days", "")]
    done = f"{by} switched your reminders off." if off else ""
    return Screen(
        text=lines(
            done or f"{by} changed your reminders: {each}.",
            say_open(said.moved_to, closed=said.closed, zone=said.zone, now=now),
            "" if said.next_at is None else say_reminder(said.next_at, said.zone, now),
        )
    )
