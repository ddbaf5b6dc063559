"""`make audit`: all dependencies pinned by hash, and no weakness known of any of them.

The first part needs no network: each package of both lock files has one exact version and at least
one hash, and what is installed here is what is locked. The second part asks the registry, by
pip-audit. Where the registry does not answer for a package, that is said and counts as a failure:
pip-audit alone would end well with nothing looked at.

Exit codes: 0 all looked up and nothing found, 1 something found, 2 something not looked up.
"""

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any, Final

ROOT: Final = Path(__file__).parents[1]
LOCKS: Final = ("requirements-run.lock", "requirements.lock")
PIP_AUDIT: Final = "pip-audit==2.10.1"
_PIN: Final = re.compile(r"([A-Za-z0-9._-]+)==([^\s;\\]+)(?: ;[^\\]+)?")
_HASH: Final = re.compile(r"--hash=sha256:[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class Answer:
    """What the registry knows: sentences about weaknesses, and packages it said nothing about."""

    weak: list[str]
    unknown: list[str]


def entries(lock: str) -> Iterator[str]:
    """Return every package of a lock file, each on one line with its hashes."""
    for line in re.sub(r"\s*\\\n\s*", " ", lock).splitlines():
        if line.strip() and not line.lstrip().startswith("#"):
            yield line.strip()


def unpinned(lock: str) -> list[str]:
    """Return one sentence for each package without an exact version or without a hash."""
    found = []
    for line in entries(lock):
        name = line.partition(" ")[0]
        if not _PIN.match(line):
            found.append(f"{name} has no exact version")
        elif not _HASH.search(line):
            found.append(f"{name} has no hash")
    return found


def pins(lock: str) -> dict[str, set[str]]:
    """Return package → its versions; some have one for older and one for newer Pythons."""
    found: dict[str, set[str]] = {}
    for line in entries(lock):
        match = _PIN.match(line)
        if match is not None:
            found.setdefault(match[1], set()).add(match[2])
    return found


def strangers(locked: dict[str, set[str]]) -> list[str]:
    """Return one sentence for each package that is installed in another version than is locked."""
    found = []
    for name, wanted in locked.items():
        try:
            here = version(name)
        except PackageNotFoundError:
            continue  # of another system: a marker keeps it away
        if here not in wanted:
            found.append(f"{name} is installed as {here} and locked as {', '.join(sorted(wanted))}")
    return found


def read(told: dict[str, Any]) -> Answer:
    """Return what pip-audit's JSON says."""
    weak, unknown = [], []
    for package in told["dependencies"]:
        name = f"{package['name']} {package.get('version', '')}".rstrip()
        if "skip_reason" in package:
            unknown.append(name)
        weak += [
            f"{name}: {one['id']}, mended in {', '.join(one['fix_versions']) or 'no version yet'}"
            for one in package.get("vulns", [])
        ]
    return Answer(weak, unknown)


def ask(lock: Path) -> Answer:
    """Ask the registry about every package of a lock file; raises RuntimeError without answer."""
    uv = Path(sys.executable).with_name("uv")
    with_it = ("run", "--quiet", "--no-project", "--python", sys.executable, "--with", PIP_AUDIT)
    wish = ("pip-audit", "--no-deps", "--disable-pip", "--progress-spinner", "off", "--format")
    run = subprocess.run(  # noqa: S603 - fixed words and the path of a file here
        [uv, *with_it, *wish, "json", "--requirement", lock],
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )
    try:
        return read(json.loads(run.stdout))
    except ValueError as error:
        raise RuntimeError(run.stderr.strip().rpartition("\n")[2]) from error


def say(line: str) -> None:
    """Print."""
    print(line)  # noqa: T201 - a command's own output


def main() -> int:
    """Look at everything, print it; return the exit code."""
    wrong = []
    for name in LOCKS:
        lock = (ROOT / name).read_text(encoding="utf-8")
        wrong += [f"{name}: {sentence}" for sentence in unpinned(lock)]
        say(f"{name}: {len(pins(lock))} packages, pinned by version and hash")
    locked = pins((ROOT / LOCKS[-1]).read_text(encoding="utf-8"))
    wrong += strangers(locked)
    try:
        answer = ask(ROOT / LOCKS[-1])
    except (RuntimeError, OSError, subprocess.TimeoutExpired) as error:
        answer = Answer([], list(locked))
        say(f"pip-audit did not answer: {error}")
    wrong += answer.weak
    for sentence in wrong:
        say(sentence)
    looked = max(0, len(locked) - len(answer.unknown))
    say(f"looked up for known weaknesses: {looked} of {len(locked)}, {len(answer.weak)} found")
    if answer.unknown:
        say("The rest could NOT be looked up here. Run this where the registry can be asked.")
    return 1 if wrong else 2 if answer.unknown else 0


if __name__ == "__main__":
    sys.exit(main())
