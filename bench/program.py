"""The real processes, as installed: `holdfast run` and `holdfast ingress`, bytecode kept."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Final

from testkit.bot_api import TOKEN

PATIENCE_S: Final = 120.0
SECRET: Final = "what-Telegram-shows-and-nobody-else"  # noqa: S105 - of the benchmark


@contextmanager
def running(api_url: str, database: Path) -> Iterator["subprocess.Popen[str]"]:
    """Run the bot on a database, its log piped; end it in good order if it runs still.

    The first start on a folder compiles what it loads, and keeps it there.
    """
    told = {"BOT_TELEGRAM__API_BASE_URL": api_url, "BOT_DATABASE__URL": f"sqlite:///{database}"}
    with _begun("run", told, database.parent) as process:
        yield process


@contextmanager
def ingresses(count: int, url: str, folder: Path) -> Iterator[tuple[int, ...]]:
    """Run so many `holdfast ingress` on a server's database; give their ports."""
    told = {
        "BOT_DATABASE__URL": url,
        "BOT_WEBHOOK__URL": "https://bench.example/hook",
        "BOT_WEBHOOK__SECRET": SECRET,
        "BOT_WEBHOOK__PORT": "0",
    }
    with ExitStack() as stack:
        begun = [stack.enter_context(_begun("ingress", told, folder)) for _ in range(count)]
        yield tuple(_port(process) for process in begun)


@contextmanager
def _begun(command: str, told: dict[str, str], folder: Path) -> Iterator["subprocess.Popen[str]"]:
    env = {
        **{key: os.environ[key] for key in ("PATH", "HOME") if key in os.environ},
        "PYTHONPYCACHEPREFIX": str(folder / "bytecode"),
        "BOT_TELEGRAM__TOKEN": TOKEN,
        "BOT_BACKUP__NIGHTLY": "off",
        **told,
    }
    words = [sys.executable, "-m", "bot", command]
    with subprocess.Popen(words, env=env, stderr=subprocess.PIPE, text=True) as process:  # noqa: S603 - our own
        try:
            yield process
        finally:
            process.terminate()
            process.communicate(timeout=PATIENCE_S)


def _port(process: "subprocess.Popen[str]") -> int:
    """Return where an ingress listens, as soon as it does."""
    assert process.stderr is not None
    for line in process.stderr:
        if "event=ingress_started" in line:
            return int(line.partition("port=")[2].split()[0])
    raise RuntimeError(f"the ingress ended with {process.wait()}")


def started(process: "subprocess.Popen[str]", sessions: int) -> None:
    """Wait until it says that it has started, and found so many sessions."""
    assert process.stderr is not None
    for line in process.stderr:
        if "event=started" in line:
            if f"sessions={sessions}" not in line:
                raise RuntimeError(line)
            return
    raise RuntimeError(f"the bot ended with {process.wait()}")
