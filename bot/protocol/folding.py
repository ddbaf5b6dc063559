"""Text as it is compared: spellings that mean the same become the same."""

import unicodedata


def fold(text: str) -> str:
    """Return text in lower case, with single spaces."""
    return " ".join(text.casefold().split())


def without_marks(text: str) -> str:
    """Return text without accents and invisible signs; what looks like a letter is made one."""
    return "".join(
        char
        for char in unicodedata.normalize("NFKD", text)
        if not unicodedata.combining(char) and unicodedata.category(char) != "Cf"
    )
