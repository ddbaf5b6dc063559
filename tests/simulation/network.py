"""Between the bot and the sandbox: no sockets, but delays, faults and lost answers.

What leaves the bot is on its way whatever becomes of the bot: a killed process does not call its
requests back.
"""

import asyncio
import json
import random
from collections import Counter
from contextvars import Context
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

from telegram.error import TimedOut

from bot.delivery.crossing import Crossing
from bot.delivery.transport import MaybeSent, NotSent, NotSentTimedOut
from telegram_sandbox import ApiError, Call, FaultKind, Sandbox
from telegram_sandbox.arguments import Upload, read
from telegram_sandbox.schema import METHODS
from testkit.wire import CONNECT_S, FETCH, Asked, Response, Wire, crossed

if TYPE_CHECKING:
    from collections.abc import Callable

POLL: Final = "getUpdates"
HTML: Final = b"<html><head><title>502 Bad Gateway</title></head><body>nginx</body></html>"
Answer = tuple[int, bytes] | None
"""Status and body; None where the connection breaks without an answer."""


@dataclass(frozen=True, slots=True)
class Trouble:
    """What happens to one call besides its usual delays.

    `connecting` is how long no connection is to be had: nothing is on the wire until then, and who
    gives up before sends nothing. After `late` more seconds it is obeyed, if anybody still waits
    for its answer; that comes after `answer`, and not at all where it is `lost`.
    """

    connecting: float = 0.0
    late: float = 0.0
    answer: float = 0.0
    lost: bool = False


PLAIN: Final = Trouble()


@dataclass(slots=True)
class Sent:
    """One call as it left the bot. `words` is all that it says; `cue` the HOLD or clip that it is.

    That was `handed` over at this instant.

    `effect` is set once the sandbox has obeyed it, `given_up` once nobody waits for its answer any
    more, `answered` once the bot will hear of that. `message_id` is the message that it became, if
    it is one.
    """

    call: Call
    words: str
    cue: tuple[int, int] | None = None
    handed: datetime | None = None
    effect: bool = False
    given_up: bool = False
    seen: bool = False
    answered: bool = False
    message_id: int | None = None


class Network:
    """Carries calls, each with the trouble that `meddle` says.

    No `testkit.near`: a life of the bot may end while its calls are under way, and they go on.

    `leaving` is told of each before it leaves, `wired` when it is on the wire, `heard` or `lost` of
    its answer, and `expecting` for how long each is under way.
    """

    def __init__(self, sandbox: Sandbox, rng: random.Random) -> None:
        self.sandbox = sandbox
        self.leaving: Callable[[Sent], None] = lambda _sent: None
        self.wired: Callable[[Sent], None] = lambda _sent: None
        self.heard: Callable[[Sent], None] = lambda _sent: None
        self.lost: Callable[[Sent], None] = lambda _sent: None
        self.meddle: Callable[[Call], Trouble] = lambda _call: PLAIN
        self.down = False
        self.gone: Callable[[], bool] = lambda: False
        self.struck: Counter[str] = Counter()
        self.flying = 0
        self.expecting: Callable[[float], None] = lambda _seconds: None
        self.current: Sent | None = None
        self._rng = rng
        self._servers: set[asyncio.Task[Answer]] = set()

    async def exchange(
        self,
        method: str,
        raw: dict[str, Any],
        uploads: dict[str, Upload],
        timeout_s: float,
        connect_s: float = CONNECT_S,
        way: Crossing | None = None,
    ) -> tuple[int, bytes]:
        """Make one call and return its answer. Raises what the bot's own transport would.

        The letter's `way` is told when the call goes on the wire, and may hold it back.
        """
        if self.gone():  # a dead process makes no calls
            raise asyncio.CancelledError
        sent = Sent(Call(method, _number(raw.get("chat_id")), raw), _words(raw, uploads))
        self.leaving(sent)
        if self.down:
            self.struck["outage"] += 1
            raise NotSent("the network is down")
        trouble = self.meddle(sent.call)
        await self._connect(trouble, connect_s)
        if way is not None:
            way.leave()
        self.wired(sent)
        # In a context of its own: it is no task of the bot's.
        server = asyncio.get_running_loop().create_task(
            self._serve(sent, uploads, trouble), name="network", context=Context()
        )
        self._servers.add(server)
        server.add_done_callback(self._servers.discard)
        return await self._answered(sent, server, timeout_s)

    async def _connect(self, trouble: Trouble, limit: float) -> None:
        """Wait for a connection; whoever gives up meanwhile has sent nothing."""
        if not trouble.connecting:
            return
        self.struck["no connection"] += 1
        await self._pass(min(trouble.connecting, limit))
        if trouble.connecting > limit:
            raise NotSentTimedOut("no connection in time")

    async def _answered(
        self, sent: Sent, server: "asyncio.Task[Answer]", timeout_s: float
    ) -> tuple[int, bytes]:
        """Wait for the answer to a call that is on the wire."""
        poll = sent.call.method == POLL
        if not poll:
            self.expecting(timeout_s)
        try:
            # A poll waits for the other side alone: a jump over empty hours is no time-out of it.
            done, _ = await asyncio.wait({server}, timeout=None if poll else timeout_s)
        finally:
            sent.given_up = not self.gone()  # a killed process does not call its requests back
            (self.heard if sent.answered else self.lost)(sent)
        if not done:
            raise TimedOut
        answer = server.result()
        if answer is None:
            raise MaybeSent("the connection broke")
        return answer

    async def _serve(self, sent: Sent, uploads: dict[str, Upload], trouble: Trouble) -> Answer:
        self.flying += 1
        try:
            return await self._struck(sent, uploads, trouble)
        finally:
            self.flying -= 1

    async def _struck(self, sent: Sent, uploads: dict[str, Upload], trouble: Trouble) -> Answer:
        """Let faults strike, as the sandbox's HTTP server does."""
        await self._pass(self._rng.uniform(0.02, 0.12))
        armed = self.sandbox.faults.strike(sent.call)
        kind = None if armed is None else str(armed.fault.kind)
        if armed is not None:
            self.struck[f"{kind} html" if armed.fault.html else str(kind)] += 1
            if (error := armed.fault.error()) is not None:
                self.sandbox.refused(sent.call.method, sent.call.chat_id, sent.call.params, error)
                sent.answered = not armed.fault.html
                return (error.code, HTML) if armed.fault.html else _refusal(error)
            if kind == FaultKind.HANG_BEFORE:
                await self._pass(armed.fault.seconds or 0.0)
            if kind in {FaultKind.HANG_BEFORE, FaultKind.RESET}:
                return None
        if trouble.late and not await self._arrives_late(sent, trouble.late):
            return None
        answer = await self._obey(sent, uploads)
        if trouble.lost or (armed is not None and kind == FaultKind.RESET_AFTER):
            return None
        if self.down:  # the network went away meanwhile, and the answer with it
            self.struck["outage"] += 1
            return None
        if armed is not None:
            await self._pass(armed.fault.seconds or 0.0)
        await self._pass(self._rng.uniform(0.02, 0.12) + trouble.answer)
        sent.answered = True
        return answer

    async def _arrives_late(self, sent: Sent, seconds: float) -> bool:
        """Let a call lie about; what nobody waits for any more does not arrive."""
        self.struck["late"] += 1
        await self._pass(seconds)
        return not sent.given_up

    async def _pass(self, seconds: float) -> None:
        """Let a call be under way for so long."""
        self.expecting(seconds)
        await asyncio.sleep(seconds)

    async def _obey(self, sent: Sent, uploads: dict[str, Upload]) -> Answer:
        call = sent.call
        if call.method.startswith(FETCH):
            return self._file(call.method.removeprefix(FETCH))
        if call.method not in METHODS:
            return _refusal(ApiError(404, "Not Found"))
        self.current = sent
        try:
            if call.method == POLL:
                result: Any = await self._poll(call)
            else:
                result = self.sandbox.call(call.method, call.params, uploads)
        except ApiError as error:
            return _refusal(error)
        finally:
            self.current = None
        sent.effect = True
        sent.message_id = result.get("message_id") if isinstance(result, dict) else None
        return 200, json.dumps({"ok": True, "result": result}).encode()

    def _file(self, path: str) -> Answer:
        file = self.sandbox.files.at(path)
        return _refusal(ApiError(404, "Not Found")) if file is None else (200, file.data)

    async def _poll(self, call: Call) -> Any:
        """Wait for updates. Nothing flies meanwhile, however long that takes."""
        self.flying -= 1
        try:
            return await self.sandbox.updates.poll(read(POLL, call.params, {}))
        finally:
            self.flying += 1


class Cable(Wire):
    """The bot's end of the network, in place of its own transport."""

    def __init__(self, network: Network) -> None:
        self._network = network

    async def exchange(self, asked: Asked) -> Response:
        """Make a call over the network."""
        method, params, uploads = asked.method, asked.values, asked.uploads
        return await crossed(
            asked,
            lambda heard_s, way: self._network.exchange(
                method, params, uploads, heard_s, asked.connect_s, way
            ),
        )


def _words(raw: dict[str, Any], uploads: dict[str, Upload]) -> str:
    files = (f"{one.name} {one.data.decode(errors='replace')}" for one in uploads.values())
    return "\n".join([*map(str, raw.values()), *files])


def _number(value: Any) -> int | None:
    try:
        return int(value)
    except (TypeError, ValueError):
        return None


def _refusal(error: ApiError) -> tuple[int, bytes]:
    return error.code, json.dumps(error.as_json()).encode()
