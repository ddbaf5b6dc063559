"""What the athlete taps under a reminder besides Start: put it off, skip it, take that back."""

from collections.abc import Callable
from datetime import datetime

from bot.conversation.interaction import Interaction
from bot.conversation.message import Reply
from bot.protocol.calendar.local_time import local
from bot.protocol.dose.exercises import WITHOUT_BAND
from bot.store import people, sessions
from bot.training import occurrences
from bot.training.eligibility import Barred
from bot.training.reminders import put_off
from bot.training.reminders.messages import (
    LateSkip,
    LateSnooze,
    NoBand,
    SkipNoted,
    Skipped,
    SkipReason,
    Unskipped,
)
from bot.training.session import actions, late


def snooze(turn: Interaction, occurrence_id: int, minutes: int) -> None:
    """Put today's reminder off, by so many minutes from when that was said."""
    result = put_off.snooze(turn.db, turn.person_id, occurrence_id, minutes, turn.now, turn.said_at)
    if isinstance(result, Barred):
        _over(turn, LateSnooze, occurrence_id)
        return
    turn.answer()
    turn.show(result)


def no_band(turn: Interaction, occurrence_id: int) -> None:
    """Offer what can be held without the band (PROTOCOL 6), while the reminder is open."""
    row = put_off.open_reminder(turn.db, turn.person_id, occurrence_id, turn.now)
    dose = sessions.dose_of(people.plan(turn.db, turn.person_id))
    if row is None or not dose.needs_band:
        turn.expired()
        return
    turn.answer()
    turn.show(
        NoBand(
            occurrence_id,
            WITHOUT_BAND,
            dose.holds,
            dose.hold_s,
            dose.sets,
            dose.side,
            people.person(turn.db, turn.person_id).zone,
            occurrences.which_of_two(turn.db, row),
        )
    )


def start_bandless(turn: Interaction, occurrence_id: int) -> None:
    """Start the session of a reminder without the band, if the plan's exercise needs one."""
    if sessions.dose_of(people.plan(turn.db, turn.person_id)).needs_band:
        actions.begin(turn, occurrence_id, WITHOUT_BAND)
    else:
        turn.expired()


def skip(turn: Interaction, occurrence_id: int, *, undo: bool) -> None:
    """Skip the session of a reminder, or take that back."""
    if undo:
        _unskip(turn, occurrence_id)
        return
    row = put_off.skip(turn.db, turn.person_id, occurrence_id, None, turn.now, turn.said_at)
    if isinstance(row, Barred):
        _over(turn, LateSkip, occurrence_id)
        return
    turn.answer()
    zone = people.person(turn.db, turn.person_id).zone
    earlier = row.local_date if row.local_date < local(turn.now, zone).date() else None
    turn.show(Skipped(occurrence_id, earlier, zone, occurrences.which_of_two(turn.db, row)))


def _unskip(turn: Interaction, occurrence_id: int) -> None:
    if put_off.unskip(turn.db, turn.person_id, occurrence_id, turn.now):
        turn.answer()
        turn.show(Unskipped(occurrence_id))
    else:
        _over(turn, LateSkip, occurrence_id)


def _over(
    turn: Interaction,
    reply: Callable[[int | None, datetime | None, str], Reply],
    occurrence_id: int,
) -> None:
    """The button is not active any more; who pressed it in time is told more."""
    if turn.old:
        late.too_late(turn, reply, occurrence_id)
    else:
        turn.expired()


def skip_reason(turn: Interaction, occurrence_id: int, reason: SkipReason) -> None:
    """Say why a session is skipped."""
    result = put_off.skip(turn.db, turn.person_id, occurrence_id, reason, turn.now, turn.said_at)
    if isinstance(result, Barred):
        turn.expired()
        return
    turn.answer()
    turn.show(SkipNoted(occurrence_id, reason))
