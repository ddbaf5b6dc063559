"""Links by button and by name: revoked, and made for somebody's new account."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.flows import name_search, relinking
from bot.flows.invites import Why, redeem
from bot.store import people
from bot.store.tables import PersonRow, Role
from tests.flows.joining import ADMIN, ANA, BEN, START, House

BOT = "holdfast_bot"


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    """Return a house with an admin, Ada, and the coaches Ana, Anna and Ben."""
    found = House(tmp_path)
    for who, name in ((ANA, "Ana"), (ANA + 50, "Anna Maria"), (BEN, "Ben")):
        found.store.write_now(people.join, who, name, Role.COACH, found.now)
    yield found
    found.store.close()


def token(house: House) -> str:
    """Return the token of the link the admin sees."""
    link: str = house.last(ADMIN)[1]["link"]
    return link.partition("?start=")[2]


def test_the_message_of_a_link_revokes_it(house: House) -> None:
    """One tap: the link is dead, and the message shows it no more."""
    made = house.invite()
    house.tap(ADMIN, "Revoke")
    assert (house.topic(ADMIN), house.labels(ADMIN)) == ("invite_revoked", [])
    assert made not in house.text(ADMIN)
    assert house.store.write_now(redeem, 5, made, house.now) is Why.REVOKED


def test_a_second_tap_revokes_nothing(house: House) -> None:
    """A used or revoked link is said to be not open any more."""
    house.invite("coach", "Sam")
    house.start(77, token(house))
    house.tap(ADMIN, "Revoke")
    assert house.topic(ADMIN) == "invite_gone"


def test_only_an_admin_revokes_or_moves_by_button(house: House) -> None:
    """Somebody else's press of forged data is not active."""
    house.invite()
    for data in ("1:i:1", "1:l:1", "1:i:x", "1:l", "1:i:1:2"):
        house.press(ANA, data, message_id=1)
    assert house.answers == ["inactive"] * 5
    assert house.rows("SELECT revoked_at FROM invite") == [(None,)]


@pytest.mark.parametrize(
    ("typed", "name"),
    [("Ana", "Ana"), (" aNA ", "Ana"), ("Anna", "Anna Maria"), ("anna  maria", "Anna Maria")],
)
def test_relink_finds_the_one_who_fits(house: House, typed: str, name: str) -> None:
    """The whole name wins over the beginning of another; case and spaces do not count."""
    house.act(ADMIN, relinking.relink_by_name, typed, BOT)
    assert house.topic(ADMIN) == "move_made"
    house.start(99, token(house))
    assert house.read(people.who_is, 99).name == name


def test_relink_asks_which_of_several(house: House) -> None:
    """Each who fits is a button, with the roles; one tap makes the link, in the same message."""
    house.act(ADMIN, relinking.relink_by_name, "an", BOT)
    assert house.labels(ADMIN) == ["Ana (coach)", "Anna Maria (coach)"]
    house.tap(ADMIN, "Anna Maria (coach)")
    assert house.topic(ADMIN) == "move_made"
    house.start(99, token(house))
    assert house.read(people.who_is, 99).name == "Anna Maria"


@pytest.mark.parametrize(
    ("name", "topic", "says"),
    [
        ("Zoë <b>", "relink_nobody", "I found nobody called “Zoë &lt;b&gt;”."),
        (" ", "relink_no_name", "Write /relink Runa."),
    ],
)
def test_relink_of_nobody_is_one_sentence(house: House, name: str, topic: str, says: str) -> None:
    """Nothing is made."""
    house.act(ADMIN, relinking.relink_by_name, name, BOT)
    assert house.topic(ADMIN) == topic
    assert says in house.text(ADMIN)
    assert house.count("invite") == 0


def test_relink_is_for_admins(house: House) -> None:
    """Anybody else is refused before anyone is looked for."""
    house.act(ANA, relinking.relink_by_name, "Ben", BOT)
    assert house.last(ANA) == ("not_allowed", {})


def test_a_person_who_has_gone_meanwhile(house: House) -> None:
    """The button of somebody who is not here any more is one sentence."""
    house.press(ADMIN, "1:l:99", message_id=1)
    assert house.topic(ADMIN) == "invite_problem"
    assert "not here any more" in house.text(ADMIN)


def test_a_new_link_to_move_by_replaces_the_open_one(house: House) -> None:
    """A second tap leaves one link that works; links for others stay open."""
    for name in ("Ben", "Ana", "Ana"):
        house.act(ADMIN, relinking.relink_by_name, name, BOT)
    assert house.rows("SELECT revoked_at IS NULL FROM invite ORDER BY id") == [(1,), (0,), (1,)]


def test_as_many_are_offered_as_a_message_takes() -> None:
    """The rest is told as a number."""
    many = [PersonRow(id=n, name=f"Ana {n}", created_at=START) for n in range(1, 13)]
    found = name_search.matching(many, "ana")
    shown = found.choice(lambda _one: {})
    assert (len(shown["people"]), shown["more"], found.only) == (10, 2, None)
