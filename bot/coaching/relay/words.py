"""Words between a coach and an athlete, and what becomes of them."""

from collections.abc import Callable
from datetime import datetime
from typing import Any, Final

from bot.coaching.messages import Relayed
from bot.coaching.relay.messages import (
    NobodyReads,
    RelayAwaited,
    RelayDelivered,
    RelayEnded,
    RelayLost,
    RelayTextOnly,
    RelayTooLong,
    RelayUnderWay,
    RelayUnreachable,
    SessionFirst,
)
from bot.conversation.message import Message
from bot.conversation.screen import Button, Screen, Words, command_data, esc

WORDS: Final = Words()


def relayed(intent: Relayed, _now: datetime) -> Screen:
    """Pass words on, literally, with the button to answer."""
    who = intent.coach_id if intent.to_athlete else intent.athlete_id
    answer = command_data("write" if intent.to_athlete else "say", who)
    return Screen(
        text=f"<b>{esc(intent.name)} writes:</b>\n{esc(intent.text)}",
        rows=((Button("Answer", answer),),),
        rings=True,
        by_day=True,
    )


@WORDS.of(RelayAwaited)
def _awaited(said: RelayAwaited, _now: datetime) -> Screen:
    name = esc(said.name)
    return Screen(text=f"Write your message to {name} now, or write cancel.")


WORDS.plain(
    NobodyReads, "You have no coach here who could read it. /coach shows who sees your data."
)
WORDS.plain(SessionFirst, "Your session is running: finish it or send stop, then write.")


@WORDS.of(RelayUnderWay)
def _under_way(said: RelayUnderWay, _now: datetime) -> Screen:
    return Screen(text=f"On its way to {esc(said.name)}.")


@WORDS.of(RelayDelivered)
def _delivered(said: RelayDelivered, _now: datetime) -> Screen:
    return Screen(text=f"Delivered to {esc(said.name)}.")


@WORDS.of(RelayLost)
def _lost(said: RelayLost, _now: datetime) -> Screen:
    return Screen(text=f"Your message to {esc(said.name)} could not be delivered.")


@WORDS.of(RelayUnreachable)
def _unreachable(said: RelayUnreachable, _now: datetime) -> Screen:
    name = esc(said.name)
    return Screen(text=f"I cannot reach {name} at the moment, so nothing was sent.")


@WORDS.of(RelayTooLong)
def _too_long(said: RelayTooLong, _now: datetime) -> Screen:
    return Screen(
        text=(
            f"The message has {said.length} characters; at most {said.most} fit. "
            "Nothing was sent: please send it in two parts."
        )
    )


@WORDS.of(RelayEnded)
def _ended(said: RelayEnded, _now: datetime) -> Screen:
    name = esc(said.name)
    if said.mine:
        return Screen(text=f"You do not share with {name} any more, so nothing was sent.")
    return Screen(text=f"{name} does not share with you any more, so nothing was sent.")


@WORDS.of(RelayTextOnly)
def _text_only(said: RelayTextOnly, _now: datetime) -> Screen:
    name = esc(said.name)
    return Screen(text=f"I pass on text only. Nothing was sent to {name}: please write it.")


RELAY_SCREENS: Final[dict[type[Message], Callable[[Any, datetime], Screen]]] = {Relayed: relayed}
"""Intent → its look."""
