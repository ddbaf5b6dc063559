"""Words and buttons of unlocking an athlete's sessions."""

from datetime import datetime
from typing import Final

from bot.coaching.unlock.messages import CLEARED, WRITE
from bot.conversation.coach_phrases import say_flags
from bot.conversation.phrases import lines, paragraphs
from bot.conversation.screen import Button, Screen, Style, esc
from bot.conversation.who_words import command_data
from bot.conversation.widgets import Row, Values, Words
from bot.protocol.calendar.local_time import say_day_time
from bot.protocol.red_flags.clearance import NEEDED
from bot.protocol.session.state import Outcome

WHY: Final = ("Seen by a doctor", "Talked to the athlete")
"""Reasons that are offered where no red flag is open; they are stored as they read."""


def _why(values: Values, now: datetime) -> Screen:
    name = esc(values["name"])
    asks = "Why may they train again? Tap a reason or write it; it is kept as a note."
    flagged = values.get("flagged", bool(values["flags"]) or values["reason"] == Outcome.RED_FLAG)
    if flagged:
        asks = f"A red flag needs a doctor's clearance. Tap below, or write: {NEEDED}."
    text = paragraphs(f"<b>Unlock {name}?</b>", _locked(values, now), asks)
    return Screen(text=text, rows=_clearance(values) if flagged else _reasons(values))


def _reasons(values: Values) -> tuple[Row, ...]:
    athlete = values["athlete_id"]
    offered = [(Button(why, command_data("unlock", athlete, why)),) for why in WHY]
    return (*offered, (Button("Other: write it", command_data("unlock", athlete, WRITE)),))


def _clearance(values: Values) -> tuple[Row, ...]:
    cleared = command_data("unlock", values["athlete_id"], CLEARED)
    return ((Button("Seen by a doctor: cleared", cleared),),)


def _by_whom(values: Values, _now: datetime) -> Screen:
    text = (
        f"Who has cleared {esc(values['name'])}, and when? Write it in one message, for example: "
        "Dr Berg on Tuesday. Or write cancel."
    )
    return Screen(text=text)


def _not_cleared(values: Values, _now: datetime) -> Screen:
    name = esc(values["name"])
    text = (
        f"{name} is still locked: a red flag needs a doctor's clearance, by whom and when, for "
        f"example /unlock {name} {NEEDED}."
    )
    return Screen(text=text, rows=_clearance(values))


def _locked(values: Values, now: datetime) -> str:
    hard = "Locked after very high pain." if values["reason"] == Outcome.STOPPED_HARD else ""
    return lines(hard, *(f"Red flag, {line}." for line in say_flags(values, now)))


def _write(values: Values, _now: datetime) -> Screen:
    name = esc(values["name"])
    text = f"Write why {name} may train again, in one message. Or write cancel."
    return Screen(text=text)


def _confirm(values: Values, now: datetime) -> Screen:
    name, athlete = esc(values["name"]), values["athlete_id"]
    text = paragraphs(
        f"<b>{name} reported:</b>",
        lines(*(f"• {line}." for line in say_flags(values, now))),
        f"Your reason: {esc(values['why'])}",
        "Is this settled? Lifting it lets sessions begin again.",
    )
    lift = Button("Yes, lift it", command_data("unlock", athlete, "yes"), Style.DANGER)
    return Screen(
        text=text, rows=((lift,), (Button("See athlete", command_data("athlete", athlete)),))
    )


def _too_long(values: Values, _now: datetime) -> Screen:
    return Screen(
        text=(
            f"The reason has {values['length']} characters; up to {values['most']} are possible, "
            f"for example: {NEEDED}. {esc(values['name'])} is still locked."
        )
    )


def _unlocked(values: Values, now: datetime) -> Screen:
    text = f"{esc(values['by'])} has unlocked your sessions"
    if values["next_at"] is None:
        return Screen(text=f"{text}.")
    at = say_day_time(datetime.fromisoformat(values["next_at"]), values["zone"], now)
    return Screen(text=f"{text}; the next one is {at} ({esc(values['zone'])} time).")


def _unlock_done(values: Values, _now: datetime) -> Screen:
    name = esc(values["name"])
    told = f"A message to {name} is on its way."
    if not values["told"]:
        told = f"I can not reach {name} at the moment: please tell them yourself."
    paused = "Their plan is still paused." if values["paused"] else ""
    return Screen(text=lines(f"{name} is unlocked. {told}", f"Noted: {esc(values['why'])}", paused))


def _unlock_not_locked(values: Values, _now: datetime) -> Screen:
    return Screen(text=f"{esc(values['name'])} is not locked. Nothing was changed.")


def _none_to_unlock(_values: Values, _now: datetime) -> Screen:
    return Screen(text="None of your athletes is locked.")


SAY_UNLOCKING: Final[dict[str, Words]] = {
    "unlock_why": _why,
    "unlock_write": _write,
    "unlock_by_whom": _by_whom,
    "unlock_not_cleared": _not_cleared,
    "unlock_confirm": _confirm,
    "unlock_too_long": _too_long,
    "unlocked": _unlocked,
    "unlock_done": _unlock_done,
    "unlock_not_locked": _unlock_not_locked,
    "unlock_none_locked": _none_to_unlock,
}
"""Topic → words."""
