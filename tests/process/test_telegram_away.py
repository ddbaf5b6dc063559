"""Telegram refuses, is not there, or speaks to somebody else."""

import html
import socket
from datetime import timedelta
from urllib.parse import quote
from zoneinfo import ZoneInfo

import pytest
from aiohttp import ClientSession, web

from telegram_sandbox import Fault, FaultKind, serve
from tests.process.running import TOKEN, Place

pytestmark = pytest.mark.one_database("of Telegram")

CAN_NOT_GO_ON = 5
CONFLICT = "Conflict: terminated by other getUpdates request"


async def test_f56_another_poller_for_a_moment(place: Place) -> None:
    """Somebody else fetches once: the bot says so, waits a moment, and works on."""
    maria = place.enrol("Maria", ago=None)
    bot = await place.runs()
    await place.acted(maria)
    await place.sandbox.updates.until_polled(timeout=10)
    async with ClientSession() as other:
        ask = {"timeout": 20, "offset": -1}
        async with other.post(f"{place.server.base_url}{TOKEN}/getUpdates", json=ask) as answer:
            assert answer.status == 409
    line = await bot.logs("fetch_failed")
    assert "error=Conflict" in line
    await place.acted(maria)


@pytest.mark.long
async def test_f56_another_poller_for_good(place: Place) -> None:
    """Refused again and again, the bot waits longer each time, then ends with one sentence.

    The log tells it once, and at the end how often it was.
    """
    bot = await place.runs()
    place.sandbox.faults.add(
        Fault(
            FaultKind.REFUSED,
            method="getUpdates",
            times=None,
            status=409,
            description=CONFLICT,
        )
    )
    place.sandbox.updates.end_poll("terminated by other getUpdates request")
    assert await bot.ended(within=90) == CAN_NOT_GO_ON
    assert [line for line in bot.err if "event=" not in line] == [
        "holdfast: Another program is fetching updates with this bot's token; stop it first."
    ]
    first, last = [line for line in bot.err if "event=fetch_failed" in line]
    assert first.endswith("tries=1 wait_s=1")
    assert last.endswith("repeated=4")


async def test_a_token_that_telegram_does_not_know(place: Place) -> None:
    """One sentence and an exit code, at once."""
    wrong = f"{TOKEN[:-6]}XXXXXX"
    code, bot = await place.finishes("run", BOT_TELEGRAM__TOKEN=wrong)
    assert code == CAN_NOT_GO_ON
    assert bot.err == ["holdfast: Telegram does not accept telegram.token: ask @BotFather for it."]
    assert wrong[-20:] not in bot.printed


async def test_a_token_that_is_withdrawn(place: Place) -> None:
    """While running, a refused token ends the bot with one sentence and an exit code."""
    bot = await place.runs()
    await place.sandbox.updates.until_polled(timeout=30)
    place.sandbox.token = "1:ANOTHER"
    place.sandbox.updates.end_poll("terminated by other getUpdates request")
    assert await bot.ended() == CAN_NOT_GO_ON
    assert bot.err[-1] == "holdfast: Telegram does not accept telegram.token any more."


async def test_telegram_can_not_be_reached_at_the_start(place: Place) -> None:
    """It waits and tries again, and works as soon as Telegram is there."""
    maria = place.enrol("Maria")
    port = free_port()
    bot = await place.starts("run", BOT_TELEGRAM__API_BASE_URL=f"http://127.0.0.1:{port}")
    await bot.logs("telegram_unreachable")
    server = await serve(place.sandbox, port)
    try:
        await place.hears(maria, "time for your holds")
        assert await bot.terminated() == 0
    finally:
        await server.close()


@pytest.mark.parametrize("status", [502, 200])
async def test_f111_a_page_that_repeats_the_address(place: Place, status: int) -> None:
    """Nothing of it is logged, whichever library reads it; the failure is one line."""

    async def page(request: web.Request) -> web.Response:
        path, address = request.path, request.path.replace(":", "%3A")
        text = f"<h1>nginx</h1>{path} {address} {quote(address)} {html.escape(quote(quote(path)))}"
        return web.Response(status=status, text=text, content_type="text/html")

    api = web.Application()
    api.router.add_route("*", "/{tail:.*}", page)
    runner = web.AppRunner(api)
    await runner.setup()
    port = free_port()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    bot = await place.starts("run", BOT_TELEGRAM__API_BASE_URL=f"http://127.0.0.1:{port}")
    await bot.logs("telegram_unreachable")
    assert await bot.terminated() == 0
    await runner.cleanup()
    assert "nginx" not in bot.printed
    assert len([line for line in bot.err if "event=" not in line]) == 0


async def test_told_to_end_while_telegram_can_not_be_reached(place: Place) -> None:
    """Waiting for Telegram does not keep the bot from ending when it is told to."""
    base = f"http://127.0.0.1:{free_port()}"
    bot = await place.starts("run", BOT_TELEGRAM__API_BASE_URL=base)
    await bot.logs("telegram_unreachable")
    assert await bot.terminated() == 0


async def test_told_to_end_while_telegram_does_not_answer(place: Place) -> None:
    """A request that hangs does not keep the bot from ending when it is told to."""
    hanging = place.sandbox.faults.add(Fault(FaultKind.HANG_BEFORE, method="getMe"))
    bot = await place.starts("run")
    await place.sandbox.log.wait_for(lambda e: e.method == "getMe", after=0, timeout=30)
    assert hanging.hits == 1
    assert await bot.terminated() == 0


def free_port() -> int:
    """Return a port on which nobody listens."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port: int = taken.getsockname()[1]
    return port


async def test_f09_the_servers_zone_does_not_matter(place: Place) -> None:
    """Started under odd zones, or none, the bot plans the same instant."""
    server_zones: tuple[str | None, ...] = ("Pacific/Apia", "Not/AZone", "", None)
    for number, zone in enumerate(server_zones):
        who = place.enrol(f"Maria {number}", zone="America/St_Johns")
        bot = await place.runs(TZ=zone)
        await place.hears(who, "time for your holds")
        await place.acted(who)
        assert await bot.terminated() == 0
        today, tomorrow = place.occurrences(who)
        wall = tomorrow.planned_at.astimezone(ZoneInfo("America/St_Johns"))
        assert wall.date() == tomorrow.local_date == today.local_date + timedelta(days=1)
        assert wall.strftime("%H:%M") == place.times(who)
