"""Words between coach and athlete: passed on, confirmed when delivered, ended with the consent."""

from datetime import timedelta

import pytest
from sqlmodel import Session as Db
from sqlmodel import col, select

from bot.coaching.messages import Relayed
from bot.coaching.relay import flow as relay
from bot.conversation.message import Say, dump
from bot.dispatch import delivery_events
from bot.protocol.session import events
from bot.protocol.session.state import StopReason
from bot.store import outbox_claims, people
from bot.store.tables import AssignmentRow, OutboxRow, OutboxState, RatingRow, Role, RoleRow
from bot.telegram.renderer import look
from bot.training.messages import RedFlagQuestions
from testkit.people import shared
from tests.flows.chatting import as_message, buttons, screen, sends, taps, types
from tests.flows.world import ADMIN, COACH, RUNA, FlowWorld, the, topics, values_of

WORDS = 71
"""The message that brought the other side's words."""


@pytest.fixture
def runa(world: FlowWorld) -> int:
    """Return an athlete who shares with Kim."""
    runa = world.athlete()
    world.coach(runa)
    return runa


def words_to(world: FlowWorld, who: int) -> list[Relayed]:
    """Return the words passed on to somebody."""
    return [one for one in world.letters(who) if isinstance(one, Relayed)]


def written(world: FlowWorld, text: str = "How was the hill?") -> None:
    """Let Kim write to Runa, and the words arrive as a message."""
    types(world, COACH, f"/say Runa {text}")
    as_message(world, RUNA, "Relayed", WORDS)


def settle(world: FlowWorld, state: OutboxState) -> None:
    """Let all that waits be sent, or be lost."""

    def act(db: Db) -> None:
        for letter in outbox_claims.ready(db, world.now, 99):
            outbox_claims.claim(db, [letter.id], world.now)
            outbox_claims.settle(db, letter.id, state, world.now, message_id=letter.id)
            if state is OutboxState.SENT:
                delivery_events.sent(db, [(letter, world.now)], world.now)
            else:
                delivery_events.lost(db, letter, world.now)

    world.run(act)


def end_consent(world: FlowWorld, athlete_id: int) -> None:
    """Let the athlete take the consent back."""

    def end(db: Db) -> None:
        kim = people.by_telegram(db, COACH)
        assert kim is not None
        row = db.get(AssignmentRow, (athlete_id, kim.id))
        assert row is not None
        row.ended_at = world.now
        db.add(row)

    world.run(end)


def test_words_there_and_back_and_there_again(world: FlowWorld, runa: int) -> None:
    """Each is delivered as it was written, under the name of who wrote."""
    kim = 2
    told = types(world, COACH, "/say runa How was <the> hill?")
    assert topics(told) == ["relay_under_way"]
    there = Relayed(runa, kim, "Coach Kim", "How was <the> hill?", to_athlete=True)
    assert words_to(world, RUNA) == [there]
    as_message(world, RUNA, "Relayed", WORDS)
    types(world, RUNA, "Steep & fine", reply_to=WORDS)
    back = Relayed(runa, kim, "Runa Holm", "Steep & fine", to_athlete=False)
    assert words_to(world, COACH) == [back]
    as_message(world, COACH, "Relayed", WORDS + 1)
    types(world, COACH, "Rest tomorrow", reply_to=WORDS + 1)
    assert [one.text for one in words_to(world, RUNA)] == [there.text, "Rest tomorrow"]


@pytest.mark.parametrize(
    ("state", "topic"),
    [(OutboxState.SENT, "relay_delivered"), (OutboxState.FAILED, "relay_lost")],
)
def test_delivered_is_said_when_it_is_true(
    world: FlowWorld, runa: int, state: OutboxState, topic: str
) -> None:
    """First under way; what became of it rewrites that message."""
    assert runa
    types(world, COACH, "/say Runa Hello")
    assert topics(world.letters(COACH)) == ["relay_under_way"]
    settle(world, state)
    assert topics(world.letters(COACH)) == ["relay_under_way", topic]
    row = world.store.read_now(
        lambda db: db.exec(select(OutboxRow).where(col(OutboxRow.edits).is_not(None))).one()
    )
    assert row.edits is not None
    assert row.edits.endswith(":way")


def test_a_message_can_be_tapped_then_typed(world: FlowWorld, runa: int) -> None:
    """The Write button asks for the words; the next text is passed on, and only that."""
    assert topics(taps(world, COACH, f"1:c:say:{runa}")) == ["relay_ask", "Answer"]
    types(world, COACH, "See you Monday")
    types(world, COACH, "This is for nobody")
    assert [one.text for one in words_to(world, RUNA)] == ["See you Monday"]


def test_an_athlete_writes_first(world: FlowWorld, runa: int) -> None:
    """By the button after a stop, in help or under the coach's words; or typed, with one coach."""
    told = taps(world, RUNA, "1:c:write:2")
    assert topics(told) == ["relay_ask", "Answer"]
    types(world, RUNA, "It pulls a little")
    types(world, RUNA, "/write May I run?")
    types(world, RUNA, "/write coach kim And swim?")
    letters = words_to(world, COACH)
    assert [one.text for one in letters] == ["It pulls a little", "May I run?", "And swim?"]
    assert {(one.athlete_id, one.coach_id, one.to_athlete) for one in letters} == {(runa, 2, False)}
    assert "Write to Coach Kim" in buttons(screen(types(world, RUNA, "/help"), "help", world))


def test_words_carry_the_answer_button_both_ways(world: FlowWorld, runa: int) -> None:
    """One tap, then the words; it is a message to whoever wrote."""
    written(world)
    (there,) = words_to(world, RUNA)
    (answer,) = buttons(look(there, world.now)).items()
    assert answer == ("Answer", "1:c:write:2")
    taps(world, RUNA, answer[1])
    types(world, RUNA, "Fine")
    (back,) = words_to(world, COACH)
    taps(world, COACH, buttons(look(back, world.now))["Answer"])
    types(world, COACH, "Good")
    assert [one.text for one in words_to(world, RUNA)] == ["How was the hill?", "Good"]
    assert runa


def test_of_several_coaches_it_is_asked_who_reads_it(world: FlowWorld, runa: int) -> None:
    """A name decides; without one there is a button each, but not for who cannot be reached."""
    world.coach(runa, COACH + 10, "Lee")
    assert topics(types(world, RUNA, "/write")) == ["who_which"]
    types(world, RUNA, "/write lee hello")
    assert [one.text for one in words_to(world, COACH + 10)] == ["hello"]
    assert words_to(world, COACH) == []

    def away(db: Db) -> None:
        people.person(db, 2).unreachable_since = world.now

    world.run(away)
    types(world, RUNA, "/write are you there?")
    assert [one.text for one in words_to(world, COACH + 10)] == ["hello", "are you there?"]


def test_a_warning_sign_in_words_to_a_coach_is_asked_about(world: FlowWorld, runa: int) -> None:
    """The words go, and the questions come: nobody may read them for hours. So by a reply."""
    told = types(world, RUNA, "/write I felt a pop")
    assert [one.text for one in words_to(world, COACH)] == ["I felt a pop"]
    assert any(isinstance(one, RedFlagQuestions) for one in told)
    written(world)
    told = types(world, RUNA, "my leg is numb", reply_to=WORDS)
    assert any(isinstance(one, RedFlagQuestions) for one in told)
    assert runa


def test_a_session_comes_first_and_nobody_is_no_reader(world: FlowWorld, runa: int) -> None:
    """In a session words are the session's; without a coach it is said who could read."""
    world.trains(runa)
    assert topics(taps(world, RUNA, "1:c:write:2")) == ["relay_session_first", "Answer"]
    assert topics(types(world, RUNA, "/write hello")) == ["relay_session_first"]
    end_consent(world, runa)
    world.happens(runa, events.Stop())
    world.happens(runa, events.Reason(StopReason.TIRED))
    assert topics(types(world, RUNA, "/write hello")) == ["relay_nobody"]
    assert words_to(world, COACH) == []


def test_an_admin_writes_too(world: FlowWorld, runa: int) -> None:
    """And gets the answer, while admin."""
    ada = world.person(ADMIN, "Ada", Role.ADMIN)
    types(world, ADMIN, "/say Runa Welcome")
    as_message(world, RUNA, "Relayed", WORDS)
    types(world, RUNA, "Thank you", reply_to=WORDS)
    assert words_to(world, ADMIN) == [
        Relayed(runa, ada, "Runa Holm", "Thank you", to_athlete=False)
    ]


@pytest.mark.parametrize("role", [Role.COACH, Role.ADMIN])
def test_a_coach_or_admin_who_is_an_athlete_too_answers_as_such(
    world: FlowWorld, runa: int, role: Role
) -> None:
    """Words to an athlete of theirs go as a coach's, and a sign in them is nobody's here."""
    kim = world.athlete(COACH + 20, "Kim Berg")
    world.run(lambda db: db.add(RoleRow(person_id=kim, role=role)))
    if role is Role.COACH:
        world.run(lambda db: db.add(shared(runa, kim, world.now)))
    types(world, COACH + 20, "/say Runa Hello")
    as_message(world, RUNA, "Relayed", WORDS)
    types(world, RUNA, "I felt a pop", reply_to=WORDS)
    told = types(world, COACH + 20, "/write")
    assert the(told, "relay_ask") == {"name": "Runa Holm", "athlete_id": runa}
    told = types(world, COACH + 20, "/write Since the pop, is it better?")
    assert topics(told) == ["relay_under_way"]
    assert words_to(world, RUNA)[-1] == Relayed(
        runa, kim, "Kim Berg", "Since the pop, is it better?", to_athlete=True
    )


def test_without_consent_nothing_is_passed_on(world: FlowWorld, runa: int) -> None:
    """Both ways, and what is written already is not sent."""
    written(world)
    types(world, RUNA, "Fine", reply_to=WORDS)
    as_message(world, COACH, "Relayed", WORDS)
    end_consent(world, runa)
    (there,) = words_to(world, RUNA)
    assert world.store.read_now(relay.still_allowed, there) is False
    told = types(world, RUNA, "Are you there?", reply_to=WORDS)
    assert the(told, "relay_ended") == {"name": "Coach Kim", "mine": True}
    told = types(world, COACH, "I am", reply_to=WORDS)
    assert the(told, "relay_ended") == {"name": "Runa Holm", "mine": False}
    assert len(words_to(world, RUNA)) == len(words_to(world, COACH)) == 1


def test_who_can_not_be_reached_gets_nothing(world: FlowWorld, runa: int) -> None:
    """Said at once, instead of a promise."""
    world.run(delivery_events.unreachable, RUNA, world.now)
    assert topics(types(world, COACH, "/say Runa Hello")) == ["relay_unreachable"]
    assert words_to(world, RUNA) == []
    assert runa


def test_only_text_of_some_length_is_passed_on(world: FlowWorld, runa: int) -> None:
    """A picture and 2,001 characters are refused in a sentence; 2,000 are passed on."""
    written(world)
    assert topics(sends(world, RUNA, reply_to=WORDS)) == ["relay_text_only"]
    assert topics(types(world, RUNA, "x" * 2001, reply_to=WORDS)) == ["relay_too_long"]
    assert topics(types(world, RUNA, "x" * 2000, reply_to=WORDS)) == ["relay_under_way"]
    assert runa


def test_another_chats_message_is_no_address(world: FlowWorld, runa: int) -> None:
    """A number that is a message of somebody else's, or of another kind, is plain text."""
    written(world)
    assert topics(types(world, COACH, "Hello", reply_to=WORDS)) == ["unknown_text"]
    assert topics(types(world, RUNA, "Hello", reply_to=WORDS + 5)) == ["words_offer"]
    assert words_to(world, COACH) == []
    assert runa


# ---- a session goes first -------------------------------------------------------------


@pytest.mark.parametrize("text", ["stop", "STOP!", "/stop"])
def test_stop_as_a_reply_stops(world: FlowWorld, runa: int, text: str) -> None:
    """Whatever it replies to."""
    written(world)
    world.holding(runa)
    assert "Stopped" in topics(types(world, RUNA, text, reply_to=WORDS))
    assert words_to(world, COACH) == []


def test_a_number_in_a_session_is_the_pain(world: FlowWorld, runa: int) -> None:
    """Even as a reply to the coach; words are passed on, and without a session numbers too."""
    written(world)
    world.trains(runa)
    types(world, RUNA, "On it", reply_to=WORDS)
    world.later(seconds=10)
    assert len(words_to(world, COACH)) == 1
    types(world, RUNA, "7", reply_to=WORDS)
    assert world.count(RatingRow, RatingRow.value == 7) == 1
    assert len(words_to(world, COACH)) == 1
    types(world, RUNA, "stop")
    world.later(hours=1)


def test_a_number_without_a_session_is_an_answer(world: FlowWorld, runa: int) -> None:
    """The coach asked for a number: it is passed on."""
    written(world, "How bad, 0 to 10?")
    types(world, RUNA, "3", reply_to=WORDS)
    assert [one.text for one in words_to(world, COACH)] == ["3"]
    assert world.count(RatingRow) == 0
    assert runa


def test_the_words_are_found_by_who_they_are_about(world: FlowWorld, runa: int) -> None:
    """Every letter of a relay carries the athlete's id, so that erasing finds it."""
    written(world)
    types(world, RUNA, "Fine", reply_to=WORDS)
    settle(world, OutboxState.SENT)
    for one in world.letters(COACH):
        values = values_of(one) if isinstance(one, Say) else dump(one)
        assert values["athlete_id"] == runa
    world.later(seconds=timedelta(days=1).total_seconds())
