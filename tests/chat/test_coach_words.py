"""The words a coach reads: escaped, whole, and short enough with the longest of everything."""

import html
import re
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import pytest

from bot.coaching.athletes import words as athletes
from bot.coaching.athletes.messages import Need
from bot.coaching.notes import words as notes
from bot.coaching.quiet_hours import words as quiet_hours
from bot.coaching.relay import words as relay
from bot.coaching.unlock import words as unlock
from bot.conversation.screen import MAX_DATA, Screen
from bot.protocol.red_flags.flags import RED_FLAGS
from bot.protocol.session.state import Outcome
from bot.training.alerts.words import coach_alerts
from bot.training.messages import CoachAlert, CoachAlerts
from bot.training.reminders import missed_words
from tests.chat import stored
from tests.labels import too_long

NOW: Final = datetime(2026, 11, 24, 6, 30, tzinfo=UTC)
YESTERDAY: Final = (NOW - timedelta(days=1)).isoformat()
TOMORROW: Final = (NOW + timedelta(days=1)).isoformat()
ZONE: Final = "America/Argentina/ComodRivadavia"
EVIL: Final = "<b>Rúna</b> & Co"
LONGEST: Final = (EVIL * 9)[:100]
TOPICS: Final = stored.topics(
    notes.WORDS,
    quiet_hours.WORDS,
    relay.WORDS,
    missed_words.WORDS,
    athletes.WORDS,
    unlock.WORDS,
)
MAX_TEXT: Final = 4_096

WHO: Final = {"name": LONGEST, "athlete_id": 2**62}
FLAGS: Final = [{"kind": kind, "at": YESTERDAY} for kind in RED_FLAGS]
LOCK: Final = {"flags": FLAGS, "reason": "stopped_hard", "zone": ZONE}
SESSION: Final = {
    "day": "2025-11-12",
    "outcome": "stopped_pain",
    "first": 10,
    "last": 10,
    "stop_hold": 24,
    "stop_pain": 10,
    "tension_s": 8640,
    "planned_s": 8640,
}
LINE: Final = {
    **WHO,
    "need": "locked",
    "flags": ["bone"],
    "missed": 12,
    "paused": True,
    "leaving": False,
    "today": "2026-11-24",
    "last": SESSION,
    "done": 14,
    "planned": 14,
    "morning": {"day": "2026-11-23", "value": 10},
}
NOTE: Final = {"at": YESTERDAY, "author": LONGEST, "text": EVIL * 62}
CARD: Final = {
    **WHO,
    "today": "2026-11-24",
    "plan": {
        "holds": 24,
        "hold_s": 60,
        "sets": 6,
        "side": "both",
        "exercise": "H2",
        "limit": 3,
    },
    "days": "0,2,4",
    "times": "07:30,18:00",
    "zone": ZONE,
    "next_at": TOMORROW,
    "coach_zone": "Europe/Berlin",
    "lock": "red_flag",
    "flags": FLAGS,
    "paused": True,
    "paused_until": "2026-12-24",
    "pause_reason": EVIL * 60,
    "unreachable_since": YESTERDAY,
    "leaving": TOMORROW,
    "sessions": [SESSION] * 5,
    "done": 14,
    "planned": 14,
    "missed": 12,
    "reasons": [["2026-11-20", "skipped", "band"]] * 14,
    "mornings": [["2026-11-23", 10]] * 3,
    "credits": 9,
    "step_up": "8 × 15 s × 2 sets",
    "plan_id": 10**9,
    "stepped_down": "2026-11-20",
    "notes": [NOTE] * 3,
}
SHOWN: Final = {
    **WHO,
    "today": "2026-11-24",
    "at": YESTERDAY,
    "zone": ZONE,
    "coach_zone": "Europe/Berlin",
    "session": SESSION,
    "done": 143,
    "planned": 144,
    "before": 10,
    "late": True,
}
BARE: Final = {
    **CARD,
    **dict.fromkeys(("lock", "unreachable_since", "leaving", "next_at", "pause_reason")),
    **{key: [] for key in ("flags", "sessions", "reasons", "mornings", "notes")},
    "step_up": None,
    "stepped_down": None,
    "paused": False,
    "days": "",
    "planned": 0,
}
LIST: Final = {
    "athletes": [LINE] * 8,
    "count": 9_999,
    "everybody": False,
    "page": 1,
    "pages": 1_250,
}
HOURS: Final = {"hours": "22:00-07:00", "zone": ZONE}
CASES: Final[tuple[tuple[str, dict[str, Any]], ...]] = (
    ("notes", {**WHO, "notes": [NOTE] * 3, "zone": ZONE}),
    ("notes", {**WHO, "notes": [], "zone": ZONE}),
    ("note_kept", {**WHO, "note": 2**62, "text": EVIL * 62}),
    ("note_undone_staff", WHO),
    ("note_too_long", {**WHO, "length": 4000, "most": 1000}),
    ("quiet_hours", {**HOURS, "problem": EVIL}),
    ("quiet_hours", {**HOURS, "problem": None}),
    ("quiet_changed", {"before": "22:00-07:00", "after": "21:00-08:00", "zone": ZONE}),
    ("quiet_changed", {"before": "22:00-07:00", "after": "22:00-07:00", "zone": ZONE}),
    *(
        (f"relay_{what}", {**WHO, "length": 4000, "most": 2000, "mine": mine})
        for what in ("ask", "under_way", "delivered", "lost", "unreachable", "too_long", "ended")
        for mine in (True, False)
    ),
    ("relay_text_only", WHO),
    ("relay_nobody", {}),
    ("relay_session_first", {}),
    ("why_missed", {"occurrence": 2**62, "days": ["2026-11-23", "2026-11-24"]}),
    *(
        ("why_noted", {"reason": reason, "has_coach": has_coach})
        for reason in ("time", "pain", "band", "forgot", "unsure")
        for has_coach in (True, False)
    ),
    ("athletes", LIST),
    ("athletes", {**LIST, "athletes": [], "everybody": True}),
    ("athlete_card", CARD),
    ("athlete_card", BARE),
    ("session_shown", SHOWN),
    ("session_shown", {**SHOWN, "session": None, "late": False, "before": None}),
    ("unlock_why", {**WHO, **LOCK, "flagged": True}),
    ("unlock_why", {**WHO, "reason": None, "zone": ZONE, "flags": [], "flagged": False}),
    ("unlock_by_whom", WHO),
    ("unlock_not_cleared", {**WHO, "why": EVIL}),
    ("unlock_write", WHO),
    ("unlock_confirm", {**WHO, **LOCK, "why": EVIL * 30}),
    ("unlock_too_long", {**WHO, "length": 900, "most": 500}),
    ("unlocked", {"by": EVIL, "next_at": TOMORROW, "zone": ZONE}),
    ("unlocked", {"by": EVIL, "next_at": None, "zone": ZONE}),
    ("unlock_done", {**WHO, "told": True, "paused": True, "why": EVIL * 30}),
    ("unlock_done", {**WHO, "told": False, "paused": False, "why": EVIL}),
    ("unlock_not_locked", WHO),
    ("unlock_none_locked", {}),
)


def plain(text: str) -> str:
    """Return what is read of a message."""
    return html.unescape(re.sub(r"</?[bi]>", "", text))


def fits(screen: Screen) -> None:
    """Check what Telegram checks."""
    assert 0 < len(plain(screen.text)) <= MAX_TEXT
    assert screen.text.count("<b>") == screen.text.count("</b>")
    assert EVIL not in screen.text
    assert "None" not in screen.text.replace("None in", "").replace("None of", "")
    for button in (button for row in screen.rows for button in row):
        assert len(button.data.encode()) <= MAX_DATA
        assert button.label
    assert too_long(screen) == []


def test_every_topic_is_tried() -> None:
    """No words without an example here."""
    assert {topic for topic, _values in CASES} == TOPICS


@pytest.mark.parametrize(("topic", "values"), CASES)
def test_f60_the_longest_of_everything_fits(topic: str, values: dict[str, Any]) -> None:
    """Within the limit, tags closed, names escaped, buttons that Telegram takes."""
    fits(stored.screen(topic, values, NOW))


def test_f60_a_night_of_a_hundred_alerts_fits() -> None:
    """Twenty lines, the rest counted; a button for twelve athletes."""
    one = CoachAlert(LONGEST, 1, "stopped_hard", 10, 5, None, NOW, ZONE, locked=True)
    many = tuple(
        CoachAlert(**{**{name: getattr(one, name) for name in one.__slots__}, "athlete_id": n})
        for n in range(100)
    )
    screen = coach_alerts(CoachAlerts(many), NOW)
    fits(screen)
    assert "… and 80 more" in screen.text
    assert sum(len(row) for row in screen.rows) == 12


@pytest.mark.parametrize("outcome", Outcome)
def test_every_outcome_has_plain_words(outcome: Outcome) -> None:
    """No name of the code's own in a line of the list."""
    line = {**LINE, "name": "Runa", "last": {**SESSION, "outcome": outcome}}
    assert "_" not in stored.screen("athletes", {**LIST, "athletes": [line]}, NOW).text


@pytest.mark.parametrize("need", Need)
def test_the_mark_is_a_word(need: Need) -> None:
    """What needs the coach is said, never by a sign alone."""
    line = {**LINE, "name": "Runa", "need": need.name.lower(), "paused": False}
    head = plain(stored.screen("athletes", {**LIST, "athletes": [line]}, NOW).text).splitlines()[2]
    assert (head == "Runa") is (need is Need.NOTHING)


ONE: Final = {**SESSION, "day": "2026-11-24", "outcome": "lessening", "stop_hold": None}


def test_with_one_answer_there_is_no_first_and_last() -> None:
    """One hold was answered: its pain, and no arrow from it to itself."""
    one = {**ONE, "first": None, "last": 1, "stop_pain": None, "tension_s": 10, "planned_s": 10}
    text = stored.screen("athlete_card", {**CARD, "sessions": [one]}, NOW).text
    assert "\nToday: finished, pain low, pain 1 · 10 of 10 s\n" in text


def test_mornings_are_told_value_first() -> None:
    """A date before a number reads as one: the number stands first, its day beside it."""
    mornings = [["2026-11-20", 1], ["2026-11-23", 4], ["2026-11-24", 2]]
    text = stored.screen("athlete_card", {**CARD, "mornings": mornings}, NOW).text
    assert "\nMorning pain: 1 (Fri 20 Nov), 4 (yesterday), 2 (today)\n" in text


def test_f95_days_without_a_session_are_told_in_words() -> None:
    """No name of the code's own; rest is rest, whatever was said of it."""
    reasons = [
        ["2026-11-20", "skipped", "band"],
        ["2026-11-21", "rested", "pain"],
        ["2026-11-22", "rested", "flare"],
        ["2026-11-23", "missed", "unsure"],
    ]
    text = stored.screen("athlete_card", {**CARD, "reasons": reasons}, NOW).text
    assert (
        "\nFri 20 Nov: skipped, no band\nSat 21 Nov: rested on pain"
        "\nSun 22 Nov: rest day after a flare\nYesterday: missed, unsure\n"
    ) in text


def test_both_zones_are_named_where_they_differ() -> None:
    """F06: the next session on the athlete's clock and on the reader's."""
    text = stored.screen("athlete_card", CARD, NOW).text
    assert f"Next session: tomorrow 03:30 ({ZONE}), for you tomorrow 07:30 (Europe/Berlin)" in text
    same = stored.screen("athlete_card", {**CARD, "coach_zone": ZONE}, NOW).text
    assert f"Next session: tomorrow 03:30 ({ZONE})\n" in same
