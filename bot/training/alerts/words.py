"""What a coach reads when something happened, and what the athlete reads about that."""

from collections.abc import Callable
from datetime import datetime
from typing import Any, Final

from bot.conversation.message import Message
from bot.conversation.phrases import REASONS, in_both_zones, say_flag
from bot.conversation.screen import (
    Button,
    Row,
    Screen,
    command_data,
    esc,
    lines,
    many,
    paragraphs,
)
from bot.conversation.widgets import name_rows
from bot.protocol.calendar.local_time import say_day_time
from bot.protocol.names import in_full
from bot.protocol.session.state import Outcome
from bot.training.messages import EACH, CoachAlert, CoachAlerts, CoachTold
from bot.training.reasons import LOWEST, MISSED, MISSED_PAIN, SEVERE_MORNING, UNREACHABLE

LINES: Final = EACH
"""Alerts told one by one in a message; the rest is counted."""
_NAME, _SHORT = 40, 12
"""Letters of a name in a line, and of one that is told apart by many words."""
_OFFERED: Final = 12
"""Athletes with a button under a message about several."""


def coach_alert(intent: CoachAlert, now: datetime) -> Screen:
    """Tell a coach what happened to an athlete, where, and when; what can be done is a button."""
    text = paragraphs(
        f"<b>{esc(in_full(intent.athlete, intent.apart))}{_what_happened(intent)}</b>",
        _when(intent, now),
        _what_else(intent),
    )
    return Screen(text=text, rows=_rows(intent), rings=True)


def _when(intent: CoachAlert, now: datetime) -> str:
    """Return when it happened; days that were missed have no hour."""
    if intent.event in {MISSED, MISSED_PAIN}:
        return ""
    when = in_both_zones(intent.at, intent.zone, intent.coach_zone or intent.zone, now)
    return f"On the athlete's clock: {when}"


def _rows(intent: CoachAlert) -> tuple[Row, ...]:
    def button(label: str, command: str) -> Button:
        return Button(label, command_data(command, intent.athlete_id))

    see = button("See athlete", "athlete")
    if intent.session is not None:
        shown = command_data("athlete", intent.athlete_id, intent.session)
        see = Button("See session", shown)
    write = (button("Write", "say"),) if intent.event != UNREACHABLE else ()
    unlock = (button("Unlock", "unlock"),) if intent.locked else ()
    paused = intent.event == SEVERE_MORNING
    rest = button("Resume", "resume") if paused else button("Pause", "pause")
    return ((see, *write), (rest, *unlock))


def _what_happened(intent: CoachAlert) -> str:
    """Return what follows the athlete's name."""
    words = _HAPPENED.get(intent.event, ": {event}{where}")
    return words.format(
        event=esc(intent.event.replace("_", " ")),
        pain="pain" if intent.value is None else f"pain {intent.value}",
        where=_where(intent),
        limit=f"limit {intent.limit}",
        days=many(intent.missed, "planned day"),
    )


_HAPPENED: Final = {
    Outcome.STOPPED_PAIN: " stopped at {pain}{where}; {limit}",
    Outcome.STOPPED_HARD: " stopped at {pain}{where}; {limit}",
    Outcome.RISING: " stopped{where}: {pain} and rising; {limit}",
    Outcome.RESTED_ON_PAIN: " rests today: {pain} before the session; {limit}",
    Outcome.RED_FLAG: " reported a red flag{where}",
    SEVERE_MORNING: ": {pain} this morning; {limit}",
    LOWEST: ": {pain} this morning, on the lowest step; {limit}",
    UNREACHABLE: " cannot be reached: messages do not arrive",
    MISSED: " missed {days} in a row",
    MISSED_PAIN: " missed {days} in a row because of pain",
}


def _where(intent: CoachAlert) -> str:
    spot = intent.spot
    if spot is None:
        return ""
    set_no = f", set {spot.set_no} of {spot.sets}" if spot.sets > 1 else ""
    return f" on hold {spot.number} of {spot.of}{set_no}, {esc(spot.side)}"


def _what_else(intent: CoachAlert) -> str:
    alone = "No coach can be reached, so the admins are told." if intent.no_coach else ""
    return lines(_details(intent), _what_is_locked(intent), alone)


def _details(intent: CoachAlert) -> str:
    if intent.event == Outcome.RED_FLAG and intent.reason is not None:
        return f"Reported: {say_flag(intent.reason)}."
    if intent.event == LOWEST:
        return "The plan has no step below this one, so it stays until you change it."
    if intent.event == MISSED:
        why = REASONS.get(intent.reason or "")
        asked = "Asked why; no answer yet." if why is None else f"Reason given: {why}."
        return f"{asked} A word from you helps most."
    return ""


def _what_is_locked(intent: CoachAlert) -> str:
    if intent.event == SEVERE_MORNING and not intent.locked:
        return "Sessions are paused until you resume them. Please talk with the athlete first."
    if not intent.locked:
        return ""
    return "Sessions are locked until you unlock them. Please talk with the athlete first."


def coach_alerts(intent: CoachAlerts, now: datetime) -> Screen:
    """Tell a coach of several alerts that waited: a line each, a button for each athlete."""
    people = {one.athlete_id: in_full(one.athlete, one.apart) for one in intent.alerts}
    shown = [_line(one, now) for one in intent.alerts[:LINES]]
    more = len(intent.alerts) - len(shown)
    rest = f"… and {more} more: /athletes shows who needs you." if more else ""
    clock = (
        ", times on your clock" if any(one.coach_zone != one.zone for one in intent.alerts) else ""
    )
    title = f"<b>{many(len(people), 'athlete')}, {many(len(intent.alerts), 'alert')}</b>{clock}"
    offered = list(people.items())[:_OFFERED]
    rows = name_rows([(name, command_data("athlete", key)) for key, name in offered])
    return Screen(text=lines(title, *shown, rest), rows=rows, rings=True)


def _line(one: CoachAlert, now: datetime) -> str:
    when = say_day_time(one.at, one.coach_zone or one.zone, now)
    locked = "; locked" if one.locked else ""
    name = in_full(one.athlete[: max(_NAME - len(one.apart), _SHORT)], one.apart)
    return f"• <b>{esc(name)}</b>{_what_happened(one)}{locked} – {when}"


def coach_told(intent: CoachTold, now: datetime) -> Screen:
    """Tell the athlete that the alert reached the coach."""
    about = "about this"
    if intent.at is not None:
        about = f"what happened {say_day_time(intent.at, intent.zone, now)}"
    who = "The admin" if intent.admin else "Your coach"
    return Screen(text=f"{who} {esc(intent.coach)} was told {about}.")


ALERT_SCREENS: Final[dict[type[Message], Callable[[Any, datetime], Screen]]] = {
    CoachAlert: coach_alert,
    CoachAlerts: coach_alerts,
    CoachTold: coach_told,
}
