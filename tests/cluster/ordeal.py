"""A cluster from its start through its faults to its end."""

import asyncio
from collections.abc import Callable, Sequence
from pathlib import Path
from random import Random
from typing import Final

from tests.cluster import judge
from tests.cluster.cluster import Cluster, cluster_in
from tests.cluster.faults import Kind, Struck, strike
from tests.cluster.lookout import rows
from tests.crash.history import History

ENDING_S: Final = 120.0
"""How long people may take to finish once all faults are over."""
WARM_S: Final = 15.0
"""Until the first fault, so that people hold by then."""
FAILURES: Final = ("update_failed", "letter_broken", "due_row_failed")
"""Not that the inbox stalled: it does where a term ends amid its work."""


async def survives(
    folder: Path,
    rng: Random,
    kinds: Sequence[Kind],
    known: int,
    at_once: int,
    tell: Callable[[Struck], None] = lambda _struck: None,
) -> judge.Run:
    """Let these faults come one after the other; let everybody finish; return all."""
    async with cluster_in(folder, rng, known, at_once) as cluster:
        coming = asyncio.create_task(cluster.crowd.run())
        struck: list[Struck] = []
        try:
            await asyncio.sleep(WARM_S)
            for kind in kinds:
                struck.append(await strike(cluster, kind, rng))
                tell(struck[-1])
            cluster.crowd.finishing.set()
            await cluster.until_finished(ENDING_S)
        finally:
            coming.cancel()
            await asyncio.gather(coming, return_exceptions=True)
        await cluster.crowd.leave()
        await cluster.until_finished(10)
        left = await rows(cluster.lookout)
        for node in (*cluster.standbys(), cluster.leader()):
            await node.terminate()
        history = History(
            list(cluster.updates.values()), list(cluster.sandbox.log), [], left, _troubles(cluster)
        )
        return judge.Run(history, struck, cluster.sandbox.violations)


def _troubles(cluster: Cluster) -> list[str]:
    lines = [line for node in cluster.nodes for one in node.programs for line in one.err]
    return [line for line in lines if any(f"event={one}" in line for one in FAILURES)]
