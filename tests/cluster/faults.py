"""What goes wrong in a cluster: each kind of fault, from its beginning until all is mended."""

import asyncio
import signal
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from random import Random
from typing import Final

from tests.cluster.cluster import Cluster
from tests.cluster.crowd import AWAY
from tests.cluster.gate import Gate
from tests.cluster.node import Node

FROZEN_S: Final = 6.0
APART_S: Final = 6.0
"""How long a node is cut off from its database."""
UNREACHED_S: Final = 10.0
"""How long a leader is cut off from Telegram at least."""
WRONG_S: Final = 2.0
AWAY_S: Final = 20.0
LED_WITHIN_S: Final = 60.0
CALM_S: Final = (1.0, 3.0)
"""Between two faults."""
_END: Final = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE client_port = ANY(%s)"


@dataclass
class Struck:
    """A fault that was: when, how long until another led, and what was seen meanwhile.

    What was done to the nodes began at `since`, what ends a term came at `at`. `acted_s` is until
    the next leader turned to Telegram, None where nobody had to take over. Holds are measured
    within `held`, or from `since` to `until`.
    """

    kind: str
    since: datetime
    at: datetime
    until: datetime | None = None
    led_s: float | None = None
    acted_s: float | None = None
    held: tuple[datetime, datetime] | None = None
    reminders: set[str] = field(default_factory=set)
    unstored: set[int] = field(default_factory=set)
    wrong: list[str] = field(default_factory=list)
    phases: dict[str, int] = field(default_factory=dict)


class Scene:
    """One fault, as it is played."""

    def __init__(self, cluster: Cluster, rng: Random, kind: str) -> None:
        self.cluster = cluster
        self.rng = rng
        self.struck = Struck(kind, now := datetime.now(UTC), now)
        self._ticks = asyncio.get_running_loop().time
        self._began = self._ticks()
        self._epoch = cluster.lookout.term.epoch
        self.leader = cluster.leader()
        self.standbys = cluster.standbys()

    def begins(self) -> None:
        """The fault is there now."""
        self.struck.at, self._began = datetime.now(UTC), self._ticks()
        self._epoch = self.cluster.lookout.term.epoch

    async def fails_over(self) -> Node:
        """Wait until somebody leads anew and has turned to Telegram; return who."""
        until = self._ticks() + LED_WITHIN_S
        while (term := self.cluster.lookout.term).epoch == self._epoch:
            if self._ticks() > until:
                raise AssertionError(f"{self.struck.kind}: nobody leads after {LED_WITHIN_S} s")
            await asyncio.sleep(0.01)
        self.struck.led_s = term.ticks - self._began
        while (acted := self._acted_at()) is None:
            if self._ticks() > until:
                self.struck.wrong.append(f"{self.cluster.leader().name} leads and does nothing")
                acted = until
                break
            await asyncio.sleep(0.01)
        self.struck.acted_s = acted - self._began
        return self.cluster.leader()

    def _acted_at(self) -> float | None:
        """Return when who leads now turned to Telegram, None if it has not yet."""
        term, leader = self.cluster.lookout.term, self.cluster.leader()
        if leader.telegram.heard_at <= term.ticks - 0.1:  # it may have been quicker than we saw
            return None
        return max(leader.telegram.heard_at, term.ticks)

    async def stays(self, seconds: float) -> None:
        """Wait so long; who leads has to lead on."""
        await asyncio.sleep(seconds)
        if self.cluster.lookout.term.epoch != self._epoch:
            self.struck.wrong.append("another leads, though nothing was wrong with the leader")


async def leader_killed(scene: Scene) -> None:
    """SIGKILL."""
    scene.begins()
    await scene.leader.kill()
    await scene.fails_over()
    await scene.leader.start()


async def leader_ended(scene: Scene) -> None:
    """SIGTERM."""
    scene.begins()
    ending = asyncio.create_task(scene.leader.terminate())
    await scene.fails_over()
    await ending
    await scene.leader.start()


async def leader_frozen(scene: Scene) -> None:
    """SIGSTOP; it wakes when another leads."""
    scene.begins()
    scene.leader.signal(signal.SIGSTOP)
    thawing = asyncio.create_task(_thaw(scene.leader))
    await scene.fails_over()
    await thawing


async def _thaw(node: Node) -> None:
    await asyncio.sleep(FROZEN_S)
    node.signal(signal.SIGCONT)


async def standby_killed(scene: Scene) -> None:
    """SIGKILL."""
    scene.begins()
    one = scene.rng.choice(scene.standbys)
    await one.kill()
    await one.start()
    await scene.stays(0.5)


async def standby_frozen(scene: Scene) -> None:
    """SIGSTOP."""
    scene.begins()
    one = scene.rng.choice(scene.standbys)
    one.signal(signal.SIGSTOP)
    await _thaw(one)
    await scene.stays(0.5)


async def standby_apart(scene: Scene) -> None:
    """It has neither Telegram nor the database."""
    scene.begins()
    one = scene.rng.choice(scene.standbys)
    await _shut(scene, one.gates)
    await scene.stays(APART_S)
    await _open(one.gates)


async def _shut(scene: Scene, gates: tuple[Gate, ...]) -> None:
    """Cut connections, or let them be silent."""
    silently = scene.rng.random() < 0.5
    for gate in gates:
        if silently:
            gate.silence()
        else:
            await gate.cut()


async def _open(gates: tuple[Gate, ...]) -> None:
    for gate in gates:
        await gate.restore()


async def _leader_apart(scene: Scene, gates: tuple[Gate, ...], seconds: float) -> None:
    """Cut the leader off for so long, but until another leads."""
    scene.begins()
    await _shut(scene, gates)
    waiting = asyncio.create_task(asyncio.sleep(seconds))
    try:
        await scene.fails_over()
        await waiting
    finally:
        await _open(gates)


async def telegram_away(scene: Scene) -> None:
    """The leader alone cannot reach Telegram."""
    await _leader_apart(scene, (scene.leader.telegram,), UNREACHED_S)


async def database_apart(scene: Scene) -> None:
    """The leader alone cannot reach the database."""
    await _leader_apart(scene, scene.leader.databases, APART_S)


async def both_apart(scene: Scene) -> None:
    """The leader reaches nobody."""
    await _leader_apart(scene, scene.leader.gates, APART_S)


async def connections_ended(scene: Scene) -> None:
    """An administrator ends the leader's connections."""
    ports = [port for gate in scene.leader.databases for port in gate.ports_out]
    scene.begins()
    await scene.cluster.lookout.ask(_END, ports)
    await scene.fails_over()


async def _database_away(scene: Scene, seconds: float) -> None:
    scene.begins()
    pair = scene.cluster.pair
    await asyncio.to_thread(pair.leading.kill)
    await asyncio.sleep(seconds)
    await asyncio.to_thread(pair.promote)
    await scene.fails_over()
    await asyncio.to_thread(pair.rejoin)


async def database_killed(scene: Scene) -> None:
    """The database's machine is lost; its follower is promoted a second later."""
    await _database_away(scene, 1.0)


async def database_away(scene: Scene) -> None:
    """The same, and for twenty seconds there is none."""
    await _database_away(scene, AWAY_S)


async def clocks_wrong(scene: Scene) -> None:
    """The clocks of both others are wrong by two seconds; one of them leads for a while.

    Begun anew they are right again. What is told of holds is from the fail-over on.
    """
    others = scene.standbys
    for one, by in zip(others, (WRONG_S, -WRONG_S), strict=True):
        await one.kill()
        one.be_wrong(by)
        await one.start()
    scene.begins()
    await scene.leader.kill()
    leader = await scene.fails_over()
    await scene.leader.start()
    await asyncio.sleep(UNREACHED_S)
    scene.struck.held = (scene.struck.at, datetime.now(UTC))
    for one in sorted(others, key=lambda other: other is leader):
        one.be_wrong(0)
        await one.kill()
        await one.start()


async def rolling_restart(scene: Scene) -> None:
    """One node after the other, the leader last."""
    for one in scene.standbys:
        await one.terminate()
        await one.start()
    await leader_ended(scene)


Play = Callable[[Scene], Awaitable[None]]


@dataclass(frozen=True)
class Kind:
    """A kind of fault: how often of a hundred times, and how long a fail-over may take, in s."""

    name: str
    play: Play
    weight: int
    p95_s: float | None = None
    most_s: float | None = None
    hold_s: float | None = None
    """How much longer a hold may be."""


KINDS: Final = (
    Kind("leader killed", leader_killed, 22, p95_s=0.5),
    Kind("leader ended", leader_ended, 8),
    Kind("leader frozen for 6 s", leader_frozen, 10, most_s=3),
    Kind("leader without the database", database_apart, 8, most_s=3),
    Kind("leader without Telegram", telegram_away, 7),
    Kind("leader without both", both_apart, 6, most_s=3),
    Kind("connections ended", connections_ended, 7),
    Kind("standby killed", standby_killed, 5),
    Kind("standby frozen for 6 s", standby_frozen, 4),
    Kind("standby cut off", standby_apart, 4),
    Kind("clocks 2 s wrong, leader killed", clocks_wrong, 7, p95_s=0.5, hold_s=0.5),
    Kind("database killed, promoted after 1 s", database_killed, 6),
    Kind("database away for 20 s", database_away, 3, hold_s=1.0),
    Kind("rolling restart", rolling_restart, 3),
)


def chosen(rng: Random, faults: int, of: Sequence[Kind] = KINDS) -> list[Kind]:
    """Return which faults come, in their order; each kind once, if there is room."""
    each = rng.sample(of, len(of))[:faults]
    more = rng.choices(of, [kind.weight for kind in of], k=faults - len(each))
    found = [*each, *more]
    rng.shuffle(found)
    return found


async def strike(cluster: Cluster, kind: Kind, rng: Random) -> Struck:
    """Let one fault come and go; return what was seen."""
    phases = await cluster.crowd.phases()
    seen: set[str] = set()
    cluster.lookout.reminders = seen
    scene = Scene(cluster, rng, kind.name)
    try:
        await kind.play(scene)
    finally:
        cluster.lookout.reminders = None
    struck = scene.struck
    struck.until, struck.reminders, struck.phases = datetime.now(UTC), seen, phases
    await asyncio.sleep(rng.uniform(*CALM_S))
    for _ in range(10):
        try:
            struck.unstored = await cluster.lost_updates()
            break
        except AWAY:
            await asyncio.sleep(0.5)
    return struck
