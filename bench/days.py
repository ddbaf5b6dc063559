"""What load adds to a day: two weeks of ordinary days with and without it, in messages sent."""

import asyncio
from collections.abc import Iterable
from datetime import timedelta
from pathlib import Path
from typing import Final

from bench.table import Part
from bot.dispatch import upkeep
from bot.protocol.dose.dose import Dose
from telegram_sandbox import Person
from testkit.virtual import MONDAY
from testkit.world import BotWorld, world_at

DAYS: Final = 14
DOSE: Final = Dose(hold_s=10, holds=5, rest_s=20)
MORE_AT_MOST: Final = 1
TAPS_AT_MOST: Final = 4
SUNDAY: Final = 6
WITHOUT: Final = ("/check off", "/tips off")
HOUR: Final = timedelta(hours=1)
SPORT: Final = ("Easy run", "30", "4")
"""The taps of a usual entry: the sport, its minutes, how hard it was."""
CHECKED: Final = ("2", "45", "The same")


async def _until(world: BotWorld, hour: float, day: int) -> None:
    """Let time pass until that hour after the reminder of a day; upkeep looks each hour."""
    at = MONDAY + timedelta(days=day, hours=hour)
    while world.now + HOUR < at:
        await world.passes(hours=1)
        await world.store.write(upkeep.tidy, world.now)
    await world.until(at)


async def _session(world: BotWorld, who: Person) -> None:
    await world.tap(who, "Start")
    for _ in range(DOSE.holds + 1):
        await world.tap(who, "1")
        await world.passes(seconds=DOSE.rest_s + DOSE.hold_s + 1)


async def _taps(world: BotWorld, who: Person, labels: Iterable[str]) -> int:
    """Press one button after the other, each where it was offered last; return how many."""
    pressed = 0
    for label in labels:
        offered = [one for one in who.chat if one.from_bot and label in one.labels]
        await world.tap(who, label, offered[-1])
        pressed += 1
    return pressed


async def play_day(world: BotWorld, who: Person, day: int, *, load: bool = True) -> int:
    """Play a day, with its sport and the weekly check if so; return the taps that sport took."""
    taps = 0
    await _until(world, 0.6, day)
    await _session(world, who)
    await _until(world, 11, day)
    if load:
        taps = await _taps(world, who, SPORT)
    await _until(world, 14, day)
    if load and any("1 of 3" in one.text for one in who.chat if one.from_bot):
        await _taps(world, who, CHECKED)
    await _until(world, 23, day)
    return taps


async def _played(folder: Path, *, load: bool) -> tuple[list[int], int]:
    """Play the days; return what was sent on each, and the most taps that a day's entry took."""
    async with world_at(folder, MONDAY) as world:
        who = world.athlete(coach=world.coach(), dose=DOSE)
        for said in () if load else WITHOUT:
            await world.say(who, said)
        sent, taps = [], 0
        for day in range(DAYS):
            before = len(_sent(world, who))
            taps = max(taps, await play_day(world, who, day, load=load))
            sent.append(len(_sent(world, who)) - before)
    return sent, taps


def _sent(world: BotWorld, who: Person) -> list[str]:
    calls = (one for one in world.sandbox.log if one.kind == "call" and one.chat_id == who.id)
    return [one.text for one in calls if one.method.startswith("send")]


def measure(folder: Path) -> Part:
    """Play both."""
    for name in ("without", "with"):
        (folder / name).mkdir()
    without, _ = asyncio.run(_played(folder / "without", load=False))
    with_load, taps = asyncio.run(_played(folder / "with", load=True))
    more = [one - other for one, other in zip(with_load, without, strict=True)]
    sundays = more[SUNDAY::7]
    ordinary = [one for day, one in enumerate(more) if day % 7 != SUNDAY]
    return Part(
        "Messages a day",
        ("two weeks of ordinary days", "median", "most"),
        (
            ("holds and the morning's question", *_two(without)),
            ("the same with a run noted by taps, tips and the weekly check", *_two(with_load)),
            (f"more on a day (to reach: ≤ {MORE_AT_MOST})", *_two(ordinary)),
            ("more on Sunday, when the check is asked too", *_two(sundays)),
            (f"taps that a run took (to reach: ≤ {TAPS_AT_MOST})", "", str(taps)),
        ),
        f"A session of {DOSE.holds} × {DOSE.hold_s} s on each day; pictures count, edits do not.",
    )


def _two(sent: list[int]) -> tuple[str, str]:
    return str(sorted(sent)[len(sent) // 2]), str(max(sent))
