"""The last step: person, role, athlete and plan come into being together, or not at all."""

from datetime import datetime

from bot.accounts.enrolment.form import Form, Step, end, go, save, tell
from bot.accounts.enrolment.greeting import welcome_back
from bot.accounts.enrolment.messages import Enrolled, LinkGone
from bot.accounts.invites import tokens
from bot.accounts.sharing import before_joining
from bot.conversation import pending_input
from bot.conversation.interaction import Interaction
from bot.operations import menus
from bot.protocol.dose.dose import Dose, Side
from bot.store import people, sessions
from bot.store.tables import AthleteRow, Role
from bot.training import occurrences


def finish(turn: Interaction, form: Form) -> None:
    """Make the athlete, unless the consent's text has changed or someone else used the link."""
    if Role.ATHLETE in turn.who.roles:
        pending_input.forget(turn.db, turn.who.telegram_id)
        welcome_back(turn)
        return
    if not form.agreed:
        go(turn, form, Step.CONSENT)
        return
    invite_id = form.row.invite_id
    if invite_id is not None and not tokens.claim(turn.db, invite_id, turn.now):
        tell(turn, form, LinkGone())
        save(turn, form)
        return
    athlete = _make(turn, form)
    if invite_id is not None:
        tokens.used_by(turn.db, invite_id, athlete.person_id)
    _welcome(turn, form, athlete)
    if invite_id is not None:
        turn.recognise()
        before_joining.joined(turn, invite_id, Role.ATHLETE, form.shares)


def _make(turn: Interaction, form: Form) -> AthleteRow:
    """Add the person, the role, the athlete, plan version 1 and the first day, all together."""
    now, answers = turn.now, form.answers
    person = people.join(turn.db, turn.who.telegram_id, form.row.name, Role.ATHLETE, now)
    assert person.id is not None
    person.zone, person.unreachable_since = answers["zone"], None
    athlete = AthleteRow(
        person_id=person.id,
        consent_version=answers["version"],
        consented_at=datetime.fromisoformat(answers["consented_at"]),
        weekdays=answers["days"],
        times=answers["times"],
    )
    occurrences.make_room(athlete)
    turn.db.add(athlete)
    turn.db.flush()
    turn.db.add(sessions.plan_row(person.id, 1, Dose(side=Side(answers["side"])), now))
    turn.db.flush()
    occurrences.plan_next(turn.db, person.id, now)
    after = f"athlete, consent {athlete.consent_version}"
    people.note(turn.db, "join", now, actor=person.id, subject=person.id, after=after)
    menus.welcome(turn.db, turn.chat_id, now)
    return athlete


def _welcome(turn: Interaction, form: Form, athlete: AthleteRow) -> None:
    default = AthleteRow.model_fields
    quiet = (athlete.quiet_start, athlete.quiet_end)
    changed = quiet != (default["quiet_start"].default, default["quiet_end"].default)
    end(
        turn,
        form,
        Enrolled(
            name=people.person(turn.db, athlete.person_id).name,
            next_at=occurrences.next_at(turn.db, athlete.person_id, turn.now),
            zone=form.answers["zone"],
            quiet="–".join(quiet) if changed else None,
        ),
    )
