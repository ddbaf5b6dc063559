"""Every failure case has a test named after it, and the tool that says so can say the opposite."""

from pathlib import Path

import pytest

from tools import failures
from tools.failures import Named

LIST = "| case | what |\n|---|---|\n| F01 | The first. |\n| F02 | The second. |\n"


def test_every_case_has_a_test_and_every_number_a_case() -> None:
    """What `make failures` says of this repository."""
    known = failures.cases(failures.LIST.read_text(encoding="utf-8"))
    named = failures.by_case(failures.tests(failures.TESTS))
    assert failures.problems(known, named) == []
    assert len(known) == 132


def test_a_case_without_a_test_is_a_problem() -> None:
    """And so is a test named after a case that nobody listed."""
    named = failures.by_case([Named("a.py", "test_f01_and_f99_in_one")])
    assert failures.problems(failures.cases(LIST), named) == [
        "F02 has no test",
        "a.py: test_f01_and_f99_in_one is named after F99, which is not in docs/failures.md",
    ]


def test_a_case_stands_once() -> None:
    """Two rows of one number are a mistake of the list."""
    with pytest.raises(ValueError, match="twice"):
        failures.cases(LIST + "| F01 | Again. |\n")


def test_only_functions_that_run_count(tmp_path: Path) -> None:
    """A name in a comment, a helper or another file is no test."""
    folder = tmp_path / "tests"
    folder.mkdir()
    (folder / "test_a.py").write_text(
        "# test_f03_in_a_comment\ndef f04_helper(): ...\nasync def test_f05_runs(): ...\n"
    )
    (folder / "helper.py").write_text("def test_f06_elsewhere(): ...\n")
    assert failures.tests(folder) == [Named("tests/test_a.py", "test_f05_runs")]
    assert failures.report({"F05": "The fifth."}, failures.by_case(failures.tests(folder))) == [
        "F05  The fifth.",
        "       tests/test_a.py  test_f05_runs",
        "1 cases, 1 tests named after them",
    ]
