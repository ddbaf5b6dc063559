"""Whom a command is about: every way to name somebody."""

from pathlib import Path

import pytest

from bot.coaching.notes.messages import NoteKept
from bot.conversation import who
from bot.conversation.interaction import Interaction
from bot.store import people
from bot.store.tables import Role
from tests.flows.chatting import types
from tests.flows.world import ADMIN, COACH, STRANGER, FlowWorld, the, topics


@pytest.fixture
def world(tmp_path: Path) -> FlowWorld:
    """Return a world with an admin, two athletes, and the coach of one."""
    made = FlowWorld(tmp_path)
    made.person(ADMIN, "Admin", Role.ADMIN)
    made.coach(made.athlete(name="Runa Holm"))
    made.athlete(telegram_id=700_000_009, name="Runa Falk")
    return made


def _named(turn: Interaction, words: str) -> None:
    found = who.athlete_named(turn, "plan", words, lambda _one: "new")
    if found is not None:
        turn.say(NoteKept(found.person.name, found.id, 0, found.rest))


def test_several_who_fit_become_buttons(world: FlowWorld) -> None:
    """The question keeps the other words, and who was chosen brings them back."""
    with world:
        asked = the(world.does(ADMIN, _named, "runa hold=15"), "who_which")
        assert [one["name"] for one in asked["people"]] == ["Runa Falk", "Runa Holm"]
        assert asked["rest"] == "hold=15"


def test_a_coach_names_only_their_own(world: FlowWorld) -> None:
    """One consenting athlete is taken at once; others do not exist for this coach."""
    with world:
        assert the(world.does(COACH, _named, ""), "note_kept")["text"] == ""
        assert topics(world.does(COACH, _named, "Runa Falk")) == ["note_kept"]
        told = world.does(COACH, _named, "Falk")
        assert the(told, "who_nobody")["name"] == "Falk"
        assert topics(world.does(STRANGER, _named, "Runa")) == ["who_nobody"]
        falk = world.store.read_now(people.by_telegram, 700_000_009)
        assert falk is not None
        assert topics(world.does(COACH, _named, f"#{falk.id}")) == ["who_nobody"]


def test_many_people_are_paged(world: FlowWorld) -> None:
    """Eight at a time."""
    with world:
        for number in range(20):
            world.athlete(telegram_id=800_000_000 + number, name=f"Ath {number:02}")
        first = the(world.does(ADMIN, _named, ""), "who_which")
        assert (len(first["people"]), first["page"], first["pages"]) == (8, 1, 3)
        last = the(world.does(ADMIN, _named, "#p3"), "who_which")
        assert [one["name"] for one in last["people"]][-1] == "Runa Holm"
        paged = the(world.does(ADMIN, _named, "#p2 ath off"), "who_which")
        assert (paged["people"][0]["name"], paged["rest"]) == ("Ath 08", "off")


def test_only_the_name_is_said_to_fit_several(tmp_path: Path) -> None:
    """What follows the name is kept for the one who is chosen, and not called a name."""
    with FlowWorld(tmp_path) as world:
        for number, name in enumerate(("Maria", "Mario")):
            world.athlete(700_000_000 + number, name)
        world.person(ADMIN, "Ada", Role.ADMIN)
        told = the(types(world, ADMIN, "/plan mari hold=15"), "who_which")
        assert (told["name"], told["rest"]) == ("mari", "hold=15")
