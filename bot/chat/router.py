"""From what was said to the one use case it asks for. Rights are checked before anything else."""

import asyncio
from collections.abc import Callable
from typing import Final

from bot.chat import commands, places
from bot.chat.commands import Asked, Rules
from bot.chat.ports import Desk
from bot.chat.presses import PRESSES
from bot.chat.said import Manner, Said
from bot.flows import awaiting, enrol, holds, mail, morning_answers, naming, relay, settings
from bot.flows.choices import CityGuess, fold
from bot.flows.holds import is_live
from bot.flows.house import limits, zones
from bot.flows.house.limits import Room
from bot.flows.people import Role, who_is
from bot.flows.turn import Turn
from bot.protocol.pain import parse_pain
from bot.protocol.record import StopReason
from bot.protocol.zones import ZoneError

Act = Callable[[Turn], None]

REASON_WORDS: Final = {
    "pain": StopReason.PAIN,
    "sharp": StopReason.SHARP,
    "pop": StopReason.SHARP,
    "numb": StopReason.NUMB,
    "tingling": StopReason.NUMB,
    "cramp": StopReason.CRAMP,
    "tired": StopReason.TIRED,
    "other": StopReason.OTHER,
}


VITAL_COMMANDS: Final = frozenset({"stop", "pain", "flag"})
VITAL_PRESSES: Final = [["p"], ["x"], ["r"], ["g"], ["f"], ["n"], ["F"], ["q"], ["m"]]
"""Buttons about pain, stopping and warning signs: never limited, whoever presses how often."""


def nothing(_turn: Turn) -> None:
    """Nobody spoke to the bot in private."""


async def prepare(said: Said | None, desk: Desk, rules: Rules) -> Act:
    """Return what is to be done in the transaction; slow look-ups happen here, before it."""
    if said is None:
        return nothing
    if said.manner is Manner.LOCATION:
        return _within_limits(said, _located(said))
    cities: list[CityGuess] = []
    named = await _place(said, desk)
    if named:
        cities = await asyncio.to_thread(_cities, named)
    return _within_limits(said, lambda turn: act(turn, said, rules, cities))


async def _place(said: Said, desk: Desk) -> str:
    """Return the name of a place that was typed, after /zone or in answer to a question."""
    if said.command is not None:
        return said.command[1] if said.command[0] == "zone" else ""
    if said.manner is not Manner.TEXT:
        return ""
    who = await desk.read(who_is, said.telegram_id)
    return said.text if who.step is not None and "zone" in who.step else ""


def _within_limits(said: Said, do: Act) -> Act:
    """Return what does `do` unless its sender has asked too much within the minute (F68)."""

    def within(turn: Turn) -> None:
        found = Room.FREE if _is_vital(turn, said) else limits.room(turn)
        if found is Room.FREE:
            do(turn)
        else:
            limits.refuse(turn, found)

    return within


def _is_vital(turn: Turn, said: Said) -> bool:
    """Whether this is never limited: all of a live session, STOP, pain, and warning signs."""
    if said.manner in {Manner.BLOCKED, Manner.UNBLOCKED}:
        return True
    if Role.ATHLETE not in turn.who.roles:
        return False
    if said.manner is Manner.PRESS:
        vital = said.text.split(":")[1:2] in VITAL_PRESSES
    elif said.command is not None:
        vital = said.command[0] in VITAL_COMMANDS
    else:
        vital = said.is_stop or parse_pain(said.text) is not None
    return vital or is_live(turn)


def act(turn: Turn, said: Said, rules: Rules, cities: list[CityGuess]) -> None:
    """Do what was asked for, or say why not. STOP is looked for before anything else."""
    if said.manner in {Manner.BLOCKED, Manner.UNBLOCKED}:
        blocked = said.manner is Manner.BLOCKED
        mail.person_left(turn.db, said.telegram_id, turn.now, blocked=blocked)
    elif said.manner is Manner.PRESS:
        press(turn, said, rules)
    elif said.is_stop and Role.ATHLETE in turn.who.roles:
        holds.stop(turn)
    elif said.command is not None:
        commands.run(Asked(turn, said, said.command[1], rules, cities), said.command[0])
    elif said.manner is Manner.EDITED:
        _edited(turn, said)
    else:
        _typed(turn, said, rules, cities)


def press(turn: Turn, said: Said, rules: Rules) -> None:
    """A button: its data is read strictly; what does not fit is not active any more."""
    version, _, rest = said.text.partition(":")
    verb, *values = rest.split(":")
    if version == "1" and verb in {"c", "w"}:
        _by_button(turn, said, rules, verb, values)
        return
    found = PRESSES.get(verb) if version == "1" else None
    if found is None or (found.role is not None and found.role not in turn.who.roles):
        turn.expired()
        return
    try:
        arguments = found.read(values)
    except (ValueError, KeyError):
        turn.expired()
        return
    found.act(turn, *arguments)


def _by_button(turn: Turn, said: Said, rules: Rules, verb: str, values: list[str]) -> None:
    """A button that does what typing a command would: "1:c:plan:12:fatigue" is /plan #12 fatigue.

    "1:w:plan:12" answers the question whom /plan is about; its other words are in the question.
    """
    name, *rest = values or [""]
    if verb == "w":
        words = naming.again(turn, rest[0]) if len(rest) == 1 else None
    else:
        person, *more = rest or [""]
        words = " ".join([f"#{person}" if person else "", ":".join(more)]).strip()
    if words is None:
        turn.expired()
        return
    commands.run(Asked(turn, said, words, rules), name)
    turn.answer()


# ---- free text ------------------------------------------------------------------------


def _typed(turn: Turn, said: Said, rules: Rules, cities: list[CityGuess]) -> None:
    if _replied(turn, said):
        return
    if said.manner is Manner.TEXT and not is_live(turn) and _asked_for(turn, said, rules, cities):
        return
    if Role.ATHLETE in turn.who.roles:
        _to_session(turn, said)
    elif turn.who.person_id is not None:
        turn.say("unknown_text")
    else:
        turn.say("closed", telegram_id=turn.who.telegram_id)


def _replied(turn: Turn, said: Said) -> bool:
    """Pass on an answer to a coach's or athlete's words; a running session's answer goes first."""
    if said.reply_to is None or (is_live(turn) and _answers_session(turn, said)):
        return False
    came = relay.replied_to(turn, said.reply_to)
    if came is not None:
        relay.answer(turn, came, said.text)
    return came is not None


def _answers_session(turn: Turn, said: Said) -> bool:
    reason = said.text.strip().casefold() in REASON_WORDS and holds.asks_reason(turn)
    return reason or parse_pain(said.text) is not None


def _asked_for(turn: Turn, said: Said, rules: Rules, cities: list[CityGuess]) -> bool:
    """Take a text as what an enrolment, a setting or a command waits for, if one does."""
    if any(flow.typed(turn, said.text, cities) for flow in (enrol, settings, zones)):
        return True
    half = awaiting.take(turn)
    if half is None:
        return False
    command, words = half
    if fold(said.text) == "cancel":
        turn.say("command_cancelled")
    else:
        commands.run(Asked(turn, said, f"{words} {said.text}".strip(), rules), command)
    return True


def _to_session(turn: Turn, said: Said) -> None:
    """An athlete's words: a pain answer, a reason, or something to ask again about."""
    value = parse_pain(said.text)
    reason = REASON_WORDS.get(said.text.strip().casefold())
    if value is not None and is_live(turn):
        holds.answer_pain(turn, value, None, None)
    elif reason is not None and holds.asks_reason(turn):
        holds.explain(turn, None, reason)
    elif value is not None:
        if not morning_answers.typed(turn, value):
            turn.say("number_without_question", value=value)
    else:
        holds.unclear(turn)


def _edited(turn: Turn, said: Said) -> None:
    """An edited message counts only where it is a pain number in a running session."""
    value = parse_pain(said.text)
    if value is not None and Role.ATHLETE in turn.who.roles and is_live(turn):
        holds.answer_pain(turn, value, None, None)


def _located(said: Said) -> Act:
    assert said.place is not None
    zone: str | None = None
    problem: str | None = None
    try:
        zone = places.zone_at(*said.place)
    except ZoneError as error:
        problem = str(error)

    def located(turn: Turn) -> None:
        if any(flow.located(turn, zone, problem) for flow in (enrol, settings, zones)):
            return
        if Role.ATHLETE in turn.who.roles:
            holds.unclear(turn)
        else:
            turn.say("closed", telegram_id=turn.who.telegram_id)

    return located


def _cities(text: str) -> list[CityGuess]:
    """Return the cities of that name, one a zone, best known first."""
    found: dict[str, CityGuess] = {}
    for place in places.find_city(text):
        label = f"{place.name}, {place.region or place.country}"
        found.setdefault(place.zone, CityGuess(label, place.zone))
    return list(found.values())
