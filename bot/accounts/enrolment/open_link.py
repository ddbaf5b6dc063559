"""A link is opened: by someone who joins, who gets one more role, or who moves here."""

from bot.accounts.enrolment.form import Form, Step, ask, form_of
from bot.accounts.enrolment.greeting import welcome_back
from bot.accounts.enrolment.messages import (
    AlreadyJoined,
    ClosedToStrangers,
    InviteRefused,
    MovedAway,
    MovedHere,
    MoveRefused,
    RoleGranted,
)
from bot.accounts.invites import tokens
from bot.accounts.invites.tokens import TokenProblem
from bot.accounts.notify import tell
from bot.accounts.privacy import flow as privacy
from bot.accounts.sharing import before_joining
from bot.conversation import pending_input
from bot.conversation.interaction import Interaction
from bot.conversation.message import Say
from bot.conversation.outgoing import post
from bot.conversation.pending_input import stop_waiting
from bot.operations import menus, staff_zone
from bot.programme import summary_schedule
from bot.store import inbox, outbox, people
from bot.store.tables import EnrolmentRow, InviteRow, PersonRow, Role
from bot.training.session import stray_cues


def start(turn: Interaction, token: str | None, *, open_enrolment: bool, name: str) -> None:
    """/start, with the token of a link or without. `name` is the Telegram display name.

    A token may still be open afterwards, so the update that brought it is not kept.
    """
    if token:
        inbox.empty(turn.db, turn.update_id)
        _open_link(turn, token, name)
    elif (form := form_of(turn)) is not None:
        ask(turn, form)
    elif turn.who.roles:
        _greet(turn, name)
    elif privacy.was_removed(turn):
        privacy.say_removed(turn)
    elif open_enrolment:
        begin(turn, None, name)
    else:
        turn.say(ClosedToStrangers(turn.who.telegram_id))


def _greet(turn: Interaction, name: str) -> None:
    """Welcome someone back; an admin whom the settings name comes for the first time, once."""
    if people.person(turn.db, turn.person_id).joined_at is None:
        _join(turn, tokens.tame_name(name), Role.ADMIN)
    else:
        welcome_back(turn)


def _open_link(turn: Interaction, token: str, name: str) -> None:
    invite = tokens.redeem(turn.db, turn.who.telegram_id, token, turn.now)
    if isinstance(invite, TokenProblem):
        _refuse_link(turn, token, invite)
    elif invite.person_id is not None:
        _move(turn, invite, invite.person_id)
    elif Role(invite.role) in turn.who.roles:
        turn.say(AlreadyJoined(invite.role))
    elif invite.role == Role.ATHLETE and privacy.was_removed(turn):
        privacy.say_removed(turn)
    elif invite.role == Role.ATHLETE:
        _open_enrolment(turn, invite, name)
    else:
        _grant(turn, invite, name)


def _refuse_link(turn: Interaction, token: str, why: TokenProblem) -> None:
    """One sentence for every reason; but who joined by this very link is simply greeted."""
    if why is TokenProblem.USED and turn.who.person_id is not None:
        invite = tokens.find(turn.db, token)
        if invite is not None and invite.used_by == turn.who.person_id:
            welcome_back(turn)
            return
    turn.say(InviteRefused())


def _open_enrolment(turn: Interaction, invite: InviteRow, name: str) -> None:
    """Begin; or go on with the answers there are, by the link opened last."""
    form = form_of(turn)
    if form is None:
        begin(turn, invite, name)
        return
    form.row.invite_id, form.row.name = invite.id, invite.name or form.row.name
    ask(turn, form)


def begin(turn: Interaction, invite: InviteRow | None, name: str) -> None:
    """Ask the first question. A zone that was asked for before is not waited for any more."""
    stop_waiting(turn)
    row = EnrolmentRow(
        telegram_id=turn.who.telegram_id,
        invite_id=None if invite is None else invite.id,
        name=_name_of(invite, name),
        step=Step.CONSENT,
        updated_at=turn.now,
    )
    ask(turn, Form(row, Step.CONSENT, {}))


def _name_of(invite: InviteRow | None, name: str) -> str:
    """Return the invitation's name; that of Telegram where it has none, or was erased since."""
    return tokens.tame_name(name) if invite is None or not invite.name else invite.name


def _grant(turn: Interaction, invite: InviteRow, name: str) -> None:
    """Make someone a coach or admin at once."""
    role = Role(invite.role)
    assert invite.id is not None
    if not tokens.claim(turn.db, invite.id, turn.now):
        turn.say(InviteRefused())
        return
    person_id = _join(turn, _name_of(invite, name), role)
    tokens.used_by(turn.db, invite.id, person_id)
    before_joining.joined(turn, invite.id, role)


def _join(turn: Interaction, name: str, role: Role) -> int:
    """Give a coach or admin the role, and say so; return the person's id."""
    person = people.join(turn.db, turn.who.telegram_id, name, role, turn.now)
    assert person.id is not None
    people.note(turn.db, "join", turn.now, actor=person.id, subject=person.id, after=role)
    if role is Role.COACH:
        summary_schedule.of_coach(turn.db, person.id, turn.now)
    turn.recognise()
    asks_zone = staff_zone.expected(turn)
    turn.say(RoleGranted(role, person.name, asks_zone))
    menus.publish(turn.db, turn.chat_id, turn.now)
    return person.id


def _move(turn: Interaction, invite: InviteRow, person_id: int) -> None:
    """Move a person to this account; the old chat loses access, and is told (F66)."""
    assert invite.id is not None
    if turn.who.person_id is not None:
        turn.say(MoveRefused())
        return
    if not tokens.claim(turn.db, invite.id, turn.now):
        turn.say(InviteRefused())
        return
    tokens.used_by(turn.db, invite.id, person_id)
    form, person = form_of(turn), people.person(turn.db, person_id)
    if form is not None:
        pending_input.forget(turn.db, turn.who.telegram_id)
    old = person.telegram_id
    _leave_old_chat(turn, person)
    person.telegram_id, person.joined_at = turn.who.telegram_id, person.joined_at or turn.now
    turn.db.add(person)
    people.note(turn.db, "move", turn.now, actor=person_id, subject=person_id)
    turn.db.flush()
    stray_cues.clip_cancelled(turn.db, person_id, turn.now)
    for chat in (old, person.telegram_id):
        menus.publish(turn.db, chat, turn.now)
    turn.recognise()
    welcome_back(turn)
    _tell_moved(turn, invite)


def _tell_moved(turn: Interaction, invite: InviteRow) -> None:
    """Tell the admin who made the link, if there still is one, that it was used."""
    admin = invite.created_by
    if (
        admin is None
        or admin == turn.person_id
        or Role.ADMIN not in people.roles_of(turn.db, admin)
    ):
        return
    tell(turn, admin, MovedHere(turn.who.name, turn.person_id))


def _leave_old_chat(turn: Interaction, person: PersonRow) -> None:
    """Nothing that still waits goes to the old chat, except the word that it is no longer linked.

    What a change of settings there was waiting for is forgotten. What was said there goes with the
    person: an export has it, an erasure finds it, and nothing keeps the old account's number.
    """
    old = person.telegram_id
    if old is None:
        return
    outbox.silence_chat(turn.db, old)
    pending_input.forget(turn.db, old)
    outbox.rehome(turn.db, old, turn.chat_id)
    inbox.rehome(turn.db, old, turn.chat_id)
    post(turn.db, old, Say(MovedAway()), turn.now, key=privacy.farewell_key())
