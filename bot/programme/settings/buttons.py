"""The buttons of the settings: each carries the whole value."""

import json
import re
from collections.abc import Callable
from typing import Final

from bot.conversation import schedule_input, zone_input
from bot.conversation.common.messages import Inactive
from bot.conversation.interaction import Interaction
from bot.programme.pauses.by_athlete import ask as ask_length
from bot.programme.pauses.by_athlete import pause_days, resume
from bot.programme.settings.flow import apply, ask, show, take_zone, tick
from bot.programme.settings.values import ITEMS, cues_of, newest_change, side_of
from bot.store.tables import Role

_SPAN_VALUE: Final = re.compile(r"(\d{1,3})d", re.ASCII)


def press(turn: Interaction, item: str, value: str | None) -> None:
    """A button of the settings: `1:s:<item>` asks, `1:s:<item>:<value>` sets."""
    if Role.ATHLETE not in turn.who.roles:
        turn.expired()
    elif item == "home":
        turn.answer()
        show(turn)
    elif item in ITEMS and value is None:
        turn.answer()
        ask(turn, item)
    elif item not in _PRESSED or value is None or not _PRESSED[item](turn, value):
        turn.expired()


def _press_zone(turn: Interaction, value: str) -> bool:
    found = zone_input.zone_pressed(value, turn.now)
    if found is None:
        return False
    turn.answer()
    take_zone(turn, found)
    return True


def _press_days(turn: Interaction, value: str) -> bool:
    found = schedule_input.days_pressed(value)
    if found is None:
        return False
    turn.answer()
    days, done = found
    if done:
        apply(turn, {"days": days})
    else:
        tick(turn, days)
    return True


def _presser(item: str, read: Callable[[str], str | None]) -> Callable[[Interaction, str], bool]:
    """Return a reader of an item's buttons: False for a value that is none."""

    def pressed(turn: Interaction, value: str) -> bool:
        found = read(value)
        if found is None:
            return False
        turn.answer()
        apply(turn, {item: found})
        return True

    return pressed


def _press_back(turn: Interaction, value: str) -> bool:
    """Take the last change back, if this button belongs to it."""
    newest = newest_change(turn.db, turn.person_id)
    if newest is None or newest.before is None or str(newest.id) != value:
        turn.answer(Inactive())
        show(turn)
        return True
    turn.answer()
    apply(turn, json.loads(newest.before))
    return True


def _press_pause(turn: Interaction, value: str) -> bool:
    if value == "ask":
        turn.answer()
        ask_length(turn)
        return True
    span = _SPAN_VALUE.fullmatch(value)
    if span is None and value != "open":
        return False
    days = None if span is None else int(span[1])
    if days == 0:
        return False
    turn.answer()
    pause_days(turn, days)
    return True


def _press_resume(turn: Interaction, value: str) -> bool:
    if value != "now":
        return False
    turn.answer()
    resume(turn)
    return True


_PRESSED: Final[dict[str, Callable[[Interaction, str], bool]]] = {
    "zone": _press_zone,
    "days": _press_days,
    "time": _presser("time", schedule_input.times_of),
    "side": _presser("side", side_of),
    "cues": _presser("cues", cues_of),
    "quiet": _presser("quiet", schedule_input.quiet_of),
    "back": _press_back,
    "pause": _press_pause,
    "resume": _press_resume,
}
