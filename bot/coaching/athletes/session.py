"""One session of an athlete, as an alert's button shows it to a coach."""

from dataclasses import replace

from bot.coaching.athletes.board import session_brief
from bot.coaching.athletes.messages import SessionShown
from bot.conversation import who
from bot.conversation.interaction import Interaction
from bot.protocol.calendar.local_time import local
from bot.store import people, sessions
from bot.training.history import stretches
from bot.training.session.chart import picture


def show(turn: Interaction, athlete: str, session_id: int) -> None:
    """Show a session in words and as a picture; one that is not this athlete's is not there."""
    named = who.athlete_named(turn, "athlete", athlete, alone=True)
    if named is None:
        return
    stored = sessions.get(turn.db, session_id)
    if stored is None or stored.athlete_id != named.id:
        turn.expired()
        return
    day = sessions.day_of(turn.db, stored)
    found = stretches(turn.db, [named.person], {named.id: (day, day)}, turn.person_id)[named.id]
    (one,) = (one for one in (*found.trained, *found.left) if one.session_id == session_id)
    turn.answer()
    turn.say(
        SessionShown(
            athlete_id=named.id,
            name=named.person.name,
            at=stored.value.opened_at,
            zone=named.person.zone,
            coach_zone=people.person(turn.db, turn.person_id).zone,
            today=local(turn.now, named.person.zone).date(),
            session=None if one.outcome is None else session_brief(one),
            done=one.holds_done,
            planned=one.holds_planned,
            before=one.before,
            late=one.late,
        )
    )
    drawn = picture(turn.db, stored)
    if drawn is not None:
        turn.send(replace(drawn, name=named.person.name, athlete_id=named.id))
