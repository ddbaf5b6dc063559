"""Reads typed words that begin with a name, or the beginning of one, and what follows it.

A name is read part by part, in any case, with or without accents, hyphens, apostrophes, quotes
and dots. Each typed word may be the beginning of its part: "Runa H." is Runa Holm.

1. The most words that surely belong to a name win: whole parts, and initials.
2. A word after them that only begins the next part may belong to the name or not: both are
   returned, and somebody has to ask.
3. Of those who fit equally long, who is called just so comes alone; then a name's beginning goes
   before a later part of it.
4. Quotes say where the name ends.
"""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from bot.protocol.folding import fold, plain_letters

MYSELF: Final = "me"
"""What stands for an id where somebody says: it is my own command."""
_QUOTES: Final = {'"': '"', "“": "”", "„": "“", "«": "»", "'": "'", "‘": "’", "’": "’"}
_MARKS: Final = re.compile(r"[\"“”„«»]")
_INITIALS: Final = re.compile(r"(?:[^\W\d_]\.-?)+")
_WORDS_BY_THEMSELVES: Final = frozenset("aeiouy")
"""Single letters that are words somewhere: "A cold", "I am"."""
_PLAIN_RUN: Final = re.compile(r"[a-z0-9]+")
_DIVIDES: Final = ("P", "Z", "C", "Sk", "Lm")


@dataclass(frozen=True, slots=True)
class Reading:
    """One way to read the words: the name at `index`, and how many words belong to it."""

    index: int
    taken: int


@dataclass(frozen=True, slots=True)
class _Fit:
    reading: Reading
    sure: bool
    whole: bool
    later: bool


def fold_name(text: str) -> str:
    """Return a name for comparing: any case, without accents, single spaces."""
    if text.isascii():
        return fold(text)
    return fold(plain_letters(text))


def after(words: str, taken: int) -> str:
    """Return what follows the first `taken` words, as it was typed."""
    parts = words.split(maxsplit=taken)
    return parts[taken] if len(parts) > taken else ""


def all_readings(names: Sequence[str], words: str) -> list[Reading]:
    """Return every way to read the words, the most words first."""
    found = {fit.reading: None for fit in _fits(names, words)}
    return sorted(found, key=lambda one: -one.taken)


def readings(names: Sequence[str], words: str) -> list[Reading]:
    """Return the readings among which nobody but a person can decide; one is no question."""
    found = _fits(names, words)
    surely = max((fit.reading.taken for fit in found if fit.sure), default=0)
    left = [fit for fit in found if fit.reading.taken >= surely]
    return list(dict.fromkeys(fit.reading for fit in left if not _is_outdone(fit, left)))


def called(names: Sequence[str], found: Sequence[Reading], words: str) -> list[Reading]:
    """Return of these readings those that nobody else outdoes who fits equally long."""
    left = [fit for fit in _fits(names, words) if fit.reading in found]
    return list(dict.fromkeys(fit.reading for fit in left if not _is_outdone(fit, left)))


def _is_outdone(fit: _Fit, others: list[_Fit]) -> bool:
    alike = [one for one in others if one.reading.taken == fit.reading.taken]
    if any(one.whole for one in alike):
        return not fit.whole
    return fit.later and any(not one.later for one in alike)


# ---- one name ---------------------------------------------------------------------------


def _fits(names: Sequence[str], words: str) -> list[_Fit]:
    """Return every fit; quotes that close nobody's name are signs like others."""
    typed, quoted = words.split(), _quoted(words)
    found = [fit for index, name in enumerate(names) for fit in _of(index, name, typed, quoted)]
    return found or (_fits(names, words[1:]) if quoted else [])


def _of(index: int, name: str, typed: list[str], quoted: int) -> Iterator[_Fit]:
    parts, ends_at = _parts(name), 0 if _MARKS.search(name) else quoted
    for first in range(len(parts)):
        for taken, sure, end, full in _run(typed, parts[first:]):
            if ends_at in {0, taken}:
                whole = full and first == 0 and end == len(parts)
                yield _Fit(Reading(index, taken), sure or bool(ends_at), whole, first > 0)


def _run(typed: list[str], parts: list[str]) -> Iterator[tuple[int, bool, int, bool]]:
    """Yield for each number of words that fit: it, whether the last is sure, the parts, all full.

    A word without letters belongs to the name only if one follows that does.
    """
    at, full = 0, True
    for taken, word in enumerate(typed, start=1):
        if taken > 1 and not _runs(word):
            continue
        found = _word(word, parts, at)
        if found is None:
            return
        at, complete = found
        full = full and complete
        yield taken, taken == 1 or complete or _is_initial(word), at, full


def _word(word: str, parts: list[str], at: int) -> tuple[int, bool] | None:
    """Return after which part a word ends, and whether nothing of these is left out."""
    runs = _runs(word) or [fold_name(word)]
    return _follow(runs, parts, at) or _follow(["".join(runs)], parts, at)


def _follow(runs: list[str], parts: list[str], at: int) -> tuple[int, bool] | None:
    full = True
    for run in runs:
        found = _one(run, parts, at)
        if found is None:
            return None
        at, complete = found
        full = full and complete
    return at, full


def _one(run: str, parts: list[str], at: int) -> tuple[int, bool] | None:
    """Return the same of letters that run over one part, or over several written as one."""
    for number, part in enumerate(parts[at:], start=at + 1):
        if part.startswith(run):
            cuts_number = run[-1:].isdigit() and part[len(run) :][:1].isdigit()
            return None if cuts_number else (number, part == run)
        if not run.startswith(part):
            return None
        run = run.removeprefix(part)
    return None


def _is_initial(word: str) -> bool:
    if _INITIALS.fullmatch(word):
        return True
    return len(word) == 1 and word.isupper() and fold_name(word) not in _WORDS_BY_THEMSELVES


def _parts(name: str) -> list[str]:
    return _runs(name) or fold_name(name).split()


def _runs(text: str) -> list[str]:
    """Return the runs of letters, digits and pictures between what only divides."""
    if text.isascii():
        return _PLAIN_RUN.findall(text.lower())
    plain = "".join(
        " " if unicodedata.category(char).startswith(_DIVIDES) else char for char in fold_name(text)
    )
    return plain.split()


def _quoted(words: str) -> int:
    """Return how many words stand in the quotes that the words begin with; 0 without any."""
    closing = _QUOTES.get(words[:1])
    if closing is None:
        return 0
    end = re.search(rf"[^\s{closing}]\s*{re.escape(closing)}(?=\s|$)", words[1:])
    return 0 if end is None else len(words[1:][: end.end()].split())
