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


def test_what_is_no_token_stays() -> None:
    """Times, addresses and ratios are read as they are."""
    text = "2026-11-22T19:20:04.5Z http://127.0.0.1:8081/ 3:1 update=123456 key=o12:remind:0"
    assert logs.redact(text) == text
