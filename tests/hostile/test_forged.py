"""Buttons that nobody was given, and links that nobody was sent."""

from collections.abc import Iterator
from datetime import timedelta
from itertools import product
from pathlib import Path
from random import Random

import pytest
from sqlalchemy import text
from sqlmodel import Session as Db

from bot.accounts.invites import tokens
from bot.conversation.interaction import Interaction
from bot.dispatch.commands.catalogue import COMMANDS
from bot.store import people
from bot.store.outbox_claims import Claimed
from bot.telegram.callbacks import PRESSES
from tests.hostile import words
from tests.hostile.people import ADA, EVE, JONAS, LEE, MARIA, STRANGERS
from tests.hostile.world import HostileWorld

VALUES = ("", "-1:0", "1:1:1", "0:3", "yes", "start", "skip", "tired", "erase_yes")
IDS = (1, 2)
"""Sessions, people, occurrences and invitations: Maria's and Jonas's."""


@pytest.mark.parametrize(
    "who", [STRANGERS[0], LEE, EVE], ids=["a stranger", "a coach without athletes", "an athlete"]
)
async def test_f63_every_kind_of_button_about_somebody_else(world: HostileWorld, who: int) -> None:
    """Each verb with each id: the press is answered, nothing of theirs changes."""
    before = world.protected()
    presses = [
        world.press(who, f"1:{verb}:{number}:{value}".removesuffix(":"))
        for verb, number, value in product(PRESSES, IDS, VALUES)
    ]
    await _slowly(world, presses)
    assert world.wrong(before) == []


@pytest.mark.parametrize("who", [EVE, LEE], ids=["an athlete", "a coach"])
async def test_f63_a_press_that_comes_without_its_message(world: HostileWorld, who: int) -> None:
    """Telegram may leave it out: the press is answered, and nothing fails."""
    before = world.protected()
    presses = [
        world.press(who, f"1:{verb}:{number}:{value}".removesuffix(":"))
        for verb, number, value in product(PRESSES, IDS, VALUES)
    ]
    for one in presses:
        del one["callback_query"]["message"]
    await _slowly(world, presses)
    assert world.wrong(before) == []


async def test_f63_every_commands_button_by_an_athlete(world: HostileWorld) -> None:
    """A coach's and an admin's buttons do for an athlete what they do for nobody."""
    before = world.protected()
    presses = [
        world.press(EVE, f"1:{verb}:{name}:{number}:{value}"[:64])
        for verb, name, number, value in product("cwa", COMMANDS, IDS[:1], ("", "off yes"))
    ]
    await _slowly(world, presses)
    assert world.wrong(before) == []


async def test_f63_another_persons_session_is_refused_in_words(world: HostileWorld) -> None:
    """The athlete who presses Maria's pain button hears that it is not active, and nothing else."""
    told = await _told(world, EVE, world.press(EVE, "1:p:1:-1:9"))
    assert {(one.kind, one.body.get("topic")) for one in told} == {
        ("Answer", "inactive"),
        ("Retire", None),
    }


async def test_f63_noise_of_64_bytes(world: HostileWorld) -> None:
    """Old versions, cut-off and doubled data, and bytes without any meaning."""
    before = world.protected()
    rng = Random(64)
    noise = [rng.randbytes(64).decode("latin-1") for _ in range(100)]
    whole = "1:p:2:-1:3"
    cut = [whole[:length] for length in range(len(whole))]
    other = [whole.replace("1", version, 1) for version in ("0", "2", "01", "٣", "")]
    made = [*noise, *cut, *other, whole * 6, whole + ":0", "\ud83d", "\0", "::::", "1:p:2:-1:٣"]
    await _slowly(world, [world.press(EVE, one) for one in made])
    assert world.wrong(before) == []


async def _told(world: HostileWorld, who: int, update: dict[str, object]) -> list[Claimed]:
    """Let one update come; return what its sender is told because of it."""
    letters = await world.takes([update])
    return [one for one in letters if one.chat_id == who and one.key.startswith("u")]


async def _slowly(world: HostileWorld, updates: list[dict[str, object]]) -> None:
    """Let updates come twenty a minute, so that none is refused for being too many."""
    for start in range(0, len(updates), 20):
        await world.takes(updates[start : start + 20])
        world.clock.at += timedelta(seconds=60)


# ---- links ----------------------------------------------------------------------------


@pytest.fixture
def together(tmp_path: Path) -> Iterator[HostileWorld]:
    """The same bot with its writer thread, which commits what waits together."""
    made = HostileWorld(tmp_path, Random(1), inline=False)
    yield made
    made.close()


def invited(world: HostileWorld, role: str) -> str:
    """Return the token of a link that the admin made."""

    def make(db: Db) -> str:
        turn = Interaction(db, people.who_is(db, ADA), 0, world.clock.now())
        tokens.create(turn, role, "Sam", "holdfast_bot")
        body = db.connection().execute(text("SELECT body FROM outbox ORDER BY id DESC")).scalar()
        return str(body).partition("?start=")[2].partition('"')[0]

    return world.store.write_now(make)


async def test_f64_a_link_opened_by_twenty_at_once(together: HostileWorld) -> None:
    """One of them is the coach; nineteen hear the same sentence as who guesses."""
    token = invited(together, "coach")
    crowd = STRANGERS[:20]
    letters = await together.takes([together.message(who, text=f"/start {token}") for who in crowd])
    refused = {one.chat_id for one in letters if one.body.get("topic") == "invite_refused"}
    assert len(refused) == 19
    query = "SELECT count(*) FROM role WHERE role = 'coach'"
    assert together.store.read_now(lambda db: db.connection().execute(text(query)).scalar()) == 3


async def test_f64_a_link_played_again_by_who_used_it(together: HostileWorld) -> None:
    """Sent ten times at once it is used once, and ten times later not again."""
    token = invited(together, "coach")
    for _ in range(2):
        await together.takes(
            [together.message(STRANGERS[0], text=f"/start {token}") for _ in range(10)]
        )
    query = "SELECT count(*) FROM invite WHERE used_at IS NOT NULL"
    assert together.store.read_now(lambda db: db.connection().execute(text(query)).scalar()) == 1
    assert together.failed() == []


async def test_f64_guessing_opens_nothing(world: HostileWorld) -> None:
    """Two hundred guesses by many accounts; the link is there, and works afterwards."""
    token = invited(world, "coach")
    before = world.protected()
    rng = Random(192)
    guesses = [f"/start {words.token(rng)}" for _ in range(200)]
    await _slowly(world, [world.message(rng.choice(STRANGERS), text=one) for one in guesses])
    assert world.wrong(before) == []
    (letter,) = await _told(world, 9_999, world.message(9_999, text=f"/start {token}"))
    assert letter.body["topic"] != "invite_refused"


async def test_f64_an_expired_link_opens_nothing(world: HostileWorld) -> None:
    """A week later it is as unknown as a guess."""
    token = invited(world, "admin")
    world.clock.at += timedelta(seconds=7 * 24 * 3600)
    before = world.protected()
    (letter,) = await _told(world, 9_999, world.message(9_999, text=f"/start {token}"))
    assert letter.body["topic"] == "invite_refused"
    assert world.wrong(before) == []


async def test_f64_an_athletes_link_is_not_for_another_role(world: HostileWorld) -> None:
    """An athlete's link begins an athlete's questions, for Jonas it changes nothing."""
    token = invited(world, "athlete")
    before = world.protected()
    await world.takes([world.message(who, text=f"/start {token}") for who in (MARIA, JONAS)])
    changed = [line for line in world.wrong(before) if "letters" not in line]
    assert changed == []
