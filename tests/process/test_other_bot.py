"""A database is one bot's: another's token neither leads nor stands by, until it is given over."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass

import pytest
from sqlalchemy import text

from bot import app, startup
from bot.clock.clock import SystemClock
from bot.expected import Code
from bot.settings import Embedded
from bot.store import own_bot
from bot.store.home import home_of
from bot.store.own_bot import OtherBotError
from bot.store.tables import FactRow
from telegram_sandbox import Sandbox, serve
from testkit.database import is_file, made
from tests.process.running import ADMIN, READY_S, SECRET, TOKEN, Place

MINE, THEIRS = "700700700", "800800800"
OTHER = f"{THEIRS}:{SECRET}"
NEXT = f"{MINE}:{SECRET[::-1]}"
"""A new token of the same bot."""
SAID = (
    f"holdfast: telegram.token is one of the bot {THEIRS}, and the database is that of the bot "
    f"{MINE}, which alone can write to the people in it: set a token of that bot, or another "
    "database.url; "
    "`holdfast change-bot` gives the database to another bot for good."
)
GARBAGE = ["", "me", "٧٠٠", f"{MINE} ", "7" * 5000, "-1", "\x1b[2J\n<b>'--"]


@dataclass
class Elsewhere:
    """Telegram as it answers to another token."""

    sandbox: Sandbox
    env: dict[str, str]


@asynccontextmanager
async def known_by(token: str) -> AsyncIterator[Elsewhere]:
    """Give a Telegram for the block that knows a token, and what the bot is started with."""
    sandbox = Sandbox(token)
    sandbox.person("Admin", id=ADMIN, role="admin", started=True)
    server = await serve(sandbox)
    try:
        yield Elsewhere(
            sandbox,
            {"BOT_TELEGRAM__TOKEN": token, "BOT_TELEGRAM__API_BASE_URL": server.url},
        )
    finally:
        await server.close()


def whose(place: Place) -> str | None:
    """Return the id of the bot whose the database is."""
    return place.write(own_bot.stored)


def belongs(place: Place, value: str) -> None:
    """Let it be the bot's of this id, or what stands there."""
    made(place.database)
    place.write(lambda db: db.merge(FactRow(key=own_bot.KEY, value=value, at=SystemClock().now())))


def facts(place: Place) -> list[object]:
    """Return all single values, with their instants."""
    query = text("SELECT key, value, at FROM fact ORDER BY key")
    return place.write(lambda db: [tuple(row) for row in db.connection().execute(query)])


async def test_f167_another_bots_token_is_refused(place: Place) -> None:
    """By the check and the start, while the bot runs and when it does not; nothing is written."""
    bot = await place.runs()
    assert whose(place) == MINE
    async with known_by(OTHER) as there:
        for word in ("run", "check-config"):
            code, refused = await place.finishes(word, **there.env)
            assert (code, refused.out, refused.err) == (Code.OTHER_BOT, [], [SAID])
        assert await bot.terminated() == 0
        before = facts(place)
        for word in ("check-config", "run"):
            code, refused = await place.finishes(word, **there.env)
            assert (code, refused.out, refused.err) == (Code.OTHER_BOT, [], [SAID])
        assert facts(place) == before
        assert there.sandbox.log.after(0) == []


async def test_a_new_token_of_the_same_bot(place: Place) -> None:
    """BotFather gives another token, and the bot has the same id."""
    assert await (await place.runs()).terminated() == 0
    async with known_by(NEXT) as there:
        code, checked = await place.finishes("check-config", **there.env)
        assert (code, checked.err) == (0, [])
        again = await place.runs(**there.env)
        assert await again.terminated() == 0
    assert SECRET[::-1] not in again.printed
    assert whose(place) == MINE


async def test_a_database_of_an_earlier_version(place: Place) -> None:
    """Nothing says whose it is: it is that of the bot that starts first."""
    place.enrol("Maria", ago=None)
    assert whose(place) is None
    code, checked = await place.finishes("check-config")
    assert (code, checked.err) == (0, [])
    assert whose(place) is None
    assert await (await place.runs()).terminated() == 0
    assert whose(place) == MINE


@pytest.mark.parametrize("value", GARBAGE)
async def test_what_is_no_bots_id(place: Place, value: str) -> None:
    """It is refused in the same way, and not repeated; the way out is the same."""
    belongs(place, value)
    for word in ("check-config", "run"):
        code, refused = await place.finishes(word)
        assert (code, len(refused.err)) == (Code.OTHER_BOT, 1)
        assert "the database is that of another bot (its id cannot be read), " in refused.err[0]
    code, changed = await place.finishes("change-bot")
    assert (code, changed.err) == (0, [])
    assert whose(place) == MINE


async def test_what_is_no_text(place: Place) -> None:
    """A file whose texts are none is damaged, as it always was."""
    if not is_file():
        return
    belongs(place, MINE)
    place.write(
        lambda db: db.connection().execute(text("UPDATE fact SET value = CAST(x'ff' AS TEXT)"))
    )
    for word in ("check-config", "run", "change-bot"):
        code, refused = await place.finishes(word)
        assert (code, len(refused.err)) == (Code.BAD_DATABASE, 1)
        assert "damaged" in refused.err[0]


async def test_f167_another_that_came_first_after_the_check(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who has the lock looks again, before anything is made, written or asked."""
    url = place.url
    chosen = {
        "telegram": {"token": TOKEN, "api_base_url": place.server.url},
        "database": {"url": url},
    }
    settings = Embedded.model_validate(chosen)
    monkeypatch.setattr(startup, "check", lambda _settings: belongs(place, THEIRS))
    async with AsyncExitStack() as stack:
        with pytest.raises(OtherBotError):
            await app.build(settings, stack)
        assert [row[0] for row in facts(place)] == [own_bot.KEY]  # type: ignore[index]
    assert place.sandbox.log.after(0) == []


async def test_a_database_is_given_to_another_bot(place: Place) -> None:
    """Not while the bot runs. Then the new one starts, and hears people who write to it."""
    maria = place.enrol("Maria", ago=None)
    bot = await place.runs()
    async with known_by(OTHER) as there:
        code, refused = await place.finishes("change-bot", **there.env)
        assert (code, refused.out, len(refused.err)) == (Code.IN_USE, [], 1)
        assert await bot.terminated() == 0
        code, same = await place.finishes("change-bot")
        assert (code, same.err) == (0, [])
        assert same.out == [f"The database is that of the bot {MINE} already; nothing was changed."]
        code, changed = await place.finishes("change-bot", **there.env)
        assert (code, changed.err) == (0, [])
        assert changed.out[0] == (
            f"The database was that of the bot {MINE}, and is that of the bot {THEIRS} from now on."
        )
        assert changed.out[3].endswith("written to it: 2.")
        code, refused = await place.finishes("run")
        assert code == Code.OTHER_BOT
        new = await place.runs(**there.env)
        moved = there.sandbox.person("Maria", id=maria.id, role="athlete", started=True)
        moved.say("/start")
        await there.sandbox.log.wait_for(
            lambda one: one.chat_id == maria.id and one.method == "sendMessage" and one.ok
        )
        assert await new.terminated() == 0
        assert there.sandbox.log.after(0)
    away = "SELECT count(*) FROM person WHERE unreachable_since IS NULL AND telegram_id = :who"
    found = place.write(lambda db: db.connection().execute(text(away), {"who": maria.id}).scalar())
    assert found == 1


async def test_a_change_needs_a_database_and_a_token(place: Place) -> None:
    """It makes no database, and says what is missing."""
    if is_file():
        code, refused = await place.finishes("change-bot")
        assert (code, len(refused.err)) == (Code.BAD_DATABASE, 1)
        assert list(place.folder.iterdir()) == []
    code, refused = await place.finishes("change-bot", BOT_TELEGRAM__TOKEN=None)
    assert (code, len(refused.err)) == (Code.BAD_SETTINGS, 1)


async def test_f167_two_bots_that_stand_by(place: Place) -> None:
    """On a fresh database: one of them leads, and the other ends, having led nothing."""
    if is_file():
        return
    lock = home_of(place.url, "backups").lock()
    async with known_by(OTHER) as there:
        mine = await place.starts("run")
        theirs = await place.starts("run", **there.env)
        for one in (mine, theirs):
            await one.logs("standby")
        lock.release()
        waiting = [asyncio.create_task(one.process.wait()) for one in (mine, theirs)]
        await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED, timeout=READY_S)
        leads, ends = (mine, theirs) if whose(place) == MINE else (theirs, mine)
        assert await ends.ended() == Code.OTHER_BOT
        await leads.logs("started")
        assert "event=started" not in ends.printed
        assert ends.err[-1].startswith("holdfast: telegram.token is one of the bot ")
        assert await leads.terminated() == 0
