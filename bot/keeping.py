"""Parts made for `app.py`: what brings updates in, alarm, memory, checks, backups."""

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Final

import structlog
from sqlmodel import Session as Db
from telegram import Bot

from bot.clock.alarm import Alarm
from bot.clock.checks import Checks
from bot.clock.clock import SystemClock
from bot.delivery.address import host_of
from bot.delivery.carrier import Alone
from bot.delivery.errors import why_failed
from bot.delivery.from_memory import FromMemory, beside
from bot.delivery.limiter import WINDOW_S
from bot.delivery.ports import MayLeave, SenderClock
from bot.delivery.sender import Sender
from bot.dispatch import due_work, upkeep
from bot.dispatch.commands.catalogue import Rules
from bot.operations import faults
from bot.operations.backup_job import Backups
from bot.operations.backups import read_nightly
from bot.protocol.session.state import CUED, Phase
from bot.settings import Settings
from bot.store import erasures, sessions
from bot.store.backup import Copied
from bot.store.engine import Store
from bot.store.faults import DamagedError, StoreError
from bot.store.home import Home
from bot.store.nodes import Handed, handed_since
from bot.store.sessions import Stored
from bot.telegram import unsaved
from bot.telegram.inbox import Inbox
from bot.telegram.poller import Poller
from bot.telegram.ports import EdgeWatch, Incoming
from bot.telegram.webhook import Posted, WebhookKeeper

log = structlog.get_logger()


def memory_of(
    store: Store, bot: Bot, outbound: Sender, clock: SystemClock, gate: MayLeave
) -> FromMemory:
    """Return what says RELEASE and STOP while the database cannot be written."""

    async def break_off(cut: dict[int, bool], now: datetime) -> None:
        await store.write(due_work.break_off, cut, now)

    send = beside(bot, outbound.pace, clock, gate)
    away = None if isinstance(gate, Alone) else lambda: gate.away
    outbound.memory = made = FromMemory(store, clock, unsaved.call, send, break_off, away)
    return made


def incoming_of(
    settings: Settings,
    store: Store,
    bot: Bot,
    clock: SystemClock,
    memory: FromMemory,
    watch: EdgeWatch,
    may: Callable[[], bool],
) -> tuple[Inbox, Incoming]:
    """Return what handles updates, and what brings them: a webhook where one is named, or not."""
    hook, saving = settings.webhook, unsaved.saving(memory.heard)
    rules = Rules(bot.username, settings.access.open_enrolment)
    told = partial(why_failed, host_of(settings.telegram.api_base_url))
    secret = hook.secret.get_secret_value()
    webhook = WebhookKeeper(bot, clock, hook.url, secret, told, may) if hook.url else None
    inbox = Inbox(store, clock, rules, watch, saving, webhook)
    poller = Poller(bot, store, clock, inbox.wake, saving, told, may)
    return inbox, poller if webhook is None else Posted(webhook, poller)


async def remember(store: Store, outbound: Sender, memory: FromMemory, clock: SenderClock) -> int:
    """Take from the rows what another process had in mind a moment ago: budget and promises.

    Returns how many sessions are under way.
    """
    now, ticks = clock.now(), clock.ticks()
    handed, live = await store.read(_under_way, now)
    for one in handed:
        at = min(ticks, ticks - (now - one.at).total_seconds())
        outbound.pace.used(one.chat_id, one.kind, one.priority, at)
    for stored in live:
        if stored.chat_id is None:
            continue
        phase, due = stored.value.phase, stored.value.due_at
        memory.knows(stored.id, stored.chat_id)
        if phase not in CUED or due is None:
            continue
        left = max(0.0, (due - now).total_seconds())  # what is late is acted on in a moment
        at, holding = ticks + left, phase is Phase.HOLDING
        played = phase is Phase.CLIP
        memory.promised(stored.id, stored.chat_id, at, holding=holding, played=played)
        if holding:
            outbound.pace.promises.keep(at)
    return len(live)


def _under_way(db: Db, now: datetime) -> tuple[list[Handed], list[Stored]]:
    return handed_since(db, now - timedelta(seconds=WINDOW_S)), sessions.all_live(db)


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


def alarm_of(
    store: Store,
    clock: SystemClock,
    acted: Callable[[float], None] | None,
    memory: FromMemory,
    checks: Checks,
    jobs: tuple[Callable[[], None], ...],
    *,
    steady: bool = False,
) -> Alarm:
    """Return what acts when something is due, and rings for the `jobs` by and by.

    `acted`, if given, is told by how many seconds the oldest row of a turn was late. Where the
    bot's time is `steady`, a wall clock that is set back breaks nothing off.
    """

    async def note_trouble(event: str) -> None:
        await store.write(faults.note, event, clock.now())

    async def act() -> bool:
        await memory.settle()
        oldest = await store.read(due_work.earliest) if acted is not None else None
        count, failures = await store.write(due_work.act_due, clock.now())
        if acted is not None and oldest is not None and count:
            acted((clock.now() - oldest).total_seconds())
        for row, why in failures:
            log.error("due_row_failed", kind=row.kind, row=row.id, reason=why)
            checks.ring()
            await note_trouble("due_row_failed")
        return count >= due_work.BATCH

    def look() -> None:
        for ring in jobs:
            ring()

    async def tidy() -> None:
        links = await store.read(upkeep.with_links)
        more = await store.write(upkeep.tidy, clock.now(), links)
        while more:
            more = await store.write(upkeep.forget, clock.now())

    return Alarm(
        now=clock.now,
        act=act,
        earliest=lambda: store.read(due_work.earliest),
        upkeep=tidy,
        backup=look,
        trouble=note_trouble,
        set_back=partial(_set_back, store, clock, steady=steady),
    )


async def _set_back(store: Store, clock: SystemClock, *, steady: bool) -> None:
    if not steady:
        await store.write(due_work.rest_all, clock.now())


def erased(folder: Path) -> list[erasures.Erasure]:
    """Return who is on the list beside the backups; one that cannot be read keeps no bot away."""
    try:
        return erasures.read(folder)
    except StoreError as error:
        log.warning("erasures_not_read", why=str(error))
        return []
