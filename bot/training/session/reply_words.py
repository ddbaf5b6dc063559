"""Words for the short replies around a session.

Each is one sentence, as a message or in answer to a button. A message adds times on the athlete's
clock and buttons where there are any.
"""

from datetime import datetime, timedelta
from typing import Final

from bot.conversation.screen import Button, Screen, Words, data, esc, lines
from bot.protocol.calendar.local_time import say_day_time, say_time
from bot.protocol.session.state import Outcome
from bot.training import reasons
from bot.training.reasons import Bar
from bot.training.session.messages import (
    AnswerTooEarly,
    EditNotTaken,
    InLine,
    LateAnswerSaved,
    LateStart,
    LateUndo,
    LineLeft,
    LineOver,
    LowerNotTaken,
    NoSessionNow,
    NotAsked,
    NothingToStop,
    NothingToUndo,
    SessionIsNewer,
    SessionRunning,
    SessionStarted,
    StaysStopped,
    StopTaken,
)
from bot.training.session.phrases import REACHED_LATE, say_next, start_rows

WORDS: Final = Words()

# ---- a session begins, or not -----------------------------------------------------------

WORDS.sentence(SessionStarted, "Started. Your session follows below.")
WORDS.sentence(
    SessionRunning, "Your session is running; the next cue comes by itself. To stop, send: stop."
)
WORDS.sentence(
    SessionIsNewer,
    "Rest: this session cannot go on just now, as the bot is being updated. Try again in a few "
    "minutes, or send stop to end it.",
)
_BARRED: Final = {
    Bar.RUNNING: "A session is running already.",
    Bar.PAUSED: "Your plan is paused, so there is no session now.",
    Bar.DONE: "Today's session is over. More is not better.",
    Bar.GAP: "It is too soon after your last session: leave four hours between two.",
    Bar.LEAVING: "You asked to have your data erased, so there are no more sessions.",
    Bar.GONE: "This reminder is for another day.",
    Bar.SCREENING: "The questions about warning signs are still open.",
}
_LOCKED: Final[dict[str | None, str]] = {
    Outcome.STOPPED_HARD: " after very high pain",
    Outcome.RED_FLAG: " after a warning sign",
}
_RESTING: Final[dict[str | None, str]] = {
    Outcome.STOPPED_PAIN: ": your pain was over the limit",
    Outcome.STOPPED_HARD: ": your pain was over the limit",
    Outcome.RESTED_ON_PAIN: ": your pain was over the limit",
    Outcome.RISING: ": your pain was rising",
    Outcome.RED_FLAG: ": you named a warning sign",
    Outcome.STOPPED_EARLY: ": you stopped your session",
    reasons.FLARE: ": your pain was up the morning after your last session",
}


@WORDS.toast(NoSessionNow)
def _no_session(said: NoSessionNow) -> str:
    if said.why is Bar.LOCKED:
        since = _LOCKED.get(said.reason, "")
        doctor = " Please see a doctor first." if said.reason == Outcome.RED_FLAG else ""
        return f"Sessions are locked{since} until your coach or the admin unlocks them.{doctor}"
    if said.why is Bar.RESTING:
        because = _RESTING.get(said.reason, "")
        return f"It is time to rest{because}. Resting counts as following your plan."
    return _BARRED[said.why]


@WORDS.of(NoSessionNow)
def _no_session_screen(said: NoSessionNow, now: datetime) -> Screen:
    """After a session of today, say when the next one is."""
    tells = said.why in {Bar.DONE, Bar.GAP, Bar.RESTING} or (
        said.why is Bar.PAUSED and said.next_at is not None
    )
    when = say_next(said.next_at, said.zone, now) if tells else ""
    return Screen(text=lines(esc(_no_session(said)), _until(said, now), when))


def _until(said: NoSessionNow, now: datetime) -> str:
    """Return until when there is no session, where that is not the end of the day."""
    if said.until is None or said.why not in _LASTS:
        return ""
    return f"{_LASTS[said.why]} {say_day_time(said.until, said.zone, now)}."


_LASTS: Final = {Bar.RESTING: "Rest until", Bar.GAP: "You can start one from"}


@WORDS.toast(LateStart)
def _late_start(_said: LateStart) -> str:
    return f"{REACHED_LATE} No session was started."


@WORDS.of(LateStart)
def _late_start_screen(said: LateStart, _now: datetime) -> Screen:
    rows = start_rows(said.occurrence, said.at, said.zone, bandless=said.bandless)
    return Screen(text=_late_start(said), rows=rows)


# ---- in line ----------------------------------------------------------------------------

WORDS.sentence(LineLeft, "You are not in line any more. /session starts one whenever you like.")
WORDS.sentence(LineOver, "You are not in line any more: there is no session for you just now.")


@WORDS.toast(InLine)
def _in_line(said: InLine) -> str:
    first = "It takes a little longer" if said.again else "Many people are training just now"
    return f"{first}: your session begins at {say_time(said.at, said.zone, seconds=True)}."


@WORDS.of(InLine)
def _in_line_screen(said: InLine, now: datetime) -> Screen:
    """Say in how long as well, and that the session begins by itself."""
    text = (
        f"{_in_line(said)} That is in about {_about(said.at - now)}. You need not do anything: "
        "the first question comes by itself."
    )
    return Screen(text=text, rows=((Button("Do not wait", data("l")),),))


def _about(wait: timedelta) -> str:
    """Return a wait as "20 s", "2 min" or "2 min 30 s", in steps of 5 s."""
    minutes, seconds = divmod(max(5, 5 * round(wait.total_seconds() / 5)), 60)
    parts = [f"{minutes} min"] * bool(minutes) + [f"{seconds} s"] * bool(seconds)
    return " ".join(parts)


# ---- answers, STOP and undo -------------------------------------------------------------

WORDS.sentence(LateAnswerSaved, "Saved as a late answer. It does not start anything again.")
WORDS.sentence(
    EditNotTaken, "I do not take answers from edited messages. Please send the number again."
)
WORDS.sentence(StopTaken, "STOP. Rest now.")
WORDS.sentence(NothingToStop, "No session is running, so there is nothing to stop.")
WORDS.sentence(
    NothingToUndo, "There is nothing to take back. Only your last answer can be, within 2 minutes."
)
WORDS.sentence(
    StaysStopped,
    "An answer that stopped your session stays. Rest for today. If it was a slip, tell your coach.",
)
WORDS.sentence(LateUndo, f"{REACHED_LATE} You have answered since, so nothing was taken back.")


@WORDS.toast(LowerNotTaken)
def _lower(said: LowerNotTaken) -> str:
    kept = "The higher number is saved and counts."
    if said.kept is not None:
        kept = f"Your answer {said.kept} stays: a lower number does not replace it."
    if said.undo:
        return f"{kept} If it was a slip, send /undo within 2 minutes."
    return f"{kept} If it was a slip, tell your coach." if said.stopped else kept


WORDS.sentence(
    AnswerTooEarly,
    "This hold is not over yet. Answer after RELEASE. To end it now, press STOP.",
)


@WORDS.toast(NotAsked)
def _not_asked(said: NotAsked) -> str:
    return (
        "That question is closed, so this number was not saved. If it hurts now, send "
        f"/pain {said.value}."
    )
