"""One step less by one tap: what a coach may always do."""

from bot.conversation.interaction import Interaction
from bot.programme.notify import tell
from bot.programme.plan import versions
from bot.programme.plan.messages import PlanChangedForYou
from bot.protocol.progression import ladder
from bot.protocol.progression.ladder import Rung
from bot.store import people, sessions


def ease(turn: Interaction, athlete_id: int, plan_id: int) -> Rung | None:
    """Take one step down from the plan `plan_id`, tell the athlete, and return the step.

    None, and nothing changes, where the plan is another one now, or has no step below. The caller
    has checked that the athlete is this coach's.
    """
    plan = people.plan(turn.db, athlete_id)
    dose = sessions.dose_of(plan)
    less = ladder.down(dose)
    if plan.id != plan_id or less is None:
        return None
    changes = versions.change(
        turn.db, athlete_id, ladder.stepped(dose, less), turn.now, actor=turn.person_id
    )
    tell(turn, people.person(turn.db, athlete_id), PlanChangedForYou(turn.who.name, changes))
    return less
