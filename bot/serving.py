"""The running program: alone on a file, or one of several nodes on a server."""

import asyncio
import signal
from collections.abc import Mapping
from contextlib import AsyncExitStack
from typing import TYPE_CHECKING

import structlog
from telegram.error import InvalidToken

from bot import app, outside, startup, streams
from bot.accounts.invites import first_admin
from bot.app import App
from bot.clock.clock import SystemClock
from bot.nodes.reach import Reach
from bot.nodes.remains import Remains
from bot.nodes.waiting import unless
from bot.settings import Settings, bot_of
from bot.startup import StopError
from bot.store.driver import is_server

if TYPE_CHECKING:  # who has a file loads nothing of servers
    from bot.nodes.term import Term

log = structlog.get_logger()


def _hello(username: str, token: str | None) -> None:
    """Say on standard output, which is no log, where the bot is; and how to be its first admin."""
    lines = [f"The bot is https://t.me/{username}"]
    if token is not None:
        lines.append(
            "It has no admin yet. Who opens this link within an hour is the first; it works once, "
            f"and the next start prints another: https://t.me/{username}?start={token}"
        )
    streams.say(lines)


def heed_signals(stop: asyncio.Event) -> None:
    """Set `stop` when the program is told to end, or its terminal goes away.

    Under nohup, which is to outlive its terminal, SIGHUP stays ignored.
    """
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        if number != signal.SIGHUP or signal.getsignal(number) is not signal.SIG_IGN:
            asyncio.get_running_loop().add_signal_handler(number, stop.set)


async def serve(settings: Settings, stop: asyncio.Event | None = None) -> None:
    """Run the bot until it is told to stop (SIGINT, SIGTERM, SIGHUP).

    Raises `StopError` with one sentence when it cannot go on; `DamagedError`, which names the
    backup to restore, whenever the database turns out to be damaged.
    """
    with startup.told(settings):
        await _serve(settings, stop)


async def _serve(settings: Settings, stop: asyncio.Event | None) -> None:
    ending = stop or asyncio.Event()
    if stop is None:
        heed_signals(ending)
    async with AsyncExitStack() as stack:
        if is_server(settings.database.url):
            await _serve_node(settings, ending, stack)
            return
        built = await unless(ending, app.build(settings, stack))
        if built is not None:
            await _greet(settings, built)
            await _run(built, ending)


async def _greet(settings: Settings, running: App) -> None:
    for note in startup.notes(settings):
        log.warning("to_be_set", why=note)
    token = await running.store.write(first_admin.renew, running.clock.now())
    _hello(running.rules.bot_username, token)


async def _run(running: App, ending: asyncio.Event) -> None:
    try:
        await running.run(ending)
    except InvalidToken as error:
        raise StopError("Telegram does not accept telegram.token any more.") from error


async def _serve_node(settings: Settings, ending: asyncio.Event, stack: AsyncExitStack) -> None:
    """Run as one of several on a server: stand by, lead, and stand by again."""
    from bot.nodes.node import Node  # noqa: PLC0415 - who has a file loads nothing of servers

    startup.check(settings)
    clock = SystemClock()
    reach, nodes = Reach(clock), list[Node]()
    out = await unless(
        ending,
        outside.reach_out(
            settings,
            stack,
            clock,
            role=lambda: nodes[0].role if nodes else None,
            heard=reach.told,
        ),
    )
    if out is None:
        return
    made = out

    async def lead(term: "Term", stop: asyncio.Event, cut: Mapping[int, bool]) -> Remains:
        if term.is_start:
            await app.catch_up(settings, term.store, clock)
            await made.take_webhook_away()
        running = await app.assemble(settings, term.store, made, term)
        running.memory.inherit(cut)
        if term.is_start:
            await _greet(settings, running)
        await _run(running, stop)
        return Remains(running.memory, running.incoming, running.sender)

    for beside in (reach.run(made.probe), outside.warm_up(made.charts)):
        stack.callback(asyncio.create_task(beside).cancel)
    nodes.append(Node(startup.home_of(settings), bot_of(settings), clock, reach, lead))
    await nodes[0].run(ending)
