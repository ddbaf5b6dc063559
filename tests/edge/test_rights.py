"""Who may do what: forged buttons, foreign people, groups, and those whom nobody invited."""

from pathlib import Path

import pytest
from sqlmodel import Session as Db
from sqlmodel import select

from bot.protocol.dose.dose import Dose
from bot.protocol.session.state import Phase
from bot.store.tables import InboxRow, RatingRow, SessionRow
from testkit.world import BotWorld, world_at

SHORT = Dose(hold_s=10, holds=3, rest_s=20)


def stored(db: Db) -> tuple[int, int]:
    """Return how many sessions and ratings there are."""
    return len(db.exec(select(SessionRow)).all()), len(db.exec(select(RatingRow)).all())


async def test_f63_a_foreign_persons_button(world: BotWorld) -> None:
    """Another athlete's button changes nothing and tells nothing."""
    maria, jonas = world.athlete("Maria", dose=SHORT), world.athlete("Jonas", dose=SHORT)
    await world.say(maria, "/session")
    await world.say(jonas, "/session")
    hers = world.newest(maria).id
    for data in (f"1:p:{hers}:-1:1", f"1:x:{hers}", f"1:g:{hers}", f"1:r:{hers}:tired"):
        jonas.press(data, jonas.last)
        await world.settle()
        assert "not active" in jonas.toasts[-1].text
    assert world.newest(maria).value.phase is Phase.ASKED_BEFORE


@pytest.mark.parametrize(
    "data",
    [
        "",
        "1",
        "1:",
        "1:p",
        "1:p:x:y:z",
        "1:p:1:-1:11",
        "1:p:1:-1:-1",
        "1:p:1:-1:٣",
        "1:p:99999999999999999999:0:1",
        "0:p:1:-1:1",
        "2:p:1:-1:1",
        "1:zz:1",
        "1:o:1:explode",
        "1:v:everything",
        "1:u:1",
        "1:F:made-up",
        "1:e:consent:yes",
        "1:s:zone:Mars/Olympus",
        "é" * 32,
        "\x00" * 64,
        "'; DROP TABLE rating; --",
    ],
)
async def test_f63_garbage_in_a_button(world: BotWorld, data: str) -> None:
    """Unknown verbs, wrong values, old versions and noise are refused without a trace."""
    maria = world.athlete(dose=SHORT)
    await world.say(maria, "/session")
    before = world.store.read_now(stored)
    maria.press(data or "1:", maria.last)
    await world.settle()
    assert world.store.read_now(stored) == before
    assert world.newest(maria).value.phase is Phase.ASKED_BEFORE
    failed = world.store.read_now(
        lambda db: db.exec(select(InboxRow).where(InboxRow.error.is_not(None))).all()  # type: ignore[union-attr]
    )
    assert list(failed) == []


@pytest.mark.parametrize("text", ["hello", "/session", "/help", "/invite athlete X", "stop", "4"])
async def test_strangers_learn_nothing(world: BotWorld, text: str) -> None:
    """Without an invitation there is a polite refusal that names nobody and nothing."""
    world.athlete("Maria")
    stranger = world.person("Stranger")
    await world.say(stranger, text)
    told = " ".join(m.text for m in stranger.chat if m.from_bot)
    assert told
    assert "Maria" not in told
    assert "/invite" not in told


async def test_an_athlete_may_not_do_an_admins_work(world: BotWorld) -> None:
    """/invite and /unlock by an athlete are unknown to them."""
    maria = world.athlete()
    for text in ("/invite athlete Jonas", "/unlock Maria"):
        await world.say(maria, text)
        assert "t.me" not in maria.last.text
        assert "unlocked" not in maria.last.text.lower()


async def test_groups_are_not_answered(world: BotWorld) -> None:
    """A command in a group leads to no message at all."""
    maria = world.athlete()
    group = world.sandbox.group("Club", [maria])
    start = world.sandbox.log.seq
    maria.say("/session@holdfast_bot", to=group)
    await world.settle()
    assert not [e for e in world.sandbox.log.after(start) if e.method == "sendMessage"]


async def test_from_invite_to_a_finished_session(world: BotWorld) -> None:
    """An admin's link, the whole enrolment by buttons, the first reminder, a session."""
    admin = world.admin()
    await world.say(admin, "/invite athlete Zoë O'Neill")
    link = next(word for word in admin.last.text.split() if "t.me" in word)
    token = link.partition("start=")[2]
    zoe = world.person("zoe_on_telegram")
    await world.say(zoe, f"/start {token}")
    for label in ("Agree", "Yes", "None of these", "Left"):
        await world.tap(zoe, label)
    zoe.send_location(52.52, 13.4)
    await world.settle()
    assert "Europe/Berlin" in zoe.last.text
    for label in ("Yes", "Every day", "07:30", "Finish"):
        await world.tap(zoe, label)
    assert "07:30" in zoe.last.text
    await world.passes(minutes=30)
    assert zoe.last.text.startswith("Zoë O'Neill, time for your holds")
    await world.tap(zoe, "Start")
    await world.tap(zoe, "0")
    assert world.newest(zoe).value.phase is Phase.GET_SET


async def test_enrolment_survives_a_restart(tmp_path: Path) -> None:
    """Half-way through, the program restarts; the next answer goes on where it was."""
    async with world_at(tmp_path, open_enrolment=True) as world:
        zoe = world.person("Zoe")
        await world.say(zoe, "/start")
        await world.tap(zoe, "Agree")
        await world.restart()
        await world.tap(zoe, "Yes")
        assert "None of these" in [b.label for row in zoe.last.buttons for b in row]


async def test_f74_erased(world: BotWorld) -> None:
    """After /erase and its day of grace old buttons and commands find a stranger."""
    maria = world.athlete(dose=SHORT)
    await world.say(maria, "/session")
    question = maria.last
    await world.say(maria, "/erase")
    await world.tap(maria, "Erase everything")
    await world.passes(hours=25)
    assert world.store.read_now(stored) == (0, 0)
    await world.tap(maria, "1", on=question)
    await world.say(maria, "/history")
    assert "holds" not in maria.last.text.lower() or "invit" in maria.last.text.lower()
    assert world.store.read_now(stored) == (0, 0)
