"""Words and buttons of /pause and /resume by staff, and what the athlete is told of them."""

from datetime import date, datetime
from typing import Final

from bot.conversation.phrases import KEPT, say_both, say_local_date, say_next, say_told, say_zones
from bot.conversation.screen import (
    VERSION,
    Button,
    Row,
    Screen,
    Style,
    Words,
    command_data,
    esc,
    fits,
    lines,
    paragraphs,
)
from bot.programme.pauses.by_athlete_words import say_days
from bot.programme.pauses.messages import (
    NobodyPaused,
    PausedByStaff,
    PausedForYou,
    PauseShown,
    ResumedByStaff,
    ResumedForYou,
)
from bot.programme.phrases import say_reminder
from bot.training.session.phrases import say_reason

WORDS: Final = Words()
_SPANS: Final = (
    ("3 days", "3 days"),
    ("1 week", "1 week"),
    ("2 weeks", "2 weeks"),
    ("Until resumed", "until resumed"),
)


def _rows(athlete_id: int, *, paused: bool, ahead: bool = False) -> tuple[Row, ...]:
    found = [Button(label, command_data("pause", athlete_id, words)) for label, words in _SPANS]
    label = "Cancel the pause" if ahead else "Resume now"
    resume = Button(label, command_data("resume", athlete_id), Style.SUCCESS)
    spans: tuple[Row, ...] = (tuple(found[:2]), tuple(found[2:]))
    return (*spans, (resume,)) if paused else spans


def _ends(last_day: date | None, back_on: date | None, zone: str, now: datetime) -> str:
    """Return the last day of a pause and the first day back, or that it has no end."""
    if last_day is None or back_on is None:
        return "It lasts until you resume it."
    last, back = (say_local_date(day, zone, now) for day in (last_day, back_on))
    return f"Last day of the pause: <b>{last}</b>. First day back: <b>{back}</b>."


def _state(said: PauseShown | PausedByStaff, now: datetime) -> str:
    """Return that the plan is paused, until when, and why."""
    at = said.back_at
    first = "" if at is None else f"<b>{say_both(at, said, now)}</b>, {say_zones(said)}."
    begins = "" if said.first_day is None else say_local_date(said.first_day, said.zone, now)
    return lines(
        f"<b>{esc(said.name)}’s plan is paused{f' from {begins} on' if begins else ''}.</b>",
        _ends(said.last_day, said.back_on, said.zone, now),
        f"First reminder: {first}" if first else "",
        say_reason(said.reason),
    )


@WORDS.of(PauseShown)
def _pause(said: PauseShown, now: datetime) -> Screen:
    name = esc(said.name)
    state = f"{name}’s plan is not paused."
    ahead = said.first_day is not None
    if said.paused or ahead:
        own = "" if said.kept else f"{name} paused it, and can resume it too."
        state = lines(_state(said, now), own)
    hint = (
        f"Tap, or write for example\n/pause {name} until fri knee is swollen\n"
        f"/pause {name} 24 Dec - 2 Jan"
    )
    rows = _rows(said.athlete_id, paused=said.paused or ahead, ahead=ahead)
    return Screen(text=paragraphs(state, hint), rows=rows)


@WORDS.of(PausedByStaff)
def _paused(said: PausedByStaff, now: datetime) -> Screen:
    text = paragraphs(
        _state(said, now),
        _changed(said, now),
        lines(
            "The session that is running goes on." if said.running else "",
            f"{esc(said.name)} cannot end this pause; a coach or admin can.",
            say_told(said.name, said.told),
        ),
    )
    ahead = said.first_day is not None
    return Screen(text=text, rows=_rows(said.athlete_id, paused=True, ahead=ahead))


def _changed(said: PausedByStaff, now: datetime) -> str:
    """Return the pause before and after."""
    if said.changed is None:
        return ""
    before, after = (say_days(days, said.zone, now) for days in said.changed)
    return f"Pause: {before} → <b>{after}</b>."


@WORDS.of(ResumedByStaff)
def _resumed(said: ResumedByStaff, now: datetime) -> Screen:
    name = esc(said.name)
    if not said.resumed:
        return Screen(text=f"{name}’s plan is not paused. Nothing was changed.")
    locked = f"But the sessions stay locked: /unlock {name} ends that."
    return Screen(
        text=lines(
            f"<b>{name}’s pause is {'over' if said.was_from is None else 'cancelled'}.</b>",
            locked if said.locked else say_next(said.next_at, said, now),
            say_told(said.name, said.told),
        ),
        rows=((_again(said),),),
    )


def _again(said: ResumedByStaff) -> Button:
    """Return the way back for a slip: the same days, and the reason where a button holds it."""
    until = f"until {said.was_until or 'resumed'}"
    if said.was_from is not None:
        until = f"from {said.was_from} {until}"
    whole = f"{VERSION}:c:pause:{said.athlete_id}:{until} {said.was_reason or ''}".strip()
    bare = command_data("pause", said.athlete_id, until)
    return Button("Pause again", whole if fits(whole) else bare)


WORDS.plain(NobodyPaused, "None of your athletes is paused.")


@WORDS.of(PausedForYou)
def _paused_for_you(said: PausedForYou, now: datetime) -> Screen:
    """Tell the athlete that somebody paused the plan, until when, why, and who can end it."""
    by = f"<b>{esc(said.by)} paused your plan</b>"
    first = said.first_day
    begins = "" if first is None else f" from <b>{say_local_date(first, said.zone, now)}</b>"
    if said.back_on is None:
        until = f"{by}{begins} without an end day."
    else:
        day = say_local_date(said.back_on, said.zone, now)
        until = f"{by}{begins}; your first day back is <b>{day}</b>."
    return Screen(
        text=lines(
            until,
            say_reason(said.reason),
            f"No reminders come, and no day counts as missed. {KEPT}",
        )
    )


@WORDS.of(ResumedForYou)
def _resumed_for_you(said: ResumedForYou, now: datetime) -> Screen:
    ended = "cancelled" if said.ahead else "ended"
    by = f"{esc(said.by)} {ended} the pause of your plan."
    if said.locked:
        return Screen(text=f"{by} Sessions are still locked until your coach unlocks them.")
    return Screen(text=f"{by} {say_reminder(said.next_at, said.zone, now)}")
