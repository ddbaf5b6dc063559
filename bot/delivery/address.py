"""Where the Bot API is, and the proxy on the way there: addresses as people write them.

Each check returns one sentence about what is wrong, or None. No sentence repeats what was written:
an address may hold a password.
"""

import re
from collections.abc import Callable, Mapping
from typing import Final
from urllib.parse import SplitResult, urlsplit
from urllib.request import proxy_bypass

NO_PROXY: Final = "off"
"""The setting that goes round the environment's proxy."""
_BASE_EXAMPLE: Final = "for example https://api.telegram.org"
_WEBHOOK_EXAMPLE: Final = "for example https://bot.example/telegram"
_WEBHOOK_PORTS: Final = (443, 80, 88, 8443)
_PROXY_EXAMPLE: Final = "for example http://proxy.example:3128"
_UNSEEN: Final = re.compile(r"[\s\x00-\x1f\x7f\u200b-\u200f\ufeff]")
_VARIABLES: Final = ("https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY")
_NO_PROXY_FOR: Final = ("no_proxy", "NO_PROXY")

Check = Callable[[str], str | None]


def base_problem(base: str) -> str | None:
    """Return what is wrong with `telegram.api_base_url`."""
    name = "telegram.api_base_url"
    if not base:
        return f"{name} is empty: take the line out, or write an address, {_BASE_EXAMPLE}."
    found = _problem(name, base, ("https", "http"), _BASE_EXAMPLE)
    if found is None and re.search("[?#]", base):
        return f"{name} must end before any ? or #, {_BASE_EXAMPLE}."
    return found


def webhook_problem(url: str, *, theirs: bool) -> str | None:
    """Return what is wrong with `webhook.url`; empty is none.

    Telegram's own servers (`theirs`) take https:// on four ports; a Bot API server of one's own
    may take more.
    """
    name = "webhook.url"
    if not url:
        return None
    found = _problem(name, url, ("https",) if theirs else ("https", "http"), _WEBHOOK_EXAMPLE)
    if found is not None:
        return found
    parts = urlsplit(url)
    if parts.username is not None or parts.fragment:
        return f"{name} must have no name, password or # in it, {_WEBHOOK_EXAMPLE}."
    if theirs and parts.port not in {None, *_WEBHOOK_PORTS}:
        ports = ", ".join(map(str, _WEBHOOK_PORTS))
        return f"{name} must have one of the ports that Telegram posts to: {ports}."
    return None


def proxy_problem(proxy: str, name: str = "telegram.proxy") -> str | None:
    """Return what is wrong with a proxy; empty and `off` are none."""
    if proxy in {"", NO_PROXY}:
        return None
    found = _problem(name, proxy, ("http",), _PROXY_EXAMPLE)
    if found is None and (urlsplit(proxy).path.strip("/") or re.search("[?#]", proxy)):
        return f"{name} must end after the host and port, {_PROXY_EXAMPLE}."
    return found


def _problem(name: str, address: str, schemes: tuple[str, ...], example: str) -> str | None:
    if _UNSEEN.search(address):
        return f"{name} must not have spaces or other unseen signs in it, {example}."
    allowed = " or ".join(f"{one}://" for one in schemes)
    scheme, mark, _ = address.partition("://")
    if not mark:
        return f"{name} must begin with {allowed}, {example}."
    if scheme.lower() not in schemes:
        return f"{name} must begin with {allowed}: no other kind can be used, {example}."
    if not _has_host(address):
        return f"{name} has no host, or a port that is none, {example}."
    return None


def _has_host(address: str) -> bool:
    try:
        parts = urlsplit(address)
        host, port = parts.hostname, parts.port
        (host or "").encode("idna")
    except ValueError:  # of a UnicodeError as well
        return False
    return bool(host) and port != 0


def host_of(address: str) -> str:
    """Return the host of an address, and its port if one is written; never a password."""
    parts = urlsplit(address)
    return f"{parts.hostname}:{parts.port}" if parts.port else str(parts.hostname)


def proxy_of(environment: Mapping[str, str], base: str) -> tuple[str, str] | None:
    """Return the environment's proxy on the way to `base`, after the variable that names it.

    As other programs have it: HTTPS_PROXY, else ALL_PROXY, unless NO_PROXY names the host. An
    http:// address is this machine, and no proxy stands before it.
    """
    parts: SplitResult = urlsplit(base)
    if parts.scheme.lower() != "https" or parts.hostname is None:
        return None
    but = next((environment[name] for name in _NO_PROXY_FOR if environment.get(name)), "")
    if proxy_bypass(host_of(base), {"no": but}):
        return None
    name = next((name for name in _VARIABLES if environment.get(name, "").strip()), None)
    return None if name is None else (name, _with_scheme(environment[name].strip()))


def _with_scheme(proxy: str) -> str:
    """Return a proxy as an address: in the environment it may stand without http://."""
    return proxy if "://" in proxy else f"http://{proxy}"
