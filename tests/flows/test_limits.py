"""/limits: how much pain goes on, and from where on everything stops."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.protocol.calendar.input_error import InputError
from bot.protocol.dose.parse import parse_limits
from bot.store import sessions
from bot.store.sessions import Stored
from tests.flows.office import Office
from tests.flows.world import ADMIN, COACH


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    """Return Runa with a pain limit of 3 and a hard stop of 6."""
    found = Office.at(tmp_path)
    with found.world:
        yield found


def limits(office: Office) -> tuple[int, int]:
    """Return the pain limit and the hard stop as they are stored."""
    return office.dose().pain_limit, office.dose().hard_stop


def test_it_says_what_the_numbers_mean(office: Office) -> None:
    """The limit is inclusive; the hard stop locks."""
    told = office.types(COACH, "/limits Runa")
    assert "Pain limit 3: 3 goes on, 4 stops the session." in told
    assert "From pain 6 on, sessions are locked until you unlock them." in told
    assert "✓ Pain 3" in office.labels(COACH)


def test_lowering_acts_at_once(office: Office) -> None:
    """A new version, told in one sentence with what it means."""
    office.types(COACH, "/limits Runa pain=2 lock=5")
    assert limits(office) == (2, 5)
    (heard,) = office.heard()
    assert heard == (
        "Coach Kim changed your plan, from your next session on: "
        "pain limit 3 → 2, pain that locks sessions 6 → 5. Pain 2 goes on, 3 stops."
    )


@pytest.mark.parametrize("text", ["/limits Runa pain=5", "/plan Runa limit=5"])
def test_raising_is_asked_once_more(office: Office, text: str) -> None:
    """By either command nothing is stored before the button; the other one keeps it."""
    before = office.stored()
    assert "pain 5 goes on, only 6 stops" in office.types(COACH, text)
    assert (office.stored(), office.heard()) == (before, [])
    yes = office.screens[COACH].rows[0][0].data
    office.taps(COACH, "No, keep it as it is")
    assert office.stored() == before
    office.presses(COACH, yes)
    assert limits(office) == (5, 6)
    office.presses(COACH, yes)
    assert len(office.stored()[1]) == 2, "a double tap is one version"


def test_taking_a_lowering_back_is_raising(office: Office) -> None:
    """Undo asks as well."""
    office.types(COACH, "/limits Runa pain=2")
    office.taps(COACH, "Plan")
    assert "would go up from 2 to 3" in office.taps(COACH, "Undo last change")
    assert limits(office) == (2, 6)
    office.taps(COACH, "Yes, pain up to 3")
    assert limits(office) == (3, 6)


def test_the_hard_stop_makes_room_on_the_buttons(office: Office) -> None:
    """A limit's button moves a hard stop that would be in its way; typing says so instead."""
    office.types(ADMIN, "/limits Runa pain=2 hard=3")
    told = office.types(ADMIN, "/limits Runa pain=4")
    assert "Sessions cannot lock from pain 3 on with a pain limit of 4" in told
    office.types(ADMIN, "/limits Runa")
    office.taps(ADMIN, "Pain 4")
    office.taps(ADMIN, "Yes, pain up to 4")
    assert limits(office) == (4, 5)


def test_f41_a_running_session_keeps_its_limit(office: Office) -> None:
    """Lowered in the middle of a hold: pain 3 still goes on in this session."""
    office.world.holding(office.runa)
    assert "keeps its plan" in office.types(COACH, "/limits Runa pain=1")
    running = office.world.store.read_now(sessions.live, office.runa)
    assert isinstance(running, Stored)
    assert running.value.dose.pain_limit == 3


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("pain=6", ("pain=6", "0 to 5")),
        ("pain=-1", ("pain=-1", "0 to 5")),
        ("hard=9", ("hard=9", "8")),
        ("pani=3", ("“pani”", "Did you mean pain?")),
        ("hold=15", ("“hold”", "pain, lock")),
        ("fatigue", ("“fatigue”", "pain=3")),
        ("3", ("“3”", "pain=3")),
        ("pain=2 limit=2", ("named twice",)),
    ],
)
def test_wrong_limits_are_one_precise_sentence(text: str, parts: tuple[str, ...]) -> None:
    """The word that is wrong, what is allowed, an example."""
    with pytest.raises(InputError) as error:
        parse_limits(text)
    for part in parts:
        assert part in str(error.value)
