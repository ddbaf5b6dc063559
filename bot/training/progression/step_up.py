"""A step up: proposed to the coaches after three credits, taken by one of them with one tap."""

from datetime import datetime, timedelta
from typing import Final

from sqlmodel import Session as Db

from bot.conversation import who
from bot.conversation.interaction import Interaction
from bot.conversation.message import Say
from bot.conversation.outgoing import post
from bot.protocol.dose.dose import Side
from bot.protocol.progression import ladder
from bot.protocol.progression.ladder import Rung
from bot.store import athletes, people, sessions
from bot.store.tables import PlanRow
from bot.training.progression import standing
from bot.training.progression.messages import (
    PlanRaised,
    StepUpAsked,
    StepUpDeclined,
    StepUpTaken,
)
from bot.training.progression.standing import History

PROPOSED: Final = "step_up_proposed"
TAKEN: Final = "step_up"
DECLINED: Final = "step_up_declined"
"""Actions of audit rows."""
AGAIN_AFTER: Final = timedelta(days=7)
"""How long after a proposal the next one may come."""


def offer(db: Db, athlete_id: int, now: datetime, known: History | None = None) -> None:
    """Propose a step up to each consenting coach, if it is earned; at most once a week.

    What is `known` of the athlete need not be read again.
    """
    history = known or standing.histories(db, [athlete_id], now)[athlete_id]
    rung = standing.proposal(db, history, now)
    coaches = people.coaches_of(db, athlete_id)
    if rung is None or not coaches:
        return
    if athletes.newest_noted(db, [athlete_id], PROPOSED, now - AGAIN_AFTER):
        return
    plan, athlete = people.plan(db, athlete_id), people.person(db, athlete_id)
    _note(db, PROPOSED, plan, rung, now, actor=None)
    assert plan.id is not None
    question = StepUpAsked(athlete_id, athlete.name, plan.id, _dose(plan), rung)
    for coach in coaches:
        key = f"plan{plan.id}:up:{now.timestamp():.0f}:to{coach.id}"
        post(db, coach.telegram_id, Say(question), now, key=key)


def decide(turn: Interaction, athlete_id: int, plan_id: int, *, yes: bool) -> None:
    """A coach's tap: a step up from the plan version it was proposed for, or not now.

    Nothing happens where the plan, the right, or what earned the step is gone meanwhile.
    """
    found = _earned(turn, athlete_id, plan_id)
    if found is None:
        turn.expired()
        return
    plan, rung = found
    turn.answer()
    name = people.person(turn.db, athlete_id).name
    if yes:
        _take(turn, plan, rung)
        turn.show(StepUpTaken(athlete_id, name, _dose(plan), rung))
    else:
        _note(turn.db, DECLINED, plan, rung, turn.now, actor=turn.person_id)
        turn.show(StepUpDeclined(athlete_id, name, _dose(plan), rung))


def take(turn: Interaction, athlete_id: int, plan_id: int) -> Rung | None:
    """Take that step without a word to the coach, and return it; None where nothing happens."""
    found = _earned(turn, athlete_id, plan_id)
    if found is None:
        return None
    _take(turn, *found)
    return found[1]


def _earned(turn: Interaction, athlete_id: int, plan_id: int) -> tuple[PlanRow, Rung] | None:
    """Return the plan it was proposed for and the step, if both still stand."""
    plan = _reached(turn, athlete_id)
    if plan is None or plan.id != plan_id:
        return None
    rung = standing.standing(turn.db, [athlete_id], turn.now)[athlete_id].proposal
    return None if rung is None else (plan, rung)


def _reached(turn: Interaction, athlete_id: int) -> PlanRow | None:
    """Return the newest plan of an athlete whom this person may name."""
    if turn.who.person_id is None:
        return None
    mine = any(one.id == athlete_id for one in who.athletes_of(turn))
    return people.plan(turn.db, athlete_id) if mine else None


def _take(turn: Interaction, plan: PlanRow, rung: Rung) -> None:
    """Add the plan version; a running session keeps the one it began with."""
    more = ladder.stepped(sessions.dose_of(plan), rung)
    row = sessions.plan_row(
        plan.athlete_id, plan.version + 1, more, turn.now, created_by=turn.person_id
    )
    turn.db.add(row)
    turn.db.flush()
    _note(turn.db, TAKEN, plan, rung, turn.now, actor=turn.person_id)
    athlete = people.person(turn.db, plan.athlete_id)
    told = PlanRaised(turn.who.name, Side(plan.side), _dose(plan), rung)
    key = f"plan{row.id}:raised"
    post(turn.db, athlete.telegram_id, Say(told), turn.now, key=key)


def _dose(plan: PlanRow) -> Rung:
    """Return what the plan asks for."""
    return ladder.rung_of(sessions.dose_of(plan))


def _note(
    db: Db, action: str, plan: PlanRow, rung: Rung, now: datetime, *, actor: int | None
) -> None:
    before, after = str(_dose(plan)), str(rung)
    people.note(db, action, now, actor=actor, subject=plan.athlete_id, before=before, after=after)
