"""What a training day costs, and so what so many athletes take: the tables of docs/scale.md.

`python -m bench model` measures the day and writes them. All else is arithmetic on what is measured
and on what is assumed here.
"""

import re
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from bench.both import Kind, both
from bench.charts import SESSION
from bench.databases import answers_on
from bench.day_cost import DAYS, Day, measure_day
from bench.lateness import RATE
from bench.table import Part, ms
from bench.throughput import deliver_all
from bot.charts.session_chart import session_chart
from bot.dispatch import delivery_events
from bot.store import inbox, outbox
from bot.training.session.start_queue import SHARE
from testkit.loopback import served

PAGE: Final = Path("docs/scale.md")
ATHLETES: Final = (1_000, 10_000, 100_000, 1_000_000, 10_000_000)
TRAIN: Final = 0.7
"""Of the athletes, on a day."""
PEAK_ZONE: Final = 0.15
"""Of a day's sessions, in the busiest hour where all live in one zone."""
PEAK_WORLD: Final = 0.07
"""The same where they live all over the world."""
HOUR_S: Final = 3_600
YEAR: Final = 365
PICTURES: Final = 5
FOR_A_TIME: Final = {
    "inbox": inbox.KEPT.days,
    "seen": inbox.KEYS_KEPT.days,
    "outbox": outbox.KEPT.days,
}
"""Tables that keep a row for so many days; all others keep it."""
_NEXT: Final = (
    ("none: one process on SQLite", "a copy of its backups elsewhere"),
    ("a restart or a lost machine cuts sets", "PostgreSQL with a replica, two nodes"),
    ("the token", "a bot and a schema for each clinic"),
    (
        "tokens, and drawing pictures",
        "several databases; processes that only draw; letters kept for less long",
    ),
    ("what one primary writes, and keeps", "cells: some clinics, their bots and a database each"),
)


@dataclass(frozen=True, slots=True)
class Cost:
    """Seconds of a core: a reply and a call by the bot and by the server, and a picture."""

    reply_s: float
    reply_server_s: float
    call_s: float
    call_server_s: float
    picture_s: float


@dataclass(frozen=True, slots=True)
class Load:
    """What so many athletes take: tokens, a second at the peak, cores at the peak, bytes."""

    tokens: tuple[int, int]
    writes_s: float
    bot: float
    server: float
    pictures: float
    held: float


def load_of(athletes: int, day: Day, cost: Cost) -> Load:
    """Return what so many athletes take, by what a day and its parts cost."""
    days = athletes * TRAIN
    peak_s = days * PEAK_ZONE / HOUR_S
    may = RATE * SHARE * HOUR_S
    stored = sum(size * FOR_A_TIME.get(table, YEAR) for table, size in day.stored.items())
    return Load(
        tokens=(
            whole(days * PEAK_ZONE * day.calls / may),
            whole(days * PEAK_WORLD * day.calls / may),
        ),
        writes_s=peak_s * day.writes,
        bot=peak_s * (day.replies * cost.reply_s + day.calls * cost.call_s),
        server=peak_s * (day.replies * cost.reply_server_s + day.calls * cost.call_server_s),
        pictures=peak_s * day.pictures * cost.picture_s,
        held=days * stored + athletes * day.athlete,
    )


def whole(number: float) -> int:
    """Return how many it takes: at least one."""
    return max(1, -int(-number // 1))


# ---- measuring ------------------------------------------------------------------------


def _cost(folder: Path) -> Cost:
    with both(folder) as (_, server), served() as api:
        reply = answers_on(server)
        call_s, call_server_s = _call(api.url, server)
    return Cost(reply.bot_s, reply.server_s, call_s, call_server_s, _picture_s())


def _call(url: str, kind: Kind) -> tuple[float, float]:
    """Return what a call takes of a core, from the outbox's row to its stored answer."""
    found = []
    for number in range(2):
        database, before = kind.fresh(f"calls{number}", None), kind.cpu()
        fast = deliver_all(url, database, delivery_events)
        found.append((1 / fast.cpu, (kind.cpu() - before) / fast.count))
    return min(found)


def _picture_s() -> float:
    session_chart(SESSION)
    start = time.process_time()
    for _ in range(PICTURES):
        session_chart(SESSION)
    return (time.process_time() - start) / PICTURES


# ---- tables ---------------------------------------------------------------------------


def _day_part(day: Day, cost: Cost) -> Part:
    kept = sum(size for table, size in day.stored.items() if table not in FOR_A_TIME)
    kilobytes = {table: f"{day.stored[table] / 1000:.1f} kB" for table in FOR_A_TIME}
    return Part(
        "A training day",
        ("measured", ""),
        (
            ("calls of the Bot API, answers to presses among them", f"{day.calls:.0f}"),
            ("pictures", f"{day.pictures:.1f}"),
            ("what the athlete says or presses", f"{day.replies:.0f}"),
            ("flows that write; together under load, in fewer transactions", f"{day.writes:.0f}"),
            ("rows", f"{day.rows:.0f}"),
            ("bytes with indexes: kept for good", f"{kept / 1000:.1f} kB"),
            *(
                (f"{table}, kept for {FOR_A_TIME[table]} days", size)
                for table, size in kilobytes.items()
            ),
            ("CPU of a reply: bot, server", f"{ms(cost.reply_s)}, {ms(cost.reply_server_s)}"),
            ("CPU of a call: bot, server", f"{ms(cost.call_s)}, {ms(cost.call_server_s)}"),
            ("CPU of a picture", ms(cost.picture_s)),
        ),
        f"An athlete's average day on PostgreSQL, of {DAYS} played by the whole bot: the reminder, "
        "a session of 5 holds, a run noted by taps, the morning's question; on Sunday the weekly "
        "check.",
    )


def _load_part(day: Day, cost: Cost) -> Part:
    rows = []
    for athletes, (bottleneck, then) in zip(ATHLETES, _NEXT, strict=True):
        load = load_of(athletes, day, cost)
        cores = ", ".join(map(few, (load.bot, load.server, load.pictures)))
        rows.append(
            (
                f"{athletes:,}",
                f"{load.tokens[0]:,} / {load.tokens[1]:,}",
                few(load.writes_s),
                cores,
                few(load.held / 1e9),
                bottleneck,
                then,
            )
        )
    return Part(
        "So many athletes",
        (
            *("athletes", "tokens: one zone / world", "flows a second at the peak"),
            *("cores at the peak: bots, database, pictures", "GB after a year"),
            *("first bottleneck", "what next"),
        ),
        tuple(rows),
        f"{TRAIN:.0%} train on a day, {PEAK_ZONE:.0%} of them in the busiest hour of one zone, "
        f"{PEAK_WORLD:.0%} of them in that of the world. A token sends {RATE:.0f} a second, and "
        f"sessions may use {SHARE:.0%} of that.",
    )


def few(number: float) -> str:
    """Return a figure with two places that count."""
    return f"{number:,.0f}" if number >= 10 else f"{number:.2g}"  # noqa: PLR2004


def write(part: str, text: str) -> None:
    """Put a table into the page, between its marks."""
    page = PAGE.read_text(encoding="utf-8")
    marked = re.compile(rf"(<!-- {part}:[^\n]*-->\n).*?(<!-- {part} -->)", re.DOTALL)
    made = marked.sub(lambda found: f"{found[1]}\n{text}\n\n{found[2]}", page)
    PAGE.write_text(made, encoding="utf-8")


def measure(folder: Path) -> list[Part]:
    """Measure a day and its parts; write the page's tables."""
    day, cost = measure_day(folder), _cost(folder)
    parts = [_day_part(day, cost), _load_part(day, cost)]
    for name, part in zip(("day", "athletes"), parts, strict=True):
        write(name, part.markdown())
    return parts
