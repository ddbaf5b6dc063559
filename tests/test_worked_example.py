"""The worked example of CONTRIBUTING.md: its steps, done on a copy, make what they say."""

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import pytest

from tests.copied import ROOT, Copy

MOST: Final = 12
"""Files of the bot that a small command may take."""
_SECTION: Final = (
    (ROOT / "CONTRIBUTING.md")
    .read_text(encoding="utf-8")
    .partition("\n## Add a command\n")[2]
    .partition("\n## ")[0]
)
_EDIT: Final = re.compile(
    r"^(?:\d+\. `(?P<file>[^`\n]+)`, |and )(?:new|after `(?P<line>[^`\n]+)`):\n\n"
    r"```(?:python|text)\n(?P<code>.*?)```$",
    re.MULTILINE | re.DOTALL,
)


@dataclass(frozen=True, slots=True)
class Edit:
    """Code for a file: after the one line that reads so, or as the whole of a new file."""

    file: str
    after: str | None
    code: str


def edits() -> list[Edit]:
    """Return what the page says, in its order."""
    found: list[Edit] = []
    for match in _EDIT.finditer(_SECTION):
        file = match["file"] or found[-1].file
        found.append(Edit(file, match["line"], match["code"]))
    return found


def test_the_steps_are_counted() -> None:
    """Every block of code is a step's; they are numbered by file, and few."""
    files = list(dict.fromkeys(edit.file for edit in edits()))
    assert 2 * len(edits()) == _SECTION.count("```")
    assert [int(number) for number in re.findall(r"^(\d+)\. ", _SECTION, re.MULTILINE)] == list(
        range(1, len(files) + 1)
    )
    assert len([file for file in files if file.startswith("bot/")]) <= MOST


@pytest.mark.timeout(300)  # as mypy has to check everything anew
def test_the_example_works(tmp_path: Path) -> None:
    """Done on a copy, it has the project's form and types, and the test that it brings passes."""
    shared = ("tests/conftest.py", "tests/labels.py", "tests/plain_words.py")
    copy = Copy(tmp_path, "testkit", *shared, "tests/edge")
    for edit in edits():
        if edit.after is None:
            assert not (copy.root / edit.file).exists()
            copy.write(edit.file, edit.code)
        else:
            before, line, rest = copy.read(edit.file).partition(f"\n{edit.after}\n")
            assert line, f"{edit.file} has no line {edit.after!r}"
            assert f"\n{edit.after}\n" not in rest, f"{edit.file} has several {edit.after!r}"
            apart = "\n\n" if edit.code.startswith("def ") else ""
            copy.write(edit.file, f"{before}{line}{apart}{edit.code}{rest}")
    assert copy.type_faults() == []
    files = sorted({edit.file for edit in edits()})
    tests = [file for file in files if file.startswith("tests/")]
    copy.run("ruff", "format", "--check", *files)
    copy.run("ruff", "check", *files)
    copy.run("lint-imports", "--no-cache")
    copy.run("pytest", "-q", *tests)
