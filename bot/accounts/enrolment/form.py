"""The form: which question is open, the answers so far, and how it goes on or ends.

The step and the answers are stored, so an enrolment survives a restart.
"""

import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Final

from sqlalchemy import bindparam, delete
from sqlmodel import Session as Db
from sqlmodel import col

from bot.conversation.interaction import Turn
from bot.conversation.message import iso
from bot.store.tables import EnrolmentRow

CONSENT: Final = "2026-11"
"""The version of the text that is agreed to; a new text gets a new one."""
FORGET_AFTER: Final = timedelta(days=14)
"""An enrolment nobody went on with is forgotten."""


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


@dataclass(frozen=True, slots=True)
class Form:
    """An enrolment under way: its row, and the answers so far."""

    row: EnrolmentRow
    answers: dict[str, Any]

    @property
    def step(self) -> Step:
        """The open question."""
        return Step(self.row.step)

    @property
    def agreed(self) -> bool:
        """Whether the consent's present text was agreed to."""
        return self.answers.get("version") == CONSENT

    def agree(self, now: datetime) -> None:
        """Take the consent, with the version of its text and the time."""
        self.answers.update(version=CONSENT, consented_at=iso(now))


def form_of(turn: Turn) -> Form | None:
    """Return the enrolment under way in this account, if any."""
    row = turn.db.get(EnrolmentRow, turn.who.telegram_id)
    if row is None or row.step not in set(Step):
        return None
    return Form(row, json.loads(row.answers))


def save(turn: Turn, form: Form) -> None:
    """Store where the enrolment stands."""
    form.row.answers, form.row.updated_at = json.dumps(form.answers), turn.now
    turn.db.add(form.row)
    turn.db.flush()


def go(turn: Turn, form: Form, step: Step) -> None:
    """Open a question."""
    form.row.step = step
    ask(turn, form)


def go_on(turn: Turn, form: Form) -> None:
    """Open the next question."""
    go(turn, form, _ORDER[_ORDER.index(form.step) + 1])


def go_back(turn: Turn, form: Form) -> None:
    """Open the question before."""
    go(turn, form, _ORDER[_ORDER.index(form.step) - 1])


def ask(turn: Turn, form: Form, **values: Any) -> None:
    """Ask the open question, and store where the enrolment stands."""
    form.answers.pop("checking", None)
    tell(turn, form, f"enrol_{form.step}", name=form.row.name, **_known(form), **values)
    save(turn, form)


def _known(form: Form) -> dict[str, Any]:
    """Return the answers that the questions show."""
    return {key: form.answers.get(key) for key in ("side", "zone", "days", "times")}


def tell(turn: Turn, form: Form, topic: str, **values: Any) -> None:
    """Rewrite the pressed message, or say it anew; a location button on the screen goes first."""
    if form.answers.pop("keyboard", False):
        turn.retire()
        turn.say("location_off")
        turn.say(topic, **values)
        form.answers["shown"] = None
    else:
        turn.show(topic, **values)
        form.answers["shown"] = turn.message_id


def end(turn: Turn, form: Form, topic: str, **values: Any) -> None:
    """Forget the enrolment, answers and all, and say why it ended."""
    tell(turn, form, topic, **values)
    turn.db.delete(form.row)
    turn.db.flush()


_FORGET: Final = delete(EnrolmentRow).where(col(EnrolmentRow.updated_at) <= bindparam("before"))


def forget_unfinished(db: Db, now: datetime) -> int:
    """Forget enrolments, and settings being changed, that nobody went on with; return how many."""
    return db.connection().execute(_FORGET, {"before": now - FORGET_AFTER}).rowcount
