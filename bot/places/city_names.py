"""City names as they are compared: no case, no accents, no punctuation.

The list of cities is built with the same function that reads what a person typed.
"""

import unicodedata

_LETTERS = str.maketrans(
    {
        "ł": "l",
        "ø": "o",
        "đ": "d",
        "ı": "i",
        "ð": "d",
        "æ": "ae",
        "œ": "oe",
        "þ": "th",
        **dict.fromkeys("'’ʻʼ`", None),
    }
)
_SHORT = {"saint": "st", "sainte": "ste"}
_LOWEST_ACCENT = 200
"""Unicode combining class from which marks stand above or below a letter."""


def fold_city(name: str) -> str:
    """Return the form in which two spellings of a name are equal: "São Paulo" → "sao paulo"."""
    letters = unicodedata.normalize("NFKD", name.casefold()).translate(_LETTERS)
    plain = (c for c in letters if unicodedata.combining(c) < _LOWEST_ACCENT)
    words = "".join(c if unicodedata.category(c)[0] in "LMN" else " " for c in plain)
    short = (_SHORT.get(word, word) for word in words.split())
    return unicodedata.normalize("NFC", " ".join(short))
