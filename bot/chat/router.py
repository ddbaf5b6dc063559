"""From what was said to the one use case it asks for. Rights are checked before anything else."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from bot.chat import places
from bot.chat.ports import Desk
from bot.chat.presses import PRESSES
from bot.chat.said import Manner, Said
from bot.flows import enrol, holds, invites, mail, overview, privacy, red_flags, relinking, settings
from bot.flows.choices import CityGuess
from bot.flows.holds import is_live
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


@dataclass(frozen=True, slots=True)
class Rules:
    """What the installation decides: the bot's name, and whether anyone may enrol."""

    bot_username: str
    open_enrolment: bool


@dataclass(frozen=True, slots=True)
class Asked:
    """A command as one function sees it."""

    turn: Turn
    said: Said
    words: str
    rules: Rules


def nothing(_turn: Turn) -> None:
    """Nobody spoke to the bot in private."""


async def prepare(said: Said | None, desk: Desk, rules: Rules) -> Act:
    """Return what is to be done in the transaction; slow look-ups happen here, before it."""
    if said is None:
        return nothing
    if said.manner is Manner.LOCATION:
        return _located(said)
    cities: list[CityGuess] = []
    if said.manner is Manner.TEXT and said.command is None:
        who = await desk.read(who_is, said.telegram_id)
        if who.step is not None and "zone" in who.step:
            cities = await asyncio.to_thread(_cities, said.text)
    return lambda turn: act(turn, said, rules, cities)


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
        command(Asked(turn, said, said.command[1], rules), said.command[0])
    elif said.manner is Manner.EDITED:
        _edited(turn, said)
    else:
        _typed(turn, said, cities)


def press(turn: Turn, said: Said, rules: Rules) -> None:
    """A button: its data is read strictly; what does not fit is not active any more."""
    version, _, rest = said.text.partition(":")
    verb, *values = rest.split(":")
    found = PRESSES.get(verb) if version == "1" else None
    if found is None or (found.role is not None and found.role not in turn.who.roles):
        turn.expired()
        return
    try:
        arguments = found.read(values)
    except (ValueError, KeyError):
        turn.expired()
        return
    if found.makes_link:
        arguments += (rules.bot_username,)
    found.act(turn, *arguments)


# ---- commands -------------------------------------------------------------------------


def _start(asked: Asked) -> None:
    token = asked.words.split()[0] if asked.words else None
    enrol.start(asked.turn, token, open_enrolment=asked.rules.open_enrolment, name=asked.said.name)


def _session(asked: Asked) -> None:
    holds.begin(asked.turn)


def _next(asked: Asked) -> None:
    overview.next_session(asked.turn)


def _history(asked: Asked) -> None:
    overview.history(asked.turn)


def _pain(asked: Asked) -> None:
    overview.pain_note(asked.turn, asked.words)


def _flag(asked: Asked) -> None:
    red_flags.screen(asked.turn)


def _settings(asked: Asked) -> None:
    settings.show(asked.turn)


def _pause(asked: Asked) -> None:
    """Without a date, in a session: a break. Else the plan pauses."""
    if asked.words or not holds.pause(asked.turn):
        settings.pause(asked.turn, asked.words)


def _resume(asked: Asked) -> None:
    if not holds.resume(asked.turn):
        settings.resume(asked.turn)


def _undo(asked: Asked) -> None:
    holds.undo(asked.turn)


def _privacy(asked: Asked) -> None:
    privacy.privacy(asked.turn)


def _export(asked: Asked) -> None:
    privacy.export(asked.turn)


def _erase(asked: Asked) -> None:
    privacy.erase(asked.turn)


def _help(asked: Asked) -> None:
    overview.help_text(asked.turn)


def _invite(asked: Asked) -> None:
    role, _, name = asked.words.partition(" ")
    invites.create(asked.turn, role, name.strip(), asked.rules.bot_username)


def _relink(asked: Asked) -> None:
    relinking.relink_by_name(asked.turn, asked.words, asked.rules.bot_username)


def _unlock(asked: Asked) -> None:
    red_flags.unlock_by_name(asked.turn, asked.words)


@dataclass(frozen=True, slots=True)
class Command:
    """One command: who may use it (None: everyone), what it does, and its line in the menu."""

    act: Callable[[Asked], None]
    roles: frozenset[Role] | None
    about: str


ATHLETE: Final = frozenset({Role.ATHLETE})
STAFF: Final = frozenset({Role.COACH, Role.ADMIN})
ADMIN: Final = frozenset({Role.ADMIN})

COMMANDS: Final = {
    "session": Command(_session, ATHLETE, "Start today's session"),
    "stop": Command(lambda asked: holds.stop(asked.turn), ATHLETE, "Stop the set at once"),
    "next": Command(_next, ATHLETE, "When the next session is"),
    "history": Command(_history, ATHLETE, "Your last sessions"),
    "pain": Command(_pain, ATHLETE, "Note how much it hurts now"),
    "undo": Command(_undo, ATHLETE, "Take back the last answer (2 minutes)"),
    "flag": Command(_flag, ATHLETE, "Something new or worrying: check it"),
    "settings": Command(_settings, ATHLETE, "Days, time, zone, side, cues"),
    "pause": Command(_pause, ATHLETE, "Pause reminders, or a running session"),
    "resume": Command(_resume, ATHLETE, "Go on after a pause"),
    "privacy": Command(_privacy, None, "What is stored about you"),
    "export": Command(_export, None, "Get your data as a file"),
    "erase": Command(_erase, None, "Delete your data"),
    "help": Command(_help, None, "What this bot does"),
    "start": Command(_start, None, "Join, or come back"),
    "invite": Command(_invite, ADMIN, "Invite an athlete, coach or admin"),
    "relink": Command(_relink, ADMIN, "Move somebody to a new Telegram account"),
    "unlock": Command(_unlock, STAFF, "Allow an athlete's sessions again"),
}


def command(asked: Asked, name: str) -> None:
    """Carry out a command, if the person may."""
    found = COMMANDS.get(name)
    who = asked.turn.who
    if found is not None and (found.roles is None or found.roles & who.roles):
        found.act(asked)
    elif who.person_id is None:
        _start(asked)
    else:
        asked.turn.say("unknown_command", name=name)


# ---- free text ------------------------------------------------------------------------


def _typed(turn: Turn, said: Said, cities: list[CityGuess]) -> None:
    if said.manner is Manner.TEXT and not is_live(turn) and _asked_for(turn, said.text, cities):
        return
    if Role.ATHLETE in turn.who.roles:
        _to_session(turn, said)
    elif turn.who.person_id is not None:
        turn.say("unknown_text")
    else:
        turn.say("closed", telegram_id=turn.who.telegram_id)


def _asked_for(turn: Turn, text: str, cities: list[CityGuess]) -> bool:
    """Take a text as the answer that an enrolment or a setting waits for, if one does."""
    return enrol.typed(turn, text, cities) or settings.typed(turn, text, cities)


def _to_session(turn: Turn, said: Said) -> None:
    """An athlete's words: a pain answer, a reason, or something to ask again about."""
    value = parse_pain(said.text)
    reason = REASON_WORDS.get(said.text.strip().casefold())
    if value is not None and is_live(turn):
        holds.answer_pain(turn, value, None, None)
    elif reason is not None and holds.asks_reason(turn):
        holds.explain(turn, None, reason)
    elif value is not None:
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
        if enrol.located(turn, zone, problem) or settings.located(turn, zone, problem):
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
