"""Words that answer no question: never only "not understood"."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlmodel import Session as Db
from sqlmodel import select

from bot.accounts.privacy import flow as privacy
from bot.coaching.messages import Relayed
from bot.conversation import message
from bot.conversation.screen import Screen
from bot.protocol.red_flags.worries import names_sign
from bot.store import people
from bot.store.tables import (
    AssignmentRow,
    InboxRow,
    OutboxRow,
    PersonRow,
    RatingRow,
    Role,
)
from tests.flows.chatting import PRESSED, as_message, buttons, screen, sends, taps, types
from tests.flows.world import ADMIN, COACH, RUNA, FlowWorld, topics

WORDS = 91


@pytest.fixture
def world(tmp_path: Path) -> Iterator[FlowWorld]:
    """Return a world with Runa, who trains not, and her coach Kim."""
    with FlowWorld(tmp_path) as made:
        made.coach(made.athlete())
        yield made


def offered(world: FlowWorld, text: str) -> Screen:
    """Let Runa type; return what she is offered."""
    return screen(types(world, RUNA, text), "words_offer", world)


def relayed(world: FlowWorld, chat: int) -> list[str]:
    """Return the words that were passed on to a chat."""
    return [one.text for one in world.letters(chat) if isinstance(one, Relayed)]


def notes(world: FlowWorld) -> list[int]:
    """Return the pain notes."""
    query = select(RatingRow.value).where(RatingRow.moment == "note")
    return world.store.read_now(lambda db: list(db.exec(query)))


SAID = (
    "i felt a pop",
    "my leg hurts a lot",
    "can i run today?",
    "thanks!",
    "hello",
    "👍",
    "<b>evil & co</b>",
    "x" * 4096,
    "я не могу ходить",
    "stopwatch broke",
)


@pytest.mark.parametrize("text", SAID)
def test_f85_words_are_never_only_not_understood(world: FlowWorld, text: str) -> None:
    """Pain by one tap, warning signs, and the words to the coach, as they were typed."""
    found = buttons(offered(world, text))
    assert {str(value): f"1:q:{value}" for value in range(11)}.items() <= found.items()
    assert found["Check for warning signs"] == "1:n:0"
    (kim,) = [data for label, data in found.items() if label == "Send this to Coach Kim"]
    told = topics(taps(world, RUNA, kim))
    if len(text) > 2000:
        assert "relay_too_long" in told
    else:
        assert "relay_under_way" in told
        assert relayed(world, COACH) == [text]


def test_f85_each_button_does_what_it_says(world: FlowWorld) -> None:
    """A number that was named is one tap."""
    found = buttons(offered(world, "my leg is an 8"))
    assert found["Note pain 8"] == "1:q:8"
    assert "pain_note_saved" in topics(taps(world, RUNA, "1:q:8"))
    assert notes(world) == [8]


def test_f85_the_words_are_sent_once(world: FlowWorld) -> None:
    """A second tap says so; the offer of other words is another one."""
    data = buttons(offered(world, "can i run today?"))["Send this to Coach Kim"]
    taps(world, RUNA, data)
    as_offer(world)
    told = [one for one in taps(world, RUNA, data) if isinstance(one, message.Answer)]
    assert [one.topic for one in told] == ["sent_already"]
    assert relayed(world, COACH) == ["can i run today?"]
    offered(world, "and tomorrow?")
    taps(world, RUNA, data)
    assert relayed(world, COACH) == ["can i run today?", "and tomorrow?"]


def as_offer(world: FlowWorld) -> None:
    """Let the button stand under the newest offer again."""

    def mark(db: Db) -> None:
        rows = db.exec(select(OutboxRow).where(OutboxRow.chat_id == RUNA)).all()
        for row in rows:
            row.message_id = PRESSED if '"words_offer"' in row.body else None
            db.add(row)

    world.run(mark)


@pytest.mark.parametrize(
    "text",
    [
        "i felt a pop",
        "my foot is numb",
        "tingling down the leg",
        "sharp pain here",
        "i can't walk",
        "I can’t really walk today",
        "cannot walk",
        "I have a fever",
        "chest pain since noon",
        "short of breath",
        "my calf is swollen",
        "it wakes me at night",
        "big bruise",
    ],
)
def test_f85_a_warning_sign_comes_first(world: FlowWorld, text: str) -> None:
    """The check is the first button, and the first line says so."""
    shown = offered(world, text)
    assert shown.rows[0][0].data == "1:n:0"
    assert shown.text.startswith("<b>This may be a warning sign.")
    assert "Screen" in topics(taps(world, RUNA, "1:n:0"))


def test_f85_words_after_a_coachs_message_are_its_answer(world: FlowWorld) -> None:
    """Kim asked, Runa types without Telegram's reply: one tap sends it."""
    types(world, COACH, "/say Runa How was the hill?")
    world.later(hours=3)
    shown = offered(world, "Fine, all clear")
    assert "Is it your answer to Coach Kim?" in shown.text
    assert shown.rows[0][0].label == "Send this to Coach Kim"
    taps(world, RUNA, shown.rows[0][0].data)
    assert relayed(world, COACH) == ["Fine, all clear"]
    as_message(world, COACH, "Relayed", WORDS)
    shown = screen(types(world, COACH, "Good."), "words_offer", world)
    assert list(buttons(shown)) == ["Send this to Runa Holm"]
    taps(world, COACH, shown.rows[0][0].data)
    assert relayed(world, RUNA) == ["How was the hill?", "Good."]


def test_f85_an_admins_message_is_answered_too(world: FlowWorld) -> None:
    """An admin may write to every athlete; only then is there an answer to an admin."""
    world.person(ADMIN, "Ada", Role.ADMIN)
    assert "Send this to Ada" not in buttons(offered(world, "hello"))
    types(world, ADMIN, "/say Runa All well?")
    found = buttons(offered(world, "yes, all well"))
    taps(world, RUNA, found["Send this to Ada"])
    assert relayed(world, ADMIN) == ["yes, all well"]
    world.later(hours=49)
    assert "Send this to Ada" not in buttons(offered(world, "hello"))


def test_f85_without_a_coach_who_can_be_reached_nobody_is_promised(world: FlowWorld) -> None:
    """None, one without consent, one who is away: no button, and it is said."""

    def leave(db: Db) -> None:
        kim = people.by_telegram(db, COACH)
        assert kim is not None
        kim.unreachable_since = world.now
        db.add(kim)

    world.run(leave)
    shown = offered(world, "can i run today?")
    assert not any(data.startswith("1:t:") for data in buttons(shown).values())
    assert "no coach" in shown.text


def test_f85_a_consent_that_ended_before_the_tap_wins(world: FlowWorld) -> None:
    """And so does a forged reader."""
    found = buttons(offered(world, "can i run today?"))

    def end(db: Db) -> None:
        row = db.exec(select(AssignmentRow)).one()
        row.ended_at = world.now
        db.add(row)

    world.run(end)
    assert "relay_ended" in topics(taps(world, RUNA, found["Send this to Coach Kim"]))
    offered(world, "can i run today?")
    for data in ("1:t:99", "1:t:1", "1:t:x", "1:t"):
        assert "Retire" in topics(taps(world, RUNA, data))
        offered(world, "again")
    assert relayed(world, COACH) == []


def test_f85_a_bare_number_can_be_noted(world: FlowWorld) -> None:
    """No question is open: it is one tap, not a guess."""
    told = types(world, RUNA, "4")
    shown = screen(told, "number_without_question", world)
    assert buttons(shown) == {"Note pain 4": "1:q:4"}
    assert notes(world) == []


def test_f85_a_picture_or_a_voice_is_no_words(world: FlowWorld) -> None:
    """What can be done without words is offered."""
    shown = screen(sends(world, RUNA), "words_offer", world)
    assert "1:n:0" in buttons(shown).values()
    assert "Send" not in "".join(buttons(shown))


def test_f85_after_an_erasure_nothing_stays(world: FlowWorld) -> None:
    """The words lay in the offer alone, and go with the chat's letters."""
    secret = "my zebra leg hurts"
    offered(world, secret)
    types(world, RUNA, "/erase")
    taps(world, RUNA, "1:v:erase_yes")
    world.later(hours=25)
    kim = world.store.read_now(people.by_telegram, RUNA)
    assert kim is not None
    world.run(privacy.erase_due, kim.id or 0, world.now)
    assert world.count(PersonRow, PersonRow.telegram_id == RUNA) == 0
    letters = world.store.read_now(lambda db: list(db.exec(select(OutboxRow.body))))
    updates = world.store.read_now(lambda db: list(db.exec(select(InboxRow.payload))))
    assert not any("zebra" in text for text in [*letters, *updates])


@given(st.text(max_size=200))
def test_f85_any_text_is_read_without_trouble(text: str) -> None:
    """Whatever script or sign: it names a warning sign or it does not."""
    assert names_sign(text) in {True, False}


@pytest.mark.parametrize("text", ["can i run today?", "thanks", "Fine, all clear", "new shoes", ""])
def test_f85_plain_words_name_no_sign(text: str) -> None:
    """Not everything is a warning."""
    assert not names_sign(text)
