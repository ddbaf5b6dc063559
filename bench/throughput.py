"""Sends for each second of CPU: the whole path from the outbox's row to the stored answer.

Beside it the bare clients, which keep nothing: python-telegram-bot's own, aiogram's, and the
product's transport alone. Alone: `python -m bench throughput`.
"""

import asyncio
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final

from sqlalchemy import func, select
from sqlmodel import Session as Db
from sqlmodel import col
from telegram import Bot, InlineKeyboardMarkup, LinkPreviewOptions

from bench.population import NOON, fill
from bench.table import Part, times
from bot.charts.worker import ChartWorker
from bot.clock.clock import SystemClock
from bot.conversation import message as conversation_message
from bot.conversation.common.messages import PainSaved
from bot.conversation.message import Message
from bot.delivery.ports import News, Taken
from bot.delivery.sender import Sender
from bot.delivery.transport import AiohttpRequest
from bot.dispatch import delivery_events
from bot.store import outbox
from bot.store.engine import Store
from bot.store.outbox import Letter
from bot.store.outbox_claims import Claimed
from bot.store.tables import OutboxRow, OutboxState
from bot.telegram.renderer import Renderer
from bot.training import messages
from testkit.bot_api import TOKEN
from testkit.database import made
from testkit.loopback import Setup, served

SENDS: Final = 2_000
BARE_SENDS: Final = 400
AT_ONCE: Final = 20
ROUNDS: Final = 3
RATE: Final = 10_000.0
"""So high that it limits nothing."""
REPLIES: Final = 10
"""One of so many letters is a reply, the others are reminders."""
MOST_S: Final = 300.0
AIOGRAM: Final = "aiogram==3.31.0"
AIOGRAM_S: Final = 120.0
WANTED: Final = 1_000
WANTED_RATIO: Final = 5


@dataclass(frozen=True, slots=True)
class Speed:
    """Sends per second of CPU, and of the clock; how many they were."""

    cpu: float
    clock: float
    count: int


@contextmanager
def _pinned() -> Iterator[int | None]:
    """Keep this process on one core and give another one, if there is any."""
    cores = sorted(os.sched_getaffinity(0))
    os.sched_setaffinity(0, {cores[0]})
    try:
        yield cores[1] if len(cores) > 1 else None
    finally:
        os.sched_setaffinity(0, set(cores))


# ---- the whole path -------------------------------------------------------------------


class _Counting:
    """News that counts, and hands on to what follows, if anything does."""

    def __init__(self, follows: News | None) -> None:
        self.left = SENDS
        self.all_sent = asyncio.Event()
        self._follows = follows
        self._loop = asyncio.get_running_loop()

    def sent(self, db: Db, letters: Sequence[Taken], now: datetime) -> bool:
        """Letters were delivered."""
        acts = self._follows is not None and self._follows.sent(db, letters, now)
        self.left -= len(letters)
        if not self.left:
            self._loop.call_soon_threadsafe(self.all_sent.set)
        return acts

    def lost(self, _db: Db, letter: Claimed, _now: datetime) -> None:
        """A letter was not, which must not happen here."""
        raise RuntimeError(f"letter {letter.id} was lost")

    def unreachable(self, _db: Db, chat_id: int, _now: datetime) -> None:
        """A chat cannot be reached, which must not happen here."""
        raise RuntimeError(f"chat {chat_id} is unreachable")

    def paced(self, _db: Db, _rate: float, _now: datetime) -> None:
        """So many messages a second are allowed from now on."""

    def too_many(self, _db: Db, _now: datetime) -> None:
        """Telegram refused too many letters, which must not happen here."""
        raise RuntimeError("too many letters were sent")


def _intent(number: int, now: datetime) -> Message:
    if number % REPLIES == 0:
        return conversation_message.Say(PainSaved(2))
    return messages.Reminder(number, "Athlete", 5, 10, 1, "left", now, "UTC", snoozes_left=3)


def _prepare(db: Db, now: datetime) -> None:
    """Enrol athletes, and put a letter for each into the outbox."""
    fill(db, SENDS, NOON + timedelta(days=1))
    outbox.put_many(db, (letter(number, now) for number in range(1, SENDS + 1)))


def letter(number: int, now: datetime) -> Letter:
    """Return a letter of the benchmark, which is due now: a reply or a reminder."""
    intent = _intent(number, now)
    return Letter(
        key=f"bench:{number}",
        chat_id=number,
        kind=intent.kind(),
        body=conversation_message.dump(intent),
        priority=intent.priority,
        due=now,
        not_after=None if intent.life is None else now + intent.life,
        repeatable=intent.repeatable,
    )


def _stored(db: Db) -> int:
    """Return how many answers are stored."""
    query = select(func.count()).where(
        col(OutboxRow.state) == OutboxState.SENT, col(OutboxRow.message_id).is_not(None)
    )
    return int(db.connection().execute(query).scalar_one())


async def _send_all(url: str, store: Store, follows: News | None) -> Speed:
    clock, counting = SystemClock(), _Counting(follows)
    bot = Bot(TOKEN, base_url=f"{url}/bot", request=AiohttpRequest())
    async with bot:
        sender = Sender(store, bot, Renderer(store, ChartWorker()), counting, clock, RATE)
        store.on_commit.append(sender.wake)
        cpu, start = time.process_time(), time.perf_counter()
        sending = asyncio.create_task(sender.run())
        async with asyncio.timeout(MOST_S):
            await counting.all_sent.wait()
        await sender.settled()
        speed = _speed(SENDS, time.process_time() - cpu, time.perf_counter() - start)
        sending.cancel()
        await asyncio.gather(sending, return_exceptions=True)
        if (stored := await store.read(_stored)) != SENDS:
            raise RuntimeError(f"{stored} answers are stored, of {SENDS}")
    return speed


def _speed(sends: int, cpu_s: float, clock_s: float) -> Speed:
    return Speed(sends / cpu_s, sends / clock_s, sends)


def deliver_all(url: str, database: str, follows: News | None) -> Speed:
    """Deliver a full outbox, by the product's sender, renderer and transport."""
    with Store(database) as store:
        store.write_now(_prepare, SystemClock().now())
        return asyncio.run(_send_all(url, store, follows))


def _whole(url: str, folder: Path, follows: News | None) -> Speed:
    return deliver_all(url, made(folder / f"throughput{time.monotonic_ns()}.db"), follows)


# ---- bare clients ---------------------------------------------------------------------


async def _reminder() -> dict[str, Any]:
    """Return what the product sends as a reminder, but for whom."""
    now = SystemClock().now()
    claimed = Claimed(
        **{**_as_claimed(letter(1, now)), "id": 1, "attempts": 0},
    )
    unread: Any = None
    call = await Renderer(unread, unread)(claimed, now)
    assert call is not None
    return {name: value for name, value in call[1].items() if name != "chat_id"}


def _as_claimed(letter: Letter) -> dict[str, Any]:
    names = (name for name in Claimed.__slots__ if hasattr(letter, name))
    return {name: getattr(letter, name) for name in names}


async def _calls(make: Callable[[], Bot]) -> Speed:
    """Send by `send_message` alone, AT_ONCE at a time."""
    words = await _reminder()
    words["reply_markup"] = InlineKeyboardMarkup.de_json(words["reply_markup"], None)
    words["link_preview_options"] = LinkPreviewOptions(is_disabled=True)
    async with make() as bot:
        numbers = iter(range(1, BARE_SENDS + 1))

        async def work() -> None:
            for number in numbers:
                await bot.send_message(number, **words)

        cpu, clock = time.process_time(), time.perf_counter()
        await asyncio.gather(*(work() for _ in range(AT_ONCE)))
        return _speed(BARE_SENDS, time.process_time() - cpu, time.perf_counter() - clock)


def _by_ptb(url: str) -> Speed:
    return asyncio.run(_calls(lambda: Bot(TOKEN, base_url=f"{url}/bot")))


def _by_transport(url: str) -> Speed:
    def make() -> Bot:
        return Bot(TOKEN, base_url=f"{url}/bot", request=AiohttpRequest())

    return asyncio.run(_calls(make))


def _by_aiogram(url: str) -> Speed | str:
    """Send by aiogram's bare client in an environment of its own; else say why that is not so."""
    words = asyncio.run(_reminder())
    buttons = words["reply_markup"]["inline_keyboard"]
    message = json.dumps({"text": words["text"], "buttons": buttons})
    core = str(min(os.sched_getaffinity(0)))
    here = Path(__file__).with_name("aiogram_sends.py")
    uv = Path(sys.executable).with_name("uv")
    way = [str(uv), "run", "--quiet", "--no-project", "--python", sys.executable]
    told = [url, TOKEN, str(BARE_SENDS), str(AT_ONCE), core, message]
    try:
        ran = subprocess.run(  # noqa: S603 - our own file
            [*way, "--with", AIOGRAM, "python", str(here), *told],
            check=True,
            capture_output=True,
            text=True,
            timeout=AIOGRAM_S,
        )
    except subprocess.CalledProcessError as error:
        return error.stderr.strip().splitlines()[-1][:120] if error.stderr else "it failed"
    except (OSError, subprocess.TimeoutExpired) as error:
        return type(error).__name__
    cpu_s, clock_s = json.loads(ran.stdout)
    return _speed(BARE_SENDS, cpu_s, clock_s)


# ---- the table ------------------------------------------------------------------------

_PTB: Final = "python-telegram-bot's `Bot` as it comes"
_AIOGRAM: Final = f"{AIOGRAM.replace('==', ' ')}'s bare client"
_TRANSPORT: Final = "`Bot` with Holdfast's transport"
_WHOLE: Final = "Holdfast: outbox → claimed → rendered → sent → answer stored"
_MARKED: Final = "the same, and its occurrence marked as delivered"


def _rounds(folder: Path) -> dict[str, list[Speed | str]]:
    """Measure each by turns."""
    found: dict[str, list[Speed | str]] = {}
    with _pinned() as other, served(Setup(core=other)) as api:
        ways: dict[str, Callable[[], Speed | str]] = {
            _PTB: lambda: _by_ptb(api.url),
            _AIOGRAM: lambda: _by_aiogram(api.url),
            _TRANSPORT: lambda: _by_transport(api.url),
            _WHOLE: lambda: _whole(api.url, folder, None),
            _MARKED: lambda: _whole(api.url, folder, delivery_events),
        }
        for _ in range(ROUNDS):
            for name, way in ways.items():
                found.setdefault(name, []).append(way())
    return found


def measure(folder: Path) -> Part:
    """Send by turns with each; the best round counts."""
    found = _rounds(folder)
    best = {
        name: max(fast, key=lambda speed: speed.cpu)
        for name, rounds in found.items()
        if (fast := [speed for speed in rounds if isinstance(speed, Speed)])
    }
    slowest = best[_PTB].cpu
    rows = []
    for name, rounds in found.items():
        whole = name in {_WHOLE, _MARKED}
        target = (f"≥ {WANTED:,}, ≥ {WANTED_RATIO} ×") if whole else ""
        speed = best.get(name)
        if speed is None:
            rows.append((name, target, f"not measured ({rounds[0]})", "", ""))
        else:
            ratio = times(speed.cpu / slowest)
            rows.append((name, target, f"{speed.cpu:,.0f}", ratio, f"{speed.clock:,.0f}"))
    return Part(
        "Sends for each second of CPU",
        ("", "to reach", "sends per CPU second", "ratio", "sends per second"),
        tuple(rows),
        f"On one core, to a Bot API on another. Holdfast delivers {SENDS:,} letters, one of "
        f"{REPLIES} a reply and the others reminders with their buttons, with {RATE:,.0f} a second "
        f"allowed; bare clients send {BARE_SENDS} such reminders, {AT_ONCE} at a time, and keep "
        f"nothing. {ROUNDS} rounds by turns, the best of each. CPU is the sending process's alone, "
        "all its threads.",
    )
