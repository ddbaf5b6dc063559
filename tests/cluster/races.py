"""Processes that act at the same instant: one leads, and two take over from it amid its work.

Each round has some pairs – an answer and a STOP, two answers, a STOP and a cue that is due – of
athletes of their own. Whatever the instant, everything is handled once, and STOP is heard.
"""

import asyncio
import json
import os
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any, Final, Self

from sqlmodel import Session as Db

from bot.protocol.session import events
from bot.protocol.session.state import CUED
from bot.store import inbox, sessions
from bot.store.engine import Store
from bot.store.inbox import Arrived
from bot.training.session import apply_event
from testkit.people import enrolled
from tests.cluster.lookout import Lookout, rows
from tests.cluster.node import ROOT
from tests.crash import checks
from tests.crash.history import History, Json
from tests.process.running import DOSE, noon

RACERS: Final = 3
FIRST_S: Final = 0.15
"""From an order until its instant: all have heard it by then."""
ROUND_S: Final = 10.0
"""How long a round goes on at most."""
WITHIN_S: Final = 0.25
"""The leader is cut off within so much after it began."""
PAIRS: Final = ("answer, STOP", "STOP, answer", "two answers", "STOP, cue due")


@dataclass
class Racing:
    """A racer's process."""

    process: asyncio.subprocess.Process

    @classmethod
    async def start(cls, url: str, name: str) -> Self:
        """Start one."""
        made = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "tests.cluster.racer",
            url,
            name,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
            cwd=ROOT,
        )
        return cls(made)

    async def asked(self, *order: Any) -> dict[str, Any]:
        """Give an order; return its answer."""
        assert self.process.stdin is not None
        self.process.stdin.write(f"{json.dumps(order)}\n".encode())
        return await self.told()

    async def end(self) -> None:
        """End it."""
        if self.process.returncode is None:
            self.process.kill()
        await self.process.wait()

    async def told(self) -> dict[str, Any]:
        """Return the next answer."""
        assert self.process.stdout is not None
        found: dict[str, Any] = json.loads(await self.process.stdout.readline())
        return found


@dataclass
class Races:
    """What all rounds have: the racers, and what was seen."""

    url: str
    rng: Random
    racers: list[Racing]
    updates: list[Json] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)
    answered: set[int] = field(default_factory=set)
    """Chats whose first answer nobody said: it was there before the race."""
    pairs: int = 0
    rounds: int = 0
    cut: int = 0
    """Rounds in which both the old and the new leader have stored something."""
    _leader: int = 0
    _epoch: int = 0
    _people: int = 0

    async def begin(self) -> None:
        """Let the first one lead."""
        for racer in self.racers:
            await racer.told()
        self._epoch = (await self.racers[0].asked("leads"))["epoch"]

    async def round(self, pairs: int) -> None:
        """Let who leads do its work, and the two others take over from it meanwhile."""
        self._prepare(pairs)
        at = time.monotonic() + FIRST_S
        leading = self.racers[self._leader]
        others = [index for index in range(RACERS) if index != self._leader]
        cut_at = at + self.rng.uniform(0, WITHIN_S)
        before, *found = await asyncio.gather(
            leading.asked("acts", at, at + ROUND_S),
            *(
                self.racers[one].asked("takes_over", cut_at, at + ROUND_S, self._epoch)
                for one in others
            ),
        )
        won = [(index, told) for index, told in zip(others, found, strict=True) if told["epoch"]]
        if [told["epoch"] for _, told in won] != [self._epoch + 1]:
            self.wrong.append(f"after term {self._epoch} these lead: {won}")
        if (await leading.asked("writes"))["stored"]:
            self.wrong.append(f"who led term {self._epoch} writes on")
        self.cut += bool(before["written"])
        self.pairs += pairs
        self.rounds += 1
        await leading.asked("reopen")
        self._leader, told = won[0]
        self._epoch = told["epoch"]

    # ---- what they meet on -------------------------------------------------------------

    def _prepare(self, pairs: int) -> None:
        """Let so many new athletes have said what they say, and nobody have handled it."""
        now = datetime.now(UTC)
        with Store(self.url, inline=True) as store:
            said = store.write_now(self.athletes, pairs, now)
            store.write_now(_stored, [_arrived(raw) for pair in said for raw in pair], now)

    def athletes(self, db: Db, pairs: int, now: datetime) -> list[list[Json]]:
        """Add so many athletes; return what each of them says, as updates."""
        found: list[list[Json]] = []
        wall = f"{(now + timedelta(hours=2)).hour:02d}:00"
        for _ in range(pairs):
            self._people += 1
            chat, kind = 5_000 + self._people, PAIRS[self._people % len(PAIRS)]
            athlete = enrolled(db, chat, f"Racer {self._people}", DOSE, None, now, noon(now), wall)
            earlier = now - timedelta(seconds=20)
            apply_event.open_session(db, athlete, None, earlier)
            stored = sessions.live(db, athlete)
            assert stored is not None
            if kind == "STOP, cue due":
                self.answered.add(chat)
                apply_event.happen(db, stored, events.Pain(1), now - timedelta(seconds=6))
            found.append([self._press(chat, data) for data in _said(kind, stored.id)])
        return found

    def _press(self, chat: int, data: str) -> Json:
        number = 100_000 + len(self.updates)
        who = {"id": chat, "is_bot": False, "first_name": "Racer"}
        where = {"message_id": 1, "date": 0, "chat": {"id": chat, "type": "private"}}
        query = {"id": str(number), "from": who, "message": where, "data": data}
        raw = {"update_id": number, "callback_query": {**query, "chat_instance": "1"}}
        self.updates.append(raw)
        return raw


def _said(kind: str, session: int) -> tuple[str, ...]:
    stop, answer, over = (f"1:x:{session}", f"1:p:{session}:-1:1", f"1:p:{session}:-1:5")
    return {
        "answer, STOP": (answer, stop),
        "STOP, answer": (stop, answer),
        "two answers": (answer, over),
        "STOP, cue due": (stop,),
    }[kind]


def _arrived(raw: Json) -> Arrived:
    chat = raw["callback_query"]["from"]["id"]
    return Arrived(raw["update_id"], chat, json.dumps(raw), None)


def _stored(db: Db, arrived: list[Arrived], now: datetime) -> None:
    inbox.keep(db, inbox.numbered(db, arrived), now, backlog=False)


def judged(races: Races, left: dict[str, list[Json]]) -> list[str]:
    """Return what is wrong after all rounds."""
    said = [row for row in left["rating"] if row["chat"] not in races.answered]
    history = History(races.updates, [], [], {**left, "rating": said})
    found = [
        *races.wrong,
        *checks.replies_are_stored(history),
        *checks.replies_have_their_effect(history),
        *checks.every_update_is_answered(history),
        *checks.pain_over_the_limit_ends_it(history),
    ]
    found += [
        f"session {row['id']} is {row['phase']} after all that"
        for row in history.rows["session"]
        if row["phase"] in CUED
    ]
    found += [
        f"{row['key']} is to be sent after STOP"
        for row in history.rows["outbox"]
        if row["kind"] == "Hold" and row["state"] == "pending"
    ]
    return found


@asynccontextmanager
async def races(url: str, rng: Random) -> AsyncIterator[Races]:
    """Start the racers on a database that is empty, for the block."""
    racers = [await Racing.start(url, f"racer {number + 1}") for number in range(RACERS)]
    made = Races(url, rng, racers)
    try:
        await made.begin()
        yield made
    finally:
        for racer in racers:
            await racer.end()


async def run(url: str, rng: Random, pairs: int, a_round: int = 20) -> tuple[Races, list[str]]:
    """Race with so many pairs; return what was seen, and what is wrong."""
    async with races(url, rng) as made:
        while made.pairs < pairs:
            await made.round(min(a_round, pairs - made.pairs))
    lookout = Lookout(lambda: url, lambda _port: None)
    try:
        return made, judged(made, await rows(lookout))
    finally:
        await lookout.close()
