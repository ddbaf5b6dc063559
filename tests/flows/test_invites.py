"""Links: made by admins, used once, guessed never."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.accounts.enrolment.open_link import begin
from bot.accounts.invites import tokens
from bot.accounts.invites.tokens import Why
from bot.accounts.people import bootstrap
from bot.store import people
from bot.store.tables import Role
from tests.flows.joining import ADMIN, ANA, BEN, House


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    """Return an empty house with one admin."""
    found = House(tmp_path)
    yield found
    found.store.close()


def test_the_link_and_only_its_hash(house: House) -> None:
    """The reply carries a link that Telegram takes; the invite's row holds no token."""
    token = house.invite(name="Zoë “Z” O'Neil <i>")
    assert re.fullmatch(r"[A-Za-z0-9_-]{1,64}", token)
    assert "Zoë “Z” O'Neil &lt;i&gt;" in house.text(ADMIN)
    assert f"https://t.me/holdfast_bot?start={token}" in house.text(ADMIN)
    assert "It works once" in house.text(ADMIN)
    (row,) = house.rows("SELECT * FROM invite")
    assert token not in map(str, row)


def test_only_an_admin_makes_links(house: House) -> None:
    """Someone else is refused, and the refusal names nothing."""
    house.act(ANA, tokens.create, "admin", "Eve", "holdfast_bot")
    house.act(ANA, tokens.revoke, 1)
    assert [topic for topic, _ in house.topics[ANA]] == ["not_allowed", "not_allowed"]
    assert house.last(ANA)[1] == {}
    assert house.count("invite") == 0


@pytest.mark.parametrize(
    ("role", "name", "says"),
    [
        (None, None, "The role is missing"),
        ("  ", "Ana", "The role is missing"),
        ("king", "Ana", "“king” is not a role"),
        ("<b>", "Ana", "“&lt;b&gt;” is not a role"),
        ("athlete", None, "The name is missing"),
        ("athlete", " \n ", "The name is missing"),
        ("athlete", "x" * 65, "has 65 characters"),
        ("athlete", "An\na", "one line without control characters"),
        ("athlete", "An\u0000a", "one line without control characters"),
        ("athlete", "An\u202ea", "one line without control characters"),
    ],
)
def test_a_wrong_role_or_name_is_one_sentence_with_an_example(
    house: House, role: str | None, name: str | None, says: str
) -> None:
    """Nothing is stored; the reply says what is wrong, what is allowed, and an example."""
    house.act(ADMIN, tokens.create, role, name, "holdfast_bot")
    assert house.topic(ADMIN) == "invite_problem"
    assert says in house.text(ADMIN)
    assert "/invite athlete Ana" in house.text(ADMIN)
    assert house.count("invite") == 0


@pytest.mark.parametrize("name", ["x", "x" * 64, "ÅSA", 'Jo "Jo" O’Neil', "علی\u200cرضا", "李"])
def test_names_stay_as_typed(name: str) -> None:
    """Case, accents, quotes and joiners are kept; spaces around are not."""
    assert tokens.read_name(f" {name} ") == name


def test_tame_name() -> None:
    """A display name loses what is refused elsewhere, and is never empty."""
    assert tokens.tame_name("A\u202en\na" + "x" * 99) == "Ana" + "x" * 61
    assert tokens.tame_name("\u0000") == "Athlete"


def test_f64_expired_revoked_used_and_unknown_say_the_same(house: House) -> None:
    """Every refusal is one sentence, and none tells whether the token ever existed."""
    used, revoked, expired = house.invite(), house.invite(), house.invite()
    house.enrol(BEN, used)
    house.tap(BEN, "Finish")
    house.act(ADMIN, tokens.revoke, 2)
    assert house.topic(ADMIN) == "invite_revoked"
    house.later(days=7)
    for token in (used, revoked, expired, "unknown", "x" * 64, "x" * 65, "ä", "a b"):
        house.start(ANA, token)
        assert house.last(ANA) == ("invite_refused", {})
    assert house.count("person") == 2
    assert house.count("enrolment") == 0


def test_why(house: House) -> None:
    """The reason is known inside the house."""
    token = house.invite()
    write = house.store.write_now
    assert write(tokens.redeem, ANA, "nonsense", house.now) is Why.UNKNOWN
    house.later(days=6, hours=23)
    assert not isinstance(write(tokens.redeem, ANA, token, house.now), Why)
    house.later(hours=1)
    assert write(tokens.redeem, ANA, token, house.now) is Why.EXPIRED


def test_a_revoked_or_used_link_is_not_revoked_again(house: House) -> None:
    """Revoking tells when there is no open link of that number."""
    house.invite()
    for _ in range(2):
        house.act(ADMIN, tokens.revoke, 1)
    house.act(ADMIN, tokens.revoke, 99)
    topics = [topic for topic, _ in house.topics[ADMIN]]
    assert topics == ["invite_made", "invite_revoked", "invite_gone", "invite_gone"]


def test_f64_guessing_is_limited(house: House) -> None:
    """After five wrong tokens a valid one is refused as well until the hour is over."""
    token = house.invite()
    for number in range(tokens.MAX_WRONG):
        house.start(ANA, f"guess{number}")
    house.start(ANA, token)
    assert house.topic(ANA) == "invite_refused"
    house.start(BEN, token)
    assert house.topic(BEN) == "enrol_consent"
    house.later(minutes=59)
    house.start(ANA, token)
    assert house.topic(ANA) == "invite_refused"
    house.restart()
    house.later(minutes=1)
    house.start(ANA, token)
    assert house.topic(ANA) == "enrol_consent"


def test_old_guesses_are_forgotten(house: House) -> None:
    """A wrong try takes everybody's tries of more than an hour ago away."""
    house.start(ANA, "guess")
    house.later(hours=1)
    house.start(BEN, "guess")
    assert house.rows("SELECT key FROM fact") == [(f"wrong_tokens:{BEN}",)]
    house.later(hours=1)
    house.start(BEN, "guess")
    assert house.rows("SELECT json_array_length(value) FROM fact") == [(1,)]


def test_old_links_are_no_guesses(house: House) -> None:
    """Opening one's own expired link often does not shut the door on the new one."""
    old = house.invite()
    house.later(days=8)
    for _ in range(9):
        house.start(ANA, old)
    house.start(ANA, house.invite())
    assert house.topic(ANA) == "enrol_consent"


@pytest.mark.parametrize("role", ["coach", "admin"])
def test_a_coach_or_admin_joins_at_once(house: House, role: str) -> None:
    """The role is granted on /start, with a note about what is stored; the link is used."""
    token = house.invite(role, "Sam")
    house.start(BEN, token)
    assert house.topic(BEN) == "role_granted"
    assert "Telegram id and name are stored" in house.text(BEN)
    assert house.read(people.who_is, BEN).roles == {Role(role)}
    assert house.rows("SELECT used_by IS NOT NULL FROM invite") == [(1,)]
    house.start(ANA, token)
    assert house.topic(ANA) == "invite_refused"
    house.start(BEN, token)
    assert house.topic(BEN) == "welcome_staff"
    assert house.rows("SELECT action FROM audit WHERE action = 'join'") == [("join",)]


def test_an_admin_of_the_settings_comes_for_the_first_time(house: House) -> None:
    """Their Telegram name becomes theirs, they are told what is stored; later they are back."""
    house.store.write_now(bootstrap.ensure, [BEN], house.now)
    house.start(BEN)
    assert house.last(BEN) == (
        "role_granted",
        {"role": "admin", "name": "A <b>name</b>", "asks_zone": True},
    )
    assert house.rows("SELECT action FROM audit WHERE action = 'join'") == [("join",)]
    house.start(BEN)
    assert house.topic(BEN) == "welcome_staff"


def test_an_athlete_opens_other_links(house: House) -> None:
    """An athlete link is not burnt by an athlete; a coach link adds the role."""
    house.enrol(ANA, house.invite())
    house.tap(ANA, "Finish")
    spare = house.invite()
    house.start(ANA, spare)
    assert house.topic(ANA) == "already_joined"
    house.start(BEN, spare)
    assert house.topic(BEN) == "enrol_consent"
    house.start(ANA, house.invite("coach", "Sam"))
    who = house.read(people.who_is, ANA)
    assert (who.name, who.roles) == ("Ana", {Role.ATHLETE, Role.COACH})


def test_a_coach_becomes_an_athlete(house: House) -> None:
    """The person stays one, under the same name, with both roles."""
    house.start(ANA, house.invite("coach", "Sam"))
    house.enrol(ANA, house.invite())
    house.tap(ANA, "Finish")
    who = house.read(people.who_is, ANA)
    assert (who.name, who.roles) == ("Sam", {Role.ATHLETE, Role.COACH})
    assert house.count("person") == 2


def test_a_claim_counts_once(house: House) -> None:
    """The conditional UPDATE lets one claim through, and none of a revoked or old link."""
    house.invite()
    write = house.store.write_now
    assert [write(tokens.claim, 1, house.now) for _ in range(2)] == [True, False]
    house.invite()
    house.later(days=7, hours=23)
    house.act(ANA, begin, None, "")
    assert write(tokens.claim, 2, house.now)
    house.invite()
    house.later(days=8)
    assert not write(tokens.claim, 3, house.now)


def test_f66_moving_to_another_account(house: House) -> None:
    """The old chat loses access and is told; plan and roles come along; the link works once."""
    house.enrol(ANA, house.invite())
    house.tap(ANA, "Finish")
    house.act(ADMIN, tokens.move, 2, "holdfast_bot")
    assert "loses access" in house.text(ADMIN)
    token = house.last(ADMIN)[1]["link"].partition("?start=")[2]
    house.start(ANA, token)
    assert house.topic(ANA) == "move_refused"
    house.start(BEN, token)
    assert (house.topic(ANA), house.topic(BEN)) == ("moved_away", "welcome_back")
    assert house.read(people.who_is, ANA).person_id is None
    assert house.read(people.who_is, BEN).roles == {Role.ATHLETE}
    assert (house.count("person"), house.count("plan"), house.count("occurrence")) == (2, 1, 1)
    house.start(ANA, token)
    assert house.topic(ANA) == "invite_refused"


def test_moving_is_for_admins_and_for_people_there_are(house: House) -> None:
    """Others are refused; an unknown number is one sentence."""
    house.act(ANA, tokens.move, 1, "holdfast_bot")
    house.act(ADMIN, tokens.move, 99, "holdfast_bot")
    assert (house.topic(ANA), house.topic(ADMIN)) == ("not_allowed", "invite_problem")
    assert house.count("invite") == 0
