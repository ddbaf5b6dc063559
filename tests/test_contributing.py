"""What contributors are told is so: versions, commands, folders, hooks and the public checks."""

import re
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
WORKFLOW = ".github/workflows/check.yml"
HOOKS = ".pre-commit-config.yaml"
SPEAKS_OF_MAKE = [
    "CONTRIBUTING.md",
    "README.md",
    WORKFLOW,
    ".github/pull_request_template.md",
    ".github/ISSUE_TEMPLATE/bug.yml",
]


def read(name: str) -> str:
    """Return a file of the repository."""
    return (ROOT / name).read_text(encoding="utf-8")


def table(heading: str) -> str:
    """Return the rows of CONTRIBUTING's table with that first heading."""
    _, _, rest = read("CONTRIBUTING.md").partition(f"\n| {heading} |")
    return rest.partition("\n\n")[0]


def test_the_newest_release_is_this_version() -> None:
    """The changelog begins with what is not released; below it stands the version of pyproject."""
    entries = re.findall(r"^## (.+)$", read("CHANGELOG.md"), re.MULTILINE)
    version = tomllib.loads(read("pyproject.toml"))["project"]["version"]
    assert [entries[0], entries[1].partition(" ")[0]] == ["Unreleased", version]
    assert len(entries) == len(set(entries))


@pytest.mark.parametrize("name", SPEAKS_OF_MAKE)
def test_commands_of_make_exist(name: str) -> None:
    """Every `make …` that is named is a target, and is declared as no file."""
    makefile = read("Makefile").replace("\\\n", " ")
    targets = set(re.findall(r"^([a-z]+):", makefile, re.MULTILINE))
    (phony,) = re.findall(r"^\.PHONY: (.+)$", makefile, re.MULTILINE)
    named = set(re.findall(r"(?:^|`|run: )make ([a-z]+)", read(name), re.MULTILINE))
    assert named
    assert named <= targets & set(phony.split())


def test_every_folder_of_tests_has_its_tier() -> None:
    """CONTRIBUTING names each folder of tests once, and no other."""
    rows = table("folder in `tests/`").splitlines()[2:]
    named = [name for row in rows for name in re.findall(r"`([a-z]+)`", row.split("|")[1])]
    there = {path.parent.name for path in (ROOT / "tests").glob("*/test_*.py")}
    assert sorted(named) == sorted(there)


def test_every_decision_is_in_the_index() -> None:
    """One row for each page, by number, with its title."""
    pages = sorted((ROOT / "docs" / "decisions").glob("[0-9]*.md"))
    titles = {path.name: path.read_text(encoding="utf-8").partition("\n")[0] for path in pages}
    rows = re.findall(
        r"^\| \[(\d+)\]\((\S+)\) \| (.+?) \|", read("docs/decisions/README.md"), re.MULTILINE
    )
    assert {name: f"# {number}. {title}" for number, name, title in rows} == titles


def test_a_decision_has_its_three_parts() -> None:
    """What it was about, what was decided, what follows; one short page."""
    for path in (ROOT / "docs" / "decisions").glob("[0-9]*.md"):
        text = path.read_text(encoding="utf-8")
        assert re.findall(r"^## (.+)$", text, re.MULTILINE) == [
            "Context",
            "Decision",
            "Consequences",
        ]
        assert 15 <= len(text.splitlines()) <= 30


def test_the_hooks_run_what_make_check_runs() -> None:
    """The same tools, from the same environment."""
    recipe = read("Makefile").partition("\ncheck: setup\n")[2].partition("\n\n")[0]
    checks = re.findall(r"\$\(BIN\)/([a-z -]+?)(?: --check)?(?: \.)?$", recipe, re.MULTILINE)
    assert re.findall(r"entry: \.venv/bin/(.+)$", read(HOOKS), re.MULTILINE) == checks


def test_the_public_checks_run_every_python_that_is_named() -> None:
    """Those of pyproject's classifiers, in both distributions."""
    (listed,) = re.findall(r"python: \[(.+)\]", read(WORKFLOW))
    for name in ("pyproject.toml", "packages/telegram_sandbox/pyproject.toml"):
        classifiers = tomllib.loads(read(name))["project"]["classifiers"]
        pythons = [one.rpartition(" ")[2] for one in classifiers if "Python :: 3." in one]
        assert re.findall(r'"([\d.]+)"', listed) == pythons


def test_what_the_public_checks_use_is_pinned() -> None:
    """Actions by commit, with their version beside them; one version of gitleaks."""
    workflow = read(WORKFLOW)
    uses = re.findall(r"uses: (.+)$", workflow, re.MULTILINE)
    assert [one for one in uses if not re.fullmatch(r"\S+@[0-9a-f]{40} # v[\d.]+", one)] == []
    hook = re.findall(r"gitleaks\n    rev: (v[\d.]+)", read(HOOKS))
    assert re.findall(r"gitleaks/v8@(v[\d.]+)", workflow) == hook != []


def test_the_bug_form_asks_for_no_private_data() -> None:
    """It warns before the first question, and asks for a yes at the end."""
    form = read(".github/ISSUE_TEMPLATE/bug.yml")
    warning = form.partition("type: textarea")[0]
    assert all(word in warning for word in ("names of people", "pain numbers", "tokens"))
    assert "required: true" in form.partition("id: private")[2]
