"""People's names as others see them: one without any visible sign is a number."""

import unicodedata
from typing import Final

_SEEN: Final = frozenset("LNPS")
_BLANK: Final = frozenset("\u115f\u1160\u2800\u3164\uffa0\U0001d159")
"""Letters and symbols by their kind that show nothing."""
_IN_FILES: Final = frozenset("LMN")
_LONGEST: Final = 40


def is_visible(text: str) -> bool:
    """Whether anything of the text can be seen."""
    return any(unicodedata.category(one)[0] in _SEEN and one not in _BLANK for one in text)


def called(name: str, number: int, what: str = "Athlete") -> str:
    """Return the name, or "Athlete 12" where nothing of it can be seen."""
    return name if is_visible(name) else f"{what} {number}"


def in_full(name: str, apart: str) -> str:
    """Return a name with what tells its bearer from namesakes: "Anna (Berlin)"."""
    return f"{name} ({apart})" if apart else name


def in_file_name(name: str, number: int) -> str:
    """Return what says in the name of a file whose it is: letters and digits of any language."""
    signs = (one if _stays(one) else "-" for one in unicodedata.normalize("NFC", name))
    words = [word for word in "".join(signs).split("-") if is_visible(word)]
    found = "-".join(words)[:_LONGEST] or "athlete"
    return found if found.endswith(f"-{number}") else f"{found}-{number}"


def _stays(sign: str) -> bool:
    return unicodedata.category(sign)[0] in _IN_FILES and sign not in _BLANK
