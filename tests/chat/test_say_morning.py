"""How the morning after reads: the question, what follows, and a step up."""

from datetime import UTC, date, datetime
from typing import Any

import pytest

from bot.conversation.screen import Style
from bot.training.alerts.words import coach_alert
from bot.training.messages import CoachAlert, Morning
from bot.training.mornings.words import morning_screen
from bot.training.pain_keyboard import ANCHORS
from tests.chat import stored
from tests.chat.plainly import plain

NOW = datetime(2026, 11, 24, 7, tzinfo=UTC)
"""Tuesday, 08:00 in Berlin."""
ZONE = "Europe/Berlin"
FIVE = {"holds": 5, "hold_s": 10, "sets": 1}
EIGHT = {"holds": 8, "hold_s": 10, "sets": 1}
SETS = {"holds": 8, "hold_s": 15, "sets": 2}
FOLLOWS = {
    "outcome": "lessening",
    "verdict": "flare",
    "dose": FIVE,
    "side": "left",
    "rests_on": None,
    "paused": False,
    "has_coach": True,
    "zone": ZONE,
}
STEP = {"athlete_id": 12, "name": "Ána <b>", "plan": 34, "dose": FIVE, "more": EIGHT}


def say(topic: str, values: dict[str, Any], **changes: Any) -> str:
    """Return the text of a topic as it is read."""
    return plain(stored.screen(topic, {**values, **changes}, NOW).text)


def test_the_question_has_the_anchors_and_two_rows() -> None:
    """The same scale as in a session: 0–3, and below it 4–10; silent."""
    screen = morning_screen(Morning(7, date(2026, 11, 24), 3, ZONE), NOW)
    assert "when you first sat down today?" in screen.text
    assert ANCHORS in screen.text
    assert not screen.rings
    labels = [[button.label for button in row] for row in screen.rows]
    assert labels == [["0", "1", "2", "3"], ["4", "5", "6", "7"], ["8", "9", "10"]]
    styles = [{button.style for button in row} for row in screen.rows]
    assert styles == [{Style.SUCCESS}, {Style.DANGER}, {Style.DANGER}]
    assert screen.rows[2][2].data == "1:m:7:10"


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        (
            {},
            (
                "Your pain was up the morning after your session.\n"
                "So the next session asks for less: 5 holds of 10 s, LEFT side."
            ),
        ),
        (
            {"outcome": "stopped_pain", "verdict": "unknown"},
            (
                "Your last session ended on pain over your limit.\n"
                "So the next session asks for less: 5 holds of 10 s, LEFT side."
            ),
        ),
        (
            {"outcome": "rising", "rests_on": "2026-11-25"},
            (
                "Your pain was up the morning after your session.\n"
                "So the next session asks for less: 5 holds of 10 s, LEFT side.\n"
                "Before that, rest: no session tomorrow. Resting counts as following your plan."
            ),
        ),
        (
            {
                "dose": None,
                "lowest": {"holds": 5, "hold_s": 10, "sets": 1},
                "rests_on": "2026-11-25",
            },
            (
                "Your pain was up the morning after your session.\n"
                "Your plan is at its lowest step, so it stays: 5 holds of 10 s, LEFT side. "
                "You may do less. This goes to your coach, who can change it.\n"
                "Rest first: no session tomorrow. Resting counts as following your plan."
            ),
        ),
        (
            {"verdict": "severe", "dose": None, "paused": True},
            (
                "Your morning pain is high, or up for the second time in a row.\n"
                "Your sessions are paused until your coach resumes them."
            ),
        ),
        (
            {"verdict": "severe", "dose": None, "paused": True, "has_coach": False},
            (
                "Your morning pain is high, or up for the second time in a row.\n"
                "Your sessions are paused until the admin resumes them."
            ),
        ),
    ],
)
def test_what_follows(changes: dict[str, Any], expected: str) -> None:
    """Why, and then what: no blame, no promise."""
    assert say("what_follows", FOLLOWS, **changes) == expected


@pytest.mark.parametrize(
    ("first", "then"), [(False, "the next one asks for less"), (True, "the next one is the first")]
)
def test_back_after_days(first: bool, then: str) -> None:  # noqa: FBT001
    """When the last one was, and what the next asks for: no blame."""
    values = {"last": "2026-11-10", "dose": FIVE, "side": "left", "zone": ZONE, "first": first}
    text = say("back_after_days", values)
    assert text.startswith("Your last session was Tue 10 Nov. After such a gap " + then)
    assert text.endswith(": 5 holds of 10 s, LEFT side.")


def test_a_step_up() -> None:
    """Asked with what it would be; the buttons name athlete and plan version."""
    screen = stored.screen("step_up_asked", {**STEP, "more": SETS}, NOW)
    assert "Ána &lt;b&gt;: one step up?" in screen.text
    assert "Now 5 × 10 s · next step 2 sets of 8 × 15 s" in screen.text
    assert [row[0].data for row in screen.rows] == ["1:up:12:34:yes", "1:up:12:34:no"]


@pytest.mark.parametrize(
    ("locked", "rest"), [(False, "paused until you resume"), (True, "locked until you unlock")]
)
def test_what_the_coach_reads(locked: bool, rest: str) -> None:  # noqa: FBT001
    """The number, and what bars the sessions now."""
    alert = CoachAlert("Ána", 12, "severe_morning", 7, 3, None, NOW, ZONE, locked=locked)
    text = plain(coach_alert(alert, NOW).text)
    assert text.startswith("Ána: pain 7 this morning; limit 3")
    assert rest in text


def test_what_the_coach_reads_at_the_lowest_step() -> None:
    """That nothing goes down by itself any more."""
    alert = CoachAlert("Ána", 12, "lowest_morning", 4, 3, None, NOW, ZONE)
    text = plain(coach_alert(alert, NOW).text)
    assert text.startswith("Ána: pain 4 this morning, on the lowest step; limit 3")
    assert "stays until you change it" in text


def test_why_the_plan_is_paused() -> None:
    """The bot's own reason is told in words, to athlete and coach alike."""
    values = {"back_on": None, "zone": ZONE, "reason": "severe_morning"}
    assert "Reason: the pain of the morning after" in stored.screen("pause_kept", values, NOW).text


def test_every_topic_reads() -> None:
    """Each has words for its values."""
    saved = {"morning": 7, "day": "2026-11-23", "value": 2, "zone": ZONE, "paused": True}
    assert say("morning_saved", saved) == (
        "Pain 2 yesterday morning – saved.\nYour sessions stay paused."
    )
    assert "5 × 10 s → 8 × 10 s" in say("step_up_taken", STEP)
    assert "stays at 5 × 10 s" in say("step_up_declined", STEP)
    assert "Kim changed your plan: 8 holds" in say("plan_raised", STEP, by="Kim", side="left")
