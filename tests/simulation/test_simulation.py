"""A handful of seeds on every run of the tests, one of them fresh; `make simulate` runs many."""

import asyncio
import os
import secrets
import sys
from pathlib import Path

import pytest

from tests.simulation import __main__ as command
from tests.simulation.failure import explain
from tests.simulation.forecast import Fault
from tests.simulation.reduction import smallest
from tests.simulation.run import Report, simulate

ROOT = Path(__file__).parents[2]
DAYS = 2
ATHLETES = 3
SEEDS = (3, 7, 8)
BY_SOUND_ALONE = 8
"""In this one nobody holds by messages."""
"""Between them these have every kind of fault that matters here: kills, locks, steps, outages."""


def _lived(seed: int) -> Report:
    report = simulate(seed, days=DAYS, athletes=ATHLETES, keep=False)
    if report.broken:
        pytest.fail(explain(report, DAYS, ATHLETES, tries=8))
    return report


@pytest.mark.parametrize("seed", SEEDS)
def test_a_known_seed_breaks_no_rule(seed: int) -> None:
    """People, faults, kills and steps of the clock: every rule holds, and holds were cued."""
    counts = _lived(seed).counts
    assert counts["clips"] > 0
    assert counts["HOLD cues"] > 0 or seed == BY_SOUND_ALONE


def test_a_fresh_seed_breaks_no_rule(capsys: pytest.CaptureFixture[str]) -> None:
    """Each run of the tests lives through days that nobody has seen; their number is printed."""
    seed = 1_000 + secrets.randbelow(1_000_000)
    with capsys.disabled():
        sys.stdout.write(f"\nfresh seed {seed}: python -m tests.simulation --seed {seed} ")
        sys.stdout.write(f"--days {DAYS} --athletes {ATHLETES}\n")
    _lived(seed)


def test_seeds_go_on_in_the_next_process(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A process that has lived through its share ends, and another one takes over."""
    monkeypatch.setattr(command, "SEEDS_A_PROCESS", 1)
    words = ["--first", "11", "--seeds", "2", "--days", "1", "--athletes", "1", "--workers", "1"]
    assert command.main(words) == 0
    assert "2 seeds" in capsys.readouterr().out


@pytest.mark.timeout(300)  # a process of its own on a busy machine
async def test_a_seed_is_the_same_run_again() -> None:
    """Another process, whose sets and addresses differ, writes the same transcript."""
    words = ["--seed", "5", "--days", "2", "--athletes", "3", "--verbose"]
    report = await asyncio.to_thread(simulate, 5, days=2, athletes=3)
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "tests.simulation",
        *words,
        cwd=ROOT,
        env={**os.environ, "PYTHONHASHSEED": "7"},
        stdout=asyncio.subprocess.PIPE,
    )
    written, _ = await process.communicate()
    assert process.returncode == 0, written.decode()[-2000:]
    assert len(report.transcript) > 100
    assert written.partition(b"\nseed 5: ")[0].decode() == "\n".join(report.transcript)


def test_the_smallest_set_of_faults_is_found() -> None:
    """Of twelve faults the two that it takes are left, whatever order they come in."""
    faults = [Fault(float(at), "stall") for at in range(12)]
    wanted = {faults[2], faults[9]}
    assert set(smallest(faults, lambda left: wanted <= set(left), tries=60)) == wanted


def test_without_tries_everything_is_left() -> None:
    """A bound on the runs is kept: what was not tried stays."""
    faults = [Fault(float(at), "stall") for at in range(12)]
    tried: list[int] = []

    def fails(left: list[Fault]) -> bool:
        tried.append(len(left))
        return False

    assert smallest(faults, fails, tries=5) == faults
    assert len(tried) <= 5


def test_a_failure_tells_its_seed_and_what_it_takes() -> None:
    """A broken rule is told with the seed, the faults left, what happened last, and the command."""
    report = Report(11, [Fault(10.0, "stall", size=2.0)], ["something is wrong"])
    told = explain(report, 1, 1, tries=2)
    assert told.startswith("seed 11 breaks a rule: something is wrong")
    assert told.endswith("again: python -m tests.simulation --seed 11 --days 1 --athletes 1")
