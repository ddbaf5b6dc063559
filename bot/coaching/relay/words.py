"""Words between a coach and an athlete, and what becomes of them."""

from collections.abc import Callable
from datetime import datetime
from typing import Any, Final

from bot.coaching.messages import Relayed
from bot.conversation.message import Intent
from bot.conversation.screen import Screen, esc
from bot.conversation.widgets import Values, Words


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


SAY_RELAY: Final[dict[str, Words]] = {
    "relay_ask": _relay_ask,
    "relay_under_way": _under_way,
    "relay_delivered": _delivered,
    "relay_lost": _lost,
    "relay_unreachable": _relay_unreachable,
    "relay_too_long": _relay_too_long,
    "relay_ended": _relay_ended,
    "relay_text_only": _text_only,
}
"""Topic → words."""

RELAY_SCREENS: Final[dict[type[Intent], Callable[[Any, datetime], Screen]]] = {Relayed: relayed}
"""Intent → its look."""
