"""/pause and /resume by a coach or admin."""

from datetime import date
from typing import Final

from bot.conversation import which, who
from bot.conversation.interaction import Interaction
from bot.conversation.pending_input import Takes
from bot.conversation.who import Named
from bot.programme.notify import is_running, reader_zone, tell
from bot.programme.pauses import standing
from bot.programme.pauses.messages import (
    NobodyPaused,
    PausedByStaff,
    PausedDays,
    PausedForYou,
    PauseShown,
    ResumedByStaff,
    ResumedForYou,
)
from bot.protocol.calendar.input_error import InputError, WhichError, shown
from bot.protocol.calendar.parse_spans import LENGTHS
from bot.protocol.calendar.split_span import is_about_time, split_span
from bot.protocol.calendar.two_days import HELP, Span
from bot.store import people
from bot.training import occurrences, pauses

MAX_REASON: Final = 200
"""Characters of a reason."""


def pause(turn: Interaction, words: str) -> None:
    """Show an athlete's pause, or pause on the days that are named, perhaps with a reason."""
    named = who.athlete_named(turn, "pause", words)
    if named is None:
        return
    if not named.rest:
        _show(turn, named)
        return
    today = pauses.today_of(turn.db, named.id, turn.now)
    try:
        span, reason = read(named.rest, today)
        standing.check(pauses.state(turn.db, named.id, turn.now), span, today)
    except WhichError as why:
        which.ask(turn, "pause", why, named.id, takes=Takes.TIMES)
    except InputError as why:
        length = WhichError(str(why), LENGTHS)
        which.ask(turn, "pause", length, named.id, takes=Takes.TIMES)
    else:
        _store(turn, named, span, reason)


def resume(turn: Interaction, words: str) -> None:
    """End an athlete's pause, whoever began it. Without a name nothing ends yet."""
    everyone = who.athletes_of(turn)
    alone = who.names_nobody(words)
    paused = [one for one in everyone if pauses.stands(turn.db, one.id or 0, turn.now)]
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
        letter = ResumedForYou(turn.who.name, next_at, named.person.zone, locked, was.ahead)
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
            was_from=was.first_day,
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
            first_day=found.first_day,
        )
    )


def _store(turn: Interaction, named: Named, span: Span, reason: str | None) -> None:
    """Pause, and tell the athlete; other days of the same pause keep its reason."""
    was = pauses.state(turn.db, named.id, turn.now)
    if was.kept:
        reason = reason or was.reason
        begins = span.first if was.ahead else None
        if (was.first_day, was.back_on, was.reason) == (begins, span.back_on, reason):
            _show(turn, named)
            return
    pauses.pause(
        turn.db,
        named.id,
        span.back_on,
        turn.now,
        actor=turn.person_id,
        reason=reason,
        first=span.first,
    )
    found = pauses.state(turn.db, named.id, turn.now)
    letter = PausedForYou(turn.who.name, found.back_on, found.reason, found.zone, found.first_day)
    told = tell(turn, named.person, letter)
    turn.show(
        PausedByStaff(
            athlete_id=named.id,
            name=who.known_as(turn, named.person),
            zone=found.zone,
            reader_zone=reader_zone(turn),
            running=is_running(turn, named.id),
            last_day=found.last_day,
            back_on=found.back_on,
            back_at=found.back_at,
            reason=found.reason,
            told=told,
            first_day=found.first_day,
            changed=(standing.days_of(was), PausedDays(found.first_day, found.back_on)),
        )
    )


def read(text: str, today: date) -> tuple[Span, str | None]:
    """Return the days and the reason, if one is named.

    Words without days are never a pause: they are asked about, and kept as the reason only if they
    are not about time. Raises InputError.
    """
    span, reason = split_span(text, today)
    if len(reason) > MAX_REASON:
        raise InputError(
            f"The reason has {len(reason)} characters; at most {MAX_REASON} fit. "
            "Shorten it, for example “cold, no fever”."
        )
    if span is not None:
        return span, reason or None
    if is_about_time(reason):
        raise InputError(f"“{shown(reason)}” is not a span of days I can read. {HELP}")
    raise WhichError(f"Until when? “{shown(reason)}” is the reason.", LENGTHS, "", f": {reason}")
