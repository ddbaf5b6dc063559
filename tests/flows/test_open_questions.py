"""Several questions open at once: the newest one that a text can answer gets it."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlmodel import Session as Db
from sqlmodel import col, select

from bot.dispatch import due_work
from bot.store import people, sessions
from bot.store.tables import AthleteRow, MorningRow, OutboxRow, RatingRow, RedFlagRow
from bot.training.messages import CoachAlert, RedFlagQuestions
from tests.flows.chatting import taps, types
from tests.flows.world import COACH, RUNA, FlowWorld, topics

EIGHT = datetime(2026, 11, 25, 7, tzinfo=UTC)
"""08:00 in Berlin, the morning after T0."""
CHANGE_TIME = "1:s:time"


@pytest.fixture
def world(tmp_path: Path) -> Iterator[FlowWorld]:
    """Return a world where Runa has trained, and her coach is Kim."""
    with _trained(tmp_path) as made:
        yield made


def _trained(folder: Path) -> FlowWorld:
    made = FlowWorld(folder)
    runa = made.athlete(holds=1)
    made.coach(runa)
    made.trains(runa, 1)
    made.later(hours=2)
    return made


def runa(world: FlowWorld) -> AthleteRow:
    """Return Runa's row."""
    found = world.store.read_now(people.by_telegram, RUNA)
    assert found is not None
    return world.store.read_now(people.athlete, found.id or 0)


def notes(world: FlowWorld) -> list[int]:
    """Return the pain notes, oldest first."""
    query = select(RatingRow.value).where(RatingRow.moment == "note").order_by(col(RatingRow.id))
    return world.store.read_now(lambda db: list(db.exec(query)))


def mornings(world: FlowWorld) -> list[int | None]:
    """Return what the mornings were answered with."""
    return world.store.read_now(lambda db: list(db.exec(select(MorningRow.value))))


def asks_for_the_morning(world: FlowWorld) -> None:
    """Let it be eight o'clock, and the question be asked."""
    world.now = EIGHT
    world.run(due_work.act_due, world.now)


# ---- the newest gets the answer -------------------------------------------------------


@pytest.mark.parametrize("pause", [0, 30])
def test_f83_a_number_after_pain_is_pain_whatever_waits_behind(
    world: FlowWorld, pause: int
) -> None:
    """A time is awaited, then /pain asks: 7 is a pain. Then the time is awaited still."""
    taps(world, RUNA, CHANGE_TIME)
    world.later(seconds=pause)
    types(world, RUNA, "/pain")
    world.later(seconds=pause)
    assert "pain_note_saved" in topics(types(world, RUNA, "7"))
    assert notes(world) == [7]
    assert runa(world).times == "07:30"
    assert "set_done" in topics(types(world, RUNA, "8:15"))
    assert runa(world).times == "08:15"


@pytest.mark.parametrize("pause", [0, 30])
def test_f83_a_number_after_a_setting_is_the_setting(world: FlowWorld, pause: int) -> None:
    """The other way round: the time was asked for last."""
    types(world, RUNA, "/pain")
    world.later(seconds=pause)
    taps(world, RUNA, CHANGE_TIME)
    assert "set_time" in topics(types(world, RUNA, "7"))
    assert (notes(world), runa(world).times) == ([], "07:30")
    assert "set_done" in topics(types(world, RUNA, "7 am"))
    world.later(seconds=pause)
    types(world, RUNA, "6")
    assert notes(world) == [6]


def test_f83_seven_after_the_morning_question_is_the_morning(world: FlowWorld) -> None:
    """Stored, the coach told, warning signs asked for, and no reminder moved to seven."""
    world.now = EIGHT - timedelta(minutes=5)
    taps(world, RUNA, CHANGE_TIME)
    asks_for_the_morning(world)
    world.later(seconds=20)
    told = types(world, RUNA, "7")
    assert any(isinstance(one, RedFlagQuestions) for one in told)
    assert (mornings(world), runa(world).times) == ([7], "07:30")
    alerts = [one for one in world.letters(COACH) if isinstance(one, CoachAlert)]
    assert [(one.event, one.value) for one in alerts] == [("severe_morning", 7)]


def test_f83_words_that_are_no_pain_go_to_what_waits_for_words(world: FlowWorld) -> None:
    """The morning question is newer, but half past seven answers the setting."""
    world.now = EIGHT - timedelta(minutes=5)
    taps(world, RUNA, CHANGE_TIME)
    asks_for_the_morning(world)
    types(world, RUNA, "half past seven")
    types(world, RUNA, "7:45")
    assert (mornings(world), runa(world).times) == ([None], "07:45")


def test_f83_a_reply_names_its_question(world: FlowWorld) -> None:
    """Whatever was asked later."""
    asks_for_the_morning(world)

    def as_message(db: Db) -> None:
        row = db.exec(select(OutboxRow).where(OutboxRow.kind == "Morning")).one()
        row.message_id = 77
        db.add(row)

    world.run(as_message)
    world.later(minutes=1)
    types(world, RUNA, "/pain")
    types(world, RUNA, "3", reply_to=77)
    assert (mornings(world), notes(world)) == ([3], [])
    types(world, RUNA, "5")
    assert (mornings(world), notes(world)) == ([3], [5])


def test_f83_a_question_put_again_is_open_again(world: FlowWorld) -> None:
    """Change it: what is typed then takes the earlier answer's place."""
    asks_for_the_morning(world)
    types(world, RUNA, "2")
    assert topics(types(world, RUNA, "4")) == ["number_without_question"]
    taps(world, RUNA, "1:ma:1")
    types(world, RUNA, "3")
    assert mornings(world) == [3]


def test_f83_none_answers_the_warning_signs_where_they_were_asked_last(world: FlowWorld) -> None:
    """It is no pain of 0; and a number of their list is asked about, never guessed."""
    asks_for_the_morning(world)
    types(world, RUNA, "7")
    world.later(minutes=1)
    told = types(world, RUNA, "2")
    assert [one.why for one in told if isinstance(one, RedFlagQuestions)] == ["typed"]
    assert mornings(world) == [7]
    assert world.count(RedFlagRow) == 0
    assert "no_flags" in topics(types(world, RUNA, "None of these"))
    assert (mornings(world), runa(world).screen_open_at) == ([7], None)


# ---- /pain ----------------------------------------------------------------------------


@pytest.mark.parametrize(("typed", "value"), [("4", 4), ("it's a 4", 4), ("4/10", 4), ("four", 4)])
def test_f84_the_number_after_pain_is_stored(world: FlowWorld, typed: str, value: int) -> None:
    """/pain alone asks; what follows is noted, once."""
    assert topics(types(world, RUNA, "/pain")) == ["pain_note_ask"]
    world.later(minutes=40)
    assert "pain_note_saved" in topics(types(world, RUNA, typed))
    assert notes(world) == [value]
    assert topics(types(world, RUNA, "3")) == ["number_without_question"]
    assert notes(world) == [value]


def test_f84_after_undo_it_is_asked_for_again(world: FlowWorld) -> None:
    """A slip that is taken back leaves the question open."""
    types(world, RUNA, "/pain")
    types(world, RUNA, "8")
    types(world, RUNA, "/undo")
    types(world, RUNA, "3")
    query = select(RatingRow.value).where(
        RatingRow.moment == "note", col(RatingRow.undone).is_(False)
    )
    assert world.store.read_now(lambda db: list(db.exec(query))) == [3]


def test_f84_in_a_session_the_number_stops_the_set(tmp_path: Path) -> None:
    """/pain without a number, then 5: over the limit, whatever phase it is."""
    with FlowWorld(tmp_path) as world:
        runa_id = world.athlete()
        world.holding(runa_id)
        assert "pain_note_ask" in topics(types(world, RUNA, "/pain"))
        types(world, RUNA, "5")
        query = select(RatingRow.value).where(RatingRow.value == 5)
        assert world.store.read_now(lambda db: list(db.exec(query))) == [5]


def test_f84_a_number_in_time_alone(world: FlowWorld) -> None:
    """Half a day later nobody knows what a bare number is about: it is offered as a note."""
    types(world, RUNA, "/pain")
    world.later(hours=13)
    assert topics(types(world, RUNA, "4")) == ["number_without_question"]
    assert notes(world) == []


# ---- any order ------------------------------------------------------------------------

_ASKS = st.lists(st.sampled_from(["time", "pain", "morning"]), min_size=1, max_size=4)


@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(asks=_ASKS, value=st.integers(0, 10), frozen=st.booleans())
def test_f83_f84_whatever_was_asked_last_gets_the_number(
    tmp_path_factory: pytest.TempPathFactory, asks: list[str], value: int, *, frozen: bool
) -> None:
    """A time, /pain and the morning question in any order, at one instant or a minute apart."""
    with _trained(tmp_path_factory.mktemp("open")) as world:
        world.now = EIGHT - timedelta(minutes=2)
        asked = []
        for ask in dict.fromkeys(asks):
            world.later(seconds=0 if frozen else 20)
            if ask == "time":
                taps(world, RUNA, CHANGE_TIME)
            elif ask == "pain":
                types(world, RUNA, "/pain")
            elif not frozen:
                asks_for_the_morning(world)
            else:
                continue
            asked.append(ask)
        world.later(seconds=0 if frozen else 20)
        told = topics(types(world, RUNA, str(value)))
        newest = asked[-1] if asked else ""
        assert (notes(world) == [value]) is (newest == "pain")
        assert (value in mornings(world)) is (newest == "morning")
        assert ("set_time" in told) is (newest == "time")


def test_f83_the_number_of_a_session_comes_before_what_was_asked_earlier(tmp_path: Path) -> None:
    """A time was awaited, a session ended a minute ago: a number corrects its last answer."""
    with FlowWorld(tmp_path) as world:
        runa_id = world.athlete(holds=1)
        taps(world, RUNA, CHANGE_TIME)
        world.trains(runa_id, 1)
        world.later(seconds=40)
        types(world, RUNA, "5")
        found = world.store.read_now(sessions.newest, runa_id)
        assert found is not None
        assert [hold.pain for hold in found.value.holds] == [5]
        assert runa(world).times == "07:30"


def test_f83_a_letter_that_cannot_be_read_hides_no_question(world: FlowWorld) -> None:
    """Words of another version stand in the chat: what was asked beside them is answered."""
    types(world, RUNA, "/pain")

    def spoil(db: Db) -> None:
        for row in db.exec(select(OutboxRow).where(OutboxRow.chat_id == RUNA)).all():
            if row.kind in {"Say", "Morning"} and "pain_note_ask" not in row.body:
                row.body = "no JSON"
                db.add(row)
        asks = db.exec(select(OutboxRow).order_by(col(OutboxRow.id).desc())).first()
        assert asks is not None
        for number, kind in enumerate(("Morning", "Screen", "Relayed", "Say")):
            values = asks.model_dump(exclude={"id"})
            spoilt = {"key": f"x{number}", "kind": kind, "body": "[]", "message_id": 900 + number}
            db.add(OutboxRow(**{**values, **spoilt}))

    world.run(spoil)
    assert "words_offer" in topics(types(world, RUNA, "hello"))
    types(world, RUNA, "4")
    assert notes(world) == [4]


@pytest.mark.parametrize("number", ["0", "3", "7", "10", "٣", "7/10"])
def test_f83_a_number_while_warning_signs_are_asked_is_no_time(
    world: FlowWorld, number: str
) -> None:
    """A time is awaited, then the six questions come: a number is for them, and they are asked."""
    taps(world, RUNA, CHANGE_TIME)
    types(world, RUNA, "/flag")
    (asked,) = (one for one in types(world, RUNA, number) if isinstance(one, RedFlagQuestions))
    assert asked.why == "typed"
    assert runa(world).times == "07:30"
    assert notes(world) == []
    types(world, RUNA, "none of these")
    assert "set_done" in topics(types(world, RUNA, "8:15"))


def test_f83_a_time_asked_after_the_signs_gets_its_answer(world: FlowWorld) -> None:
    """Whoever opened it later answers that; the signs stay open."""
    types(world, RUNA, "/flag")
    world.later(seconds=5)
    taps(world, RUNA, CHANGE_TIME)
    assert "set_done" in topics(types(world, RUNA, "19"))
    assert runa(world).screen_open_at is not None
