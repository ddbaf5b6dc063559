"""A handful of seeds on every run of the tests, one of them fresh; `make simulate` runs many."""

import asyncio
import os
import secrets
import sys
from pathlib import Path

import pytest

from testkit import database
from tests.simulation import __main__ as command
from tests.simulation.failure import command_of, explain
from tests.simulation.forecast import OF_DATABASE, Fault, forecast
from tests.simulation.machine import CUTS
from tests.simulation.reduction import smallest
from tests.simulation.run import Report, simulate
from tests.simulation.town import Town

ROOT = Path(__file__).parents[2]
DAYS = 2
ATHLETES = 3
SEEDS = (3, 7, 8)
"""Between them these have every kind of fault that matters here: kills, locks, steps, outages."""
ON_SERVER = 7
"""On the first day of this one a server is locked and full, and ends connections after a commit."""
OTHER = "-c enable_seqscan=off -c enable_hashjoin=off -c enable_mergejoin=off -c enable_hashagg=off"
"""What keeps a server from its usual ways to find rows."""
BY_SOUND_ALONE = 8
"""In this one nobody holds by messages."""


def _lived(seed: int) -> Report:
    report = simulate(seed, days=DAYS, athletes=ATHLETES, keep=False)
    if report.broken:
        pytest.fail(explain(report, DAYS, ATHLETES, tries=8))
    return report


@pytest.mark.one_database("on a server the one that is lived through twice")
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
        sys.stdout.write(f"\nfresh seed {seed}: {command_of(seed, DAYS, ATHLETES)}\n")
    _lived(seed)


@pytest.mark.one_database("files need less")
def test_seeds_go_on_in_the_next_process(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A process that has lived through its share ends, another takes over, on the same server."""
    monkeypatch.setattr(command, "SEEDS_A_PROCESS", 1)
    words = ["--first", "11", "--seeds", "2", "--days", "1", "--athletes", "1", "--workers", "1"]
    assert command.main([*words, "--database", database.POSTGRESQL]) == 0
    written = capsys.readouterr().out
    assert "2 seeds" in written
    assert "\nOn PostgreSQL (" in written


@pytest.mark.one_database("of what a process has in memory")
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


@pytest.mark.one_database("of both by itself")
def test_a_seed_is_the_same_run_again_on_a_server() -> None:
    """With all its faults: a lock, a full disk, and a connection that the server ends."""
    with database.kind(database.POSTGRESQL):
        first, again = (simulate(ON_SERVER, days=1, athletes=3) for _ in range(2))
    assert first.broken == []
    for fault in ("locked", "disk full", "connection ended write_after"):
        assert first.struck[fault] > 0
    assert first.counts["clips"] > 0
    assert first.counts["HOLD cues"] > 0
    assert first.transcript == again.transcript


@pytest.mark.one_database("of both by itself")
def test_a_seed_is_the_same_run_on_both_databases(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever else strikes: but for the faults of databases, and backups, which a file alone has.

    With those it is not: a row that was taken back has used up an id of a server's. However the
    server finds its rows: nothing goes by an order that nobody asked for.
    """

    def faults(town: Town, days: int) -> list[Fault]:
        return [one for one in forecast(5, town, days) if one.kind not in OF_DATABASE]

    written = []
    for name, ways in (
        (database.SQLITE, ""),
        (database.POSTGRESQL, ""),
        (database.POSTGRESQL, OTHER),
    ):
        monkeypatch.setenv("PGOPTIONS", ways)
        with database.kind(name):
            report = simulate(5, days=2, athletes=3, faults=faults)
        assert report.struck["kill write_after"] > 0
        written.append([line for line in report.transcript if "event=backup_made" not in line])
    assert written[0] == written[1]
    assert written[0] == written[2]


@pytest.mark.one_database("a file has no other side")
def test_the_bot_begins_anew_when_its_connections_are_ended() -> None:
    """The server ends them while nothing is done, before a commit, or after one: no rule breaks."""

    def ends(town: Town, days: int) -> list[Fault]:
        found, begins = list[Fault](), town.mornings(days)[0]
        for number, point in enumerate(CUTS * 2):
            at = begins + 100.0 * number
            found += [Fault(at, "connection ended", 1.5 * number, 1.0, point)]
            found += [Fault(at + 30, "restart", 1.0)]  # one that ends, or begins, writes
        return found

    with database.kind(database.POSTGRESQL):
        report = simulate(3, days=1, athletes=2, faults=ends)
    assert report.broken == []
    counts = [report.struck[f"connection ended {point}"] for point in CUTS]
    assert min(counts) > 0
    assert report.struck["ended"] >= sum(counts)


@pytest.mark.one_database("of none")
def test_the_smallest_set_of_faults_is_found() -> None:
    """Of twelve faults the two that it takes are left, whatever order they come in."""
    faults = [Fault(float(at), "stall") for at in range(12)]
    wanted = {faults[2], faults[9]}
    assert set(smallest(faults, lambda left: wanted <= set(left), tries=60)) == wanted


@pytest.mark.one_database("of none")
def test_without_tries_everything_is_left() -> None:
    """A bound on the runs is kept: what was not tried stays."""
    faults = [Fault(float(at), "stall") for at in range(12)]
    tried: list[int] = []

    def fails(left: list[Fault]) -> bool:
        tried.append(len(left))
        return False

    assert smallest(faults, fails, tries=5) == faults
    assert len(tried) <= 5


@pytest.mark.one_database("the command says which")
def test_a_failure_tells_its_seed_and_what_it_takes() -> None:
    """A broken rule is told with the seed, the faults left, what happened last, and the command."""
    report = Report(11, [Fault(10.0, "stall", size=2.0)], ["something is wrong"])
    told = explain(report, 1, 1, tries=2)
    assert told.startswith("seed 11 breaks a rule: something is wrong")
    assert told.endswith(f"again: {command_of(11, 1, 1)}")


@pytest.mark.one_database("of both by itself")
def test_a_command_names_the_database() -> None:
    """What repeats a run says where it was, unless that is what is meant anyway."""
    command = "python -m tests.simulation --seed 11 --days 2 --athletes 3"
    assert command_of(11, 2, 3) == command
    with database.kind(database.POSTGRESQL):
        assert command_of(11, 2, 3) == f"{command} --database postgresql"
