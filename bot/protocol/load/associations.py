"""How often mornings were up after a day with something, and without it: counts, no causes."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from bot.protocol.load.entries import Extra, LoadEntry, has
from bot.protocol.progression.morning import Verdict, verdict

FEWEST: Final = 5
"""Fewer mornings on either side say nothing."""
COMPARED: Final = tuple(one for one in Extra if one is not Extra.HINGE_FAST)
"""Every extra; fast hinges count among hinges."""
_UP: Final = frozenset({Verdict.FLARE, Verdict.SEVERE})
_DAY: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Association:
    """Mornings that were up, of those after days with the extra, and of those after other days."""

    extra: Extra
    up_with: int
    after_with: int
    up_without: int
    after_without: int


def associations(
    entries: Iterable[LoadEntry],
    mornings: Mapping[date, int],
    first: date,
    *,
    pain_limit: int,
    hard_stop: int,
) -> tuple[Association, ...]:
    """Return what can be told of the mornings from `first` on; earlier ones judge these.

    A morning counts only if it is known, and if the day before is: of a day without any entry
    nobody knows what was done.
    """
    days: dict[date, list[LoadEntry]] = {}
    for one in entries:
        days.setdefault(one.day, []).append(one)
    limits = {"pain_limit": pain_limit, "hard_stop": hard_stop}
    judged = [
        (days[at - _DAY], verdict(mornings, at, **limits) in _UP)
        for at in mornings
        if at >= first and at - _DAY in days
    ]
    found = (_of(extra, judged) for extra in COMPARED)
    return tuple(one for one in found if min(one.after_with, one.after_without) >= FEWEST)


def _of(extra: Extra, judged: list[tuple[list[LoadEntry], bool]]) -> Association:
    after = [up for day, up in judged if any(has(one, extra) for one in day)]
    other = [up for day, up in judged if not any(has(one, extra) for one in day)]
    return Association(extra, sum(after), len(after), sum(other), len(other))
