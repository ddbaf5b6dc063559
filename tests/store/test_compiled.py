"""What was compiled is found by a statement's identity, or by its parts, and never by chance."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from bot.store import compiled
from bot.store.compiled import Compiled


class Deep(tuple[int, ...]):
    """A statement's key that counts how often all its parts are gone through."""

    __slots__ = ()
    hashed = 0

    def __hash__(self) -> int:
        """Count, and hash."""
        Deep.hashed += 1
        return super().__hash__()


def key(statement: tuple[int, ...], *columns: str) -> tuple[Any, ...]:
    """Return a key as SQLAlchemy makes it, anew each time."""
    return "dialect", statement, tuple(columns), False, False


def test_a_statement_that_is_made_once_is_found_without_its_parts() -> None:
    """However often it comes; one that is equal to it is found by its parts."""
    found, once = Compiled(), Deep((1, 2))
    found[key(once, "a")] = "SELECT 1"
    Deep.hashed = 0
    assert [found.get(key(once, "a")) for _ in range(3)] == ["SELECT 1"] * 3
    assert Deep.hashed == 0
    assert found.get(key(Deep((1, 2)), "a")) == "SELECT 1"
    assert Deep.hashed == 1


def test_the_same_statement_with_other_parameters_is_another() -> None:
    """Its text tells which columns are given."""
    found, once = Compiled(), Deep((1,))
    found[key(once, "a")] = "SET a"
    assert found.get(key(once, "a", "b")) is None
    found[key(once, "a", "b")] = "SET a, b"
    assert found.get(key(once, "a")) == "SET a"


@given(st.lists(st.tuples(st.integers(0, 5), st.sampled_from("ab"), st.booleans()), max_size=60))
def test_it_is_a_dictionary(steps: list[tuple[int, str, bool]]) -> None:
    """Whatever is looked for, in whatever order; what is not found is kept, as SQLAlchemy does."""
    mine, theirs = Compiled(), dict[Any, str]()
    once = [(number,) for number in range(6)]
    for place, (number, column, anew) in enumerate(steps):
        statement = (number,) if anew else once[number]
        asked = key(statement, column)
        assert mine.get(asked) == theirs.get(asked)
        if asked not in theirs:
            mine[asked] = theirs[asked] = f"{number}{column}{place}"


def test_it_does_not_grow_for_ever() -> None:
    """Statements without end push out what was there, and are found as before."""
    found = Compiled()
    for number in range(compiled.MOST + 10):
        asked = key((number,))
        found[asked] = number
        assert found.get(asked) == number
        assert len(found) <= compiled.MOST
    assert found.get(key((1,))) is None
