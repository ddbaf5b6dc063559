"""The demo plays by itself."""

import pytest

from tests.process.running import Place

pytestmark = pytest.mark.one_database("the demo has a file")

PLAYED_S = 110


@pytest.mark.long
@pytest.mark.timeout(300)  # it plays in real time
@pytest.mark.xdist_group("demo")
async def test_the_demo_stops_on_pain(studio: Place) -> None:
    """Pain 4 after the third hold: there is no fourth, and the script ends well."""
    program = await studio.starts("demo", "--play", "stop", "--port", "0")
    assert await program.ended(PLAYED_S) == 0
    shown = "\n".join(program.out)
    assert "HOLD 3 of 5" in shown
    assert "HOLD 4 of 5 · LEFT" not in shown
    assert program.out[-1] == "Played: stop. The session ended as expected: stopped_pain."
    assert program.err == []


@pytest.mark.long
@pytest.mark.xdist_group("demo")
async def test_the_demo_closes_without_an_answer(studio: Place) -> None:
    """Nobody answers: one nudge, then the session is closed as partial."""
    program = await studio.starts("demo", "--play", "silent", "--port", "0")
    assert await program.ended(PLAYED_S) == 0
    assert sum("Still there?" in line for line in program.out) == 1
    assert program.out[-1] == "Played: silent. The session ended as expected: partial."
    assert program.err == []
