"""Where somebody's name stands in a text: in any case and script, with or without accents.

A name is compared letter by letter, each in its plainest form: "ÅSA", "Åsa" and "asa" are one, so
are "Σωκράτης" and "ΣΩΚΡΆΤΗΣ", "Işıl" and "ISIL". What divides its words does not count.
"""

import json
import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator
from functools import cached_property, lru_cache
from typing import Any, Final

from sqlalchemy import ColumnElement, SQLColumnExpression, and_, or_, true

from bot.protocol.folding import plain_letters
from bot.store.dialect import is_foreign

GONE: Final = "…"
"""What stands where the name stood."""
_RUNS_ON: Final = (
    "\u0e00-\u0fff\u1000-\u109f\u1780-\u17ff\u1100-\u11ff\u3040-\u30ff\u3130-\u318f\u3400-\u9fff"
    "\ua960-\ua97f\uac00-\ud7ff\uf900-\ufaff\U00020000-\U0003ffff"
)
"""Letters of scripts whose words stand side by side without a space, or take endings."""
_LETTER: Final = r"[^\W_]|[\u0300-\u036f]"
_ESCAPE: Final = re.compile(r"\\u([0-9a-fA-F]{4})|\\([nrtbf])")
_SHORTEST: Final = 2
"""Letters of a part of a name that is looked for by itself."""

_SHORTEST_ALONE: Final = 3
"""Letters of a part of a name that is taken out where it stands alone."""
_ORDINARY: Final = frozenset(
    {
        *("april", "august", "june", "may", "mon", "sat", "sun", "wed", "autumn", "summer"),
        *("can", "chase", "drew", "faith", "grace", "hope", "joy", "mark", "rest", "rich", "rob"),
        *("rose", "skip", "sue", "will", "admin", "athlete", "coach"),
    }
)
"""Words that are parts of names, and begin sentences or name days as often."""

Fold = Callable[[str], str]


@lru_cache(maxsize=4096)
def _loosely(char: str) -> str:
    return plain_letters(char)


@lru_cache(maxsize=4096)
def _strictly(char: str) -> str:
    return unicodedata.normalize("NFD", char.casefold())


def _written(name: str, fold: Fold) -> str:
    """Return a name as it is compared."""
    return "".join(map(fold, " ".join(_words(name)) or name.strip()))


def _words(text: str) -> list[str]:
    """Return the runs of letters and digits, with the marks that belong to them."""
    return "".join(char if _is_letter(char) else " " for char in text).split()


def _is_letter(char: str) -> bool:
    return char.isalnum() or unicodedata.category(char).startswith("M")


class Mention:
    """A person's name among the names of the `others`, in whose longer names it may stand.

    Where somebody else has the same name, it is theirs as well: it is `shared`, and found nowhere.
    If only accents tell them apart, accents count.
    """

    def __init__(self, name: str, others: Iterable[str] = ()) -> None:
        others = list(others)
        self._name = name
        self._others = others
        self._fold = next((fold for fold in (_loosely, _strictly) if self._is_alone(fold)), None)

    def _is_alone(self, fold: Fold) -> bool:
        written = _written(self._name, fold)
        return bool(written) and all(_written(one, fold) != written for one in self._others)

    @property
    def shared(self) -> bool:
        """Whether the name cannot be told from somebody else's."""
        return self._fold is None

    def is_name(self, text: str) -> bool:
        """Whether a text is the name and nothing else, whoever else has it."""
        return _written(text, _loosely) == _written(self._name, _loosely)

    def found(self, text: str) -> bool:
        """Whether the name is in a text, as words of their own."""
        return any(True for _ in self._spans(text))

    def masked(self, text: str) -> str:
        """Return a text without the name."""
        end, left = 0, list[str]()
        for start, stop in self._spans(text):
            left += [text[end:start], GONE]
            end = stop
        return "".join([*left, text[end:]])

    def masked_in_parts(self, text: str) -> str:
        """Return a text without the name, and without a part of it that stands for the person.

        That is one which nobody else's name has, written as a name is: with a capital letter, if
        its script has any. What may be an ordinary word stays.
        """
        left = self.masked(text)
        if self._alone is None:
            return left
        folded, at = _folded(left, _loosely)
        end, kept = 0, list[str]()
        for found in self._alone.finditer(folded):
            first = left[at[found.start()]]
            if first.isupper() or first.lower() == first.upper():
                kept += [left[end : at[found.start()]], GONE]
                end = at[found.end()]
        return "".join([*kept, left[end:]])

    @cached_property
    def _alone(self) -> re.Pattern[str] | None:
        """The parts of the name that nobody else has."""
        theirs = {word for one in self._others for word in _words(_written(one, _loosely))}
        mine = [
            part
            for part in _words(_written(self._name, _loosely))
            if len(part) >= _SHORTEST_ALONE and part not in theirs | _ORDINARY
        ]
        if self.shared or not mine:
            return None
        return re.compile("|".join(_bounded(re.escape(part)) for part in mine))

    def touches(self, text: str) -> bool:
        """Whether the name or a part of it may be meant: by how it sounds, whoever else has it."""
        told = _unescaped(text)
        folded = "".join(map(_loosely, told))
        return _written(self._name, _loosely) in folded or any(
            re.search(_bounded(part), folded) for part in self._parts
        )

    @cached_property
    def _parts(self) -> list[str]:
        found = _words("".join(map(_loosely, self._name)))
        return [part for part in found if len(part) >= _SHORTEST]

    def _spans(self, text: str) -> Iterator[tuple[int, int]]:
        """Yield from where to where in a text the name stands."""
        fold = self._fold
        if fold is None:
            return
        folded, at = _folded(text, fold)
        for found in self._pattern.finditer(folded):
            if found["name"] is not None:
                yield at[found.start()], at[found.end()]

    @cached_property
    def _pattern(self) -> re.Pattern[str]:
        assert self._fold is not None
        me = _loose_words(self._name, self._fold)
        longer = {
            words
            for one in self._others
            if re.search(me, _written(one, self._fold))
            if (words := _loose_words(one, self._fold)) != me
        }
        others = sorted(map(_bounded, longer), key=len, reverse=True)
        return re.compile("|".join([*others, f"(?P<name>{_bounded(me)})"]))

    # ---- in the database -----------------------------------------------------------------

    def maybe(self, column: SQLColumnExpression[str]) -> ColumnElement[bool]:
        """Return a condition that holds for every text with the name, and for few others."""
        words = _words("".join(map(_loosely, self._name))) or [self._name.strip()]
        plain = [part for part in words if part.isascii()]
        return or_(_like(column, plain), _is_foreign(column)) if plain else _is_foreign(column)

    def maybe_touches(self, column: SQLColumnExpression[str]) -> ColumnElement[bool]:
        """The same for texts that the name or a part of it may be in."""
        parts = [[part] for part in self._parts if part.isascii()]
        return or_(*(_like(column, part) for part in parts), _is_foreign(column))


def _folded(text: str, fold: Fold) -> tuple[str, list[int]]:
    """Return a text as it is compared, and where in the text each letter stands; then its end."""
    folded, at = list[str](), list[int]()
    for number, char in enumerate(text):
        for one in fold(char):
            folded.append(one)
            at.append(number)
    return "".join(folded), [*at, len(text)]


def _loose_words(name: str, fold: Fold) -> str:
    """Return the pattern of a name whose words are divided by anything."""
    written = _written(name, fold)
    return r"[\W_]+".join(map(re.escape, written.split()))


def _bounded(words: str) -> str:
    """Return the pattern of words that are not part of a longer one."""
    first, last = words[:1], words[-1:]
    before = "" if _runs_on(first) else rf"(?:(?<!{_LETTER.partition('|')[0]})|(?<=[{_RUNS_ON}]))"
    after = "" if _runs_on(last) else rf"(?:(?!{_LETTER})|(?=[{_RUNS_ON}]))"
    return f"{before}{words}{after}"


def _runs_on(char: str) -> bool:
    return re.match(f"[{_RUNS_ON}]", char) is not None or not _is_letter(char)


def _like(column: SQLColumnExpression[str], words: list[str]) -> ColumnElement[bool]:
    """Of plain letters alone, whatever their case; all else is `_is_foreign`."""
    return and_(true(), *(column.icontains(word, autoescape=True) for word in words))


def _is_foreign(column: SQLColumnExpression[str]) -> ColumnElement[bool]:
    r"""Whether a text has letters beyond the plain ones, or their JSON escapes `\u00e5`."""
    return or_(is_foreign(column), column.contains("\\u", autoescape=True))


def _unescaped(text: str) -> str:
    """Return a text with JSON's escapes as what they stand for."""
    left = _ESCAPE.sub(lambda found: chr(int(found[1], 16)) if found[1] else " ", text)
    return left.encode("utf-16", "surrogatepass").decode("utf-16", "replace")  # pairs become one


def masked_json(mask: Fold, text: str, keys: frozenset[str]) -> str:
    """Return a text masked; where it is JSON, in its texts under these keys alone."""
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return mask(text)
    if not isinstance(value, dict | list):
        return mask(text)
    left = _masked(mask, value, keys)
    return text if left == value else json.dumps(left, ensure_ascii=False)


def _masked(mask: Fold, value: Any, keys: frozenset[str]) -> Any:
    if isinstance(value, list):
        return [_masked(mask, inner, keys) for inner in value]
    if not isinstance(value, dict):
        return value
    return {
        key: mask(inner) if isinstance(inner, str) and key in keys else _masked(mask, inner, keys)
        for key, inner in value.items()
    }
