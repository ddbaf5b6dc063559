"""A copy of the bot's source that a test may change, with the project's own type check."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).parents[1]
NEEDED: Final = ("bot", "packages/telegram_sandbox/src", "pyproject.toml")
"""What the types of the bot are checked with."""
_ERROR: Final = re.compile(r"^(\S+?):(\d+): error: (.*)$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class TypeFault:
    """What mypy says about a line of a copy; `file` is as seen from the copy's root."""

    file: str
    line: int
    said: str


class Copy:
    """The source in a folder of its own; what is not in `NEEDED` is named by `more`."""

    def __init__(self, folder: Path, *more: str) -> None:
        self.root = folder / "copy"
        for name in (*NEEDED, *more):
            target = self.root / name
            target.parent.mkdir(parents=True, exist_ok=True)
            if (ROOT / name).is_dir():
                shutil.copytree(ROOT / name, target, ignore=shutil.ignore_patterns("__pycache__"))
            else:
                shutil.copyfile(ROOT / name, target)

    def read(self, name: str) -> str:
        """Return the text of a file."""
        return (self.root / name).read_text(encoding="utf-8")

    def write(self, name: str, text: str) -> None:
        """Write a file, old or new."""
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")

    def modules(self) -> list[str]:
        """Return the files of the bot, by name."""
        return sorted(
            path.relative_to(self.root).as_posix() for path in (self.root / "bot").rglob("*.py")
        )

    def type_faults(self) -> list[TypeFault]:
        """Return what mypy has to say about the bot, by the project's settings: half a minute."""
        words = ("--no-error-summary", "--hide-error-context", "--cache-dir", ".mypy_cache")
        said = self.run("mypy", *words, "bot", may={0, 1})
        found = _ERROR.findall(said)
        assert len(found) == len([line for line in said.splitlines() if ": error: " in line])
        return [TypeFault(file, int(line), text) for file, line, text in found]

    def run(self, tool: str, *words: str, may: Collection[int] = (0,)) -> str:
        """Run a tool in the copy, whose files come before the installed ones; return what it said.

        It has to end with one of the codes it `may`.
        """
        ran = subprocess.run(  # noqa: S603 - a test's own words
            [Path(sys.executable).with_name(tool), *words],
            cwd=self.root,
            env={**os.environ, "PYTHONPATH": str(self.root)},
            capture_output=True,
            text=True,
            check=False,
        )
        assert ran.returncode in may, ran.stdout + ran.stderr
        return ran.stdout
