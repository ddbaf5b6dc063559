"""A clip's letter, whatever becomes of it: no hold that nobody heard, and no session that stays."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlmodel import Session as Db
from sqlmodel import col

from bot.accounts.invites.messages import MoveLinkMade
from bot.conversation.message import Message
from bot.dispatch import delivery_events, due_work
from bot.protocol.session import events
from bot.protocol.session.state import CUED, Interruption, Outcome, Phase, Session
from bot.store import outbox_claims, people, sessions
from bot.store.outbox import UNREACHABLE
from bot.store.outbox_claims import Claimed
from bot.store.tables import OutboxRow, OutboxState, Role
from bot.training.messages import Clip, Interrupted, ReleaseAgain, TakeBack
from testkit.people import hears
from tests.flows.chatting import types
from tests.flows.world import ADMIN, RUNA, STRANGER, FlowWorld, reply

MESSAGE = 77
"""The message that a clip becomes."""
SHORTEST: dict[str, Any] = {"hold_s": 5, "lead_in_first_s": 5, "holds": 2}
"""A clip of ten seconds, whose letter lives for fifteen."""


@pytest.fixture
def runa(world: FlowWorld) -> int:
    """Return an athlete whose first clip is on its way."""
    runa = world.athlete(**SHORTEST)
    world.run(hears, runa)
    world.trains(runa)
    assert session(world).phase is Phase.CLIP
    return runa


def session(world: FlowWorld) -> Session:
    """Return the athlete's newest session."""
    row = world.read(people.by_telegram, RUNA)
    assert row is not None
    assert row.id is not None
    stored = world.read(sessions.newest, row.id)
    assert stored is not None
    return stored.value


def claimed(world: FlowWorld) -> Claimed:
    """Let the clip be on its way to Telegram."""

    def claim(db: Db) -> Claimed:
        (letter,) = [
            one for one in outbox_claims.ready(db, world.now, 99) if one.kind == Clip.kind()
        ]
        assert outbox_claims.claim(db, [letter.id], world.now)
        return letter

    return world.run(claim)


def ends(world: FlowWorld, letter: Claimed, state: OutboxState, error: str | None = None) -> None:
    """Let the clip's letter end so."""

    def act(db: Db) -> None:
        message = MESSAGE if state is OutboxState.SENT else None
        outbox_claims.settle(db, letter.id, state, world.now, message_id=message, error=error)
        if state is OutboxState.SENT:
            delivery_events.sent(db, [(letter, world.now)], world.now)
        else:
            delivery_events.lost(db, letter, world.now)

    world.run(act)


def expires(world: FlowWorld) -> None:
    """Let the clip's time end while it waits."""

    def act(db: Db) -> None:
        for letter in outbox_claims.expired(db, world.now):
            delivery_events.lost(db, letter, world.now)

    world.run(act)


def told(world: FlowWorld, kind: type[Message]) -> list[Message]:
    """Return what the athlete is told of a kind."""
    return [one for one in world.letters(RUNA) if isinstance(one, kind)]


def closes_by_itself(world: FlowWorld) -> None:
    """Nobody does anything: the session is over by itself, and nothing was held."""
    for _ in range(3):
        due = session(world).due_at
        if due is None:
            break
        world.now = max(world.now, due)
        world.run(due_work.act_due, world.now)
    assert session(world).outcome is Outcome.PARTIAL
    assert session(world).tension_s == 0


def dropped(world: FlowWorld) -> None:
    """Telegram was away for longer than the clip lives."""
    world.later(seconds=16)
    expires(world)


def unsure(world: FlowWorld) -> None:
    """The connection broke when the clip had perhaps left."""
    letter = claimed(world)
    world.later(seconds=14)
    ends(world, letter, OutboxState.UNSURE, "timed_out")


def failed(world: FlowWorld) -> None:
    """Telegram refused it, after longer than its wait and hold take together."""
    letter = claimed(world)
    world.later(seconds=14)
    ends(world, letter, OutboxState.FAILED, "refused")


def cancelled(world: FlowWorld) -> None:
    """It may not be told any more."""
    ends(world, claimed(world), OutboxState.CANCELLED)


@pytest.mark.parametrize("fate", [dropped, unsure, failed, cancelled])
def test_a_clip_that_did_not_come_is_told_as_lost(
    world: FlowWorld, runa: int, fate: Callable[[FlowWorld], None]
) -> None:
    """However late that is known: the set is broken off, said once, and cues are messages."""
    fate(world)
    value = session(world)
    assert (value.phase, value.cut, value.sound) == (
        Phase.INTERRUPTED,
        Interruption.SOUND,
        False,
    )
    assert value.holds == ()
    (said,) = told(world, Interrupted)
    assert isinstance(said, Interrupted)
    assert said.cut == Interruption.SOUND
    closes_by_itself(world)
    assert runa


@pytest.mark.parametrize("seconds", [0, 12, 60, 3_600])
@pytest.mark.parametrize("under_way", [False, True])
def test_a_restart_with_a_clip_on_its_way(
    world: FlowWorld, runa: int, seconds: int, *, under_way: bool
) -> None:
    """Killed or cut off, and back at any time: no hold is stored, nothing is asked about one."""
    letter = claimed(world) if under_way else None
    world.later(seconds=seconds)
    world.run(due_work.act_due, world.now)
    assert session(world).phase is Phase.CLIP
    world.run(due_work.recover, world.now)
    value = session(world)
    assert (value.phase, value.holds) == (Phase.INTERRUPTED, ())
    if letter is not None:
        ends(world, letter, OutboxState.UNSURE, "restart")
        assert session(world).phase is Phase.INTERRUPTED
        assert len(told(world, ReleaseAgain)) == 1
    closes_by_itself(world)
    assert runa


def test_nobody_tells_of_a_clip_to_a_chat_that_is_given_up(world: FlowWorld, runa: int) -> None:
    """Another letter found nobody there: the clip is cancelled, and its session ends."""
    world.run(delivery_events.unreachable, RUNA, world.now)
    assert session(world).phase is Phase.INTERRUPTED
    assert world.letters(RUNA, waiting=True) == []
    closes_by_itself(world)
    assert runa


def test_a_clip_that_finds_nobody_is_lost(world: FlowWorld, runa: int) -> None:
    """It is the first to learn that the athlete cannot be reached."""
    ends(world, claimed(world), OutboxState.FAILED, UNREACHABLE)
    world.run(delivery_events.unreachable, RUNA, world.now)
    closes_by_itself(world)
    assert runa


def test_a_clip_to_an_account_that_was_left_is_lost(world: FlowWorld, runa: int) -> None:
    """The athlete moves to another account while the clip waits: it is asked there."""
    world.person(ADMIN, "Ada", Role.ADMIN)
    link = reply(types(world, ADMIN, "/relink Runa"), MoveLinkMade).link
    types(world, STRANGER, f"/start {link.partition('?start=')[2]}")
    stored = world.read(sessions.newest, runa)
    assert stored is not None
    assert stored.value.phase is Phase.INTERRUPTED
    assert stored.chat_id == STRANGER
    assert any(isinstance(one, Interrupted) for one in world.letters(STRANGER))


def test_a_clip_heard_of_late_is_not_the_hold_of_now(world: FlowWorld, runa: int) -> None:
    """It was given up and cues are messages: the HOLD that runs counts from its own message."""
    letter = claimed(world)
    ends(world, letter, OutboxState.UNSURE, "timed_out")
    world.happens(runa, events.GoOn())
    due = session(world).due_at
    assert due is not None
    world.now = due
    world.happens(runa, events.Due())
    assert session(world).phase is Phase.HOLDING
    before = session(world)
    world.later(seconds=2)

    def heard(db: Db) -> None:
        outbox_claims.settle_late(
            db, outbox_claims.Settled(letter.id, MESSAGE, letter.due), world.now
        )
        delivery_events.sent(db, [(letter, letter.due)], world.now)

    world.run(heard)
    assert session(world) == before
    assert len(told(world, TakeBack)) == 1
    world.run(lambda db: delivery_events.lost(db, letter, world.now))
    assert session(world) == before


def test_an_older_clip_of_the_same_hold_is_taken_back(world: FlowWorld, runa: int) -> None:
    """It left before a break, and its fate is told when the next one's question is open."""
    first = claimed(world)
    world.happens(runa, events.Pause())
    world.happens(runa, events.GoOn())
    ends(world, claimed(world), OutboxState.SENT)
    world.later(seconds=10)
    world.run(due_work.act_due, world.now)
    assert session(world).phase is Phase.ASKED_AFTER
    ends(world, first, OutboxState.SENT)  # as the sender had it: not silenced, when it left
    assert len(told(world, TakeBack)) == 1
    assert session(world).phase is Phase.ASKED_AFTER


def test_a_clip_that_came_leads_on(world: FlowWorld, runa: int) -> None:
    """Its hold counts from when it was handed over, however long it waited."""
    letter = claimed(world)
    world.later(seconds=14)
    ends(world, letter, OutboxState.SENT)
    assert session(world).phase in CUED
    world.later(seconds=10)
    world.run(due_work.act_due, world.now)
    assert session(world).phase is Phase.ASKED_AFTER
    assert world.count(OutboxRow, col(OutboxRow.kind) == Clip.kind()) == 1
    assert runa
