"""Words and buttons of unlocking an athlete's sessions."""

from datetime import datetime
from typing import Final

from bot.coaching.messages import OpenFlag
from bot.coaching.unlock.messages import (
    CLEARED,
    WRITE,
    YES,
    AthleteUnlocked,
    ClearanceAwaited,
    ClearanceMissing,
    ClearanceToConfirm,
    NobodyLocked,
    NotLocked,
    SessionsUnlocked,
    UnlockReasonAsked,
    UnlockReasonAwaited,
    UnlockReasonTooLong,
)
from bot.conversation.phrases import say_reported
from bot.conversation.screen import (
    Button,
    Row,
    Screen,
    Style,
    Words,
    command_data,
    esc,
    lines,
    paragraphs,
)
from bot.protocol.calendar.local_time import say_day_time
from bot.protocol.red_flags.clearance import NEEDED
from bot.protocol.session.state import Outcome

WORDS: Final = Words()
WHY: Final = ("Seen by a doctor", "Talked to the athlete")
"""Reasons that are offered where no red flag is open; they are stored as they read."""


@WORDS.of(UnlockReasonAsked)
def _reason_asked(said: UnlockReasonAsked, now: datetime) -> Screen:
    name = esc(said.name)
    asks = "Why may they train again? Tap a reason or write it; it is kept as a note."
    flagged = said.flagged
    if flagged is None:
        flagged = bool(said.flags) or said.reason == Outcome.RED_FLAG
    if flagged:
        asks = f"A red flag needs a doctor's clearance. Tap below, or write: {NEEDED}."
    text = paragraphs(f"<b>Unlock {name}?</b>", _locked(said, now), asks)
    return Screen(
        text=text, rows=_clearance(said.athlete_id) if flagged else _reasons(said.athlete_id)
    )


def _reasons(athlete: int) -> tuple[Row, ...]:
    offered = [(Button(why, command_data("unlock", athlete, why)),) for why in WHY]
    return (*offered, (Button("Other: write it", command_data("unlock", athlete, WRITE)),))


def _clearance(athlete: int) -> tuple[Row, ...]:
    cleared = command_data("unlock", athlete, CLEARED)
    return ((Button("Seen by a doctor: cleared", cleared),),)


@WORDS.of(ClearanceAwaited)
def _clearance_awaited(said: ClearanceAwaited, _now: datetime) -> Screen:
    text = (
        f"Who has cleared {esc(said.name)}, and when? Write it in one message, for example: "
        "Dr Berg on Tuesday. Or write cancel."
    )
    return Screen(text=text)


@WORDS.of(ClearanceMissing)
def _clearance_missing(said: ClearanceMissing, _now: datetime) -> Screen:
    name = esc(said.name)
    text = (
        f"{name} is still locked: a red flag needs a doctor's clearance. Tap below, or write who "
        f"and when, for example: {NEEDED}."
    )
    return Screen(text=text, rows=_clearance(said.athlete_id))


def _locked(said: UnlockReasonAsked, now: datetime) -> str:
    hard = "Locked after very high pain." if said.reason == Outcome.STOPPED_HARD else ""
    return lines(hard, *(f"Red flag, {line}." for line in _reported(said.flags, said.zone, now)))


def _reported(flags: tuple[OpenFlag, ...], zone: str, now: datetime) -> list[str]:
    return [say_reported(flag.kind, flag.at, zone, now) for flag in flags]


@WORDS.of(UnlockReasonAwaited)
def _reason_awaited(said: UnlockReasonAwaited, _now: datetime) -> Screen:
    name = esc(said.name)
    text = f"Write why {name} may train again, in one message. Or write cancel."
    return Screen(text=text)


@WORDS.of(ClearanceToConfirm)
def _to_confirm(said: ClearanceToConfirm, now: datetime) -> Screen:
    name, athlete = esc(said.name), said.athlete_id
    text = paragraphs(
        f"<b>{name} reported:</b>",
        lines(*(f"• {line}." for line in _reported(said.flags, said.zone, now))),
        f"Your reason: {esc(said.why)}",
        "Is this settled? Lifting it lets sessions begin again.",
    )
    lift = Button("Yes, lift it", command_data("unlock", athlete, YES), Style.DANGER)
    return Screen(
        text=text, rows=((lift,), (Button("See athlete", command_data("athlete", athlete)),))
    )


@WORDS.of(UnlockReasonTooLong)
def _reason_too_long(said: UnlockReasonTooLong, _now: datetime) -> Screen:
    return Screen(
        text=(
            f"The reason has {said.length} characters; at most {said.most} fit, "
            f"for example: {NEEDED}. {esc(said.name)} is still locked."
        )
    )


@WORDS.of(SessionsUnlocked)
def _sessions_unlocked(said: SessionsUnlocked, now: datetime) -> Screen:
    text = f"{esc(said.by)} has unlocked your sessions"
    if said.next_at is None:
        return Screen(text=f"{text}.")
    at = say_day_time(said.next_at, said.zone, now)
    return Screen(text=f"{text}; the next one is {at} ({esc(said.zone)} time).")


@WORDS.of(AthleteUnlocked)
def _athlete_unlocked(said: AthleteUnlocked, _now: datetime) -> Screen:
    name = esc(said.name)
    told = f"A message to {name} is on its way."
    if not said.told:
        told = f"I cannot reach {name} at the moment: please tell them yourself."
    paused = "Their plan is still paused." if said.paused else ""
    return Screen(text=lines(f"{name} is unlocked. {told}", f"Noted: {esc(said.why)}", paused))


@WORDS.of(NotLocked)
def _not_locked(said: NotLocked, _now: datetime) -> Screen:
    return Screen(text=f"{esc(said.name)} is not locked. Nothing was changed.")


WORDS.plain(NobodyLocked, "None of your athletes is locked.")
