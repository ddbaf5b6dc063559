"""What is not clear is asked about: by buttons and typed, and nothing of it is lost."""

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlmodel import Session as Db

from bot.conversation.told_apart import told_apart
from bot.programme.settings import flow, values
from bot.protocol.dose.dose import Dose
from bot.store import forgetting, people, personal_data
from bot.store.tables import AthleteRow, EnrolmentRow, PersonRow, Role
from bot.training import occurrences
from testkit.people import enrolled
from tests.flows.joining import ANA, JoinWorld
from tests.flows.talking import Talk
from tests.flows.world import ADMIN, COACH, RUNA

ANNAS = (700_000_301, 700_000_302, 700_000_303)
ZONES = ("Europe/Berlin", "America/New_York", "Asia/Kolkata")


@pytest.fixture
def talk(tmp_path: Path) -> Iterator[Talk]:
    """Return Runa in Berlin, 07:30 every day, her coach Kim and the admin; it is Tuesday."""
    with Talk(tmp_path) as made:
        made.coach(made.athlete())
        made.person(ADMIN, "Ada", Role.ADMIN)
        yield made


def athlete(talk: Talk) -> AthleteRow:
    """Return Runa's row."""
    found = talk.store.read_now(people.by_telegram, RUNA)
    assert found is not None
    return talk.store.read_now(people.athlete, found.id or 0)


def waits(talk: Talk, who: int) -> bool:
    """Whether a text of theirs is awaited."""
    return talk.read(lambda db: db.get(EnrolmentRow, who)) is not None


# ---- F87: people of one name ------------------------------------------------------------


def annas(talk: Talk, zones: tuple[str, ...], days: tuple[int, ...]) -> list[int]:
    """Add athletes who are all called Anna Berg, in these zones, since so many days."""

    def add(db: Db, number: int) -> int:
        found = enrolled(db, ANNAS[number], "Anna Berg", Dose(), None, talk.now, zones[number])
        people.person(db, found).joined_at = talk.now - timedelta(days=days[number])
        return found

    return [talk.run(add, number) for number in range(len(zones))]


@pytest.mark.parametrize(
    ("zones", "days", "told"),
    [
        (ZONES, (0, 0, 0), ["(Berlin)", "(New York)", "(Kolkata)"]),
        (("Europe/Berlin",) * 3, (0, 1, 400), ["joined 24 Nov", "joined 23 Nov", "joined 20 Oct"]),
        (("Europe/Berlin",) * 3, (0, 0, 0), ["no. ", "no. ", "no. "]),
    ],
)
def test_f87_three_people_of_one_name_are_told_apart(
    talk: Talk, zones: tuple[str, ...], days: tuple[int, ...], told: list[str]
) -> None:
    """By place, by the day they joined, at last by a number; a tap is about the right one."""
    ids = annas(talk, zones, days)
    talk.says(ADMIN, "/plan Anna Berg hold=15")
    labels = talk.labels(ADMIN)
    assert len(set(labels)) == 3
    assert all(part in label for part, label in zip(told, labels, strict=True))
    talk.taps(ADMIN, labels[1])
    holds = [talk.store.read_now(people.plan, one).hold_s for one in ids]
    assert holds == [10, 15, 10]


def test_f87_by_their_coach_and_typed(talk: Talk) -> None:
    """Who has all else in common has another coach; a word of the button is an answer."""
    ids = annas(talk, ("Europe/Berlin",) * 2, (0, 0))
    talk.coach(ids[0], COACH + 70, "Lou")
    talk.coach(ids[1], COACH + 71, "Sam")
    talk.says(ADMIN, "/plan anna hold=15")
    assert talk.labels(ADMIN) == ["Anna Berg (Lou)", "Anna Berg (Sam)"]
    talk.says(ADMIN, "sam")
    assert talk.store.read_now(people.plan, ids[1]).hold_s == 15


def test_f87_a_coach_learns_no_other_coach(talk: Talk) -> None:
    """What tells people apart for a coach is nobody else's name."""
    ids = annas(talk, ("Europe/Berlin",) * 2, (0, 0))
    for one in ids:
        talk.coach(one)
    talk.coach(ids[0], COACH + 70, "Lou")
    talk.says(COACH, "/plan anna hold=15")
    assert "Lou" not in " ".join(talk.labels(COACH))
    assert len(set(talk.labels(COACH))) == 2


FACTS = st.tuples(
    st.sampled_from(ZONES), st.integers(0, 2), st.sampled_from(["Anna", "anna", "Bo"])
)


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(FACTS, min_size=1, max_size=6))
def test_f87_no_two_labels_are_alike(talk: Talk, facts: list[tuple[str, int, str]]) -> None:
    """Whatever they have in common."""

    def labels(db: Db) -> list[str]:
        found = [
            PersonRow(
                id=at,
                name=name,
                zone=zone,
                created_at=talk.now,
                joined_at=talk.now - timedelta(days=days),
            )
            for at, (zone, days, name) in enumerate(facts, start=900)
        ]
        apart = told_apart(db, found, by_coach=False)
        return [f"{one.name.casefold()} {apart.get(one.id or 0, '')}" for one in found]

    found = talk.read(labels)
    assert len(set(found)) == len(facts)


# ---- F88: pauses ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        ("for 2 weeks", "from Mon 30 Nov to Sun 13 Dec"),
        ("until mon", "until Mon 14 Dec"),
        ("until fri", "until Fri 27 Nov"),
    ],
)
def test_f89_how_a_choice_begins_is_an_answer(talk: Talk, answer: str, told: str) -> None:
    """Where one choice alone begins so; all else is a span of its own."""
    talk.says(COACH, "/pause Runa 2 weeks from mon")
    assert f"Pause: none → {told}." in talk.says(COACH, answer)


@pytest.mark.parametrize("command", ["from mon", "30 Nov -", "from mon flu"])
@pytest.mark.parametrize(
    ("answer", "told"),
    [
        ("a week", "from Mon 30 Nov to Sun 6 Dec"),
        ("until fri", "from Mon 30 Nov to Fri 4 Dec"),
        ("fri", "from Mon 30 Nov to Fri 4 Dec"),
        ("2 Jan", "from Mon 30 Nov to Sat 2 Jan 2027"),
        ("10 days", "from Mon 30 Nov to Wed 9 Dec"),
        ("2 Dec", "from Mon 30 Nov to Wed 2 Dec"),
        ("until resumed", "from Mon 30 Nov until resumed"),
        ("1 Dec to 5 Dec", "from Tue 1 Dec to Sat 5 Dec"),
        ("from wed for 2 days", "from tomorrow to Thu 26 Nov"),
    ],
)
def test_f88_an_end_that_is_typed_keeps_the_beginning(
    talk: Talk, command: str, answer: str, told: str
) -> None:
    """The question was until when; the pause does not begin now."""
    assert "until when?" in talk.says(COACH, f"/pause Runa {command}")
    said = talk.says(COACH, answer)
    assert f"Pause: none → {told}." in said
    assert ("Reason: flu" in said) == ("flu" in command)


def test_f88_a_planned_pause_is_shown_before_and_after(talk: Talk) -> None:
    """It begins on its day: reminders come until then, and from the first day back."""
    told = talk.says(COACH, "/pause Runa 24 Dec - 2 Jan skiing")
    assert "Pause: none → from Thu 24 Dec to Sat 2 Jan 2027." in told
    assert "Reason: skiing" in told
    row = athlete(talk)
    assert (row.paused_from, row.paused_until) == (date(2026, 12, 24), date(2027, 1, 3))
    assert not talk.store.read_now(occurrences.is_paused, row.person_id, talk.now)
    assert "paused your plan from Thu 24 Dec; your first day back is Sun 3 Jan" in talk.text(RUNA)
    assert "Next session: tomorrow" in talk.says(RUNA, "/next")
    assert "Pause: from Thu 24 Dec to Sat 2 Jan 2027." in talk.says(RUNA, "/settings")
    talk.later(days=29, hours=12)
    talk.run(occurrences.replan, row.person_id, talk.now)
    assert "Next session: Sun 3 Jan" in talk.says(RUNA, "/next")
    talk.later(days=1)
    assert talk.store.read_now(occurrences.is_paused, row.person_id, talk.now)
    assert "First day back: Sun 3 Jan" in talk.says(RUNA, "/next")
    talk.later(days=10)
    assert not talk.store.read_now(occurrences.is_paused, row.person_id, talk.now)


def test_f88_a_planned_pause_is_cancelled_by_who_may(talk: Talk) -> None:
    """A coach's is kept from the athlete; an athlete's own is theirs."""
    talk.says(COACH, "/pause Runa 24 Dec - 2 Jan")
    assert "Only your coach" in talk.says(RUNA, "/resume")
    assert "Only your coach" in talk.says(RUNA, "/pause 3 days")
    assert "pause is cancelled" in talk.says(COACH, "/resume Runa")
    talk.taps(COACH, "Pause again")
    assert athlete(talk).paused_from == date(2026, 12, 24)
    talk.says(COACH, "/resume Runa")
    assert "Paused from Thu 24 Dec" in talk.says(RUNA, "/pause 24.12.-2.1.")
    assert "pause is cancelled" in talk.taps(RUNA, "Cancel the pause")
    assert athlete(talk).paused_at is None


def test_f88_a_pause_that_runs_is_not_ended_by_one_that_begins_later(talk: Talk) -> None:
    """It is asked about: the plan has one pause at a time."""
    talk.says(COACH, "/pause Runa until resumed")
    before = athlete(talk).model_dump()
    assert "one pause at a time" in talk.says(COACH, "/pause Runa 24 Dec - 2 Jan")
    assert athlete(talk).model_dump() == before
    talk.taps(COACH, "until Sat 2 Jan 2027")
    assert (athlete(talk).paused_from, athlete(talk).paused_until) == (None, date(2027, 1, 3))


NEVER_A_REASON = [
    *("two wks from the 10th", "10 more days", "over Christmas", "from mon", "2 weeks from Monday"),
    *("until fri 17:00", "next fri flu", "a week or two", "3 days or so", "until frx", "2 much"),
    *("in 3 weeks", "48 hours", "after the weekend", "early december", "40 Dec", "soon"),
    *("knee is swollen", "sun burn", "we agreed on a rest", "während der Ferien", "2週間"),
]


@pytest.mark.parametrize("words", NEVER_A_REASON)
def test_f88_no_pause_without_days_that_were_read(talk: Talk, words: str) -> None:
    """Nothing is stored, nobody is told; a tap says for how long, and it ends."""
    letters = len(talk.letters(RUNA))
    assert "Nothing was changed." in talk.says(COACH, f"/pause Runa {words}")
    assert athlete(talk).paused_at is None
    assert len(talk.letters(RUNA)) == letters
    label = talk.labels(COACH)[0]
    talk.taps(COACH, label)
    assert athlete(talk).paused_until is not None


def test_f88_the_reason_is_kept_while_the_days_are_asked_for(talk: Talk) -> None:
    """By button, and typed."""
    talk.says(COACH, "/pause Runa knee is swollen")
    talk.taps(COACH, "1 week")
    assert (athlete(talk).paused_until, athlete(talk).pause_reason) == (
        date(2026, 12, 1),
        "knee is swollen",
    )
    talk.says(COACH, "/resume Runa")
    talk.says(COACH, "/pause Runa 12/1 flu")
    talk.says(COACH, "12 jan")
    assert (athlete(talk).paused_until, athlete(talk).pause_reason) == (date(2027, 1, 13), "flu")


def test_f88_pause_alone_asks_for_how_long(talk: Talk) -> None:
    """From the menu, nothing is paused yet; typed and by button; other words are not swallowed."""
    assert "For how long" in talk.says(RUNA, "/pause")
    assert athlete(talk).paused_at is None
    assert "Send this to Coach Kim" in " ".join(
        [talk.says(RUNA, "my leg hurts a lot"), *talk.labels(RUNA)]
    )
    assert "No question is open" in talk.says(RUNA, "4")
    assert "first day back: Tue 8 Dec" in talk.says(RUNA, "two weeks")
    talk.says(RUNA, "/resume")
    talk.says(RUNA, "/pause")
    assert "until you resume" in talk.taps(RUNA, "Until I resume")
    assert not waits(talk, RUNA)


def test_f88_who_coaches_and_trains_answers_for_themselves(talk: Talk) -> None:
    """The question about one's own pause is not about an athlete."""
    talk.athlete(COACH, "Kim")
    talk.says(COACH, "/pause next fri")
    assert "first day back: Sat 5 Dec" in talk.says(COACH, "4 dec")
    assert athlete(talk).paused_at is None


# ---- F89: which one ---------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "answer", "stored"),
    [
        ("7 and 6pm", "07:00", "07:00,18:00"),
        ("7 and 6pm", "7 am", "07:00,18:00"),
        ("7 and 6pm", "the first one", "07:00,18:00"),
        ("6pm and 7", "morning", "07:00,18:00"),
        ("7", "19.00", "19:00"),
        ("half past seven", "evening", "19:30"),
        ("7:5", "07:50", "07:50"),
    ],
)
def test_f89_a_schedule_keeps_the_clear_time(
    talk: Talk, typed: str, answer: str, stored: str
) -> None:
    """By button where one is called so, and typed; days beside it stay too."""
    assert "Nothing was changed." in talk.says(COACH, f"/schedule Runa mon-fri {typed}")
    if answer in talk.labels(COACH):
        talk.taps(COACH, answer)
    else:
        talk.says(COACH, answer)
    assert (athlete(talk).weekdays, athlete(talk).times) == ("0,1,2,3,4", stored)


@pytest.mark.parametrize("by_button", [True, False])
def test_f89_the_summary_and_the_quiet_hours_ask_too(talk: Talk, *, by_button: bool) -> None:
    """And take the answer in both ways."""

    def answers(label: str, text: str) -> str:
        return talk.taps(COACH, label) if by_button else talk.says(COACH, text)

    talk.says(COACH, "/summary tue 7")
    assert "Tue 19:00" in answers("19:00", "7 pm")
    talk.says(COACH, "/quiet 11 to 06:30")
    assert "23:00–06:30" in answers("23:00–06:30", "pm")


@pytest.mark.parametrize("answer", ["H6", "short", "h6", "second"])
def test_f89_an_exercise_by_its_name(talk: Talk, answer: str) -> None:
    """What is allowed is named in words; the other fields are kept."""
    told = talk.says(COACH, "/plan Runa hold=15 exercise=bridge holds=8")
    assert "short-lever double bridge" in told
    assert "long-lever bridge" in told
    if answer == "H6":
        talk.taps(COACH, "short-lever double bridge")
    else:
        talk.says(COACH, answer)
    wanted = "H8" if answer == "second" else "H6"
    assert "advises against" in talk.text(COACH)
    talk.taps(COACH, "Yes, use this hold")
    plan = talk.store.read_now(people.plan, athlete(talk).person_id)
    assert (plan.exercise, plan.hold_s, plan.holds) == (wanted, 15, 8)


def test_f89_an_old_question_is_not_answered_by_mistake(talk: Talk) -> None:
    """Another command, and what was asked waits no longer; its button still says what it said."""
    talk.says(COACH, "/schedule Runa 7")
    talk.says(COACH, "/athletes")
    assert "did not understand" in talk.says(COACH, "19:00")
    assert athlete(talk).times == "07:30"
    talk.says(COACH, "/schedule Runa 7")
    talk.later(minutes=16)
    assert "did not understand" in talk.says(COACH, "19:00")
    talk.taps(COACH, "19:00")
    assert athlete(talk).times == "19:00"


@pytest.mark.parametrize("data", ["1:a:schedule:9", "1:a:plan:0", "1:a:schedule:x", "1:a", "1:a:x"])
def test_f63_a_forged_choice_changes_nothing(talk: Talk, data: str) -> None:
    """Another number, another command, no question."""
    talk.says(COACH, "/schedule Runa 7")
    newest = list(talk.chats[COACH])[-1]
    talk.presses_data(COACH, data, newest)
    assert talk.toasts[-1] == "inactive"
    assert athlete(talk).times == "07:30"


def test_f74_what_was_asked_about_somebody_goes_with_them(talk: Talk) -> None:
    """An erased athlete's name and reason do not stay in what a coach was asked."""
    talk.says(COACH, "/pause Runa knee is swollen")
    assert waits(talk, COACH)
    subject = athlete(talk).person_id

    def forget(db: Db) -> None:
        about = personal_data.about(db, subject)
        forgetting.forget(db, about, talk.now, stays=False)

    talk.run(forget)
    assert not waits(talk, COACH)


# ---- joining and the settings -----------------------------------------------------------


@pytest.fixture
def joined(tmp_path: Path) -> Iterator[JoinWorld]:
    """Return a world with Ana enrolled."""
    with JoinWorld(tmp_path, enrolled=True) as found:
        yield found


@pytest.mark.parametrize(
    ("item", "typed", "label", "answer", "stored"),
    [
        ("time", "7 and 6pm", "07:00 and 18:00", "am", "07:00,18:00"),
        ("time", "7", "19:00", "7 in the evening", "19:00"),
        ("days", "every other day", "Mon, Wed, Fri", "the first", "0,2,4"),
        ("days", "mon, wendsday", "Mon, Wed", "wednesday", "0,2"),
        ("quiet hours", "10 to 7", "22:00–07:00", "10 pm", "22:00-07:00"),
    ],
)
def test_f91_the_settings_offer_what_was_meant(
    joined: JoinWorld, item: str, typed: str, label: str, answer: str, stored: str
) -> None:
    """A button for each meaning; typed it counts as well, after a restart too."""
    key = "quiet" if item == "quiet hours" else item
    for tapped in (True, False):
        joined.act(ANA, flow.show)
        joined.tap(ANA, f"Change {item}")
        joined.type(ANA, typed)
        assert label in joined.labels(ANA)
        joined.reopen()
        if tapped:
            joined.tap(ANA, label)
        else:
            joined.type(ANA, answer)
            if key == "quiet":
                joined.type(ANA, "7 am")
        assert joined.read(values.snapshot, 2)[key] == stored


def test_f89_joining_keeps_the_clear_time(tmp_path: Path) -> None:
    """The same question while one joins."""
    with JoinWorld(tmp_path) as world:
        world.start(ANA, world.invite())
        for label in ("Agree", "Yes, 18 or older", "None of these", "Left"):
            world.tap(ANA, label)
        world.type(ANA, "Europe/Berlin")
        world.tap(ANA, "Yes")
        world.type(ANA, "every second day")
        world.type(ANA, "tue thu")
        assert world.topic(ANA) == "enrol_time"
        world.type(ANA, "7 and 6pm")
        assert world.labels(ANA)[:2] == ["07:00 and 18:00", "18:00 and 19:00"]
        world.type(ANA, "7am")
        assert world.topic(ANA) == "enrol_confirm"
        assert (world.last(ANA)[1]["days"], world.last(ANA)[1]["times"]) == ("1,3", "07:00,18:00")
