"""Typed words that are a span of days and a reason: "until fri flu"."""

import re
from datetime import date
from typing import Final

from bot.protocol.calendar.input_error import WhichError, shown
from bot.protocol.calendar.parse_dates import month_named, plain
from bot.protocol.calendar.parse_lengths import is_unit, length_of
from bot.protocol.calendar.parse_spans import LENGTHS, span_of
from bot.protocol.calendar.two_days import HELP, Span
from bot.protocol.folding import fold_typed

_TIME_WORDS: Final = re.compile(
    r"\d|\b(?:"
    r"mon|tues?|weds?|thu(?:rs?)?|fri|sat|sun|(?:mon|tues|wednes|thurs|fri|satur|sun)days?"
    r"|jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?"
    r"|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?"
    r"|times?|hours?|days?|weeks?|wks?|months?|years?|fortnights?|weekends?|today|tonight|tomorrow"
    r"|until|till|til|from|since|back|forever|for now|starting|beginning|onwards?"
    r"|next|later|earlier|ago|longer|more"
    r"|christmas|xmas|easter|new year|midnight|noon|morning|evening"
    r")\b|^(?:or|and|to|by|through|thru|plus|minus|-)\b"
)
_NUMBERED: Final = re.compile(r"\d[\d.,]*(?:st|nd|rd|th)? ([a-z]+)[.,]?")
_DASH: Final = re.compile(r"^[-–—,;]\s*")
_QUALIFIES: Final = re.compile(
    r"(?:.*\b)?(?:half|about|around|approx|circa|ca|last|every|each|early|late|mid|end|twenty|thirty"
    r"|forty|fifty|another|some|not|no|bis|hasta|jusque?|[^\w\s]+)[.,]?"
)
"""What may stand before a day or a length and change its meaning."""
_LEADS: Final = frozenset({"until", "till", "til", "for", "from", "through", "starting"})
_CLEAR: Final = re.compile(
    r"(?:until|till|til|through|thru|up to|to|from|for|over|starting|beginning|between|as of|on"
    r"|only|just|now)\b|(?!(?:the )?\d+(?:st|nd|rd|th)$).*\d"
)
"""How a span begins, or what it has in it, where it is no part of a sentence about something."""


def split_span(text: str, today: date) -> tuple[Span | None, str]:
    """Split typed words into a span and the rest, which is a reason: "until fri flu".

    A colon ends the span for sure. No span comes where nothing in the words is one; then the rest
    is all of them. Raises WhichError where what is left beside a span may belong to it, and
    InputError for a span that cannot be.
    """
    words = text.split()
    found = _marked(words, today) or _at_the_beginning(words, today) or _at_the_end(words, today)
    if found is None:
        _ask_about_the_end(words, today)
        return None, " ".join(words).removeprefix(": ")
    return found


def _marked(words: list[str], today: date) -> tuple[Span, str] | None:
    """Return the span that ends with a colon, and whatever follows it."""
    at = next((at for at, word in enumerate(words, 1) if word[-1] in ":："), 0)
    begun, rest = " ".join(words[:at]).rstrip(":： "), " ".join(words[at:])
    span = _within(begun, rest, today) if begun else None
    return None if span is None else (span, rest)


def _at_the_beginning(words: list[str], today: date) -> tuple[Span, str] | None:
    """Return the longest span that words begin with; a doubtful one is asked about."""
    for cut in range(len(words), 0, -1):
        begun, rest = " ".join(words[:cut]), _DASH.sub("", " ".join(words[cut:]))
        if cut < len(words) and _go_on(words[cut - 1], words[cut]):
            continue
        span = _within(begun, rest, today)
        if span is None:
            continue
        if rest and (is_about_time(rest) or not _is_clear(begun, today)):
            raise WhichError(_doubt(begun, rest), (f"{begun}: {rest}", *LENGTHS))
        return span, rest
    return None


def _at_the_end(words: list[str], today: date) -> tuple[Span, str] | None:
    """Return the span that words end with, as in "flu until fri"."""
    for at, word in enumerate(words):
        reason = " ".join(words[:at])
        if at and word.casefold() in _LEADS and not is_about_time(reason):
            span = _within(" ".join(words[at:]), reason, today)
            if span is not None:
                return span, reason
    return None


def _ask_about_the_end(words: list[str], today: date) -> None:
    """Ask about "holiday 24 Dec - 2 Jan": what precedes a span may be the reason."""
    for at in range(1, len(words)):
        reason, text = " ".join(words[:at]).rstrip(",;"), " ".join(words[at:])
        if is_about_time(reason) or _QUALIFIES.fullmatch(fold_typed(reason)):
            continue
        if _within(text, reason, today) is not None:
            raise WhichError(_doubt(text, reason), (f"{text}: {reason}", *LENGTHS))


def _go_on(last: str, following: str) -> bool:
    """Whether no span ends between two words: "1.5 weeks", "5 Dec", or after a dash alone."""
    if _DASH.fullmatch(last):
        return True
    found = _NUMBERED.fullmatch(fold_typed(f"{last} {following}"))
    return found is not None and (is_unit(found[1]) or month_named(found[1]) is not None)


def _doubt(text: str, reason: str) -> str:
    return f"I read “{shown(text)}”. Is “{shown(reason)}” the reason? {HELP}"


def _within(text: str, reason: str, today: date) -> Span | None:
    """Return the span that a part of the words is; a question about it keeps the reason."""
    try:
        return span_of(plain(text), today)
    except WhichError as which:
        raise which.within("", f": {reason}" if reason else "") from which


def _is_clear(begun: str, today: date) -> bool:
    """Whether words are a span for sure: "2nd" and "the weekend" may begin a sentence too."""
    text = plain(begun)
    return _CLEAR.match(text) is not None or length_of(text, today) is not None


def is_about_time(text: str) -> bool:
    """Whether words look as if they named a day, a time or a length."""
    return _TIME_WORDS.search(fold_typed(text)) is not None
