"""Words behind a command in a live session: nobody holds on because of the command before them."""

from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest

from bot.dispatch.commands.athlete import ATHLETES, EVERYONES
from bot.protocol.session.state import CUED, LIVE, Outcome, Phase
from bot.store.tables import LoadEntryRow, Role, RoleRow
from testkit.people import hears
from tests.flows.live import Live
from tests.flows.world import RUNA

PHASES: Final = [one for one in Phase if one in LIVE]
TYPED: Final = [*ATHLETES, *EVERYONES, "plan"]
"""The last is not an athlete's: it is refused, and what stands behind it was said all the same."""


@pytest.fixture
def live(tmp_path: Path) -> Iterator[Live]:
    """An athlete with a coach, before the session."""
    with Live(tmp_path) as live:
        live.coach(live.runa)
        yield live


def reach(live: Live, phase: Phase) -> None:
    """Be in a phase, with sound where that is a clip's."""
    if phase is Phase.CLIP:
        live.run(hears, live.runa)
    live.reach(phase)
    assert live.session.phase is phase


@pytest.mark.one_database("a talk for each command")
@pytest.mark.parametrize("phase", PHASES)
def test_pain_over_the_limit_stops_behind_every_command(tmp_path: Path, phase: Phase) -> None:
    """The number counts, whatever was to be done with it."""
    for number, name in enumerate(TYPED):
        (tmp_path / str(number)).mkdir()
        with Live(tmp_path / str(number)) as live:
            reach(live, phase)
            live.types(f"/{name} it popped, pain 8")
            said = f"/{name} in {phase}"
            assert live.session.phase is Phase.CLOSED, said
            assert max(rating.value for rating in live.session.ratings) == 8, said


@pytest.mark.one_database("a talk for each command")
@pytest.mark.parametrize("phase", PHASES)
def test_no_hold_goes_on_over_words_behind_a_command(tmp_path: Path, phase: Phase) -> None:
    """Whatever the command does, nothing is cued after words that it does not read."""
    for number, name in enumerate(TYPED):
        (tmp_path / str(number)).mkdir()
        with Live(tmp_path / str(number)) as live:
            reach(live, phase)
            live.types(f"/{name} it feels odd")
            assert live.session.phase not in CUED, f"/{name} in {phase}"
            assert live.session.phase in {phase, *LIVE - CUED}, f"/{name} in {phase}"


@pytest.mark.parametrize(
    "text",
    ["/load run 40 8 uphill", "/write ok, thanks", "/test 2", f"/start {'aB-8-c_'.ljust(32, 'x')}"],
)
@pytest.mark.parametrize("phase", [Phase.GET_SET, Phase.HOLDING, Phase.RESTING, Phase.CLIP])
def test_what_a_command_reads_is_no_pain(live: Live, text: str, phase: Phase) -> None:
    """An effort of 8 is none, nor is a link; a hold goes on over what is plainly harmless."""
    reach(live, phase)
    live.types(text)
    assert live.session.phase is phase
    assert live.count(LoadEntryRow) == text.startswith("/load")


@pytest.mark.parametrize("phase", [*(one for one in PHASES if one in CUED), Phase.ASKED_AFTER])
def test_a_coachs_own_command_is_about_others(live: Live, phase: Phase) -> None:
    """A number in it is nobody's pain; a hold does not go on while it is typed."""
    live.run(lambda db: db.add(RoleRow(person_id=live.runa, role=Role.COACH)))
    reach(live, phase)
    live.types("/plan Kim limit 4")
    assert live.session.phase is (Phase.INTERRUPTED if phase in CUED else phase)


READ: Final = (
    *("/tips off", "/tips ON", "/check on", "/quiz 0 H1 0", "/sound on", "/sound off."),
    *("/sound try", "/how instead", "/coach off", "/coach Kim", "/coach coach kim", "/history 10"),
)


@pytest.mark.one_database("a talk for each command")
@pytest.mark.parametrize("phase", [Phase.GET_SET, Phase.HOLDING, Phase.RESTING, Phase.CLIP])
def test_a_set_goes_on_over_words_that_the_command_reads(tmp_path: Path, phase: Phase) -> None:
    """Nothing is rated, nothing breaks off."""
    for number, text in enumerate(READ):
        (tmp_path / str(number)).mkdir()
        with Live(tmp_path / str(number)) as live:
            live.coach(live.runa)
            reach(live, phase)
            rated = len(live.session.ratings)
            live.types(text)
            assert live.session.phase is phase, text
            assert len(live.session.ratings) == rated, text


@pytest.mark.parametrize(
    ("text", "outcome"),
    [
        ("/history pain 8", Outcome.STOPPED_HARD),
        ("/tips 8", Outcome.STOPPED_HARD),
        ("/coach 8", Outcome.STOPPED_HARD),
        ("/coach Kim it popped, pain 8", Outcome.STOPPED_HARD),
        ("/sound 8", Outcome.STOPPED_HARD),
        ("/check hurts", None),
        ("/history like that", None),
        ("/coach Kim why", None),
        ("/coach stop", None),
    ],
)
def test_words_that_nobody_reads_break_off(live: Live, text: str, outcome: Outcome | None) -> None:
    """Also behind a command that reads others."""
    reach(live, Phase.HOLDING)
    live.types(text)
    assert live.session.phase not in CUED
    assert live.session.outcome is outcome


def test_words_for_the_coach_are_the_sessions(live: Live) -> None:
    """What was written stops the set first, and is not passed on."""
    live.reach(Phase.HOLDING)
    live.types("/write it popped, pain 8")
    assert live.session.outcome is Outcome.STOPPED_HARD
    told = "\n".join(screen.text for screen in live.chats[RUNA].values())
    assert "Your session is running: finish it or send stop, then write." in told
