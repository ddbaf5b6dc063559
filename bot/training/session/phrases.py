"""Words and buttons that several messages of a session share."""

from datetime import datetime
from typing import Final

from bot.conversation.screen import Button, Style, data, esc
from bot.protocol.calendar.local_time import local, say_day_time, say_time
from bot.protocol.session.state import StopReason
from bot.training import reasons
from bot.training.messages import Spot

EASE: Final = "Ease a little, less effort."
HOW: Final = Button("How", data("c", "how"))
"""Shows how the exercise is done."""
_REASONS: Final = (
    (StopReason.PAIN, "Pain"),
    (StopReason.SHARP, "Sharp or pop"),
    (StopReason.NUMB, "Numb or tingling"),
    (StopReason.CRAMP, "Cramp"),
    (StopReason.TIRED, "Tired"),
    (StopReason.OTHER, "Other"),
)


REACHED_LATE: Final = "This reached me late: Telegram or this bot was offline."


def start_rows(
    occurrence: int | None, at: datetime | None, zone: str, *, bandless: bool = False
) -> tuple[tuple[Button, ...], ...]:
    """Return Start and Skip for a reminder of today that is open; without one, Start alone."""
    if occurrence is None:
        return ((Button("Start now", data("c", "session"), Style.PRIMARY),),)
    if bandless:
        start = bandless_button(occurrence)
    else:
        start = Button("Start now", data("o", occurrence, "start"), Style.PRIMARY)
    return ((start,), (skip_button(occurrence, at, zone),))


def bandless_button(occurrence: int) -> Button:
    """Return Start, without the band."""
    return Button("Start without the band", data("o", occurrence, "bandless"), Style.PRIMARY)


def skip_button(occurrence: int, at: datetime | None, zone: str) -> Button:
    """Return Skip; it names the time `at` of the session where there are two a day."""
    label = "Skip today" if at is None else f"Skip {say_time(at, zone)}"
    return Button(label, data("o", occurrence, "skip"))


def stop_row(session: int) -> tuple[Button, ...]:
    """Return the row with the STOP button."""
    return (Button("■ STOP", data("x", session), Style.DANGER),)


def reason_rows(session: int) -> tuple[tuple[Button, ...], ...]:
    """Return one button for each reason to stop, two a row."""
    buttons = [Button(label, data("r", session, reason)) for reason, label in _REASONS]
    return tuple(tuple(buttons[at : at + 2]) for at in range(0, len(buttons), 2))


def choice_rows(session: int, number: int) -> tuple[tuple[Button, ...], ...]:
    """Return the choice after interruption `number`: go on or finish; STOP below."""
    go_on = Button("Go on", data("g", session, number), Style.PRIMARY)
    finish = Button("Finish for today", data("f", session, number))
    return ((go_on, finish), stop_row(session))


def cue_spot(spot: Spot) -> str:
    """Return "3 of 5 · LEFT" for a cue; the set is said where there is more than one."""
    set_no = f" · set {spot.set_no} of {spot.sets}" if spot.sets > 1 else ""
    return f"{spot.number} of {spot.of}{set_no} · {spot.side.upper()}"


def say_spot(spot: Spot) -> str:
    """Return "3 of 5" within a sentence; set and side are said where there is more than one."""
    set_no = f", set {spot.set_no} of {spot.sets}" if spot.sets > 1 else ""
    side = f", {spot.side.upper()}" if spot.sides > 1 else ""
    return f"{spot.number} of {spot.of}{set_no}{side}"


def seconds_until(moment: datetime, now: datetime) -> int:
    """Return whole seconds from `now` to `moment`, never under 0."""
    return max(0, round((moment - now).total_seconds()))


def is_today(moment: datetime | None, zone: str, now: datetime) -> bool:
    """Tell whether `moment` is on the same local date as `now`."""
    return moment is not None and local(moment, zone).date() == local(now, zone).date()


def say_next(next_at: datetime | None, zone: str, now: datetime) -> str:
    """Return when the next session is."""
    if next_at is None:
        return "No further session is planned."
    return f"Next session: {say_day_time(next_at, zone, now)}."


def say_locked(*, has_coach: bool) -> str:
    """Return that sessions are locked, and who can unlock them."""
    return f"Sessions are locked until {'your coach' if has_coach else 'the admin'} unlocks them."


_OWN_REASONS: Final = {reasons.SEVERE_MORNING: "the pain of the morning after a session"}
"""Why the bot itself paused a plan."""


def say_reason(reason: str | None) -> str:
    """Return why a plan is paused, as somebody typed it; nothing where no reason was given."""
    return f"Reason: {say_why(reason)}" if reason else ""


def say_why(reason: str) -> str:
    """Return why a plan is paused, within a sentence."""
    return _OWN_REASONS.get(reason) or esc(reason)
