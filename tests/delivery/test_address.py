"""F107: addresses of Telegram and of a proxy, as people write them."""

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from telegram.error import BadRequest, InvalidToken, NetworkError, TimedOut
from yarl import URL

from bot.delivery.address import base_problem, host_of, proxy_of, proxy_problem
from bot.delivery.errors import unknown_there, why_failed
from bot.delivery.transport import MaybeSent, NotSent, NotSentTimedOut
from bot.expected import Code
from bot.settings import BadSettingsError, Settings, load

pytestmark = pytest.mark.one_database("of no database")

SECRET = "pass-of-the-proxy"
ONE_SENTENCE = re.compile(r"[A-Za-z_.]+ [^\n]*, for example http[^ ]*\.")
BAD_BASES = (
    "",
    " ",
    "api.telegram.org",
    "//api.telegram.org",
    "api.telegram.org:443",
    "ftp://api.telegram.org",
    "htps://api.telegram.org",
    "https:/api.telegram.org",
    "https://",
    "https:///bot",
    "https://:443",
    "https://api telegram.org",
    " https://api.telegram.org",
    "https://api.telegram.org ",
    "https://api.telegram.org\n",
    "https://api.telegram.org\u200b",
    "\ufeffhttps://api.telegram.org",
    "https://api.telegram.org:port",
    "https://api.telegram.org:99999",
    "https://[::1",
    "https://api.telegram.org?x=1",
    "https://api.telegram.org/#a",
    f"https://{'a' * 70}.org",
)
GOOD_BASES = (
    "https://api.telegram.org",
    "https://api.telegram.org/",
    "HTTPS://API.TELEGRAM.ORG",
    "http://127.0.0.1:8081",
    "http://[::1]:8081",
    "http://localhost:8081/prefix",
    "https://bücher.example",
)
BAD_PROXIES = (
    f"socks5://me:{SECRET}@proxy:1080",
    f"https://me:{SECRET}@proxy:3128",
    f"me:{SECRET}@proxy:3128",
    f"http://me:{SECRET}@",
    f"http://me:{SECRET}@proxy:99999",
    f"http://me:{SECRET}@proxy:3128/path",
    f"http://me:{SECRET}@proxy port",
    "proxy:3128",
)
GOOD_PROXIES = ("http://proxy:3128", f"http://me:{SECRET}@proxy:3128/", "http://10.0.0.1:80", "off")


@pytest.fixture(autouse=True)
def _no_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """Leave the machine's own settings out."""
    for name in ("BOT_TELEGRAM__API_BASE_URL", "BOT_TELEGRAM__PROXY"):
        monkeypatch.delenv(name, raising=False)


def read(folder: Path, environment: dict[str, str] | None = None, **telegram: str) -> Settings:
    """Load a file with these values."""
    path = folder / "config.toml"
    lines = [f"{key} = {_quoted(value)}" for key, value in telegram.items()]
    path.write_text("\n".join(["[telegram]", *lines]), encoding="utf-8")
    return load(path, environment or {})


def _quoted(value: str) -> str:
    escaped = "".join(c if c.isprintable() else f"\\u{ord(c):04x}" for c in value)
    return f'"{escaped}"'


@pytest.mark.parametrize("base", BAD_BASES)
def test_f107_a_wrong_address_is_refused_at_once(tmp_path: Path, base: str) -> None:
    """One sentence names the key, says what is wrong, and has an example; the code is 3."""
    with pytest.raises(BadSettingsError) as error:
        read(tmp_path, api_base_url=base)
    assert error.value.code is Code.BAD_SETTINGS
    assert ONE_SENTENCE.fullmatch(str(error.value)), error.value
    assert str(error.value).startswith("telegram.api_base_url")


@pytest.mark.parametrize("base", GOOD_BASES)
def test_f107_a_right_address_is_taken(tmp_path: Path, base: str) -> None:
    """Capitals, ports, prefixes and letters of other languages are fine."""
    assert read(tmp_path, api_base_url=base).telegram.api_base_url == base


@pytest.mark.parametrize("proxy", BAD_PROXIES)
@pytest.mark.parametrize("name", ["telegram.proxy", "HTTPS_PROXY", "https_proxy", "ALL_PROXY"])
def test_f107_a_proxy_that_cannot_be_used_is_refused_in_words(
    tmp_path: Path, name: str, proxy: str
) -> None:
    """The sentence names where it is set, and never holds the password."""
    telegram, environment = ({"proxy": proxy}, {}) if "." in name else ({}, {name: proxy})
    if name != "telegram.proxy" and "://" not in proxy:
        proxy_is_read = read(tmp_path, environment, **telegram).telegram.proxy.get_secret_value()
        assert proxy_is_read == f"http://{proxy}"
        return
    with pytest.raises(BadSettingsError) as error:
        read(tmp_path, environment, **telegram)
    assert error.value.code is Code.BAD_SETTINGS
    assert str(error.value).startswith(name)
    assert SECRET not in str(error.value)


@pytest.mark.parametrize("proxy", GOOD_PROXIES)
def test_f107_a_proxy_is_a_setting_and_a_secret(tmp_path: Path, proxy: str) -> None:
    """It is in force, goes before the environment, and is not shown."""
    settings = read(tmp_path, {"HTTPS_PROXY": "http://other:1"}, proxy=proxy)
    wanted = "" if proxy == "off" else proxy
    assert settings.telegram.proxy.get_secret_value() == wanted
    assert SECRET not in str(settings.model_dump())


@pytest.mark.parametrize(
    ("environment", "base", "wanted"),
    [
        ({"HTTPS_PROXY": "http://p:1"}, "https://api.telegram.org", "http://p:1"),
        ({"https_proxy": "p:1"}, "https://api.telegram.org", "http://p:1"),
        ({"ALL_PROXY": "http://p:1"}, "https://api.telegram.org", "http://p:1"),
        ({"HTTPS_PROXY": "http://p:1", "ALL_PROXY": "socks5://q:1"}, "https://t.org", "http://p:1"),
        ({"HTTPS_PROXY": " "}, "https://api.telegram.org", ""),
        (
            {"HTTPS_PROXY": "http://p:1", "NO_PROXY": ".telegram.org"},
            "https://api.telegram.org",
            "",
        ),
        ({"HTTPS_PROXY": "http://p:1", "no_proxy": "*"}, "https://api.telegram.org", ""),
        ({"HTTPS_PROXY": "http://p:1", "NO_PROXY": "t.org"}, "https://telegram.org", "http://p:1"),
        ({"HTTPS_PROXY": "socks5://p:1", "NO_PROXY": "t.org"}, "https://t.org", ""),
        ({"HTTPS_PROXY": "http://p:1"}, "http://127.0.0.1:8081", ""),
        ({"HTTP_PROXY": "http://p:1"}, "http://127.0.0.1:8081", ""),
        ({}, "https://api.telegram.org", ""),
    ],
)
def test_f107_the_environments_proxy_is_honoured(
    tmp_path: Path, environment: dict[str, str], base: str, wanted: str
) -> None:
    """HTTPS_PROXY, else ALL_PROXY, unless NO_PROXY names the host; never before this machine."""
    settings = read(tmp_path, environment, api_base_url=base)
    assert settings.telegram.proxy.get_secret_value() == wanted


PARTS = st.sampled_from(
    [
        "http",
        "https",
        "socks5",
        "ftp",
        ":",
        "/",
        "//",
        "://",
        "@",
        "a",
        "b.example",
        "127.0.0.1",
        "[::1]",
        "[",
        "]",
        ":1",
        ":443",
        ":99999",
        ":x",
        " ",
        "\t",
        "?",
        "#",
        "/bot",
        "ä",
        "%",
    ]
)


@given(st.lists(PARTS, max_size=7).map("".join))
def test_f107_what_is_taken_can_be_called(address: str) -> None:
    """Every address that is taken makes a URL with a host; every other one sentence."""
    for check, base in ((base_problem, True), (proxy_problem, False)):
        problem = check(address)
        if problem is not None:
            assert ONE_SENTENCE.fullmatch(problem)
        elif base or address:
            url = URL(f"{address.rstrip('/')}/bot1:A/getMe" if base else address)
            assert url.host
            assert url.scheme in {"http", "https"}
            assert url.raw_path.endswith("/getMe") is base
            assert host_of(address)


@given(st.dictionaries(st.sampled_from(["HTTPS_PROXY", "NO_PROXY", "ALL_PROXY"]), st.text()))
def test_f107_no_environment_breaks_the_reading(environment: dict[str, str]) -> None:
    """Whatever stands there, it is a proxy, none, or refused in one sentence."""
    found = proxy_of(environment, "https://api.telegram.org")
    if found is not None:
        proxy_problem(found[1], found[0])


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (NotSent("Connection refused"), "Connection refused"),
        (NotSent("name not found"), "name not found"),
        (NotSentTimedOut(), "no connection in time"),
        (TimedOut(), "no answer in time"),
        (MaybeSent("Connection reset by peer"), "Connection reset by peer"),
        (BadRequest("Bad Request: <secret>"), "it answered with BadRequest"),
        (NetworkError("Moved Permanently (301). Parsing b'<secret>'"), "it answered with 301"),
    ],
)
def test_f107_the_log_says_the_host_and_why(error: Exception, told: str) -> None:
    """And nothing of what an answer says."""
    assert why_failed("api.telegram.org", error) == f"api.telegram.org: {told}"  # type: ignore[arg-type]


def test_f107_a_404_may_be_the_token_or_the_address() -> None:
    """A 401 is the token. An address that ends in /bot is named as the reason."""
    assert "@BotFather" in unknown_there("https://a.org", InvalidToken("Unauthorized"))
    told = unknown_there("https://me:pw@a.org", InvalidToken("Not Found (404). Parsing <html>"))
    assert told == (
        "a.org knows no such bot (404): the token or api_base_url is wrong. "
        "Check telegram.token and telegram.api_base_url."
    )
    told = unknown_there("https://a.org:1/bot", InvalidToken("Not Found"))
    assert told.startswith("a.org:1 knows no such bot")
    assert told.endswith("The address must not end in /bot.")
