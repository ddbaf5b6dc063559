"""Broken copies of the bot: each breaks one promise, and a run must notice.

A mutant changes the running bot's own functions and tables, found by name: one whose target is gone
fails loudly, it is not skipped.
"""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta
from typing import Any, Final
from unittest.mock import patch

from sqlalchemy import update
from sqlmodel import Session as Db
from sqlmodel import col, select

from bot.conversation.interaction import Interaction
from bot.delivery.crossing import Crossing
from bot.dispatch import updates
from bot.protocol.calendar import local_time
from bot.protocol.session import events, machine, moves, state
from bot.protocol.session.machine import Row
from bot.protocol.session.moves import Moved
from bot.protocol.session.rest import rest_until
from bot.protocol.session.state import HoldStatus
from bot.store import outbox_claims, people
from bot.store.tables import AssignmentRow, OutboxRow, OutboxState, PersonRow
from bot.telegram.poller import LIMIT, Poller
from bot.training import messages, occurrences, recent_days, screening
from bot.training.red_flags import flow as red_flags
from bot.training.session import actions, apply_event
from bot.training.session.messages import SessionRunning
from bot.training.speech import flow as live_words
from tests.simulation.temper import Temper

Broken = AbstractContextManager[Any]


KEEN: Final = Temper(eager=(0.95,))
SHY: Final = Temper(eager=(0.95,), own=("/coach off",), often=(1,))
NERVOUS: Final = Temper(unrest=0.5, within_s=7.0, eager=(0.95,))
CLUMSY: Final = Temper(unrest=0.0, slips=0.4, odd=0.0, eager=(0.95,), pains=(1, 2), climbs=0.9)

LATER: Final = Temper(
    unrest=0.8, within_s=9.0, acts=("morning",), eager=(0.0,), own=("/session",), often=(4,)
)
NIGHTLY: Final = Temper(pains=(3, 4), eager=(0.05,), nights=1.0)


def _doing(*acts: str, **more: Any) -> Temper:
    """Return somebody who trains and does these things all the time."""
    usual: dict[str, Any] = {"unrest": 0.6, "within_s": 9.0, "eager": (0.95,)}
    return Temper(acts=acts, **{**usual, **more})


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
    days: int = 1


@contextmanager
def rows(label: str, change: Callable[[Row], Row]) -> Iterator[None]:
    """Change the rows of the session's table whose label has these words."""
    found = [row for row in machine.TABLE if label in row.label]
    assert found, f"the session's table has no row {label!r}"
    changed = tuple(change(row) if row in found else row for row in machine.TABLE)
    with patch.object(machine, "TABLE", changed):
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
    assert events.Silence in apply_event._SAY
    return patch.dict(apply_event._SAY, {events.Silence: lambda _scene, _effect: None})


def restart_is_not_told() -> Broken:
    """A set that an outage cut goes on as if nothing had been."""
    return _moved("restart", lambda value, _event, _now: (value, ()))


def interrupted_counts() -> Broken:
    """A hold that was cut counts as done."""
    ended = state.HoldRecord.ended

    def whole(self: state.HoldRecord, status: HoldStatus, now: datetime) -> state.HoldRecord:
        return ended(self, HoldStatus.DONE if status is HoldStatus.INTERRUPTED else status, now)

    return patch.object(state.HoldRecord, "ended", whole)


# ---- in and out -----------------------------------------------------------------------


def confirmed_early() -> Broken:
    """An update is confirmed to Telegram before it is stored."""
    fetch = Poller._fetch

    async def confirming(self: Poller, offset: int | None, seconds: int) -> Any:
        found = await fetch(self, offset, seconds)
        if found:
            kwargs = {"offset": found[-1].update_id + 1, "limit": LIMIT, "timeout": 0}
            await self._bot.do_api_request("getUpdates", api_kwargs=kwargs)
        return found

    return patch.object(Poller, "_fetch", confirming)


def handled_unread() -> Broken:
    """An update is taken for handled although nothing was done."""
    handle = updates.handle

    def forgetful(
        db: Db, update_id: int, caller: Any, act: Callable[[Any], None], *told: Any
    ) -> Any:
        del act
        return handle(db, update_id, caller, lambda _turn: None, *told)

    return patch.object(updates, "handle", forgetful)


def claim_unmarked() -> Broken:
    """A letter is sent without being claimed."""
    assert callable(outbox_claims.claim)
    return patch.object(outbox_claims, "claim", lambda _db, ids, _now: set(ids))


def sent_before_sending() -> Broken:
    """A letter is stored as sent before the call is made."""
    claim = outbox_claims.claim

    def hasty(db: Db, ids: list[int], now: datetime) -> set[int]:
        found = claim(db, ids, now)
        which = col(OutboxRow.id).in_(found)
        db.connection().execute(
            update(OutboxRow).where(which).values(state=OutboxState.SENT, sent_at=now)
        )
        return found

    return patch.object(outbox_claims, "claim", hasty)


def hold_repeatable() -> Broken:
    """A HOLD that perhaps arrived is sent once more."""
    assert messages.Hold.repeatable is False
    return patch.object(messages.Hold, "repeatable", True)


def hold_late() -> Broken:
    """A HOLD that waited too long is sent all the same."""
    assert messages.Hold.life is not None
    return patch.object(messages.Hold, "life", timedelta(seconds=60))


# ---- days and consent -----------------------------------------------------------------


def day_planned_again() -> Broken:
    """The days that an athlete had are forgotten when the next one is planned."""
    assert callable(occurrences._recent)
    return patch.object(occurrences, "_recent", lambda _db, _person, _now: [])


def consent_ignored() -> Broken:
    """A coach is told whether or not the athlete consents."""
    assert callable(people.coaches_of)

    def everybody(db: Db, athlete_id: int) -> list[PersonRow]:
        query = select(PersonRow).join(
            AssignmentRow, col(AssignmentRow.coach_id) == col(PersonRow.id)
        )
        return list(db.exec(query.where(AssignmentRow.athlete_id == athlete_id)))

    return patch.object(people, "coaches_of", everybody)


# ---- what was mended once: each of F122 to F130 as it was -----------------------------


def nothing_is_called_off() -> Broken:
    """A HOLD that has no connection yet goes out after STOP (F122)."""
    return patch.object(Crossing, "call_off", lambda _self: None)


def an_edit_is_an_answer() -> Broken:
    """An edited message answers the question that is open (F123)."""
    answer = actions.answer_pain

    def anew(turn: Any, value: int, *about: Any, corrects: bool = False, **more: Any) -> None:
        if corrects:
            answer(turn, value, None, None, **more)
        else:
            answer(turn, value, *about, **more)

    return patch.object(actions, "answer_pain", anew)


def a_slip_forgets_the_rise() -> Broken:
    """A rise before an answer that was taken back counts no more (F124)."""
    trend = state.Session.trend

    def forgetful(self: state.Session, index: int) -> state.Trend:
        slipped = [
            at for at, hold in enumerate(self.holds) if any(one.undone for one in hold.ratings)
        ]
        if not slipped or trend(self, index) is not state.Trend.RISING:
            return trend(self, index)
        first = next(hold.pain for hold in self.holds if hold.pain is not None)
        newest = self.holds[index].pain
        high = newest is not None and newest - first >= state.RISE
        return state.Trend.RISING if high else state.Trend.EASE

    return patch.object(state.Session, "trend", forgetful)


def midnight_ends_the_rest() -> Broken:
    """After pain there is rest until midnight (F125)."""

    def short(closed_at: datetime, zone: str) -> datetime:
        tomorrow = local_time.local(closed_at, zone).date() + timedelta(days=1)
        return local_time.instant(tomorrow, time(), zone)

    return patch(f"{recent_days.__name__}.{rest_until.__name__}", short)


@contextmanager
def screens_hold_nothing_back() -> Iterator[None]:
    """The red-flag questions are asked, and the set goes on (F126)."""
    assert callable(moves.held_back)
    assert callable(red_flags.screen)

    def beside(turn: Any, why: str = "asked") -> None:
        turn.answer()
        screening.ask(turn, why)

    unheld = patch.object(moves, "held_back", lambda moved, _now: moved)
    with unheld, patch.object(red_flags, "screen", beside):
        yield


def words_are_not_heard() -> Broken:
    """Words in a live session are answered, and change nothing (F127)."""
    hear = live_words.hear

    def deaf(turn: Interaction, words: live_words.SpokenWords) -> None:
        if words.text.strip().isdigit():
            hear(turn, words)
        else:
            turn.say(SessionRunning())

    return patch.object(live_words, "hear", deaf)


def a_morning_stops_nothing() -> Broken:
    """A morning's pain over the limit leaves the set running (F128)."""
    assert callable(actions.stops_live)
    return patch.object(actions, "stops_live", lambda _turn, _value: None)


def what_is_old_leads_on() -> Broken:
    """What lay about for a minute leads to a HOLD (F129)."""
    assert callable(updates._act)
    return patch.object(updates, "_act", lambda turn, act: act(turn))


def any_go_on_goes_on() -> Broken:
    """A break ends by the button of an earlier one (F130)."""
    assert callable(machine.this_break)
    return patch.object(machine, "this_break", lambda _session, _event, _now: True)


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
    Mutant("F122", nothing_is_called_off, "after", ("no connection",), _doing("stop", "word")),
    Mutant(
        "F123",
        an_edit_is_an_answer,
        "no answer",
        temper=_doing("edit", typed=0.8, within_s=20.0),
        seeds=(6, 7, 8, 9),
    ),
    Mutant("F124", a_slip_forgets_the_rise, "rises", temper=CLUMSY, seeds=(7, 8, 9, 10)),
    Mutant("F125", midnight_ends_the_rest, "after pain", temper=NIGHTLY),
    Mutant("F126", screens_hold_nothing_back, "red-flag", temper=_doing("flag")),
    Mutant("F127", words_are_not_heard, "after", temper=_doing("words")),
    Mutant("F128", a_morning_stops_nothing, "after pain", temper=LATER, days=2),
    Mutant("F129", what_is_old_leads_on, "was said", ("outage",)),
    Mutant("F130", any_go_on_goes_on, "in a break", temper=_doing("/pause", old=0.5)),
)
