"""Greeting someone who has joined before."""

from bot.accounts.enrolment.messages import AthleteWelcomedBack, StaffWelcomedBack
from bot.coaching.weekly import flow as weekly
from bot.conversation.interaction import Interaction
from bot.operations import menus, staff_zone
from bot.store import people
from bot.store.tables import Role
from bot.training import occurrences
from bot.training.alerts import flow as alerts


def welcome_back(turn: Interaction) -> None:
    """Greet someone who has joined; who was unreachable gets reminders and alerts again (F50)."""
    person = people.person(turn.db, turn.person_id)
    was_away = person.unreachable_since is not None
    person.unreachable_since = None
    turn.db.add(person)
    alerts.come_back(turn.db, person, turn.now)
    if Role.COACH in turn.who.roles:
        weekly.catch_up(turn.db, turn.person_id, turn.now)
    if Role.ATHLETE not in turn.who.roles:
        turn.say(StaffWelcomedBack(person.name, staff_zone.expected(turn)))
        menus.publish(turn.db, turn.chat_id, turn.now)
        return
    if was_away:
        occurrences.replan(turn.db, turn.person_id, turn.now)
    athlete = people.athlete(turn.db, turn.person_id)
    turn.say(
        AthleteWelcomedBack(
            name=person.name,
            next_at=occurrences.next_at(turn.db, turn.person_id, turn.now),
            zone=person.zone,
            locked=athlete.locked_at is not None,
            paused=occurrences.is_paused(turn.db, turn.person_id, turn.now),
            kept=athlete.only_coach_resumes,
            leaving=athlete.erase_at is not None,
        )
    )
