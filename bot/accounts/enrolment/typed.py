"""Typed answers to the steps, and a shared location."""

import re
from collections.abc import Callable
from typing import Final

from bot.accounts.enrolment.buttons import take, take_times, take_zone
from bot.accounts.enrolment.form import Form, Step, ask, form_of, go_on
from bot.conversation import schedule_input, zone_input
from bot.conversation.interaction import Interaction
from bot.conversation.pending_input import doubt_of, guesses_of
from bot.conversation.schedule_input import NO, YES, fold_answer
from bot.conversation.which import Unclear, read_value
from bot.conversation.zone_input import CityGuess
from bot.protocol.dose.dose import Side
from bot.protocol.red_flags.flags import RED_FLAGS

ADULT_FROM: Final = 18
"""Growth plates can still tear off below this age (PROTOCOL 5)."""
_URGENCY: Final = ("clot", "saddle", "tear", "general", "nerve", "bone")
"""Red flags, the most urgent first: who has several is told this one's action."""


def typed(turn: Interaction, text: str, cities: list[CityGuess]) -> bool:
    """A typed answer to the open question; False when no enrolment is under way."""
    form = form_of(turn)
    if form is None:
        return False
    word = fold_answer(text)
    if word in {"cancel", "/cancel"}:
        take(turn, form, "cancel")
    elif word != "back" or not take(turn, form, "back"):
        _TYPED[form.step](turn, form, text, cities)
    return True


def located(turn: Interaction, zone: str | None, problem: str | None) -> bool:
    """A shared location; False when the enrolment does not ask for one."""
    form = form_of(turn)
    if form is None or form.step is not Step.ZONE:
        return False
    take_zone(turn, form, zone_input.zone_located(zone, problem))
    return True


def _type_word(turn: Interaction, form: Form, text: str, _cities: list[CityGuess]) -> None:
    """Read one of the step's few words as the button it stands for."""
    word = fold_answer(text)
    value = next((value for value, words in _WORDS[form.step].items() if word in words), None)
    if value is None or not take(turn, form, value):
        ask(turn, form, Unclear(_PROBLEMS[form.step]))


def _type_adult(turn: Interaction, form: Form, text: str, cities: list[CityGuess]) -> None:
    """Read yes, no or an age."""
    age = re.fullmatch(r"(?:i am |i'm )?(\d{1,3})", fold_answer(text), re.ASCII)
    if age is None:
        _type_word(turn, form, text, cities)
    else:
        take(turn, form, "yes" if int(age[1]) >= ADULT_FROM else "no")


def _type_red_flags(turn: Interaction, form: Form, text: str, cities: list[CityGuess]) -> None:
    """Read "none", or the numbers of the list; of several the most urgent counts."""
    word = fold_answer(text)
    ids = list(RED_FLAGS)
    listed = re.fullmatch(r"\d(?:(?:\s|,|&|and)+\d)*", word, re.ASCII) is not None
    numbers = {int(digit) for digit in word if digit.isdigit()} if listed else set()
    named = {ids[number - 1] for number in numbers if 1 <= number <= len(ids)}
    if not named or len(named) != len(numbers):
        _type_word(turn, form, text, cities)
    else:
        take(turn, form, next(flag for flag in _URGENCY if flag in named))


def _type_zone(turn: Interaction, form: Form, text: str, cities: list[CityGuess]) -> None:
    checking, guesses = form.answers.get("checking"), guesses_of(form.answers)
    take_zone(turn, form, zone_input.zone_typed(text, cities, turn.now, checking, guesses))


def _type_days(turn: Interaction, form: Form, text: str, _cities: list[CityGuess]) -> None:
    found = read_value(schedule_input.read_days, text, doubt_of(form.answers))
    if isinstance(found, Unclear):
        ask(turn, form, found)
    else:
        form.answers["days"] = found
        go_on(turn, form)


def _type_time(turn: Interaction, form: Form, text: str, _cities: list[CityGuess]) -> None:
    found = read_value(schedule_input.read_times, text, doubt_of(form.answers))
    if isinstance(found, Unclear):
        ask(turn, form, found)
    else:
        take_times(turn, form, found)


_WORDS: Final[dict[Step, dict[str, frozenset[str]]]] = {
    Step.CONSENT: {"agree": YES | {"agree", "i agree"}, "no": NO},
    Step.COACH: {"yes": YES | {"agree", "share"}, "no": NO},
    Step.ADULT: {"yes": YES, "no": NO},
    Step.RED_FLAGS: {"none": NO | {"none", "none of these", "none of them", "0"}},
    Step.SIDE: {
        Side.LEFT: frozenset({"left", "l", "left side", "left leg"}),
        Side.RIGHT: frozenset({"right", "r", "right side", "right leg"}),
        Side.BOTH: frozenset({"both", "b", "both sides", "both legs"}),
    },
    Step.CONFIRM: {"finish": YES | {"finish", "done"}},
}
_PROBLEMS: Final = {
    Step.CONSENT: "I did not understand that. Please write agree or no.",
    Step.COACH: "I did not understand that. Please write yes or no.",
    Step.ADULT: "I did not understand that. Please write yes, no or your age, for example 34.",
    Step.RED_FLAGS: "I did not understand that. Write the number, for example 2, or none.",
    Step.SIDE: "That is not a side. Please write left, right or both.",
    Step.CONFIRM: "I did not understand that. Write finish, back or cancel.",
}
_TYPED: Final[dict[Step, Callable[[Interaction, Form, str, list[CityGuess]], None]]] = {
    Step.CONSENT: _type_word,
    Step.COACH: _type_word,
    Step.ADULT: _type_adult,
    Step.RED_FLAGS: _type_red_flags,
    Step.SIDE: _type_word,
    Step.ZONE: _type_zone,
    Step.DAYS: _type_days,
    Step.TIME: _type_time,
    Step.CONFIRM: _type_word,
}
