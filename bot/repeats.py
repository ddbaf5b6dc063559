"""Something that fails again and again is told once a minute, with how often it was."""

import threading
from collections.abc import Callable, Hashable, Iterator
from dataclasses import dataclass
from typing import Final, Generic, TypeVar

T = TypeVar("T", bound=Hashable)

EVERY_S: Final = 60.0


@dataclass(slots=True)
class _Last:
    """When something was told last, and how often it was held back since."""

    at: float
    count: int = 0


class Repeats(Generic[T]):
    """Counts what is the same; `ticks` are the seconds of a clock that only goes forward."""

    def __init__(self, ticks: Callable[[], float]) -> None:
        self._ticks = ticks
        self._known: dict[T, _Last] = {}
        self._lock = threading.Lock()

    def holds_back(self, what: T) -> bool:
        """Whether this was told within the last minute; then it is counted."""
        with self._lock:
            last = self._known.get(what)
            if last is None:
                self._known[what] = _Last(self._ticks())
                return False
            last.count += 1
            return True

    def due(self, *, all_of_it: bool = False) -> Iterator[tuple[T, int]]:
        """Give what was held back for a minute, and how often; and forget what came no more."""
        with self._lock:
            now = self._ticks()
            old = [
                what for what, last in self._known.items() if all_of_it or now - last.at >= EVERY_S
            ]
            counts = [(what, self._known.pop(what).count) for what in old]
            self._known |= {what: _Last(now) for what, count in counts if count}
        return iter([(what, count) for what, count in counts if count])
