"""The four walks of docs/architecture.md: played, and followed from file to file."""

import re
import sys
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from types import FrameType
from typing import Any, Final

import pytest

from bot.programme import summary_schedule
from bot.protocol.dose.dose import Dose
from testkit.virtual import MONDAY
from testkit.world import BotWorld, world_at

ROOT: Final = Path(__file__).parents[1]
BOT: Final = f"{ROOT / 'bot'}/"
ELSEWHERE: Final = {"clock/alarm.py"}
"""Not entered here: the world looks for due rows by itself, at every moment it makes."""
SHORT: Final = Dose(hold_s=10, holds=3, rest_s=20)
SAID: Final = {"acts": False}
"""Somebody says something. Time brings nothing meanwhile: that is no part of the walk."""
DUE: Final = {"hears": False}
"""Time brings something. Nobody says anything meanwhile."""


# ---- what the page says ---------------------------------------------------------------

_PAGE: Final = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
_SECTION: Final = _PAGE.partition("\n## Four walks\n")[2].partition("\n## ")[0]
_STRETCH: Final = re.compile(r"^- \*\*(\w+)\*\*: (.+?)(?=^- |^$)", re.MULTILINE | re.DOTALL)
_WALK: Final = re.compile(r"^\*\*(.+)\*\*, at most (\d+) files\.$")
_STEP: Final = re.compile(r"\*(In|Out)\*|`([\w/]+\.py)`")


def files(text: str) -> list[str]:
    """Return the files that are named, in order, those of the two common stretches included.

    `words.py` in a stretch stands for the next file that the walk names.
    """
    common = {
        name: re.findall(r"`([\w/]+\.py)`", said) for name, said in _STRETCH.findall(_SECTION)
    }
    found: list[str] = []
    for stretch, file in _STEP.findall(text):
        if stretch:
            found += common[stretch]
        elif "words.py" in found:
            found[found.index("words.py")] = file
        else:
            found.append(file)
    return found


def walks() -> dict[str, tuple[int, list[str]]]:
    """Return how many files each walk takes at most, and the files it names, by its title."""
    found: dict[str, tuple[int, list[str]]] = {}
    parts = re.split(r"^(?=\*\*)", _SECTION, flags=re.MULTILINE)
    for part in parts[1:]:
        head, _, steps = part.partition("\n")
        title, number = _WALK.fullmatch(head).groups()  # type: ignore[union-attr]
        found[title] = int(number), files(steps)
    return found


# ---- what is played -------------------------------------------------------------------


@contextmanager
def entered() -> Iterator[list[str]]:
    """Note the file of each function of the bot that is entered, in order."""
    found: list[str] = []

    def note(frame: FrameType, event: str, _arg: Any) -> None:
        code = frame.f_code
        if event == "call" and code.co_filename.startswith(BOT) and code.co_name != "<module>":
            found.append(code.co_filename.removeprefix(BOT))

    threading.setprofile(note)
    sys.setprofile(note)
    try:
        yield found
    finally:
        sys.setprofile(None)
        threading.setprofile(None)


async def pain_reply(world: BotWorld) -> AsyncIterator[dict[str, bool]]:
    """An athlete presses how much the first hold hurt."""
    maria = world.athlete(dose=SHORT)
    await world.passes(minutes=30)
    await world.tap(maria, "Start")
    await world.tap(maria, "1")
    due = world.newest(maria).value.due_at
    assert due is not None
    await world.until(due + timedelta(seconds=10))
    maria.tap("2")
    yield SAID
    assert "Pain 2" in maria.chat[-1].text


async def reminder(world: BotWorld) -> AsyncIterator[dict[str, bool]]:
    """It is time for the day's session."""
    maria = world.athlete()
    await world.settle()
    world.later(minutes=30)
    yield DUE
    assert "Start" in maria.last.labels


async def plan(world: BotWorld) -> AsyncIterator[dict[str, bool]]:
    """A coach changes how long an athlete holds."""
    coach = world.coach()
    maria = world.athlete(coach=coach)
    await world.settle()
    coach.say("/plan Maria hold=12")
    yield SAID
    assert "12" in maria.chat[-1].text


async def weekly(world: BotWorld) -> AsyncIterator[dict[str, bool]]:
    """It is Monday at seven, on the coach's clock."""
    coach = world.coach()
    world.athlete(coach=coach)
    world.run(summary_schedule.for_all, world.now)
    await world.until(MONDAY + timedelta(days=7, minutes=-1))
    world.later(minutes=1)
    yield DUE
    assert any(line.startswith("Week 48") for line in world.heard(coach))


PLAYED: Final = {
    "A pain reply": pain_reply,
    "A reminder": reminder,
    "`/plan Maria hold=12`": plan,
    "A weekly summary": weekly,
}


def test_each_walk_is_played() -> None:
    """The page has these four, and no other."""
    assert list(walks()) == list(PLAYED)


@pytest.mark.parametrize("title", PLAYED)
async def test_a_walk_goes_as_the_page_says(title: str, tmp_path: Path) -> None:
    """Every file that it names is entered, in this order, and no more files than it says.

    It is gone twice: what the first one has looked up for good is no part of the walk.
    """
    most, named = walks()[title]
    for time in ("first", "again"):
        folder = tmp_path / time
        folder.mkdir()
        async with world_at(folder, MONDAY) as world:
            played = PLAYED[title](world)
            edges = await anext(played)
            with entered() as found:
                await world.settle(**edges)
            assert await anext(played, None) is None
    rest = iter(found)
    wanted = [file for file in named if file not in ELSEWHERE]
    assert [file for file in wanted if file in rest] == wanted
    there = sorted(set(found))
    assert len(there) <= most, there
