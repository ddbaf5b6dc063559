"""Words for the short replies around a session.

A topic is shown as a message (`SAY_SESSION`) or, in answer to a button, as a toast. Both use
the same sentence; a message adds times on the athlete's clock and buttons where there are any.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, Final

from bot.conversation.phrases import lines
from bot.conversation.screen import Button, Screen, data, esc
from bot.protocol.calendar.local_time import say_day_time, say_time
from bot.protocol.session.state import Outcome
from bot.training import reasons as training_reasons
from bot.training.reasons import Bar
from bot.training.session.phrases import REACHED_LATE, say_next, start_rows

Values = dict[str, Any]
"""A topic's values, as they come out of JSON."""
MAX_TOAST: Final = 200
"""Telegram's limit for the answer to a button, in characters."""


# ---- sentences ------------------------------------------------------------------------

_BARRED: Final = {
    Bar.RUNNING: "A session is running already.",
    Bar.PAUSED: "Your plan is paused, so there is no session now.",
    Bar.DONE: "Today's session is done. More would not be better.",
    Bar.LEAVING: "You asked to have your data erased, so there are no more sessions.",
    Bar.GONE: "This reminder is of another day.",
    Bar.SCREENING: "The questions about warning signs are still open.",
}
_LOCKED: Final = {
    Outcome.STOPPED_HARD: "after very high pain",
    Outcome.RED_FLAG: "after a warning sign",
}
_RESTING: Final = {
    Outcome.STOPPED_PAIN: "your pain was over the limit",
    Outcome.STOPPED_HARD: "your pain was over the limit",
    Outcome.RESTED_ON_PAIN: "your pain was over the limit",
    Outcome.RISING: "your pain was rising",
    Outcome.RED_FLAG: "you named a warning sign",
    Outcome.STOPPED_EARLY: "you stopped your session",
    training_reasons.FLARE: "your pain was up the morning after your last session",
}


def _barred(values: Values) -> str:
    why, reason = Bar(values["why"]), values.get("reason")
    if why is Bar.LOCKED:
        since = f" {_LOCKED[reason]}" if reason in _LOCKED else ""
        doctor = " Please see a doctor first." if reason == Outcome.RED_FLAG else ""
        return f"Sessions are locked{since} until your coach or the admin unlocks them.{doctor}"
    if why is Bar.RESTING:
        because = f": {_RESTING[reason]}" if reason in _RESTING else ""
        return f"It is time to rest{because}. Resting follows your plan."
    return _BARRED[why]


def _in_line(values: Values) -> str:
    at = _instant(values["at"])
    assert at is not None
    first = "It takes a little longer" if values.get("again") else "Many people train just now"
    return f"{first}: your session begins at {say_time(at, values['zone'], seconds=True)}."


def _says(text: str) -> Callable[[Values], str]:
    return lambda _values: text


_SENTENCES: Final[dict[str, Callable[[Values], str]]] = {
    "started": _says("Started. Your session follows below."),
    "barred": _barred,
    "running": _says("Your session is running; the next cue comes by itself. To stop, send: stop."),
    "noted": lambda values: f"Pain {values['value']} – saved.",
    "known": _says("Saved already."),
    "sent_already": _says("Sent already."),
    "number_without_question": lambda values: (
        "No question is open, so nothing was saved. To note a pain, send "
        f"/pain {values['value']}; to train, /session."
    ),
    "unknown_command": lambda values: (
        f"There is no /{esc(values['name'])} for you here. /help shows what there is."
    ),
    "too_fast": _says(
        "That is a lot at once, so this was not done. Please go on in a minute. "
        "“stop” always works."
    ),
    "not_saved": _says(
        "Something went wrong on our side: your last message was NOT saved. Please send it "
        "again. If your set is running: rest, and send stop if you need to."
    ),
    "lower": _says(
        "A higher number is saved, and it counts. If it was a slip, send /undo within 2 minutes."
    ),
    "not_asked": lambda values: (
        "That question is closed, so this number was not saved. If it hurts now, send "
        f"/pain {values.get('value', 4)}."
    ),
    "late_noted": _says("Saved, as a late answer. It starts nothing again."),
    "edit_not_taken": _says(
        "A number in an edited message is not taken as an answer. Please send it anew."
    ),
    "unknown_text": _says(
        "I did not understand that. No session is running. Send /help to see what I can do."
    ),
    "stopped": _says("STOP. Rest now."),
    "nothing_to_stop": _says("No session is running, so there is nothing to stop."),
    "nothing_to_undo": _says(
        "There is nothing to take back: only the last answer can be, for 2 minutes."
    ),
    "stays_stopped": _says(
        "An answer that stopped your session stays. Rest for today. If it was a slip, tell "
        "your coach."
    ),
    "note_undone": lambda values: f"Your pain note {values['value']} is taken back.",
    "inactive": _says("This button is not active any more."),
    "in_line": _in_line,
    "line_left": _says("You are not in line any more. /session starts whenever you like."),
    "line_over": _says("You are not in line any more: there is no session for you just now."),
    "late_start": _says(f"{REACHED_LATE} No session was started."),
    "late_undo": _says(f"{REACHED_LATE} You have answered since, so nothing was taken back."),
}


def toast(topic: str, values: Values) -> str:
    """Return the topic as one plain sentence of at most 200 characters, not HTML.

    Raises KeyError for a topic without words here.
    """
    return _SENTENCES[topic](values)[:MAX_TOAST]


# ---- messages -------------------------------------------------------------------------


def _plainly(topic: str) -> Callable[[Values, datetime], Screen]:
    """Return the message that shows a topic's sentence as it is."""
    return lambda values, _now: Screen(text=esc(_SENTENCES[topic](values)))


def _barred_screen(values: Values, now: datetime) -> Screen:
    """Say why there is no session; after a session of today, when the next one is."""
    next_at, why = _instant(values.get("next_at")), Bar(values["why"])
    tells = why in {Bar.DONE, Bar.RESTING} or (why is Bar.PAUSED and next_at is not None)
    when = say_next(next_at, values["zone"], now) if tells else ""
    until = _instant(values.get("until"))
    rest = "" if until is None else f"Rest until {say_day_time(until, values['zone'], now)}."
    return Screen(text=lines(esc(_barred(values)), rest, when))


def _in_line_screen(values: Values, now: datetime) -> Screen:
    """Say when the session begins, in how long, and that it does so by itself."""
    at = _instant(values["at"])
    assert at is not None
    text = (
        f"{_in_line(values)} That is in about {_about(at - now)}. Stay at ease: the first "
        "question comes by itself."
    )
    return Screen(text=text, rows=((Button("Do not wait", data("l")),),))


def _about(wait: timedelta) -> str:
    """Return a wait as "20 s", "2 min" or "2 min 30 s", in steps of 5 s."""
    minutes, seconds = divmod(max(5, 5 * round(wait.total_seconds() / 5)), 60)
    parts = [f"{minutes} min"] * bool(minutes) + [f"{seconds} s"] * bool(seconds)
    return " ".join(parts)


def _number_screen(values: Values, _now: datetime) -> Screen:
    """Say that nothing was saved; noting it as pain is one tap."""
    value = values["value"]
    text = esc(_SENTENCES["number_without_question"](values))
    return Screen(text=text, rows=((Button(f"Note pain {value}", data("q", value)),),))


def _late_start_screen(values: Values, _now: datetime) -> Screen:
    """Say that nothing was begun; today's session can be begun or skipped."""
    text = esc(_SENTENCES["late_start"](values))
    return Screen(text=text, rows=start_rows(values.get("occurrence")))


def _instant(iso: str | None) -> datetime | None:
    return None if iso is None else datetime.fromisoformat(iso)


SAY_SESSION: Final[dict[str, Callable[[Values, datetime], Screen]]] = {
    **{topic: _plainly(topic) for topic in _SENTENCES},
    "barred": _barred_screen,
    "in_line": _in_line_screen,
    "late_start": _late_start_screen,
    "number_without_question": _number_screen,
}
"""Every topic's message, from its values and the moment of sending."""
