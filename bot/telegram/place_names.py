"""What a typed name of a place may mean: looked up before the transaction, known in it."""

import re
from functools import lru_cache
from typing import Final

from bot.conversation.zone_input import CityGuess
from bot.places import places

_LEAD: Final = re.compile(
    r"^\s*(?:(?:(?:i|we) live |i am |i'm |i’m )?(?:in|near|at|from)|the city of)\s+", re.IGNORECASE
)
_LONGEST: Final = 6
"""Words of a place's name."""


def look_up(words: str) -> None:
    """Look up what the last words of a command may name."""
    last = words.split()[-_LONGEST:]
    for at in range(len(last)):
        found(" ".join(last[at:]))


@lru_cache(maxsize=256)
def found(text: str) -> tuple[CityGuess, ...]:
    """Return what a name may mean, one city a zone, the likeliest first; a number is no name.

    Words that lead to a place are no part of its name: "I live in Berlin".
    """
    text = _LEAD.sub("", text)
    if not any(map(str.isalpha, text)) or len(text.split()) > _LONGEST:
        return ()
    return tuple(
        CityGuess(f"{place.name}, {place.region or place.country}", place.zone)
        for place in places.find_place(text)
    )
