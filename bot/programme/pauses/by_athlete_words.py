"""Words and buttons of the athlete's own pause, and of resuming from it."""

from datetime import date, datetime, timedelta
from typing import Final

from bot.conversation.phrases import KEPT, say_local_date
from bot.conversation.screen import (
    Button,
    Row,
    Screen,
    Style,
    Words,
    data,
    esc,
    in_rows,
    lines,
    paragraphs,
)
from bot.conversation.widgets import say_moment
from bot.programme.pauses.messages import (
    NotPaused,
    PausedDays,
    PauseKept,
    PauseLengthAsked,
    PauseNotUnderstood,
    PlanPaused,
    PlanResumed,
)
from bot.programme.phrases import say_reminder
from bot.training.session.phrases import say_reason

WORDS: Final = Words()
RESUME: Final = Button("Resume now", data("s", "resume", "now"), Style.SUCCESS)
CANCEL: Final = Button("Cancel the pause", data("s", "resume", "now"))
"""The same for a pause that lies ahead."""
_DAY: Final = timedelta(days=1)
_HOW: Final = "Choose, or write for example until fri, 10 days, or 24 Dec - 2 Jan."
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


def begins(first_day: date | None, zone: str, now: datetime) -> str:
    """Return "from Thu 24 Dec " for a pause that lies ahead, and nothing for one that runs."""
    return "" if first_day is None else f"from <b>{say_local_date(first_day, zone, now)}</b> "


def say_days(days: PausedDays | None, zone: str, now: datetime) -> str:
    """Return the days of a pause in short: "none", "until Fri 27 Nov", "from … to …"."""
    if days is None:
        return "none"
    last = None if days.back_on is None else say_local_date(days.back_on - _DAY, zone, now)
    if days.first_day is None:
        return f"until {last or 'resumed'}"
    first = say_local_date(days.first_day, zone, now)
    return f"from {first} to {last}" if last else f"from {first} until resumed"


def _lengths() -> tuple[Row, ...]:
    return in_rows([Button(label, data("s", "pause", span)) for label, span in _SPANS], 2)


@WORDS.of(PlanPaused)
def _paused(said: PlanPaused, now: datetime) -> Screen:
    back = "" if said.back_at is None else say_moment(said.back_at, said.zone, now)
    before = say_days(said.before, said.zone, now) if said.before is not None else ""
    after = say_days(PausedDays(said.first_day, said.back_on), said.zone, now)
    lead = begins(said.first_day, said.zone, now)
    return Screen(
        text=paragraphs(
            lines(
                f"Paused {lead}{until(said.back_on, said.zone, now)}",
                f"Pause: {before} → <b>{after}</b>." if before else "",
                f"First reminder: <b>{back}</b>." if back else "",
            ),
            "No reminders come, and a pause never counts as missed days. "
            "You can choose another length:",
        ),
        rows=(*_lengths(), (RESUME if said.first_day is None else CANCEL,)),
    )


@WORDS.of(PauseLengthAsked)
def _length_asked(said: PauseLengthAsked, now: datetime) -> Screen:
    if said.stands is None:
        return Screen(text=f"For how long do you pause? {_HOW}", rows=_lengths())
    days = say_days(said.stands, said.zone, now)
    end = RESUME if said.stands.first_day is None else CANCEL
    text = f"Your plan is paused {days}.\nFor how long instead? {_HOW}"
    return Screen(text=text, rows=(*_lengths(), (end,)))


@WORDS.of(PauseKept)
def _pause_kept(said: PauseKept, now: datetime) -> Screen:
    ends = kept_until(said.back_on, said.zone, now)
    lead = begins(said.first_day, said.zone, now)
    text = f"Your plan is paused {lead}{ends} Nothing was changed."
    return Screen(text=f"{text}\n{say_reason(said.reason)}".strip())


@WORDS.of(PauseNotUnderstood)
def _pause_not_understood(said: PauseNotUnderstood, _now: datetime) -> Screen:
    return Screen(text=f"{esc(said.problem)}\nNothing was changed. {_HOW}", rows=_lengths())


@WORDS.of(PlanResumed)
def _resumed(said: PlanResumed, now: datetime) -> Screen:
    locked = "Sessions are locked until your coach unlocks them."
    next_at = say_reminder(said.next_at, said.zone, now)
    over = "The pause is cancelled." if said.ahead else "The pause is over."
    return Screen(text=f"{over} {locked if said.locked else next_at}")


@WORDS.of(NotPaused)
def _not_paused(said: NotPaused, now: datetime) -> Screen:
    locked = "But sessions are locked until your coach unlocks them."
    next_at = say_reminder(said.next_at, said.zone, now)
    return Screen(text=f"Your plan is not paused. {locked if said.locked else next_at}")
