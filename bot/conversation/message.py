"""What the bot wants to tell: kinds and values, never words, buttons or pictures.

An intent is written to the outbox with the state change that causes it; bot/telegram renders it
when it is sent. Values are plain, so that they survive a restart as JSON.
"""

from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import IntEnum
from typing import Any, ClassVar, Final, TypeVar

from pydantic import TypeAdapter

from bot.store.outbox import UnreadableError


class Priority(IntEnum):
    """Who goes first when several messages wait (docs/architecture.md, Out)."""

    STOP = 0
    RELEASE = 1
    HOLD = 2
    QUESTION = 3
    REPLY = 4
    REMINDER = 5
    SUMMARY = 6
    BROADCAST = 7


@dataclass(frozen=True, slots=True)
class Intent:
    """One thing to tell. `life` is how long it is worth sending; None is for ever.

    `repeatable`: sent again when it is unknown whether it arrived. A HOLD never is.
    """

    priority: ClassVar[Priority] = Priority.REPLY
    repeatable: ClassVar[bool] = True
    life: ClassVar[timedelta | None] = None


@dataclass(frozen=True, slots=True)
class Say(Intent):
    """A reply without a life of its own: a topic that has words, and its values."""

    topic: str
    values: dict[str, Any] = field(default_factory=dict)
    message_id: int | None = None


@dataclass(frozen=True, slots=True)
class Answer(Intent):
    """The answer to a pressed button; every press gets exactly one."""

    repeatable = False
    life = timedelta(seconds=20)
    query_id: str
    topic: str | None = None
    values: dict[str, Any] = field(default_factory=dict)
    alert: bool = False


@dataclass(frozen=True, slots=True)
class Retire(Intent):
    """Take the buttons off a message that is no longer active."""

    repeatable = False
    message_id: int


@dataclass(frozen=True, slots=True)
class Menu(Intent):
    """The command menu of a chat: what these roles may do; without roles, everybody's menu."""

    priority = Priority.SUMMARY
    roles: tuple[str, ...]


_Kind = TypeVar("_Kind", bound=Intent)
_ADAPTERS: Final[dict[type[Intent], TypeAdapter[Any]]] = {}


def _adapter(kind: type[Intent]) -> TypeAdapter[Any]:
    """Return the reader and writer of a kind, made at its first use."""
    if kind not in _ADAPTERS:
        _ADAPTERS[kind] = TypeAdapter(kind)
    return _ADAPTERS[kind]


def kind_of(intent: Intent) -> str:
    """Return the name an intent is stored under."""
    return type(intent).__name__


def iso(moment: date | None) -> str | None:
    """Return a day or a moment as a reply's values have it."""
    return None if moment is None else moment.isoformat()


def dump(intent: Intent) -> dict[str, Any]:
    """Return an intent's values as JSON has them."""
    values: dict[str, Any] = _adapter(type(intent)).dump_python(intent, mode="json")
    return values


def read(kind: type[_Kind], body: dict[str, Any]) -> _Kind:
    """Return the intent of this kind stored as `body`; `UnreadableError` where it is none."""
    try:
        intent: _Kind = _adapter(kind).validate_python(body)
    except (ValueError, TypeError, RecursionError):  # values are not for the log
        raise UnreadableError(kind.__name__) from None
    return intent
