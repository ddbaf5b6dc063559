"""Typed words that are a span of days and a reason: "until fri flu"."""

import re
from collections.abc import Iterator
from datetime import date
from typing import Final

from bot.protocol.calendar.input_error import WhichError, shown
from bot.protocol.calendar.parse_dates import plain
from bot.protocol.calendar.parse_spans import parse_span, span_of
from bot.protocol.calendar.parse_weekdays import find_weekday
from bot.protocol.calendar.two_days import HELP, Span
from bot.protocol.folding import fold_typed

_TIME_WORDS: Final = re.compile(
    r"\d|\b(?:"
    r"mon|tues?|weds?|thu(?:rs?)?|fri|sat|sun|(?:mon|tues|wednes|thurs|fri|satur|sun)days?"
    r"|jan|feb|mar|apr|may|jun|jul|aug|sept?|oct|nov|dec|january|february|march|april|june|july|august|september|october|november|december|"
    r"hours?|days?|weeks?|wks?|months?|years?|fortnights?|weekends?|today|tonight|tomorrow"
    r"|until|till|til|from|since|starting|beginning|onwards?|next|later|earlier|ago|longer|more"
    r"|christmas|xmas|easter|new year|midnight|noon|morning|evening"
    r")\b|^(?:or|and|to|by|through|thru|plus|minus|-)\b"
)
_LEADS: Final = frozenset({"until", "till", "til", "for", "from", "through", "starting"})


def split_span(text: str, today: date) -> tuple[Span | None, str]:
    """Split typed words into a span and the rest, which is a reason: "until fri flu".

    A colon ends the span for sure. No span comes where nothing in the words is one; then the rest
    is all of them. Raises WhichError where what is left beside a span may belong to it, and
    InputError for a span that cannot be.
    """
    words = text.split()
    marked = next((at for at, word in enumerate(words, 1) if word[-1] in ":："), 0)
    if marked:
        span = " ".join(words[:marked]).rstrip(":： ")
        rest = " ".join(words[marked:])
        return _marked(span, rest, today)
    for cut in _cuts(words):
        begun, rest = " ".join(words[:cut]), " ".join(words[cut:])
        found = _asked(begun, rest, today)
        if found is not None:
            return found
    return _at_the_end(words, today) or (None, " ".join(words))


def _at_the_end(words: list[str], today: date) -> tuple[Span | None, str] | None:
    """Return the span that words end with, as in "flu until fri"."""
    for at, word in enumerate(words):
        reason = " ".join(words[:at])
        if at and word.casefold() in _LEADS and not is_about_time(reason):
            found = _asked(" ".join(words[at:]), "", today)
            if found is not None:
                return found[0], reason
    return None


def is_about_time(text: str) -> bool:
    """Whether words look as if they named a day, a time or a length."""
    return _TIME_WORDS.search(fold_typed(text)) is not None


def _marked(begun: str, rest: str, today: date) -> tuple[Span | None, str]:
    if not begun:
        return None, rest
    try:
        return parse_span(begun, today), rest
    except WhichError as which:
        raise which.within("", f": {rest}") from which


def _cuts(words: list[str]) -> Iterator[int]:
    """Yield after how many words a span may end, the longest first: a weekday alone is a reason."""
    for cut in range(len(words), 0, -1):
        alone = cut == 1 and len(words) > 1
        if not (alone and find_weekday(plain(words[0])) is not None):
            yield cut


def _asked(begun: str, rest: str, today: date) -> tuple[Span | None, str] | None:
    """Return the span that words begin with, if they do; a doubtful rest is asked about."""
    try:
        found = span_of(plain(begun), today)
    except WhichError as which:
        raise which.within("", f": {rest}" if rest else "") from which
    if found is None:
        return None
    if rest and is_about_time(rest):
        said = f"I read “{shown(begun)}”. Is “{shown(rest)}” the reason? {HELP}"
        raise WhichError(said, (f"{begun}: {rest}",))
    return found, rest
