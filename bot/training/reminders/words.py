"""How the day's reminder looks, its one nudge, and what is said of putting it off or skipping."""

from collections.abc import Callable
from datetime import datetime
from typing import Any, Final

from bot.conversation.message import Message
from bot.conversation.phrases import say_dose
from bot.conversation.screen import (
    Button,
    Screen,
    Style,
    Words,
    data,
    esc,
    lines,
    paragraphs,
    sentence,
)
from bot.protocol.calendar.local_time import local, say_date, say_day_time, say_time
from bot.protocol.dose.exercises import CATALOGUE
from bot.training.messages import Reminder
from bot.training.reminders.messages import (
    LateSkip,
    LateSnooze,
    NoBand,
    SkipNoted,
    Skipped,
    SkipReason,
    Snoozed,
    Unskipped,
)
from bot.training.session.phrases import HOW, REACHED_LATE, bandless_button, skip_button, start_rows

WORDS: Final = Words()
Rows = tuple[tuple[Button, ...], ...]


def reminder(intent: Reminder, now: datetime) -> Screen:
    """Say that it is time, with the dose; late or again is said without blame."""
    dose = say_dose(intent.holds, intent.hold_s, intent.sets, intent.side)
    text = paragraphs(lines(f"<b>{_opening(intent)}</b>", dose), _excuse(intent, now))
    return Screen(text=text, rows=_rows(intent), rings=True)


def _opening(intent: Reminder) -> str:
    name = esc(intent.name)
    return (
        f"{name}, your holds are still open today."
        if intent.again
        else f"{name}, time for your holds."
    )


def _excuse(intent: Reminder, now: datetime) -> str:
    if intent.late:
        due = say_day_time(intent.planned_at, intent.zone, now)
        return f"This comes late, and that is our fault: it was due {due}."
    if intent.again:
        return "This is the only nudge. Skipping is fine too."
    return ""


def _rows(intent: Reminder) -> Rows:
    snoozes = intent.snoozes
    if snoozes is None:  # stored by 0.1.0
        snoozes = _ALL if intent.snoozes_left > 0 else ()
    at = intent.planned_at if intent.of_two else None
    *rows, skip = _answers(intent.occurrence, snoozes, at, intent.zone)
    return (*rows, *_about(intent), skip)


def _about(intent: Reminder) -> Rows:
    """Return How, and a way to train without the band where one is needed."""
    exercise = CATALOGUE.get(intent.exercise)
    if exercise is None:
        return ()
    no_band = Button("No band today", data("o", intent.occurrence, "noband"))
    return ((HOW, no_band),) if exercise.needs_band else ((HOW,),)


def _answers(occurrence: int, snoozes: tuple[int, ...], at: datetime | None, zone: str) -> Rows:
    """Return Start, the ways to put it off that work, and Skip, which says which of two."""

    def button(label: str, what: object, style: Style | None = None) -> Button:
        return Button(label, data("o", occurrence, what), style)

    start = (button("Start", "start", Style.PRIMARY),)
    later = tuple(button(_LATER[minutes], minutes) for minutes in snoozes)
    skip = (skip_button(occurrence, at, zone),)
    return (start, later, skip) if later else (start, skip)


_LATER: Final = {15: "In 15 min", 60: "In 1 hour"}
_ALL: Final = tuple(_LATER)

REMINDER_SCREENS: Final[dict[type[Message], Callable[[Any, datetime], Screen]]] = {
    Reminder: reminder,
}


# ---- put off ----------------------------------------------------------------------------


@WORDS.toast(Snoozed)
def _snoozed(said: Snoozed) -> str:
    if said.until is None:
        if said.snoozes:
            return "Your reminder cannot wait so long. Choose a shorter time, or start or skip."
        return "Your reminder cannot be put off any further today. You can still start or skip."
    return f"Put off until {say_time(said.until, said.zone)}."


@WORDS.of(Snoozed)
def _snoozed_screen(said: Snoozed, now: datetime) -> Screen:
    if said.until is None:
        rows = _answers(said.occurrence, said.snoozes, said.at, said.zone)
        return Screen(text=_snoozed(said), rows=rows)
    return Screen(text=f"Put off: your reminder comes {say_day_time(said.until, said.zone, now)}.")


@WORDS.toast(LateSnooze)
def _late_snooze(_said: LateSnooze) -> str:
    return f"{REACHED_LATE} The time you put it off to has passed."


@WORDS.of(LateSnooze)
def _late_snooze_screen(said: LateSnooze, _now: datetime) -> Screen:
    return Screen(text=_late_snooze(said), rows=start_rows(said.occurrence, said.at, said.zone))


# ---- without a band ---------------------------------------------------------------------


@WORDS.of(NoBand)
def _no_band(said: NoBand, _now: datetime) -> Screen:
    """Offer what is held instead; the dose and the side stay."""
    exercise = CATALOGUE[said.exercise].name
    text = paragraphs(
        "<b>No band today? Then hold this instead, for this session alone:</b>",
        lines(
            f"{esc(sentence(exercise))}.",
            say_dose(said.holds, said.hold_s, said.sets, said.side),
        ),
        "Your plan stays as it is.",
    )
    start = bandless_button(said.occurrence)
    how = Button("How", data("c", "how", "", "instead"))
    with_band = Button("With the band after all", data("o", said.occurrence, "start"))
    skip = skip_button(said.occurrence, said.at, said.zone)
    return Screen(text=text, rows=((start,), (how,), (with_band,), (skip,)))


# ---- skipped ----------------------------------------------------------------------------

_SKIP_REASONS: Final = {
    SkipReason.TIME: "No time",
    SkipReason.PAIN: "Pain",
    SkipReason.BAND: "No band",
    SkipReason.FORGOT: "Forgot",
    SkipReason.OTHER: "Other",
}


@WORDS.toast(Skipped)
def _skipped(said: Skipped) -> str:
    if said.at is None:
        return "Skipped today, and that is fine."
    return f"Skipped the {say_time(said.at, said.zone)} session, and that is fine."


@WORDS.of(Skipped)
def _skipped_screen(said: Skipped, now: datetime) -> Screen:
    """The reason is one tap, and so is taking it back the same day."""
    reasons = tuple(
        Button(label, data("k", said.occurrence, reason)) for reason, label in _SKIP_REASONS.items()
    )
    if said.earlier is not None:
        day = say_date(said.earlier, local(now, said.zone).date())
        which = "" if said.at is None else f" at {say_time(said.at, said.zone)}"
        text = f"Skipped {day}{which}, and that is fine. What was the reason?"
        return Screen(text=text, rows=(reasons[:3], reasons[3:]))
    text = f"{_skipped(said)} What was the reason?"
    back = Button("Take the skip back", data("o", said.occurrence, "unskip"))
    return Screen(text=text, rows=(reasons[:3], reasons[3:], (back,)))


@WORDS.toast(SkipNoted)
def _skip_noted(said: SkipNoted) -> str:
    if said.reason is SkipReason.PAIN:
        return "Saved. Resting because of pain counts as following your plan."
    return "Saved, thank you."


@WORDS.toast(Unskipped)
def _unskipped(_said: Unskipped) -> str:
    return "The skip is taken back. Your session is open again."


@WORDS.of(Unskipped)
def _unskipped_screen(said: Unskipped, _now: datetime) -> Screen:
    if said.occurrence is None:
        return Screen(text=_unskipped(said))
    start = Button("Start", data("o", said.occurrence, "start"), Style.PRIMARY)
    return Screen(text=_unskipped(said), rows=((start,),))


WORDS.sentence(LateSkip, f"{REACHED_LATE} That day is over, so nothing was changed.")
