"""Letters that 0.1.0 stored are rendered now: nobody loses a message by an upgrade."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import pytest

from bot.conversation import message
from bot.dispatch import registry
from bot.telegram.renderer import SCREENS, answered, look

NOW: Final = datetime(2026, 11, 26, 12, tzinfo=UTC)
LETTERS: Final = [
    json.loads(line)
    for line in Path(__file__).with_name("letters_0_1_0.jsonl").read_text("utf-8").splitlines()
]
"""Every kind and topic that 0.1.0 put into its outbox, in every shape that its tests made."""


def name(letter: dict[str, Any]) -> str:
    """Return what a letter is called in a test's name."""
    return str(letter["body"].get("topic") or letter["kind"])


@pytest.mark.parametrize("letter", LETTERS, ids=name)
def test_a_letter_of_0_1_0_is_rendered(letter: dict[str, Any]) -> None:
    """It is read, and looks like something."""
    found = registry.load(letter["kind"], letter["body"])
    if isinstance(found, message.Answer):
        assert found.reply is None or answered(found)
    elif isinstance(found, message.Say) or type(found) in SCREENS:
        assert look(found, NOW).text
    assert found.kind() == letter["kind"]


def test_what_is_read_is_stored_the_same() -> None:
    """A letter that is read and stored again is the same letter."""
    for letter in LETTERS:
        found = registry.load(letter["kind"], letter["body"])
        again = registry.load(letter["kind"], message.dump(found))
        assert again == found, letter
