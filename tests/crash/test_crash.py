"""The process itself, killed at random instants of live sessions; the long form is `make crash`."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random

import pytest

from tests.crash.checks import problems
from tests.crash.ordeal import Ordeal
from tests.process.running import place_in


@pytest.mark.long
@pytest.mark.timeout(300)  # on a machine that has much else to do
async def test_f14_f15_killed_again_and_again(tmp_path: Path) -> None:
    """Six kills with five people in sessions: nothing lost, doubled, cued or counted wrongly."""
    async with place_in(tmp_path) as place:
        ordeal = Ordeal(place, Random(6))
        history = await ordeal.survives(6, datetime.now(UTC) + timedelta(seconds=60))
    assert {name: found for name, found in problems(history).items() if found} == {}
    assert history.kills
    assert sum(athlete.acts for athlete in ordeal.athletes) > 5
