"""What so many athletes take, reckoned from what a day costs."""

import re
from pathlib import Path

import pytest

from bench import model
from bench.day_cost import Day
from bench.model import Cost, few, load_of

DAY = Day(
    calls=36,
    pictures=1,
    writes=90,
    replies=10,
    rows=70,
    stored={"inbox": 10_000.0, "outbox": 5_000.0, "hold": 1_000.0},
    athlete=500,
)
COST = Cost(reply_s=0.002, reply_server_s=0.001, call_s=0.0005, call_server_s=0.0002, picture_s=0.1)


def test_it_is_arithmetic() -> None:
    """70 % of 100,000 train, 15 % of them in one hour; what is kept for a time is so much."""
    load = load_of(100_000, DAY, COST)
    starts_s = 70_000 * 0.15 / 3600
    assert load.tokens == (5, 3)  # 70,000 x 0.15 x 36 calls in an hour, of 86,400 that a token may
    assert load.writes_s == pytest.approx(starts_s * 90)
    assert load.bot == pytest.approx(starts_s * (10 * 0.002 + 36 * 0.0005))
    assert load.server == pytest.approx(starts_s * (10 * 0.001 + 36 * 0.0002))
    assert load.pictures == pytest.approx(starts_s * 0.1)
    kept = 7 * 10_000 + 30 * 5_000 + 365 * 1_000
    assert load.held == pytest.approx(70_000 * kept + 100_000 * 500)
    assert load_of(10, DAY, COST).tokens == (1, 1)


def test_figures_have_what_counts() -> None:
    """Two places below ten, whole numbers above."""
    assert [few(0.00123), few(1.26), few(12.6), few(1234.5)] == ["0.0012", "1.3", "13", "1,234"]


def test_a_table_is_put_between_its_marks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Again and again; all else stays."""
    page = tmp_path / "page.md"
    page.write_text("Before.\n<!-- day: made -->\n<!-- day -->\nAfter.\n", encoding="utf-8")
    monkeypatch.setattr(model, "PAGE", page)
    for told in ("one", "two"):
        model.write("day", told)
    assert page.read_text(encoding="utf-8") == (
        "Before.\n<!-- day: made -->\n\ntwo\n\n<!-- day -->\nAfter.\n"
    )


def test_the_page_has_a_line_for_each_number_of_athletes() -> None:
    """docs/scale.md was written by this version's model."""
    page = (Path(__file__).parents[2] / model.PAGE).read_text(encoding="utf-8")
    lines = re.findall(r"^\| ([\d,]+) \|", page, re.MULTILINE)
    assert lines == [f"{count:,}" for count in model.ATHLETES]
