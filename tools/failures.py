"""Every failure case of docs/failures.md with the tests named after it.

`make failures` prints the list. It ends non-zero where a case has no test, or where a test is
named after a case that is not in the list: `test_f35_…` is named after F35.
"""

import ast
import re
import sys
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).parents[1]
LIST: Final = ROOT / "docs" / "failures.md"
TESTS: Final = ROOT / "tests"

_ROW: Final = re.compile(r"^\| (F\d{2,3}) \| (.+?) \|$", re.MULTILINE)
_NUMBER: Final = re.compile(r"_f(\d{2,3})(?=_|$)")


@dataclass(frozen=True, slots=True)
class Named:
    """One test: the file it stands in, as the repository knows it, and its name."""

    file: str
    name: str

    @property
    def cases(self) -> list[str]:
        """Return the cases it is named after, such as F35."""
        return [f"F{number}" for number in _NUMBER.findall(self.name)]


def cases(document: str) -> dict[str, str]:
    """Return case → sentence of every row; raises ValueError where a number stands twice."""
    rows = _ROW.findall(document)
    found = dict(rows)
    if len(found) != len(rows):
        raise ValueError("docs/failures.md names a case twice")
    return found


def tests(folder: Path) -> list[Named]:
    """Return every test function under `folder`, in the order of files and lines."""
    return [
        Named(path.relative_to(folder.parent).as_posix(), node.name)
        for path in sorted(folder.rglob("test_*.py"))
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and node.name.startswith("test_")
    ]


def by_case(found: list[Named]) -> dict[str, list[Named]]:
    """Return case → its tests."""
    named: dict[str, list[Named]] = defaultdict(list)
    for test in found:
        for case in test.cases:
            named[case].append(test)
    return dict(named)


def problems(known: dict[str, str], named: dict[str, list[Named]]) -> list[str]:
    """Return one sentence for each case without a test and each test without a case."""
    missing = [f"{case} has no test" for case in known if case not in named]
    unknown = [
        f"{test.file}: {test.name} is named after {case}, which is not in docs/failures.md"
        for case, tests_of in named.items()
        if case not in known
        for test in tests_of
    ]
    return missing + unknown


def report(known: dict[str, str], named: dict[str, list[Named]]) -> list[str]:
    """Return the lines that are printed."""
    lines: list[str] = []
    for case, sentence in known.items():
        lines.append(f"{case}  {sentence}")
        lines += [f"       {test.file}  {test.name}" for test in named.get(case, [])]
    count = sum(len(named.get(case, [])) for case in known)
    lines.append(f"{len(known)} cases, {count} tests named after them")
    return lines


def main() -> int:
    """Print the list; return the exit code."""
    known, named = cases(LIST.read_text(encoding="utf-8")), by_case(tests(TESTS))
    wrong = problems(known, named)
    for line in report(known, named):
        print(line)  # noqa: T201 - this is what the command is for
    for line in wrong:
        print(line, file=sys.stderr)  # noqa: T201 - the same
    return 1 if wrong else 0


if __name__ == "__main__":
    raise SystemExit(main())
