"""Words and buttons of the settings, of pausing and of resuming."""

from collections.abc import Callable
from datetime import date, datetime
from typing import Final

from bot.conversation import widgets
from bot.conversation.phrases import KEPT
from bot.conversation.screen import Button, Screen, Style, data, esc
from bot.conversation.widgets import Data, Row, Values, Words, problem
from bot.protocol.calendar.local_time import local, say_date, say_time
from bot.training.session.phrases import say_reason

_LABELS: Final = {
    "zone": "Zone",
    "days": "Days",
    "time": "Time",
    "side": "Side",
    "cues": "Cues",
    "quiet": "Quiet hours",
}
_HOME: Final[Row] = (Button("All settings", data("s", "home")),)
_BACK: Final[Row] = (Button("Back", data("s", "home")),)
_QUIET: Final = ("21:00-07:00", "22:00-07:00", "22:00-06:00", "23:00-08:00")
_RESUME: Final = Button("Resume now", data("s", "resume", "now"), Style.SUCCESS)


def _value(item: str) -> Data:
    return lambda value: data("s", item, value)


def _say(item: str, text: str) -> str:
    """Return a setting's value as a person reads it."""
    if item == "days":
        return widgets.say_days(text)
    if item == "time":
        return widgets.say_times(text)
    return text.replace("-", "–") if item == "quiet" else esc(text)


# ---- all of them ----------------------------------------------------------------------


def _settings(values: Values, now: datetime) -> Screen:
    clock = f", {say_time(now, values['zone'])} now"
    lines = [
        f"{label}: <b>{_say(item, values[item])}</b>{clock if item == 'zone' else ''}"
        for item, label in _LABELS.items()
    ]
    change = [Button(f"Change {label.lower()}", data("s", item)) for item, label in _LABELS.items()]
    return Screen(
        text="\n".join([f"{problem(values)}<b>Your settings</b>", *lines, "", _next(values, now)]),
        rows=(*widgets.in_rows(change[:-1], 2), (change[-1],), *filter(None, [_pause_row(values)])),
    )


def _pause_row(values: Values) -> Row:
    if values["paused"]:
        return () if values.get("kept") else (_RESUME,)
    return (Button("Pause", data("s", "pause", "open")),)


def _next(values: Values, now: datetime) -> str:
    if values["locked"]:
        return "Sessions are locked until your coach unlocks them."
    if values["paused"]:
        back_on = values["back_on"]
        if values.get("kept"):
            return f"Paused {_kept_until(back_on, values['zone'], now)} {KEPT}"
        return f"Paused {_until(back_on, values['zone'], now)}"
    return _reminder(values, now)


def _kept_until(back_on: str | None, zone: str, now: datetime) -> str:
    return "without an end day." if back_on is None else _until(back_on, zone, now)


def _until(back_on: str | None, zone: str, now: datetime) -> str:
    if back_on is None:
        return "until you resume."
    return f"– first day back: <b>{_date(back_on, zone, now)}</b>."


def _date(day: str, zone: str, now: datetime) -> str:
    return say_date(date.fromisoformat(day), local(now, zone).date())


def _reminder(values: Values, now: datetime) -> str:
    if values["next_at"] is None:
        return "No reminder is planned."
    return f"Next reminder: <b>{widgets.say_moment(values['next_at'], values['zone'], now)}</b>."


def _set_done(values: Values, now: datetime) -> Screen:
    lines = [
        f"{_LABELS[item]}: {_say(item, before)} → <b>{_say(item, after)}</b>"
        for item, before, after in values["changes"]
    ]
    back = values["back"]
    undo = () if back is None else (Button("Change back", data("s", "back", back)),)
    note = _note({item for item, _, _ in values["changes"]})
    return Screen(
        text="\n".join(["<b>Changed.</b>", *lines, "", f"{note}{_reminder(values, now)}"]),
        rows=((*undo, *_HOME),),
    )


def _note(items: set[str]) -> str:
    made = "The quiet hours made room, so that the reminder can ring.\n"
    side = "A session that is running keeps its side.\n"
    return (made if "quiet" in items and "time" in items else "") + (
        side if "side" in items else ""
    )


# ---- one by one -----------------------------------------------------------------------


def _set_zone(values: Values, now: datetime) -> Screen:
    zone = values["zone"]
    return Screen(
        text=(
            f"{problem(values)}Your zone is <b>{esc(zone)}</b>, "
            f"{say_time(now, zone)} now.\n\n"
            "Type a city, for example Lyon, or choose:"
        ),
        rows=(*widgets.zone_rows(_value("zone")), _BACK),
    )


def _zone_part(part: Callable[[Values, datetime, Data], tuple[str, tuple[Row, ...]]]) -> Words:
    def words(values: Values, now: datetime) -> Screen:
        text, rows = part(values, now, _value("zone"))
        return Screen(text=text, rows=(*rows, _BACK))

    return words


def _set_days(values: Values, _now: datetime) -> Screen:
    draft = values.get("draft")
    ticked = values["days"] if draft is None else draft
    return Screen(
        text=(
            f"{problem(values)}Your days: <b>{_say('days', values['days'])}</b>.\n\n"
            "Choose a set, tick single days and press OK, or type them, for example mon-fri."
        ),
        rows=(*widgets.day_rows(ticked, _value("days")), _BACK),
    )


def _set_time(values: Values, _now: datetime) -> Screen:
    return Screen(
        text=(
            f"{problem(values)}Your time: <b>{_say('time', values['time'])}</b>.\n\n"
            "Choose, or type it, for example 6:45 pm. Two a day: 07:30 and 18:00."
        ),
        rows=(*widgets.time_rows(_value("time")), _BACK),
    )


def _set_side(values: Values, _now: datetime) -> Screen:
    return Screen(
        text=f"{problem(values)}Your side: <b>{_say('side', values['side'])}</b>.",
        rows=(*widgets.side_rows(_value("side")), _BACK),
    )


def _set_cues(values: Values, _now: datetime) -> Screen:
    value = _value("cues")
    return Screen(
        text=(
            f"{problem(values)}Cues are <b>{_say('cues', values['cues'])}</b>.\n\n"
            "Full: each HOLD repeats how to stand. Short: HOLD and the seconds only."
        ),
        rows=((Button("Full", value("full")), Button("Short", value("short"))), _BACK),
    )


def _set_quiet(values: Values, _now: datetime) -> Screen:
    value = _value("quiet")
    buttons = [Button(hours.replace("-", "–"), value(hours.replace(":", ""))) for hours in _QUIET]
    return Screen(
        text=(
            f"{problem(values)}Quiet hours: <b>{_say('quiet', values['quiet'])}</b>. "
            "No reminder rings in them.\n\nChoose, or type them, for example 22:00-07:00."
        ),
        rows=(*widgets.in_rows(buttons, 2), _BACK),
    )


# ---- pausing --------------------------------------------------------------------------


def _paused(values: Values, now: datetime) -> Screen:
    back_at = values["back_at"]
    first = "" if back_at is None else widgets.say_moment(back_at, values["zone"], now)
    back = f"\nFirst reminder: <b>{first}</b>." if first else ""
    value = _value("pause")
    spans = (("3 days", "3d"), ("1 week", "7d"), ("2 weeks", "14d"), ("Until I resume", "open"))
    return Screen(
        text=(
            f"Paused {_until(values['back_on'], values['zone'], now)}{back}\n\n"
            "No reminders come, and a pause never counts as missed days. "
            "You can choose another length:"
        ),
        rows=(
            *widgets.in_rows([Button(label, value(span)) for label, span in spans], 2),
            (_RESUME,),
        ),
    )


def _pause_kept(values: Values, now: datetime) -> Screen:
    until = _kept_until(values["back_on"], values["zone"], now)
    text = f"Your plan is paused {until} {KEPT} Nothing was changed."
    return Screen(text=f"{text}\n{say_reason(values['reason'])}".strip())


def _pause_problem(values: Values, _now: datetime) -> Screen:
    return Screen(text=esc(values["problem"]))


def _resumed(values: Values, now: datetime) -> Screen:
    locked = "Sessions are locked until your coach unlocks them."
    return Screen(
        text=f"The pause is over. {locked if values['locked'] else _reminder(values, now)}"
    )


def _not_paused(values: Values, now: datetime) -> Screen:
    locked = "But sessions are locked until your coach unlocks them."
    return Screen(
        text=f"Your plan is not paused. {locked if values['locked'] else _reminder(values, now)}"
    )


SAY_SETTINGS: Final[dict[str, Words]] = {
    "settings": _settings,
    "set_done": _set_done,
    "set_zone": _set_zone,
    "set_zone_clock": _zone_part(widgets.clock),
    "set_zone_pick": _zone_part(widgets.pick),
    "set_zone_check": _zone_part(widgets.check),
    "set_zone_location": widgets.location,
    "location_off": widgets.location_off,
    "set_days": _set_days,
    "set_time": _set_time,
    "set_side": _set_side,
    "set_cues": _set_cues,
    "set_quiet": _set_quiet,
    "paused": _paused,
    "pause_kept": _pause_kept,
    "pause_problem": _pause_problem,
    "resumed": _resumed,
    "not_paused": _not_paused,
}
"""Topic → words, for everything that the settings and pauses say."""
