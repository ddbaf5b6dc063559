"""Two distributions: the bot, which goes into production, and the sandbox, which does not."""

import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path
from zipfile import ZipFile

ROOT = Path(__file__).parents[1]
SANDBOX = ROOT / "packages" / "telegram_sandbox"
_COPIED = re.compile(r"^COPY (?!--from)(.+) \S+$", re.MULTILINE)
_INSTALLED = re.compile(r"uv pip install [^&\n]*?(\S+) *(?:&|$)", re.MULTILINE)
_PIN = re.compile(r"^([a-z0-9-]+)==", re.MULTILINE)
_OF_THIS_BOT = re.compile(r"holdfast|athlete|coach|\bbot\.[a-z]+ import\b", re.IGNORECASE)


def built(source: Path, target: Path) -> dict[str, str]:
    """Build a wheel; return its files: name → text."""
    uv = Path(sys.executable).with_name("uv")
    words = ("build", "--quiet", "--offline", "--wheel", "--no-build-isolation", "--out-dir")
    subprocess.run([uv, *words, target, source], check=True)  # noqa: S603 - fixed words, paths here
    (wheel,) = target.glob("*.whl")
    with ZipFile(wheel) as opened:
        return {name: opened.read(name).decode("utf-8", "replace") for name in opened.namelist()}


def pinned(lock: str) -> set[str]:
    """Return the packages of a lock."""
    return set(_PIN.findall((ROOT / lock).read_text(encoding="utf-8")))


def names(wanted: list[str]) -> set[str]:
    """Return the packages of a list of requirements."""
    return {re.split(r"[<>=]", one)[0] for one in wanted}


def test_the_image_has_no_sandbox(tmp_path: Path) -> None:
    """What the Dockerfile copies and installs is the bot and its lock: no sandbox is in either."""
    image = (ROOT / "Dockerfile").read_text(encoding="utf-8").replace("\\\n", " ")
    assert _INSTALLED.findall(image) == ["requirements-run.lock", "/dist/*.whl"]
    source = tmp_path / "source"
    source.mkdir()
    for name in " ".join(_COPIED.findall(image)).split():
        copy = shutil.copytree if (ROOT / name).is_dir() else shutil.copyfile
        copy(ROOT / name, source / name)
    files = built(source, tmp_path / "dist")
    assert {name.partition("/")[0].partition("-")[0] for name in files} == {"bot", "holdfast_bot"}
    (needs,) = (text for name, text in files.items() if name.endswith("/METADATA"))
    assert "telegram-sandbox" not in re.findall(r"^Requires-Dist: ([\w-]+)", needs, re.MULTILINE)
    assert "telegram-sandbox" not in pinned("requirements-run.lock")


def test_the_demo_alone_imports_the_sandbox() -> None:
    """No other module of the bot names it, but for the command that looks whether it is there."""
    naming = {
        path.relative_to(ROOT).as_posix()
        for path in (ROOT / "bot").rglob("*.py")
        if "telegram_sandbox" in path.read_text(encoding="utf-8")
    }
    assert naming == {"bot/cli.py", "bot/demo.py"}
    command = (ROOT / "bot" / "cli.py").read_text(encoding="utf-8")
    assert not re.search(r"(import|from) telegram_sandbox", command)


def test_the_sandboxs_wheel_is_whole(tmp_path: Path) -> None:
    """Every file of the source is in it, the chat page and the types' marker included."""
    source = SANDBOX / "src"
    kept = {
        path.relative_to(source).as_posix()
        for path in source.rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    files = built(SANDBOX, tmp_path)
    assert {name for name in files if ".dist-info/" not in name} == kept
    assert {"telegram_sandbox/static/index.html", "telegram_sandbox/py.typed"} <= kept


def test_the_sandboxs_needs_are_locked() -> None:
    """What it runs on is in the bot's own lock, and what tests it in the whole one."""
    project = tomllib.loads((SANDBOX / "pyproject.toml").read_text(encoding="utf-8"))
    assert names(project["project"]["dependencies"]) <= pinned("requirements-run.lock")
    assert names(project["dependency-groups"]["dev"]) <= pinned("requirements.lock")


def test_the_sandbox_knows_no_bot() -> None:
    """Neither its code nor its tests nor its README have a word of this one."""
    found = {
        f"{path.relative_to(ROOT)}: {match[0]}"
        for folder in ("src", "tests", "README.md", "pyproject.toml")
        for path in (SANDBOX / folder, *(SANDBOX / folder).rglob("*"))
        if path.is_file() and path.suffix in {".py", ".js", ".html", ".css", ".svg", ".md", ".toml"}
        if (match := _OF_THIS_BOT.search(path.read_text(encoding="utf-8")))
    }
    assert found == set()
