"""A bot, an athlete's chat, and a network between them that does to each call what it is told.

Time is virtual. What is said in the chat is what the sandbox has taken, in its order.
"""

import asyncio
import json
from collections.abc import Callable, Coroutine
from contextlib import suppress
from contextvars import Context
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from sqlmodel import Session as Db
from telegram import Bot
from telegram._utils.defaultvalue import DefaultValue
from telegram._utils.types import ODVInput
from telegram.error import TimedOut
from telegram.request import BaseRequest, RequestData

from bot.delivery import crossing
from bot.delivery.crossing import LISTEN_S, Crossing, HeldBackError, UnansweredError
from bot.delivery.sender import Sender, recover
from bot.delivery.transport import MaybeSent, NotSent, NotSentTimedOut
from bot.dispatch import delivery_events, due_work
from bot.protocol.dose.dose import Dose
from bot.protocol.session.events import Event, Pain
from bot.protocol.session.state import Outcome, Phase
from bot.store import sessions
from bot.store.engine import Store
from bot.store.sessions import Stored
from bot.telegram.renderer import Renderer
from bot.training.session import apply_event
from telegram_sandbox import ApiError, Call, Person, Sandbox
from testkit import virtual
from testkit.database import opened
from testkit.people import BERLIN, enrolled
from testkit.virtual import VirtualClock
from testkit.world import TOKEN, Dots

READ_S: Final = 5.0
CONNECT_S: Final = 5.0
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


@dataclass
class Ether(BaseRequest):
    """The bot's transport: honours crossings as the real one does."""

    sandbox: Sandbox
    decide: Callable[[str], Fate] = lambda _text: QUICK
    down: bool = False
    sent: list[str] = field(default_factory=list)
    limits: list[tuple[str, tuple[Any, ...]]] = field(default_factory=list)

    @property
    def read_timeout(self) -> float | None:
        """Seconds."""
        return READ_S

    async def initialize(self) -> None:
        """Nothing to open."""

    async def shutdown(self) -> None:
        """Nothing to close."""

    async def do_request(
        self,
        url: str,
        method: str,
        request_data: RequestData | None = None,
        read_timeout: ODVInput[float] = BaseRequest.DEFAULT_NONE,
        write_timeout: ODVInput[float] = BaseRequest.DEFAULT_NONE,
        connect_timeout: ODVInput[float] = BaseRequest.DEFAULT_NONE,
        pool_timeout: ODVInput[float] = BaseRequest.DEFAULT_NONE,
    ) -> tuple[int, bytes]:
        """Make a call."""
        assert method == "POST"
        raw: dict[str, Any] = dict(request_data.json_parameters) if request_data else {}
        call = Call(url.rpartition("/")[2], int(raw["chat_id"]), raw)
        given = None if isinstance(read_timeout, DefaultValue) else read_timeout
        read_s = READ_S if given is None else given
        text = raw.get("text", "")
        self.limits.append((text, (pool_timeout, connect_timeout, write_timeout, read_s)))
        way = crossing.of_this_call()
        if way is None:
            return await self._exchange(call, read_s, None)
        heard = LISTEN_S if way.listens else read_s
        try:
            return await way.carry(self._exchange(call, heard, way), read_s)
        except HeldBackError:
            raise NotSentTimedOut from None
        except UnansweredError:
            raise TimedOut from None

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


@dataclass
class Stage:
    """One athlete in a session, the real sender, and the ether."""

    clock: VirtualClock
    store: Store
    sandbox: Sandbox
    ether: Ether
    maria: Person
    athlete_id: int
    sender: Sender
    _moved: asyncio.Event = field(default_factory=asyncio.Event)
    _running: "set[asyncio.Task[None]]" = field(default_factory=set)

    async def starts(self) -> None:
        """Open a session; HOLD comes after the lead-in."""
        self._sends()
        await self.store.write(apply_event.open_session, self.athlete_id, None, self.clock.now())
        await self.happens(Pain(1))

    def _sends(self) -> None:
        self.store.on_commit = [self.sender.wake, self._moved.set]
        jobs = (self.sender.run(), self._acts())
        self._running = {asyncio.create_task(job) for job in jobs}

    async def _acts(self) -> None:
        """Act on what is due, as the alarm does."""
        while True:
            self._moved.clear()
            await self.store.write(due_work.act_due, self.clock.now())
            at, now = self.store.read_now(due_work.earliest), self.clock.now()
            wait = None if at is None else max(0.001, (at - now).total_seconds())
            await self.clock.wait(self._moved, wait)

    async def happens(self, event: Event) -> bool:
        """Let an event happen to the newest session; False where it is refused."""

        def happen(db: Db) -> bool:
            stored = sessions.newest(db, self.athlete_id)
            assert stored is not None
            return isinstance(apply_event.happen(db, stored, event, self.clock.now()), Stored)

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
        await self.store.write(recover, self.clock.now(), delivery_events)
        await self.store.write(due_work.recover, self.clock.now())
        self.sender = _sender(self.store, self.ether, self.clock)
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
        stored = self.store.read_now(sessions.newest, self.athlete_id)
        assert stored is not None
        return stored.value.phase

    @property
    def untroubled(self) -> bool:
        """Whether the session came to its own end: the athlete has answered every hold."""
        stored = self.store.read_now(sessions.newest, self.athlete_id)
        return stored is not None and stored.value.outcome in {Outcome.LESSENING, Outcome.LEVEL}

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
        query = "SELECT state FROM outbox WHERE kind = ? ORDER BY id"
        with self.store._engine.connect() as connection:
            return [row[0] for row in connection.exec_driver_sql(query, (kind,))]


def _cues(texts: list[str]) -> list[str]:
    words = (text.replace(ENDED, "ENDED").split()[0].rstrip(".") for text in texts)
    return [word for word in words if word in CUES]


def _sender(store: Store, ether: Ether, clock: VirtualClock) -> Sender:
    return Sender(
        store, Bot(TOKEN, request=ether), Renderer(store, Dots()), delivery_events, clock, 28
    )


def play(folder: Path, act: Callable[[Stage], Coroutine[Any, Any, None]], **dose: Any) -> None:
    """Let a scene be played to its end."""

    async def scene(clock: VirtualClock) -> None:
        with opened(folder / "ether.db") as store:
            sandbox = Sandbox(TOKEN, "holdfast_bot", now=clock.now)
            maria = sandbox.person("Maria", started=True)
            shape = Dose(**{"hold_s": 10, "holds": 3, "rest_s": 10, **dose})
            args = (maria.id, "Maria", shape, None, clock.now(), BERLIN)
            athlete = store.write_now(enrolled, *args)
            ether = Ether(sandbox)
            stage = Stage(
                clock, store, sandbox, ether, maria, athlete, _sender(store, ether, clock)
            )
            await stage.starts()
            try:
                await act(stage)
            finally:
                with suppress(Exception):
                    await stage.ends()

    virtual.run(scene)
