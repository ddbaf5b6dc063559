"""Words and buttons of unlocking an athlete's sessions."""

from datetime import datetime
from typing import Final

from bot.chat.pickers import Values, Words, of_people
from bot.chat.screen import Screen, esc
from bot.protocol.local_time import say_day_time


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
    paused = "\nTheir plan is still paused." if values["paused"] else ""
    return Screen(text=f"{name} is unlocked. {told}{paused}")


def _unlock_not_locked(values: Values, _now: datetime) -> Screen:
    return Screen(text=f"{esc(values['name'])} is not locked. Nothing was changed.")


def _unlock_nobody(values: Values, _now: datetime) -> Screen:
    return Screen(text=f"I found no athlete of yours called “{esc(values['name'][:60])}”.")


def _unlock_which(values: Values, _now: datetime) -> Screen:
    def locked(person: Values) -> str:
        return "locked" if person["locked"] else "not locked"

    return of_people(values, "Who should train again?", "u", locked)


def _none_to_unlock(_values: Values, _now: datetime) -> Screen:
    return Screen(text="None of your athletes is locked.")


SAY_UNLOCKING: Final[dict[str, Words]] = {
    "unlocked": _unlocked,
    "unlock_done": _unlock_done,
    "unlock_not_locked": _unlock_not_locked,
    "unlock_nobody": _unlock_nobody,
    "unlock_none_locked": _none_to_unlock,
    "unlock_which": _unlock_which,
}
"""Topic → words."""
