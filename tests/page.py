"""The page of what long runs have found: each command keeps its part of it between two marks."""

from pathlib import Path
from typing import Final

PAGE: Final = Path(__file__).parents[1] / "docs" / "reliability.md"


def keep(command: str, text: str, page: Path = PAGE) -> None:
    """Put `text` in the place of what `make command` wrote the last time."""
    begin, end = (
        f"<!-- {command}: written by `make {command}`, do not edit -->",
        f"<!-- {command} -->",
    )
    before, _, rest = page.read_text(encoding="utf-8").partition(begin)
    _old, _, after = rest.partition(end)
    page.write_text(f"{before}{begin}\n\n{text}\n\n{end}{after}", encoding="utf-8")
