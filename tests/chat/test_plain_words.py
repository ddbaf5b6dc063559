"""Whatever people read is in plain words: no codes, none of the trade's words, the same everywhere.

Every message that any test comes across is looked at as well (`tests/conftest.py`).
"""

import ast
import json
import re
from collections.abc import Iterator
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.accounts.audit.messages import AuditedChange, AuditPage
from bot.conversation.message import Answer, Reply, Say
from bot.conversation.phrases import say_exercise
from bot.dispatch import registry
from bot.programme.plan.messages import (
    FlaggedExercise,
    LimitsShown,
    PastVersion,
    PlanChangedForYou,
    PlanDoubted,
    PlanShown,
)
from bot.programme.plan.versions import differences
from bot.protocol.dose.dose import HARD_STOP_MAX, RANGES, Dose, Side
from bot.protocol.dose.exercises import CATALOGUE, Anchor
from bot.telegram.renderer import SCREENS, answered, look
from tests.chat.plainly import GOLDEN, plain
from tests.chat.test_letters_of_0_1_0 import LETTERS
from tests.plain_words import codes, on_screen, trade_words

BOT: Final = Path(__file__).parents[2] / "bot"
NOW: Final = datetime(2026, 11, 26, 12, tzinfo=UTC)
DIAGRAM: Final = BOT / "protocol" / "session" / "machine.py"
"""Its words are the documentation's, not people's."""


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("exercise H1 → H3", ["H1", "H3"]),
        ("to fatigue no → yes", ["to fatigue"]),
        ("Plan of Runa, version 4", ["version 4"]),
        ("Hard stop 6", ["Hard stop"]),
        ("at your sit-bone", ["sit-bone"]),
        ("50 s under tension", ["under tension"]),
        ("it ended stopped_pain", ["stopped_pain"]),
        ("Version 0.1.0, up for 3 h", []),
        ("for example lock=6, set_rest=90, exercise=H1", []),
        ("America/New_York, /some_command", []),
        ("https://t.me/holdfast_bot?start=CXRzIFyGj0MvKnqyVb3ZUdSFEPKta-H4\n\nSee H4", ["H4"]),
    ],
)
def test_codes_are_found(text: str, found: list[str]) -> None:
    """What the other tests rely on."""
    assert codes(text) == found


def strings(path: Path) -> Iterator[tuple[int, str]]:
    """Yield every string of a module that is no docstring, with its line."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    docs = {
        id(node.value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in docs:
            yield node.lineno, node.value


def test_no_string_of_the_bot_has_a_word_of_the_trade() -> None:
    """Messages, cards, pages, charts, captions, the audit, errors: whatever may be said."""
    assert [
        f"{path.relative_to(BOT)}:{line}: {word}"
        for path in sorted(BOT.rglob("*.py"))
        if path != DIAGRAM
        for line, text in strings(path)
        for word in trade_words(text)
    ] == []


def test_every_agreed_message_is_plain() -> None:
    """All golden texts; of the buttons in brackets, their labels."""
    texts = {
        path: re.sub(r" = 1:\S+?(?: [^\]]*)?\]", "]", path.read_text(encoding="utf-8"))
        for path in sorted(GOLDEN.rglob("*.txt"))
    }
    assert len(texts) > 150
    assert {path.stem: codes(text) for path, text in texts.items() if codes(text)} == {}


def test_every_stored_letter_is_plain() -> None:
    """Those of 0.1.0 in every shape, as they are rendered now."""
    for letter in LETTERS:
        found = registry.load(letter["kind"], letter["body"])
        if isinstance(found, Answer):
            assert codes(answered(found) or "") == [], letter
        elif isinstance(found, Say) or type(found) in SCREENS:
            assert on_screen(look(found, NOW)) == [], letter


# ---- any plan -------------------------------------------------------------------------


@st.composite
def doses(draw: st.DrawFn) -> Dose:
    """Return any dose that a coach may set."""
    numbers = {name: draw(st.integers(one.low, one.high)) for name, one in RANGES.items()}
    return Dose(
        **numbers,
        side=draw(st.sampled_from(Side)),
        band_anchor=draw(st.sampled_from(Anchor)),
        band_label=draw(st.sampled_from(["", "black, thick"])),
        hard_stop=draw(st.integers(numbers["pain_limit"] + 1, HARD_STOP_MAX)),
        exercise=draw(st.sampled_from(sorted(CATALOGUE))),
        to_fatigue=draw(st.booleans()),
    )


def about(before: Dose, after: Dose) -> Iterator[Reply]:
    """Yield everything that is said of a plan that changed."""
    changes = differences(before, after)
    shown = {"athlete_id": 12, "name": "Runa", "running": False, "told": None, "why": ""}
    chosen = CATALOGUE[after.exercise]
    yield PlanShown(
        **shown,  # type: ignore[arg-type]
        changes=changes,
        dose=after,
        reader_zone="UTC",
        version=4,
        exercise=chosen.name,
        planned_s=after.planned_s,
        length_s=600,
        history=(PastVersion(NOW, "Kim", changes), PastVersion(NOW, None, None)),
    )
    yield LimitsShown(**shown, changes={}, dose=after)  # type: ignore[arg-type]
    yield PlanChangedForYou("Kim", changes)
    yield PlanDoubted(
        athlete_id=12,
        name="Runa",
        command="plan",
        words="fatigue",
        limit=(2, 3),
        flagged=FlaggedExercise(chosen.id, chosen.name, chosen.flags),
    )
    old, new = (
        json.dumps({name: asdict(one)[name] for name in changes}) for one in (before, after)
    )
    change = AuditedChange(
        at=NOW, by="Kim", whose="Runa", subject_id=12, action="plan",
        before=old, after=new, about=None,
    )  # fmt: skip
    yield AuditPage((change,), 1, more=False, name=None, athlete_id=None, zone="UTC")


@given(doses(), doses())
def test_a_plan_is_told_in_plain_words(before: Dose, after: Dose) -> None:
    """Any change, to the athlete, the coach and the admin: every field by its one name."""
    for said in about(before, after):
        screen = look(Say(said), NOW)
        assert on_screen(screen) == []
        for word in ("True", "False", "None"):
            assert word not in plain(screen.text)


def test_an_exercise_has_a_name() -> None:
    """Also one that an older version knew."""
    assert all(codes(say_exercise(one)) == [] for one in (*CATALOGUE, "H99"))
