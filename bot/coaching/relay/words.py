"""Words and buttons of a coach's notes, quiet hours and messages, and of days that were missed."""

from collections.abc import Callable
from datetime import date, datetime
from typing import Any, Final

from bot.coaching.athletes.words import note_lines
from bot.coaching.messages import Relayed
from bot.conversation.message import Intent
from bot.conversation.phrases import lines, paragraphs
from bot.conversation.screen import Button, Screen, data, esc
from bot.conversation.who_words import command_data
from bot.conversation.widgets import Values, Words, problem
from bot.protocol.calendar.local_time import WEEKDAYS
from bot.training.reasons import REASONS

_NOTE: Final = 1_000
_QUIET: Final = ("22:00-07:00", "21:00-08:00", "23:00-06:00")


# ---- notes ----------------------------------------------------------------------------


def _notes(values: Values, now: datetime) -> Screen:
    name = esc(values["name"])
    found = note_lines(values, values["zone"], now, _NOTE)
    return Screen(
        text=paragraphs(
            f"<b>Notes about {name}</b>" if found else f"There is no note about {name} yet.",
            *found,
            f"To add one, write it now, or: /note {name} text. Write cancel to leave.",
        )
    )


def _note_kept(values: Values, _now: datetime) -> Screen:
    name, athlete = esc(values["name"]), values["athlete_id"]
    undo = Button("Undo", command_data("note", athlete, f"undo {values['note']}"))
    text = lines(
        f"Noted about {name}: {esc(values['text'])}",
        f"It stands on the card. {name} sees it only in /export.",
    )
    return Screen(text=text, rows=((undo,),))


def _note_undone(values: Values, _now: datetime) -> Screen:
    return Screen(text=f"The note about {esc(values['name'])} is deleted.")


def _note_too_long(values: Values, _now: datetime) -> Screen:
    return Screen(
        text=(
            f"The note has {values['length']} characters; up to {values['most']} are possible. "
            "Nothing was saved: please write it as two."
        )
    )


# ---- quiet hours ----------------------------------------------------------------------


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


# ---- words passed on ------------------------------------------------------------------


def relayed(intent: Relayed, _now: datetime) -> Screen:
    """Pass words on, literally, and say how to answer."""
    how = f"Reply to this message to answer {esc(intent.name)}."
    return Screen(
        text=f"<b>{esc(intent.name)} writes:</b>\n{esc(intent.text)}\n\n<i>{how}</i>",
    )


def _relay_ask(values: Values, _now: datetime) -> Screen:
    name = esc(values["name"])
    return Screen(text=f"Write your message to {name} now; I pass it on. Or write cancel.")


def _under_way(values: Values, _now: datetime) -> Screen:
    return Screen(text=f"On its way to {esc(values['name'])}.")


def _delivered(values: Values, _now: datetime) -> Screen:
    return Screen(text=f"Delivered to {esc(values['name'])}.")


def _lost(values: Values, _now: datetime) -> Screen:
    return Screen(text=f"Your message to {esc(values['name'])} could not be delivered.")


def _relay_unreachable(values: Values, _now: datetime) -> Screen:
    name = esc(values["name"])
    return Screen(text=f"I can not reach {name} at the moment, so nothing was sent.")


def _relay_too_long(values: Values, _now: datetime) -> Screen:
    return Screen(
        text=(
            f"The message has {values['length']} characters; up to {values['most']} are possible. "
            "Nothing was sent: please send it in two parts."
        )
    )


def _relay_ended(values: Values, _now: datetime) -> Screen:
    name = esc(values["name"])
    if values["mine"]:
        return Screen(text=f"You do not share with {name} any more, so nothing was sent.")
    return Screen(text=f"{name} does not share with you any more, so nothing was sent.")


def _text_only(values: Values, _now: datetime) -> Screen:
    name = esc(values["name"])
    return Screen(text=f"I pass on text only. Nothing was sent to {name}: please write it.")


# ---- missed days ----------------------------------------------------------------------

_WHY: Final = {
    "time": "No time",
    "pain": "Pain",
    "band": "No band",
    "forgot": "Forgot",
    "unsure": "Not sure",
}
_THEN: Final = {
    "time": "Another time of day may fit better: /settings changes it.",
    "pain": (
        "Please do not train through pain. If anything about it is new or worrying, /flag "
        "checks for warning signs."
    ),
    "band": "/pause stops the reminders until you have one again.",
    "forgot": "A reminder at another time may help: /settings changes it.",
    "unsure": "That is fine. /history shows how it went so far.",
}
_ASK_COACH: Final = frozenset({"band", "unsure"})


def _why_missed(values: Values, _now: datetime) -> Screen:
    days = " and ".join(WEEKDAYS[date.fromisoformat(day).weekday()] for day in values["days"])
    rows = [(Button(_WHY[reason], data("y", values["occurrence"], reason)),) for reason in REASONS]
    return Screen(
        text=f"No session on {days}. What got in the way? One tap helps your plan fit you.",
        rows=tuple(rows),
    )


def _why_noted(values: Values, _now: datetime) -> Screen:
    reason = values["reason"]
    coach = "Your coach sees your answer." if values["has_coach"] else ""
    if values["has_coach"] and reason in _ASK_COACH:
        coach = "Your coach sees your answer and can help."
    return Screen(text=lines(f"Noted: {_WHY[reason].lower()}.", _THEN[reason], coach))


SAY_COACHING: Final[dict[str, Words]] = {
    "notes": _notes,
    "note_kept": _note_kept,
    "note_undone_staff": _note_undone,
    "note_too_long": _note_too_long,
    "quiet_hours": _quiet,
    "quiet_changed": _quiet_changed,
    "relay_ask": _relay_ask,
    "relay_under_way": _under_way,
    "relay_delivered": _delivered,
    "relay_lost": _lost,
    "relay_unreachable": _relay_unreachable,
    "relay_too_long": _relay_too_long,
    "relay_ended": _relay_ended,
    "relay_text_only": _text_only,
    "why_missed": _why_missed,
    "why_noted": _why_noted,
}
"""Topic → words."""

RELAY_SCREENS: Final[dict[type[Intent], Callable[[Any, datetime], Screen]]] = {Relayed: relayed}
"""Intent → its look."""
