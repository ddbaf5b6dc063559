"""Joining: from a link to an athlete with a plan, one question at a time.

The step and the answers are stored, so an enrolment survives a restart; a person, a role, an
athlete and a plan come into being together, in the transaction of the last step, or not at all.
"""

import json
import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Final

from sqlalchemy import delete
from sqlmodel import Session as Db
from sqlmodel import col

from bot.flows import calendar, choices, invites
from bot.flows.choices import NO, YES, Chosen, CityGuess, Shown, fold
from bot.flows.intents import Say
from bot.flows.invites import Why
from bot.flows.post import post
from bot.flows.turn import Turn
from bot.protocol.dose import Dose, Side
from bot.protocol.recurrence import RecurrenceError
from bot.protocol.redflags import RED_FLAGS
from bot.protocol.typed_calendar import InputError
from bot.store import outbox, people, sessions
from bot.store.tables import AthleteRow, EnrolmentRow, InviteRow, PersonRow, Role

CONSENT: Final = "2026-11"
"""The version of the text that is agreed to; a new text gets a new one."""
FORGET_AFTER: Final = timedelta(days=14)
"""An enrolment nobody went on with is forgotten."""
ADULT_FROM: Final = 18
"""Growth plates can still tear off below this age (PROTOCOL 5)."""


class Step(StrEnum):
    """The questions, in their order."""

    CONSENT = "consent"
    ADULT = "adult"
    RED_FLAGS = "red_flags"
    SIDE = "side"
    ZONE = "zone"
    DAYS = "days"
    TIME = "time"
    CONFIRM = "confirm"


_ORDER: Final = tuple(Step)
_URGENCY: Final = ("clot", "saddle", "tear", "general", "nerve", "bone")
"""Red flags, the most urgent first: who has several is told this one's action."""


@dataclass(frozen=True, slots=True)
class Form:
    """An enrolment under way: its row, and the answers so far."""

    row: EnrolmentRow
    answers: dict[str, Any]

    @property
    def step(self) -> Step:
        """The open question."""
        return Step(self.row.step)


# ---- /start ---------------------------------------------------------------------------


def start(turn: Turn, token: str | None, *, open_enrolment: bool, name: str) -> None:
    """/start, with the token of a link or without. `name` is the Telegram display name."""
    if token:
        _open_link(turn, token, name)
    elif (form := _form(turn)) is not None:
        _ask(turn, form)
    elif turn.who.roles:
        welcome_back(turn)
    elif open_enrolment:
        _begin(turn, None, name)
    else:
        turn.say("closed")


def welcome_back(turn: Turn) -> None:
    """Greet someone who has joined; who was unreachable gets the reminders again (F50)."""
    person = people.person(turn.db, turn.person_id)
    was_away = person.unreachable_since is not None
    person.unreachable_since = None
    turn.db.add(person)
    if Role.ATHLETE not in turn.who.roles:
        turn.say("welcome_staff", name=person.name, roles=sorted(turn.who.roles))
        return
    if was_away:
        calendar.replan(turn.db, turn.person_id, turn.now)
    athlete = people.athlete(turn.db, turn.person_id)
    next_at = calendar.next_at(turn.db, turn.person_id, turn.now)
    turn.say(
        "welcome_back",
        name=person.name,
        next_at=_iso(next_at),
        zone=person.zone,
        locked=athlete.locked_at is not None,
        paused=calendar.is_paused(turn.db, turn.person_id, turn.now),
        leaving=athlete.erase_at is not None,
    )


def _open_link(turn: Turn, token: str, name: str) -> None:
    invite = invites.redeem(turn.db, turn.who.telegram_id, token, turn.now)
    if isinstance(invite, Why):
        _refuse_link(turn, token, invite)
    elif invite.person_id is not None:
        _move(turn, invite, invite.person_id)
    elif Role(invite.role) in turn.who.roles:
        turn.say("already_joined", role=invite.role)
    elif invite.role == Role.ATHLETE:
        _open_enrolment(turn, invite, name)
    else:
        _grant(turn, invite)


def _refuse_link(turn: Turn, token: str, why: Why) -> None:
    """One sentence for every reason; but who joined by this very link is simply greeted."""
    if why is Why.USED and turn.who.person_id is not None:
        invite = invites.find(turn.db, token)
        if invite is not None and invite.used_by == turn.who.person_id:
            welcome_back(turn)
            return
    turn.say("invite_refused")


def _open_enrolment(turn: Turn, invite: InviteRow, name: str) -> None:
    """Begin; or go on with the answers there are, by the link opened last."""
    form = _form(turn)
    if form is None:
        _begin(turn, invite, name)
        return
    form.row.invite_id, form.row.name = invite.id, invite.name
    _ask(turn, form)


def _begin(turn: Turn, invite: InviteRow | None, name: str) -> None:
    row = EnrolmentRow(
        telegram_id=turn.who.telegram_id,
        invite_id=None if invite is None else invite.id,
        name=invites.tame_name(name) if invite is None else invite.name,
        step=Step.CONSENT,
        updated_at=turn.now,
    )
    _ask(turn, Form(row, {}))


def _grant(turn: Turn, invite: InviteRow) -> None:
    """Make someone a coach or admin at once."""
    role = Role(invite.role)
    assert invite.id is not None
    if not invites.claim(turn.db, invite.id, turn.now):
        turn.say("invite_refused")
        return
    person = people.join(turn.db, turn.who.telegram_id, invite.name, role, turn.now)
    assert person.id is not None
    invites.used_by(turn.db, invite.id, person.id)
    people.note(turn.db, "join", turn.now, actor=person.id, subject=person.id, after=role)
    turn.say("role_granted", role=role.value, name=person.name)


def _move(turn: Turn, invite: InviteRow, person_id: int) -> None:
    """Move a person to this account; the old chat loses access, and is told (F66)."""
    assert invite.id is not None
    if turn.who.person_id is not None:
        turn.say("move_refused")
        return
    if not invites.claim(turn.db, invite.id, turn.now):
        turn.say("invite_refused")
        return
    invites.used_by(turn.db, invite.id, person_id)
    form, person = _form(turn), people.person(turn.db, person_id)
    if form is not None:
        turn.db.delete(form.row)
    _leave_old_chat(turn, person)
    person.telegram_id, person.joined_at = turn.who.telegram_id, person.joined_at or turn.now
    turn.db.add(person)
    people.note(turn.db, "move", turn.now, actor=person_id, subject=person_id)
    turn.db.flush()
    welcome_back(replace(turn, who=people.who_is(turn.db, turn.who.telegram_id)))


def _leave_old_chat(turn: Turn, person: PersonRow) -> None:
    """Nothing that still waits goes to the old chat, except the word that it is no longer linked.

    What a change of settings there was waiting for is forgotten.
    """
    old = person.telegram_id
    if old is None:
        return
    outbox.silence_chat(turn.db, old)
    row = turn.db.get(EnrolmentRow, old)
    if row is not None:
        turn.db.delete(row)
    post(turn.db, old, Say("moved_away"), turn.now, key=f"moved:{old}:{turn.update_id}")


# ---- what the router calls ------------------------------------------------------------


def press(turn: Turn, step: str, value: str) -> None:
    """A button of the enrolment; one of another step or with a forged value has expired."""
    form = _form(turn)
    if form is None or form.row.step != step or not _pressed(turn, form, value):
        _stale(turn, form)


def typed(turn: Turn, text: str, cities: list[CityGuess]) -> bool:
    """A typed answer to the open question; False when no enrolment is under way."""
    form = _form(turn)
    if form is None:
        return False
    word = fold(text)
    if word in {"cancel", "/cancel"}:
        _pressed(turn, form, "cancel")
    elif word != "back" or not _pressed(turn, form, "back"):
        _TYPED[form.step](turn, form, text, cities)
    return True


def located(turn: Turn, zone: str | None, problem: str | None) -> bool:
    """A shared location; False when the enrolment does not ask for one."""
    form = _form(turn)
    if form is None or form.step is not Step.ZONE:
        return False
    _zone(turn, form, choices.zone_located(zone, problem))
    return True


def forget_unfinished(db: Db, now: datetime) -> int:
    """Forget enrolments, and settings being changed, that nobody went on with; return how many."""
    old = col(EnrolmentRow.updated_at) <= now - FORGET_AFTER
    return db.connection().execute(delete(EnrolmentRow).where(old)).rowcount


# ---- the form -------------------------------------------------------------------------


def _form(turn: Turn) -> Form | None:
    row = turn.db.get(EnrolmentRow, turn.who.telegram_id)
    if row is None or row.step not in set(Step):
        return None
    return Form(row, json.loads(row.answers))


def _save(turn: Turn, form: Form) -> None:
    form.row.answers, form.row.updated_at = json.dumps(form.answers), turn.now
    turn.db.add(form.row)
    turn.db.flush()


def _stale(turn: Turn, form: Form | None) -> None:
    """Take the buttons off an old message; but a double tap must not disarm the open question."""
    shown = None if form is None else form.answers.get("shown")
    if shown is not None and shown == turn.message_id:
        turn.answer("inactive")
    else:
        turn.expired()


def _go(turn: Turn, form: Form, step: Step) -> None:
    form.row.step = step
    _ask(turn, form)


def _next(turn: Turn, form: Form) -> None:
    _go(turn, form, _ORDER[_ORDER.index(form.step) + 1])


def _ask(turn: Turn, form: Form, **values: Any) -> None:
    """Ask the open question, and store where the enrolment stands."""
    form.answers.pop("checking", None)
    _tell(turn, form, f"enrol_{form.step}", name=form.row.name, **_known(form), **values)
    _save(turn, form)


def _known(form: Form) -> dict[str, Any]:
    """Return the answers that the questions show."""
    return {key: form.answers.get(key) for key in ("side", "zone", "days", "times")}


def _tell(turn: Turn, form: Form, topic: str, **values: Any) -> None:
    """Rewrite the pressed message, or say it anew; a location button on the screen goes first."""
    if form.answers.pop("keyboard", False):
        turn.retire()
        turn.say("location_off")
        turn.say(topic, **values)
        form.answers["shown"] = None
    else:
        turn.show(topic, **values)
        form.answers["shown"] = turn.message_id


def _end(turn: Turn, form: Form, topic: str, **values: Any) -> None:
    """Forget the enrolment, answers and all, and say why it ended."""
    _tell(turn, form, topic, **values)
    turn.db.delete(form.row)
    turn.db.flush()


def _pressed(turn: Turn, form: Form, value: str) -> bool:
    """Do what a value of the open question means; False when it means nothing."""
    if value == "cancel":
        turn.answer()
        _end(turn, form, "enrol_cancelled")
    elif value == "back" and form.step is not Step.CONSENT:
        turn.answer()
        _go(turn, form, _ORDER[_ORDER.index(form.step) - 1])
    else:
        return _PRESSED[form.step](turn, form, value)
    return True


# ---- one function a step: buttons -----------------------------------------------------


def _press_consent(turn: Turn, form: Form, value: str) -> bool:
    if value not in {"agree", "no"}:
        return False
    turn.answer()
    if value == "no":
        _end(turn, form, "enrol_declined")
        return True
    form.answers.update(version=CONSENT, consented_at=turn.now.isoformat())
    _next(turn, form)
    return True


def _press_adult(turn: Turn, form: Form, value: str) -> bool:
    if value not in {"yes", "no"}:
        return False
    turn.answer()
    if value == "no":
        _end(turn, form, "enrol_under_age")
    else:
        _next(turn, form)
    return True


def _press_red_flags(turn: Turn, form: Form, value: str) -> bool:
    if value != "none" and value not in RED_FLAGS:
        return False
    turn.answer()
    if value == "none":
        _next(turn, form)
    else:
        _end(turn, form, "enrol_red_flag", flag=value, by_link=form.row.invite_id is not None)
    return True


def _press_side(turn: Turn, form: Form, value: str) -> bool:
    if value not in set(Side):
        return False
    turn.answer()
    form.answers["side"] = value
    _next(turn, form)
    return True


def _press_zone(turn: Turn, form: Form, value: str) -> bool:
    found = choices.zone_pressed(value, turn.now)
    if found is None:
        return False
    turn.answer()
    _zone(turn, form, found)
    return True


def _zone(turn: Turn, form: Form, found: Shown | Chosen) -> None:
    """Take the zone, or show the next screen about it."""
    if isinstance(found, Chosen):
        form.answers["zone"] = found.zone
        _next(turn, form)
    elif not found.screen:
        _ask(turn, form, **found.values)
    elif found.screen == "_location":
        turn.say("enrol_zone_location")
        form.answers["keyboard"] = True
        _save(turn, form)
    else:
        form.answers["checking"] = found.values.get("zone")
        _tell(turn, form, f"enrol_zone{found.screen}", **found.values)
        _save(turn, form)


def _press_days(turn: Turn, form: Form, value: str) -> bool:
    """Take the days; "d" before them means that a toggle was pressed and the choice goes on."""
    draft = value[:1] == "d"
    days = choices.days_of(value[draft:])
    if days is None and value != "d":
        return False
    turn.answer()
    if draft:
        _ask(turn, form, draft=days or "")
        return True
    form.answers["days"] = days
    _next(turn, form)
    return True


def _press_time(turn: Turn, form: Form, value: str) -> bool:
    times = choices.times_of(value)
    if times is None:
        return False
    turn.answer()
    _take_times(turn, form, times)
    return True


def _take_times(turn: Turn, form: Form, times: str) -> None:
    """Take the times if a schedule can be made of them."""
    try:
        choices.schedule(form.answers["days"], times, form.answers["zone"])
    except RecurrenceError as why:
        _ask(turn, form, problem=f"{why} Write 07:30, or 07:30 and 18:00.")
        return
    form.answers["times"] = times
    _next(turn, form)


def _press_confirm(turn: Turn, form: Form, value: str) -> bool:
    if value != "finish":
        return False
    turn.answer()
    _finish(turn, form)
    return True


_PRESSED: Final[dict[Step, Callable[[Turn, Form, str], bool]]] = {
    Step.CONSENT: _press_consent,
    Step.ADULT: _press_adult,
    Step.RED_FLAGS: _press_red_flags,
    Step.SIDE: _press_side,
    Step.ZONE: _press_zone,
    Step.DAYS: _press_days,
    Step.TIME: _press_time,
    Step.CONFIRM: _press_confirm,
}


# ---- one function a step: typed text --------------------------------------------------


def _type_word(turn: Turn, form: Form, text: str, _cities: list[CityGuess]) -> None:
    """Read one of the step's few words as the button it stands for."""
    word = fold(text)
    value = next((value for value, words in _WORDS[form.step].items() if word in words), None)
    if value is None or not _pressed(turn, form, value):
        _ask(turn, form, problem=_PROBLEMS[form.step])


def _type_adult(turn: Turn, form: Form, text: str, cities: list[CityGuess]) -> None:
    """Read yes, no or an age."""
    age = re.fullmatch(r"(?:i am |i'm )?(\d{1,3})", fold(text), re.ASCII)
    if age is None:
        _type_word(turn, form, text, cities)
    else:
        _pressed(turn, form, "yes" if int(age[1]) >= ADULT_FROM else "no")


def _type_red_flags(turn: Turn, form: Form, text: str, cities: list[CityGuess]) -> None:
    """Read "none", or the numbers of the list; of several the most urgent counts."""
    word = fold(text)
    ids = list(RED_FLAGS)
    listed = re.fullmatch(r"\d(?:(?:\s|,|&|and)+\d)*", word, re.ASCII) is not None
    numbers = {int(digit) for digit in word if digit.isdigit()} if listed else set()
    named = {ids[number - 1] for number in numbers if 1 <= number <= len(ids)}
    if not named or len(named) != len(numbers):
        _type_word(turn, form, text, cities)
    else:
        _pressed(turn, form, next(flag for flag in _URGENCY if flag in named))


def _type_zone(turn: Turn, form: Form, text: str, cities: list[CityGuess]) -> None:
    found = choices.zone_typed(text, cities, turn.now, form.answers.get("checking"))
    _zone(turn, form, found)


def _type_days(turn: Turn, form: Form, text: str, _cities: list[CityGuess]) -> None:
    try:
        form.answers["days"] = choices.read_days(text)
    except InputError as why:
        _ask(turn, form, problem=str(why))
        return
    _next(turn, form)


def _type_time(turn: Turn, form: Form, text: str, _cities: list[CityGuess]) -> None:
    try:
        times = choices.read_times(text)
    except InputError as why:
        _ask(turn, form, problem=str(why))
        return
    _take_times(turn, form, times)


_WORDS: Final[dict[Step, dict[str, frozenset[str]]]] = {
    Step.CONSENT: {"agree": YES | {"agree", "i agree"}, "no": NO},
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
    Step.ADULT: "I did not understand that. Please write yes, no or your age, for example 34.",
    Step.RED_FLAGS: "I did not understand that. Write the number, for example 2, or none.",
    Step.SIDE: "That is not a side. Please write left, right or both.",
    Step.CONFIRM: "I did not understand that. Write finish, back or cancel.",
}
_TYPED: Final[dict[Step, Callable[[Turn, Form, str, list[CityGuess]], None]]] = {
    Step.CONSENT: _type_word,
    Step.ADULT: _type_adult,
    Step.RED_FLAGS: _type_red_flags,
    Step.SIDE: _type_word,
    Step.ZONE: _type_zone,
    Step.DAYS: _type_days,
    Step.TIME: _type_time,
    Step.CONFIRM: _type_word,
}


# ---- the last step --------------------------------------------------------------------


def _finish(turn: Turn, form: Form) -> None:
    """Make the athlete, unless the consent's text has changed or someone else used the link."""
    if Role.ATHLETE in turn.who.roles:
        turn.db.delete(form.row)
        welcome_back(turn)
        return
    if form.answers.get("version") != CONSENT:
        _go(turn, form, Step.CONSENT)
        return
    invite_id = form.row.invite_id
    if invite_id is not None and not invites.claim(turn.db, invite_id, turn.now):
        _tell(turn, form, "enrol_link_gone")
        _save(turn, form)
        return
    athlete = _make(turn, form)
    if invite_id is not None:
        invites.used_by(turn.db, invite_id, athlete.person_id)
    _welcome(turn, form, athlete)


def _make(turn: Turn, form: Form) -> AthleteRow:
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
    calendar.make_room(athlete)
    turn.db.add(athlete)
    turn.db.flush()
    turn.db.add(sessions.plan_row(person.id, 1, Dose(side=Side(answers["side"])), now))
    turn.db.flush()
    calendar.plan_next(turn.db, person.id, now)
    after = f"athlete, consent {athlete.consent_version}"
    people.note(turn.db, "join", now, actor=person.id, subject=person.id, after=after)
    return athlete


def _welcome(turn: Turn, form: Form, athlete: AthleteRow) -> None:
    default = AthleteRow.model_fields
    quiet = (athlete.quiet_start, athlete.quiet_end)
    changed = quiet != (default["quiet_start"].default, default["quiet_end"].default)
    _end(
        turn,
        form,
        "enrol_done",
        name=form.row.name,
        next_at=_iso(calendar.next_at(turn.db, athlete.person_id, turn.now)),
        zone=form.answers["zone"],
        quiet="–".join(quiet) if changed else None,
    )


def _iso(moment: datetime | None) -> str | None:
    return None if moment is None else moment.isoformat()
