"""Whatever a use case says has words: nothing may be found missing when it is sent."""

import ast
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Final

import pytest

from bot.coaching import messages as coaching_messages
from bot.conversation import message
from bot.conversation.message import Reply
from bot.dispatch import registry
from bot.operations import messages as operations_messages
from bot.telegram.renderer import SCREENS
from bot.training import messages as training_messages

ROOT: Final = Path(__file__).parents[2]


def replies() -> Iterator[type[Reply]]:
    """Yield every reply that a module of the bot defines, but for those that only others extend."""
    for path in sorted((ROOT / "bot").rglob("*.py")):
        if "(Reply)" in path.read_text(encoding="utf-8"):
            module = import_module(".".join(path.relative_to(ROOT).with_suffix("").parts))
            for found in vars(module).values():
                if isinstance(found, type) and issubclass(found, Reply) and hasattr(found, "topic"):
                    yield found


def answers() -> Iterator[str]:
    """Yield the names of the replies that answer a button somewhere in the code."""
    for path in (ROOT / "bot").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "attr", "") == "answer":
                for one in node.args[:1]:
                    if isinstance(one, ast.Call) and isinstance(one.func, ast.Name):
                        yield one.func.id


REPLIES: Final = {kind.topic: kind for kind in replies()}


@pytest.mark.parametrize("kind", REPLIES.values(), ids=REPLIES.keys())
def test_every_reply_has_words(kind: type[Reply]) -> None:
    """It is registered, and what is stored under its topic is read as it."""
    assert kind in registry.WORDS.kinds
    assert registry.REPLIES[kind.topic] is kind


@pytest.mark.parametrize("name", sorted(set(answers())))
def test_what_answers_a_button_is_short(name: str) -> None:
    """It has one plain sentence that Telegram shows over the chat."""
    assert name in {kind.__name__ for kind in registry.WORDS.toasts}


def test_every_intent_has_a_look() -> None:
    """Every kind of intent is a screen, or is made by the renderer itself."""
    own = {
        message.Say,
        message.Answer,
        message.Retire,
        coaching_messages.File,
        coaching_messages.Album,
        coaching_messages.WeekFile,
    }
    own |= {operations_messages.Status, message.Menu, training_messages.TakeBack}
    assert set(registry.KINDS.values()) == set(SCREENS) | own
