"""A letter that cannot be read is set aside alone; a refused token keeps letters for a good one."""

from datetime import timedelta
from typing import Any, Final

import pytest
from structlog.testing import capture_logs
from telegram.error import InvalidToken

from bot.dispatch import due_work, registry, upkeep
from bot.letters import Priority, UnreadableError
from bot.operations import figures
from bot.protocol.dose.dose import Dose
from bot.protocol.session.state import Phase
from bot.store import outbox, outbox_claims
from bot.store.dialect import has_file
from bot.store.engine import Store
from bot.store.outbox import Letter
from telegram_sandbox import Person
from testkit.world import BotWorld
from tests.edge.test_delivery import begun, says, state

SHORT = Dose(hold_s=10, holds=3, rest_s=20)
NOT_JSON = ("", "{", "not json", "[1]", "null", '"words"', "7")
WRONG = ('{"nothing": "of use"}', '{"topic": []}', '{"topic": {"values": 3}}', "{}")


def rows(store: Store, query: str, *values: Any) -> list[tuple[Any, ...]]:
    """Run a query of the test's own; return what it finds."""

    def run(db: Any) -> list[tuple[Any, ...]]:
        asked = query if has_file(db) else query.replace("?", "%s")
        found = db.connection().exec_driver_sql(asked, values)
        return [tuple(row) for row in found] if found.returns_rows else []

    return store.write_now(run)


def put(world: BotWorld, key: str, who: Person, **more: Any) -> None:
    """Put a plain reply into the outbox."""
    values: dict[str, Any] = {
        "kind": "Say",
        "body": {"topic": "known", "values": {}},
        "priority": Priority.REPLY,
        "due": world.clock.now(),
        "repeatable": True,
        **more,
    }
    world.store.write_now(outbox.put, Letter(key=key, chat_id=who.id, **values))


def fates(world: BotWorld, *keys: str) -> list[tuple[str, str | None]]:
    """Return state and error of some letters."""
    found = {
        key: (state, error)
        for key, state, error in rows(world.store, "SELECT key, state, error FROM outbox")
    }
    return [found[key] for key in keys]


async def rests(world: BotWorld) -> None:
    """Let everything happen; what is set aside is no call, so it is looked once more."""
    for _ in range(3):
        await world.settle()


def damage(world: BotWorld, key: str, body: str, kind: str | None = None) -> None:
    """Write something else into a letter's row."""
    rows(world.store, "UPDATE outbox SET body = ? WHERE key = ?", body, key)
    if kind is not None:
        rows(world.store, "UPDATE outbox SET kind = ? WHERE key = ?", kind, key)


@pytest.mark.parametrize("body", [*NOT_JSON, *WRONG])
@pytest.mark.parametrize("kind", ["Say", "Hold", "Summary"])
async def test_f135_a_letter_that_cannot_be_read_is_set_aside_alone(
    world: BotWorld, body: str, kind: str
) -> None:
    """The letters before and behind it go out; an admin hears of it, and /status counts it."""
    admin, maria, jonas = world.admin(), world.athlete("Maria"), world.athlete("Jonas")
    for key, who in (("one", maria), ("bad", maria), ("two", maria), ("three", jonas)):
        put(world, key, who)
    damage(world, "bad", body, kind)
    await rests(world)
    sent = ("sent", None)
    assert fates(world, "one", "bad", "two", "three") == [
        sent,
        ("failed", "unreadable"),
        sent,
        sent,
    ]
    assert "This version cannot read it." in world.heard(admin)[-1]
    await world.say(admin, "/status")
    assert "1 × message lost for good" in admin.last.text


@pytest.mark.parametrize("body", ["{", '{"no": 1}'])
async def test_f135_one_that_has_expired_stops_nobody(world: BotWorld, body: str) -> None:
    """Its deadline passed before anybody looked: it is set aside all the same."""
    maria = world.athlete()
    put(world, "bad", maria, not_after=world.clock.now() + timedelta(seconds=5))
    damage(world, "bad", body, "OfAnotherVersion")
    world.clock.at += timedelta(minutes=1)
    put(world, "good", maria)
    await world.settle()
    assert fates(world, "bad", "good") == [("failed", "unreadable"), ("sent", None)]


@pytest.mark.parametrize("body", ["{", '{"no": 1}'])
@pytest.mark.parametrize("kind", ["Say", "OfAnotherVersion", "Hold", "Release", "Stopped"])
async def test_f135_one_that_was_under_way_keeps_no_program_from_starting(
    world: BotWorld, body: str, kind: str
) -> None:
    """An older or newer version was sending it when it ended: this one starts, and goes on."""
    maria = world.athlete(dose=SHORT)
    await begun(world, maria)
    priority = {"Hold": 2, "Release": 1, "Stopped": 0}.get(kind, 4)
    session, again = world.newest(maria).id, kind != "Hold"
    put(world, "bad", maria, session_id=session, priority=priority, repeatable=again)
    put(world, "good", maria)
    damage(world, "bad", body, kind)
    found = rows(world.store, "SELECT id FROM outbox WHERE key IN ('bad', 'good')")
    ids = [number for (number,) in found]
    world.store.write_now(outbox_claims.claim, ids, world.clock.now())
    await world.restart()
    await rests(world)
    left = {("pending", "unknown")} if kind == "OfAnotherVersion" else set()
    assert fates(world, "bad")[0] in {("failed", "unreadable"), ("cancelled", "restart"), *left}
    assert fates(world, "good")[0][0] == "sent"


@pytest.mark.parametrize("kind", ["Hold", "HoldOfAnotherVersion"])
@pytest.mark.parametrize("body", ["{", '{"seconds": "ten"}', "{}"])
async def test_f135_a_hold_that_cannot_be_read_breaks_the_set_off(
    world: BotWorld, kind: str, body: str
) -> None:
    """Nobody was cued: the set does not go on as if somebody held."""
    maria = world.athlete(dose=SHORT)
    await begun(world, maria)
    world.clock.at += timedelta(seconds=10)
    await world.store.write(due_work.act_due, world.clock.now())
    (key,) = rows(world.store, "SELECT key FROM outbox WHERE kind = 'Hold'")[0]
    damage(world, key, body, kind)
    await world.settle()
    assert fates(world, key) == [("failed", "unreadable")]
    assert world.newest(maria).value.phase is Phase.INTERRUPTED
    assert maria.last.text.startswith("RELEASE. Rest.")
    assert says(world, maria, "HOLD") == 0


@pytest.mark.parametrize(("seconds", "kind", "word"), [(19, "Release", "RELEASE"), (3, "", "STOP")])
async def test_f135_a_cue_that_cannot_be_read_is_said_anew(
    world: BotWorld, seconds: float, kind: str, word: str
) -> None:
    """RELEASE or STOP of another version: this one says it in its own words."""
    maria = world.athlete(dose=SHORT)
    await begun(world, maria)
    await world.passes(seconds=seconds - 0.5)
    if word == "STOP":
        maria.say("stop")
        await world.poller.step(0)
        await world.inbox.step()
        await world.inbox.settled()
    else:
        world.clock.at += timedelta(seconds=1)
        await world.store.write(due_work.act_due, world.clock.now())
    priority = 0 if word == "STOP" else 1
    query = "SELECT key FROM outbox WHERE priority = ? AND state = 'pending'"
    (key,) = rows(world.store, query, priority)[0]
    damage(world, key, "{", kind or "Stop2")
    await rests(world)
    assert any(text.startswith(f"{word}.") for text in world.heard(maria))
    question = "Why did you stop?" if word == "STOP" else "Worst pain"
    assert question in maria.last.text


async def test_f135_nothing_that_reads_letters_minds(world: BotWorld) -> None:
    """Upkeep, figures, a reply to it, an export, an erasure: each goes on with the others."""
    coach = world.coach()
    maria = world.athlete(coach=coach)
    await world.until(world.clock.now() + timedelta(minutes=31))
    await world.say(coach, "/say Maria hello")
    rows(world.store, "UPDATE outbox SET body = body || 'x' WHERE state = 'sent'")
    put(world, "link", coach)
    damage(world, "link", '{"link": "https://t.me/x?start=secret"')
    await world.settle()
    assert "secret" not in str(rows(world.store, "SELECT body FROM outbox"))
    world.store.write_now(upkeep.tidy, world.clock.now())
    world.store.read_now(figures.figures, world.clock.now())
    hello = next(one for one in maria.chat if "hello" in one.text)
    maria.reply(hello.id, "thanks")
    await world.settle()
    for text in ("/export", "/erase"):
        await world.say(maria, text)
    await world.tap(maria, "Erase everything")
    await world.passes(hours=25)
    assert rows(world.store, "SELECT count(*) FROM athlete") == [(0,)]


def test_f135_an_empty_body_is_no_letter() -> None:
    """Every kind has something that it cannot do without."""
    for kind in registry.KINDS:
        with pytest.raises(UnreadableError):
            registry.load(kind, {})


# ---- of another version --------------------------------------------------------------------

NEWER: Final = (
    ("OfAnotherVersion", '{"new": 1}'),
    ("Say", '{"topic": "of_another", "values": {}}'),
)


@pytest.mark.parametrize(("kind", "body"), NEWER)
async def test_one_of_a_newer_version_waits_for_it(world: BotWorld, kind: str, body: str) -> None:
    """It is neither claimed nor lost, is logged once, and its version sends it."""
    admin, maria = world.admin(), world.athlete("Maria")
    for key in ("one", "new", "two"):
        put(world, key, maria)
    damage(world, "new", body, kind)
    with capture_logs() as logs:
        await rests(world)
        for _ in range(3):
            await world.passes(seconds=70)
    assert fates(world, "one", "new", "two") == [
        ("sent", None),
        ("pending", "unknown"),
        ("sent", None),
    ]
    assert rows(world.store, "SELECT attempts, handed_at FROM outbox WHERE key = 'new'") == [
        (0, None)
    ]
    waits = [one for one in logs if one["event"] == "letter_left_to_another_version"]
    assert [one["kind"] for one in waits] == [kind]
    assert all("lost" not in text for text in world.heard(admin))
    damage(world, "new", '{"topic": "known", "values": {}}', "Say")  # as if it were known here
    await world.restart()
    await rests(world)
    assert fates(world, "new") == [("sent", None)]


async def test_one_of_a_newer_version_expires_all_the_same(world: BotWorld) -> None:
    """What comes too late to be of use is not sent by whoever knows it."""
    maria = world.athlete("Maria")
    put(world, "new", maria, not_after=world.clock.now() + timedelta(seconds=90))
    damage(world, "new", "{}", "OfAnotherVersion")
    await rests(world)
    assert fates(world, "new") == [("pending", "unknown")]
    await world.passes(seconds=100)
    assert fates(world, "new") == [("failed", "unreadable")]


async def test_many_of_a_newer_version_keep_nobody_waiting(world: BotWorld) -> None:
    """More of them than are looked at in one step stand before a letter."""
    maria = world.athlete("Maria")
    for number in range(200):
        put(world, f"new{number}", maria)
    rows(world.store, "UPDATE outbox SET kind = 'OfAnotherVersion'")
    put(world, "mine", maria)
    await rests(world)
    assert fates(world, "mine", "new0", "new199") == [
        ("sent", None),
        ("pending", "unknown"),
        ("pending", "unknown"),
    ]


# ---- F136 ----------------------------------------------------------------------------------


@pytest.mark.parametrize("word", ["STOP", "alert"])
async def test_f136_a_refused_token_loses_no_letter(world: BotWorld, word: str) -> None:
    """STOP, or an alert, waits for the restart with a good token, and goes out then."""
    coach = world.coach()
    maria = world.athlete(dose=SHORT, coach=coach)
    await begun(world, maria)
    await world.passes(seconds=20)
    good = world.sandbox.token
    maria.say("stop" if word == "STOP" else "5")
    await world.poller.step(0)
    await world.inbox.step()
    await world.inbox.settled()
    world.sandbox.token = "2:ANOTHER"
    await world.sender.step()
    await world.sender.settled()
    with pytest.raises(InvalidToken):
        await world.sender.run()
    await world.sender.drain(5)
    assert "failed" not in world.store.read_now(state, "Stopped")
    world.sandbox.token = good
    await world.restart()
    await world.settle()
    assert says(world, maria, "STOP.") == 1
    if word == "alert":
        assert says(world, coach, "Maria stopped at pain 5") == 1
        assert says(world, maria, "Your coach") == 1


async def test_f136_a_hold_is_lost_with_its_token(world: BotWorld) -> None:
    """It is never sent late: the set is broken off, and that is told with a good token."""
    maria = world.athlete(dose=SHORT)
    await begun(world, maria)
    world.clock.at += timedelta(seconds=10)
    await world.store.write(due_work.act_due, world.clock.now())
    good, world.sandbox.token = world.sandbox.token, "2:ANOTHER"
    await world.sender.step()
    await world.sender.settled()
    assert world.newest(maria).value.phase is Phase.INTERRUPTED
    world.sandbox.token = good
    await world.restart()
    await world.settle()
    assert says(world, maria, "RELEASE. Rest.") == 1
    assert says(world, maria, "HOLD") == 0
