"""Slow work in a process of its own, so that no cue waits for it: one job at a time, in limits."""

import asyncio
import logging
import multiprocessing
import os
import signal
import threading
import warnings
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from multiprocessing.process import BaseProcess
from typing import Final, ParamSpec, TypeVar

from bot import traces

P = ParamSpec("P")
T = TypeVar("T")

# A first start on a new machine builds matplotlib's list of fonts.
START_LIMIT_S: Final = 60.0
_NICENESS: Final = 10


class WorkError(Exception):
    """The work could not be done."""


class TooLongError(WorkError):
    """It took too long, and was given up."""


class DiedError(WorkError):
    """The process died twice over it: it may have needed more memory than it may have."""


class Worker:
    """One spawned process that does one job at a time; it starts with the first.

    What takes longer than ``limit_s`` seconds is given up and its process replaced; a process that
    died is replaced once per job. ``load`` is what it does first.
    """

    def __init__(self, load: Callable[[], None], *, limit_s: float) -> None:
        self._load = load
        self._limit_s = limit_s
        self._turn = asyncio.Lock()
        self._pool: ProcessPoolExecutor | None = None
        self._process: BaseProcess | None = None
        self._closed = False

    async def warm_up(self) -> None:
        """Start the process and load its code, so that the first job is quick.

        Raises WorkError if that fails.
        """
        await self._run(self._load)

    async def aclose(self) -> None:
        """End the process at once, a job under way with it; nothing is done afterwards."""
        self._closed = True
        await self._discard()
        async with self._turn:  # whoever was starting it has noticed by now
            await self._discard()

    async def _run(self, job: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Do a job in its turn; raises WorkError and nothing else."""
        async with self._turn:
            try:
                return await self._try(job, *args, **kwargs)
            except BrokenProcessPool:
                await self._discard()
            try:
                return await self._try(job, *args, **kwargs)
            except BrokenProcessPool as error:
                await self._discard()
                raise DiedError("The process died twice") from error

    async def _try(self, job: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Do a job within its limit; raises BrokenProcessPool if the process died."""
        try:
            pool = await self._ready_pool()
            async with asyncio.timeout(self._limit_s):
                return await asyncio.wrap_future(pool.submit(job, *args, **kwargs))
        except TimeoutError as error:
            await self._discard()
            raise TooLongError("It took too long") from error
        except (BrokenProcessPool, WorkError):
            raise
        except Exception as error:
            raise WorkError(f"It failed: {type(error).__name__}") from error

    async def _ready_pool(self) -> ProcessPoolExecutor:
        """Return the running pool, started and loaded if there is none."""
        if self._closed:
            raise WorkError("The process is closed")
        if self._pool is None:
            # On the loop, for a few milliseconds: in a thread, a cancelled start would leak it.
            self._pool = self._spawn()
            async with asyncio.timeout(START_LIMIT_S):
                await asyncio.wrap_future(self._pool.submit(self._load))
        return self._pool

    def _spawn(self) -> ProcessPoolExecutor:
        before = set(multiprocessing.active_children())
        context = multiprocessing.get_context("spawn")
        with _without_hang_up():
            pool = ProcessPoolExecutor(max_workers=1, mp_context=context, initializer=_settle)
            pool.submit(os.getpid)  # a pool has no process before its first job
        self._process = next(iter(set(multiprocessing.active_children()) - before), None)
        return pool

    async def _discard(self) -> None:
        """Kill the process and wait until it is gone; the next job starts another."""
        pool, self._pool = self._pool, None
        process, self._process = self._process, None
        if process is not None:
            process.kill()
        if pool is not None:
            await asyncio.to_thread(pool.shutdown, wait=True, cancel_futures=True)


@contextmanager
def _without_hang_up() -> Iterator[None]:
    """Start processes that do not end when their terminal goes away: the bot ends them."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGHUP})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _settle() -> None:
    """Prepare the child: no Ctrl-C of its own, behind everything else, gone with its parent."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    os.nice(_NICENESS)
    traces.guard()
    logging.disable()  # what a library says here may quote a name, and nobody needs it
    warnings.simplefilter("ignore")
    parent = multiprocessing.parent_process()
    if parent is not None:
        threading.Thread(target=_follow, args=(parent,), daemon=True).start()


def _follow(parent: BaseProcess) -> None:
    """End this process when the parent ends, even by SIGKILL: its queue would wait for ever."""
    parent.join()
    os._exit(1)
