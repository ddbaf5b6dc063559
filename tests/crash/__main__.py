"""`make crash`: the process killed with SIGKILL at least 200 times while people train with it.

Several bots live at the same time, each with a database, a sandbox and people of its own. The seed
chooses who does what and when a kill is meant to come; the machine decides the rest, so a seed
leads to much the same run, not to the same instant.
"""

import argparse
import asyncio
import sys
from collections import Counter
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

from tests.crash.checks import CHECKS, problems, repeats
from tests.crash.history import History, Kill, pain_of
from tests.crash.ordeal import Ordeal
from tests.page import keep
from tests.process.running import place_in


def wishes() -> argparse.Namespace:
    """Return what the command line asks for."""
    parser = argparse.ArgumentParser(prog="make crash", description=__doc__)
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--houses", type=int, default=6, help="bots at the same time")
    parser.add_argument("--minutes", type=float, default=12, help="no kill comes after that")
    parser.add_argument("--seed", type=int, default=20_261_125)
    parser.add_argument("--write", action="store_true", help="write docs/reliability.md")
    return parser.parse_args()


def say(line: str) -> None:
    """Print at once."""
    print(line, flush=True)  # noqa: T201 - a command's own output


async def play(asked: argparse.Namespace) -> list[History]:
    """Let all houses run side by side; return what each has left."""
    until = datetime.now(UTC) + timedelta(minutes=asked.minutes)
    numbers = count(1)

    def tell(kill: Kill) -> None:
        phases = ", ".join(sorted(kill.live.values())) or "nobody in a session"
        say(f"kill {next(numbers):3} of {asked.kills}  {kill.how:22}  {phases}")

    async def one(index: int) -> History:
        kills = asked.kills // asked.houses + (index < asked.kills % asked.houses)
        with TemporaryDirectory() as folder:
            async with place_in(Path(folder)) as place:
                ordeal = Ordeal(place, Random(f"{asked.seed}:{index}"), tell)
                return await ordeal.survives(kills, until)

    return list(await asyncio.gather(*(one(index) for index in range(asked.houses))))


def found(histories: Iterable[History]) -> dict[str, list[str]]:
    """Return check → what is wrong in any of the houses."""
    all_of = [problems(history) for history in histories]
    return {name: [line for one in all_of for line in one[name]] for name in CHECKS}


def table(histories: list[History], wrong: dict[str, list[str]], seconds: float) -> list[str]:
    """Return the figures as a table of Markdown."""
    kills = [kill for history in histories for kill in history.kills]
    hows = Counter(kill.how for kill in kills)
    phases = Counter(phase for kill in kills for phase in kill.live.values())
    updates = [update for history in histories for update in history.updates]
    rows = {
        "kills survived": len(kills),
        **{f"– {how}": number for how, number in sorted(hows.items())},
        **{f"sessions that were {name} then": n for name, n in sorted(phases.items())},
        "sessions": sum(len(history.rows["session"]) for history in histories),
        "holds begun": sum(len(history.rows["hold"]) for history in histories),
        "presses and words": len(updates),
        "– pain answers": sum(pain_of(update) is not None for update in updates),
        "reminders": sum(len(history.of("outbox", kind="Reminder")) for history in histories),
        "– sent once more, as a kill left them uncertain": sum(map(repeats, histories)),
        **{f"**{name}**": f"**{len(lines)}**" for name, lines in wrong.items()},
        "minutes": f"{seconds / 60:.1f}",
    }
    return ["| | |", "|---|---|", *(f"| {name} | {value} |" for name, value in rows.items())]


def write(lines: list[str], asked: argparse.Namespace) -> None:
    """Keep the figures in the documents."""
    told = f"Seed {asked.seed}, {asked.houses} bots at the same time."
    keep("crash", "\n".join([told, "", *lines]))


def main() -> int:
    """Play, judge and print; return the exit code."""
    asked = wishes()
    begun = datetime.now(UTC)
    histories = asyncio.run(play(asked))
    wrong = found(histories)
    lines = table(histories, wrong, (datetime.now(UTC) - begun).total_seconds())
    say("\n".join(["", *lines, ""]))
    for name, sentences in wrong.items():
        for sentence in sentences:
            say(f"{name}: {sentence}")
    if asked.write:
        write(lines, asked)
    done = sum(len(history.kills) for history in histories)
    if done < asked.kills:
        say(f"only {done} of {asked.kills} kills within {asked.minutes} minutes")
    return 1 if done < asked.kills or any(wrong.values()) else 0


if __name__ == "__main__":
    sys.exit(main())
