"""F116: whichever page is damaged, the bot works fully or ends and says what to do."""

import asyncio
from contextlib import AsyncExitStack
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from structlog.testing import capture_logs

from bot import app
from bot.protocol.dose.dose import Dose
from bot.settings import Embedded
from bot.store import backup, damage
from bot.store.engine import Store, file_of
from bot.store.faults import DamagedError
from telegram_sandbox import Entry, Person, Sandbox, serve
from testkit.database import made
from testkit.people import enrolled
from testkit.world import Dots
from tests.store import pages
from tests.store.pages import Harm

pytestmark = pytest.mark.one_database("of a file")

TOKEN = "1:SANDBOX"
ADMIN, MARIA = 7001, 7002
SHORT = Dose(hold_s=5, holds=1, lead_in_first_s=5)


async def runs(sandbox: Sandbox, url: str, base: str, stop: asyncio.Event) -> None:
    """Run the bot as `serve` does, without its drawing process."""
    chosen = {
        "telegram": {"token": TOKEN, "api_base_url": base},
        "database": {"url": url},
        "access": {"admins": (ADMIN,)},
    }
    with capture_logs(), damage.told(url, file_of(url).parent / "backups"):
        async with AsyncExitStack() as stack:
            built = await app.build(Embedded.model_validate(chosen), stack)
            built.charts = Dots()  # type: ignore[assignment]
            await built.run(stop)


def told(entry: Entry, who: Person) -> bool:
    """Whether it is something that the bot said to a person."""
    return entry.kind == "call" and entry.ok and entry.chat_id == who.id


async def answered(sandbox: Sandbox, who: Person, said: str, heard: str) -> None:
    """Say something and wait for the answer."""
    start = sandbox.log.seq
    who.say(said)
    await sandbox.log.wait_for(
        lambda entry: told(entry, who) and heard in entry.text, after=start, timeout=20
    )


async def talks(sandbox: Sandbox, admin: Person, maria: Person) -> None:
    """Use what keeps people safe: a session, STOP, pain, the admin's view, and a backup."""
    await answered(sandbox, maria, "/session", "right now?")
    await answered(sandbox, maria, "1", "Get set")
    await answered(sandbox, maria, "stop", "STOP")
    await answered(sandbox, maria, "tired", "Session over")
    await answered(sandbox, admin, "/status", "Athletes")
    await answered(sandbox, admin, "/backup", "Backup done")


@settings(max_examples=15)
@example(page=1, how=Harm.EMPTY, late=False)
@example(page=97, how=Harm.EMPTY, late=False)
@given(page=st.integers(min_value=0, max_value=200), how=st.sampled_from(Harm), late=st.booleans())
async def test_f116_it_works_fully_or_ends_with_the_sentence(
    tmp_path_factory: pytest.TempPathFactory, *, page: int, how: Harm, late: bool
) -> None:
    """Damaged before the start or while it runs: everybody is answered, or it ends at once."""
    folder = tmp_path_factory.mktemp("pages")
    url, now = made(folder / "holdfast.db"), datetime.now(UTC)
    with Store(url, inline=True) as store:
        store.write_now(enrolled, MARIA, "Maria", SHORT, None, now, "Etc/UTC")
    good = backup.make(url, folder / "backups", now - timedelta(days=3), 9).path
    pages.whole(file_of(url))
    sandbox = Sandbox(TOKEN)
    admin = sandbox.person("Admin", id=ADMIN, role="admin", started=True)
    maria = sandbox.person("Maria", id=MARIA, role="athlete", started=True)
    server, stop = await serve(sandbox), asyncio.Event()
    number = 1 + page % pages.count(file_of(url))
    if not late:
        pages.harm(file_of(url), number, how)
    running = asyncio.ensure_future(runs(sandbox, url, server.url, stop))
    try:
        if late:
            await answered(sandbox, maria, "/help", "this list")
            pages.harm(file_of(url), number, how)
        talking = asyncio.ensure_future(talks(sandbox, admin, maria))
        await asyncio.wait({running, talking}, return_when=asyncio.FIRST_COMPLETED)
        if running.done():
            talking.cancel()
            await asyncio.gather(talking, return_exceptions=True)
            error = running.exception()
            assert isinstance(error, DamagedError), error
            assert "`holdfast restore " in str(error)
            assert str(folder / "backups") in str(error)
        else:
            await talking
    finally:
        stop.set()
        await asyncio.gather(running, return_exceptions=True)
        await server.close()
    assert good.exists()
