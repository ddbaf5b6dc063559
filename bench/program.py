"""The real process, as it is installed: `holdfast run` with its bytecode kept."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from testkit.bot_api import TOKEN

PATIENCE_S: Final = 120.0


@contextmanager
def running(api_url: str, database: Path) -> Iterator["subprocess.Popen[str]"]:
    """Run the bot on a database, its log piped; end it in good order if it runs still.

    The first start on a folder compiles what it loads, and keeps it there.
    """
    env = {
        **{key: os.environ[key] for key in ("PATH", "HOME") if key in os.environ},
        "PYTHONPYCACHEPREFIX": str(database.parent / "bytecode"),
        "BOT_TELEGRAM__TOKEN": TOKEN,
        "BOT_TELEGRAM__API_BASE_URL": api_url,
        "BOT_DATABASE__URL": f"sqlite:///{database}",
        "BOT_BACKUP__NIGHTLY": "off",
    }
    command = [sys.executable, "-m", "bot", "run"]
    with subprocess.Popen(command, env=env, stderr=subprocess.PIPE, text=True) as process:  # noqa: S603 - our own
        try:
            yield process
        finally:
            process.terminate()
            process.communicate(timeout=PATIENCE_S)


def started(process: "subprocess.Popen[str]", sessions: int) -> None:
    """Wait until it says that it has started, and found so many sessions."""
    assert process.stderr is not None
    for line in process.stderr:
        if "event=started" in line:
            if f"sessions={sessions}" not in line:
                raise RuntimeError(line)
            return
    raise RuntimeError(f"the bot ended with {process.wait()}")
