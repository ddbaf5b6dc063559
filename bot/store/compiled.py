"""What SQLAlchemy has compiled, found again without going through all parts of a statement."""

from typing import Any, Final

MOST: Final = 4_096
"""Statements that are kept: far more than there are."""


class Compiled(dict[Any, Any]):
    """The `compiled_cache` of an engine.

    SQLAlchemy looks a statement up by (dialect, statement's own key, parameters' names, options).
    A statement that is made once has one key for as long as the program runs, so it is looked for
    by that key's identity first: to hash the key, a tuple as deep as the statement, takes longer
    than all else in the look-up. One that is made anew each time is found by its parts.
    """

    def __init__(self) -> None:
        super().__init__()
        self._same: dict[tuple[Any, ...], tuple[Any, Any]] = {}

    def get(self, key: tuple[Any, ...], default: Any = None) -> Any:
        """Return what was compiled for a statement."""
        found = self._same.get((id(key[1]), key[2:]))
        return super().get(key, default) if found is None else found[1]

    def __setitem__(self, key: tuple[Any, ...], compiled: Any) -> None:
        """Keep what was compiled, and the key: no other can have its identity then."""
        if len(self) >= MOST:
            self.clear()
            self._same.clear()
        super().__setitem__(key, compiled)
        self._same[id(key[1]), key[2:]] = (key, compiled)
