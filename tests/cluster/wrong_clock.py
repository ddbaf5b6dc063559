"""Runs the bot with a machine's clock that is wrong: `-m tests.cluster.wrong_clock FILE run`.

FILE holds by how many seconds, as eight bytes, and may be written while the bot runs. Wrong is what
the bot and its scheduler read; the clock that only goes forward is right, as it is on a machine
whose wall clock is wrong. The bot knows nothing of it.
"""

import datetime as dt
import mmap
import struct
import sys
import time
from pathlib import Path
from typing import Any, Final

SIZE: Final = 8


def set_wrong(path: Path, seconds: float) -> None:
    """Let the clock of whoever runs with this file be wrong by so much."""
    with path.open("r+b" if path.exists() else "w+b") as file:
        file.write(struct.pack("d", seconds))


def main() -> None:
    """Put the wrong clock in place, and be the bot."""
    path, *arguments = sys.argv[1:]
    with open(path, "rb") as file:  # noqa: PTH123 - nothing but what is needed
        wrong = mmap.mmap(file.fileno(), SIZE, access=mmap.ACCESS_READ)
    right = time.time

    def by() -> float:
        seconds: float = struct.unpack("d", wrong[:SIZE])[0]
        return seconds

    class Wrong(dt.datetime):
        @classmethod
        def now(cls, tz: Any = None) -> Any:
            return dt.datetime.fromtimestamp(right() + by(), tz)

    time.time = lambda: right() + by()
    import apscheduler.executors.base as executors  # noqa: PLC0415 - after the clock is set
    import apscheduler.schedulers.base as schedulers  # noqa: PLC0415 - the same
    from apscheduler.triggers import interval  # noqa: PLC0415 - the same

    import bot.clock.clock as room  # noqa: PLC0415 - the same

    for who in (room, executors, schedulers, interval):
        vars(who)["datetime"] = Wrong
    from bot.cli import main as run  # noqa: PLC0415 - the same

    sys.argv = ["holdfast", *arguments]
    run()


if __name__ == "__main__":
    main()
