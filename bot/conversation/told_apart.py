"""What tells people of one name apart on buttons: where they live, since when, their coach."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from itertools import combinations
from typing import Final

from sqlmodel import Session as Db

from bot.conversation.parse_who import fold_name
from bot.protocol.calendar.local_time import MONTHS, local
from bot.protocol.names import in_full
from bot.store import people
from bot.store.tables import PersonRow

_KINDS: Final = 3


def told_apart(db: Db, found: Iterable[PersonRow], *, by_coach: bool) -> dict[int, str]:
    """Return for each who is called like another a few words that tell them from each other.

    The fewest facts that do, of their place, the day they joined and, `by_coach`, their coach; who
    has all in common is told apart by a number.
    """
    alike: dict[str, dict[int, PersonRow]] = defaultdict(dict)
    for one in found:
        assert one.id is not None
        alike[fold_name(one.name)][one.id] = one
    words: dict[int, str] = {}
    for group in alike.values():
        if len(group) > 1:
            words |= _apart(db, list(group.values()), by_coach=by_coach)
    return words


def called(db: Db, found: Sequence[PersonRow], *, by_coach: bool) -> dict[int, str]:
    """Return what each is called in a list: the name, and what tells them from their namesakes."""
    apart = told_apart(db, found, by_coach=by_coach)
    return {one.id or 0: in_full(one.name, apart.get(one.id or 0, "")) for one in found}


def _apart(db: Db, group: list[PersonRow], *, by_coach: bool) -> dict[int, str]:
    facts = {one.id or 0: _facts(db, one, by_coach=by_coach) for one in group}
    for number in range(1, _KINDS + 1):
        for kinds in combinations(range(_KINDS), number):
            said = {key: _say([each[kind] for kind in kinds]) for key, each in facts.items()}
            if all(said.values()) and len(set(said.values())) == len(said):
                return said
    return {key: _say([each[0], f"no. {key}"]) for key, each in facts.items()}


def _facts(db: Db, one: PersonRow, *, by_coach: bool) -> tuple[str, str, str]:
    """Return where somebody lives, since when they are here, and their coaches."""
    joined = ""
    if one.joined_at is not None:
        day = local(one.joined_at, one.zone).date()
        joined = f"joined {day.day} {MONTHS[day.month - 1]} {day.year}"
    coaches = [coach.name for coach in people.coaches_of(db, one.id or 0)] if by_coach else []
    return one.zone.rpartition("/")[2].replace("_", " "), joined, ", ".join(coaches)


def _say(facts: Sequence[str]) -> str:
    return ", ".join(fact for fact in facts if fact)
