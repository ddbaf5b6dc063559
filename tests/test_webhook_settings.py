"""What `[webhook]` takes, and what it refuses in one sentence."""

import pytest

from bot.settings import TELEGRAM, BadSettingsError, Settings, load

OWN = "http://127.0.0.1:8081"
GOOD = (
    "https://bot.example/telegram",
    "https://bot.example",
    "https://bot.example:8443/a/b?c=d",
    "https://[2001:db8::1]:443/",
)
BAD = (
    "bot.example/telegram",
    "http://bot.example/telegram",
    "ftp://bot.example",
    "https://",
    "https://bot.example:8080/",
    "https://bot.example:99999/",
    "https://me:pw@bot.example/",
    "https://bot.example/#here",
    "https://bot.exa mple/",
)


def loaded(base: str = TELEGRAM, **values: str) -> Settings:
    """Return the settings with these of the webhook."""
    named = {f"BOT_WEBHOOK__{name.upper()}": value for name, value in values.items()}
    with pytest.MonkeyPatch.context() as patched:
        for name, value in {**named, "BOT_TELEGRAM__API_BASE_URL": base}.items():
            patched.setenv(name, value)
        return load(None, named)


@pytest.mark.parametrize("url", GOOD)
def test_an_address_that_telegram_posts_to(url: str) -> None:
    """As it is written; quotes and spaces round it are taken off."""
    assert loaded(url=f' "{url}" ').webhook.url == url


@pytest.mark.parametrize("url", BAD)
def test_an_address_that_it_does_not_post_to(url: str) -> None:
    """It is not repeated: it may hold a password."""
    with pytest.raises(BadSettingsError, match=r"^webhook\.url (must|has no) ") as error:
        loaded(url=url)
    assert "pw" not in str(error.value)


def test_a_bot_api_server_of_ones_own_may_post_anywhere() -> None:
    """In the clear, and to any port."""
    assert loaded(OWN, url="http://127.0.0.1:8080/hook").webhook.port == 8080


@pytest.mark.parametrize("secret", ["a", "x" * 256, "A-z_09"])
def test_a_secret(secret: str) -> None:
    """It is shown nowhere."""
    found = loaded(secret=secret)
    assert found.webhook.secret.get_secret_value() == secret
    assert secret in found.secrets
    assert secret == "a" or secret not in f"{found!r} {found.model_dump()}"


@pytest.mark.parametrize("secret", ["x" * 257, "a b", "ä", "a/b", "a\u0661"])
def test_no_secret(secret: str) -> None:
    """What Telegram would refuse is refused here, and not repeated."""
    with pytest.raises(BadSettingsError, match=r"^webhook\.secret is not valid: it must") as error:
        loaded(secret=secret)
    assert secret not in str(error.value)
