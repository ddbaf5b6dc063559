"""/stage by a coach or admin: shown, and what is asked for turned on and off. /plan moves it."""

from typing import Final

from bot.conversation import who
from bot.conversation.interaction import Interaction
from bot.conversation.who import Named
from bot.programme.notify import tell, wrong
from bot.programme.stages.messages import StageShown, TestAskedOfYou, Wish
from bot.protocol.calendar.input_error import InputError
from bot.protocol.load.stages import FIRST
from bot.store import load_settings, people
from bot.training.load.stage_facts import exit_conditions
from bot.training.load_test.flow import is_barred

_COLUMN: Final[dict[Wish, str]] = {"hold": "long_hold", "test": "load_test", "stride": "stride"}
_ON: Final = {"on": True, "off": False}


def stage(turn: Interaction, words: str) -> None:
    """Show an athlete's stage, or turn on or off what is asked for: `hold on`."""
    named = who.athlete_named(turn, "stage", words)
    if named is None:
        return
    turn.answer()
    if not named.rest:
        _show(turn, named)
        return
    wish, _, state = named.rest.casefold().partition(" ")
    for one, column in _COLUMN.items():
        if wish == one and state in _ON:
            _set(turn, named, one, column, on=_ON[state])
            return
    _show(turn, named, problem=named.rest)


def _set(turn: Interaction, named: Named, wish: Wish, column: str, *, on: bool) -> None:
    if wish == "test" and on and is_barred(turn.db, named.id):
        why = f"No load test now: the sessions of {named.person.name} are locked, or a warning sign"
        wrong(turn, InputError(f"{why} is open. Ask for it when that is over."))
        return
    row = load_settings.of_athlete(turn.db, named.id)
    told = None
    if getattr(row, column) is not on:
        setattr(row, column, on)
        turn.db.add(row)
        turn.db.flush()
        people.note(
            turn.db,
            "asked_for",
            turn.now,
            actor=turn.person_id,
            subject=named.id,
            after=f"{wish} {'on' if on else 'off'}",
        )
        if wish == "test":
            limit = people.plan(turn.db, named.id).pain_limit
            told = tell(turn, named.person, TestAskedOfYou(turn.who.name, on, limit))
    _show(turn, named, told=told)


def _show(turn: Interaction, named: Named, *, problem: str = "", told: bool | None = None) -> None:
    number = people.plan(turn.db, named.id).stage
    row = load_settings.of_athlete(turn.db, named.id)
    found = exit_conditions(turn.db, named.id, turn.now) if number == FIRST else {}
    turn.show(
        StageShown(
            athlete_id=named.id,
            name=named.person.name,
            stage=number,
            conditions=tuple(found.items()),
            wishes=tuple(one for one, column in _COLUMN.items() if getattr(row, column)),
            problem=problem,
            told=told,
        )
    )
