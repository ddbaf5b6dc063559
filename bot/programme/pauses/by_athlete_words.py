"""Words and buttons of the athlete's own pause, and of resuming from it."""

from datetime import date, datetime
from typing import Final

from bot.conversation.phrases import KEPT
from bot.conversation.screen import Button, Screen, Style, data, esc
from bot.conversation.two_clocks import say_local_date
from bot.conversation.widgets import in_rows, say_moment
from bot.conversation.words import Words
from bot.programme.pauses.messages import (
    NotPaused,
    PauseKept,
    PauseNotUnderstood,
    PlanPaused,
    PlanResumed,
)
from bot.programme.phrases import say_reminder
from bot.training.session.phrases import say_reason

WORDS: Final = Words()
RESUME: Final = Button("Resume now", data("s", "resume", "now"), Style.SUCCESS)
_SPANS: Final = (("3 days", "3d"), ("1 week", "7d"), ("2 weeks", "14d"), ("Until I resume", "open"))


def until(back_on: date | None, zone: str, now: datetime) -> str:
    """Return how long the athlete's own pause lasts, after "Paused"."""
    if back_on is None:
        return "until you resume."
    return f"– first day back: <b>{say_local_date(back_on, zone, now)}</b>."


def kept_until(back_on: date | None, zone: str, now: datetime) -> str:
    """Return how long another's pause lasts, after "Paused", and that the athlete cannot end it."""
    ends = "without an end day." if back_on is None else until(back_on, zone, now)
    return f"{ends} {KEPT}"


@WORDS.of(PlanPaused)
def _paused(said: PlanPaused, now: datetime) -> Screen:
    first = "" if said.back_at is None else say_moment(said.back_at, said.zone, now)
    back = f"\nFirst reminder: <b>{first}</b>." if first else ""
    spans = [Button(label, data("s", "pause", span)) for label, span in _SPANS]
    return Screen(
        text=(
            f"Paused {until(said.back_on, said.zone, now)}{back}\n\n"
            "No reminders come, and a pause never counts as missed days. "
            "You can choose another length:"
        ),
        rows=(*in_rows(spans, 2), (RESUME,)),
    )


@WORDS.of(PauseKept)
def _pause_kept(said: PauseKept, now: datetime) -> Screen:
    ends = kept_until(said.back_on, said.zone, now)
    text = f"Your plan is paused {ends} Nothing was changed."
    return Screen(text=f"{text}\n{say_reason(said.reason)}".strip())


@WORDS.of(PauseNotUnderstood)
def _pause_not_understood(said: PauseNotUnderstood, _now: datetime) -> Screen:
    return Screen(text=esc(said.problem))


@WORDS.of(PlanResumed)
def _resumed(said: PlanResumed, now: datetime) -> Screen:
    locked = "Sessions are locked until your coach unlocks them."
    next_at = say_reminder(said.next_at, said.zone, now)
    return Screen(text=f"The pause is over. {locked if said.locked else next_at}")


@WORDS.of(NotPaused)
def _not_paused(said: NotPaused, now: datetime) -> Screen:
    locked = "But sessions are locked until your coach unlocks them."
    next_at = say_reminder(said.next_at, said.zone, now)
    return Screen(text=f"Your plan is not paused. {locked if said.locked else next_at}")
