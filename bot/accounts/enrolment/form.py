"""The form: which question is open, the answers so far, and how it goes on or ends.

The step and the answers are stored, so an enrolment survives a restart.
"""

from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Final

from sqlalchemy import bindparam, delete
from sqlmodel import Session as Db
from sqlmodel import col

from bot.accounts.enrolment.messages import (
    AdultQuestion,
    CoachQuestion,
    ConfirmQuestion,
    ConsentQuestion,
    DaysQuestion,
    RedFlagsQuestion,
    SideQuestion,
    TimeQuestion,
    ZoneQuestion,
)
from bot.accounts.sharing import before_joining
from bot.conversation import pending_input
from bot.conversation.common.messages import LocationButtonOff
from bot.conversation.interaction import Interaction
from bot.conversation.message import Reply, iso
from bot.conversation.pending_input import Doubt, Joining
from bot.conversation.which import Unclear
from bot.operations import operator
from bot.protocol.dose.dose import Side
from bot.store import agreed, people
from bot.store.tables import EnrolmentRow, PersonRow, Role

FORGET_AFTER: Final = timedelta(days=14)
"""An enrolment nobody went on with is forgotten."""


class Step(StrEnum):
    """The questions, in their order."""

    CONSENT = "consent"
    COACH = "coach"  # asked about each coach that is kept with the invitation
    ADULT = "adult"
    RED_FLAGS = "red_flags"
    SIDE = "side"
    ZONE = "zone"
    DAYS = "days"
    TIME = "time"
    CONFIRM = "confirm"


_ORDER: Final = tuple(Step)


@dataclass(slots=True)
class Form:
    """An enrolment under way: its row, the open question, and the answers so far."""

    row: EnrolmentRow
    step: Step
    answers: dict[str, Any]

    @property
    def agreed(self) -> bool:
        """Whether the consent's present text was agreed to."""
        return self.answers.get("version") == agreed.USE

    @property
    def shares(self) -> dict[str, str]:
        """The coaches that were asked about: the version of the text that was agreed to, or ""."""
        return dict(self.answers.get("shares", {}))

    def agree(self, now: datetime) -> None:
        """Take the consent, with the version of its text and the time."""
        self.answers.update(version=agreed.USE, consented_at=iso(now))


def form_of(turn: Interaction) -> Form | None:
    """Return the enrolment under way in this account, if any."""
    row = pending_input.row_of(turn)
    found = pending_input.read(row)
    if row is None or not isinstance(found, Joining) or found.step not in set(Step):
        return None
    return Form(row, Step(found.step), found.answers)


def save(turn: Interaction, form: Form) -> None:
    """Store where the enrolment stands."""
    pending_input.write(turn, form.row, Joining(form.step, form.answers))


def go(turn: Interaction, form: Form, step: Step) -> None:
    """Open a question."""
    form.step = step
    ask(turn, form)


def go_on(turn: Interaction, form: Form) -> None:
    """Open the next question."""
    if form.step in {Step.CONSENT, Step.COACH}:
        go(turn, form, Step.ADULT if unasked(turn, form) is None else Step.COACH)
    else:
        go(turn, form, _ORDER[_ORDER.index(form.step) + 1])


def go_back(turn: Interaction, form: Form) -> None:
    """Open the question before; the last answer about a coach is taken back."""
    if form.step in {Step.COACH, Step.ADULT}:
        answered = form.shares
        if answered:
            answered.popitem()
            form.answers["shares"] = answered
        go(turn, form, Step.CONSENT if unasked(turn, form) is None else Step.COACH)
    else:
        go(turn, form, _ORDER[_ORDER.index(form.step) - 1])


def unasked(turn: Interaction, form: Form) -> PersonRow | None:
    """Return the coach who is asked about next, of those kept with the invitation."""
    invite_id = form.row.invite_id
    kept = [] if invite_id is None else before_joining.coaches_of(turn.db, invite_id)
    for one in kept:
        is_coach = Role.COACH in people.roles_of(turn.db, one)
        if is_coach and one != turn.who.person_id and str(one) not in form.shares:
            return people.person(turn.db, one)
    return None


def ask(turn: Interaction, form: Form, why: Unclear | None = None) -> None:
    """Ask the open question, and store where the enrolment stands.

    `why` is what was wrong with the last answer, and what it may mean.
    """
    unclear = why or Unclear("")
    problem = unclear.problem or None
    if form.step is Step.CONSENT:
        question = _consent(turn, form, problem)
    elif form.step is Step.COACH:
        question = _coach(turn, form, problem)
    else:
        question = _QUESTIONS[form.step](form, problem, unclear.choices)
    _ask(turn, form, question, unclear.doubt)


def tick(turn: Interaction, form: Form, draft: str) -> None:
    """Ask for the days again, with those of `draft` ticked."""
    _ask(turn, form, DaysQuestion(form.answers.get("days"), draft))


def _ask(turn: Interaction, form: Form, question: Reply, doubt: Doubt | None = None) -> None:
    for gone in ("checking", "guesses", "choices", "before", "after"):
        form.answers.pop(gone, None)
    if doubt is not None:
        form.answers.update(asdict(doubt))
    tell(turn, form, question)
    save(turn, form)


def _consent(turn: Interaction, form: Form, problem: str | None) -> Reply:
    runs = operator.read(turn.db)
    return ConsentQuestion(form.row.name, problem, runs.name, runs.contact)


def _coach(turn: Interaction, form: Form, problem: str | None) -> Reply:
    coach = unasked(turn, form)
    if coach is None:  # taken back meanwhile
        form.step = Step.ADULT
        return AdultQuestion(problem)
    return CoachQuestion(coach.id or 0, coach.name, problem)


def _confirm(form: Form, problem: str | None, _choices: tuple[str, ...]) -> Reply:
    return ConfirmQuestion(
        name=form.row.name,
        side=Side(form.answers["side"]),
        days=form.answers["days"],
        times=form.answers["times"],
        zone=form.answers["zone"],
        problem=problem,
    )


_QUESTIONS: Final[dict[Step, Callable[[Form, str | None, tuple[str, ...]], Reply]]] = {
    Step.ADULT: lambda _form, problem, _choices: AdultQuestion(problem),
    Step.RED_FLAGS: lambda _form, problem, _choices: RedFlagsQuestion(problem),
    Step.SIDE: lambda _form, problem, _choices: SideQuestion(problem),
    Step.ZONE: lambda _form, problem, _choices: ZoneQuestion(problem),
    Step.DAYS: lambda form, problem, choices: DaysQuestion(
        form.answers.get("days"), problem=problem, choices=choices
    ),
    Step.TIME: lambda _form, problem, choices: TimeQuestion(problem, choices),
    Step.CONFIRM: _confirm,
}


def tell(turn: Interaction, form: Form, reply: Reply) -> None:
    """Rewrite the pressed message, or send a new one; a location button goes away first."""
    if form.answers.pop("keyboard", False):
        turn.retire()
        turn.say(LocationButtonOff())
        turn.say(reply)
        form.answers["shown"] = None
    else:
        turn.show(reply)
        form.answers["shown"] = turn.message_id


def end(turn: Interaction, form: Form, reply: Reply) -> None:
    """Forget the enrolment, answers and all, and say why it ended."""
    tell(turn, form, reply)
    pending_input.forget(turn.db, turn.who.telegram_id)


_FORGET: Final = delete(EnrolmentRow).where(col(EnrolmentRow.updated_at) <= bindparam("before"))


def forget_unfinished(db: Db, now: datetime) -> int:
    """Forget enrolments, and settings being changed, that nobody went on with; return how many."""
    return db.connection().execute(_FORGET, {"before": now - FORGET_AFTER}).rowcount
