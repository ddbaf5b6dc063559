"""Whatever a use case says has words: no topic may be found missing when it is sent."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.coaching import messages as coaching_messages
from bot.conversation import message
from bot.dispatch import registry
from bot.operations import messages as operations_messages
from bot.telegram.renderer import SAY, SCREENS
from bot.training import messages as training_messages
from tests.chat import stored

ROOMS = [
    Path("bot", room)
    for room in (
        "telegram",
        "dispatch",
        "accounts",
        "coaching",
        "operations",
        "programme",
        "training",
        "conversation",
    )
]
SPEAKERS = {"say", "show", "answer", "Say"}


def said() -> Iterator[tuple[str, str]]:
    """Yield (verb, topic) of every topic named literally in the code."""
    for room in ROOMS:
        for path in (Path(__file__).parents[2] / room).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Call) and node.args:
                    yield from _topic(node)


def _topic(node: ast.Call) -> Iterator[tuple[str, str]]:
    verb = getattr(node.func, "attr", getattr(node.func, "id", ""))
    first = node.args[0]
    if verb in SPEAKERS and isinstance(first, ast.Constant) and isinstance(first.value, str):
        yield verb, first.value


@pytest.mark.parametrize(("verb", "topic"), sorted(set(said())))
def test_every_topic_has_words(verb: str, topic: str) -> None:
    """A topic that is said has a screen; one that answers a button has a short toast."""
    if verb == "answer":
        assert stored.toast(topic, {"value": 3})
    else:
        assert topic in SAY or topic in registry.REPLIES


def test_every_intent_has_a_look() -> None:
    """Every kind of intent is a screen, or is made by the renderer itself."""
    own = {
        message.Say,
        message.Answer,
        message.Retire,
        coaching_messages.File,
        coaching_messages.Album,
    }
    own |= {operations_messages.Status, message.Menu, training_messages.TakeBack}
    assert set(registry.KINDS.values()) == set(SCREENS) | own
