"""F107: a wrong address, a wrong server, a server out of reach, and a proxy on the way."""

import shutil
import subprocess
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from aiohttp import web

from tests.process.running import TOKEN, Place
from tests.process.test_telegram_away import free_port
from tests.proxy import proxy, with_tls

pytestmark = pytest.mark.one_database("of Telegram")

PASSWORD = "the-proxys-password"
NAME = "telegram.test"


@pytest.mark.parametrize("command", ["run", "check-config"])
async def test_f107_a_wrong_address_ends_the_start_with_3(place: Place, command: str) -> None:
    """At once, with one sentence and nothing tried."""
    for wrong in ("", "api.telegram.org", "https://api telegram.org"):
        code, bot = await place.finishes(command, BOT_TELEGRAM__API_BASE_URL=wrong)
        assert code == 3
        assert len(bot.err) == 1
        assert bot.err[0].startswith("holdfast: telegram.api_base_url ")
    code, bot = await place.finishes(
        command,
        HTTPS_PROXY=f"socks5://me:{PASSWORD}@p:1",
        BOT_TELEGRAM__API_BASE_URL="https://api.telegram.org",
    )
    assert code == 3
    assert bot.err[0].startswith("holdfast: HTTPS_PROXY must begin with http://")
    assert PASSWORD not in bot.printed
    assert len(place.sandbox.log) == 0


@pytest.fixture
async def stranger() -> AsyncIterator[str]:
    """Serve nothing: every page is not found."""
    runner = web.AppRunner(web.Application())
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    yield f"http://127.0.0.1:{runner.addresses[0][1]}"
    await runner.cleanup()


async def test_f107_a_server_that_answers_404(place: Place, stranger: str) -> None:
    """The token or the address is wrong: both are named, in one line; nothing of the answer is."""
    for base, hint in ((f"{place.server.url}/bot", True), (stranger, False)):
        code, bot = await place.finishes("run", BOT_TELEGRAM__API_BASE_URL=base)
        assert code == 5
        assert len(bot.err) == 1
        assert "the token or api_base_url is wrong" in bot.err[0]
        assert ("must not end in /bot" in bot.err[0]) is hint


async def test_f107_out_of_reach_says_the_host_and_why(place: Place) -> None:
    """Nobody listens; no such name; no TLS. It waits on, and ends when it is told to."""
    port = free_port()
    tls = place.server.url.replace("http:", "https:")
    for base, why in (
        (f"http://127.0.0.1:{port}", f'why="127.0.0.1:{port}: Connection refused"'),
        ("http://no.such.host.invalid", 'why="no.such.host.invalid: name not found"'),
        (tls, f'why="{tls.removeprefix("https://")}: TLS: '),
    ):
        bot = await place.starts("run", BOT_TELEGRAM__API_BASE_URL=base)
        assert why in await bot.logs("telegram_unreachable")
        assert await bot.terminated() == 0


@pytest.fixture
def certificate(tmp_path: Path) -> tuple[str, str]:
    """Make a certificate for `NAME`, and its key."""
    openssl = shutil.which("openssl")
    assert openssl is not None, "Debian's postgresql, which make test installs, brings openssl"
    made, key = str(tmp_path / "certificate.pem"), str(tmp_path / "key.pem")
    asked = ["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", f"/CN={NAME}"]
    names = ["-addext", f"subjectAltName=DNS:{NAME}"]
    subprocess.run(  # noqa: S603 - no input of anybody's
        [openssl, *asked, *names, "-out", made, "-keyout", key], check=True, capture_output=True
    )
    return made, key


@pytest.mark.parametrize("by", ["HTTPS_PROXY", "BOT_TELEGRAM__PROXY"])
async def test_f107_the_bot_works_behind_a_proxy(
    place: Place, certificate: tuple[str, str], by: str
) -> None:
    """With TLS through the tunnel, name and password: reminders go out, answers come in."""
    maria = place.enrol("Maria")
    login = f"me:{PASSWORD}"
    port = int(place.server.url.rpartition(":")[2])
    async with with_tls(port, *certificate) as door, proxy(port=door, login=login) as met:
        bot = await place.starts(
            "run",
            SSL_CERT_FILE=certificate[0],
            BOT_TELEGRAM__API_BASE_URL=f"https://{NAME}",
            **{by: f"http://{login}@{met.at}"},
        )
        await place.hears(maria, "time for your holds")
        await place.acted(maria)
        assert set(met.asked) == {f"CONNECT {NAME}:443 HTTP/1.1"}
        met.login = "me:another"
        await met.ended()
        line = await bot.logs("fetch_failed")
        assert f"{NAME}: " in line
        assert "proxy refused with 407" in await bot.logs("fetch_failed", times=2)
        assert await bot.terminated() == 0
    assert PASSWORD not in bot.printed
    assert TOKEN not in bot.printed


async def test_f107_the_environments_proxy_is_gone_round(place: Place) -> None:
    """`off` and NO_PROXY reach the server directly, whatever HTTPS_PROXY says."""
    maria = place.enrol("Maria")
    bot = await place.runs(HTTPS_PROXY="http://127.0.0.1:1", BOT_TELEGRAM__PROXY="off")
    await place.hears(maria, "time for your holds")
    assert await bot.terminated() == 0
