"""Whether a node may speak: asked for every message, at the instant in which it leaves."""

from collections.abc import Callable
from typing import Final

FRESH_S: Final = 1.5
"""Nothing leaves when the last good beat is older: another node may lead after 2.5 s."""


class Gate:
    """Opens with each good beat, for a while; shut for good when the term is over.

    `elapsed` is a clock that only goes forward, also while the machine sleeps. `is_cut` says
    whether the connection is gone that has the right to write: another may have it by then.
    """

    def __init__(self, elapsed: Callable[[], float], is_cut: Callable[[], bool]) -> None:
        self._elapsed = elapsed
        self._is_cut = is_cut
        self._good_at = float("-inf")
        self._over = False
        self.away = False

    @property
    def silent_s(self) -> float:
        """Seconds since the last good beat was begun."""
        return self._elapsed() - self._good_at

    def beaten(self, begun: float) -> None:
        """A beat counted that was begun at `begun`."""
        self._good_at, self.away = begun, False

    def shut(self) -> None:
        """The term is over: nothing is sent any more."""
        self._over = True

    def sends(self) -> bool:
        """Whether what is stored may be sent: this node leads."""
        return not self._over and self.silent_s <= FRESH_S and not self._is_cut()

    def speaks(self) -> bool:
        """Whether RELEASE and STOP may be said from memory.

        While this node leads, and while nobody can know who does: the database is out of reach.
        """
        return self.away or self.sends()
