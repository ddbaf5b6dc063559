"""Telegram posts: `holdfast ingress` as processes beside the bot, on a PostgreSQL server."""

import asyncio
import json
import os
import signal
import socket
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import pytest
from aiohttp import ClientSession, web
from sqlmodel import Session as Db
from sqlmodel import col, select

from bot.clock.clock import SystemClock
from bot.ingress import ServerDesk
from bot.store.tables import InboxRow
from testkit import database, postgresql
from tests.process.running import DOSE, STEP_S, Place, Program

pytestmark = pytest.mark.one_database("of a server")
SECRET: Final = "a-secret-of-Telegram-and-nobody-else"
HEADER: Final = "X-Telegram-Bot-Api-Secret-Token"
ENDS: Final = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{}'"
NEEDS_SERVER = 16


class Balancer:
    """Hands each post to the next ingress that answers, as a balancer does."""

    def __init__(self) -> None:
        self.ports: list[int] = []
        self.url = ""
        self._turn = 0

    async def hand(self, request: web.Request) -> web.Response:
        """Try each once; none is there: 502."""
        body = await request.read()
        for _ in range(len(self.ports)):
            self._turn += 1
            port = self.ports[self._turn % len(self.ports)]
            try:
                async with (
                    ClientSession(trust_env=False) as session,
                    session.post(
                        f"http://127.0.0.1:{port}/hook", data=body, headers=_only(request)
                    ) as answer,
                ):
                    return web.Response(status=answer.status, headers=_wait(answer.headers))
            except OSError:
                continue
        return web.Response(status=502)


def _only(request: web.Request) -> dict[str, str]:
    return {HEADER: request.headers.get(HEADER, "")}


def _wait(headers: Any) -> dict[str, str]:
    return {"Retry-After": headers["Retry-After"]} if "Retry-After" in headers else {}


@asynccontextmanager
async def balancing() -> AsyncIterator[Balancer]:
    """Serve a balancer."""
    made, app = Balancer(), web.Application()
    app.router.add_post("/hook", made.hand)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    made.url = f"http://127.0.0.1:{runner.addresses[0][1]}/hook"
    yield made
    await runner.cleanup()


@pytest.fixture
async def balancer() -> AsyncIterator[Balancer]:
    """Return a balancer; the databases are a server's."""
    with database.kind(database.POSTGRESQL), database.given_back():
        async with balancing() as made:
            yield made


def settings(balancer: Balancer) -> dict[str, str | None]:
    """Return what bot and ingress are told."""
    return {
        "BOT_WEBHOOK__URL": balancer.url,
        "BOT_WEBHOOK__SECRET": SECRET,
        "BOT_WEBHOOK__PORT": "0",
    }


async def begun(place: Place, balancer: Balancer) -> tuple[Program, int]:
    """Start an ingress; return it and its port."""
    program = await place.starts("ingress", **settings(balancer))
    line = await program.logs("ingress_started")
    port = int(line.partition("port=")[2].split()[0])
    balancer.ports.append(port)
    return program, port


async def post(port: int, body: Any, secret: str | None = SECRET, path: str = "/hook") -> int:
    """Post to an ingress; return the status."""
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    headers = {} if secret is None else {HEADER: secret}
    url = f"http://127.0.0.1:{port}{path}"
    async with (
        ClientSession(trust_env=False) as session,
        session.post(url, data=data, headers=headers) as answer,
    ):
        return answer.status


async def get(port: int, path: str) -> int:
    """Ask an ingress how it is."""
    async with (
        ClientSession(trust_env=False) as session,
        session.get(f"http://127.0.0.1:{port}{path}") as answer,
    ):
        return answer.status


def texts(db: Db) -> list[str]:
    """Return what was said, in order."""
    payloads = db.exec(select(InboxRow.payload).order_by(col(InboxRow.update_id))).all()
    return [said["message"]["text"] for said in map(json.loads, payloads) if "message" in said]


def said(number: int, text: str, chat: int = 1) -> dict[str, Any]:
    """Return an update as Telegram posts it."""
    who = {"id": chat, "is_bot": False, "first_name": "Maria"}
    message = {"message_id": number, "date": 1, "chat": {"id": chat, "type": "private"}}
    return {"update_id": number, "message": {**message, "from": who, "text": text}}


async def test_what_is_posted_is_stored_or_refused(place: Place, balancer: Balancer) -> None:
    """200 for what is stored, whatever it is; each refusal by its own status."""
    place.enrol("Maria", ago=None)
    program, port = await begun(place, balancer)
    assert await post(port, said(7, "hello")) == 200
    assert place.write(texts) == ["hello"]
    assert await post(port, said(7, "hello")) == 200
    assert await post(port, said(6, "before"), path="/any/where") == 200
    assert place.write(texts) == ["before", "hello"]
    for secret in (None, "", SECRET[:-1], f"{SECRET}x", "ä"):
        assert await post(port, said(8, "wrong"), secret) == 401
    assert await post(port, said(8, "x" * 256 * 1024)) == 413
    for body in (
        b"",
        b"{",
        b"[]",
        b"7",
        b'{"update_id": "7"}',
        b'{"update_id": true}',
        b"[" * 9999,
    ):
        assert await post(port, body) == 400
    assert await post(port, {"update_id": -1}) == 400
    assert await post(port, {"update_id": 2**63}) == 400
    odd: tuple[dict[str, Any], ...] = (
        {"new_kind": {}},
        {"message": 7},
        {"message": {"chat": {"id": 2**70}}},
    )
    for number, one in enumerate(odd, 20):
        assert await post(port, {"update_id": number, **one}) == 200
    assert place.write(lambda db: len(db.exec(select(InboxRow)).all())) == 5
    assert (await get(port, "/healthz"), await get(port, "/readyz")) == (200, 200)
    assert await get(port, "/hook") == 405
    assert await program.terminated() == 0
    assert "ingress_stopped" in program.printed
    assert SECRET not in program.printed


async def test_the_bot_answers_what_an_ingress_stores(place: Place, balancer: Balancer) -> None:
    """The bot sets the webhook and fetches nothing; without, it takes it away and polls."""
    maria = place.enrol("Maria", ago=None)
    await begun(place, balancer)
    bot = await place.runs(**settings(balancer))
    await bot.logs("webhook_set")
    hook = place.sandbox.webhook
    assert hook is not None
    assert (hook.url, hook.secret_token) == (balancer.url, SECRET)
    await place.acted(maria)
    assert not any(one.method == "getUpdates" for one in place.sandbox.log)
    place.sandbox.webhook_elsewhere("https://other.example/hook")
    await place.acted(maria)
    assert place.sandbox.webhook == hook
    assert await bot.terminated() == 0
    assert SECRET not in bot.printed
    polling = await place.runs()
    assert place.sandbox.webhook is None
    await place.acted(maria)
    assert await polling.terminated() == 0


@pytest.mark.long
async def test_an_ingress_that_is_killed_loses_nothing(place: Place, balancer: Balancer) -> None:
    """Six hundred are posted to two; one is killed, one is ended: each is stored once."""
    place.enrol("Maria", ago=None)
    first, _ = await begun(place, balancer)
    second, _ = await begun(place, balancer)
    people = [place.sandbox.person(f"P{number}", started=True) for number in range(20)]
    place.post_to(balancer.url, SECRET)
    for turn in range(30):
        for one in people:
            one.say(f"{one.id} {turn}")
        if turn == 10:
            await first.killed()
        if turn == 20:
            third, _ = await begun(place, balancer)
            second.process.send_signal(signal.SIGTERM)
        await asyncio.sleep(0.02)
    await place.sandbox.updates.until_taken(timeout=STEP_S)
    assert await second.ended() == 0
    assert await third.terminated() == 0
    found = Counter(place.write(texts))
    assert found == Counter(f"{one.id} {turn}" for one in people for turn in range(30))


@pytest.mark.long
async def test_the_database_is_away(
    place: Place, balancer: Balancer, server: postgresql.Server
) -> None:
    """503, and not ready; what was posted meanwhile comes again, and is stored once."""
    maria = place.enrol("Maria", ago=None)
    name = place.url.rpartition("/")[2]
    program, port = await begun(place, balancer)
    place.post_to(balancer.url, SECRET)
    server.run(f"ALTER DATABASE {name} ALLOW_CONNECTIONS false", ENDS.format(name))
    assert await post(port, said(1, "meanwhile")) == 503
    maria.say("1")
    await program.logs("database_lost")
    assert (await get(port, "/healthz"), await get(port, "/readyz")) == (200, 503)
    maria.say("2")
    await program.logs("post_not_stored")
    server.run(f"ALTER DATABASE {name} ALLOW_CONNECTIONS true")
    await program.logs("database_back")
    await place.sandbox.updates.until_taken(timeout=STEP_S)
    assert place.write(texts) == ["1", "2"]
    assert await get(port, "/readyz") == 200
    assert await program.terminated() == 0


async def test_the_same_update_to_two_at_once(place: Place, balancer: Balancer) -> None:
    """Three hundred pairs, posted at the same instant: each is stored once."""
    place.enrol("Maria", ago=None)
    programs = [await begun(place, balancer), await begun(place, balancer)]
    for start in range(1, 301, 20):
        pairs = [said(number, f"{number}") for number in range(start, start + 20)]
        posts = [post(port, one) for one in pairs for _, port in programs]
        assert set(await asyncio.gather(*posts)) == {200}
    assert place.write(texts) == [f"{number}" for number in range(1, 301)]
    for program, _ in programs:
        assert await program.terminated() == 0


async def test_the_settings_of_an_ingress(place: Place, balancer: Balancer) -> None:
    """It needs no token; its secret is shown nowhere, and one that is short is noted."""
    place.enrol("Maria", ago=None)
    few = {**settings(balancer), "BOT_TELEGRAM__TOKEN": None}
    code, shown = await place.finishes("check-config", "--ingress", **few)
    assert (code, shown.err) == (0, [])
    assert SECRET not in shown.printed
    assert "Note:" not in shown.printed
    few["BOT_WEBHOOK__SECRET"] = "short"
    code, shown = await place.finishes("check-config", "--ingress", **few)
    assert code == 0
    assert "Note: webhook.secret has fewer than 16 characters" in shown.printed
    code, _ = await place.finishes("check-config", **few)
    assert code == 3
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        few["BOT_WEBHOOK__PORT"] = f"{taken.getsockname()[1]}"
        for words in (("ingress",), ("check-config", "--ingress")):
            code, refused = await place.finishes(*words, **few)
            assert (code, len(refused.err)) == (5, 1)
            assert "Address already in use" in refused.err[0]


def has_ipv6() -> bool:
    """Whether this machine has an address to listen at by IPv6."""
    with suppress(OSError), socket.create_server(("::1", 0), family=socket.AF_INET6):
        return True
    return False


@pytest.mark.parametrize("host", ["::1", "2001:db8::1"])
async def test_an_ingress_listens_by_ipv6(place: Place, balancer: Balancer, host: str) -> None:
    """Where the machine has the address; else it is said so, as of any other."""
    place.enrol("Maria", ago=None)
    told = {**settings(balancer), "BOT_WEBHOOK__HOST": host}
    if host == "::1" and has_ipv6():
        program = await place.starts("ingress", **told)
        await program.logs("ingress_started")
        assert await program.terminated() == 0
    else:
        for words in (("ingress",), ("check-config", "--ingress")):
            code, refused = await place.finishes(*words, **told)
            assert (code, len(refused.err)) == (5, 1)


async def test_without_a_server_or_a_setting(place: Place) -> None:
    """One sentence each, the same from `check-config`."""
    hook = {"BOT_WEBHOOK__URL": "http://127.0.0.1/hook", "BOT_WEBHOOK__SECRET": SECRET}
    for words in (("ingress",), ("run",), ("check-config",), ("check-config", "--ingress")):
        code, refused = await place.finishes(*words, **hook)
        assert (code, len(refused.err)) == (NEEDS_SERVER, 1)
        assert "needs a PostgreSQL database" in refused.err[0]
    for gone in hook:
        for words in (("ingress",), ("check-config", "--ingress")):
            code, refused = await place.finishes(*words, **{**hook, gone: None})
            assert (code, len(refused.err)) == (3, 1)
            assert gone in refused.err[0]


class Wrong(SystemClock):
    """A machine's clock that is two seconds wrong."""

    def now(self) -> datetime:
        """Return what it shows, until it follows another one."""
        return super().now() + (timedelta() if self.follows else timedelta(seconds=2))


async def test_ages_are_told_by_the_databases_clock(place: Place, balancer: Balancer) -> None:
    """What a machine's own clock shows makes no update younger or older."""
    place.enrol("Maria", ago=None)
    clock = Wrong()
    desk = ServerDesk(place.url, clock)
    looking = asyncio.create_task(desk.run())
    try:
        async with asyncio.timeout(STEP_S):
            while not clock.follows:  # noqa: ASYNC110 - of another thread's doing
                await asyncio.sleep(0.01)
        assert abs(desk.now() - datetime.now(UTC)) < timedelta(seconds=1)
    finally:
        looking.cancel()
        desk.close()


@pytest.fixture
def server() -> postgresql.Server:
    """Return the running server."""
    return postgresql.server()


async def test_the_leader_is_killed_and_stop_is_heard(place: Place, balancer: Balancer) -> None:
    """Another node goes on with what ingresses store, and nobody ever fetches."""
    maria = place.enrol("Maria")
    await begun(place, balancer)
    first = await place.runs(**settings(balancer))
    second = await place.starts("run", **settings(balancer))
    await second.logs("standby")
    await place.hears(maria, "time for your holds")
    maria.tap("Start")
    await place.hears(maria, "Pain at your sitting bone")
    maria.tap("1")
    await place.hears(maria, "HOLD 1 of 2")
    await first.killed()
    maria.say("stop")
    await place.hears(maria, "STOP")
    await second.logs("took_over")
    hook = place.sandbox.webhook
    assert hook is not None
    assert hook.url == balancer.url
    assert not any(one.method == "getUpdates" for one in place.sandbox.log)
    assert await second.terminated() == 0


@pytest.mark.long
async def test_stop_is_answered_while_the_database_is_away(
    place: Place, balancer: Balancer, server: postgresql.Server
) -> None:
    """Nothing can be stored: the bot fetches, and answers from memory. Then all is posted again."""
    maria = place.enrol("Maria", dose=replace(DOSE, hold_s=30))
    name = place.url.rpartition("/")[2]
    await begun(place, balancer)
    bot = await place.runs(**settings(balancer))
    await place.hears(maria, "time for your holds")
    maria.tap("Start")
    await place.hears(maria, "Pain at your sitting bone")
    maria.tap("1")
    await place.hears(maria, "HOLD 1 of 2")
    server.run(f"ALTER DATABASE {name} ALLOW_CONNECTIONS false", ENDS.format(name))
    start = place.sandbox.log.seq
    maria.say("stop")
    await place.hears(maria, "STOP", after=start)
    assert place.sandbox.webhook is None
    server.run(f"ALTER DATABASE {name} ALLOW_CONNECTIONS true")
    await bot.logs("webhook_set", times=2)
    await place.sandbox.updates.until_taken(timeout=STEP_S)
    assert place.write(texts)[-1] == "stop"
    assert not any(cue.startswith("HOLD") for cue in place.cues(maria, after=start))
    assert await bot.terminated() == 0


async def test_stop_is_heard_by_a_webhook(place: Place, balancer: Balancer) -> None:
    """In a hold, from a press on Start to the last word."""
    maria = place.enrol("Maria")
    _, other = await begun(place, balancer), await begun(place, balancer)
    bot = await place.runs(**settings(balancer))
    await place.hears(maria, "time for your holds")
    maria.tap("Start")
    await place.hears(maria, "Pain at your sitting bone")
    maria.tap("1")
    await place.hears(maria, "HOLD 1 of 2")
    os.kill(other[0].process.pid, signal.SIGKILL)
    maria.say("stop")
    await place.hears(maria, "STOP")
    assert await bot.terminated() == 0
