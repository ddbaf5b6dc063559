"""How late live cues are while everybody's reminder is due.

Scenarios of many minutes run on a virtual clock; a small one runs on the real clock too, through
HTTP, and shows that both agree. Alone: `python -m bench lateness`, `budget` or `agreement`.
"""

import asyncio
import time
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from bench.crowd import CUES, MOST_LOAD, Morning, What
from bench.deliver import SPAN_S, Api, Delivered, ours, percentile, theirs
from bench.table import Part, seconds, times
from bot.clock.clock import SystemClock
from bot.store.engine import Store
from testkit import virtual
from testkit.bot_api import BotApi, Latency, Report
from testkit.database import in_memory, made
from testkit.loopback import Setup, served
from testkit.near import LATENCY_S, Handed, NearRequest, noting
from testkit.rules import LIMITS, Rules
from testkit.virtual import VirtualClock

RATE: Final = 30.0
LISTENERS: Final = Morning(reminders=2_000, athletes=200, by_sound=True)
FULL: Final = Morning(reminders=10_000, athletes=200)
SMALL: Final = Morning(reminders=400, athletes=60)
COACHES: Final = tuple((chat, 30) for chat in range(1, 11))
GROUPS: Final = ((-1, 25), (-2, 25))
CROWDED: Final = Morning(reminders=2_000, busy_chats=COACHES + GROUPS)
LOAD_S: Final = 600.0
BEGIN: Final = datetime(2026, 11, 23, 6, 59, 55, tzinfo=UTC)
P99_S: Final = 0.25
MAX_S: Final = 1.0
BETTER: Final = 100


@dataclass(frozen=True, slots=True)
class Run:
    """A morning delivered, what the Bot API saw of it, and the machine's own seconds it took."""

    what: Delivered
    seen: Report
    took_s: float


Deliver = Callable[[Morning, Api, VirtualClock], Coroutine[Any, Any, Delivered]]


async def deliver_by_outbox(morning: Morning, api: Api, clock: VirtualClock) -> Delivered:
    """Deliver by Holdfast."""
    with in_memory() as store:
        return await ours(morning, api, store, clock)


async def deliver_by_limiter(morning: Morning, api: Api, _clock: VirtualClock) -> Delivered:
    """Deliver by python-telegram-bot's limiter."""
    return await theirs(morning, api)


def virtually(morning: Morning, deliver: Deliver, *, refuses: bool) -> Run:
    """Deliver on a virtual clock; the rule-book refuses what is too much, or only counts it."""
    bot_api = BotApi(Rules(LIMITS, refuses=refuses))

    def request(handed: Handed) -> NearRequest:
        return NearRequest(bot_api, Latency(*LATENCY_S), handed)

    api, start = Api("http://near/bot", request), time.perf_counter()
    done = virtual.run(lambda clock: deliver(morning, api, clock), BEGIN)
    return Run(done, bot_api.report(), time.perf_counter() - start)


def really(morning: Morning, database: str | None) -> Run:
    """Deliver on the machine's clock, through HTTP; without a database by AIORateLimiter."""
    start = time.perf_counter()
    setup = Setup(limits=LIMITS, refuses=False, latency_s=LATENCY_S, seconds=120)
    with served(setup) as running:
        api = Api(f"{running.url}/bot", noting)
        if database is None:
            done = asyncio.run(theirs(morning, api))
        else:
            with Store(database) as store:
                done = asyncio.run(ours(morning, api, store, SystemClock()))
        return Run(done, running.report().api, time.perf_counter() - start)


# ---- tables ---------------------------------------------------------------------------

Row = tuple[str, str, Callable[[Run], str]]


def _late(part: float, *what: What) -> Callable[[Run], str]:
    return lambda run: seconds(percentile(run.what.late(*what), part))


def _out_after(run: Run) -> str:
    after = run.what.reminders_s
    return "not within the bound" if after is None else f"{after:,.1f} s"


def _use(*, with_answers: bool) -> Callable[[Run], str]:
    return lambda run: f"{run.what.least_use(with_answers=with_answers):.1%}"


def _busiest(*, with_answers: bool) -> Callable[[Run], str]:
    return lambda run: f"{run.what.busiest_second(with_answers=with_answers)}"


CUE_ROWS: Final[tuple[Row, ...]] = (
    ("HOLD and RELEASE late, median", "", _late(0.5, *CUES)),
    ("99th percentile", f"≤ {P99_S} s", _late(0.99, *CUES)),
    ("latest", f"≤ {MAX_S:.0f} s", _late(1.0, *CUES)),
    ("HOLD and RELEASE never sent", "0", lambda run: f"{run.what.lost}"),
    ("answers to presses late, 99th percentile", "", _late(0.99, What.ANSWER, What.REST)),
    ("all reminders out after", "", _out_after),
)
_USE: Final[tuple[Row, ...]] = (
    (f"least of the budget used in any {SPAN_S:.0f} s", "≥ 98 %", _use(with_answers=True)),
    ("the same, without answers to presses", "", _use(with_answers=False)),
    ("most messages and edits in any rolling second", "≤ 30", _busiest(with_answers=False)),
    ("the same, answers to presses counted", "", _busiest(with_answers=True)),
    ("over a chat's pace or a group's minute", "0", lambda run: f"{run.seen.over_chat}"),
    ("refused with 429", "0", lambda run: f"{run.seen.refused}"),
)


def table(rows: tuple[Row, ...], runs: tuple[Run, ...]) -> tuple[tuple[str, ...], ...]:
    """Return what each row shows of these runs."""
    return tuple((name, target, *(show(run) for run in runs)) for name, target, show in rows)


def _p99(run: Run) -> float:
    return percentile(run.what.late(*CUES), 0.99)


def _ratio(ours_run: Run, others: tuple[Run, ...]) -> tuple[str, ...]:
    ratios = (times(_p99(run) / _p99(ours_run)) for run in others)
    return ("their 99th percentile, to Holdfast's", f"≥ {BETTER} ×", times(1.0), *ratios)


_HEAD: Final = (
    "AIORateLimiter, nothing refused",
    "AIORateLimiter, limits enforced",
)


def cues(morning: Morning = FULL) -> Part:
    """Deliver the full morning by each."""
    mean, worst = morning.load(LOAD_S)
    if worst > MOST_LOAD:
        raise RuntimeError(f"sessions take {worst:.0%} of the budget, over {MOST_LOAD:.0%}")
    mine = virtually(morning, deliver_by_outbox, refuses=True)
    others = (
        virtually(morning, deliver_by_limiter, refuses=False),
        virtually(morning, deliver_by_limiter, refuses=True),
    )
    rows = table(CUE_ROWS + _USE, (mine, *others))
    took = ", ".join(f"{run.took_s:.0f} s" for run in (mine, *others))
    return Part(
        f"Live cues while {morning.reminders:,} reminders are due",
        ("", "to reach", "Holdfast", *_HEAD),
        (*rows[:3], _ratio(mine, others), *rows[3:]),
        f"{morning.athletes} athletes are in sessions and hold again and again; at 07:00:00 "
        f"everybody's reminder is due. {morning.rate:.0f} a second are allowed. The sessions take "
        f"{mean:.0%} of that, {worst:.0%} in the worst 10 s, answers to presses counted; admission "
        f"control guarantees at most {MOST_LOAD:.0%}. Both make the same calls at the same "
        "instants on a virtual clock; a call is late until it is handed over and taken. Telegram's "
        f"answers take {LATENCY_S[0] * 1000:.0f} ± {LATENCY_S[1] * 1000:.0f} ms. For Holdfast the "
        f"limits are enforced. On this machine the three runs took {took}.",
    )


def clips() -> Part:
    """Deliver a morning on which everybody who trains does so by sound."""
    mean, worst = LISTENERS.load(LOAD_S)
    mine = virtually(LISTENERS, deliver_by_outbox, refuses=True)
    rows = (
        ("clips late, median", "", _late(0.5, What.CLIP)),
        ("99th percentile", f"≤ {MAX_S:.0f} s", _late(0.99, What.CLIP)),
        ("latest", "", _late(1.0, What.CLIP)),
        CUE_ROWS[-1],
        *_USE[-2:],
    )
    return Part(
        f"Clips while {LISTENERS.reminders:,} reminders are due",
        ("", "to reach", "Holdfast"),
        table(rows, (mine,)),
        f"{LISTENERS.athletes} athletes train by sound: one clip a hold, with the answer before "
        "it. A clip keeps its own time: one that comes late makes the rest longer, and nothing "
        f"else. The sessions take {mean:.0%} of the budget, {worst:.0%} in the worst 10 s. On a "
        "virtual clock.",
    )


def budget() -> Part:
    """Deliver a backlog with chats that take letters only slowly."""
    mine = virtually(CROWDED, deliver_by_outbox, refuses=True)
    others = (
        virtually(CROWDED, deliver_by_limiter, refuses=False),
        virtually(CROWDED, deliver_by_limiter, refuses=True),
    )
    return Part(
        "Use of the budget",
        ("", "to reach", "Holdfast", *_HEAD),
        table((CUE_ROWS[-1], *_USE), (mine, *others)),
        f"{CROWDED.reminders:,} reminders, {len(COACHES)} chats with {COACHES[0][1]} letters each "
        f"and {len(GROUPS)} groups with {GROUPS[0][1]}, all due at once. A chat takes 5 at once "
        "and then one a second, a group 20 a minute. On a virtual clock, until the last reminder "
        "is out.",
    )


def agreement(folder: Path) -> Part:
    """Deliver a small morning on both clocks."""
    runs = (
        virtually(SMALL, deliver_by_outbox, refuses=False),
        really(SMALL, made(folder / "morning.db")),
        virtually(SMALL, deliver_by_limiter, refuses=False),
        really(SMALL, None),
    )
    rows = (*CUE_ROWS[:3], *CUE_ROWS[4:], _USE[2])
    return Part(
        "The virtual clock and the real one",
        ("", "Holdfast, virtual", "real", "AIORateLimiter, virtual", "real"),
        tuple((row[0], *row[2:]) for row in table(rows, runs)),
        f"The first scenario with {SMALL.reminders} reminders and {SMALL.athletes} athletes. The "
        "real runs go through HTTP to a Bot API in another process, with a database on the disk. "
        "Nothing is refused.",
    )
