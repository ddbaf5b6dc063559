"""/pause and /resume by a coach or admin."""

import re
from datetime import date
from typing import Final

from bot.conversation import who
from bot.conversation.interaction import Interaction
from bot.conversation.who import Named
from bot.programme.notify import is_running, reader_zone, tell, wrong
from bot.programme.pauses.by_athlete import first_day_back
from bot.programme.pauses.messages import (
    NobodyPaused,
    PausedByStaff,
    PausedForYou,
    PauseShown,
    ResumedByStaff,
    ResumedForYou,
)
from bot.protocol.calendar.parse_dates import InputError, split_until
from bot.store import people
from bot.training import occurrences, pauses

MAX_REASON: Final = 200
"""Characters of a reason."""
_OPEN: Final = re.compile(
    r"(?:until|till|til)\s+(?:resumed?|further notice)\b[\s,.:;-]*", re.IGNORECASE
)


def pause(turn: Interaction, words: str) -> None:
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
        wrong(turn, why)
        return
    _store(turn, named, back_on, reason)


def resume(turn: Interaction, words: str) -> None:
    """End an athlete's pause, whoever began it. Without a name nothing ends yet."""
    everyone = who.athletes_of(turn)
    alone = who.names_nobody(words)
    paused = [one for one in everyone if occurrences.is_paused(turn.db, one.id or 0, turn.now)]
    if alone and everyone and not paused:
        turn.show(NobodyPaused())
        return
    named = who.one_of(turn, "resume", words, paused if alone else everyone, alone=True)
    if named is None:
        return
    if alone:
        _show(turn, named)
    else:
        _resume(turn, named)


def _resume(turn: Interaction, named: Named) -> None:
    was = pauses.state(turn.db, named.id, turn.now)
    resumed = pauses.resume(turn.db, named.id, turn.now, actor=turn.person_id)
    next_at = occurrences.next_at(turn.db, named.id, turn.now)
    locked = people.athlete(turn.db, named.id).locked_at is not None
    told = None
    if resumed:
        letter = ResumedForYou(turn.who.name, next_at, named.person.zone, locked)
        told = tell(turn, named.person, letter)
    turn.show(
        ResumedByStaff(
            athlete_id=named.id,
            name=named.person.name,
            zone=named.person.zone,
            reader_zone=reader_zone(turn),
            resumed=resumed,
            next_at=next_at,
            locked=locked,
            told=told,
            was_until=was.last_day,
            was_reason=was.reason,
        )
    )


def _show(turn: Interaction, named: Named) -> None:
    found = pauses.state(turn.db, named.id, turn.now)
    turn.show(
        PauseShown(
            athlete_id=named.id,
            name=named.person.name,
            zone=found.zone,
            reader_zone=reader_zone(turn),
            paused=found.paused,
            kept=found.kept,
            last_day=found.last_day,
            back_on=found.back_on,
            back_at=found.back_at,
            reason=found.reason,
        )
    )


def _store(turn: Interaction, named: Named, back_on: date | None, reason: str | None) -> None:
    """Pause, and tell the athlete; another end of the same pause keeps its reason."""
    athlete = people.athlete(turn.db, named.id)
    if pauses.is_kept(turn.db, named.id, turn.now):
        reason = reason or athlete.pause_reason
        if (athlete.paused_until, athlete.pause_reason) == (back_on, reason):
            _show(turn, named)
            return
    pauses.pause(turn.db, named.id, back_on, turn.now, actor=turn.person_id, reason=reason)
    found = pauses.state(turn.db, named.id, turn.now)
    letter = PausedForYou(turn.who.name, found.back_on, found.reason, found.zone)
    told = tell(turn, named.person, letter)
    turn.show(
        PausedByStaff(
            athlete_id=named.id,
            name=named.person.name,
            zone=found.zone,
            reader_zone=reader_zone(turn),
            running=is_running(turn, named.id),
            last_day=found.last_day,
            back_on=found.back_on,
            back_at=found.back_at,
            reason=found.reason,
            told=told,
        )
    )


def read(text: str, today: date) -> tuple[date | None, str | None]:
    """Return the first day back and the reason, each None where it is not named."""
    opened = _OPEN.match(text)
    day, reason = ("", text[opened.end() :]) if opened else split_until(text)
    reason = " ".join(reason.split())
    if len(reason) > MAX_REASON:
        raise InputError(
            f"The reason has {len(reason)} characters; at most {MAX_REASON} fit. "
            "Shorten it, for example “cold, no fever”."
        )
    return first_day_back(day, today) if day else None, reason or None
