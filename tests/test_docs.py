"""What the documents say of the program is what the program says of itself."""

import re
import tomllib
from pathlib import Path

import pytest

from bot.expected import Code
from bot.protocol.session.state import Phase
from bot.settings import known_keys
from tools import diagram, pictures

ROOT = Path(__file__).parents[1]
DOCUMENTS = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
_LINK = re.compile(r"\]\(([^)#:\s]+)(?:#[^)]*)?\)")
_PIN = re.compile(r"^([a-z0-9-]+)==(\S+)", re.MULTILINE)


def read(name: str) -> str:
    """Return a file of the repository."""
    return (ROOT / name).read_text(encoding="utf-8")


def test_the_session_page_is_the_tables() -> None:
    """`make docs` was run after the last change of the table."""
    assert read("docs/session.md") == diagram.document()


def test_the_picture_is_the_scripts() -> None:
    """`make docs` was run after the last change of the picture."""
    assert read("docs/architecture.svg") == pictures.drawing()


def test_every_phase_is_in_both_halves_of_the_session_page() -> None:
    """A new set of phases in the table shows up in the picture too."""
    page = diagram.document()
    assert all(page.count(f"--> {phase} ") for phase in Phase)


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.name)
def test_links_lead_somewhere(path: Path) -> None:
    """Every relative link names a file of the repository."""
    links = _LINK.findall(path.read_text(encoding="utf-8"))
    assert [link for link in links if not (path.parent / link).exists()] == []


def test_headings_that_the_code_names_are_there() -> None:
    """Docstrings send their readers to "docs/NAME.md, <heading>"."""
    named = {
        found
        for path in (ROOT / "bot").rglob("*.py")
        for found in re.findall(r"(docs/\w+\.md), (\w+)", path.read_text(encoding="utf-8"))
    }
    assert named
    for name, heading in named:
        assert heading in re.findall(r"^#+ (.+)$", read(name), re.MULTILINE), (name, heading)


def test_every_direct_dependency_has_its_reason() -> None:
    """One line each, development ones included, and none that is not used."""
    project = tomllib.loads(read("pyproject.toml"))
    wanted = project["project"]["dependencies"] + project["dependency-groups"]["dev"]
    names = [re.split(r"[<>=[]", one)[0] for one in wanted]
    assert re.findall(r"^- `([^`]+)` – ", read("docs/dependencies.md"), re.MULTILINE) == names


def test_the_log_events_are_all_listed() -> None:
    """docs/operations.md names every event word of the code, and no other."""
    said = {
        word
        for path in (ROOT / "bot").rglob("*.py")
        for word in re.findall(r'\blog\.\w+\(\s*"(\w+)"', path.read_text(encoding="utf-8"))
    }
    said |= set(re.findall(r'EVENT_\w+: "(\w+)"', read("bot/clock/alarm.py")))
    events = read("docs/operations.md").partition("## Log lines")[2].partition("\n## ")[0]
    assert set(re.findall(r"^\| `(\w+)` \|", events, re.MULTILINE)) == said


def test_every_import_contract_is_told() -> None:
    """docs/architecture.md names each contract that is enforced, in its words."""
    project = tomllib.loads(read("pyproject.toml"))
    names = [contract["name"] for contract in project["tool"]["importlinter"]["contracts"]]
    assert [name for name in names if name not in read("docs/architecture.md")] == []


def test_what_runs_is_part_of_what_is_tested() -> None:
    """The runtime lock pins the same versions as the whole lock, hashes included."""
    run, whole = read("requirements-run.lock"), read("requirements.lock")
    assert dict(_PIN.findall(run)).items() <= dict(_PIN.findall(whole)).items()
    assert set(re.findall(r"sha256:\w{64}", run)) <= set(re.findall(r"sha256:\w{64}", whole))


def test_the_runtime_lock_has_every_dependency_and_no_tool() -> None:
    """All of pyproject's dependencies, none of its development group."""
    project = tomllib.loads(read("pyproject.toml"))
    pinned = dict(_PIN.findall(read("requirements-run.lock")))
    names = [re.split(r"[<>=[]", one)[0] for one in project["project"]["dependencies"]]
    tools = [re.split(r"[<>=[]", one)[0] for one in project["dependency-groups"]["dev"]]
    assert [name for name in names if name not in pinned] == []
    assert [name for name in tools if name in pinned] == []


def test_locks_name_no_registry() -> None:
    """They hold versions and hashes; where packages come from is the machine's business."""
    assert "://" not in read("requirements.lock") + read("requirements-run.lock")


def test_one_version_of_uv() -> None:
    """The lock, the set-up and the image use the same one."""
    pinned = dict(_PIN.findall(read("requirements.lock")))["uv"]
    assert f"uv=={pinned}" in read("pyproject.toml")
    assert f"ARG UV_VERSION={pinned}\n" in read("Dockerfile")
    assert f"UV_VERSION := {pinned}\n" in read("Makefile")


def test_tests_that_are_named_exist() -> None:
    """What the security page points at is there."""
    named = set(re.findall(r"`(test_\w+)`", read("docs/security.md")))
    written = {
        name
        for folder in ("tests", "packages")
        for path in (ROOT / folder).rglob("test_*.py")
        for name in re.findall(r"def (test_\w+)", path.read_text(encoding="utf-8"))
    }
    assert named - written == set()


def test_every_exit_code_is_told() -> None:
    """docs/operations.md has a row for each code of the command, in their order."""
    told = read("docs/operations.md").partition("## Exit codes")[2].partition("\n## ")[0]
    rows = [int(code) for code in re.findall(r"^\| (\d+) \|", told, re.MULTILINE)]
    assert rows == [0, 1, 2, *Code]


def test_compose_sets_what_is_a_setting() -> None:
    """Every variable of the bot's in compose.yaml is one that the bot takes."""
    known = {
        f"BOT_{section}__{key}".upper() for section, keys in known_keys().items() for key in keys
    }
    named = set(re.findall(r"\bBOT_\w+", read("compose.yaml")))
    assert named
    assert named - known == set()


def test_f112_the_databases_address_is_in_the_settings_file() -> None:
    """The documented unit and the image keep it where every command finds it, not in a variable."""
    unit = read("docs/operations.md").partition("```ini\n")[2].partition("```")[0]
    image = read("Dockerfile")
    for text in (unit, image):
        assert "BOT_DATABASE" not in text
        assert "run --config /etc/holdfast" in text.replace('", "', " ")
    assert 'url = "sqlite:////data/holdfast.db"' in image
    assert 'url = "sqlite:////var/lib/holdfast/holdfast.db"' in read("docs/operations.md")
