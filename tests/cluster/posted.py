"""What two ingress are handed at the same instant: an answer and a STOP, and so on, each once.

Neither knows of the other, so the order of what they store is nobody's. One process leads and
handles all of it.
"""

import asyncio
import json
import os
import time
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from typing import Final

from aiohttp import ClientSession

from bot.store.engine import Store
from tests.cluster.lookout import Lookout, rows
from tests.cluster.node import ROOT
from tests.cluster.races import Races, judged, races
from tests.crash.history import Json
from tests.process.running import TOKEN, Program

SECRET: Final = "a-secret-of-the-races"
HEADER: Final = "X-Telegram-Bot-Api-Secret-Token"
ACTING_S: Final = 1.5
_LEFT: Final = "SELECT count(*) FROM inbox WHERE handled_at IS NULL"


async def _ingress(url: str, folder: Path) -> tuple[Program, str]:
    """Start an ingress; return it, and where it is posted to."""
    env = {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": str(ROOT),
        "BOT_TELEGRAM__TOKEN": TOKEN,
        "BOT_DATABASE__URL": url,
        "BOT_WEBHOOK__URL": "https://bot.example/hook",
        "BOT_WEBHOOK__SECRET": SECRET,
        "BOT_WEBHOOK__PORT": "0",
    }
    program = await Program.start("ingress", env=env, folder=folder)
    line = await program.logs("ingress_started")
    port = line.partition("port=")[2].split()[0]
    return program, f"http://127.0.0.1:{port}/hook"


async def _post(session: ClientSession, where: str, raw: Json) -> int:
    headers = {HEADER: SECRET}
    async with session.post(where, data=json.dumps(raw).encode(), headers=headers) as answer:
        return answer.status


async def run(
    url: str, rng: Random, pairs: int, folder: Path, a_round: int = 20
) -> tuple[Races, list[str]]:
    """Post so many pairs; return what was seen, and what is wrong."""
    lookout = Lookout(lambda: url, lambda _port: None)
    begun = [await _ingress(url, folder) for _ in range(2)]
    try:
        async with races(url, rng) as made, ClientSession(trust_env=False) as session:
            while made.pairs < pairs:
                await _round(made, session, [where for _, where in begun], a_round)
            while (await lookout.ask(_LEFT))[0][0]:
                now = time.monotonic()
                await made.racers[0].asked("acts", now, now + ACTING_S)
        return made, judged(made, await rows(lookout))
    finally:
        await lookout.close()
        for program, _ in begun:
            await program.cleared()


async def _round(made: Races, session: ClientSession, wheres: list[str], pairs: int) -> None:
    with Store(made.url, inline=True) as store:
        said = store.write_now(made.athletes, pairs, datetime.now(UTC))
    now = time.monotonic()
    acting = asyncio.create_task(made.racers[0].asked("acts", now, now + ACTING_S))
    posts = []
    for pair in said:
        first = made.rng.randrange(len(wheres))
        for place, raw in enumerate(pair):
            posts.append(_post(session, wheres[(first + place) % len(wheres)], raw))
    made.rng.shuffle(posts)
    found = await asyncio.gather(*posts)
    if set(found) != {200}:
        made.wrong.append(f"posts were answered by {sorted(set(found))}")
    await acting
    made.pairs += pairs
    made.rounds += 1
