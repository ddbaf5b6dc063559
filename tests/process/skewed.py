"""The bot on a machine whose wall clock is wrong: run by its path, for a process of its own.

The machine's clock is wrong for all that reads it: the bot's own, and the scheduler's.
"""

import datetime as dt
import sys
from typing import Any, Final

import apscheduler.schedulers.base as scheduler
from apscheduler.triggers import interval

import bot.clock.clock as own

WRONG: Final = dt.timedelta(seconds=float(sys.argv[1]) if __name__ == "__main__" else 0.0)


class Skewed(dt.datetime):
    """The wall clock, which is wrong."""

    @classmethod
    def now(cls, tz: Any = None) -> "dt.datetime":  # type: ignore[override]
        """Return what it shows."""
        return dt.datetime.now(tz) + WRONG


if __name__ == "__main__":
    del sys.argv[1]
    for one in (own, scheduler, interval):
        setattr(one, "datetime", Skewed)  # noqa: B010 - mypy knows no such name
    from bot.cli import main

    main()
