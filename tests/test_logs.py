"""What a log line may not hold."""

import pytest

from bot.logs import HIDDEN, redact

TOKEN = "123456789:AAEhBOweik6ad9r_QXMENQjcrGbqCr4K-bc"


@pytest.mark.parametrize(
    "around", ["{}", "https://api.telegram.org/bot{}/getMe", "'/file/bot{}/x.png'", "token={}."]
)
def test_a_token_is_hidden_wherever_it_stands(around: str) -> None:
    """Alone, in an address, in quotes: nothing of it is left."""
    assert redact(around.format(TOKEN)) == around.format(HIDDEN)


@pytest.mark.parametrize(
    "text", ["2026-11-24T06:30:05.123456Z", "http://127.0.0.1:8081/x", "06:30", "key:value"]
)
def test_what_is_no_token_stays(text: str) -> None:
    """Times, ports and keys are no tokens."""
    assert redact(text) == text
