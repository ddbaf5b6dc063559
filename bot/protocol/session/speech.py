"""What an athlete's words in a live session mean. In doubt they mean: stop, or rest.

One reader for everything that is typed, captioned, edited or stuck (PROTOCOL 3 and 5):

1. STOP, as a word anywhere, in the larger languages, stretched, or between marks.
2. A warning sign: sharp, pop, numb, tingling.
3. A number that is a pain. Worst counts; "more than 5" is 6.
4. Plainly harmless words.
5. Anything else: nobody understood it, so nothing is held over it.
"""

import re
import unicodedata
from dataclasses import dataclass
from enum import Enum, auto
from functools import cache
from typing import Final

from bot.protocol.folding import without_marks
from bot.protocol.session.pain import MAX, WORDS, parse_pain
from bot.protocol.session.state import StopReason


class Meaning(Enum):
    """What words come to."""

    STOP = auto()
    SIGN = auto()  # a warning sign is named
    PAIN = auto()  # a pain number, and nothing besides
    PAIN_AMONG = auto()  # a pain number among other words: it can stop, never lead on
    HARMLESS = auto()
    UNCLEAR = auto()


@dataclass(frozen=True, slots=True)
class Heard:
    """The meaning of words; with `pain` 0–10 where there is a number, the worst of several."""

    meaning: Meaning
    pain: int | None = None


# ---- folding --------------------------------------------------------------------------

_FRACTION: Final = re.compile(r"(?<=\d)\s?[\u00bc-\u00be\u2150-\u215e]")
"""Part of a number as one sign, as in "7½": whichever it is, it rounds up."""


def fold_spoken(text: str) -> str:
    """Return text for comparing: any width and case, without accents and invisible signs."""
    halves = _FRACTION.sub(".5", text)
    return without_marks(unicodedata.normalize("NFKC", halves).casefold())


_WORD: Final = re.compile(r"[^\W_]+")


def _words(folded: str) -> list[str]:
    """Return the words; letters apart from each other, as in "s t o p", are a word too."""
    found = _WORD.findall(folded)
    spelled = re.findall(r"(?<![^\W_])[^\W\d_](?:[\W_]+[^\W\d_](?![^\W_])){2,}", folded)
    return found + ["".join(_WORD.findall(one)) for one in spelled]


# ---- STOP -----------------------------------------------------------------------------

_STOP_WORDS: Final = (
    # English, German, Dutch, the Nordic languages, French, Spanish, Portuguese, Italian
    *("stop", "stopp", "stoppen", "stoppe", "stopper", "stopped", "stopping", "stops", "stap"),
    *("halt", "aufhoren", "ophouden", "arrete", "arretez", "arreter", "alto", "para", "paren"),
    *("parad", "parar", "pare", "parem", "basta", "detente", "detener", "ferma", "fermati"),
    *("fermo", "sluta", "slut"),
    # Finnish, Polish, Czech, Slovak, Hungarian, Romanian, Turkish, Greek
    *("seis", "zatrzymaj", "przestan", "zastav", "prestan", "allj", "megallj", "opreste"),
    *("dur", "durun", "durdur", "σταματα", "σταματηστε", "στοπ"),
    # Russian, Ukrainian, Bulgarian, Serbian; Arabic, Persian, Urdu, Hebrew
    *("стоп", "стои", "стоите", "остановись", "хватит", "зупинись", "спри", "стани"),
    *("توقف", "قف", "اوقف", "كفى", "بس", "ایست", "رکو", "עצור", "עצרי", "די", "סטופ"),
    # Indonesian, Vietnamese, Swahili, Filipino
    *("berhenti", "hentikan", "dung", "acha", "simama", "tigil", "hinto"),
)
_STOP_SIGNS: Final = (
    # Scripts without spaces between words: anywhere in the text
    *("停", "やめて", "止め", "止まれ", "ストップ", "멈춰", "멈추", "그만", "정지", "스톱", "스탑"),
    *("หยุด", "रुको", "रुकिए", "रुक", "बस करो", "स्टॉप", "থামো", "থামুন", "থাম"),
    *("🛑", "✋", "🚫", "⛔"),
)


@cache
def _stop() -> re.Pattern[str]:
    """Return the stop words as whole words, each letter of them as often as one likes."""
    letters = (map(re.escape, fold_spoken(word)) for word in _STOP_WORDS)
    return re.compile("|".join("".join(f"{one}+" for one in word) for word in letters))


@cache
def _signs() -> tuple[str, ...]:
    return tuple(fold_spoken(sign) for sign in _STOP_SIGNS)


def says_stop(text: str) -> bool:
    """Whether the text says STOP in any way that a person would; in doubt it does."""
    folded = fold_spoken(text)
    if any(sign in folded for sign in _signs()):
        return True
    return any(_stop().fullmatch(word) for word in _words(folded))


def begins_with_stop(text: str) -> bool:
    """Whether STOP is all that is said, or said first: so it is meant outside a session too."""
    words = _words(fold_spoken(text))
    return says_stop(words[0]) if words else says_stop(text)


# ---- warning signs --------------------------------------------------------------------

_SIGNS: Final = {
    StopReason.SHARP: re.compile(
        r"\b(?:sharp\w*|stabb\w+|pop|pops|popp\w+|tear|tears|tearing|tore|torn|snap|snapp\w+"
        r"|rip|ripp\w+|crack\w*|gave way|giving way)\b"
    ),
    StopReason.NUMB: re.compile(
        r"\b(?:numb(?:ness|ing|ed)?|tingl\w+|pins and needles|no feeling|can ?(?:no)?t feel)\b"
    ),
}


def warning_sign(text: str) -> StopReason | None:
    """Return the warning sign that the text names, sharp or numb, or None."""
    plain = " ".join(_WORD.findall(fold_spoken(text)))
    return next((reason for reason, found in _SIGNS.items() if found.search(plain)), None)


# ---- pain -----------------------------------------------------------------------------

_SAID_AS: Final = re.compile(
    r"(?:(?:my |the |/)?pain(?:@\w+)?(?: level| score)?(?: is| was|:|=)?|it is|it'?s|its|it was)?"
    r"\s*(?:an? )?(?=\S)"
)
_NOT_PAIN: Final = (
    r"(?:s|secs?|seconds?|min|mins|minutes?|h|hrs?|hours?|days?|weeks?|months?|years?|km|k|m|miles?"
    r"|meters?|metres?|kgs?|lbs?|pounds?|reps?|times?|x|holds?|sets?|more|am|pm|%|°|:\d|\.\d\d"
    r"|o'?clock|st|nd|rd|th)(?![^\W_])"
)
_COUNTED: Final = r"(?:\b(?:holds?|sets?|reps?|no|no\.|number|nr\.?)|#)\s*$"
_AMONG: Final = re.compile(
    r"(?<![\d.,:])(\d+)(?:[.,](\d))?(\s*(?:\+|plus\b|or (?:more|higher|worse)\b))?"
    r"(?:\s*(?:[/\u2044\u2215\\|]|(?:out of|of|von|sur|de|su|van|av|из)\b)\s*10\b)?(?!\d|[.,:]\d)"
)
_SCALE: Final = re.compile(
    r"\b(?:on|in|out of) (?:a|the|my) (?:pain )?scale(?: (?:of|from))?"
    r"(?: [01] ?(?:to|-|–) ?)?(?: ?10\b)?"
    r"|\b(?:on )?(?:a |the )?[01] ?(?:to|-|–) ?10 scale\b"
)
"""Words that name the scale: its end is no pain of 10."""
_HALF: Final = re.compile(r"(?<=\d)\s*(?:and (?:a )?half|1/2)\b")
_POINT: Final = re.compile(r"(?<=\d) (?:point|comma) (?=\d)")
_MORE: Final = re.compile(r"(?:more th[ae]n|greater than|higher than|worse than|over|above|>)\s*$")


def pain_among(text: str) -> int | None:
    """Return the worst pain 0–10 among the words, or None; a count or a time is no pain.

    A fraction rounds up, and "more than 5" or "5+" is 6: doubt never lowers a pain.
    """
    folded = _POINT.sub(".", _HALF.sub(".5", _SCALE.sub("", _with_digits(fold_spoken(text)))))
    return max((value for value in _numbers(folded) if value is not None), default=None)


def _with_digits(folded: str) -> str:
    """Return the text with number words as digits; "no pain" and "none" stay words."""
    single = {word: value for word, value in WORDS.items() if " " not in word and word != "none"}
    return _WORD.sub(lambda found: str(single.get(found[0], found[0])), folded)


def _numbers(folded: str) -> list[int | None]:
    return [_value(folded, found) for found in _AMONG.finditer(folded)]


def _value(folded: str, found: re.Match[str]) -> int | None:
    before, after = folded[: found.start()], folded[found.end() :].lstrip()
    negative = re.fullmatch(r"\s*[-−]", before) is not None
    if negative or re.match(_NOT_PAIN, after) or re.search(_COUNTED, before):
        return None
    whole, tenth = int(found[1]), int(found[2] or 0)
    more = found[3] is not None or _MORE.search(before) is not None
    value = whole + (1 if tenth or more else 0)
    if whole > MAX or (whole == MAX and tenth):
        return None
    return min(value, MAX)


def plain_pain(text: str) -> int | None:
    """Return the pain 0–10 where the text says that and nothing else, or None."""
    folded = fold_spoken(text).strip()
    said_as = _SAID_AS.match(folded)
    rest = folded[said_as.end() :] if said_as else folded
    return parse_pain(rest)


# ---- harmless words -------------------------------------------------------------------

_HARMLESS: Final = frozenset(
    (
        *(
            "ok",
            "okay",
            "okey",
            "k",
            "kk",
            "yes",
            "yep",
            "yeah",
            "yup",
            "y",
            "ya",
            "ja",
            "jo",
            "si",
        ),
        *("oui", "da", "sure", "fine", "good", "great", "nice", "cool", "super", "perfect"),
        *("alright", "right", "ready", "go", "going", "on", "got", "it", "thanks", "thank", "you"),
        *("thx", "ty", "hi", "hello", "hey", "lol", "haha", "i", "am", "im", "m", "still", "here"),
    )
)
_PICTURES: Final = re.compile(
    "[\N{THUMBS UP SIGN}\N{OK HAND SIGN}\N{FLEXED BICEPS}\N{WHITE HEAVY CHECK MARK}"
    "\N{HEAVY CHECK MARK}\N{PERSON WITH FOLDED HANDS}\N{SLIGHTLY SMILING FACE}\N{HEAVY BLACK HEART}"
    "\N{SMILING FACE WITH SMILING EYES}\N{WHITE SMILING FACE}\N{CLAPPING HANDS SIGN}\N{FIRE}"
    "\N{EMOJI MODIFIER FITZPATRICK TYPE-1-2}-\N{EMOJI MODIFIER FITZPATRICK TYPE-6}]"
)
_UNSIGNED: Final = re.compile(r"[\W_]*")


def is_harmless(text: str) -> bool:
    """Whether the text is plainly harmless: "ok", "yes", a thumb."""
    folded = fold_spoken(text).replace("\N{VARIATION SELECTOR-16}", "")
    without = _PICTURES.sub("", folded)
    words = _WORD.findall(folded)
    signs = _UNSIGNED.fullmatch(without) is not None and without.strip(" .!,:;-)(~") == ""
    if words:
        plain = _WORD.sub("", without).strip(" \n.!,:;-)(~'’") == ""
        return plain and all(word in _HARMLESS for word in words)
    return signs and without != folded


# ---- all of it ------------------------------------------------------------------------


def hear(text: str) -> Heard:
    """Return what the text means; the first line of this module's list that fits."""
    among = pain_among(text)
    if says_stop(text):
        return Heard(Meaning.STOP, among)
    if warning_sign(text) is not None:
        return Heard(Meaning.SIGN, among)
    plain = plain_pain(text)
    if plain is not None:
        return Heard(Meaning.PAIN, plain)
    if among is not None:
        return Heard(Meaning.PAIN_AMONG, among)
    return Heard(Meaning.HARMLESS if is_harmless(text) else Meaning.UNCLEAR)
