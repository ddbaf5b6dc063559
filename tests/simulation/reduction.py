"""The smallest set of faults that still breaks a rule: delta debugging (Zeller 1999), bounded."""

from collections.abc import Callable, Sequence
from typing import TypeVar

T = TypeVar("T")


def smallest(found: Sequence[T], fails: Callable[[list[T]], bool], tries: int) -> list[T]:
    """Return a part of `found` that still fails, in at most so many tries.

    Parts are left out, first halves, then smaller ones; what is left can be made no smaller by
    leaving out one more, unless the tries ran out.
    """
    left, parts = list(found), 2
    if tries > 0 and fails([]):
        return []
    tries -= 1
    while len(left) > 1 and tries > 0:
        size = -(-len(left) // parts)
        for start in range(0, len(left), size):
            rest = left[:start] + left[start + size :]
            if tries > 0 and rest and fails(rest):
                left, parts = rest, max(parts - 1, 2)
                break
            tries -= 1
        else:
            if size == 1:
                break
            parts = min(parts * 2, len(left))
    return left
