"""Words and buttons that several messages of a session share."""

from datetime import datetime
from typing import Final

from bot.conversation.message import Spot
from bot.conversation.screen import Button, Style, data, esc
from bot.protocol.calendar.local_time import local, say_day_time
from bot.protocol.dose.dose import RANGES, Side
from bot.protocol.session.state import StopReason
from bot.training import occurrences

EASE: Final = "Ease a little, less effort."
KEPT: Final = "Only your coach or the admin can end the pause."
UNCHANGED: Final = {
    "": "",
    "same": "Nothing was changed: it is so already.",
    "gone": "Nothing was changed: that button belongs to an older change.",
}
"""Why a screen shows what was there before."""
_REASONS: Final = (
    (StopReason.PAIN, "Pain"),
    (StopReason.SHARP, "Sharp or pop"),
    (StopReason.NUMB, "Numb or tingling"),
    (StopReason.CRAMP, "Cramp"),
    (StopReason.TIRED, "Tired"),
    (StopReason.OTHER, "Other"),
)


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


def many(number: int, noun: str) -> str:
    """Return "1 hold" or "5 holds"."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def say_dose(holds: int, hold_s: int, sets: int, side: str) -> str:
    """Return "5 holds of 10 s, LEFT side"; sets and both sides are said where there are any."""
    dose = f"{many(holds, 'hold')} of {hold_s} s"
    if sets > 1:
        dose = f"{sets} sets of {dose}"
    if side == Side.BOTH:
        return f"{dose} each side, LEFT first, then RIGHT"
    return f"{dose}, {side.upper()} side"


def say_band(band: int, label: str) -> str:
    """Return "Band: black (3 of 6)" by the coach's own label; nothing where no band is set."""
    if not (band or label):
        return ""
    ordinal = f"{band} of {RANGES['band'].high}" if band else ""
    if not label:
        return f"Band: {ordinal}"
    return f"Band: {esc(label)} ({ordinal})" if ordinal else f"Band: {esc(label)}"


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
        return "No next session is planned."
    return f"Next session: {say_day_time(next_at, zone, now)}."


def say_locked(*, has_coach: bool) -> str:
    """Return that sessions are locked, and who can unlock them."""
    return f"Sessions are locked until {'your coach' if has_coach else 'the admin'} unlocks them."


_OWN_REASONS: Final = {occurrences.SEVERE_MORNING: "the pain of the morning after a session"}
"""Why the bot itself paused a plan."""


def say_reason(reason: str | None) -> str:
    """Return why a plan is paused, as somebody typed it; nothing where no reason was given."""
    if not reason:
        return ""
    return f"Reason: {_OWN_REASONS.get(reason) or esc(reason)}"


def sentence(text: str) -> str:
    """Return `text` with a capital letter first; the rest stays as it is."""
    return text[:1].upper() + text[1:]


def lines(*parts: str) -> str:
    """Return the parts that are not empty, one a line."""
    return "\n".join(part for part in parts if part)


def paragraphs(*parts: str) -> str:
    """Return the parts that are not empty, with a blank line between them."""
    return "\n\n".join(part for part in parts if part)
