r"""A bot's token is hidden in whatever spelling it comes.

Telegram's addresses hold the token, so whoever repeats an address tells it: an error page of some
proxy, with the colon as `%3A`, `%253A`, `&#58;` or `\u003a`. So a text is also looked at with all
such spellings undone. One that holds a token only then is hidden whole.
"""

import base64
import html
import re
import unicodedata
from typing import Final
from urllib.parse import unquote

HIDDEN: Final = "<token>"
_TOKEN: Final = re.compile(r"(?:(?<=bot)|\b)\d{1,20}:[A-Za-z0-9_-]{6,}")
_ESCAPED: Final = re.compile(
    r"(?:\\+x|=)([0-9a-f]{2})|\\+u([0-9a-f]{4})|\\+u\{0*([0-9a-f]{1,5})\}", re.IGNORECASE
)
_ROUNDS: Final = 10
"""A spelling of a spelling of … is undone so often."""
_LEAST: Final = 16
"""Shorter secrets are looked for as a pattern alone: they could be a part of any word."""


def hide(text: str, *secrets: str) -> str:
    """Return `text` without anything that looks like a bot's token, or holds one of `secrets`."""
    told = _TOKEN.sub(HIDDEN, text)
    plain = _plain(told)
    forms = [form for secret in secrets for form in _forms(secret)]
    if _TOKEN.search(plain) or any(one in form for form in (told, plain) for one in forms):
        return HIDDEN
    return told


def _plain(text: str) -> str:
    """Return a text with its spellings undone."""
    for _ in range(_ROUNDS):
        before = text
        text = unicodedata.normalize("NFKC", html.unescape(unquote(text)))
        text = _ESCAPED.sub(lambda found: chr(int(found[found.lastindex or 0], 16)), text)
        if text == before:
            break
    return text


def _forms(token: str) -> list[str]:
    """Return what a known token looks like where no pattern finds it: cut, in base64, in hex."""
    secret = token.rpartition(":")[2]
    if len(secret) < _LEAST:
        return []
    found = [secret, secret.encode().hex(), secret.encode().hex().upper()]
    for before in range(3):  # base64 writes three bytes in four letters: it matters where it begins
        coded = base64.b64encode(bytes(before) + secret.encode())
        whole = coded[4 if before else 0 : -4].decode()
        found += [whole, whole.replace("+", "-").replace("/", "_")]
    return found
