"""How a session ends: STOP, what was held, and the caption of its picture.

Nothing here tells that a coach knows: that is said after the alert was delivered, elsewhere.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Any, Final

from bot.conversation.message import Message
from bot.conversation.screen import Screen, esc, lines, many, paragraphs
from bot.conversation.widgets import write_rows
from bot.protocol.session.outcome import LOCKING
from bot.protocol.session.state import Outcome
from bot.training.load.buttons import kind_rows
from bot.training.messages import Chart, Ended, Stopped
from bot.training.session.phrases import is_today, reason_rows, say_locked, say_next

_STOPPED_ON_PAIN: Final = frozenset({Outcome.STOPPED_PAIN, Outcome.STOPPED_HARD})
_OVER_LIMIT: Final = frozenset({Outcome.STOPPED_PAIN, Outcome.RESTED_ON_PAIN, Outcome.RISING})
_SHOWS_PAIN: Final = frozenset(
    {Outcome.LESSENING, Outcome.LEVEL, Outcome.PARTIAL, Outcome.STOPPED_EARLY, Outcome.RISING}
)
_CHECK: Final = "A short check follows; please answer it."
"""Said where the red-flag questions come next."""
MAX_PAINS: Final = 24
"""More answers than this are summed up in the caption of the picture."""


# ---- STOP -----------------------------------------------------------------------------


def stopped(intent: Stopped, now: datetime) -> Screen:
    """Say STOP and what happens next; ask why where the athlete stopped."""
    text = paragraphs(
        lines("<b>STOP. Relax and rest now.</b>", _why_stopped(intent)),
        _after_stop(intent, now),
        _see_someone(intent.outcome, has_coach=intent.has_coach),
        "Why did you stop?" if intent.asks_reason else "",
    )
    asks = intent.asks_reason
    rows = reason_rows(intent.session) if asks else write_rows(intent.readers)
    return Screen(text=text, rows=rows, rings=True)


def _why_stopped(intent: Stopped) -> str:
    if intent.outcome == Outcome.RISING:
        pain = "That pain" if intent.value is None else f"Pain {intent.value}"
        return f"{pain}: your pain is rising from hold to hold, so the set ends here."
    return _over_limit(intent) if intent.outcome in _STOPPED_ON_PAIN else ""


def _over_limit(intent: Stopped | Ended) -> str:
    """Return the number that was given and the limit; nobody is to blame for either."""
    pain = "That pain" if intent.value is None else f"Pain {intent.value}"
    over = f"{pain} is over your limit of {intent.limit}."
    if intent.outcome == Outcome.STOPPED_HARD:
        return over
    return lines(over, _cue_to_ease(intent.limit + 1 if intent.value is None else intent.value))


def _cue_to_ease(pain: int) -> str:
    return f"{pain} is our cue to ease off, not damage."


def _after_stop(intent: Stopped, now: datetime) -> str:
    """Return what comes next. After a bare STOP that depends on the reason."""
    if intent.outcome is None:
        later = is_today(intent.next_at, intent.zone, now)
        return "No more holds in this session." if later else "No more holds today."
    if intent.outcome in LOCKING:
        return lines("No more holds today.", _locked(intent))
    when = say_next(intent.next_at, intent.zone, now)
    return lines("No more holds today.", when)


def _locked(intent: Stopped | Ended) -> str:
    """Return that sessions are locked; after a hard stop the red-flag questions follow."""
    check = _CHECK if intent.outcome == Outcome.STOPPED_HARD else ""
    return lines(say_locked(has_coach=intent.has_coach), check)


def _see_someone(outcome: str | None, *, has_coach: bool) -> str:
    """Return whom to ask, for an athlete without a coach, where it matters."""
    if has_coach:
        return ""
    if outcome == Outcome.STOPPED_HARD:
        return "Please let a physiotherapist or a doctor look at this before you go on."
    if outcome in _OVER_LIMIT:
        return "If this happens again, a physiotherapist can look at it with you."
    return ""


# ---- the end --------------------------------------------------------------------------


def ended(intent: Ended, now: datetime) -> Screen:
    """Say how the session ended, what was held, how the pain went, and when the next one is."""
    text = paragraphs(
        lines(f"<b>{_headline(intent)}</b>", _meaning(intent)),
        lines(_held(intent), _pain_line(intent)),
        _next_line(intent, now),
        _see_someone(intent.outcome, has_coach=intent.has_coach),
        "" if intent.diary_day is None else "A run or other sport today? Note it here.",
    )
    stopped_short = Outcome(intent.outcome) in _HEADLINES
    diary = () if intent.diary_day is None else kind_rows(intent.diary_day)
    return Screen(text=text, rows=(*(write_rows(intent.readers) if stopped_short else ()), *diary))


_HEADLINES: Final = {
    Outcome.STOPPED_EARLY: "Session over: you stopped. Doing less is always allowed.",
    Outcome.RESTED_ON_PAIN: "Rest today, no holds.",
    Outcome.STOPPED_PAIN: "Session over: rest now.",
    Outcome.STOPPED_HARD: "Session over: rest now.",
    Outcome.RISING: "Session over: rest now.",
    Outcome.RED_FLAG: "No more holds. Be seen by a doctor, today at the latest.",
}


def _headline(intent: Ended) -> str:
    outcome = Outcome(intent.outcome)
    if outcome in _HEADLINES:
        return _HEADLINES[outcome]
    if outcome is not Outcome.PARTIAL:
        return "Session done." if intent.done >= intent.planned else "Session over."
    if intent.by_outage:
        return "Session cut short by an outage. That was our fault, not yours."
    return "Session closed before it was finished."


def _meaning(intent: Ended) -> str:
    """Return what the outcome means, where the headline alone does not say it."""
    say = _MEANINGS.get(Outcome(intent.outcome))
    return "" if say is None else say(intent)


def _rested(intent: Ended) -> str:
    pain = "Pain" if intent.before is None else f"Pain {intent.before}"
    over = f"{pain} right now is over your limit of {intent.limit}."
    return lines(over, "Resting because of pain counts as following your plan.")


_MEANINGS: Final[dict[Outcome, Callable[[Ended], str]]] = {
    Outcome.RESTED_ON_PAIN: _rested,
    Outcome.STOPPED_PAIN: _over_limit,
    Outcome.STOPPED_HARD: _over_limit,
    Outcome.RISING: lambda _intent: "Your pain was rising from hold to hold.",
    Outcome.RED_FLAG: lambda _intent: "If it gets worse, call your local emergency number.",
    Outcome.PARTIAL: lambda _intent: "What you held and answered is saved.",
}


def _held(intent: Ended) -> str:
    if intent.outcome == Outcome.RESTED_ON_PAIN:
        return ""
    done = f"{intent.done} of {many(intent.planned, 'hold')}"
    return f"{done} · {intent.tension_s} s held" if intent.tension_s else done


def _pain_line(intent: Ended) -> str:
    first, last = intent.first, intent.last
    if last is None or intent.outcome not in _SHOWS_PAIN:
        return ""
    if first is None or intent.done <= 1:
        return f"Pain {last}"
    return f"Pain {first} at the first hold, {last} at the last: {_trend(first, last)}"


def _trend(first: int, last: int) -> str:
    """Return how the pain went, as the outcome is decided (PROTOCOL 3)."""
    if last < first:
        return "lessening"
    if last <= 1:
        return "low"
    return "level, not lessening" if last == first else "not lessening"


def _next_line(intent: Ended, now: datetime) -> str:
    outcome = Outcome(intent.outcome)
    if outcome in LOCKING:
        return _locked(intent)
    return say_next(intent.next_at, intent.zone, now)


# ---- the picture's caption ------------------------------------------------------------


def chart(intent: Chart, _now: datetime) -> Screen:
    """Say what the picture shows, for whoever cannot see it; the picture is added elsewhere."""
    if intent.caption:
        return Screen(text=esc(intent.caption))
    pains = [hold.pain for hold in intent.holds if hold.pain is not None]
    stopped = "" if intent.stop is None else f" · stopped at {intent.stop}"
    if intent.name:
        head, limit = f"<b>{esc(intent.name[:60])}</b> · {esc(intent.title)}", "limit"
    else:
        head, limit = f"<b>{esc(intent.title)}</b>", "your limit"
    return Screen(text=f"{head} · {_say_pains(pains)}{stopped} · {limit} {intent.limit}")


def _say_pains(pains: list[int]) -> str:
    if not pains:
        return "no pain answers"
    if len(pains) > MAX_PAINS:
        return f"pain first {pains[0]}, highest {max(pains)}, last {pains[-1]}"
    return f"pain hold by hold: {', '.join(map(str, pains))}"


ENDING_SCREENS: Final[dict[type[Message], Callable[[Any, datetime], Screen]]] = {
    Stopped: stopped,
    Ended: ended,
    Chart: chart,
}
