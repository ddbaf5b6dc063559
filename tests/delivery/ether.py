"""A bot, an athlete's chat, and a network between them that does to each call what it is told.

Time is virtual. What is said in the chat is what the sandbox has taken, in its order.
"""

import asyncio
import json
from collections.abc import Callable, Coroutine
from contextlib import suppress
from contextvars import Context
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from sqlmodel import Session as Db
from sqlmodel import col, select
from telegram import Bot
from telegram.error import TimedOut

from bot.delivery.crossing import Crossing, HeldBackError
from bot.delivery.recovery import recover
from bot.delivery.sender import Sender
from bot.delivery.transport import MaybeSent, NotSent
from bot.dispatch import delivery_events, due_work
from bot.protocol.dose.dose import Dose
from bot.protocol.session.events import Event, Pain
from bot.protocol.session.state import Outcome, Phase
from bot.store.sessions import Stored
from bot.store.tables import OutboxRow
from bot.telegram.renderer import Renderer
from bot.training.session import apply_event
from telegram_sandbox import ApiError, Call, Sandbox
from testkit import time_acts, virtual
from testkit.people import enrolled, newest
from testkit.virtual import VirtualClock
from testkit.wire import CONNECT_S, Asked, Response, Wire, crossed
from testkit.world import NAME, TOKEN, Dots, World

CUES: Final = ("HOLD", "RELEASE", "STOP", "Rest", "ENDED")
ENDED: Final = "No more holds."


@dataclass(frozen=True)
class Fate:
    """What the network does to a call: how long connecting, obeying and answering take.

    With `lost` the answer never comes. `refuses` is Telegram's refusal instead of an effect.
    """

    connect_s: float = 0.01
    effect_s: float = 0.02
    answer_s: float = 0.02
    lost: bool = False
    breaks: bool = False
    refuses: ApiError | None = None


QUICK: Final = Fate()


class Ether(Wire):
    """The bot's transport: honours crossings as the real one does.

    Less than the simulation's network, which has kills and outages: each call's fate is told.
    """

    def __init__(self, sandbox: Sandbox) -> None:
        self.sandbox = sandbox
        self.decide: Callable[[str], Fate] = lambda _text: QUICK
        self.down = False
        self.sent: list[str] = []
        self.limits: list[tuple[str, tuple[Any, ...]]] = []

    async def exchange(self, asked: Asked) -> Response:
        """Make a call."""
        params: dict[str, Any] = dict(asked.params)
        call = Call(asked.method, int(params["chat_id"]), params)
        self.limits.append((params.get("text", ""), (*asked.timeouts[:3], asked.read_s)))
        return await crossed(asked, lambda heard_s, way: self._exchange(call, heard_s, way))

    async def _exchange(self, call: Call, read_s: float, way: Crossing | None) -> tuple[int, bytes]:
        fate = self.decide(str(call.params.get("text", "")).removeprefix("<b>"))
        if self.down or fate.connect_s > CONNECT_S:
            await asyncio.sleep(min(fate.connect_s, CONNECT_S))
            raise NotSent("no network")
        await asyncio.sleep(fate.connect_s)
        if way is not None:
            try:
                way.leave()
            except HeldBackError:
                raise NotSent("held back") from None
        self.sent.append(call.params.get("text", ""))
        # Not a task of the bot's; but when the bot cuts the connection, what waits is dropped.
        server = asyncio.get_running_loop().create_task(self._serve(call, fate), context=Context())
        try:
            async with asyncio.timeout(read_s):
                return await server
        except TimeoutError:
            raise TimedOut from None

    async def _serve(self, call: Call, fate: Fate) -> tuple[int, bytes]:
        await asyncio.sleep(fate.effect_s)
        while self.down:  # noqa: ASYNC110 - a network tells nobody when it is back
            await asyncio.sleep(0.1)
        try:
            if fate.refuses is not None:
                raise fate.refuses
            result: Any = self.sandbox.call(call.method, call.params)
        except ApiError as error:
            return error.code, json.dumps(error.as_json()).encode()
        await asyncio.sleep(1e6 if fate.lost else fate.answer_s)
        if fate.breaks:
            raise MaybeSent("the connection broke")
        return 200, json.dumps({"ok": True, "result": result}).encode()


class Stage(World):
    """One athlete in a session, the real sender, and the ether."""

    clock: VirtualClock

    def __init__(self, folder: Path, clock: VirtualClock, dose: Dose) -> None:
        super().__init__(folder, clock)
        self.sandbox = Sandbox(TOKEN, NAME, now=clock.now)
        self.ether = Ether(self.sandbox)
        self.maria = self.sandbox.person("Maria", started=True)
        self.athlete_id = self.run(enrolled, self.maria.id, "Maria", dose, None, self.now)
        self._moved = asyncio.Event()
        self._running: set[asyncio.Task[None]] = set()
        self.sender = self._sender()

    def _sender(self) -> Sender:
        bot = Bot(TOKEN, request=self.ether)
        return Sender(
            self.store, bot, Renderer(self.store, Dots()), delivery_events, self.clock, 28
        )

    async def starts(self) -> None:
        """Open a session; HOLD comes after the lead-in."""
        self._sends()
        await self.store.write(apply_event.open_session, self.athlete_id, None, self.now)
        await self.happens(Pain(1))

    def _sends(self) -> None:
        self.store.on_commit = [self.sender.wake, self._moved.set]
        jobs = (self.sender.run(), time_acts.act(self.store, self.clock, self._moved))
        self._running = {asyncio.create_task(job) for job in jobs}

    async def happens(self, event: Event) -> bool:
        """Let an event happen to the newest session; False where it is refused."""

        def happen(db: Db) -> bool:
            stored = newest(db, self.maria.id)
            return isinstance(apply_event.happen(db, stored, event, self.now), Stored)

        return await self.store.write(happen)

    async def passes(self, seconds: float) -> None:
        """Let time pass."""
        await asyncio.sleep(seconds)

    async def until(self, true: Callable[[], bool]) -> None:
        """Let time pass until something is so."""
        for _ in range(10_000):
            if true():
                return
            await self.passes(0.05)
        raise AssertionError("it never came")

    async def restart(self) -> None:
        """Kill the sender and start another on the same file."""
        await self._kill()
        await self.store.write(recover, self.now, delivery_events)
        await self.store.write(due_work.recover, self.now)
        self.sender = self._sender()
        self._sends()

    async def _kill(self) -> None:
        doomed = {*self._running, *self.sender._tasks, *self.sender._carrier._listening}
        for task in doomed:
            task.cancel()
        await asyncio.gather(*doomed, return_exceptions=True)
        await asyncio.sleep(0.01)

    async def ends(self) -> None:
        """Leave no task behind."""
        await self._kill()
        await self.sender.settled()

    # ---- what is there -----------------------------------------------------------------

    @property
    def phase(self) -> Phase:
        """The newest session's phase."""
        return self.read(newest, self.maria.id).value.phase

    @property
    def untroubled(self) -> bool:
        """Whether the session came to its own end: the athlete has answered every hold."""
        outcome = self.read(newest, self.maria.id).value.outcome
        return outcome in {Outcome.LESSENING, Outcome.LEVEL}

    @property
    def said(self) -> list[str]:
        """Every message that ever came into the chat, in the chat's order."""
        return [(*one.edits, one.text)[0] for one in self.maria.history if one.from_bot]

    @property
    def cues(self) -> list[str]:
        """The first word of every cue that ever came, in the chat's order.

        A break and the end of a session for a red flag count: they tell to rest.
        """
        return _cues(self.said)

    @property
    def standing(self) -> list[str]:
        """The same of the cues that still stand in the chat."""
        return _cues([one.text for one in self.maria.chat if one.from_bot])

    def states(self, kind: str) -> list[str]:
        """Return the states of all letters of a kind."""
        query = select(OutboxRow.state).where(OutboxRow.kind == kind).order_by(col(OutboxRow.id))
        with self.store._engine.connect() as connection:
            return list(connection.execute(query).scalars())


def _cues(texts: list[str]) -> list[str]:
    words = (text.replace(ENDED, "ENDED").split()[0].rstrip(".,") for text in texts)
    return [word for word in words if word in CUES]


def play(folder: Path, act: Callable[[Stage], Coroutine[Any, Any, None]], **dose: Any) -> None:
    """Let a scene be played to its end."""
    shape = Dose(**{"hold_s": 10, "holds": 3, "rest_s": 10, **dose})

    async def scene(clock: VirtualClock) -> None:
        with Stage(folder, clock, shape) as stage:
            await stage.starts()
            try:
                await act(stage)
            finally:
                with suppress(Exception):
                    await stage.ends()

    virtual.run(scene)
