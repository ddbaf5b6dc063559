"""A new plan version by a coach or admin: asked about where it needs a second look, told, shown."""

from collections.abc import Callable
from dataclasses import asdict
from typing import Any

from bot.conversation.interaction import Turn
from bot.conversation.who import Named
from bot.programme.notify import about, tell, wrong
from bot.protocol.calendar.parse_dates import InputError
from bot.protocol.dose.dose import Dose
from bot.protocol.dose.exercises import CATALOGUE
from bot.protocol.dose.parse import TypedDose
from bot.protocol.session.state import length_s
from bot.store import people, sessions
from bot.store.tables import PersonRow
from bot.training import plans

SHOWN = 4
"""Versions of the past that are shown."""


def type_dose(turn: Turn, command: str, named: Named, parse: Callable[[str], TypedDose]) -> None:
    """Change what was typed after the name, for /plan and /limits."""
    current = _current(turn, named.id)
    try:
        typed = parse(named.rest)
        dose = typed.of(current)
    except InputError as why:
        wrong(turn, named.person, why)
        return
    change(turn, command, named, dose, confirmed=typed.confirmed)


def change(turn: Turn, command: str, named: Named, dose: Dose, *, confirmed: bool) -> None:
    """Make `dose` the newest version, after a question where it asks for more than a slip may."""
    current = _current(turn, named.id)
    doubts = _doubts(current, dose)
    if doubts and not confirmed:
        turn.show(
            "plan_sure",
            **about(turn, named.person),
            **doubts,
            command=command,
            words=" ".join(named.rest.split()),
        )
        return
    changes = plans.change(turn.db, named.id, dose, turn.now, actor=turn.person_id)
    if not changes:
        show(turn, command, named.person, why="same")
        return
    told = tell(turn, named.person, "plan_changed", changes=changes)
    show(turn, command, named.person, changes=changes, told=told)


def show(
    turn: Turn,
    command: str,
    person: PersonRow,
    *,
    changes: plans.Changes | None = None,
    told: bool | None = None,
    why: str = "",
) -> None:
    """Show the plan as /plan or /limits do, after `changes`, or `why` there are none.

    `why` is "same" where the plan was so already, "gone" for a button of an older change.
    """
    assert person.id is not None
    row = people.plan(turn.db, person.id)
    dose = sessions.dose_of(row)
    turn.show(
        command,
        **about(turn, person),
        changes=changes or {},
        told=told,
        why=why,
        version=row.version,
        dose=asdict(dose),
        exercise=CATALOGUE[dose.exercise].name,
        total_holds=dose.total_holds,
        planned_s=dose.planned_s,
        length_s=length_s(dose),
        history=plans.history(turn.db, person.id, SHOWN),
    )


def _current(turn: Turn, athlete_id: int) -> Dose:
    return sessions.dose_of(people.plan(turn.db, athlete_id))


def _doubts(before: Dose, after: Dose) -> dict[str, Any]:
    """Return what is asked once more: a raised pain limit, a flagged exercise (PROTOCOL 6)."""
    chosen = CATALOGUE[after.exercise]
    flagged = chosen.flags and after.exercise != before.exercise
    raised = after.pain_limit > before.pain_limit
    if not (flagged or raised):
        return {}
    return {
        "limit": [before.pain_limit, after.pain_limit] if raised else None,
        "hard_stop": after.hard_stop,
        "flagged": [chosen.id, chosen.name, list(chosen.flags)] if flagged else None,
    }
