"""Several nodes under faults; the long form, with bounds for times, is `make cluster`."""

from pathlib import Path
from random import Random

import pytest

from tests.cluster import faults
from tests.cluster.judge import wrong
from tests.cluster.ordeal import survives

KINDS = (
    faults.leader_killed,
    faults.connections_ended,
    faults.leader_frozen,
    faults.database_killed,
    faults.leader_ended,
    faults.database_apart,
    faults.standby_killed,
    faults.clocks_wrong,
)


@pytest.mark.long
@pytest.mark.timeout(400)  # on a machine that has much else to do
async def test_three_nodes_under_faults(tmp_path: Path) -> None:
    """Nothing is lost, doubled, cued after STOP, or left running untold, whatever goes wrong."""
    kinds = [next(kind for kind in faults.KINDS if kind.play is one) for one in KINDS]
    run = await survives(tmp_path, Random(1), kinds, 60, 12)
    assert {name: found for name, found in wrong(run).items() if found} == {}
    assert len(run.struck) == len(KINDS)
    assert run.history.rows["hold"]
