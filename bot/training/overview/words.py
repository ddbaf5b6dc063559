"""Words for what comes next and what was."""

from collections.abc import Callable
from datetime import date, datetime
from typing import Final

from bot.conversation.phrases import KEPT, REASONS
from bot.conversation.screen import Screen, Words, esc, many, sentence
from bot.protocol.calendar.local_time import local, say_date, say_day_time
from bot.protocol.dose.dose import Side
from bot.protocol.session.state import Outcome
from bot.training import reasons
from bot.training.overview.messages import (
    DayEntry,
    LastSessions,
    NextSession,
    SessionEntry,
    Unheld,
    Week,
    WhyNone,
)
from bot.training.phrases import say_outcome, say_pains

WORDS: Final = Words()


# ---- next -----------------------------------------------------------------------------


@WORDS.of(NextSession)
def _next(said: NextSession, now: datetime) -> Screen:
    if said.why is not None or said.next_at is None:
        return Screen(text=_NONE[said.why or "no_days"](said, now))
    at = say_day_time(said.next_at, said.zone, now)
    lines = [f"Next session: <b>{esc(at)}</b> ({esc(said.zone)} time).", f"Planned: {_dose(said)}."]
    today = _today(said, now)
    return Screen(text="\n".join([today, *lines] if today else lines))


def _today(said: NextSession, now: datetime) -> str:
    if said.running:
        return "A session is running now."
    if said.put_off is not None:
        return f"Your reminder is put off until {say_day_time(said.put_off, said.zone, now)}."
    if not said.waiting:
        return ""
    today = local(now, said.zone).date()
    day = sentence(say_date(said.waiting_day or today, today))
    return f"{day}'s session is still open: /session starts it."


def _dose(said: NextSession) -> str:
    sets = f", {said.sets} sets" if said.sets > 1 else ""
    side = "both sides" if said.side is Side.BOTH else f"{said.side} side"
    return f"{many(said.holds, 'hold')} of {said.hold_s} s{sets}, {side}"


def _none_locked(said: NextSession, _now: datetime) -> str:
    reason = _LOCKED.get(said.reason, "")
    return f"No session is planned: your sessions are locked{reason}. Your coach can unlock them."


_LOCKED: Final[dict[str | None, str]] = {
    Outcome.RED_FLAG: " because of a warning sign. Have it looked at; do not wait for your coach",
    Outcome.STOPPED_HARD: " after high pain",
}


def _none_paused(said: NextSession, now: datetime) -> str:
    if said.until is None:
        ends = KEPT if said.kept else "/resume ends the pause."
        return f"No session is planned: your plan is paused. {ends}"
    day = say_date(said.until, local(now, said.zone).date())
    ends = KEPT if said.kept else "/resume ends the pause now."
    return f"Your plan is paused. First day back: <b>{day}</b>. {ends}"


def _none_leaving(said: NextSession, now: datetime) -> str:
    assert isinstance(said.until, datetime)
    at = say_day_time(said.until, said.zone, now)
    return f"No session is planned: everything will be erased {at} ({esc(said.zone)} time)."


def _no_days(_said: NextSession, _now: datetime) -> str:
    return "No session is planned: your plan has no days. Choose some in /settings."


_NONE: Final[dict[WhyNone, Callable[[NextSession, datetime], str]]] = {
    "locked": _none_locked,
    "paused": _none_paused,
    "leaving": _none_leaving,
    "no_days": _no_days,
}


# ---- history --------------------------------------------------------------------------

_DAYS: Final = {
    Unheld.SKIPPED: "skipped",
    Unheld.MISSED: "missed",
    Unheld.NOT_DELIVERED: "not delivered (our fault)",
    Unheld.PAUSED: "paused",
    Unheld.RESTED: "rest, after pain earlier that day",
}
_RESTS: Final = {
    reasons.PAIN: "rested because of pain, as planned",
    reasons.FLARE: "rest day, because of the pain that morning",
    reasons.TOO_SOON: "none, too soon after the session before",
    reasons.HELD_BEFORE: "none, you had trained already",
}
"""Why there was rest, where that was said or decided."""


@WORDS.of(LastSessions)
def _history(said: LastSessions, now: datetime) -> Screen:
    today = local(now, said.zone).date()
    tail = _week(said.week)
    if said.running:
        tail += " A session is running now."
    if not said.entries:
        text = f"No session yet. Your first one will appear here.\n{tail}"
        return Screen(text=text)
    lines = [_line(entry, today) for entry in said.entries]
    return Screen(text="\n".join(["<b>Your last sessions</b>", *lines, "", tail]))


def _line(entry: SessionEntry | DayEntry, today: date) -> str:
    day = sentence(say_date(entry.day, today))
    if isinstance(entry, SessionEntry):
        return f"{day}: {_held(entry)}"
    if entry.kind is Unheld.RESTED:
        return f"{day}: {_RESTS.get(entry.reason or '', _DAYS[entry.kind])}"
    why = REASONS.get(entry.reason or "", entry.reason)
    return f"{day}: {_DAYS[entry.kind]}{f' ({esc(why[:20])})' if why else ''}"


def _week(week: Week) -> str:
    """Return how the week goes; letters of 0.1.0 count those to come among the planned."""
    if week.ahead is None:
        return f"This week: {week.done} of {week.planned} as planned."
    followed = (
        f"{week.done} of {week.planned} as planned" if week.planned else "nothing planned yet"
    )
    ahead = f"; {many(week.ahead, 'session')} to come" if week.ahead else ""
    return f"This week so far: {followed}{ahead}."


def _held(entry: SessionEntry) -> str:
    parts = [say_outcome(entry.outcome, entry.first, entry.last)]
    if entry.outcome is not Outcome.RESTED_ON_PAIN:
        parts.append(f"{entry.done}/{entry.planned} holds")
    if entry.last is not None:
        parts.append(f"pain {say_pains(entry.first, entry.last)}")
    elif entry.first is not None:
        parts.append(f"pain before {entry.first}")
    if entry.stop is not None:
        parts.append(f"stopped at {entry.stop}")
    if entry.tension_s:
        parts.append(f"{entry.tension_s} s")
    return " · ".join(parts)
