"""/pause and /resume by a coach or admin."""

import re
from datetime import date
from typing import Final

from bot.conversation import who
from bot.conversation.interaction import Turn
from bot.conversation.message import iso
from bot.conversation.who import Named
from bot.programme.notify import about, tell, wrong
from bot.programme.pauses.by_athlete import first_day_back
from bot.protocol.calendar.parse_dates import InputError, split_until
from bot.store import people
from bot.training import occurrences, pauses

MAX_REASON: Final = 200
"""Characters of a reason."""
_OPEN: Final = re.compile(
    r"(?:until|till|til)\s+(?:resumed?|further notice)\b[\s,.:;-]*", re.IGNORECASE
)


def pause(turn: Turn, words: str) -> None:
    """Show an athlete's pause, or pause until a day, or until resumed, with a reason."""
    named = who.athlete_named(turn, "pause", words)
    if named is None:
        return
    if not named.rest:
        _show(turn, named)
        return
    try:
        back_on, reason = read(named.rest, pauses.today_of(turn.db, named.id, turn.now))
    except InputError as why:
        wrong(turn, named.person, why)
        return
    _store(turn, named, back_on, reason)


def resume(turn: Turn, words: str) -> None:
    """End an athlete's pause, whoever began it. Without a name nothing ends yet."""
    everyone = who.athletes_of(turn)
    alone = who.names_nobody(words)
    paused = [one for one in everyone if occurrences.is_paused(turn.db, one.id or 0, turn.now)]
    if alone and everyone and not paused:
        turn.show("staff_none_paused")
        return
    named = who.one_of(turn, "resume", words, paused if alone else everyone, alone=True)
    if named is None:
        return
    if alone:
        _show(turn, named)
    else:
        _resume(turn, named)


def _resume(turn: Turn, named: Named) -> None:
    was = _pause(turn, named)
    resumed = pauses.resume(turn.db, named.id, turn.now, actor=turn.person_id)
    next_at = iso(occurrences.next_at(turn.db, named.id, turn.now))
    locked = people.athlete(turn.db, named.id).locked_at is not None
    told = None
    if resumed:
        told = tell(turn, named.person, "resumed_by", next_at=next_at, locked=locked)
    turn.show(
        "staff_resumed",
        **about(turn, named.person),
        resumed=resumed,
        next_at=next_at,
        locked=locked,
        told=told,
        was_until=was["last_day"],
        was_reason=was["reason"],
    )


def _show(turn: Turn, named: Named) -> None:
    turn.show("staff_pause", **about(turn, named.person), **_pause(turn, named))


def _store(turn: Turn, named: Named, back_on: date | None, reason: str | None) -> None:
    """Pause, and tell the athlete; another end of the same pause keeps its reason."""
    athlete = people.athlete(turn.db, named.id)
    if pauses.is_kept(turn.db, named.id, turn.now):
        reason = reason or athlete.pause_reason
        if (athlete.paused_until, athlete.pause_reason) == (back_on, reason):
            _show(turn, named)
            return
    pauses.pause(turn.db, named.id, back_on, turn.now, actor=turn.person_id, reason=reason)
    found = _pause(turn, named)
    told = tell(turn, named.person, "paused_by", **found)
    turn.show("staff_paused", **about(turn, named.person), **found, told=told)


def _pause(turn: Turn, named: Named) -> dict[str, object]:
    found = pauses.about(turn.db, named.id, turn.now)
    del found["zone"]
    return found


def read(text: str, today: date) -> tuple[date | None, str | None]:
    """Return the first day back and the reason, each None where it is not named."""
    opened = _OPEN.match(text)
    day, reason = ("", text[opened.end() :]) if opened else split_until(text)
    reason = " ".join(reason.split())
    if len(reason) > MAX_REASON:
        raise InputError(
            f"The reason has {len(reason)} characters; {MAX_REASON} fit. "
            "Shorten it, for example “cold, no fever”."
        )
    return first_day_back(day, today) if day else None, reason or None
