"""What lifts a red flag: that somebody who may judge it has cleared the athlete (PROTOCOL 5)."""

import re
from typing import Final

NEEDED: Final = "cleared by Dr Berg on Tuesday"
"""An example of what has to be written."""
_CLEARED: Final = re.compile(
    r"(?:(?:she|he|they|was|were|is|has|have|been)\s+)*"
    r"(?:seen|cleared|checked|examined|assessed)\b(?P<middle>[^.!?]*?)\bby\b\s*:?\s*(?P<whom>.+)",
    re.IGNORECASE | re.DOTALL,
)
_NOT: Final = re.compile(
    r"\b(?:not|never|tomorrow|will|should|must|needs|wants|refused|refuses)\b|n['’]t\b",
    re.IGNORECASE,
)
_NOBODY_IN_PARTICULAR: Final = frozenset(
    {
        *("a", "an", "the", "her", "his", "their", "my", "some", "somebody", "someone", "anybody"),
        *("doctor", "doctors", "dr", "physician", "clinician", "gp", "me", "myself", "us", "yes"),
        *("no", "one", "nobody", "none", "ok", "okay", "and", "now", "already", "today"),
        *("athlete", "coach", "phone", "chat", "message"),
    }
)
_WORD: Final = re.compile(r"\w+")


def is_clearance(reason: str) -> bool:
    """Whether a reason says by whom the athlete was seen and cleared: it can be asked about.

    "Seen by a doctor" does not say by whom or when, and what is still to come clears nobody.
    """
    found = _CLEARED.fullmatch(reason.strip())
    if found is None or _NOT.search(reason):
        return False
    words = _WORD.findall(found["whom"].casefold())
    return any(word not in _NOBODY_IN_PARTICULAR for word in words)
