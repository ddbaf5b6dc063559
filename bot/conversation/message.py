"""What the bot wants to tell: kinds and values, never words, buttons or pictures.

A message is written to the outbox with the state change that causes it; bot/telegram renders it
when it is sent. Values are plain, so that they survive a restart as JSON.
"""

from dataclasses import dataclass, fields, replace
from datetime import date, timedelta
from typing import Any, ClassVar, Final, Self, TypeVar

from pydantic import TypeAdapter

from bot.letters import Priority, UnreadableError


@dataclass(frozen=True, slots=True)
class Told:
    """Values that tell of people: what is left of them where somebody may not be told of."""

    def without(self, gone: frozenset[int]) -> Self | None:
        """Return what may be told where these people may not be; None if that is nothing."""
        return left(self, gone)

    @property
    def load_of(self) -> frozenset[int]:
        """The athletes of whose load it may tell; a file is made as it leaves."""
        return frozenset()

    def without_load(self, shut: frozenset[int]) -> Self:
        """Return it without the load of these athletes."""
        assert not self.load_of & shut
        return self


@dataclass(frozen=True, slots=True)
class Message(Told):
    """One thing to tell. `life` is how long it is worth sending; None is for ever.

    `repeatable`: sent again when it is unknown whether it arrived. A HOLD never is.
    """

    priority: ClassVar[Priority] = Priority.REPLY
    repeatable: ClassVar[bool] = True
    life: ClassVar[timedelta | None] = None
    stored_as: ClassVar[str] = ""

    @classmethod
    def kind(cls) -> str:
        """Return the name that it is stored under: `stored_as`, or that of the class."""
        return cls.stored_as or cls.__name__


@dataclass(frozen=True, slots=True)
class Reply(Told):
    """What is said in answer, as values: a dataclass whose words are registered by its type.

    `topic` is the name it is stored under, once and for ever. Whom it tells of is in `athlete_id`.
    """

    topic: ClassVar[str]


@dataclass(frozen=True, slots=True)
class Say(Message):
    """A reply as a message; with `message_id` it takes that message's place."""

    reply: Reply
    message_id: int | None = None

    @property
    def topic(self) -> str:
        """The name of what is said."""
        return self.reply.topic

    def without(self, gone: frozenset[int]) -> Self | None:
        """Return the reply without these people, if anything is left of it."""
        reply = self.reply.without(gone)
        return None if reply is None else replace(self, reply=reply)

    @property
    def load_of(self) -> frozenset[int]:
        """Those of whose load the reply may tell."""
        return self.reply.load_of

    def without_load(self, shut: frozenset[int]) -> Self:
        """Return the reply without the load of these athletes."""
        return replace(self, reply=self.reply.without_load(shut))


@dataclass(frozen=True, slots=True)
class Answer(Message):
    """The answer to a pressed button; every press gets exactly one."""

    repeatable = False
    life = timedelta(seconds=20)
    query_id: str
    reply: Reply | None = None
    alert: bool = False

    @property
    def topic(self) -> str | None:
        """The name of what is said, if anything is."""
        return None if self.reply is None else self.reply.topic

    def without(self, gone: frozenset[int]) -> Self:
        """Return an answer without words where they would tell of these people."""
        return replace(self, reply=None if self.reply is None else self.reply.without(gone))


@dataclass(frozen=True, slots=True)
class Retire(Message):
    """Take the buttons off a message that is no longer active."""

    repeatable = False
    message_id: int


@dataclass(frozen=True, slots=True)
class Menu(Message):
    """The command menu of a chat: what these roles may do; without roles, everybody's menu."""

    priority = Priority.SUMMARY
    roles: tuple[str, ...]


_Kind = TypeVar("_Kind")
_Reply = TypeVar("_Reply", bound=Reply)
_Told = TypeVar("_Told", bound=Told)


def left(told: _Told, gone: frozenset[int]) -> _Told | None:
    """Return what is told without these people: lists lose their entries.

    None where it is about one of them, or where nothing is left of a list.
    """
    if _whose(told) & gone:
        return None
    changed: dict[str, Any] = {}
    for field in fields(told):
        value = getattr(told, field.name)
        if not isinstance(value, tuple):
            continue
        kept = tuple(one for one in value if not _whose(one) & gone)
        if value and not kept:
            return None
        if len(kept) < len(value):
            changed[field.name] = kept
    return replace(told, **changed) if changed else told


def _whose(value: Any) -> frozenset[Any]:
    return frozenset({getattr(value, "athlete_id", None), getattr(value, "subject_id", None)})


_ADAPTERS: Final[dict[Any, TypeAdapter[Any]]] = {}


def _adapter(kind: Any) -> TypeAdapter[Any]:
    """Return the reader and writer of a type, made at its first use."""
    if kind not in _ADAPTERS:
        _ADAPTERS[kind] = TypeAdapter(kind)
    return _ADAPTERS[kind]


def iso(moment: date | None) -> str | None:
    """Return a day or a moment as a reply's values have it."""
    return None if moment is None else moment.isoformat()


def dump(intent: Message) -> dict[str, Any]:
    """Return a message's values as JSON has them."""
    match intent:
        case Say(reply, message_id):
            return {**_told(reply), "message_id": message_id}
        case Answer(query_id, reply, alert):
            told = {"topic": None, "values": {}} if reply is None else _told(reply)
            return {"query_id": query_id, **told, "alert": alert}
        case _:
            return _values(intent)


def _told(reply: Reply) -> dict[str, Any]:
    values = _adapter(type(reply)).dump_python(reply, mode="json")
    return {"topic": reply.topic, "values": values}


def _values(intent: Message) -> dict[str, Any]:
    values: dict[str, Any] = _adapter(type(intent)).dump_python(intent, mode="json")
    return values


def read(kind: type[_Kind], values: Any) -> _Kind:
    """Return the message or reply of this type that is stored as `values`.

    Raises `UnreadableError` where they are none. What the type does not know is passed over.
    """
    try:
        found: _Kind = _adapter(kind).validate_python(values)
    except (ValueError, TypeError, RecursionError):  # values are not for the log
        raise UnreadableError(kind.__name__) from None
    return found


def reply_in(kind: type[_Reply], body: dict[str, Any]) -> _Reply | None:
    """Return the reply of this type that a letter's body holds, or None if it holds another."""
    return read(kind, body.get("values")) if body.get("topic") == kind.topic else None
