"""Finding people by the name an admin or coach typed."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from bot.store.tables import PersonRow

MAX_SHOWN: Final = 10
"""People offered as buttons at most."""


@dataclass(frozen=True, slots=True)
class Found:
    """The people a name may mean."""

    people: list[PersonRow]

    @property
    def only(self) -> int | None:
        """The id of the one person it is, if it is one."""
        return self.people[0].id if len(self.people) == 1 else None

    def choice(self, about: Callable[[PersonRow], dict[str, Any]]) -> dict[str, Any]:
        """Return what a question for one of them shows, with `about` each, and how many more."""
        shown = [{"id": one.id, "name": one.name, **about(one)} for one in self.people[:MAX_SHOWN]]
        return {"people": shown, "more": max(0, len(self.people) - MAX_SHOWN)}


def typed_name(text: str) -> str:
    """Return a typed name with single spaces."""
    return " ".join(text.split())


def matching(everyone: list[PersonRow], wanted: str) -> Found:
    """Return who is called `wanted`, in any case; else whose name begins like it."""
    folded = wanted.casefold()
    same = [person for person in everyone if person.name.casefold() == folded]
    return Found(
        same or [person for person in everyone if person.name.casefold().startswith(folded)]
    )
