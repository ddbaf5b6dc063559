"""Typed values, and a shared location, for the item that was asked for."""

from collections.abc import Callable
from typing import Final

from bot.conversation import schedule_input, zone_input
from bot.conversation.interaction import Interaction
from bot.conversation.pending_input import SettingValue, ZoneAnswer, waiting
from bot.conversation.schedule_input import fold_answer
from bot.conversation.which import Unclear, read_value
from bot.conversation.zone_input import CityGuess
from bot.programme.settings.flow import apply, ask, show, take_zone
from bot.programme.settings.values import cues_of, side_of
from bot.protocol.calendar.input_error import InputError
from bot.store.tables import Role


def typed(turn: Interaction, text: str, cities: list[CityGuess]) -> bool:
    """A typed value for the item that was asked for; False when none was, or long ago."""
    asked = waiting(turn)
    if Role.ATHLETE not in turn.who.roles or not isinstance(asked, SettingValue | ZoneAnswer):
        return False
    if fold_answer(text) in {"cancel", "back", "/cancel"}:
        show(turn)
    elif isinstance(asked, ZoneAnswer):
        found = zone_input.zone_typed(text, cities, turn.now, asked.checking, asked.guesses)
        take_zone(turn, found)
    else:
        _type(turn, asked, text)
    return True


def located(turn: Interaction, zone: str | None, problem: str | None) -> bool:
    """An athlete's shared location; False when the settings do not wait for one."""
    if Role.ATHLETE not in turn.who.roles:
        return False
    if not isinstance(waiting(turn), ZoneAnswer):
        return False
    take_zone(turn, zone_input.zone_located(zone, problem))
    return True


def _type(turn: Interaction, asked: SettingValue, text: str) -> None:
    found = read_value(_READ[asked.item], text, asked.doubt)
    if isinstance(found, Unclear):
        ask(turn, asked.item, found)
    else:
        apply(turn, {asked.item: found})


def _read_side(text: str) -> str:
    found = side_of(fold_answer(text))
    if found is None:
        raise InputError("That is not a side. Please write left, right or both.")
    return found


def _read_cues(text: str) -> str:
    found = cues_of(fold_answer(text))
    if found is None:
        raise InputError("Cues are full, short or sound. Please write one of the three.")
    return found


_READ: Final[dict[str, Callable[[str], str]]] = {
    "days": schedule_input.read_days,
    "time": schedule_input.read_times,
    "side": _read_side,
    "cues": _read_cues,
    "quiet": schedule_input.read_quiet,
}
