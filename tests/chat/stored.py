"""How replies look that are given as they are stored: by their topic, with their values as JSON."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from bot.conversation.message import Answer, Say
from bot.conversation.screen import Screen, Words
from bot.dispatch import registry
from bot.telegram.renderer import answered, look


def screen(topic: str, values: dict[str, Any], now: datetime) -> Screen:
    """Return how a reply looks as a message."""
    said = registry.load(Say.__name__, {"topic": topic, "values": values})
    return look(said, now)


def toast(topic: str, values: dict[str, Any]) -> str | None:
    """Return a reply as the short answer to a button."""
    body = {"query_id": "1", "topic": topic, "values": values}
    said = registry.load(Answer.__name__, body)
    assert isinstance(said, Answer)
    return answered(said)


def topics(*found: Words | Iterable[str]) -> set[str]:
    """Return the topics of words, or of tables by topic."""
    names: set[str] = set()
    for one in found:
        names |= {kind.topic for kind in one.kinds} if isinstance(one, Words) else set(one)
    return names
