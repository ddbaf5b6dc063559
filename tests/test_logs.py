"""No line of the log tells a token."""

import logging

import pytest
import structlog

from bot import logs

TOKEN = "123456:AAHsecretsecretsecret"
ADDRESS = f"https://api.telegram.org/bot{TOKEN}/getMe"


def fail() -> None:
    """Raise an error whose text is the address of a request."""
    raise ValueError(ADDRESS)


def test_tokens_do_not_reach_the_log(capsys: pytest.CaptureFixture[str]) -> None:
    """Neither as a value, nor in a traceback, nor by way of a library."""
    logs.set_up()
    try:
        fail()
    except ValueError:
        structlog.get_logger().exception("update_failed", url=ADDRESS)
        logging.getLogger("aiohttp").exception("at %s", TOKEN)
    said = capsys.readouterr().err
    assert "update_failed" in said
    assert "at <token>" in said
    assert "secretsecret" not in said


@pytest.mark.parametrize(
    "around", ["{}", "https://api.telegram.org/bot{}/getMe", "'/file/bot{}/x.png'", "token={}."]
)
def test_a_token_is_hidden_wherever_it_stands(around: str) -> None:
    """Alone, in an address, in quotes: nothing of it is left."""
    assert logs.redact(around.format(TOKEN)) == around.format(logs.HIDDEN)


@pytest.mark.parametrize(
    "text", ["2026-11-24T06:30:05.123456Z", "http://127.0.0.1:8081/x", "3:1", "key=o12:remind:0"]
)
def test_what_is_no_token_stays(text: str) -> None:
    """Times, ports and keys are no tokens."""
    assert logs.redact(text) == text
