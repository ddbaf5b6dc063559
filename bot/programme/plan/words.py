"""Words and buttons of /plan, and of what is asked once more."""

from datetime import datetime
from typing import Any, Final

from bot.conversation import widgets
from bot.conversation.phrases import UNCHANGED, lines, paragraphs, say_band, say_dose
from bot.conversation.screen import VERSION, Button, Screen, Style, esc, fits
from bot.conversation.two_clocks import say_told
from bot.conversation.who_words import command_data
from bot.conversation.widgets import Row, Values, Words
from bot.protocol.calendar.local_time import say_day_time
from bot.protocol.dose.dose import RANGES

_NAMES: Final = {
    "hold_s": ("hold", " s"),
    "holds": ("holds", ""),
    "sets": ("sets", ""),
    "rest_s": ("rest", " s"),
    "set_rest_s": ("rest between sets", " s"),
    "side": ("side", ""),
    "lead_in_first_s": ("first get set", " s"),
    "lead_in_s": ("get set", " s"),
    "effort": ("effort", ""),
    "band": ("band", ""),
    "band_label": ("band label", ""),
    "pain_limit": ("pain limit", ""),
    "hard_stop": ("hard stop", ""),
    "exercise": ("exercise", ""),
    "to_fatigue": ("to fatigue", ""),
}
_FLAGS: Final = {
    "i": "it targets the lower hamstring",
    "ii": "it gives the glute no chance to work",
    "iii": "it is not a functional position",
    "compression": "it presses on the tendon",
}
_HOLD_STEP: Final = 5


def button(values: Values, label: str, words: str = "", command: str = "plan") -> Button:
    """Return a button that types `words` for the athlete."""
    found = [words] if words else []
    return Button(label, command_data(command, values["athlete_id"], *found))


def _value(field: str, value: Any) -> str:
    if field == "to_fatigue":
        return "yes" if value else "no"
    if field == "band_label":
        return f"“{esc(value)}”" if value else "none"
    if field == "band":
        return str(value) if value else "none"
    return f"{esc(value)}{_NAMES[field][1]}"


def _say_changes(changes: dict[str, list[Any]]) -> list[str]:
    return [
        f"{_NAMES[field][0]} {_value(field, before)} → <b>{_value(field, after)}</b>"
        for field, (before, after) in changes.items()
    ]


def head(values: Values) -> str:
    """Return what was just changed, or why nothing was; nothing where it is only shown."""
    if not values["changes"]:
        return UNCHANGED[values["why"]]
    running = "The session that is running keeps its plan." if values["running"] else ""
    return lines(
        f"<b>Changed for {esc(values['name'])}</b>, from the next session on.",
        *(f"• {said}" for said in _say_changes(values["changes"])),
        running,
        say_told(values),
    )


# ---- /plan ----------------------------------------------------------------------------


def _plan(values: Values, now: datetime) -> Screen:
    dose = values["dose"]
    text = paragraphs(
        head(values),
        lines(f"<b>Plan of {esc(values['name'])}</b>, version {values['version']}", *_say(values)),
        "" if values["changes"] else _history(values, now),
        f"Tap, or write for example\n/plan {esc(values['name'])} hold={dose['hold_s']} holds=8",
    )
    return Screen(text=text, rows=_plan_rows(values))


def _say(values: Values) -> list[str]:
    dose = values["dose"]
    sets = f", {dose['set_rest_s']} s between sets" if dose["sets"] > 1 else ""
    return [
        f"<b>{say_dose(dose['holds'], dose['hold_s'], dose['sets'], dose['side'])}</b>",
        f"Exercise {dose['exercise']}: {esc(values['exercise'])}",
        f"Rest {dose['rest_s']} s{sets}; effort {dose['effort']} of 10",
        say_band(dose["band"], dose["band_label"]),
        f"Get set {dose['lead_in_first_s']} s before the first hold, {dose['lead_in_s']} s later",
        f"Pain limit {dose['pain_limit']}, hard stop {dose['hard_stop']}",
        "To fatigue: “tired” is a proper ending." if dose["to_fatigue"] else "",
        f"Under tension: {values['planned_s']} s. In all about {_span(values['length_s'])}.",
    ]


def _span(seconds: int) -> str:
    return f"{seconds} s" if seconds < 120 else f"{round(seconds / 60)} min"  # noqa: PLR2004


def _history(values: Values, now: datetime) -> str:
    """Return the last versions, newest first; a single one has no history."""
    found = [one for one in values["history"] if one["changes"] is not None]
    if not found:
        return ""
    return lines("Last changes:", *(_past(one, values["reader_zone"], now) for one in found))


def _past(one: Values, zone: str, now: datetime) -> str:
    at = say_day_time(datetime.fromisoformat(one["at"]), zone, now)
    by = f", {esc(one['by'])}" if one["by"] else ""
    changes = ", ".join(_say_changes(one["changes"])) or "as before"
    return f"{at}{by}: {changes.replace('<b>', '').replace('</b>', '')}"


def _plan_rows(values: Values) -> tuple[Row, ...]:
    dose = values["dose"]
    steps = (
        _steps(values, "hold", dose["hold_s"], _HOLD_STEP, " s"),
        _steps(values, "holds", dose["holds"], 1, ""),
    )
    sides = tuple(
        button(values, label, f"side={side}")
        for side, label in widgets.SIDES.items()
        if side != dose["side"]
    )
    last = [button(values, "Limits", command="limits")]
    if values["version"] > 1:
        last.insert(0, button(values, "Undo last change", f"undo {values['version']}"))
    presets = (
        (button(values, "Warm-up 5 × 10 s", "warm-up"),),
        (button(values, "Fatigue 10 × 15 s", "fatigue"),),
    )
    return (*presets, *steps, sides, tuple(last))


def _steps(values: Values, field: str, value: int, step: int, unit: str) -> Row:
    """Return one button less and one more, as far as the range allows."""
    allowed = RANGES["hold_s" if field == "hold" else field]
    return tuple(
        button(values, f"{field.capitalize()} {to}{unit}", f"{field}={to}")
        for to in (value - step, value + step)
        if allowed.low <= to <= allowed.high
    )


# ---- asked once more ------------------------------------------------------------------


def _sure(values: Values, _now: datetime) -> Screen:
    name = esc(values["name"])
    yes = f"{values['words']} anyway"
    data = f"{VERSION}:c:{values['command']}:{values['athlete_id']}:{yes}"
    hint = "To do it, write the line again with the word “anyway” at its end."
    text = paragraphs(
        f"<b>Please look twice, for {name}.</b> Nothing is changed yet.",
        _raised(values),
        _flagged(values),
        "" if fits(data) else hint,
    )
    keep = button(values, "No, keep it as it is", command=values["command"])
    go = Button(_yes(values), data, Style.PRIMARY)
    return Screen(text=text, rows=((go,), (keep,)) if fits(data) else ((keep,),))


def _raised(values: Values) -> str:
    if values["limit"] is None:
        return ""
    before, after = values["limit"]
    return (
        f"The pain limit would go up from {before} to {after}: pain {after} goes on, only "
        f"{after + 1} stops. {esc(values['name'])} would work with more pain than now."
    )


def _flagged(values: Values) -> str:
    if values["flagged"] is None:
        return ""
    exercise, called, flags = values["flagged"]
    why = "; ".join(_FLAGS[flag] for flag in flags)
    return f"{exercise}, {called}, is a hold this method advises against: {why}."


def _yes(values: Values) -> str:
    parts = []
    if values["limit"] is not None:
        parts.append(f"pain up to {values['limit'][1]}")
    if values["flagged"] is not None:
        parts.append(f"use {values['flagged'][0]}")
    return f"Yes, {' and '.join(parts)}"


def _plan_changed(values: Values, _now: datetime) -> Screen:
    """Tell the athlete, in one sentence."""
    changes = values["changes"]
    said = ", ".join(_say_changes(changes))
    limit = changes.get("pain_limit", (None, None))[1]
    means = "" if limit is None else f" Pain {limit} goes on, {limit + 1} stops."
    text = f"{esc(values['by'])} changed your plan, from your next session on: {said}.{means}"
    return Screen(text=text)


SAY_PLAN: Final[dict[str, Words]] = {
    "plan": _plan,
    "plan_sure": _sure,
    "plan_changed": _plan_changed,
}
"""Topic → words."""
