"""The audit of the dependencies says what it looked at, and what it could not."""

from pathlib import Path

import pytest

from tools import audit

HASH = "--hash=sha256:" + "0" * 64
GOOD = f"""# a comment
aiohttp==3.14.5 \\
    {HASH} \\
    {HASH}
    # via x
numpy==2.4.6 ; python_full_version < '3.12' \\
    {HASH}
numpy==2.5.5 ; python_full_version >= '3.12' \\
    {HASH}
"""


@pytest.mark.parametrize("name", audit.LOCKS)
def test_every_locked_package_has_a_version_and_a_hash(name: str) -> None:
    """Of both lock files; each names all packages that are there."""
    lock = (audit.ROOT / name).read_text(encoding="utf-8")
    assert audit.unpinned(lock) == []
    assert len(audit.pins(lock)) > 30


def test_what_is_installed_is_what_is_locked() -> None:
    """Tests run on the versions that are audited."""
    lock = (audit.ROOT / audit.LOCKS[-1]).read_text(encoding="utf-8")
    assert audit.strangers(audit.pins(lock)) == []
    assert len(audit.strangers({"aiohttp": {"0.0.1"}, "no-such-package": {"1"}})) == 1


def test_a_package_without_version_or_hash_is_found() -> None:
    """A range, an address or a bare name are no versions."""
    assert audit.unpinned(GOOD) == []
    assert audit.pins(GOOD) == {"aiohttp": {"3.14.5"}, "numpy": {"2.4.6", "2.5.5"}}
    assert audit.unpinned("aiohttp==3.14.5\n") == ["aiohttp==3.14.5 has no hash"]
    assert audit.unpinned(f"aiohttp>=3 \\\n  {HASH}\n") == ["aiohttp>=3 has no exact version"]


def test_what_the_registry_says() -> None:
    """A weakness with its number and remedy; a package it knows nothing of is no good news."""
    weak = {"id": "PYSEC-1", "fix_versions": ["2", "3"], "aliases": [], "description": ""}
    told = {
        "dependencies": [
            {"name": "a", "version": "1", "vulns": [weak]},
            {"name": "b", "version": "1", "vulns": []},
            {"name": "c", "skip_reason": "not found"},
        ]
    }
    assert audit.read(told) == audit.Answer(["a 1: PYSEC-1, mended in 2, 3"], ["c"])


@pytest.mark.parametrize(
    ("answer", "code", "silent"),
    [
        (audit.Answer([], []), 0, False),
        (audit.Answer(["a 1: PYSEC-1"], []), 1, False),
        (audit.Answer(["a 1: PYSEC-1"], ["c"]), 1, True),
        (audit.Answer([], ["c"]), 2, True),
        (RuntimeError("no network"), 2, True),
    ],
)
def test_the_exit_code_is_honest(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    answer: audit.Answer | Exception,
    code: int,
    silent: bool,  # noqa: FBT001 - a column of the table
) -> None:
    """Nothing found is good only where everything was looked at."""

    def ask(_lock: Path) -> audit.Answer:
        if isinstance(answer, Exception):
            raise answer
        return answer

    monkeypatch.setattr(audit, "ask", ask)
    assert audit.main() == code
    assert ("could NOT be looked up" in capsys.readouterr().out) is silent
