"""How a session reads: golden messages, and what must be so in all of them."""

import re
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.conversation.common import words as common
from bot.conversation.message import Message, dump
from bot.conversation.screen import MAX_TOAST, Button, Screen, Style, all_of, live_time
from bot.dispatch.registry import load
from bot.protocol.red_flags.flags import RED_FLAGS
from bot.protocol.session.events import BEFORE, STOP_PAIN
from bot.protocol.session.state import Outcome
from bot.training.messages import Ask
from bot.training.pain_keyboard import ANCHORS
from bot.training.pain_notes import words as pain_notes
from bot.training.reminders import words as reminders
from bot.training.session import reply_words
from bot.training.speech.flow import asked_in
from tests.chat import stored
from tests.chat.plainly import GOLDEN, Golden, plain
from tests.chat.variants import (
    ALERT,
    ASK,
    BY_ATHLETE,
    CLIP,
    ENDED,
    GET_SET,
    HOLD,
    INTENTS,
    INTERRUPTED,
    NOW,
    RELEASE,
    REMINDER,
    REST,
    SAY,
    SET_UP,
    STOPPED,
    TABLES,
    screens,
    show,
)

ALL = dict(screens())
PAIN = st.none() | st.integers(0, 10)
RINGING = (
    "session/hold",
    "session/release",
    "session/stop_again",
    "session/stopped",
    "session/interrupted",
    "red_flag/advice",
    "red_flag/coach_alert",
    "red_flag/screen",
    "reminder/",
)
FORBIDDEN = (
    r"treatment",
    r"\bcur(e|es|ed|ing)\b",
    r"\bheal",
    r"diagnos",
    r"therapy\b",
    r"well done",
    r"good job",
    r"\bbrave",
    r"push through",
    r"no pain,? no gain",
    r"risk",
    r"you (failed|missed|forgot)",
)


def buttons(screen: Screen) -> list[Button]:
    """Return a screen's buttons in reading order."""
    return [button for row in screen.rows for button in row]


# ---- every message --------------------------------------------------------------------


@pytest.mark.parametrize("name", ALL)
def test_a_message_reads_as_agreed(name: str, golden: Golden) -> None:
    """The golden files are all messages in one place, for a person to read."""
    golden(name, ALL[name])


def test_every_golden_file_belongs_to_a_message() -> None:
    """A message that is gone leaves no file behind."""
    mine = {name.split("/")[0] for name in ALL}
    files = {path.relative_to(GOLDEN) for folder in mine for path in (GOLDEN / folder).iterdir()}
    assert files == {Path(f"{name}.txt") for name in ALL}


def test_every_screen_and_topic_has_an_example() -> None:
    """No message goes unread."""
    assert {type(intent) for intent in INTENTS.values()} == set(TABLES)
    short = all_of((common.WORDS, reply_words.WORDS, reminders.WORDS, pain_notes.WORDS)).toasts
    assert {topic for topic, _ in SAY.values()} == {kind.topic for kind in short}


@pytest.mark.parametrize("name", ALL)
def test_f60_a_message_is_html_and_short(name: str) -> None:
    """Tags balance, and the text fits into a picture's caption too."""
    assert len(ALL[name].text) <= 1000
    assert plain(ALL[name].text).strip() == plain(ALL[name].text)


@pytest.mark.parametrize("name", ALL)
def test_f40_no_message_promises_diagnoses_or_pushes(name: str) -> None:
    """No medical claim, no praise for enduring pain, no blame."""
    said = plain(ALL[name].text)
    assert [word for word in FORBIDDEN if re.search(word, said, re.IGNORECASE)] == []


@pytest.mark.parametrize("name", [name for name in ALL if "coach_told" not in name])
def test_only_the_delivered_alert_says_that_the_coach_was_told(name: str) -> None:
    """Every other message is sent before anybody knows."""
    said = re.search(r"coach\b.{0,30}\b(told|knows|informed|alerted)|told .*coach", ALL[name].text)
    assert said is None


@pytest.mark.parametrize("name", ALL)
def test_only_cues_and_calls_ring(name: str) -> None:
    """Whatever can wait is silent (PROTOCOL 4); people's own words ring by day (F102)."""
    nudges = ("_nudge", "_restart")
    calls = name.startswith(RINGING) or ("/ask_" in name and name.endswith(nudges))
    asked_for = name in {"red_flag/screen_after_days_away", "red_flag/screen_still_open"}
    words = "/relayed_" in name
    assert ALL[name].rings == ((calls and not asked_for) or words)
    assert ALL[name].by_day == words


@pytest.mark.parametrize("name", ALL)
def test_a_button_has_words_and_data_of_its_own(name: str) -> None:
    """Two buttons never do the same, and at most six stand in a row."""
    found = buttons(ALL[name])
    assert len({button.data for button in found}) == len(found)
    assert len({button.label for button in found}) == len(found)
    assert all(0 < len(row) <= 6 for row in ALL[name].rows)


@pytest.mark.parametrize("name", INTENTS)
def test_a_message_reads_the_same_after_a_restart(name: str) -> None:
    """What comes back from the outbox has all that the words need."""
    intent = INTENTS[name]
    assert show(load(intent.kind(), dump(intent))) == ALL[name]


@given(st.sampled_from(Outcome), st.booleans(), st.booleans(), st.integers(0, 5), PAIN, PAIN)
def test_every_end_of_a_session_has_words(
    outcome: Outcome,
    has_coach: bool,  # noqa: FBT001 - drawn
    by_outage: bool,  # noqa: FBT001 - drawn
    limit: int,
    first: int | None,
    last: int | None,
) -> None:
    """Whatever is missing, STOP and the end are short and whole sentences."""
    end = replace(ENDED, outcome=outcome, by_outage=by_outage, limit=limit, first=first)
    for intent in (
        replace(end, has_coach=has_coach, last=last, before=first),
        replace(STOPPED, outcome=outcome, has_coach=has_coach, limit=limit, value=last),
    ):
        text = plain(show(intent).text)
        assert len(text) <= 1000
        assert "None" not in text


@pytest.mark.any_words
@given(st.text(min_size=1, max_size=128), st.sampled_from((REMINDER, ALERT)))
def test_a_name_is_shown_literally(name: str, example: Message) -> None:
    """Nobody's name can be markup, nor make a message too long."""
    changed = replace(REMINDER, name=name) if example is REMINDER else replace(ALERT, athlete=name)
    text = show(changed).text
    assert len(text) <= 1000
    assert re.sub("<[^>]*>", "", text).count("<") == 0


# ---- the pain question ----------------------------------------------------------------

ASKING = [
    (SET_UP, BEFORE),
    (RELEASE, 2),
    (CLIP, 2),
    (ASK, 2),
    (replace(ASK, question="before", index=None, spot=None), BEFORE),
    (replace(ASK, question="stop_pain", index=None, spot=None), STOP_PAIN),
]


@pytest.mark.parametrize("limit", range(6))
@pytest.mark.parametrize(("asking", "about"), ASKING)
def test_all_eleven_values_are_offered_in_their_group(
    asking: Message, about: int, limit: int
) -> None:
    """0 to the limit in green rows, the rest in red rows; no row mixes them."""
    screen = show(replace(asking, limit=limit))  # type: ignore[call-arg]
    rows = [row for row in screen.rows if row[0].label.isdigit()]
    values = [int(button.label) for row in rows for button in row]
    assert values == list(range(11))
    for row in rows:
        within = {int(button.label) <= limit for button in row}
        style = Style.SUCCESS if True in within else Style.DANGER
        assert len(within) == 1
        assert {button.style for button in row} == {style}
    assert [b.data for row in rows for b in row] == [f"1:p:7:{about}:{v}" for v in range(11)]


@pytest.mark.parametrize("limit", range(6))
@pytest.mark.parametrize(("asking", "about"), ASKING)
def test_the_anchors_and_the_rows_are_said_in_words(
    asking: Message, about: int, limit: int
) -> None:
    """The same anchors each time, and colour is never the only sign."""
    text = show(replace(asking, limit=limit)).text  # type: ignore[call-arg]
    low = f"0–{limit}" if limit else "0"
    assert f"? {ANCHORS}" in text
    assert f"Top row, {low}: " in text
    assert f". Below it, {limit + 1}–10: " in text


# ---- STOP -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    "intent",
    [
        SET_UP,
        GET_SET,
        HOLD,
        RELEASE,
        CLIP,
        REST,
        INTERRUPTED,
        *(
            Ask(7, question, why, 3, 2)
            for question in ("before", "after", "choice")
            for why in ("nudge", "restart", "undo", "again")
        ),
    ],
)
def test_stop_is_offered_in_every_phase(intent: Message) -> None:
    """Alone in the last row, red, with its word."""
    stop = Button("■ STOP", "1:x:7", Style.DANGER)
    assert show(intent).rows[-1] == (stop,)


@pytest.mark.parametrize("name", [name for name in ALL if name.startswith("session/stopped")])
def test_f40_stop_says_rest_and_offers_no_way_on(name: str) -> None:
    """The first line is STOP; buttons tell why, or write to a coach: none leads to a hold."""
    assert plain(ALL[name].text).startswith("STOP. Relax and rest now.")
    assert all(one.data.startswith(("1:r:", "1:c:write:")) for one in buttons(ALL[name]))


@pytest.mark.parametrize("outcome", ["stopped_hard", "red_flag"])
def test_a_locked_athlete_is_told_no_next_time(outcome: str) -> None:
    """The next session depends on the coach's unlocking."""
    for text in (
        show(replace(STOPPED, outcome=outcome)).text,
        show(replace(ENDED, outcome=outcome)).text,
    ):
        assert "locked until your coach unlocks" in text
        assert "Next session" not in text


def test_the_reason_is_one_tap() -> None:
    """Each reason of the protocol has its button."""
    found = [button.data.rsplit(":", 1)[1] for button in buttons(show(BY_ATHLETE))]
    assert found == ["pain", "sharp", "numb", "cramp", "tired", "other"]


# ---- cues -----------------------------------------------------------------------------


@pytest.mark.parametrize(("intent", "verb"), [(HOLD, "HOLD 3 of 5"), (RELEASE, "RELEASE · 3 of 5")])
def test_a_cue_begins_with_its_verb(intent: Message, verb: str) -> None:
    """The first words on a locked phone are what to do."""
    assert show(intent).text.startswith(f"<b>{verb}")


@given(st.integers(5, 60))
def test_a_hold_ends_its_seconds_after_it_is_sent(seconds: int) -> None:
    """The live time counts to the end; without it the seconds are said."""
    text = show(replace(HOLD, seconds=seconds)).text
    assert live_time(NOW + timedelta(seconds=seconds), f"after {seconds} s") in text
    assert f"{seconds} s</b>" in text


def test_an_interruption_in_a_hold_says_release_first() -> None:
    """Whoever still holds is released by it."""
    assert show(INTERRUPTED).text.startswith("<b>RELEASE.")


# ---- red flags, reminder, coach -------------------------------------------------------


@pytest.mark.parametrize("flag", RED_FLAGS)
def test_the_advice_begins_with_the_action(flag: str) -> None:
    """What to do comes before why."""
    first = plain(ALL[f"red_flag/advice_{flag}"].text).splitlines()[0]
    assert first == RED_FLAGS[flag].action


def test_every_red_flag_is_one_button_and_none_is_last() -> None:
    """The whole catalogue is asked, in its order."""
    found = [button.data for button in buttons(ALL["red_flag/screen"])]
    assert found == [f"1:F:{flag}:12" for flag in (*RED_FLAGS, "none")]


def test_a_reminder_cannot_be_put_off_for_ever() -> None:
    """Without snoozes left only Start and Skip remain."""
    found = [button.data for button in buttons(show(replace(REMINDER, snoozes_left=0)))]
    assert found == ["1:o:31:start", "1:o:31:skip"]


def test_only_a_locked_athlete_can_be_unlocked() -> None:
    """The button names the athlete, and there is none for who may train."""
    unlock = "1:c:unlock:12"
    assert unlock not in [b.data for b in buttons(show(ALERT))]
    assert unlock in [b.data for b in buttons(show(replace(ALERT, locked=True)))]


# ---- toasts ---------------------------------------------------------------------------


@pytest.mark.parametrize("name", SAY)
def test_a_toast_is_short_and_plain(name: str) -> None:
    """Telegram shows at most 200 characters and no markup; nothing is cut off."""
    text = stored.toast(*SAY[name])
    assert text is not None
    assert 0 < len(text) < MAX_TOAST
    assert text.endswith(".")
    assert "<" not in text
    assert [word for word in FORBIDDEN if re.search(word, text, re.IGNORECASE)] == []


@pytest.mark.parametrize("name", INTENTS)
def test_f123_a_reply_is_about_what_the_buttons_are_about(name: str) -> None:
    """Whatever asks for a pain by button names the same question to who replies to it."""
    buttons = [one.data.split(":") for row in ALL[name].rows for one in row]
    about = {int(data[3]) for data in buttons if data[1:2] == ["p"]}
    intent = INTENTS[name]
    assert about <= {asked_in(intent.kind(), dump(intent))}
