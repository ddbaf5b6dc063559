"""The machine that was measured, in a few words."""

import os
import platform
import sqlite3
import time
from contextlib import suppress
from importlib.metadata import version
from pathlib import Path
from typing import Final

SYNCS: Final = 100
LIBRARIES: Final = ("python-telegram-bot", "aiohttp", "httpx", "SQLAlchemy", "matplotlib")


def describe(folder: Path) -> str:
    """Return the machine as a list."""
    libraries = ", ".join(f"{name} {version(name)}" for name in LIBRARIES)
    system = f"{platform.system()}, Python {platform.python_version()}"
    lines = (
        f"{processor()}, {_memory_gib():.0f} GiB of memory",
        f"{system}, SQLite {sqlite3.sqlite_version}, {libraries}",
        f"an `fsync` of 4 KiB takes {_sync_s(folder) * 1000:.2f} ms where the files lay",
        f"load at the start: {os.getloadavg()[0]:.1f}",
    )
    return "\n".join(f"- {line}" for line in lines)


def processor() -> str:
    """Return what kind of processor it is, and how many cores there are."""
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        lines = []
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return f"{names[0] if names else platform.machine()}, {os.cpu_count()} cores"


def _memory_gib() -> float:
    return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30


def _sync_s(folder: Path) -> float:
    """Return the mean seconds that writing 4 KiB for good takes."""
    with (folder / "sync").open("wb", buffering=0) as file:
        start = time.perf_counter()
        for _ in range(SYNCS):
            file.write(bytes(4096))
            os.fsync(file.fileno())
        return (time.perf_counter() - start) / SYNCS


def peak(pid: int | str) -> int:
    """Return the most memory a process has had resident since it was executed, in bytes."""
    lines = Path(f"/proc/{pid}/status").read_text(encoding="utf-8").splitlines()
    found = next((line for line in lines if line.startswith("VmHWM:")), "VmHWM: 0 kB")
    return int(found.split()[1]) * 1024


def cpu(pid: int | str) -> float:
    """Return the seconds of CPU a process has used so far."""
    return sum(_ticks(pid)[:2]) / os.sysconf("SC_CLK_TCK")


def cpu_of_all(pid: int | str) -> float:
    """Return the same of a process and its children, those that have ended too."""
    own = sum(_ticks(pid)) / os.sysconf("SC_CLK_TCK")
    for child in Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii").split():
        with suppress(FileNotFoundError):  # it has ended since
            own += cpu(child)
    return own


def _ticks(pid: int | str) -> list[int]:
    """Return a process's own ticks, of the program and of the system for it, and its children's."""
    stat = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    return [int(one) for one in stat[11:15]]
