"""Words that arrive in unexpected ways stop, are kept, or are refused in words; none lead on."""

from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest
from sqlmodel import select

from bot.protocol.session.speech import hear
from bot.protocol.session.state import CUED, MOVING, Outcome, Phase
from bot.store.tables import RatingRow
from tests.flows.live import Live
from tests.flows.world import COACH, RUNA

FORWARDED: Final = {"forward_origin": {"type": "hidden_user", "date": 0, "sender_user_name": "K"}}
PLACE: Final = {"latitude": 52.5, "longitude": 13.4, "live_period": 3600}


@pytest.fixture
def live(tmp_path: Path) -> Iterator[Live]:
    """An athlete with a coach, before the session."""
    with Live(tmp_path) as live:
        live.coach(live.runa)
        yield live


def notes(live: Live) -> list[int]:
    """Return the pain notes, oldest first."""
    rows = live.store.read_now(lambda db: db.exec(select(RatingRow)).all())
    return [row.value for row in rows if row.moment == "note"]


@pytest.mark.parametrize(
    ("text", "pain"),
    [
        ("7½", 8),
        ("3 ½", 4),
        ("three and a half", 4),
        ("7 1/2", 8),
        ("three point five", 4),
        ("3 or more", 4),
        ("2⁄10", 2),
        ("2 von 10", 2),
        ("2 sur 10", 2),
        ("2 on a scale from 0 to 10", 2),
        ("from 2 to 10", 10),
        ("von 2 auf 10", 10),
    ],
)
def test_f127_parts_of_a_number_and_the_end_of_the_scale(text: str, pain: int) -> None:
    """A part rounds up, and the scale's own end is no pain of 10."""
    assert hear(text).pain == pain


@pytest.mark.parametrize(
    ("phase", "text"), [(Phase.ASKED_AFTER, "/pain 2"), (Phase.INTERRUPTED, "/resume")]
)
def test_f82_a_command_that_is_passed_on_leads_nowhere(live: Live, phase: Phase, text: str) -> None:
    """It is somebody else's, like any words that are passed on."""
    live.reach(phase, 1)
    live.types(text, **FORWARDED)
    assert live.session.phase is phase


def test_f83_a_number_that_is_passed_on_answers_no_question(live: Live) -> None:
    """The pain is somebody else's; it can be noted by one tap."""
    live.types("/pain")
    live.types("7", **FORWARDED)
    assert notes(live) == []
    assert live.labels(RUNA) == ["Note pain 7"]


@pytest.mark.parametrize("text", ["/pain 2 numb", "/pain numb", "/pain 2 but it hurts"])
def test_f127_more_than_a_number_after_pain_leads_nowhere(live: Live, text: str) -> None:
    """A warning sign in it opens the questions."""
    live.reach(Phase.ASKED_AFTER, 1)
    live.types(text)
    assert live.session.phase is Phase.ASKED_AFTER
    assert (live.labels(RUNA)[-1] == "None of these") is ("numb" in text)


@pytest.mark.parametrize("by", ["button", "go on", "/resume"])
def test_f127_no_hold_while_pain_is_asked_for(live: Live, by: str) -> None:
    """The break waits for the number that /pain asked for."""
    live.reach(Phase.RESTING, 1)
    live.types("/pain")
    data = f"1:g:{live.live_id}:{live.session.breaks}"
    if by == "button":
        live.presses_data(RUNA, data)
    else:
        live.types(by)
    assert not live.cued
    assert live.labels(RUNA)[-1] == "10"
    live.types("2")
    assert not live.cued
    live.presses_data(RUNA, data)
    assert live.cued


@pytest.mark.parametrize("phase", [Phase.HOLDING, Phase.ASKED_AFTER, Phase.ASKED_BEFORE])
@pytest.mark.parametrize("text", ["none", "None of these."])
def test_f126_none_answers_the_warning_signs(live: Live, phase: Phase, text: str) -> None:
    """It is no pain of 0 where the red-flag questions were asked last."""
    live.reach(phase)
    before = live.count(RatingRow)
    live.types("/flag")
    live.types(text)
    assert live.count(RatingRow) == before
    assert live.session.phase not in CUED
    assert "still open" in live.text(RUNA)


def test_f81_what_is_said_with_stop_is_not_lost(live: Live) -> None:
    """A number within the limit is noted, and a warning sign asked about."""
    live.reach(Phase.HOLDING, 1)
    live.types("stop, 3, it went numb")
    assert live.session.phase is Phase.ASKED_REASON
    assert notes(live) == [3]
    assert live.labels(RUNA)[-1] == "None of these"
    assert live.text(RUNA).startswith("Pain 3 – saved.")


@pytest.mark.parametrize("phase", sorted(MOVING))
@pytest.mark.parametrize("text", ["stop, 3", "stop it is a 3", "3 STOP"])
def test_f81_a_number_said_with_stop_is_told_to_be_saved(
    live: Live, phase: Phase, text: str
) -> None:
    """STOP comes first, and the number is not passed over in silence."""
    live.reach(phase, 1)
    live.types(text)
    assert live.session.phase is Phase.ASKED_REASON
    assert notes(live) == [3]
    assert live.text(RUNA) == "Pain 3 – saved."


@pytest.mark.parametrize("text", ["stop 8", "Stop! my leg is numb"])
def test_f85_stop_without_a_session_offers_the_rest(live: Live, text: str) -> None:
    """Nothing can be stopped, but the pain or the warning sign can be told."""
    live.types(text)
    assert "Check for warning signs" in live.labels(RUNA)


def test_f81_a_reason_with_marks_is_the_reason(live: Live) -> None:
    """Typed "Numb." late is as good as the button."""
    live.reach(Phase.ASKED_REASON)
    live.waits(16)
    live.types("Numb.")
    assert live.session.outcome is Outcome.RED_FLAG


def test_f132_an_edited_command_notes_anew(live: Live) -> None:
    """/pain 4, edited to 8: the higher one is kept."""
    live.edits(live.types("/pain 4"), "/pain 8")
    assert notes(live) == [4, 8]


@pytest.mark.parametrize(
    ("text", "told"), [("8 it hurts", "send the number again"), ("it went numb", "warning sign")]
)
def test_f132_an_edit_is_never_passed_over(live: Live, text: str, told: str) -> None:
    """Where it corrects nothing, the athlete reads what to do."""
    live.edits(live.types("hello"), text)
    assert told in live.text(RUNA)


def test_f82_a_place_that_moves_says_nothing(live: Live) -> None:
    """A shared live place is edited again and again: no answer, and no set is broken off."""
    moved = {"message_id": 5, "edit_date": 1, "location": PLACE}
    live._update("edited_message", moved)
    assert RUNA not in live.chats
    live.reach(Phase.HOLDING)
    live._update("edited_message", moved)
    assert live.session.phase is Phase.HOLDING


def test_f126_the_questions_come_after_words_to_a_coach(live: Live) -> None:
    """A warning sign in an answer to the coach: the red-flag questions are the last message."""
    live.reach(Phase.HOLDING)
    live.says(COACH, "/say Runa how are you?")
    live.replies(live.question("how are you"), "it went numb")
    assert live.labels(RUNA)[-1] == "None of these"


@pytest.mark.parametrize(
    ("text", "phase"), [("ouch, it hurts", Phase.INTERRUPTED), ("ok, thanks", Phase.HOLDING)]
)
def test_f82_no_hold_goes_on_over_words_to_a_coach(live: Live, text: str, phase: Phase) -> None:
    """They are passed on, and break the hold off unless they are plainly harmless."""
    live.reach(Phase.HOLDING)
    live.says(COACH, "/say Runa how are you?")
    live.replies(live.question("how are you"), text)
    assert live.session.phase is phase
