"""What `holdfast stats` prints: plain text, a block a subject, within 80 columns. Times are UTC."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Final

from bot.operations.figures import NEWEST, STEPS_S, ProgramFigures
from bot.operations.values import Lateness

WIDTH: Final = 40
"""The longest bar, in characters."""
_NAME: Final = 26
_NOTHING: Final = "  nothing yet"


def page(found: ProgramFigures, rate: float, now: datetime) -> str:
    """Return the figures as text; `rate` is the configured one, messages a second."""
    blocks = [
        [f"Holdfast at {_at(now)} UTC: {_people(found)}"],
        list(_sent(found)),
        list(_cues(found)),
        list(_lost(found)),
        list(_waits(found, now)),
        list(_budget(found, rate)),
        _delays("Updates of 24 h: stored → taken up", found.updates, "updates"),
        _delays("First reminders of 24 h: planned → written", found.reminders, "reminders"),
    ]
    if found.capped:
        blocks.append(
            [f"More than {NEWEST:,} rows: figures are of the newest, what waits of the oldest."]
        )
    return "\n\n".join("\n".join(block) for block in blocks)


def _people(found: ProgramFigures) -> str:
    return f"{_count(found.athletes, 'athlete')}, {_count(found.live_sessions, 'live session')}"


def _count(number: int, what: str) -> str:
    return f"{number:,} {what}{'' if number == 1 else 's'}"


def _at(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M:%S}"


# ---- lateness -------------------------------------------------------------------------

_COLUMNS: Final = f"{'count':>10}{'p50 s':>10}{'p99 s':>10}{'worst s':>10}{'over 1 s':>10}"


def _row(name: str, one: Lateness) -> str:
    times = "".join(f"{seconds:>10.3f}" for seconds in (one.p50, one.p99, one.worst))
    return f"{f'  {name}':<{_NAME}}{one.count:>10,}{times}{one.slow:>10,}"


def _sent(found: ProgramFigures) -> Iterator[str]:
    yield "Sent in 24 h, how late: due → handed to Telegram"
    if not found.sent:
        yield _NOTHING
        return
    yield f"{'':<{_NAME}}{_COLUMNS}"
    yield from (_row(one.kind, one) for one in found.sent)


def _delays(title: str, one: Lateness | None, name: str) -> list[str]:
    if one is None:
        return [title, _NOTHING]
    return [title, f"{'':<{_NAME}}{_COLUMNS}", _row(name, one)]


def _cues(found: ProgramFigures) -> Iterator[str]:
    yield "STOP, RELEASE and HOLD in 24 h, by how late"
    total = sum(found.cues)
    if not total:
        yield _NOTHING
        return
    for name, number in zip(_steps(), found.cues, strict=True):
        bar = "#" * round(WIDTH * number / total)
        yield f"{f'  {name}':<18}{number:>10,}{100 * number / total:>7.1f} %  {bar}".rstrip()


def _steps() -> Iterator[str]:
    """Return the names of the histogram's steps."""
    yield f"up to {STEPS_S[0]:g} s"
    yield from (f"{low:g} to {high:g} s" for low, high in pairwise(STEPS_S))
    yield f"over {STEPS_S[-1]:g} s"


# ---- what was lost, what waits --------------------------------------------------------


def _lost(found: ProgramFigures) -> Iterator[str]:
    yield "Not delivered in 24 h"
    if found.lost:
        yield f"{'':<{_NAME}}{'dropped':>10}{'failed':>10}{'unsure':>10}"
    else:
        yield "  nothing"
    for one in found.lost:
        counts = f"{one.dropped:>10,}{one.failed:>10,}{one.unsure:>10,}"
        yield f"{f'  {one.kind}':<{_NAME}}{counts}"
    yield f"  refused as too many (429), tried again: {found.refused:,}"


def _waits(found: ProgramFigures, now: datetime) -> Iterator[str]:
    yield f"Waiting: {found.waiting:,}"
    if not found.waits:
        return
    yield f"{'':<{_NAME}}{'due':>10}{'later':>10}  due since"
    for name, one in found.waits:
        since = "" if one.since is None else f"  {_at(one.since)}, {_span(now - one.since)}"
        yield f"{f'  {name}':<{_NAME}}{one.due:>10,}{one.later:>10,}{since}"


def _span(time: timedelta) -> str:
    """Return a time in its largest unit: "4 s", "12 min", "5 h", "3 d"."""
    for unit, seconds in (("d", 86_400), ("h", 3600), ("min", 60)):
        if time >= timedelta(seconds=seconds):
            return f"{time // timedelta(seconds=seconds)} {unit}"
    return f"{time // timedelta(seconds=1)} s"


# ---- the budget -----------------------------------------------------------------------


def _budget(found: ProgramFigures, rate: float) -> Iterator[str]:
    yield f"Budget of the last hour: {rate:g} a second"
    if found.budget is None:
        yield _NOTHING
        return
    for name, number, seconds in (
        ("busiest second", found.budget.second, 1),
        ("busiest minute", found.budget.minute, 60),
    ):
        each = number / seconds
        share = f"{each:>10.1f} a second{100 * each / rate:>8.0f} %"
        yield f"{f'  {name}':<{_NAME}}{number:>10,}{share}"
