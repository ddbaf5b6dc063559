"""A copy of the bot's source that a test may change, with the project's own type check."""

import re
import shutil
import subprocess
import sys
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
        words = ("--no-error-summary", "--hide-error-context", "--cache-dir")
        ran = subprocess.run(  # noqa: S603 - fixed words
            [sys.executable, "-m", "mypy", *words, self.root / ".mypy_cache", "bot"],
            cwd=self.root,
            capture_output=True,
            text=True,
            check=False,
        )
        assert ran.returncode in {0, 1}, ran.stdout + ran.stderr
        found = _ERROR.findall(ran.stdout)
        assert bool(found) == bool(ran.returncode), ran.stdout
        return [TypeFault(file, int(line), said) for file, line, said in found]
