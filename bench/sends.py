"""Sends for each second of CPU: the transport on aiohttp, and python-telegram-bot's own."""

import asyncio
import multiprocessing
import time
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing.connection import Connection
from typing import Final

from telegram import Bot
from telegram.request import BaseRequest, HTTPXRequest

from bench.table import Part, times
from bot.delivery.transport import AiohttpRequest
from bot.sandbox import Sandbox, serve

TOKEN: Final = "1:BENCH"  # noqa: S105 - the sandbox's, on this machine only
CHAT: Final = 1001
SENDS: Final = 400
AT_ONCE: Final = 20
ROUNDS: Final = 3


async def _serve(pipe: Connection) -> None:
    sandbox = Sandbox(TOKEN, "bench_bot")
    sandbox.person("Athlete", id=CHAT, started=True)
    server = await serve(sandbox)
    pipe.send(server.url)
    await asyncio.to_thread(pipe.recv)
    await server.close()


def _sandbox(pipe: Connection) -> None:
    asyncio.run(_serve(pipe))


@contextmanager
def elsewhere() -> Iterator[str]:
    """Run a sandbox in another process, and give its address."""
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(target=_sandbox, args=(theirs,), daemon=True)
    process.start()
    try:
        yield ours.recv()
        ours.send(None)
        process.join(5)
    finally:
        process.kill()


async def _round(url: str, request: BaseRequest) -> tuple[float, float]:
    """Send SENDS messages, AT_ONCE at a time; return sends per second of CPU and of the clock."""
    bot = Bot(TOKEN, base_url=f"{url}/bot", request=request)
    async with bot:
        numbers = iter(range(SENDS))

        async def work() -> None:
            for number in numbers:
                await bot.send_message(CHAT, f"Hold {number}: 15 s.")

        cpu, clock = time.process_time(), time.perf_counter()
        await asyncio.gather(*(work() for _ in range(AT_ONCE)))
        return SENDS / (time.process_time() - cpu), SENDS / (time.perf_counter() - clock)


def measure() -> Part:
    """Send by turns with one and the other; the best round of each counts."""
    found: dict[str, list[tuple[float, float]]] = {"aiohttp": [], "httpx": []}
    with elsewhere() as url:
        for _ in range(ROUNDS):
            found["httpx"].append(
                asyncio.run(_round(url, HTTPXRequest(connection_pool_size=AT_ONCE)))
            )
            found["aiohttp"].append(
                asyncio.run(_round(url, AiohttpRequest(connection_pool_size=AT_ONCE)))
            )
    best = {name: tuple(map(max, zip(*rounds, strict=True))) for name, rounds in found.items()}
    ours, theirs = best["aiohttp"], best["httpx"]
    return Part(
        "Sending",
        ("transport", "sends per CPU second", "sends per second"),
        (
            (
                "`HTTPXRequest` (python-telegram-bot's own)",
                f"{theirs[0]:,.0f}",
                f"{theirs[1]:,.0f}",
            ),
            ("`AiohttpRequest` (Holdfast's)", f"{ours[0]:,.0f}", f"{ours[1]:,.0f}"),
            ("ratio", times(ours[0] / theirs[0]), times(ours[1] / theirs[1])),
        ),
        f"`sendMessage` to the sandbox in another process, {AT_ONCE} at a time, {ROUNDS} rounds of "
        f"{SENDS} by turns, the best of each. CPU is the sending process's alone.",
    )
