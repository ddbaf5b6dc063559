"""Which of the choices that were offered a typed answer means."""

import re
from collections.abc import Sequence
from typing import Final

from bot.conversation.parse_who import fold_name
from bot.conversation.schedule_input import YES, fold_answer
from bot.protocol.folding import fold_typed

_ORDINALS: Final = (
    ("first", "1st", "1"),
    ("second", "2nd", "2"),
    ("third", "3rd", "3"),
    ("fourth", "4th", "4"),
)
_AROUND: Final = re.compile(r"^(?:the )?(.+?)(?: one| choice)?$")
_HALVES: Final = (
    frozenset({"am", "a.m", "morning", "in the morning", "the morning"}),
    frozenset({"pm", "p.m", "afternoon", "evening", "in the evening", "the evening"}),
)
_HOUR: Final = re.compile(r"\b(\d\d):\d\d\b")
_WORD: Final = re.compile(r"[^\W_]+")
_SPANS: Final = frozenset({"for", "until", "from"})
_NOON: Final = 12


def chosen(labels: Sequence[str], typed: str, *, partly: bool) -> list[int]:
    """Return the places of the labels that an answer may mean: one, where it is clear.

    An answer is a label, "second", "evening", or yes to a single one; how a span of days begins, if
    one alone does ("for 2 weeks" of "for 2 weeks from Mon"); and `partly` words of a label or their
    beginnings ("berlin", "anna m"). Part of a time or of a list of days is another one:
    there it is no answer. A number means itself, never the beginning of a longer one.
    """
    word = fold_answer(fold_typed(typed))
    if len(labels) == 1 and word in YES:
        return [0]
    said = _words(typed)
    for fits in (_is_same, _has_words, _has_beginnings) if partly else (_is_same, _is_begun):
        found = [at for at, label in enumerate(labels) if said and fits(said, _words(label))]
        if found and (fits is not _is_begun or len(found) == 1):
            return found
    return _of_half(labels, word) or _of_order(labels, word)


def _words(text: str) -> list[str]:
    return _WORD.findall(fold_name(fold_typed(text)))


def _is_same(said: list[str], label: list[str]) -> bool:
    return said == label


def _is_begun(said: list[str], label: list[str]) -> bool:
    return len(said) > 1 and said[0] in _SPANS and label[: len(said)] == said


def _has_words(said: list[str], label: list[str]) -> bool:
    return set(said) <= set(label)


def _has_beginnings(said: list[str], label: list[str]) -> bool:
    return all(any(_begins(word, one) for one in label) for word in said)


def _begins(word: str, whole: str) -> bool:
    return word == whole if word.isdigit() else whole.startswith(word)


def _of_half(labels: Sequence[str], word: str) -> list[int]:
    """Return the times before noon for "morning", and the others for "evening"."""
    half = next((at for at, words in enumerate(_HALVES) if word in words), None)
    hours = [_HOUR.search(label) for label in labels]
    if half is None or None in hours:
        return []
    return [at for at, hour in enumerate(hours) if hour and (int(hour[1]) >= _NOON) == bool(half)]


def _of_order(labels: Sequence[str], word: str) -> list[int]:
    """Return the label that is so many-th in the list; a bare number only where none has one."""
    core = _AROUND.sub(r"\1", word)
    if core == "last":
        return [len(labels) - 1] if labels else []
    at = next((at for at, words in enumerate(_ORDINALS) if core in words), len(labels))
    numbered = core.isdigit() and any(char.isdigit() for label in labels for char in label)
    return [] if numbered or at >= len(labels) else [at]
