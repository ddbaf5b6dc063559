"""How messages read: each capability registers one function for each type that it says."""

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any, Final, TypeVar

from bot.conversation.message import Message, Reply
from bot.conversation.screen import Screen, esc

MAX_TOAST: Final = 200
"""Telegram's limit for the answer to a button, in characters."""
M = TypeVar("M", bound=Message | Reply)
Look = Callable[[M, datetime], Screen]
"""From a message, at the moment of sending, to how it looks."""
Sentence = Callable[[M], str]
"""From a message to one plain sentence."""


class Words:
    """The words of a capability, by the type of what is said."""

    def __init__(self) -> None:
        self.looks: dict[type[Any], Look[Any]] = {}
        self.toasts: dict[type[Any], Sentence[Any]] = {}

    def of(self, kind: type[M]) -> Callable[[Look[M]], Look[M]]:
        """Register how a message looks."""

        def register(look: Look[M]) -> Look[M]:
            assert kind not in self.looks, kind
            self.looks[kind] = look
            return look

        return register

    def plain(self, kind: type[M], text: str) -> None:
        """Register words that are the same whatever the values: `text`, as HTML."""
        self.of(kind)(lambda _message, _now: Screen(text=text))

    def toast(self, kind: type[M]) -> Callable[[Sentence[M]], Sentence[M]]:
        """Register the short answer to a button; a message without a look is the same sentence."""

        def register(sentence: Sentence[M]) -> Sentence[M]:
            assert kind not in self.toasts, kind
            self.toasts[kind] = sentence
            return sentence

        return register

    def sentence(self, kind: type[M], text: str) -> None:
        """Register one plain sentence that is the same whatever the values, also as a message."""
        self.toast(kind)(lambda _message: text)

    def screen(self, said: Message | Reply, now: datetime) -> Screen:
        """Return how something looks when it is sent `now`; KeyError for what has no words."""
        look = self.looks.get(type(said))
        if look is not None:
            return look(said, now)
        return Screen(text=esc(self.toasts[type(said)](said)))

    def short(self, said: Reply) -> str:
        """Return the answer to a button, cut to what Telegram takes; KeyError without one."""
        return self.toasts[type(said)](said)[:MAX_TOAST]

    @property
    def kinds(self) -> frozenset[type[Any]]:
        """The types that have words."""
        return frozenset(self.looks.keys() | self.toasts.keys())


def all_of(words: Iterable[Words]) -> Words:
    """Return the words of several capabilities together; no type may be in two."""
    together = Words()
    for one in words:
        assert not together.kinds & one.kinds
        together.looks |= one.looks
        together.toasts |= one.toasts
    return together
