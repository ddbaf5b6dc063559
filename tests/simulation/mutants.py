"""Broken copies of the bot: each breaks one promise, and a run must notice.

A mutant changes the running bot's own functions and tables, found by name: one whose target is gone
fails loudly, it is not skipped.
"""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Final
from unittest.mock import patch

from sqlalchemy import update
from sqlmodel import Session as Db
from sqlmodel import col, select

from bot.chat.poller import LIMIT, Poller
from bot.flows import calendar, intents, mail, telling
from bot.protocol import events, moves, record, session
from bot.protocol.moves import Moved
from bot.protocol.record import HoldStatus
from bot.protocol.session import Row
from bot.store import dispatch, people
from bot.store.tables import AssignmentRow, OutboxRow, OutboxState, PersonRow
from tests.simulation.temper import Temper

Broken = AbstractContextManager[Any]


KEEN: Final = Temper(eager=(0.95,))
SHY: Final = Temper(eager=(0.95,), own=("/coach off",), often=(1,))
NERVOUS: Final = Temper(unrest=0.5, within_s=7.0, eager=(0.95,))


@dataclass(frozen=True, slots=True)
class Mutant:
    """One broken promise. `notice` is in what the run says about it, within a few `seeds`.

    `kinds` are the faults that strike all along in place of the seed's own.
    """

    name: str
    change: Callable[[], Broken]
    notice: str
    kinds: tuple[str, ...] = ()
    temper: Temper = KEEN
    seeds: tuple[int, ...] = (1, 2, 3, 4, 5, 6)


@contextmanager
def rows(label: str, change: Callable[[Row], Row]) -> Iterator[None]:
    """Change the rows of the session's table whose label has these words."""
    found = [row for row in session.TABLE if label in row.label]
    assert found, f"the session's table has no row {label!r}"
    changed = tuple(change(row) if row in found else row for row in session.TABLE)
    with patch.object(session, "TABLE", changed):
        yield


def _moved(label: str, move: Callable[[Any, Any, datetime], Moved]) -> Broken:
    return rows(label, lambda row: replace(row, move=move))


# ---- the pain rule and the session ----------------------------------------------------


def limit_off_by_one() -> Broken:
    """One over the limit goes on."""

    def laxer(row: Row) -> Row:
        def guard(value: Any, event: Any, now: datetime) -> bool:
            return row.guard(value, event, now) and event.value != value.dose.pain_limit + 1

        return replace(row, guard=guard)

    return rows("> limit", laxer)


def nudge_starts_the_next_hold() -> Broken:
    """A question without an answer leads on."""

    def lead_on(value: Any, event: Any, now: datetime) -> Moved:
        return moves.lead_in(replace(value, position=value.position + 1), event, now)

    return _moved("3 min", lead_on)


def stop_leaves_the_outbox() -> Broken:
    """What waits for a session goes out after STOP."""
    assert events.Silence in telling._SAY
    return patch.dict(telling._SAY, {events.Silence: lambda _scene, _effect: None})


def restart_is_not_told() -> Broken:
    """A set that an outage cut goes on as if nothing had been."""
    return _moved("restart", lambda value, _event, _now: (value, ()))


def interrupted_counts() -> Broken:
    """A hold that was cut counts as done."""
    ended = record.Hold.ended

    def whole(self: record.Hold, status: HoldStatus, now: datetime) -> record.Hold:
        return ended(self, HoldStatus.DONE if status is HoldStatus.INTERRUPTED else status, now)

    return patch.object(record.Hold, "ended", whole)


# ---- in and out -----------------------------------------------------------------------


def confirmed_early() -> Broken:
    """An update is confirmed to Telegram before it is stored."""
    fetch = Poller._fetch

    async def confirming(self: Poller, seconds: int) -> Any:
        found = await fetch(self, seconds)
        if found:
            kwargs = {"offset": found[-1].update_id + 1, "limit": LIMIT, "timeout": 0}
            await self._bot.do_api_request("getUpdates", api_kwargs=kwargs)
        return found

    return patch.object(Poller, "_fetch", confirming)


def handled_unread() -> Broken:
    """An update is taken for handled although nothing was done."""
    handle = mail.handle

    def forgetful(
        db: Db, update_id: int, caller: Any, act: Callable[[Any], None], now: datetime
    ) -> Any:
        del act
        return handle(db, update_id, caller, lambda _turn: None, now)

    return patch.object(mail, "handle", forgetful)


def claim_unmarked() -> Broken:
    """A letter is sent without being claimed."""
    assert callable(dispatch.claim)
    return patch.object(dispatch, "claim", lambda _db, ids, _now: set(ids))


def sent_before_sending() -> Broken:
    """A letter is stored as sent before the call is made."""
    claim = dispatch.claim

    def hasty(db: Db, ids: list[int], now: datetime) -> set[int]:
        found = claim(db, ids, now)
        which = col(OutboxRow.id).in_(found)
        db.connection().execute(
            update(OutboxRow).where(which).values(state=OutboxState.SENT, sent_at=now)
        )
        return found

    return patch.object(dispatch, "claim", hasty)


def hold_repeatable() -> Broken:
    """A HOLD that perhaps arrived is sent once more."""
    assert intents.Hold.repeatable is False
    return patch.object(intents.Hold, "repeatable", True)


def hold_late() -> Broken:
    """A HOLD that waited too long is sent all the same."""
    assert intents.Hold.life is not None
    return patch.object(intents.Hold, "life", timedelta(seconds=60))


# ---- days and consent -----------------------------------------------------------------


def day_planned_again() -> Broken:
    """The days that an athlete had are forgotten when the next one is planned."""
    assert callable(calendar._recent)
    return patch.object(calendar, "_recent", lambda _db, _person, _now: [])


def consent_ignored() -> Broken:
    """A coach is told whether or not the athlete consents."""
    assert callable(people.coaches_of)

    def everybody(db: Db, athlete_id: int) -> list[PersonRow]:
        query = select(PersonRow).join(
            AssignmentRow, col(AssignmentRow.coach_id) == col(PersonRow.id)
        )
        return list(db.exec(query.where(AssignmentRow.athlete_id == athlete_id)))

    return patch.object(people, "coaches_of", everybody)


MUTANTS: Final = (
    Mutant("the pain rule off by one", limit_off_by_one, "after pain", seeds=(3, 1, 2, 4, 5, 6)),
    Mutant("a missing answer leads on", nudge_starts_the_next_hold, "no answer"),
    Mutant(
        "STOP leaves the outbox",
        stop_leaves_the_outbox,
        "after",
        ("429",),
        NERVOUS,
        seeds=(1, 3, 2, 4, 5, 6),
    ),
    Mutant("a restart is not told", restart_is_not_told, "outage", ("kill",)),
    Mutant("a cut hold counts", interrupted_counts, "hold", ("kill",)),
    Mutant("confirmed before stored", confirmed_early, "was confirmed"),
    Mutant("handled without being read", handled_unread, "has no answer"),
    Mutant("sent without a claim", claim_unmarked, "no letter is claimed"),
    Mutant("stored as sent before sending", sent_before_sending, "no letter is claimed"),
    Mutant("a HOLD is repeated", hold_repeatable, "came twice", ("reset_after",)),
    Mutant("a HOLD comes late", hold_late, "late", ("429",)),
    Mutant("a day is planned again", day_planned_again, "log", seeds=(2, 1, 3, 4, 5, 6)),
    Mutant("consent is ignored", consent_ignored, "without consent", temper=SHY),
)
