"""Updates in: stored first, then handled once each, in one transaction with what they cause."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from sqlmodel import Session as Db

from bot.conversation import interaction
from bot.conversation.common.messages import NotSaved
from bot.conversation.interaction import Interaction
from bot.conversation.message import Say
from bot.conversation.outgoing import post
from bot.dispatch import delivery_events
from bot.protocol.session.events import Restarted
from bot.protocol.session.state import CUED
from bot.store import inbox, people, sessions
from bot.store.engine import quiet
from bot.store.faults import is_of_the_file
from bot.store.inbox import Arrived, Taken, waiting
from bot.store.people import Who
from bot.store.sessions import Stored
from bot.store.statements import apart
from bot.training.session import apply_event

__all__ = [
    "Arrived",
    "Caller",
    "failed",
    "handle",
    "is_of_the_file",
    "receive",
    "waiting",
]


TRIES: Final = 5
"""So often it is tried to store what was posted, while others give the same numbers."""
KEPT_BY_TELEGRAM: Final = timedelta(hours=24)
"""An update that is not fetched for so long is lost."""


@dataclass(frozen=True, slots=True)
class Caller:
    """Who an update is from, and the message and press it refers to; `on_sound` if that is a sound.

    `key` tells this press or message from all others, whatever the update's id.
    """

    telegram_id: int
    message_id: int | None = None
    query_id: str | None = None
    key: str | None = None
    on_sound: bool = False


@dataclass(frozen=True, slots=True)
class Posting:
    """When not all updates that were posted came through, the last time.

    What was received then may be old, but not from before `since`, when the last were all stored;
    None where that is not known. With `until` None it is so still.
    """

    since: datetime | None
    until: datetime | None

    def is_late(self, received_at: datetime) -> bool:
        """Whether what was received at an instant may be from before."""
        begun = self.since is None or received_at > self.since
        return begun and (self.until is None or received_at <= self.until)


@dataclass(frozen=True, slots=True)
class PostedLate:
    """What is known of the age of an update that was posted: its own date, and the last trouble."""

    dated: datetime | None
    posting: Posting


def receive(
    db: Db,
    updates: list[Arrived],
    now: datetime,
    *,
    backlog: bool,
    since: datetime | None = None,
    posted: bool = False,
) -> list[Arrived]:
    """Store updates as they came; return, by their numbers, those that are not handled yet.

    Only when they are stored may they be confirmed.

    With `backlog` they may be old, but not from before `since`, the last fetch in good order, if
    that is known and the clock was not set back meanwhile. `said_at` of an update is its own date
    here, if it has one; it is kept of what is old. One that was stored before stays as it was.
    What was `posted` by a webhook may come in any order, and to several processes. Where two give
    the same number at the same instant, the later one gives another.
    """
    quiet(db)
    for _ in range(TRIES if posted else 0):
        try:
            with apart(db):
                return _receive(db, updates, now, backlog=backlog, since=since, posted=True)
        except inbox.ClashError:
            continue
    return _receive(db, updates, now, backlog=backlog, since=since, posted=posted)


def _receive(
    db: Db,
    updates: list[Arrived],
    now: datetime,
    *,
    backlog: bool,
    since: datetime | None,
    posted: bool,
) -> list[Arrived]:
    known = since is not None and since <= now
    bound = (since if known else _longest_ago(db, now)) if backlog else None
    found = inbox.numbered(db, updates, posted=posted)
    judged = [(one, interaction.received(one.said_at, now, bound)) for one in found]
    fresh = [replace(one, said_at=None) for one, came in judged if not came.old]
    old = [replace(one, said_at=came.said_at) for one, came in judged if came.old]
    inbox.keep(db, fresh, now, backlog=False)
    inbox.keep(db, old, now, backlog=backlog)
    return found


def _longest_ago(db: Db, now: datetime, before: int | None = None) -> datetime:
    """Return from when on what waited can be; never so late that it were of now.

    That is when the newest update was said, or the newest `before` an update.
    """
    newest = inbox.newest_said(db, before)
    earliest = now - KEPT_BY_TELEGRAM
    known = earliest if newest is None else max(newest, earliest)
    return min(known, now - 2 * interaction.FRESH)


def handle(
    db: Db,
    update_id: int,
    caller: Caller | None,
    act: Callable[[Interaction], None],
    now: datetime,
    late: PostedLate | None = None,
) -> datetime | None:
    """Let `act` handle an update once; return when it was received, None if it was handled before.

    Without a caller there is nothing to do but to note that. The same press or message under
    another update's id does nothing; a press is answered all the same.
    """
    take = inbox.take(db, update_id, now)
    if caller is None:
        taken = take()
        return None if taken is None else taken.received_at
    key = caller.key
    noted = None if key is None else inbox.note_key(db, key, update_id, now)
    who = people.who_is(db, caller.telegram_id)
    taken = take()
    if taken is None:
        return None
    turn = _turn(db, update_id, caller, who, _judged(db, update_id, taken, late), now)
    if noted is None or noted.rowcount == 1:
        _act(turn, act)
    else:
        turn.answer()
    return taken.received_at


def _judged(db: Db, update_id: int, taken: Taken, late: PostedLate | None) -> Taken:
    """Return what is known of an update, with its age where it came `late` by a webhook."""
    at = taken.received_at
    if late is None or taken.said_at is not None or not late.posting.is_late(at):
        return taken
    since = late.posting.since or _longest_ago(db, at, update_id)
    came = interaction.received(late.dated, at, since)
    return replace(taken, said_at=came.said_at if came.old else None)


def _turn(
    db: Db, update_id: int, caller: Caller, who: Who, taken: Taken, now: datetime
) -> Interaction:
    said_at, old = taken.said_at or taken.received_at, taken.said_at is not None or taken.backlog
    came = interaction.taken_up(taken.received_at, said_at, now, old=old)
    pressed, query = caller.message_id, caller.query_id
    return Interaction(db, who, update_id, now, pressed, query, came, on_sound=caller.on_sound)


def _act(turn: Interaction, act: Callable[[Interaction], None]) -> None:
    """Let `act` act. What is old never leads to a hold by itself: the athlete is asked first."""
    athlete = turn.who.person_id if turn.old else None
    before = _hold_ahead(turn.db, athlete)
    act(turn)
    ahead = _hold_ahead(turn.db, athlete)
    if ahead is not None and (before is None or _cue(before) != _cue(ahead)):
        apply_event.happen(turn.db, ahead, Restarted(), turn.now)


def _hold_ahead(db: Db, person_id: int | None) -> Stored | None:
    """Return the person's session, if a cue of it is ahead or running."""
    stored = None if person_id is None else sessions.live(db, person_id)
    return stored if stored is not None and stored.value.phase in CUED else None


def _cue(stored: Stored) -> tuple[object, ...]:
    """Return which cue is ahead: one that was so before an update is not this update's doing."""
    return stored.id, stored.value.phase, stored.value.position, stored.value.due_at


def failed(db: Db, update_id: int, caller: Caller | None, error: str, now: datetime) -> bool:
    """Note that an update could not be handled; at the last attempt tell the person so."""
    last = inbox.failed(db, update_id, error, now)
    if last and caller is not None:
        key = f"u{update_id}:failed"
        post(db, caller.telegram_id, Say(NotSaved()), now, key=key)
    return last


def person_left(db: Db, telegram_id: int, now: datetime, *, blocked: bool) -> None:
    """The person blocked the bot, or let it back in."""
    if blocked:
        delivery_events.unreachable(db, telegram_id, now)
    else:
        delivery_events.reachable(db, telegram_id, now)
