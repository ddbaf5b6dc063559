"""Faults on request: what can go wrong between the bot and Telegram, one call at a time."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from telegram_sandbox.errors import (
    ApiError,
    SandboxError,
    bad_request,
    forbidden,
    too_many_requests,
)


class FaultKind(StrEnum):
    """What goes wrong."""

    TOO_MANY = "429"
    """Too many requests: wait `retry_after` seconds."""
    SERVER_ERROR = "5xx"
    """The server fails with `status`, in JSON or, with `html=True`, as a web page."""
    HANG_BEFORE = "hang_before"
    """No answer, and no effect; ends with a closed connection."""
    HANG_AFTER = "hang_after"
    """The effect happens, the answer stays out; ends with the late answer."""
    RESET = "reset"
    """The connection breaks before the effect."""
    RESET_AFTER = "reset_after"
    """The connection breaks after the effect."""
    BLOCKED = "blocked"
    """403: the person blocked the bot."""
    DEACTIVATED = "deactivated"
    """403: the person's account is gone."""
    MIGRATED = "migrated"
    """400: the group became a supergroup, `migrate_to`."""
    REFUSED = "refused"
    """Any other `status` and `description`."""
    DUPLICATE_UPDATE = "duplicate_update"
    """The next updates are delivered a second time although they were confirmed."""
    REORDERED_UPDATES = "reordered_updates"
    """The next two or more updates are delivered in reverse."""


_OF_UPDATES = (FaultKind.DUPLICATE_UPDATE, FaultKind.REORDERED_UPDATES)


@dataclass(frozen=True)
class Call:
    """A call that a fault may strike."""

    method: str
    chat_id: int | None
    params: dict[str, Any]


@dataclass(frozen=True)
class Fault:
    """One rule: which calls it strikes, how often, and what happens to them."""

    kind: FaultKind | str
    method: str | None = None
    """Only calls of this method; None: all but getUpdates; "*": all."""
    chat_id: int | None = None
    times: int | None = 1
    """How many calls it strikes; None: every one, until removed."""
    when: Callable[[Call], bool] | None = None
    retry_after: int = 1
    status: int = 502
    description: str = "Bad Gateway"
    html: bool = False
    seconds: float | None = None
    """How long a hang lasts; None: until released."""
    migrate_to: int = -1_002_000_000_000

    def error(self) -> ApiError | None:
        """Return the refusal that this kind gives, if it gives one."""
        answers: dict[str, Callable[[], ApiError]] = {
            FaultKind.TOO_MANY: lambda: too_many_requests(self.retry_after),
            FaultKind.SERVER_ERROR: lambda: ApiError(self.status, self.description),
            FaultKind.REFUSED: lambda: ApiError(self.status, self.description),
            FaultKind.BLOCKED: lambda: forbidden("bot was blocked by the user"),
            FaultKind.DEACTIVATED: lambda: forbidden("user is deactivated"),
            FaultKind.MIGRATED: lambda: migrated(self.migrate_to),
        }
        answer = answers.get(self.kind)
        return answer() if answer else None


def migrated(to: int) -> ApiError:
    """Return the refusal that names a group's new address."""
    error = bad_request("group chat was upgraded to a supergroup chat")
    error.parameters["migrate_to_chat_id"] = to
    return error


class Armed:
    """A fault that was added: how often it struck, and the way to end it."""

    def __init__(self, fault: Fault) -> None:
        self.fault = fault
        self.hits = 0
        self._released = asyncio.Event()

    @property
    def spent(self) -> bool:
        """Whether it will not strike again."""
        return self.fault.times is not None and self.hits >= self.fault.times

    def release(self) -> None:
        """End the hangs that this fault caused, and those that it will cause."""
        self._released.set()

    async def hang(self) -> None:
        """Wait for the stated seconds, or until released."""
        try:
            await asyncio.wait_for(self._released.wait(), self.fault.seconds)
        except TimeoutError:
            return


class Faults:
    """The rules in force, oldest first; the first that fits a call strikes it."""

    def __init__(self) -> None:
        self._armed: list[Armed] = []

    def __len__(self) -> int:
        return len(self._armed)

    def __iter__(self) -> Iterator[Armed]:
        return iter(self._armed)

    def add(self, fault: Fault) -> Armed:
        """Put a rule in force."""
        if fault.kind not in list(FaultKind):
            raise SandboxError(f"unknown fault {fault.kind!r}; known are {', '.join(FaultKind)}")
        armed = Armed(fault)
        self._armed.append(armed)
        return armed

    def remove(self, armed: Armed) -> None:
        """Take a rule out of force, and end its hangs."""
        armed.release()
        self._armed = [other for other in self._armed if other is not armed]

    def clear(self) -> None:
        """Take every rule out of force, and end all hangs."""
        for armed in self._armed:
            armed.release()
        self._armed = []

    def strike(self, call: Call) -> Armed | None:
        """Return the rule that strikes this call, counted; None lets the call through."""
        if not self._armed:
            return None
        return self._first(lambda fault: fault.kind not in _OF_UPDATES and _fits(fault, call))

    def strike_updates(self, kind: FaultKind) -> bool:
        """Tell whether a rule of this kind strikes the updates about to be delivered."""
        return bool(self._armed) and self._first(lambda fault: fault.kind == kind) is not None

    def _first(self, fits: Callable[[Fault], bool]) -> Armed | None:
        for armed in self._armed:
            if not armed.spent and fits(armed.fault):
                armed.hits += 1
                return armed
        return None


def _fits(fault: Fault, call: Call) -> bool:
    if fault.method is None:
        named = call.method != "getUpdates"
    else:
        named = fault.method in ("*", call.method)
    if not named or (fault.chat_id is not None and fault.chat_id != call.chat_id):
        return False
    return fault.when is None or fault.when(call)
