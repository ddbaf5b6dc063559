"""A start without an admin gives one link, and people read who runs the bot."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlmodel import SQLModel

from bot.accounts.invites import first_admin
from bot.accounts.people import bootstrap
from bot.accounts.phrases import run_by
from bot.accounts.privacy import flow as privacy
from bot.operations import operator
from bot.operations.operator import Operator
from bot.store import people
from bot.store.tables import Role
from tests.flows.joining import ADMIN, ANA, BEN, JoinWorld


@pytest.fixture
def world(tmp_path: Path) -> Iterator[JoinWorld]:
    """Return a bot with one admin, Ada."""
    with JoinWorld(tmp_path) as made:
        yield made


@pytest.fixture
def unled(world: JoinWorld) -> JoinWorld:
    """Return a bot without an admin."""
    world.run(people.revoke, people_id(world, ADMIN), Role.ADMIN)
    return world


def people_id(world: JoinWorld, telegram_id: int) -> int:
    """Return somebody's id."""
    person = world.read(people.by_telegram, telegram_id)
    assert person is not None
    assert person.id is not None
    return person.id


def roles(world: JoinWorld, telegram_id: int) -> frozenset[Role]:
    """Return somebody's roles."""
    found: frozenset[Role] = world.read(people.who_is, telegram_id).roles
    return found


def test_the_first_admin_joins_by_the_link(unled: JoinWorld) -> None:
    """Once, by the name that Telegram shows; then no start gives another."""
    token = unled.run(first_admin.renew, unled.now)
    unled.start(ANA, token)
    assert unled.topic(ANA) == "role_granted"
    assert roles(unled, ANA) == {Role.ADMIN}
    assert unled.last(ANA)[1]["name"] == "A <b>name</b>"
    unled.start(BEN, token)
    assert unled.topic(BEN) == "invite_refused"
    assert roles(unled, BEN) == frozenset()
    assert unled.run(first_admin.renew, unled.now) is None


def test_it_expires(unled: JoinWorld) -> None:
    """After an hour it opens nothing; whoever is an athlete meanwhile gets nothing by it."""
    token = unled.run(first_admin.renew, unled.now)
    unled.later(minutes=61)
    unled.start(ANA, token)
    assert unled.topic(ANA) == "invite_refused"


def test_a_new_start_replaces_it(unled: JoinWorld) -> None:
    """The earlier link opens nothing any more, the new one does."""
    first = unled.run(first_admin.renew, unled.now)
    second = unled.run(first_admin.renew, unled.now + timedelta(minutes=1))
    assert first != second
    unled.start(ANA, first)
    assert unled.topic(ANA) == "invite_refused"
    unled.start(ANA, second)
    assert roles(unled, ANA) == {Role.ADMIN}


def test_with_an_admin_there_is_none(world: JoinWorld) -> None:
    """One who joined, or one whom the settings name; an open link is closed then."""
    assert world.run(first_admin.renew, world.now) is None
    world.run(people.revoke, people_id(world, ADMIN), Role.ADMIN)
    token = world.run(first_admin.renew, world.now)
    world.run(bootstrap.ensure, [BEN], world.now)
    assert world.run(first_admin.renew, world.now) is None
    world.start(ANA, token)
    assert world.topic(ANA) == "invite_refused"


def test_only_its_hash_is_stored(unled: JoinWorld) -> None:
    """Whoever reads the database finds no link in it."""
    token = unled.run(first_admin.renew, unled.now)
    assert token is not None
    tables = SQLModel.metadata.tables.values()
    found = unled.read(lambda db: [db.execute(table.select()).all() for table in tables])
    assert token not in str(found)


NAMED = Operator("Physio <Berg>", "privacy@berg.example & 55 12 34 56")


@pytest.mark.parametrize("found", [NAMED, Operator()])
def test_consent_and_privacy_name_who_runs_the_bot(world: JoinWorld, found: Operator) -> None:
    """Before anything is agreed to, and whenever it is asked for; or that nobody is named."""
    world.run(operator.note, found, world.now)
    said = run_by(found.name, found.contact)
    world.act(BEN, privacy.privacy)
    assert said in world.text(BEN)
    world.start(ANA, world.invite())
    assert world.topic(ANA) == "enrol_consent"
    assert said in world.text(ANA)
    world.act(ADMIN, privacy.privacy)
    assert said in world.text(ADMIN)


def test_the_longest_names_fit() -> None:
    """As long as the settings take them."""
    assert len(run_by("n" * 100, "c" * 200)) < 350


@given(name=st.text(max_size=100), contact=st.text(max_size=200))
def test_it_is_a_sentence_whatever_is_named(name: str, contact: str) -> None:
    """Nothing of it is markup, and what is missing leaves no gap."""
    said = run_by(name, contact)
    assert said.count("<") == 2
    assert said.endswith(".")
