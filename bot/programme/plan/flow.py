"""/plan and /limits: an athlete's dose, shown and changed by a coach or admin.

A new version is asked about where it needs a second look, told to the athlete, and shown.
"""

import re
from collections.abc import Callable
from typing import Final

from bot.conversation import which, who
from bot.conversation.common.messages import Inactive
from bot.conversation.interaction import Interaction
from bot.conversation.phrases import Unchanged
from bot.conversation.who import Named
from bot.programme.notify import is_running, reader_zone, tell, wrong
from bot.programme.plan import versions
from bot.programme.plan.messages import (
    PICTURED,
    DoseChanges,
    DoseCommand,
    FlaggedExercise,
    LimitsShown,
    PlanChangedForYou,
    PlanDoubted,
    PlanShown,
)
from bot.protocol.calendar.input_error import InputError, WhichError
from bot.protocol.dose.dose import Dose
from bot.protocol.dose.exercises import CATALOGUE
from bot.protocol.dose.parse import CONFIRMED, TypedDose, parse_limits, parse_plan
from bot.protocol.session.state import length_s
from bot.store import people, sessions
from bot.store.tables import PersonRow
from bot.training.pictures.messages import HowTo

_UNDO: Final = re.compile(rf"undo (\d{{1,9}})( {CONFIRMED})?", re.ASCII)


def plan(turn: Interaction, words: str) -> None:
    """Show an athlete's plan, or change the fields that were typed."""
    named = who.athlete_named(turn, "plan", words)
    if named is None:
        return
    undo = _UNDO.fullmatch(named.rest)
    if not named.rest:
        show(turn, "plan", named.person)
    elif undo is not None:
        _undo(turn, named, int(undo[1]), confirmed=undo[2] is not None)
    else:
        type_dose(turn, "plan", named, parse_plan)


def _undo(turn: Interaction, named: Named, version: int, *, confirmed: bool) -> None:
    """Take the newest version back by one that equals the version before it."""
    newest = people.plan(turn.db, named.id).version
    before = versions.version(turn.db, named.id, version - 1)
    if version != newest or before is None:
        turn.answer(Inactive())
        show(turn, "plan", named.person, why="gone")
        return
    change(turn, "plan", named, sessions.dose_of(before), confirmed=confirmed)


def limits(turn: Interaction, words: str) -> None:
    """Show an athlete's pain limit and hard stop, or change what was typed."""
    named = who.athlete_named(turn, "limits", words)
    if named is None:
        return
    if named.rest:
        type_dose(turn, "limits", named, parse_limits)
    else:
        show(turn, "limits", named.person)


# ---- a new version --------------------------------------------------------------------

SHOWN = 4
"""Versions of the past that are shown."""


def type_dose(
    turn: Interaction, command: DoseCommand, named: Named, parse: Callable[[str], TypedDose]
) -> None:
    """Change what was typed after the name, for /plan and /limits."""
    current = _current(turn, named.id)
    try:
        typed = parse(named.rest)
        dose = typed.of(current)
    except WhichError as why:
        which.ask(turn, command, why, named.id)
        return
    except InputError as why:
        wrong(turn, why)
        return
    change(turn, command, named, dose, confirmed=typed.confirmed)


def change(
    turn: Interaction, command: DoseCommand, named: Named, dose: Dose, *, confirmed: bool
) -> None:
    """Make `dose` the newest version, after a question where it asks for more than a slip may."""
    current = _current(turn, named.id)
    limit, flagged = _raised(current, dose), _flagged(current, dose)
    if (limit or flagged) and not confirmed:
        turn.show(
            PlanDoubted(
                athlete_id=named.id,
                name=named.person.name,
                command=command,
                words=" ".join(named.rest.split()),
                limit=limit,
                flagged=flagged,
            )
        )
        return
    changes = versions.change(turn.db, named.id, dose, turn.now, actor=turn.person_id)
    if not changes:
        show(turn, command, named.person, why="same")
        return
    told = tell(turn, named.person, PlanChangedForYou(turn.who.name, changes))
    show(turn, command, named.person, changes=changes, told=told)
    if named.id != turn.person_id and changes.keys() & PICTURED:
        turn.send(HowTo.of(named.id, dose, name=named.person.name))


def show(
    turn: Interaction,
    command: DoseCommand,
    person: PersonRow,
    *,
    changes: DoseChanges | None = None,
    told: bool | None = None,
    why: Unchanged = "",
) -> None:
    """Show the plan as /plan or /limits do, after `changes`, or `why` there are none."""
    assert person.id is not None
    row = people.plan(turn.db, person.id)
    dose = sessions.dose_of(row)
    if command == "limits":
        turn.show(
            LimitsShown(
                athlete_id=person.id,
                name=person.name,
                running=is_running(turn, person.id),
                changes=changes or {},
                told=told,
                why=why,
                dose=dose,
            )
        )
        return
    turn.show(
        PlanShown(
            athlete_id=person.id,
            name=person.name,
            running=is_running(turn, person.id),
            changes=changes or {},
            told=told,
            why=why,
            dose=dose,
            reader_zone=reader_zone(turn),
            version=row.version,
            exercise=CATALOGUE[dose.exercise].name,
            at_hip=CATALOGUE[dose.exercise].at_hip,
            planned_s=dose.planned_s,
            length_s=length_s(dose),
            history=versions.history(turn.db, person.id, SHOWN),
        )
    )


def _current(turn: Interaction, athlete_id: int) -> Dose:
    return sessions.dose_of(people.plan(turn.db, athlete_id))


def _raised(before: Dose, after: Dose) -> tuple[int, int] | None:
    """Return a raised pain limit: it is asked about once more (PROTOCOL 6)."""
    raised = after.pain_limit > before.pain_limit
    return (before.pain_limit, after.pain_limit) if raised else None


def _flagged(before: Dose, after: Dose) -> FlaggedExercise | None:
    """Return another exercise that is flagged: it is asked about once more (PROTOCOL 6)."""
    chosen = CATALOGUE[after.exercise]
    if not chosen.flags or after.exercise == before.exercise:
        return None
    return FlaggedExercise(chosen.id, chosen.name, chosen.flags)
