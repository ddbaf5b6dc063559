"""Links: made by admins, used once, guessed never."""

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlmodel import select

from bot.accounts.enrolment.open_link import begin
from bot.accounts.invites import tokens
from bot.accounts.invites.tokens import TokenProblem
from bot.accounts.people import bootstrap
from bot.store import people
from bot.store.tables import OutboxRow, PersonRow, Role
from tests.flows.joining import ADMIN, ANA, BEN, JoinWorld


@pytest.fixture
def world(tmp_path: Path) -> Iterator[JoinWorld]:
    """Return a world with one admin alone."""
    with JoinWorld(tmp_path) as found:
        yield found


def test_the_link_and_only_its_hash(world: JoinWorld) -> None:
    """The reply carries a link that Telegram takes; the invite's row holds no token."""
    token = world.invite(name="Zoë “Z” O'Neil <i>")
    assert re.fullmatch(r"[A-Za-z0-9_-]{1,64}", token)
    assert "Zoë “Z” O'Neil &lt;i&gt;" in world.text(ADMIN)
    assert f"https://t.me/holdfast_bot?start={token}" in world.text(ADMIN)
    assert "It works once" in world.text(ADMIN)
    (row,) = world.rows("SELECT * FROM invite")
    assert token not in map(str, row)


def test_only_an_admin_makes_links(world: JoinWorld) -> None:
    """Someone else is refused, and the refusal names nothing."""
    world.act(ANA, tokens.create, "admin", "Eve", "holdfast_bot")
    world.act(ANA, tokens.revoke, 1)
    assert [topic for topic, _ in world.topics[ANA]] == ["not_allowed", "not_allowed"]
    assert world.last(ANA)[1] == {}
    assert world.size("invite") == 0


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
    world: JoinWorld, role: str | None, name: str | None, says: str
) -> None:
    """Nothing is stored; the reply says what is wrong, what is allowed, and an example."""
    world.act(ADMIN, tokens.create, role, name, "holdfast_bot")
    assert world.topic(ADMIN) == "invite_problem"
    assert says in world.text(ADMIN)
    assert "/invite athlete Ana" in world.text(ADMIN)
    assert world.size("invite") == 0


@pytest.mark.parametrize("name", ["x", "x" * 64, "ÅSA", 'Jo "Jo" O’Neil', "علی\u200cرضا", "李"])
def test_names_stay_as_typed(name: str) -> None:
    """Case, accents, quotes and joiners are kept; spaces around are not."""
    assert tokens.read_name(f" {name} ") == name


def test_tame_name() -> None:
    """A display name loses what is refused elsewhere, and is never empty."""
    assert tokens.tame_name("A\u202en\na" + "x" * 99) == "Ana" + "x" * 61
    assert tokens.tame_name("\u0000") == "Athlete"


@pytest.mark.parametrize("name", ["\u0000", "\u3164", "\u200b", "\u2800", "\u0301", " "])
@pytest.mark.parametrize("role", list(Role))
def test_f105_a_name_without_a_visible_sign_is_a_number(
    world: JoinWorld, name: str, role: Role
) -> None:
    """Nobody is nobody in a list: "Athlete 12", or the number of a coach or admin."""
    given = tokens.tame_name(name)
    joined = world.run(lambda db: people.join(db, 77_000, given, role, world.now).id)
    named = world.row(PersonRow, joined).name
    assert named == f"{role.value.capitalize()} {joined}"


def test_f108_who_joins_is_given_the_general_menu(world: JoinWorld) -> None:
    """Another program may have given this chat a list of its own, with the bot's token."""
    world.enrol(BEN, world.invite())
    world.tap(BEN, "Finish")
    told = select(OutboxRow.body).where(OutboxRow.chat_id == BEN, OutboxRow.kind == "Menu")
    assert world.read(lambda db: db.exec(told).all()) == ['{"roles": []}']


@pytest.mark.parametrize("name", ["\u3164", "\u200b", "\u2800"])
def test_f105_such_a_name_cannot_be_given(world: JoinWorld, name: str) -> None:
    """An invitation for it is refused in one sentence."""
    world.act(ADMIN, tokens.create, "athlete", name, "holdfast_bot")
    assert world.topic(ADMIN) == "invite_problem"
    assert "can be seen" in world.text(ADMIN)
    assert world.size("invite") == 0


def test_f64_expired_revoked_used_and_unknown_say_the_same(world: JoinWorld) -> None:
    """Every refusal is one sentence, and none tells whether the token ever existed."""
    used, revoked, expired = world.invite(), world.invite(), world.invite()
    world.enrol(BEN, used)
    world.tap(BEN, "Finish")
    world.act(ADMIN, tokens.revoke, 2)
    assert world.topic(ADMIN) == "invite_revoked"
    world.later(days=7)
    for token in (used, revoked, expired, "unknown", "x" * 64, "x" * 65, "ä", "a b"):
        world.start(ANA, token)
        assert world.last(ANA) == ("invite_refused", {})
    assert world.size("person") == 2
    assert world.size("enrolment") == 0


def test_why(world: JoinWorld) -> None:
    """The reason is known inside the world."""
    token = world.invite()
    write = world.store.write_now
    assert write(tokens.redeem, ANA, "nonsense", world.now) is TokenProblem.UNKNOWN
    world.later(days=6, hours=23)
    assert not isinstance(write(tokens.redeem, ANA, token, world.now), TokenProblem)
    world.later(hours=1)
    assert write(tokens.redeem, ANA, token, world.now) is TokenProblem.EXPIRED


def test_a_revoked_or_used_link_is_not_revoked_again(world: JoinWorld) -> None:
    """Revoking tells when there is no open link of that number."""
    world.invite()
    for _ in range(2):
        world.act(ADMIN, tokens.revoke, 1)
    world.act(ADMIN, tokens.revoke, 99)
    topics = [topic for topic, _ in world.topics[ADMIN]]
    assert topics == [
        "invite_made",
        "invitation",
        "invite_revoked",
        "invite_gone",
        "invite_gone",
    ]


def test_f64_guessing_is_limited(world: JoinWorld) -> None:
    """After five wrong tokens a valid one is refused as well until the hour is over."""
    token = world.invite()
    for number in range(tokens.MAX_WRONG):
        world.start(ANA, f"guess{number}")
    world.start(ANA, token)
    assert world.topic(ANA) == "invite_refused"
    world.start(BEN, token)
    assert world.topic(BEN) == "enrol_consent"
    world.later(minutes=59)
    world.start(ANA, token)
    assert world.topic(ANA) == "invite_refused"
    world.reopen()
    world.later(minutes=1)
    world.start(ANA, token)
    assert world.topic(ANA) == "enrol_consent"


def test_old_guesses_are_forgotten(world: JoinWorld) -> None:
    """A wrong try takes everybody's tries of more than an hour ago away."""
    world.start(ANA, "guess")
    world.later(hours=1)
    world.start(BEN, "guess")
    assert world.rows("SELECT key FROM fact") == [(f"wrong_tokens:{BEN}",)]
    world.later(hours=1)
    world.start(BEN, "guess")
    ((value,),) = world.rows("SELECT value FROM fact")
    assert len(json.loads(value)) == 1


def test_old_links_are_no_guesses(world: JoinWorld) -> None:
    """Opening one's own expired link often does not shut the door on the new one."""
    old = world.invite()
    world.later(days=8)
    for _ in range(9):
        world.start(ANA, old)
    world.start(ANA, world.invite())
    assert world.topic(ANA) == "enrol_consent"


@pytest.mark.parametrize("role", ["coach", "admin"])
def test_a_coach_or_admin_joins_at_once(world: JoinWorld, role: str) -> None:
    """The role is granted on /start, with a note about what is stored; the link is used."""
    token = world.invite(role, "Sam")
    world.start(BEN, token)
    assert world.topic(BEN) == "role_granted"
    assert "Telegram id and name are stored" in world.text(BEN)
    assert world.read(people.who_is, BEN).roles == {Role(role)}
    assert world.rows("SELECT used_by IS NOT NULL FROM invite") == [(1,)]
    world.start(ANA, token)
    assert world.topic(ANA) == "invite_refused"
    world.start(BEN, token)
    assert world.topic(BEN) == "welcome_staff"
    assert world.rows("SELECT action FROM audit WHERE action = 'join'") == [("join",)]


def test_an_admin_of_the_settings_comes_for_the_first_time(world: JoinWorld) -> None:
    """Their Telegram name becomes theirs, they are told what is stored; later they are back."""
    world.store.write_now(bootstrap.ensure, [BEN], world.now)
    world.start(BEN)
    assert world.last(BEN) == (
        "role_granted",
        {"role": "admin", "name": "A <b>name</b>", "asks_zone": True},
    )
    assert world.rows("SELECT action FROM audit WHERE action = 'join'") == [("join",)]
    world.start(BEN)
    assert world.topic(BEN) == "welcome_staff"


def test_an_athlete_opens_other_links(world: JoinWorld) -> None:
    """An athlete link is not burnt by an athlete; a coach link adds the role."""
    world.enrol(ANA, world.invite())
    world.tap(ANA, "Finish")
    spare = world.invite()
    world.start(ANA, spare)
    assert world.topic(ANA) == "already_joined"
    world.start(BEN, spare)
    assert world.topic(BEN) == "enrol_consent"
    world.start(ANA, world.invite("coach", "Sam"))
    who = world.read(people.who_is, ANA)
    assert (who.name, who.roles) == ("Ana", frozenset({Role.ATHLETE, Role.COACH}))


def test_a_coach_becomes_an_athlete(world: JoinWorld) -> None:
    """The person stays one, under the same name, with both roles."""
    world.start(ANA, world.invite("coach", "Sam"))
    world.enrol(ANA, world.invite())
    world.tap(ANA, "Finish")
    who = world.read(people.who_is, ANA)
    assert (who.name, who.roles) == ("Sam", frozenset({Role.ATHLETE, Role.COACH}))
    assert world.size("person") == 2


def test_a_claim_counts_once(world: JoinWorld) -> None:
    """The conditional UPDATE lets one claim through, and none of a revoked or old link."""
    world.invite()
    write = world.store.write_now
    assert [write(tokens.claim, 1, world.now) for _ in range(2)] == [True, False]
    world.invite()
    world.later(days=7, hours=23)
    world.act(ANA, begin, None, "")
    assert write(tokens.claim, 2, world.now)
    world.invite()
    world.later(days=8)
    assert not write(tokens.claim, 3, world.now)


def test_f66_moving_to_another_account(world: JoinWorld) -> None:
    """The old chat loses access and is told; plan and roles come along; the link works once."""
    world.enrol(ANA, world.invite())
    world.tap(ANA, "Finish")
    world.act(ADMIN, tokens.move, 2, "holdfast_bot")
    assert "loses access" in world.text(ADMIN)
    token = world.last(ADMIN)[1]["link"].partition("?start=")[2]
    world.start(ANA, token)
    assert world.topic(ANA) == "move_refused"
    world.start(BEN, token)
    assert (world.topic(ANA), world.topic(BEN)) == ("moved_away", "welcome_back")
    assert world.read(people.who_is, ANA).person_id is None
    assert world.read(people.who_is, BEN).roles == {Role.ATHLETE}
    assert (world.size("person"), world.size("plan"), world.size("occurrence")) == (2, 1, 1)
    world.start(ANA, token)
    assert world.topic(ANA) == "invite_refused"


def test_moving_is_for_admins_and_for_people_there_are(world: JoinWorld) -> None:
    """Others are refused; an unknown number is one sentence."""
    world.act(ANA, tokens.move, 1, "holdfast_bot")
    world.act(ADMIN, tokens.move, 99, "holdfast_bot")
    assert (world.topic(ANA), world.topic(ADMIN)) == ("not_allowed", "invite_problem")
    assert world.size("invite") == 0
