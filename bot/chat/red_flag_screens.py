"""When something is wrong: the red-flag questions, the advice, and what the coach reads."""

from collections.abc import Callable
from datetime import datetime
from typing import Any, Final

from bot.chat.screen import Button, Screen, data, esc
from bot.chat.session_words import lines, paragraphs, say_locked
from bot.flows import calendar
from bot.flows.intents import CoachAlert, CoachTold, Intent, RedFlagAdvice
from bot.flows.intents import Screen as RedFlagScreen
from bot.flows.red_flags import NONE, NONE_AWAY
from bot.protocol.local_time import say_day_time
from bot.protocol.record import Outcome
from bot.protocol.redflags import RED_FLAGS, RedFlag

_ANY_FLAG: Final = RedFlag("", "", "", "Be seen by a doctor today.")
"""What to do about a flag that the catalogue does not have any more."""
_EMERGENCIES: Final = frozenset({"saddle", "clot"})
_NUMBERS: Final = "112 in Europe, 911 in North America, 000 in Australia"
_NOW: Final = f"Your emergency number, for example: {_NUMBERS}."
_WORSE: Final = f"If it gets worse, call your emergency number ({_NUMBERS})."
_WHY: Final = {
    "pain": "Pain this high needs a short check.",
    "away": "You were away for a while: a short check first.",
}


def red_flag_screen(intent: RedFlagScreen, _now: datetime) -> Screen:
    """Ask for red flags: numbered sentences, one button each, and none."""
    flags = list(enumerate(RED_FLAGS.values(), start=1))
    signs = (f"{number}. {esc(flag.signs)}." for number, flag in flags)
    text = paragraphs(_WHY.get(intent.why, ""), "<b>Do you have any of these?</b>", lines(*signs))
    rows = [(Button(f"{number} · {flag.short}", data("F", flag.id)),) for number, flag in flags]
    none = NONE_AWAY if intent.why == "away" else NONE
    return Screen(text=text, rows=(*rows, (Button("None of these", data("F", none)),)))


def red_flag_advice(intent: RedFlagAdvice, _now: datetime) -> Screen:
    """Say what to do now, first; then why, and what happens to the sessions."""
    flag = RED_FLAGS.get(intent.flag, _ANY_FLAG)
    text = paragraphs(
        f"<b>{esc(flag.action)}</b>",
        f"You named: {esc(flag.signs[:1].lower() + flag.signs[1:])}." if flag.signs else "",
        f"{_NOW if flag.id in _EMERGENCIES else _WORSE} Do not wait for an answer here.",
        lines("No holds for now.", say_locked(has_coach=intent.has_coach)),
    )
    return Screen(text=text, rings=True)


# ---- the coach ------------------------------------------------------------------------


def coach_alert(intent: CoachAlert, now: datetime) -> Screen:
    """Tell a coach what happened to an athlete, where, and when on the athlete's clock."""
    at = say_day_time(intent.at, intent.zone, now)
    text = paragraphs(
        f"<b>{esc(intent.athlete)}{_what_happened(intent)}</b>",
        f"On the athlete's clock: {at} ({esc(intent.zone)})",
        _what_is_locked(intent),
    )
    unlock = Button("Unlock sessions", data("u", intent.athlete_id))
    return Screen(text=text, rows=((unlock,),) if intent.locked else (), rings=True)


def _what_happened(intent: CoachAlert) -> str:
    """Return what follows the athlete's name."""
    pain = "pain" if intent.value is None else f"pain {intent.value}"
    where, limit = _where(intent), f"limit {intent.limit}"
    match intent.event:
        case Outcome.STOPPED_PAIN | Outcome.STOPPED_HARD:
            return f" stopped at {pain}{where}; {limit}"
        case Outcome.RISING:
            return f" stopped{where}: {pain} and rising; {limit}"
        case Outcome.RESTED_ON_PAIN:
            return f" rests today: {pain} before the session; {limit}"
        case Outcome.RED_FLAG:
            return f" reported a red flag{where}"
        case calendar.SEVERE_MORNING:
            return f": {pain} this morning; {limit}"
        case _:
            return f": {esc(intent.event.replace('_', ' '))}{where}"


def _where(intent: CoachAlert) -> str:
    spot = intent.spot
    if spot is None:
        return ""
    set_no = f", set {spot.set_no} of {spot.sets}" if spot.sets > 1 else ""
    return f" on hold {spot.number} of {spot.of}{set_no}, {esc(spot.side)}"


def _what_is_locked(intent: CoachAlert) -> str:
    if intent.event == calendar.SEVERE_MORNING and not intent.locked:
        return "Sessions are paused until you resume them. Please talk with the athlete first."
    if not intent.locked:
        return ""
    return "Sessions are locked until you unlock them. Please talk with the athlete first."


def coach_told(intent: CoachTold, _now: datetime) -> Screen:
    """Tell the athlete that the alert reached the coach."""
    return Screen(text=f"Your coach {esc(intent.coach)} was told about this.")


RED_FLAG_SCREENS: Final[dict[type[Intent], Callable[[Any, datetime], Screen]]] = {
    RedFlagScreen: red_flag_screen,
    RedFlagAdvice: red_flag_advice,
    CoachAlert: coach_alert,
    CoachTold: coach_told,
}
