"""What must not be in the repository: secrets, and SQL that is put together from text."""

import ast
import re
import shutil
import subprocess
from collections import Counter
from pathlib import Path
from typing import Final

import pytest

ROOT = Path(__file__).parents[1]

# ---- secrets --------------------------------------------------------------------------

SECRETS: Final = {
    "a bot's token": re.compile(r"\b\d{8,12}:[A-Za-z0-9_-]{35}(?![A-Za-z0-9_-])"),
    "a private key": re.compile(r"-----BEGIN (?:[A-Z]+ )*PRIVATE KEY"),
    "a cloud key": re.compile(r"\b(?:AKIA|ASIA)[0-9A-Z]{16}\b"),
    "a token of a code host": re.compile(
        r"\b(?:gh[pousr]_\w{36}|github_pat_\w{60}|glpat-[\w-]{20})"
    ),
    "a token of a registry": re.compile(r"\b(?:pypi-AgEI[\w-]{50}|npm_\w{36})"),
    "a key of a service": re.compile(
        r"\b(?:sk|rk)[-_](?:live|ant|proj)[-_][\w-]{20}|\bxox[abpr]-[\w-]{10}"
    ),
    "a password in an address": re.compile(r"\b[a-z]+://[^\s/:@{}]+:[^\s/@{}]{3,}@"),
}
EXAMPLES: Final = {
    "tests/process/test_commands.py": "a password that must not be shown",
    "tests/store/test_server.py": "the same",
}
"""Files that may hold what looks like a secret, with the reason."""
BINARY: Final = frozenset({".png", ".gz", ".pdf", ".ico"})


def tracked() -> list[Path]:
    """Return every file that git keeps; all files beside the tools' own where git is not there."""
    git = shutil.which("git")
    if git is None or not (ROOT / ".git").exists():
        found = [path for path in ROOT.rglob("*") if path.is_file()]
        return [
            path
            for path in found
            if not any(part[0] == "." or part == "__pycache__" for part in path.parts[-3:])
        ]
    listed = subprocess.run(  # noqa: S603 - fixed words
        [git, "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True
    )
    return [ROOT / name for name in listed.stdout.decode().split("\0") if name]


def secrets_in(text: str) -> list[str]:
    """Return what a text seems to hold."""
    return [name for name, pattern in SECRETS.items() if pattern.search(text)]


def test_no_secret_is_in_the_repository() -> None:
    """No token, no key, no password, in any file that is tracked."""
    files = [path for path in tracked() if path.suffix not in BINARY and path.is_file()]
    assert len(files) > 300
    found = {
        str(path.relative_to(ROOT)): secrets
        for path in files
        if (secrets := secrets_in(path.read_text(encoding="utf-8", errors="replace")))
    }
    assert found.keys() == EXAMPLES.keys(), found


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("token = '110201543:" + "AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsawx'", "a bot's token"),
        ("-----BEGIN " + "OPENSSH PRIVATE KEY-----", "a private key"),
        ("-----BEGIN " + "PRIVATE KEY-----", "a private key"),
        ("AKIA" + "ABCDEFGHIJKLMNOP", "a cloud key"),
        ("ghp_" + "a" * 36, "a token of a code host"),
        ("pypi-AgEI" + "a" * 60, "a token of a registry"),
        ("sk-ant-" + "a" * 30, "a key of a service"),
        ("postgres://" + "holdfast:hunter2@db/x", "a password in an address"),
    ],
)
def test_a_secret_would_be_found(text: str, name: str) -> None:
    """Each kind."""
    assert secrets_in(text) == [name]


@pytest.mark.parametrize("text", ["1:SANDBOX", "sqlite:///data/x.db", "https://t.me/x?start=abc"])
def test_what_is_no_secret_is_not_found(text: str) -> None:
    """The sandbox's token, an address without a password, a link."""
    assert secrets_in(text) == []


# ---- SQL ------------------------------------------------------------------------------

TAKES_SQL: Final = frozenset(
    {"text", "exec_driver_sql", "execute", "executemany", "executescript", "literal_column", "DDL"}
    | {"CheckConstraint", "scalar", "scalars"}
)
"""Functions whose first argument may be SQL."""
REASONS: Final = {
    (
        "bot/store/sqlite.py",
        "f'PRAGMA {pragma}'",
    ): "words of the tuple above it; no parameters there",
    ("bot/store/newer_sessions.py", "f\"'{value}'\""): "words of an enum and of the catalogue",
    (
        "bot/store/sqlite.py",
        "f'{word} {name}'",
    ): "a savepoint's word, and the name that SQLAlchemy numbers",
    ("bot/store/tables.py", "f'{column} IN ({listed})'"): "a CHECK, of enums in the same file",
    ("bot/store/tables.py", "f'{column} BETWEEN {low} AND {high}'"): "a CHECK, of numbers in code",
    (
        "bot/store/tables.py",
        "f'hard_stop > pain_limit AND hard_stop <= {HARD_STOP_MAX}'",
    ): "a CHECK, of a constant",
}
"""Text that is put together all the same, and why no word of a person's can be in it."""


def built(tree: ast.AST) -> list[str]:
    """Return every first argument that is text put together, in functions that take SQL."""
    made = {
        target.id: node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Assign)
        for target in node.targets
        if isinstance(target, ast.Name) and _is_built(node.value)
    }
    found = []
    for node in ast.walk(tree):
        if not (isinstance(node, ast.Call) and node.args and _called(node) in TAKES_SQL):
            continue
        first = node.args[0]
        value = made.get(first.id, first) if isinstance(first, ast.Name) else first
        if _is_built(value):
            found.append(ast.unparse(value))
    return found


def _called(call: ast.Call) -> str:
    if isinstance(call.func, ast.Attribute):
        return call.func.attr
    return call.func.id if isinstance(call.func, ast.Name) else ""


def _is_built(value: ast.AST) -> bool:
    """Whether a value is an f-string with values, a sum or % of texts, or a format()."""
    match value:
        case ast.JoinedStr(values=parts):
            return any(isinstance(part, ast.FormattedValue) for part in parts)
        case ast.BinOp(left=left, op=ast.Add() | ast.Mod(), right=right):
            return any(_is_text(side) for side in (left, right))
        case ast.Call(func=ast.Attribute(attr="format" | "join" | "replace", value=inner)):
            return _is_text(inner)
    return False


def _is_text(value: ast.AST) -> bool:
    return (isinstance(value, ast.Constant) and isinstance(value.value, str)) or _is_built(value)


def test_sql_has_parameters_only() -> None:
    """Nobody's words become part of a statement; the few texts put together are of constants."""
    found = {
        (str(path.relative_to(ROOT)), sql)
        for path in sorted((ROOT / "bot").rglob("*.py"))
        for sql in built(ast.parse(path.read_text(encoding="utf-8")))
    }
    assert found == set(REASONS)


@pytest.mark.parametrize(
    "code",
    [
        'db.execute(text(f"SELECT * FROM person WHERE name = {name}"))',
        'db.execute("SELECT * FROM person WHERE name = " + name)',
        'db.execute("SELECT * FROM person WHERE name = %s" % name)',
        'db.exec_driver_sql("SELECT {}".format(name))',
        'query = f"DELETE FROM {table}"\ndb.execute(query)',
        'cursor.executescript("; ".join(statements))',
    ],
)
def test_sql_put_together_would_be_found(code: str) -> None:
    """Each way of doing it."""
    assert len(built(ast.parse(code))) == 1


@pytest.mark.parametrize(
    "code",
    [
        'db.execute(text("SELECT 1 WHERE :name"), {"name": name})',
        "db.execute(select(Row).where(Row.name == name))",
        'QUERY = "SELECT 1"\ndb.execute(QUERY)',
        'db.execute("SELECT ?", (name,))',
    ],
)
def test_parameters_are_no_finding(code: str) -> None:
    """As it should be done."""
    assert built(ast.parse(code)) == []


def test_a_class_name_has_one_meaning() -> None:
    """No two public classes of the bot have the same name."""
    names = Counter(
        node.name
        for path in (ROOT / "bot").rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.ClassDef) and not node.name.startswith("_")
    )
    assert [name for name, count in names.items() if count > 1] == []
