"""Links by button and by name: revoked, and made for somebody's new account."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.accounts.invites.tokens import TokenProblem, redeem
from bot.store import people
from bot.store.tables import InviteRow, Role
from tests.flows.talking import Talk
from tests.flows.world import ADMIN, COACH, RUNA, STRANGER


@pytest.fixture
def talk(tmp_path: Path) -> Iterator[Talk]:
    """An admin, Ada, the coaches Ana and Anna Maria, and the athlete Runa."""
    with Talk(tmp_path) as made:
        made.person(ADMIN, "Ada", Role.ADMIN)
        made.person(COACH, "Ana", Role.COACH)
        made.person(COACH + 50, "Anna Maria", Role.COACH)
        made.athlete()
        yield made


def token(told: str) -> str:
    """Return the token of the link in a message."""
    return told.partition("?start=")[2].split()[0]


def name_of(talk: Talk, telegram_id: int) -> str:
    """Return who uses a Telegram account."""
    return talk.store.read_now(people.who_is, telegram_id).name


def test_the_message_of_a_link_revokes_it(talk: Talk) -> None:
    """One tap: the link is dead, and the message shows it no more."""
    made = token(talk.says(ADMIN, "/invite athlete Zoe"))
    assert "revoked" in talk.taps(ADMIN, "Revoke")
    assert made not in talk.text(ADMIN)
    assert talk.run(redeem, 5, made, talk.now) is TokenProblem.REVOKED


def test_a_second_tap_revokes_nothing(talk: Talk) -> None:
    """A used link is said to be not open any more."""
    talk.says(STRANGER, f"/start {token(talk.says(ADMIN, '/invite coach Sam'))}")
    assert "no longer open" in talk.taps(ADMIN, "Revoke")


@pytest.mark.parametrize(
    ("typed", "name"),
    [("Ana", "Ana"), (" aNA ", "Ana"), ("Anna", "Anna Maria"), ("anna  maria", "Anna Maria")],
)
def test_f66_relink_moves_the_one_who_fits(talk: Talk, typed: str, name: str) -> None:
    """A whole name wins over the beginning of another; the new account is that person then."""
    talk.says(STRANGER, f"/start {token(talk.says(ADMIN, f'/relink {typed}'))}")
    assert name_of(talk, STRANGER) == name


def test_relink_asks_which_of_several(talk: Talk) -> None:
    """Everybody who fits is a button, with the roles; one tap makes the link."""
    talk.says(ADMIN, "/relink an")
    assert talk.labels(ADMIN) == ["Ana (coach)", "Anna Maria (coach)"]
    talk.says(STRANGER, f"/start {token(talk.taps(ADMIN, 'Anna Maria'))}")
    assert name_of(talk, STRANGER) == "Anna Maria"


def test_relink_alone_asks_whom(talk: Talk) -> None:
    """Everybody is offered."""
    talk.says(ADMIN, "/relink")
    assert len(talk.labels(ADMIN)) == 4


@pytest.mark.parametrize("typed", ["Zoë <b>", "Runa and more", "#99"])
def test_relink_of_nobody_is_one_sentence(talk: Talk, typed: str) -> None:
    """Nothing is made."""
    assert f"nobody called “{typed}”" in talk.says(ADMIN, f"/relink {typed}")
    assert talk.count(InviteRow) == 0


def test_a_new_link_to_move_by_replaces_the_open_one(talk: Talk) -> None:
    """A second one leaves one link that works; links for others stay open."""
    for name in ("Runa", "Ana", "Ana"):
        talk.says(ADMIN, f"/relink {name}")
    open_now = [talk.row(InviteRow, number).revoked_at is None for number in (1, 2, 3)]
    assert open_now == [True, False, True]


def test_f66_the_old_account_is_a_stranger(talk: Talk) -> None:
    """Whoever has the old phone sees nothing more."""
    talk.says(STRANGER, f"/start {token(talk.says(ADMIN, '/relink Runa'))}")
    assert "moved to another" in talk.text(RUNA)
    assert "private bot" in talk.says(RUNA, "/history")
