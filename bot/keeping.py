"""What keeps people and the file safe, made for the composition root: memory, checks, backups."""

from collections.abc import Callable
from datetime import datetime
from functools import partial

from telegram import Bot

from bot.clock.checks import Checks
from bot.clock.clock import SystemClock
from bot.delivery.from_memory import FromMemory, beside
from bot.delivery.sender import Sender
from bot.dispatch import due_work
from bot.operations.backup_job import Backups
from bot.operations.backups import read_nightly
from bot.settings import Settings
from bot.store import backup, erasures, pages
from bot.store.backup import Copied
from bot.store.engine import Store, file_of
from bot.store.faults import DamagedError
from bot.telegram import unsaved


def memory_of(store: Store, bot: Bot, outbound: Sender, clock: SystemClock) -> FromMemory:
    """Return what says RELEASE and STOP while the database cannot be written."""

    async def break_off(cut: dict[int, bool], now: datetime) -> None:
        await store.write(due_work.break_off, cut, now)

    send = beside(bot, outbound.pace, clock)
    outbound.memory = made = FromMemory(store, clock, unsaved.call, send, break_off)
    return made


def checks_of(settings: Settings, store: Store, clock: SystemClock) -> Checks:
    """Return what looks for damaged pages, and tells the store of them."""
    path = file_of(settings.database.url)

    def look(stopped: Callable[[], bool], closely: bool) -> None:  # noqa: FBT001 - handed on
        found = pages.find(path, stopped, how=pages.LONG if closely else pages.QUICK)
        if found is not None:
            store.judge(DamagedError(found))

    return Checks(clock, look)


def backups_of(settings: Settings, store: Store, clock: SystemClock) -> Backups:
    """Return what makes backups, and tells the store of damage that it comes across."""
    url, kept = settings.database.url, settings.backup
    folder = backup.folder_of(url, kept.folder)

    def copy(now: datetime, stopped: Callable[[], bool]) -> Copied:
        try:
            return backup.make(url, folder, now, kept.keep, stopped)
        except DamagedError as error:
            store.judge(error)
            raise

    put_down = partial(erasures.write, folder)
    return Backups(store, clock, copy, read_nightly(kept.nightly), put_down)
