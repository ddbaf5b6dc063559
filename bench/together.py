"""Everybody presses Start in the same second: `python -m bench.together`.

Sessions run as they do: what an athlete does next follows from what was handed over. Who may start
when is asked of one function, `Start`; the one here is a model, and so the figures are no
measurement of the product: this is not a part of `make bench`.
"""

import asyncio
import random
import sys
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from typing import Any, Final

from sqlmodel import Session as Db
from telegram import Bot

from bench import virtual
from bench.bot_api import TOKEN, BotApi, Fields, Latency
from bench.crowd import ANSWER_S, CALLS, CYCLE_S, HOLD_S, MOST_LOAD, RESTS
from bench.deliver import NothingFollows, percentile, plainly
from bench.lateness import LIMITS, RATE, opened
from bench.near import LATENCY_S, NearRequest
from bench.quiet import quiet
from bench.rules import Rules
from bench.table import Part, seconds
from bench.virtual import VirtualClock
from bot.delivery.sender import Sender
from bot.flows import intents
from bot.flows.intents import Intent, Spot
from bot.flows.post import post
from bot.store.engine import Store
from bot.store.outbox import Claimed

ATHLETES: Final = 400
HOLDS: Final = 5
LEAD_IN_S: Final = 10.0
SESSION_S: Final = LEAD_IN_S + sum(ANSWER_S) / 2 + HOLDS * CYCLE_S
AT_ONCE: Final = int(MOST_LOAD * RATE / (CALLS / CYCLE_S))
"""Sessions that the budget carries."""
LOOKED_AT_S: Final = 180.0
P99_S: Final = 0.5

Start = Callable[[int], float]
"""Asked when an athlete (0, 1, …) presses Start; returns the seconds until the session begins."""


def as_carried(athlete: int) -> float:
    """A model: one start after another, as many sessions as the budget carries, then the next."""
    turn, place = divmod(athlete, AT_ONCE)
    return turn * SESSION_S + place * CYCLE_S / AT_ONCE


def at_once(_athlete: int) -> float:
    """Nobody waits."""
    return 0.0


@dataclass(slots=True)
class Seen:
    """When each letter was due and handed over, by its key, in seconds."""

    due: dict[str, float] = field(default_factory=dict)
    handed: dict[str, float] = field(default_factory=dict)
    refused: int = 0

    def late(self, *kinds: str) -> list[float]:
        """Return how late the letters of these kinds were, ascending."""
        return sorted(
            self.handed[key] - due
            for key, due in self.due.items()
            if key in self.handed and key.partition(":")[0] in kinds
        )


class Crowd(NothingFollows):
    """Athletes who press Start, answer and hold; news of what was sent lets them go on."""

    def __init__(self, store: Store, clock: VirtualClock, start: Start) -> None:
        self.seen = Seen()
        self.dropped = 0
        self._store = store
        self._clock = clock
        self._start = start
        self._draw = random.Random(1)  # noqa: S311 - a scenario
        self._tasks: set[asyncio.Task[None]] = set()

    def handed(self, _method: str, fields: Fields, at: float, taken: bool) -> None:  # noqa: FBT001 - as `Handed`
        """Note a call."""
        if taken:
            key = fields.get("callback_query_id") or fields.get("text", "")
            self.seen.handed[key] = at
        else:
            self.seen.refused += 1

    def sent(self, _db: Db, letter: Claimed, handed_at: datetime, _now: datetime) -> None:
        """An athlete reads a letter, and acts."""
        kind, chat, index = letter.key.split(":")
        since = (self._clock.now() - handed_at).total_seconds()
        match kind:
            case "setup":
                self._go(self._begin(int(chat), self._answer_in() - since))
            case "hold":
                self._go(self._release(int(chat), int(index), letter.body["seconds"] - since))
            case "release":
                self._go(self._rest(int(chat), int(index), self._answer_in() - since))

    def lost(self, _db: Db, letter: Claimed, _now: datetime) -> None:
        """A HOLD that comes too late is not sent; the athlete is asked, and tries again."""
        kind, chat, index = letter.key.split(":")
        if kind == "hold":
            self.dropped += 1
            self._go(self._hold(int(chat), int(index) + 100, self._answer_in()))

    async def press(self, athlete: int) -> None:
        """Press Start within the second; be told when the session begins."""
        await asyncio.sleep(self._draw.random())
        wait = self._start(athlete)
        chat = athlete + 1
        await self._put(chat, 0, "press", intents.Answer(f"press:{chat}:0"))
        if wait > 0:
            await self._put(chat, 0, "later", intents.Say("start_later"))
            await asyncio.sleep(wait)
        cues, dose = ("stand tall",), (HOLDS, 1, HOLD_S[0])
        await self._put(
            chat, 0, "setup", intents.SetUp(chat, "Standing", cues, "left", *dose, 5, 3, 10)
        )

    async def _begin(self, chat: int, wait: float) -> None:
        await asyncio.sleep(max(0.0, wait))
        hold_at = self._clock.now() + timedelta(seconds=LEAD_IN_S)
        await self._put(chat, 0, "answer", intents.Answer(f"answer:{chat}:0"))
        await self._put(chat, 0, "getset", intents.GetSet(chat, _SPOT, hold_at, "UTC"))
        await self._hold(chat, 1, LEAD_IN_S)

    async def _hold(self, chat: int, index: int, wait: float) -> None:
        await asyncio.sleep(wait)
        hold_s = self._draw.randint(*HOLD_S)
        hold = intents.Hold(chat, index, _SPOT, hold_s, ease=False, cues=())
        await self._put(chat, index, "hold", hold)

    async def _release(self, chat: int, index: int, wait: float) -> None:
        await asyncio.sleep(max(0.0, wait))
        await self._put(chat, index, "release", intents.Release(chat, index, _SPOT, 3))

    async def _rest(self, chat: int, index: int, wait: float) -> None:
        await asyncio.sleep(max(0.0, wait))
        now = self._clock.now()
        await self._put(chat, index, "answer", intents.Answer(f"answer:{chat}:{index}"))
        rest = intents.Rest(chat, 1, _SPOT, now, "UTC", 5, ease=False, switch=False)
        await self._put(chat, index, "rest", rest, edits=f"release:{chat}:{index}")
        if index % 100 < HOLDS:
            await self._hold(chat, index + 1, RESTS * sum(HOLD_S) / 2)

    async def _put(
        self, chat: int, index: int, kind: str, intent: Intent, edits: str | None = None
    ) -> None:
        key, now = f"{kind}:{chat}:{index}", self._clock.now()
        self.seen.due[key] = self._clock.ticks()
        await self._store.write(post, chat, intent, now, key=key, edits=edits)

    def _answer_in(self) -> float:
        return self._draw.uniform(*ANSWER_S)

    def _go(self, act: Coroutine[Any, Any, None]) -> None:
        task = asyncio.get_running_loop().create_task(act)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def run(self) -> None:
        """Let everybody press, and look on for a while."""
        pressing = [asyncio.create_task(self.press(athlete)) for athlete in range(ATHLETES)]
        await asyncio.sleep(LOOKED_AT_S)
        for task in (*pressing, *self._tasks):
            task.cancel()
        await asyncio.gather(*pressing, *self._tasks, return_exceptions=True)


_SPOT: Final = Spot(1, HOLDS, "left")


async def _scenario(start: Start, clock: VirtualClock) -> Crowd:
    with opened(None, inline=True) as store:
        crowd = Crowd(store, clock, start)
        request = NearRequest(BotApi(Rules(LIMITS)), Latency(*LATENCY_S), crowd.handed)
        bot = Bot(TOKEN, base_url="http://near/bot", request=request)
        await bot.initialize()
        sender = Sender(store, bot, plainly, crowd, clock, RATE)
        store.on_commit.append(sender.wake)
        sending = asyncio.create_task(sender.run())
        await crowd.run()
        sending.cancel()
        await asyncio.gather(sending, return_exceptions=True)
        await sender.settled()
        return crowd


def measure(start: Start = as_carried) -> Part:
    """Let all start as `start` says, and all at once."""
    crowds = [virtual.run(partial(_scenario, way)) for way in (start, at_once)]
    cues = [crowd.seen.late("hold", "release") for crowd in crowds]
    told = [crowd.seen.late("later", "setup") for crowd in crowds]
    longest = max(start(athlete) for athlete in range(ATHLETES))
    return Part(
        f"{ATHLETES} athletes press Start in the same second",
        ("", "to reach", "starts offered later", "all at once"),
        (
            ("HOLD and RELEASE", "", *(f"{len(late):,}" for late in cues)),
            (
                "late, 99th percentile",
                f"≤ {P99_S} s",
                *(seconds(percentile(c, 0.99)) for c in cues),
            ),
            ("latest", "", *(seconds(late[-1]) for late in cues)),
            ("HOLD not sent, being too late", "0", *(f"{crowd.dropped}" for crowd in crowds)),
            ("first word after Start, 99th", "", *(seconds(percentile(t, 0.99)) for t in told)),
            ("refused with 429", "0", *(f"{crowd.seen.refused}" for crowd in crowds)),
            ("longest wait offered", "", seconds(longest), "–"),
        ),
        f"{RATE:.0f} a second, on a virtual clock; the first {LOOKED_AT_S:.0f} s. At most "
        f"{AT_ONCE} sessions at a time, one start after another.",
    )


def main() -> None:
    """Print the table."""
    quiet()
    sys.stdout.write(f"{measure().markdown()}\n")


if __name__ == "__main__":
    main()
