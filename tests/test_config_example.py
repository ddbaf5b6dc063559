"""The example of a configuration file names every setting, and nothing else."""

import re
import tomllib
from pathlib import Path
from typing import Any

import pytest
from annotated_types import Ge, Le
from pydantic import BaseModel

from bot.settings import PREFIX, Settings, known_keys, load

EXAMPLE = Path(__file__).parents[1] / "config.example.toml"
KNOWN = [(section, key) for section, keys in known_keys().items() for key in keys]
_SETTING = re.compile(r"^#(\w+ = )", re.MULTILINE)


def uncommented() -> str:
    """Return the example with every setting in force."""
    return _SETTING.sub(r"\1", EXAMPLE.read_text(encoding="utf-8"))


def comment(section: str, key: str) -> str:
    """Return what stands above a setting."""
    part = EXAMPLE.read_text(encoding="utf-8").partition(f"[{section}]")[2]
    return part.partition(f"\n#{key} = ")[0].rpartition("\n\n")[2]


def field(section: str, key: str) -> Any:
    """Return what the program knows about a setting."""
    inner = Settings.model_fields[section].annotation
    assert isinstance(inner, type)
    assert issubclass(inner, BaseModel)
    return inner.model_fields[key]


@pytest.fixture(autouse=True)
def _no_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """Leave the machine's own settings out."""
    for section, key in KNOWN:
        monkeypatch.delenv(f"{PREFIX}{section}__{key}".upper(), raising=False)


def test_it_names_every_setting_and_nothing_else() -> None:
    """Sections and keys are those of the program, in its order."""
    found = tomllib.loads(uncommented())
    assert [(section, key) for section, keys in found.items() for key in keys] == KNOWN


@pytest.mark.parametrize(("section", "key"), KNOWN)
def test_each_setting_is_explained_under_its_environment_name(section: str, key: str) -> None:
    """The first line above a setting is its variable, then comes what it means."""
    name, *words = comment(section, key).splitlines()
    assert name == f"# {PREFIX}{section}__{key}".upper()
    assert words


@pytest.mark.parametrize(("section", "key"), KNOWN)
def test_bounds_are_told(section: str, key: str) -> None:
    """The least and the greatest value allowed stand in the words."""
    limits = [rule.ge if isinstance(rule, Ge) else rule.le
              for rule in field(section, key).metadata if isinstance(rule, Ge | Le)]  # fmt: skip
    assert [limit for limit in limits if f"{limit}" not in comment(section, key)] == []


def test_uncommented_it_loads_to_the_defaults(tmp_path: Path) -> None:
    """The token aside, which has no default that works."""
    path = tmp_path / "config.toml"
    path.write_text(uncommented(), encoding="utf-8")
    found = load(path, {}).model_dump()
    assert found["telegram"].pop("token").get_secret_value()
    defaults = load(None, {}).model_dump()
    defaults["telegram"].pop("token")
    assert found == defaults


def test_as_it_stands_it_changes_nothing() -> None:
    """Copied without a change it is a valid file."""
    assert load(EXAMPLE, {}) == load(None, {})
