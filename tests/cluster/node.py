"""One node: `holdfast run` as a process, with doors of its own to Telegram and the database."""

import asyncio
import os
import signal
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from tests.cluster.gate import HOST, Gate
from tests.cluster.wrong_clock import set_wrong
from tests.process.running import ADMIN, TOKEN, UNKNOWN, Program

ROOT: Final = Path(__file__).parents[2]
TELEGRAM_S: Final = 0.03
"""How far away Telegram is, one way."""
UP: Final = ("event=standby", "event=started")


@dataclass
class Node:
    """A node that may be running. `databases` are its doors to each of the two servers."""

    name: str
    folder: Path
    telegram: Gate
    databases: tuple[Gate, Gate]
    programs: list[Program] = field(default_factory=list)

    @classmethod
    async def make(
        cls, name: str, folder: Path, telegram: int, databases: tuple[int, int]
    ) -> "Node":
        """Open its doors; `telegram` and `databases` are ports of this machine."""
        first, second = (Gate(port) for port in databases)
        made = cls(name, folder, Gate(telegram, TELEGRAM_S), (first, second))
        for gate in made.gates:
            await gate.start()
        made.be_wrong(0)
        return made

    @property
    def gates(self) -> tuple[Gate, ...]:
        """All its doors."""
        return (self.telegram, *self.databases)

    @property
    def program(self) -> Program:
        """Its newest process."""
        return self.programs[-1]

    @property
    def runs(self) -> bool:
        """Whether there is a process."""
        return bool(self.programs) and self.program.process.returncode is None

    def is_connected(self, port: int) -> bool:
        """Whether a database has a connection of this node that comes from this port."""
        return any(port in gate.ports_out for gate in self.databases)

    def be_wrong(self, seconds: float) -> None:
        """Let its clock be wrong by so much, from now on."""
        set_wrong(self._clock, seconds)

    @property
    def _clock(self) -> Path:
        return self.folder / "wrong"

    # ---- its process -------------------------------------------------------------------

    async def start(self) -> None:
        """Start it and wait until it leads, or stands by."""
        program = await Program.start(
            str(self._clock),
            "run",
            env=self._environment(),
            folder=self.folder,
            script=("-m", "tests.cluster.wrong_clock"),
        )
        self.programs.append(program)
        async with asyncio.timeout(60):
            while not any(mark in line for line in program.err for mark in UP):
                assert program.process.returncode is None, program.printed
                await asyncio.sleep(0.05)

    def _environment(self) -> dict[str, str]:
        hosts = ",".join(f"{HOST}:{gate.port}" for gate in self.databases)
        values = {
            "PATH": os.environ["PATH"],
            "HOME": os.environ.get("HOME", "/"),
            "MPLCONFIGDIR": os.environ.get("MPLCONFIGDIR"),
            "MPLBACKEND": UNKNOWN,  # no pictures
            "PYTHONUNBUFFERED": "1",
            "PYTHONPATH": str(ROOT),
            "BOT_TELEGRAM__TOKEN": TOKEN,
            "BOT_TELEGRAM__API_BASE_URL": f"http://{HOST}:{self.telegram.port}",
            "BOT_DATABASE__URL": f"postgresql://holdfast@{hosts}/holdfast",
            "BOT_ACCESS__ADMINS": f"[{ADMIN}]",
        }
        return {key: value for key, value in values.items() if value is not None}

    async def kill(self) -> None:
        """End it as a power cut would."""
        self.signal(signal.SIGKILL)
        await self.program.ended()

    async def terminate(self) -> None:
        """Ask it to end, and wait until it has; its exit code must be 0."""
        self.signal(signal.SIGTERM)
        assert await self.program.ended(20) == 0, self.program.printed

    def signal(self, number: signal.Signals) -> None:
        """Send a signal to its process and to what it has started."""
        with suppress(ProcessLookupError):
            if number is signal.SIGTERM:
                self.program.process.send_signal(number)
            else:
                os.killpg(self.program.process.pid, number)

    async def close(self) -> None:
        """End everything."""
        for program in self.programs:
            await program.cleared()
        for gate in self.gates:
            await gate.close()
