"""From what was said to the one use case it asks for. Rights are checked before anything else."""

import asyncio
import re
from collections.abc import Callable
from dataclasses import replace
from typing import Final

from bot.accounts.enrolment import typed as enrolment_typed
from bot.accounts.enrolment.messages import ClosedToStrangers
from bot.coaching.relay import by_athlete as relay_by_athlete
from bot.coaching.relay import flow as relay
from bot.coaching.relay import offers
from bot.conversation import pending_input, which
from bot.conversation import who as conversation_who
from bot.conversation.common.messages import CommandCancelled
from bot.conversation.interaction import Interaction
from bot.conversation.pending_input import HalfCommand, WhichCommand
from bot.conversation.roles import Role, who_is
from bot.conversation.schedule_input import fold_answer
from bot.conversation.zone_input import CityGuess
from bot.dispatch import updates
from bot.dispatch.commands import catalogue
from bot.dispatch.commands.catalogue import CommandCall, Rules
from bot.operations import rate_limit, staff_zone
from bot.operations.rate_limit import Room
from bot.places import places
from bot.programme.settings import typed as settings_typed
from bot.protocol.calendar.zones import ZoneError
from bot.protocol.red_flags.worries import names_sign
from bot.protocol.session.speech import pain_among, plain_pain
from bot.telegram import place_names
from bot.telegram.callbacks import PRESSES
from bot.telegram.ports import EdgeFlows
from bot.telegram.update import Manner, Said
from bot.training import open_questions
from bot.training.load import diary, files, lines
from bot.training.mornings import answers as morning_answers
from bot.training.open_questions import Awaited, Open
from bot.training.pain_notes import flow as pain_notes
from bot.training.red_flags import flow as red_flags
from bot.training.session import actions
from bot.training.speech import flow as live_words

Act = Callable[[Interaction], None]

_COUNT: Final = re.compile(r"\d{1,3}", re.ASCII)
VITAL_COMMANDS: Final = frozenset({"stop", "pain", "flag"})
"""The same typed, or behind a button."""
VITAL_PRESSES: Final = [["p"], ["x"], ["l"], ["r"], ["g"], ["f"], ["n"], ["F"], ["q"], ["m"]]
"""Buttons about pain, stopping and warning signs: never limited, whoever presses how often."""


def nothing(_turn: Interaction) -> None:
    """Nobody spoke to the bot in private."""


async def prepare(said: Said | None, desk: EdgeFlows, rules: Rules) -> Act:
    """Return what is to be done in the transaction; slow look-ups happen here, before it."""
    if said is None:
        return nothing
    if said.manner is Manner.LOCATION:
        return _within_limits(said, _located(said))
    cities: list[CityGuess] = []
    named = await _place(said, desk)
    if named:
        cities = list(await asyncio.to_thread(place_names.found, named))
    return _within_limits(said, lambda turn: act(turn, said, rules, cities))


async def _place(said: Said, desk: EdgeFlows) -> str:
    """Return the name of a place that was typed, after /zone or in answer to a question.

    What a schedule may name is looked up here, so that it is known in the transaction.
    """
    if said.command is not None:
        name, words = said.command
        if name == "schedule":
            await asyncio.to_thread(place_names.look_up, words)
        return words if name == "zone" else ""
    if said.manner is not Manner.TEXT or not any(map(str.isalpha, said.text)):
        return ""  # a number, as most answers are, is no place: nothing is looked up for it
    who = await desk.read(who_is, said.telegram_id)
    return said.text if pending_input.asks_zone(who.step) else ""


def _within_limits(said: Said, do: Act) -> Act:
    """Return what does `do` unless its sender has asked too much within the minute (F68)."""

    def within(turn: Interaction) -> None:
        found = Room.FREE if _is_vital(turn, said) else rate_limit.room(turn)
        if found is Room.FREE:
            do(turn)
        else:
            rate_limit.refuse(turn, found)

    return within


def _is_vital(turn: Interaction, said: Said) -> bool:
    """Whether this is never limited: all of a live session, STOP, pain, and warning signs."""
    if said.manner in {Manner.BLOCKED, Manner.UNBLOCKED}:
        return True
    if Role.ATHLETE not in turn.who.roles:
        return False
    if said.manner is Manner.PRESS:
        vital = _is_vital_press(said.text)
    elif said.command is not None:
        vital = said.command[0] in VITAL_COMMANDS
    else:
        vital = said.is_stop or pain_among(said.text) is not None
    return vital or turn.who.in_session


def _is_vital_press(data: str) -> bool:
    verb, name = (*data.split(":"), "", "", "")[1:3]
    return [verb] in VITAL_PRESSES or (verb in {"c", "w"} and name in VITAL_COMMANDS)


def act(turn: Interaction, said: Said, rules: Rules, cities: list[CityGuess]) -> None:
    """Do what was asked for, or say why not. STOP is looked for before anything else."""
    if said.manner in {Manner.BLOCKED, Manner.UNBLOCKED}:
        blocked = said.manner is Manner.BLOCKED
        updates.person_left(turn.db, said.telegram_id, turn.now, blocked=blocked)
    elif said.manner is Manner.PRESS:
        press(turn, said, rules)
    elif _stops(turn, said):
        _stop(turn, said)
    elif said.command is not None and not _is_outcry(turn, said):
        name, words = said.command
        catalogue.typed(_asked(turn, said, words, rules, cities), name)
    elif said.manner is Manner.EDITED:
        _edited(turn, said)
    else:
        _typed(turn, said, rules, cities)


def _asked(
    turn: Interaction, said: Said, words: str, rules: Rules, cities: list[CityGuess]
) -> CommandCall:
    return CommandCall(
        turn, said.name, said.spoken_as, words, rules, cities, find=place_names.found
    )


def _stops(turn: Interaction, said: Said) -> bool:
    """Whether an athlete says STOP: anywhere in a live session, first of all words without one."""
    if Role.ATHLETE not in turn.who.roles or not said.is_stop:
        return False
    return said.begins_with_stop or turn.who.in_session


def _stop(turn: Interaction, said: Said) -> None:
    """STOP, with whatever is said besides."""
    if turn.who.in_session:
        live_words.hear(turn, said.words)
    else:
        actions.stop(turn)
        if pain_among(said.text) is not None or names_sign(said.text):
            offers.offer(turn, said.text)


def _is_outcry(turn: Interaction, said: Said) -> bool:
    """Whether a command in a live session is mere words: none that exists, or passed on."""
    assert said.command is not None
    return (said.forwarded or said.command[0] not in catalogue.COMMANDS) and _trains(turn)


def _trains(turn: Interaction) -> bool:
    return Role.ATHLETE in turn.who.roles and turn.who.in_session


def press(turn: Interaction, said: Said, rules: Rules) -> None:
    """A button: its data is read strictly; what does not fit is not active any more."""
    version, _, rest = said.text.partition(":")
    verb, *values = rest.split(":")
    if version == "1" and verb in {"c", "w", "a"}:
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


def _by_button(turn: Interaction, said: Said, rules: Rules, verb: str, values: list[str]) -> None:
    """A button that does what typing a command would: "1:c:plan:12:fatigue" is /plan #12 fatigue.

    "1:w:plan:12:2" answers the question whom /plan is about, by two of the words that are kept in
    the question; the others follow. "1:a:plan:2" is the third choice of the question what its words
    mean.
    """
    name, *rest = values or [""]
    if verb == "w":
        words = _again(turn, *rest) if rest else None
    elif verb == "a":
        at = rest[0] if len(rest) == 1 and _COUNT.fullmatch(rest[0]) else None
        words = None if at is None else which.by_button(turn, name, int(at))
    else:
        person, *more = rest or [""]
        words = " ".join([f"#{person}" if person else "", ":".join(more)]).strip()
    if words is None:
        turn.expired()
        return
    catalogue.run(_asked(turn, said, words, rules, []), name)
    turn.answer()


def _again(turn: Interaction, person: str, taken: str = "", *others: str) -> str | None:
    """Return the words of the command that asked; None for a button of no question of now."""
    if others or (taken and _COUNT.fullmatch(taken) is None):
        return None
    return conversation_who.again(turn, person, int(taken) if taken else None)


# ---- free text ------------------------------------------------------------------------


def _typed(turn: Interaction, said: Said, rules: Rules, cities: list[CityGuess]) -> None:
    if said.sent is not None and not _trains(turn) and _sent(turn, said, rules):
        return
    if said.file is not None and Role.ATHLETE in turn.who.roles:
        files.sent(turn, said.file)
        if not said.text and not turn.who.in_session:
            return  # in a session it breaks a hold off, as everything does that is no answer
    if _replied(turn, said):
        return
    answers = said.manner is Manner.TEXT and not turn.who.in_session
    if answers and _asked_for(turn, said, rules, cities):
        return
    if Role.ATHLETE in turn.who.roles:
        _to_session(turn, said)
    elif turn.who.person_id is not None:
        offers.offer(turn, said.text)
    else:
        turn.say(ClosedToStrangers(turn.who.telegram_id))


def _sent(turn: Interaction, said: Said, rules: Rules) -> bool:
    """Give a photo or video to the command that has asked for one; False where none has."""
    asked = pending_input.waiting(turn)
    if not isinstance(asked, HalfCommand) or asked.command != "exercises":
        return False
    call = _asked(turn, said, asked.words, rules, [])
    catalogue.run(replace(call, sent=said.sent), asked.command)
    return True


def _replied(turn: Interaction, said: Said) -> bool:
    """Pass on an answer to a coach's or athlete's words; a running session's answer goes first."""
    came = None if said.reply_to is None else relay.replied_to(turn, said.reply_to)
    if came is None or (_trains(turn) and live_words.answers(turn, said.words)):
        return False
    relay.answer(turn, came, said.text)
    if _trains(turn):
        live_words.overhear(turn, said.words)
    elif came.to_athlete:
        relay_by_athlete.check(turn, said.text)
    return True


def _asked_for(turn: Interaction, said: Said, rules: Rules, cities: list[CityGuess]) -> bool:
    """Give a text to the newest question that it can be an answer to; False where none is open."""
    if said.forwarded and Role.ATHLETE in turn.who.roles:
        return False  # somebody else's words answer nothing
    asked = open_questions.newest_first(turn)
    signs = _signs_of(said, asked)
    replied = None
    if said.reply_to is not None:
        if Role.ATHLETE in turn.who.roles and live_words.hear_late(turn, said.words):
            return True
        replied = open_questions.replied_to(turn, said.reply_to)
    taken = any(
        _awaited(turn, said, rules, cities)
        if one.question is Awaited.TEXT
        else _taken(turn, said, one)
        for one in ([replied] if replied is not None else []) + asked
        if signs is None or one.question is not Awaited.TEXT or one.since > signs.since
    )
    if signs is not None and not taken:
        red_flags.screen(turn, "typed")
    return taken or signs is not None


def _signs_of(said: Said, asked: list[Open]) -> Open | None:
    """Return the open question of warning signs where a bare number is typed.

    What was asked before it gets no number: it may be meant for a sign, or be a pain.
    """
    if plain_pain(said.text) is None:
        return None
    return next((one for one in asked if one.question is Awaited.SIGNS), None)


def _awaited(turn: Interaction, said: Said, rules: Rules, cities: list[CityGuess]) -> bool:
    """Take a text as what an enrolment, a setting or a command waits for, if one does."""
    if any(
        typed(turn, said.text, cities)
        for typed in (enrolment_typed.typed, settings_typed.typed, staff_zone.typed)
    ):
        return True
    asked = pending_input.waiting(turn)
    if not isinstance(asked, HalfCommand | WhichCommand):
        return False
    if fold_answer(said.text) == "cancel":
        pending_input.take_command(turn)
        turn.say(CommandCancelled())
        return True
    words = _completed(turn, asked, said.text)
    if words:
        catalogue.run(_asked(turn, said, words, rules, []), asked.command)
    return words is not None


def _completed(turn: Interaction, asked: HalfCommand | WhichCommand, text: str) -> str | None:
    """Return a command's words with the text that completes them; None where it does not."""
    if isinstance(asked, WhichCommand):
        return which.answered(turn, asked, text)
    return f"{asked.words} {text}".strip()


def _taken(turn: Interaction, said: Said, asked: Open) -> bool:
    """Take a text as an athlete's answer to a question of warning signs, or to one of pain."""
    value = plain_pain(said.text)
    if asked.question is Awaited.SIGNS:
        return red_flags.typed(turn, said.text)
    if value is None:
        return False
    if asked.question is Awaited.NOTE:
        pain_notes.keep(turn, value, said.spoken_as)
        return True
    if asked.question is Awaited.MORNING:
        assert asked.about is not None
        return morning_answers.typed(turn, value, asked.about)
    return actions.late_number(turn, value, said.spoken_as)


def _to_session(turn: Interaction, said: Said) -> None:
    """An athlete's words: to the live session, or late to the last one; else they are offered."""
    reason = live_words.reason(said.words)
    if turn.who.in_session:
        live_words.hear(turn, said.words)
    elif live_words.hear_late(turn, said.words):
        return
    elif (reason is None or not actions.late_reason(turn, reason)) and not _noted(turn, said):
        offers.offer(turn, said.text, lines.problem(turn, said.text))


def _noted(turn: Interaction, said: Said) -> bool:
    """Take a text as a line of the diary, if it looks like one and names no warning sign."""
    own = said.manner is Manner.TEXT and not said.forwarded
    return own and not names_sign(said.text) and diary.typed(turn, said.text, said.spoken_as)


def _edited(turn: Interaction, said: Said) -> None:
    """An edited message can stop a set or correct the number that it gave; it never leads on."""
    if _trains(turn):
        live_words.hear(turn, said.words)
    elif Role.ATHLETE in turn.who.roles:
        _edited_late(turn, said)


def _edited_late(turn: Interaction, said: Said) -> None:
    """Without a session an edit corrects its number; a warning sign in it is not passed over."""
    if not names_sign(said.text) and diary.edited(turn, said.text, said.spoken_as):
        return
    live_words.hear_late(turn, said.words)
    if names_sign(said.text):
        offers.offer(turn, said.text)


def _located(said: Said) -> Act:
    assert said.place is not None
    zone: str | None = None
    problem: str | None = None
    try:
        zone = places.zone_at(*said.place)
    except ZoneError as error:
        problem = str(error)

    def located(turn: Interaction) -> None:
        if any(
            take(turn, zone, problem)
            for take in (enrolment_typed.located, settings_typed.located, staff_zone.located)
        ):
            return
        if turn.who.in_session:
            actions.unclear(turn)
        elif turn.who.person_id is not None:
            offers.offer(turn, "")
        else:
            turn.say(ClosedToStrangers(turn.who.telegram_id))

    return located
