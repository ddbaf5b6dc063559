"""The faults of a run as they strike, and the hand that starts the bot again after them."""

import asyncio
import random
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from telegram_sandbox import Armed, Call, FaultKind
from telegram_sandbox import Fault as Strike
from tests.simulation.forecast import Fault
from tests.simulation.network import PLAIN, Trouble

if TYPE_CHECKING:
    from tests.simulation.kept import Release
    from tests.simulation.run import Run

AFTERMATH_S: Final = 400.0
"""How long after a fault of the database its errors may still be logged: a row waits 5 minutes."""
RESTART_S: Final = 2.0
"""After a program that ended by itself its supervisor starts it again."""


@dataclass(frozen=True, slots=True)
class _Met:
    """Trouble that the next call of a kind meets with, if it comes before `until`."""

    fault: Fault
    chat: int
    until: float

    def fits(self, call: Call) -> bool:
        """Whether a call is of that kind."""
        where = self.fault.where
        if call.method == "getUpdates":
            return False
        if where == "chat":
            return call.chat_id == self.chat
        if where in {"edit", "answer", "photo"}:
            return where in call.method.lower()
        return where in str(call.params.get("text"))[:20]

    @property
    def trouble(self) -> Trouble:
        """What it is."""
        seconds = self.fault.size
        return {
            "no connection": Trouble(connecting=seconds),
            "late": Trouble(late=seconds),
            "late answer": Trouble(answer=seconds),
            "lost answer": Trouble(lost=True),
        }[self.fault.kind]


class Weather:
    """Lets the faults strike, and starts the bot again after it ended or died."""

    def __init__(self, run: "Run", faults: list[Fault]) -> None:
        self._run = run
        self._faults = faults
        self.struck: Counter[str] = Counter()
        self.busy = 0
        self._database_until = -1.0
        self._orders: asyncio.Queue[Fault] = asyncio.Queue()
        self._armed: list[Armed] = []
        self._rng = random.Random(f"{run.seed}/strikes")
        self._lock: Release | None = None
        self._locked_until = 0.0
        self._troubles: list[_Met] = []
        self._damage = 0
        self.damaged: list[str] = []
        """The keys of letters that nobody can read any more."""
        run.machine.waiting = self.wait_for_lock
        run.machine.stored = self._damages
        run.machine.ended = self._ended
        run.network.meddle = self._meddles

    def plan(self) -> None:
        """Put every fault into the agenda."""
        for fault in self._faults:
            self._run.agenda.at(fault.at, lambda fault=fault: self.strike(fault))  # type: ignore[misc]

    def end(self) -> None:
        """Let everything work again."""
        self._run.sandbox.faults.clear()
        self._run.network.down = False
        self._troubles.clear()
        self._damage, self._locked_until = 0, 0.0
        self._run.machine.spare()
        self._unlock()
        self._empty_disk()

    def explains_errors(self) -> bool:
        """Whether an error in the log comes from a fault: of the database, or of a dying bot."""
        machine = self._run.machine
        dying = machine.store is None or machine.store.dead
        return dying or self._run.clock.ticks() <= self._database_until

    # ---- one fault ---------------------------------------------------------------------

    def strike(self, fault: Fault) -> None:
        """Let something go wrong now."""
        run = self._run
        run.note(f"fault {fault}")
        match fault.kind:
            case "outage":
                run.network.down = True
                self._until(fault.span, self._up)
            case "restart" | "kill":
                self._orders.put_nowait(fault)
                return
            case "clock step":
                self.struck[fault.kind] += 1
                run.clock.step(fault.size)
            case "stall":
                self.struck[fault.kind] += 1
                run.loop.stall(fault.size)
            case "locked" | "disk full" | "connection ended":
                self._database(fault)
            case "no connection" | "late" | "late answer" | "lost answer":
                self._troubles.append(_Met(fault, self._somebody(), run.loop.time() + fault.span))
            case "again":
                self._deliver_again(int(fault.size))
            case "damage":
                self._damage = int(fault.size)
            case _:
                self._arm(fault)

    def _until(self, span: float, end: Callable[[], object]) -> None:
        self._run.agenda.after(span, end)

    def _up(self) -> None:
        self._run.network.down = False

    def _arm(self, fault: Fault) -> None:
        kind, _, html = fault.kind.partition(":")
        updates = kind in {FaultKind.DUPLICATE_UPDATE, FaultKind.REORDERED_UPDATES}
        cue = fault.where in {"HOLD", "RELEASE"}
        chats = [one.person.id for one in self._run.town.athletes]
        retry = self._rng.choice((1, 2, 2) if cue else (1, 1, 2, 5, 35))
        strike = Strike(
            kind,
            method="getUpdates" if fault.where == "getUpdates" else None,
            chat_id=self._rng.choice(chats) if fault.where == "chat" else None,
            times=int(fault.size),
            when=(lambda call: fault.where in str(call.params.get("text"))[:20]) if cue else None,
            retry_after=retry,
            html=bool(html),
            seconds=self._rng.choice((0.5, 3.0, 12.0)),
        )
        if kind == FaultKind.REORDERED_UPDATES:  # several have to wait for an order to be changed
            held = Strike(FaultKind.HANG_BEFORE, method="getUpdates", times=6, seconds=12.0)
            self._run.sandbox.faults.add(held)
        armed = self._run.sandbox.faults.add(strike)
        self._until(fault.span, lambda: self._disarm(armed, kind if updates else ""))

    def _disarm(self, armed: Armed, kind: str) -> None:
        if kind:
            self.struck[kind] += armed.hits
        self._run.sandbox.faults.remove(armed)

    def _somebody(self) -> int:
        return self._rng.choice(self._run.town.athletes).person.id

    def _meddles(self, call: Call) -> Trouble:
        """Return what a call meets with: the first trouble that is about it, once."""
        now = self._run.loop.time()
        self._troubles = [one for one in self._troubles if now < one.until]
        met = next((one for one in self._troubles if one.fits(call)), None)
        if met is None:
            return PLAIN
        self._troubles.remove(met)
        return met.trouble

    def _deliver_again(self, back: int) -> None:
        """Let one of the last updates come again, as a new one."""
        old = list(self._run.witness.history)[-back:][:1]
        for update in old:
            self.struck["again"] += 1
            kind = next(name for name in update if name != "update_id")
            self._run.sandbox.updates.push(kind, update[kind])

    def _damages(self) -> None:
        """Make the newest letter that waits unreadable."""
        if not self._damage or self._lock is not None:
            return
        key = self._run.ledger.spoil()
        if key is not None:
            self._damage -= 1
            self.struck["damage"] += 1
            self.damaged.append(key)
            self._run.note(f"letter {key} is damaged")
            self._database_until = self._run.clock.ticks() + AFTERMATH_S

    # ---- the database ------------------------------------------------------------------

    def _database(self, fault: Fault) -> None:
        machine = self._run.machine
        if machine.store is None or machine.store.dead:
            return
        if fault.kind == "connection ended":
            machine.cut(fault.where, int(fault.size), fault.span)
            return
        self.struck[fault.kind] += 1
        until = self._run.clock.ticks() + fault.span
        self._database_until = max(self._database_until, until + AFTERMATH_S)
        if fault.kind == "locked":
            self._take_lock(until)
            self._until(fault.span, self._unlock)
        else:
            machine.kept.fill(machine.store.driver)
            self._until(fault.span, self._empty_disk)

    def _ended(self, point: str, away_s: float) -> None:
        """The server has ended the bot's connections."""
        self.struck[f"connection ended {point}"] += 1
        self._run.note(f"the server ends the connection, and lets nobody in for {away_s:.1f} s")
        until = self._run.clock.ticks() + away_s + AFTERMATH_S
        self._database_until = max(self._database_until, until)

    def _take_lock(self, until: float) -> None:
        """Lock the database against the bot's writes."""
        self._locked_until = max(self._locked_until, until)
        if self._lock is None:
            self._lock = self._run.machine.kept.lock()

    def wait_for_lock(self) -> None:
        """Wait as the database does, for five seconds at most; nothing else runs meanwhile."""
        if self._lock is None:
            return
        left = self._locked_until - self._run.clock.ticks()
        self._run.loop.stall(min(max(left, 0.0), self._run.machine.kept.waits_s))
        self._unlock()

    def _unlock(self) -> None:
        if self._lock is not None and self._run.clock.ticks() >= self._locked_until:
            self._lock()
            self._lock = None

    def _empty_disk(self) -> None:
        store = self._run.machine.store
        if store is not None and not store.dead:
            self._run.machine.kept.make_room(store.driver)

    # ---- the process -------------------------------------------------------------------

    async def operate(self) -> None:
        """Keep the bot running: start it, carry out orders, start it again when it ended."""
        machine = self._run.machine
        await machine.start()
        while True:
            order = asyncio.create_task(self._orders.get())
            both: set[asyncio.Task[Any]] = {order, machine.ending()}
            await asyncio.wait(both, return_when=asyncio.FIRST_COMPLETED)
            fault = (
                order.result()
                if order.done()
                else Fault(self._run.clock.ticks(), "ended", RESTART_S)
            )
            order.cancel()
            await self._carry_out(fault)

    async def _carry_out(self, fault: Fault) -> None:
        machine, clock = self._run.machine, self._run.clock
        if fault.kind == "kill":
            await machine.die(fault.where, int(fault.size))
        else:
            self.busy += 1
            try:
                await machine.end()
            finally:
                self.busy -= 1
        if machine.fatal is not None:
            self._judge_end(machine.fatal)
        self.struck[f"{fault.kind} {fault.where}".strip()] += 1
        self._run.note(f"{fault.kind}: the bot is down for {fault.span:.1f} s")
        await clock.wait(asyncio.Event(), fault.span)
        self._run.note("the bot starts")
        await machine.start()

    def _judge_end(self, error: BaseException) -> None:
        self._run.note(f"the bot ended: {error!r}")
        self._run.machine.fatal = None
        if not self.explains_errors():
            self._run.broken(f"the bot ended by itself: {error!r}")
