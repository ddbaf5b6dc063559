"""What follows from a delivery, and whether somebody has to act on it."""

from datetime import timedelta

from bot.dispatch import delivery_events
from bot.protocol.session import events
from bot.store import outbox_claims, sessions
from bot.store.outbox_claims import Claimed
from bot.training.session import apply_event
from tests.flows.world import FlowWorld


def waiting(world: FlowWorld) -> dict[str, Claimed]:
    """Return the newest letter of each kind that waits."""
    found = world.store.read_now(outbox_claims.ready, world.now, 99)
    return {letter.kind: letter for letter in found}


def test_only_what_has_a_consequence_wakes_anybody(world: FlowWorld) -> None:
    """A HOLD that is handed over has an end to be kept; a question waits for its answer."""
    athlete = world.athlete()
    world.run(apply_event.open_session, athlete, None, world.now)
    question = waiting(world)["SetUp"]
    assert not world.run(delivery_events.sent, [(question, world.now)], world.now)
    world.happens(athlete, events.Pain(1))
    due = world.store.read_now(sessions.live, athlete)
    assert due is not None
    assert due.value.due_at is not None
    world.now = due.value.due_at
    world.happens(athlete, events.Due())
    hold = waiting(world)["Hold"]
    handed_at = world.now + timedelta(milliseconds=200)
    assert world.run(delivery_events.sent, [(question, world.now), (hold, handed_at)], handed_at)
    after = world.store.read_now(sessions.live, athlete)
    assert after is not None
    assert after.value.holds[0].started_at == handed_at
