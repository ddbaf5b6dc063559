"""A token stands in plain in its letter alone, and only until that is sent or lost."""

import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlmodel import Session as Db
from sqlmodel import update

from bot.accounts.invites import redact, tokens
from bot.accounts.invites.tokens import TokenProblem
from bot.dispatch import delivery_events, updates, upkeep
from bot.dispatch.updates import Arrived, Caller
from bot.store import outbox, outbox_claims
from bot.store.outbox_claims import Claimed
from bot.store.tables import OutboxRow, OutboxState
from tests.flows.joining import ADMIN, ANA, BEN, JoinWorld


@pytest.fixture
def world(tmp_path: Path) -> Iterator[JoinWorld]:
    """Return a world with one admin alone."""
    with JoinWorld(tmp_path) as found:
        yield found


def claimed(world: JoinWorld) -> list[Claimed]:
    """Return what is being sent from now on: the admin's letters."""

    def claim(db: Db) -> list[Claimed]:
        found = [
            one
            for one in outbox_claims.ready(db, world.now, 50)
            if one.chat_id == ADMIN and one.kind == "Say"
        ]
        outbox_claims.claim(db, [one.id for one in found], world.now)
        return found

    letters: list[Claimed] = world.store.write_now(claim)
    return letters


def settle(world: JoinWorld, letter: Claimed, state: OutboxState) -> None:
    """Let a letter be sent or lost."""

    def act(db: Db) -> None:
        assert outbox_claims.settle(db, letter.id, state, world.now)
        if state is OutboxState.SENT:
            delivery_events.sent(db, [(letter, world.now)], world.now)
        else:
            delivery_events.lost(db, letter, world.now)

    world.store.write_now(act)


def stored(world: JoinWorld) -> str:
    """Return every value of every table that could hold a token, as one text."""
    tables = ("outbox", "inbox", "invite", "audit", "fact", "enrolment")
    return " ".join(str(row) for table in tables for row in world.rows(f"SELECT * FROM {table}"))  # noqa: S608


@pytest.mark.parametrize("state", [OutboxState.SENT, OutboxState.FAILED, OutboxState.UNSURE])
@pytest.mark.parametrize("moves", [False, True])
def test_a_settled_letter_holds_no_link(world: JoinWorld, state: OutboxState, moves: bool) -> None:  # noqa: FBT001
    """Sent or lost: the row stays, all but its link, and the link still works."""
    token = world.invite()
    if moves:
        world.act(ADMIN, tokens.move, 1, "holdfast_bot")
        token = world.last(ADMIN)[1]["link"].partition("?start=")[2]
    letters = claimed(world)
    assert token in stored(world)
    for letter in letters:
        settle(world, letter, state)
    assert token not in stored(world)
    assert "t.me" not in stored(world)
    assert world.size("outbox") == len(letters)
    ((body,),) = world.rows("SELECT body FROM outbox WHERE id = 1")
    assert json.loads(body)["values"]["name"] == "Ana"
    found = world.store.write_now(tokens.redeem, BEN, token, world.now)
    assert not isinstance(found, TokenProblem)


def test_a_letter_that_is_repeated_shows_the_same_link(world: JoinWorld) -> None:
    """After a refusal or a restart the letter still holds its link; then it is blanked."""
    token = world.invite()
    letters = claimed(world)
    for letter in letters:
        world.store.write_now(outbox_claims.again, letter.id, world.now + timedelta(seconds=5))
    world.store.write_now(upkeep.tidy, world.now)
    world.later(seconds=5)
    again = claimed(world)
    assert len(again) == len(letters) == 2
    for letter in again:
        assert letter.body["values"]["link"].endswith(token)
        settle(world, letter, OutboxState.SENT)
    assert token not in stored(world)


def test_a_cancelled_letter_is_blanked_by_the_hour(world: JoinWorld) -> None:
    """Who blocks the bot before the letter leaves: it is never sent, and its link goes too."""
    token = world.invite()
    world.store.write_now(outbox.silence_chat, ADMIN)
    held = world.store.read_now(redact.with_links)
    assert world.store.write_now(redact.forget_links, held) == len(held) == 2
    assert token not in stored(world)
    assert world.store.read_now(redact.with_links) == []


def test_a_link_that_is_sent_again_meanwhile_is_kept(world: JoinWorld) -> None:
    """Between looking and blanking a letter may have been taken up again."""
    token = world.invite()
    world.store.write_now(outbox.silence_chat, ADMIN)
    held = world.store.read_now(redact.with_links)
    again = update(OutboxRow).values(state=OutboxState.PENDING)
    world.store.write_now(lambda db: db.connection().execute(again))
    assert world.store.write_now(redact.forget_links, held) == 0
    assert token in stored(world)


def test_other_letters_stay_as_they_are(world: JoinWorld) -> None:
    """Only the messages that carry a link are touched."""
    world.start(ANA)
    before = world.rows("SELECT body FROM outbox WHERE kind = 'Say'")
    world.store.write_now(outbox.silence_chat, ANA)
    world.store.write_now(upkeep.tidy, world.now)
    assert world.rows("SELECT body FROM outbox WHERE kind = 'Say'") == before


def test_the_update_that_opened_a_link_is_emptied(world: JoinWorld) -> None:
    """The token of an enrolment that is not finished is still open: the inbox keeps none."""
    token = world.invite()
    arrived = Arrived(900, ANA, f'{{"message": {{"text": "/start {token}"}}}}')
    world.store.write_now(updates.receive, [arrived], world.now, backlog=False)
    world.updates = 899
    world.start(ANA, token)
    handled = world.store.write_now(updates.handle, 900, Caller(ANA), lambda _turn: None, world.now)
    assert handled
    assert world.topic(ANA) == "enrol_consent"
    assert world.rows("SELECT payload FROM inbox") == [("",)]
