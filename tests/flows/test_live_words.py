"""What an athlete says in a live session, however it is said (F81, F82, F123, F127, F132)."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import pytest
from sqlmodel import select

from bot.protocol.session.state import MOVING, HoldStatus, Outcome, Phase
from bot.store import ratings, sessions
from bot.store.tables import AthleteRow, MorningRow, RatingRow, RedFlagRow
from tests.flows.live import Live
from tests.flows.world import COACH, RUNA, topics

CUED: Final = (Phase.GET_SET, Phase.HOLDING, Phase.RESTING)
FORWARDED: Final = {"forward_origin": {"type": "hidden_user", "date": 0, "sender_user_name": "K"}}


@pytest.fixture
def live(tmp_path: Path) -> Iterator[Live]:
    """An athlete with a coach, before the session."""
    with Live(tmp_path) as live:
        live.coach(live.runa)
        yield live


def outcome(live: Live) -> Outcome | None:
    """Return how the newest session ended, None while it is live."""
    return live.session.outcome


def no_hold_follows(live: Live) -> None:
    """Whatever time brings now, it is no HOLD."""
    before = [cue for cue in live.cues if cue.startswith("HOLD")]
    live.waits(20)
    assert [cue for cue in live.cues if cue.startswith("HOLD")] == before


# ---- STOP -----------------------------------------------------------------------------

STOPS: Final[dict[str, dict[str, Any]]] = {
    "a text": {"text": "please stop"},
    "marks": {"text": "_stop_"},
    "a caption": {"photo": [], "caption": "stop!!"},
    "a file's caption": {"document": {}, "caption": "ich will: STOPP"},
    "a reply": {"text": "ok, stop", "reply_to_message": {"message_id": 1}},
    "passed on": {"text": "stop", **FORWARDED},
    "another bot's command": {"text": "/stop@other_bot"},
    "a sticker": {"sticker": {"emoji": "🛑"}},
    "another script": {"text": "стоп, больно"},
    "stretched": {"text": "stoooooop"},
}


@pytest.mark.parametrize("how", STOPS)
@pytest.mark.parametrize("phase", [one for one in Phase if one in MOVING])
def test_f81_stop_in_every_phase_and_kind_of_message(live: Live, how: str, phase: Phase) -> None:
    """STOP is heard wherever it stands, and the last cue is STOP."""
    live.reach(phase)
    live.message(**STOPS[how])
    assert live.session.phase is Phase.ASKED_REASON
    assert live.cues[-1].startswith("STOP.")
    no_hold_follows(live)


@pytest.mark.parametrize("phase", [one for one in Phase if one in MOVING])
def test_f81_an_edited_text_stops(live: Live, phase: Phase) -> None:
    """So does an older message that is edited to it."""
    message = live.types("hello")
    live.reach(phase)
    live.edits(message, "hello, stop!")
    assert live.session.phase is Phase.ASKED_REASON


def test_a_number_said_with_stop_is_the_pain_that_stopped(live: Live) -> None:
    """Nothing that was said is lost: the table is applied to it at once."""
    live.reach(Phase.HOLDING, 1)
    live.types("stop, it is an 8")
    assert outcome(live) is Outcome.STOPPED_HARD
    assert live.session.holds[0].pain == 8
    assert live.row(AthleteRow, live.runa).locked_at is not None


def test_any_stop_button_stops_what_runs(live: Live) -> None:
    """The STOP button of an older session is STOP too."""
    live.reach(Phase.HOLDING)
    old = live.live_id
    live.types("stop")
    live.presses_data(RUNA, f"1:r:{old}:other")
    live.later(days=1)
    live.reach(Phase.HOLDING)
    assert live.live_id != old
    live.presses_data(RUNA, f"1:x:{old}")
    assert live.session.phase is Phase.ASKED_REASON


# ---- words nobody understood ----------------------------------------------------------

UNCLEAR: Final[dict[str, dict[str, Any]]] = {
    "ouch": {"text": "ouch"},
    "it hurts": {"text": "it hurts"},
    "no more": {"text": "no more"},
    "a voice": {"voice": {}},
    "a picture": {"photo": [], "caption": "look"},
    "a command that is none": {"text": "/ouch"},
    "ok, but": {"text": "ok but it hurts"},
    "passed on": {"text": "2", **FORWARDED},
    "a sticker": {"sticker": {"emoji": "😖"}},
    "a number that is no pain": {"text": "11"},
}


@pytest.mark.parametrize("how", UNCLEAR)
@pytest.mark.parametrize("phase", CUED)
def test_f82_words_nobody_understood_end_the_hold(live: Live, how: str, phase: Phase) -> None:
    """RELEASE, interrupted, not counted; the athlete is asked, and nothing starts by itself."""
    live.reach(phase)
    live.message(**UNCLEAR[how])
    assert live.session.phase is Phase.INTERRUPTED
    assert live.labels(RUNA) == ["Go on", "Finish for today", "■ STOP"]
    if phase is Phase.HOLDING:
        assert live.cues[-1] == "RELEASE. Rest."
        assert live.session.current.status is HoldStatus.INTERRUPTED
    no_hold_follows(live)


@pytest.mark.parametrize("text", ["ok", "yes", "👍", "👍🏽", "Got it!", "thanks :)"])
@pytest.mark.parametrize("phase", CUED)
def test_f82_plainly_harmless_words_are_left_alone(live: Live, text: str, phase: Phase) -> None:
    """A hold goes on over "ok"."""
    live.reach(phase)
    live.types(text)
    assert live.session.phase is phase
    assert live.text(RUNA).startswith("Your session is running")


# ---- pain in words, and warning signs -------------------------------------------------


@pytest.mark.parametrize(
    "text", ["pain 8", "8 ouch", "it is an 8", "more than 5", "my leg: 7/10!", "eight", "/pain 8"]
)
@pytest.mark.parametrize("phase", [Phase.GET_SET, Phase.HOLDING, Phase.RESTING, Phase.ASKED_AFTER])
def test_f127_a_number_over_the_limit_in_any_sentence_stops(
    live: Live, text: str, phase: Phase
) -> None:
    """The set stops, the coach is alerted, and the number is kept."""
    live.reach(phase, 1)
    live.types(text)
    assert outcome(live) is Outcome.STOPPED_HARD
    assert live.cues[-1].startswith("STOP.")
    assert "CoachAlert" in topics(live.letters(COACH))
    assert max(rating.value for rating in live.session.ratings) >= 6
    no_hold_follows(live)


@pytest.mark.parametrize("text", ["numb", "sharp", "pop", "it feels numb", "i felt a pop"])
@pytest.mark.parametrize("phase", CUED)
def test_f127_a_warning_sign_breaks_the_set_off(live: Live, text: str, phase: Phase) -> None:
    """The set is broken off, and the red-flag questions are the last message."""
    live.reach(phase)
    live.types(text)
    assert live.session.phase is Phase.INTERRUPTED
    assert live.labels(RUNA)[-1] == "None of these"
    no_hold_follows(live)


@pytest.mark.parametrize("phase", CUED)
def test_f127_pain_alone_asks_first(live: Live, phase: Phase) -> None:
    """/pain breaks the set off and asks; the number that follows is kept."""
    live.reach(phase)
    live.types("/pain")
    assert live.session.phase is Phase.INTERRUPTED
    live.types("2")
    assert live.count(RatingRow, RatingRow.moment == ratings.NOTE, RatingRow.value == 2) == 1
    assert live.session.phase is Phase.INTERRUPTED
    no_hold_follows(live)


def test_f127_the_number_after_pain_can_stop(live: Live) -> None:
    """Over the limit the set stops."""
    live.reach(Phase.RESTING)
    live.types("/pain")
    live.types("4")
    assert outcome(live) is Outcome.STOPPED_PAIN
    assert live.session.stop_pain == 4


def test_a_count_or_a_time_is_no_pain(live: Live) -> None:
    """Seconds and holds are not pain: nobody is locked for them, the set only pauses."""
    live.reach(Phase.HOLDING)
    live.types("10 more seconds?")
    assert live.session.phase is Phase.INTERRUPTED


# ---- red-flag questions that are open -------------------------------------------------


@pytest.mark.parametrize("phase", [one for one in Phase if one in MOVING])
@pytest.mark.parametrize("how", ["/flag", "button"])
def test_f126_no_hold_while_the_questions_are_open(live: Live, how: str, phase: Phase) -> None:
    """A set that runs is broken off; neither an answer, "Go on" nor time leads to a HOLD."""
    live.reach(phase)
    cues = [cue for cue in live.cues if cue.startswith("HOLD")]
    if how == "/flag":
        live.types("/flag")
    else:
        live.presses_data(RUNA, f"1:n:{live.live_id}")
    assert not live.cued
    live.types("1")
    live.presses_data(RUNA, f"1:g:{live.live_id}:{live.session.breaks}")
    live.types("/resume")
    assert not live.cued
    assert live.labels(RUNA)[-1] == "None of these"
    live.waits(2)
    assert [cue for cue in live.cues if cue.startswith("HOLD")] == cues
    live.taps(RUNA, "None of these")
    assert live.session.phase not in CUED


def test_f126_a_set_goes_on_after_the_questions(live: Live) -> None:
    """Answered with none, the choice is asked again, and "Go on" goes on."""
    live.reach(Phase.RESTING, 1)
    live.types("/flag")
    live.taps(RUNA, "None of these")
    live.taps(RUNA, "Go on")
    assert live.session.phase is Phase.GET_SET


def test_f126_open_questions_come_before_the_next_session(live: Live) -> None:
    """Nobody answered them: /session asks them again, and with none of the signs it begins."""
    live.types("/flag")
    live.later(hours=3)
    live.types("/session")
    assert live.store.read_now(sessions.live, live.runa) is None
    live.taps(RUNA, "None of these")
    assert live.session.phase is Phase.ASKED_BEFORE


@pytest.mark.parametrize("phase", [*CUED, Phase.ASKED_AFTER, Phase.INTERRUPTED])
@pytest.mark.parametrize("value", [3, 4, 5])
def test_f128_a_mornings_answer_stops_what_runs(live: Live, phase: Phase, value: int) -> None:
    """Over the limit it stops the set like any other pain; within it nothing changes."""
    live.reach(phase)
    asked = MorningRow(athlete_id=live.runa, local_date=live.now.date(), asked_at=live.now)
    live.run(lambda db: db.add(asked))
    live.presses_data(RUNA, f"1:m:1:{value}")
    assert live.row(MorningRow, 1).value == value
    assert live.session.phase is (Phase.CLOSED if value > 3 else phase)
    assert outcome(live) in {None, Outcome.STOPPED_PAIN, Outcome.RESTED_ON_PAIN}


def test_f130_a_button_of_the_first_break_does_nothing_in_the_second(live: Live) -> None:
    """The same "Go on", pressed again in the second break, is not active any more."""
    live.reach(Phase.INTERRUPTED)
    first = live.data(RUNA, "Go on")
    live.presses_data(RUNA, first)
    live.types("/pause")
    live.presses_data(RUNA, first)
    assert live.toasts[-1] == "inactive"
    assert live.session.phase is Phase.INTERRUPTED
    live.presses_data(RUNA, first.replace("1:g:", "1:f:"))
    assert live.session.phase is Phase.INTERRUPTED


# ---- edits and replies ----------------------------------------------------------------


@pytest.mark.parametrize("value", [0, 1, 2, 3])
def test_f123_an_edited_answer_never_leads_on(live: Live, value: int) -> None:
    """The edit of hold 1's answer answers nothing of hold 2."""
    live.reach(Phase.ASKED_AFTER)
    first = live.types("1")
    live.due(Phase.ASKED_AFTER)
    live.edits(first, str(value))
    assert live.session.phase in {Phase.ASKED_AFTER, Phase.CLOSED}
    assert live.session.holds[1].pain is None
    assert live.session.phase is not Phase.CLOSED or outcome(live) is Outcome.RISING
    no_hold_follows(live)


def test_f123_an_edited_answer_corrects_its_own_hold(live: Live) -> None:
    """Over the limit it stops the set, and both values stand with hold 1."""
    live.reach(Phase.ASKED_AFTER)
    first = live.types("1")
    live.due(Phase.HOLDING)
    live.edits(first, "5")
    assert outcome(live) is Outcome.STOPPED_PAIN
    assert [rating.value for rating in live.session.holds[0].ratings] == [1, 5]


def test_f123_yesterdays_answer_is_no_answer_of_today(live: Live) -> None:
    """An edit of an older session's answer is kept there, and only stops what runs now."""
    live.reach(Phase.ASKED_AFTER)
    first = live.types("1")
    live.types("stop")
    live.taps(RUNA, "Other")
    live.later(hours=10)
    live.reach(Phase.ASKED_AFTER)
    live.edits(first, "2")
    assert live.session.phase is Phase.ASKED_AFTER
    live.edits(first, "5")
    assert outcome(live) is Outcome.STOPPED_PAIN


@pytest.mark.parametrize("edited", [0, 1])
@pytest.mark.parametrize(
    "pains", [(1, 2), (2, 1), (2, 2), (3, 3), (1, 3), (1, 4), (2, 7)], ids=lambda it: f"{it}"
)
def test_f123_undo_is_offered_only_where_it_takes_that_answer_back(
    live: Live, pains: tuple[int, int], edited: int
) -> None:
    """A lower edit is told which number stays; after a stop /undo is no way out."""
    live.reach(Phase.ASKED_AFTER)
    first = live.types(str(pains[0]))
    live.due(Phase.ASKED_AFTER)
    second = live.types(str(pains[1]))
    live.edits((first, second)[edited], str(pains[edited] - 1))
    told = live.text(RUNA)
    assert f"Your answer {pains[edited]} stays" in told
    assert ("tell your coach" in told) is (outcome(live) is not None)
    before = [hold.pain for hold in live.session.holds]
    live.types("/undo")
    after = [hold.pain for hold in live.session.holds]
    assert ("/undo" in told) is (before[edited] is not None and after[edited] is None)


def test_f123_after_undo_an_edit_leads_nowhere(live: Live) -> None:
    """The question is open again; the old message edited is no answer to it."""
    live.reach(Phase.ASKED_AFTER)
    first = live.types("1")
    live.types("/undo")
    assert live.session.phase is Phase.ASKED_AFTER
    live.edits(first, "2")
    assert live.session.phase is Phase.ASKED_AFTER
    no_hold_follows(live)


def test_f123_a_reply_answers_the_question_it_replies_to(live: Live) -> None:
    """A reply to hold 1's question is not hold 2's answer."""
    live.reach(Phase.ASKED_AFTER)
    question = live.question("RELEASE")
    live.types("1")
    live.due(Phase.ASKED_AFTER)
    live.replies(question, "1")
    assert live.session.phase is Phase.ASKED_AFTER
    assert live.session.holds[1].pain is None
    live.replies(live.question("RELEASE"), "1")
    assert live.session.holds[1].pain == 1


# ---- after the end --------------------------------------------------------------------


def late_ones(live: Live) -> list[tuple[str, int]]:
    """Return the answers that are marked as late."""
    rows = live.store.read_now(lambda db: db.exec(select(RatingRow)).all())
    return [(row.moment, row.value) for row in rows if row.late]


@pytest.mark.parametrize("by", ["button", "typed", "reply"])
@pytest.mark.parametrize(
    ("value", "ended", "locked"),
    [
        (2, Outcome.PARTIAL, False),
        (4, Outcome.STOPPED_PAIN, False),
        (7, Outcome.STOPPED_HARD, True),
    ],
)
def test_f132_an_answer_after_partial_is_kept_as_late(
    live: Live, by: str, value: int, ended: Outcome, *, locked: bool
) -> None:
    """Stored as late; over the limit it alerts, at the hard stop it locks and screens."""
    live.reach(Phase.ASKED_AFTER)
    question = live.question("RELEASE")
    live.waits(16)
    assert outcome(live) is Outcome.PARTIAL
    live.later(minutes=5)
    if by == "button":
        live.presses_data(RUNA, f"1:p:{live.live_id}:0:{value}", question)
    elif by == "typed":
        live.types(str(value))
    else:
        live.replies(question, str(value))
    assert late_ones(live) == [("hold", value)]
    assert outcome(live) is ended
    assert (live.row(AthleteRow, live.runa).locked_at is not None) is locked
    assert ("CoachAlert" in topics(live.letters(COACH))) is (value > 3)
    assert not locked or live.question("Do you have any of these?")
    no_hold_follows(live)


def test_f132_a_correction_after_the_end_counts(live: Live) -> None:
    """20 s after the last answer a higher one stops, locks and alerts; nothing starts again."""
    live.reach(Phase.ASKED_AFTER, 1, 1, 1, 1)
    live.types("1")
    assert outcome(live) is Outcome.LESSENING
    live.later(seconds=20)
    live.types("8")
    assert outcome(live) is Outcome.STOPPED_HARD
    assert late_ones(live) == [("hold", 8)]
    no_hold_follows(live)


@pytest.mark.parametrize("reason", ["sharp", "numb"])
@pytest.mark.parametrize("by", ["button", "typed"])
def test_f132_a_red_reason_after_the_end_locks(live: Live, by: str, reason: str) -> None:
    """The reason that was asked for after STOP comes late: it is a red flag all the same."""
    live.reach(Phase.ASKED_REASON)
    live.waits(16)
    assert outcome(live) is Outcome.PARTIAL
    if by == "button":
        live.presses_data(RUNA, f"1:r:{live.live_id}:{reason}")
    else:
        live.types(reason)
    assert outcome(live) is Outcome.RED_FLAG
    assert live.row(AthleteRow, live.runa).lock_reason == "red_flag"
    assert live.count(RedFlagRow) == 1
    assert "CoachAlert" in topics(live.letters(COACH))


def test_f132_an_old_question_is_refused_in_words(live: Live) -> None:
    """The next day nothing is stored, and the athlete is told how to note pain."""
    live.reach(Phase.ASKED_AFTER)
    live.waits(16)
    old = live.live_id
    live.later(hours=13)
    live.presses_data(RUNA, f"1:p:{old}:0:5")
    assert live.toasts[-1] == "inactive"
    assert late_ones(live) == []


def test_a_pain_over_the_limit_on_an_old_button_stops_what_runs(live: Live) -> None:
    """Wherever a number over the limit is given, the live set stops."""
    live.reach(Phase.ASKED_AFTER)
    live.waits(16)
    old = live.live_id
    live.later(hours=5)
    live.reach(Phase.HOLDING)
    live.presses_data(RUNA, f"1:p:{old}:0:5")
    assert outcome(live) is Outcome.STOPPED_PAIN
