"""How the diary of load reads: every message that it has."""

from datetime import UTC, date, datetime
from typing import Any

import pytest

from bot.protocol.load.activities import Why
from bot.protocol.load.advice import Advice, Because, Tip
from bot.training.load.phrases import say_tip
from tests.chat import stored
from tests.chat.plainly import Golden

NOW = datetime(2026, 11, 24, 17, tzinfo=UTC)
TODAY = "2026-11-24"
RUN = {
    "day": TODAY,
    "kind": "run",
    "minutes": 40,
    "effort": 4,
    "extras": ["uphill", "hinge_fast"],
    "metres": 8_240,
    "climb_m": 310,
}
SWIM = {"day": "2026-11-22", "kind": "swim", "minutes": 45, "effort": None, "extras": []}
NONE = {"day": "2026-11-23", "kind": "none", "minutes": None, "effort": None, "extras": ["sit"]}
COUNTS = dict.fromkeys(("minutes", "load", "known_days", "rest_days", "not_rated"), 0)
NOTHING = {"days": 7, **COUNTS, "uphill": 0, "fast": 0, "hinge": 0}
WEEK = {**NOTHING, "minutes": 85, "load": 160, "known_days": 3, "not_rated": 1}
MONTH = {"minutes": 1_085, "load": 4_160, "known_days": 20, "not_rated": 3, "days": 28}
LEFT_OUT = [
    {"extra": "uphill", "until_day": "2027-03-01", "until_stage": None},
    {"extra": "hinge", "until_day": None, "until_stage": 2},
]
TIP = {"tip": "long_run", "why": "long"}
SHOWN = {
    "today": TODAY,
    "entries": [SWIM, NONE, RUN],
    "week": WEEK,
    "before": NOTHING,
    "month": NOTHING | MONTH,
    "newest": 7,
    "left_out": LEFT_OUT,
}
EMPTY: dict[str, Any] = {
    "today": TODAY,
    "entries": [],
    "week": NOTHING,
    "before": NOTHING,
    "month": NOTHING | {"days": 28},
    "newest": None,
}
RESTRICTED = {"athlete_id": 5, "name": "Rúna & Co", "today": TODAY, "left_out": LEFT_OUT}
FILE = {
    "kind": "run",
    "seconds": 2_400,
    "metres": 8_000,
    "climb_m": None,
    "effort": None,
    "cut": False,
    "hash": "ab",
    "today": TODAY,
}
CHECK: dict[str, Any] = {"check": 9, "sunday": "2026-11-29", "asks": None}
STAGE: dict[str, Any] = {
    "athlete_id": 5,
    "name": "Rúna & Co",
    "stage": 1,
    "conditions": [
        ["level", "yes"],
        ["pain", "no"],
        ["mornings", "unknown"],
        ["long_hold", "no"],
        ["test", "unknown"],
        ["flags", "yes"],
    ],
    "wishes": ["hold", "test"],
}
SAVED = {"entry": 7, "noted": RUN, "today": TODAY}
CASES: dict[str, tuple[str, dict[str, Any]]] = {
    "shown": ("load_shown", SHOWN),
    "shown_empty": ("load_shown", EMPTY),
    "kind_asked": ("load_kind_asked", {"day": "2026-11-23", "today": TODAY}),
    "kind_asked_other": ("load_kind_asked", {"day": TODAY, "today": TODAY, "other": True}),
    "minutes_asked": (
        "load_minutes_asked",
        {"words": f"{TODAY} run", "kind": "run", "day": TODAY, "today": TODAY},
    ),
    "minutes_asked_long": (
        "load_minutes_asked",
        {"words": f"{TODAY} run long", "kind": "run", "day": TODAY, "today": TODAY},
    ),
    "saved": ("load_saved", SAVED),
    "saved_all": ("load_saved", {**SAVED, "left_out": LEFT_OUT, "tip": TIP, "cut": True}),
    "saved_again": ("load_saved", {**SAVED, "again": True}),
    "saved_unrated": ("load_saved", {**SAVED, "noted": SWIM}),
    "saved_none": ("load_saved", {**SAVED, "noted": NONE}),
    "taken_back": ("load_taken_back", SAVED),
    "not_read": ("load_not_read", {"problem": "“<b>” is not a word of the diary."}),
    "changed": ("load_changed", {}),
    "tips_on": ("tips_shown", {"on": True}),
    "tips_off": ("tips_shown", {"on": False}),
    "tips_wrong": ("tips_shown", {"on": True, "wrong": "<maybe>"}),
    "restrictions": ("restrictions_shown", RESTRICTED),
    "restrictions_none": ("restrictions_shown", {**RESTRICTED, "left_out": []}),
    "restrictions_ended": (
        "restrictions_shown",
        {**RESTRICTED, "left_out": [], "changed": "sit", "told": True},
    ),
    "restricted": (
        "restricted_for_you",
        {"by": "Kim <b>", "left_out": LEFT_OUT[0], "today": TODAY},
    ),
    "restricted_ended": (
        "restricted_for_you",
        {
            "by": "Kim",
            "left_out": {"extra": "sit", "until_day": None, "until_stage": None},
            "today": TODAY,
        },
    ),
    "saved_twin": ("load_saved", {**SAVED, "noted": {**RUN, "effort": None}, "twin": True}),
    "file_day": ("load_file_day_asked", FILE),
    **{f"file_{why}": ("load_file_unread", {"why": why}) for why in Why if why != Why.TOO_OLD},
    "file_too_old": ("load_file_unread", {"why": "too_old", "noted": RUN, "today": "2027-01-09"}),
    "check_worst": ("weekly_check", {**CHECK, "asks": "w", "tip": {"tip": "glute", "why": "turn"}}),
    "check_sit": ("weekly_check", {**CHECK, "asks": "s", "worst": 4}),
    "check_better": ("weekly_check", {**CHECK, "asks": "b", "worst": 4, "sit": 90}),
    "check_done": ("weekly_check", {**CHECK, "worst": 4, "sit": 90, "better": -1}),
    "check_unknown": ("weekly_check", CHECK),
    "check_answered": ("check_answered", {}),
    "checks_on": ("checks_shown", {"on": True}),
    "checks_off": ("checks_shown", {"on": False, "wrong": "<soon>"}),
    "stage_first": ("stage_shown", STAGE),
    "stage_met": (
        "stage_shown",
        {**STAGE, "conditions": [["level", "yes"], ["flags", "yes"]], "told": True},
    ),
    "stage_third": ("stage_shown", {**STAGE, "stage": 3, "conditions": [], "wishes": []}),
    "stage_last": ("stage_shown", {**STAGE, "stage": 4, "conditions": [], "problem": "<jump>"}),
    "test_asked": ("test_asked_of_you", {"by": "Kim", "wanted": True, "limit": 3}),
    "test_not_asked": ("test_asked_of_you", {"by": "Kim", "wanted": False, "limit": 3}),
    "test_explained": ("load_test_explained", {"limit": 3, "wanted": True}),
    "test_unwanted": ("load_test_explained", {"limit": 3, "wanted": False, "problem": "<much>"}),
    "test_saved": ("load_test_saved", {"value": 2, "limit": 3, "day": TODAY, "today": TODAY}),
    "test_over": ("load_test_saved", {"value": 4, "limit": 3, "day": TODAY, "today": TODAY}),
    "test_barred": ("no_load_test_now", {}),
    "morning_saved": (
        "morning_saved",
        {
            "morning": 3,
            "day": TODAY,
            "value": 4,
            "zone": "Europe/Berlin",
            "paused": False,
            "diary_day": "2026-11-23",
            "tip": {"tip": "hills", "why": "flare"},
        },
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_golden(name: str, golden: Golden) -> None:
    """Each message as it was read aloud."""
    golden(f"load/{name}", stored.screen(*CASES[name], NOW))


ADVICE = [
    *(Advice(tip, Because.FLARE) for tip in (Tip.HILLS, Tip.DEADLIFT, Tip.SIT, Tip.LONG_RUN)),
    *(Advice(tip, Because.OFTEN) for tip in (Tip.HILLS, Tip.DEADLIFT, Tip.SIT)),
    *(Advice(tip, Because.TURN) for tip in (Tip.GLUTE, Tip.SIT, Tip.STRIDE)),
    Advice(Tip.LONG_RUN, Because.LONG),
]


def test_every_line_says_why_and_promises_nothing() -> None:
    """One or two sentences each; no cause is claimed, no cure."""
    said = [say_tip(one) for one in ADVICE]
    assert len(set(said)) == len(ADVICE)
    for line in said:
        assert line.endswith(".")
        assert len(line) < 200
        assert not {"because", "cure", "heal", "treatment"} & set(line.casefold().split())
    assert say_tip(None) == ""


def test_a_day_of_any_year_is_told() -> None:
    """The kinds and days are read as stored."""
    noted = {**RUN, "day": date(2025, 12, 31).isoformat()}
    assert "Wed 31 Dec 2025" in stored.screen("load_saved", {**SAVED, "noted": noted}, NOW).text
