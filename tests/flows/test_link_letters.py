"""A token stands in plain in its letter alone, and only until that is sent or lost."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlmodel import Session as Db

from bot.accounts.invites import redact, tokens
from bot.accounts.invites.tokens import Why
from bot.dispatch import delivery_events, updates, upkeep
from bot.dispatch.updates import Arrived, Caller
from bot.store import outbox, outbox_claims
from bot.store.outbox_claims import Claimed
from bot.store.tables import OutboxState
from tests.flows.joining import ADMIN, ANA, BEN, House


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    """Return an empty house with one admin."""
    found = House(tmp_path)
    yield found
    found.store.close()


def claimed(house: House) -> list[Claimed]:
    """Return what is being sent from now on: the admin's letters."""

    def claim(db: Db) -> list[Claimed]:
        found = [
            one
            for one in outbox_claims.ready(db, house.now, 50)
            if one.chat_id == ADMIN and one.kind == "Say"
        ]
        outbox_claims.claim(db, [one.id for one in found], house.now)
        return found

    letters: list[Claimed] = house.store.write_now(claim)
    return letters


def settle(house: House, letter: Claimed, state: OutboxState) -> None:
    """Let a letter be sent or lost."""

    def act(db: Db) -> None:
        assert outbox_claims.settle(db, letter.id, state, house.now)
        if state is OutboxState.SENT:
            delivery_events.sent(db, [(letter, house.now)], house.now)
        else:
            delivery_events.lost(db, letter, house.now)

    house.store.write_now(act)


def stored(house: House) -> str:
    """Return every value of every table that could hold a token, as one text."""
    tables = ("outbox", "inbox", "invite", "audit", "fact", "enrolment")
    return " ".join(str(row) for table in tables for row in house.rows(f"SELECT * FROM {table}"))  # noqa: S608


@pytest.mark.parametrize("state", [OutboxState.SENT, OutboxState.FAILED, OutboxState.UNSURE])
@pytest.mark.parametrize("moves", [False, True])
def test_a_settled_letter_holds_no_link(house: House, state: OutboxState, moves: bool) -> None:  # noqa: FBT001
    """Sent or lost: the row stays, all but its link, and the link still works."""
    token = house.invite()
    if moves:
        house.act(ADMIN, tokens.move, 1, "holdfast_bot")
        token = house.last(ADMIN)[1]["link"].partition("?start=")[2]
    letters = claimed(house)
    assert token in stored(house)
    for letter in letters:
        settle(house, letter, state)
    assert token not in stored(house)
    assert "t.me" not in stored(house)
    assert house.count("outbox") == len(letters)
    assert house.rows("SELECT body ->> '$.values.name' FROM outbox WHERE id = 1") == [("Ana",)]
    found = house.store.write_now(tokens.redeem, BEN, token, house.now)
    assert not isinstance(found, Why)


def test_a_letter_that_is_repeated_shows_the_same_link(house: House) -> None:
    """After a refusal or a restart the letter still holds its link; then it is blanked."""
    token = house.invite()
    (letter,) = claimed(house)
    house.store.write_now(outbox_claims.again, letter.id, house.now + timedelta(seconds=5))
    house.store.write_now(upkeep.tidy, house.now)
    house.later(seconds=5)
    (again,) = claimed(house)
    assert again.body["values"]["link"].endswith(token)
    settle(house, again, OutboxState.SENT)
    assert token not in stored(house)


def test_a_cancelled_letter_is_blanked_by_the_hour(house: House) -> None:
    """Who blocks the bot before the letter leaves: it is never sent, and its link goes too."""
    token = house.invite()
    house.store.write_now(outbox.silence_chat, ADMIN)
    assert house.store.write_now(redact.forget_links) == 1
    assert token not in stored(house)
    assert house.store.write_now(redact.forget_links) == 0


def test_other_letters_stay_as_they_are(house: House) -> None:
    """Only the two messages that carry a link are touched."""
    house.start(ANA)
    before = house.rows("SELECT body FROM outbox WHERE kind = 'Say'")
    house.store.write_now(outbox.silence_chat, ANA)
    house.store.write_now(upkeep.tidy, house.now)
    assert house.rows("SELECT body FROM outbox WHERE kind = 'Say'") == before


def test_the_update_that_opened_a_link_is_emptied(house: House) -> None:
    """The token of an enrolment that is not finished is still open: the inbox keeps none."""
    token = house.invite()
    arrived = Arrived(900, ANA, f'{{"message": {{"text": "/start {token}"}}}}')
    house.store.write_now(updates.receive, [arrived], house.now, backlog=False)
    house.updates = 899
    house.start(ANA, token)
    handled = house.store.write_now(updates.handle, 900, Caller(ANA), lambda _turn: None, house.now)
    assert handled
    assert house.topic(ANA) == "enrol_consent"
    assert house.rows("SELECT payload FROM inbox") == [("",)]
