"""A door of TCP before a server, which can be shut or go silent, as networks do."""

import asyncio
import socket
from collections.abc import Callable
from contextlib import suppress
from enum import Enum, auto
from random import SystemRandom
from typing import Final

HOST: Final = "127.0.0.1"
_PORTS: Final = range(20_000, 30_000)
"""Below those that the machine gives away: a door that opens again finds its number free."""
_ANY: Final = SystemRandom()


class Way(Enum):
    """What becomes of what somebody sends."""

    OPEN = auto()
    CUT = auto()
    """Connections are reset, and new ones refused."""
    SILENT = auto()
    """Nothing arrives, in either direction, and nobody is told; what was sent arrives later.

    What was sent on a connection that its sender has given up meanwhile never arrives.
    """


class Gate:
    """Leads whoever comes to `port` to the port `target` of this machine.

    Each way takes `delay_s`. `heard_at` is when somebody who came sent something last, by the
    loop's clock.
    """

    def __init__(self, target: int, delay_s: float = 0.0) -> None:
        self.target = target
        self.delay_s = delay_s
        self.port = 0
        self.way = Way.OPEN
        self.heard_at = float("-inf")
        self._pairs: set[_Pair] = set()
        self._server: asyncio.Server | None = None

    async def start(self) -> None:
        """Begin to listen."""
        while not self.port:
            port = _ANY.choice(_PORTS)
            with suppress(OSError):
                await self._listen(port)
                self.port = port

    async def _listen(self, port: int) -> None:
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(lambda: _Pair(self).near, HOST, port)

    async def cut(self) -> None:
        """Reset what is connected; refuse what comes."""
        self.way = Way.CUT
        self._drop()
        if self._server is not None:
            self._server.close()
            self._server = None

    @property
    def ports_out(self) -> set[int]:
        """The ports from which its connections to the server come."""
        return {pair.out_by for pair in self._pairs if pair.out_by is not None}

    def silence(self) -> None:
        """Let nothing through, and tell nobody."""
        self.way = Way.SILENT

    async def restore(self) -> None:
        """Let everything through again, also what was sent in silence by who still waits."""
        self.way = Way.OPEN
        if self._server is None:
            await self._listen(self.port)
        for pair in list(self._pairs):
            pair.catch_up()

    async def close(self) -> None:
        """End everything."""
        await self.cut()
        await asyncio.gather(
            *(pair.reaching for pair in self._pairs if pair.reaching), return_exceptions=True
        )

    def _drop(self) -> None:
        for pair in list(self._pairs):
            pair.end(at_once=True)


class _End(asyncio.Protocol):
    """One end of a pair: what it hears goes to the other."""

    def __init__(self, pair: "_Pair") -> None:
        self._pair = pair
        self.transport: asyncio.Transport | None = None
        self.heard: list[bytes] = []
        self.gone = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport
        transport.get_extra_info("socket").setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._pair.made(self)

    def data_received(self, data: bytes) -> None:
        self.heard.append(data)
        self._pair.heard(self)
        self._pair.carry(self)

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002 - asyncio's
        self.gone = True
        self._pair.carry(self)

    def end(self, *, at_once: bool) -> None:
        self.gone = True
        if self.transport is None:
            return
        if at_once:
            self.transport.abort()
        else:
            self.transport.close()


class _Pair:
    """A connection that came, and the one to the server that was made for it."""

    def __init__(self, gate: Gate) -> None:
        self.gate = gate
        self.near = _End(self)
        self.far = _End(self)
        self.out_by: int | None = None
        self.reaching: asyncio.Task[None] | None = None
        self._loop = asyncio.get_running_loop()
        gate._pairs.add(self)

    def made(self, one: _End) -> None:
        """One end is connected."""
        if one is self.far and one.transport is not None:
            self.out_by = one.transport.get_extra_info("sockname")[1]
        self.catch_up()

    def heard(self, one: _End) -> None:
        """Somebody has sent something."""
        if one is self.near:
            self.gate.heard_at = self._loop.time()

    def catch_up(self) -> None:
        """Do what waited for the gate to be open, or for the other end."""
        if self.gate.way is not Way.OPEN:
            return
        if self.near.gone or self.far.gone:
            self.end()
        elif self.far.transport is None and self.reaching is None:
            self.reaching = asyncio.ensure_future(self._reach())
        else:
            self.carry(self.near)
            self.carry(self.far)

    async def _reach(self) -> None:
        try:
            await self._loop.create_connection(lambda: self.far, HOST, self.gate.target)
        except OSError:
            self.end()

    def carry(self, one: _End) -> None:
        """Pass on what one end has heard, or that it is gone."""
        other = self.far if one is self.near else self.near
        if self.gate.way is Way.SILENT or other.transport is None:
            return
        if one.heard:
            self._later(self._write, other, b"".join(one.heard))
            one.heard.clear()
        if one.gone:
            self._later(self.end)

    def _later(self, act: Callable[..., None], *values: object) -> None:
        if self.gate.delay_s:
            self._loop.call_later(self.gate.delay_s, act, *values)
        else:
            act(*values)

    def _write(self, to: _End, data: bytes) -> None:
        """Write what was on its way already, whatever became of the gate."""
        if to.transport is not None and not to.gone:
            to.transport.write(data)

    def end(self, *, at_once: bool = False) -> None:
        """Let go of both ends; what was passed on still arrives, unless it ends `at_once`."""
        self.gate._pairs.discard(self)
        for one in (self.near, self.far):
            one.end(at_once=at_once)
