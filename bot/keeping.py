"""What keeps people and the file safe, made for the composition root: memory, checks, backups."""

from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import Final

from telegram import Bot

from bot.clock.checks import Checks
from bot.clock.clock import SystemClock
from bot.delivery.from_memory import FromMemory, beside
from bot.delivery.sender import Sender
from bot.dispatch import due_work
from bot.operations.backup_job import Backups
from bot.operations.backups import read_nightly
from bot.store import erasures
from bot.store.backup import Copied
from bot.store.engine import Store
from bot.store.faults import DamagedError
from bot.store.home import Home
from bot.telegram import unsaved


def memory_of(store: Store, bot: Bot, outbound: Sender, clock: SystemClock) -> FromMemory:
    """Return what says RELEASE and STOP while the database cannot be written."""

    async def break_off(cut: dict[int, bool], now: datetime) -> None:
        await store.write(due_work.break_off, cut, now)

    send = beside(bot, outbound.pace, clock)
    outbound.memory = made = FromMemory(store, clock, unsaved.call, send, break_off)
    return made


def checks_of(home: Home, store: Store, clock: SystemClock) -> Checks:
    """Return what looks for damaged pages, and tells the store of them."""

    def look(stopped: Callable[[], bool], closely: bool) -> None:  # noqa: FBT001 - handed on
        found = home.find_damage(stopped, closely=closely)
        if found is not None:
            store.judge(DamagedError(found))

    return Checks(clock, look)


OFF: Final = "off"
"""The setting of who wants no backups by night."""


def backups_of(home: Home, nightly: str, keep: int, store: Store, clock: SystemClock) -> Backups:
    """Return what makes backups, and tells the store of damage that it comes across."""

    def copy(now: datetime, stopped: Callable[[], bool]) -> Copied:
        try:
            return home.back_up(now, keep, stopped)
        except DamagedError as error:
            store.judge(error)
            raise

    put_down = partial(erasures.write, home.folder)
    return Backups(store, clock, copy, read_nightly(nightly), put_down)
