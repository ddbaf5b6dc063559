"""What comes next, what was, pain notes and help."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from sqlmodel import Session as Db
from sqlmodel import select

from bot.conversation.message import Answer, Say
from bot.dispatch.commands.help_messages import Help
from bot.protocol.dose.dose import Side
from bot.protocol.session import events
from bot.protocol.session.state import Outcome, Phase
from bot.store import people, sessions
from bot.store.tables import OccurrenceRow, OccurrenceState, RatingRow, Role
from bot.training.messages import RedFlagQuestions
from bot.training.overview import flow as overview
from bot.training.overview.messages import (
    DayEntry,
    LastSessions,
    NextSession,
    SessionEntry,
    Unheld,
    Week,
)
from bot.training.pain_notes.messages import PainNoteAsked, PainNoteSaved
from bot.training.session import actions, apply_event
from testkit.people import BERLIN
from tests.flows.chatting import types
from tests.flows.world import (
    ADMIN,
    COACH,
    RUNA,
    STRANGER,
    T0,
    FlowWorld,
    reply,
    topics,
)


def change(world: FlowWorld, athlete_id: int, **values: Any) -> None:
    """Set columns of the athlete's row."""

    def set_values(db: Db) -> None:
        for name, value in values.items():
            setattr(people.athlete(db, athlete_id), name, value)

    world.run(set_values)


def occurrence(
    world: FlowWorld, athlete_id: int, day: date, state: OccurrenceState, reason: str | None = None
) -> None:
    """Add what became of one day."""
    row = OccurrenceRow(
        athlete_id=athlete_id,
        local_date=day,
        slot=0,
        planned_at=T0 + (day - T0.date()),
        state=state,
        reason=reason,
    )

    def put(db: Db) -> None:
        db.add(row)

    world.run(put)


def unplan(db: Db) -> None:
    """Delete every occurrence."""
    for row in db.exec(select(OccurrenceRow)):
        db.delete(row)


# ---- next -----------------------------------------------------------------------------


def test_next_tells_time_zone_and_dose(world: FlowWorld) -> None:
    """The next occurrence, the athlete's zone, and what is asked."""
    world.athlete(holds=8, hold_s=15)
    told = reply(world.does(RUNA, overview.next_session), NextSession)
    assert told == NextSession(None, T0 + timedelta(days=1), BERLIN, 8, 15, 1, Side.LEFT)


@pytest.mark.parametrize(
    ("values", "told"),
    [
        ({"locked_at": T0, "lock_reason": "red_flag"}, {"why": "locked", "reason": "red_flag"}),
        ({"paused_at": T0}, {"why": "paused", "until": None}),
        (
            {"paused_at": T0, "paused_until": date(2026, 12, 1)},
            {"why": "paused", "until": date(2026, 12, 1)},
        ),
        ({"erase_at": T0}, {"why": "leaving", "until": T0}),
    ],
)
def test_next_tells_why_there_is_none(
    world: FlowWorld, values: dict[str, Any], told: dict[str, Any]
) -> None:
    """Locked, paused or leaving: the reason stands where the time would."""
    runa = world.athlete()
    change(world, runa, **values)
    found = reply(world.does(RUNA, overview.next_session), NextSession)
    assert replace(found, **told, next_at=None) == found


def test_next_without_days(world: FlowWorld) -> None:
    """A plan without days has no next session, and says so."""
    runa = world.athlete()
    change(world, runa, weekdays="")
    world.run(unplan)
    assert reply(world.does(RUNA, overview.next_session), NextSession).why == "no_days"


def test_next_tells_of_todays_open_session(world: FlowWorld) -> None:
    """A reminder that waits for an answer is told before tomorrow's."""
    runa = world.athlete()
    occurrence(world, runa, T0.date(), OccurrenceState.REMINDED)
    told = reply(world.does(RUNA, overview.next_session), NextSession)
    assert (told.waiting, told.running) == (True, False)
    world.run(apply_event.open_session, runa, None, world.now)
    assert reply(world.does(RUNA, overview.next_session), NextSession).running


@pytest.mark.parametrize(
    "ask", [overview.next_session, overview.history, lambda turn: overview.pain_note(turn, "3")]
)
@pytest.mark.parametrize("who", [STRANGER, COACH])
def test_f63_only_athletes_have_a_diary(world: FlowWorld, who: int, ask: Any) -> None:
    """Strangers and coaches are told that this is for athletes."""
    world.person(COACH, "Kim", Role.COACH)
    assert topics(world.does(who, ask)) == ["not_athlete"]
    assert world.count(RatingRow) == 0


# ---- history --------------------------------------------------------------------------


def test_an_empty_history_still_counts_the_week(world: FlowWorld) -> None:
    """Nothing was yet: no entry, and what this week still asks (Wednesday to Sunday)."""
    world.athlete()
    told = reply(world.does(RUNA, overview.history), LastSessions)
    assert told.entries == ()
    assert told.week == Week(0, 0, 5)


def test_a_session_is_one_line(world: FlowWorld) -> None:
    """Local day, outcome, holds, pain first to last, seconds under tension."""
    runa = world.athlete(holds=3)
    world.trains(runa, 3, 2, 1)
    (entry,) = reply(world.does(RUNA, overview.history), LastSessions).entries
    day = date(2026, 11, 24)
    assert entry == SessionEntry(day, entry.at, Outcome.LESSENING, 3, 3, 3, 1, tension_s=30)


def test_the_day_is_the_athletes_own(world: FlowWorld) -> None:
    """03:30 UTC is the next day in Berlin, which begins at four for who trains late."""
    runa = world.athlete(holds=1)
    world.later(hours=21)
    world.trains(runa, 1)
    (entry,) = reply(world.does(RUNA, overview.history), LastSessions).entries
    assert entry.day == date(2026, 11, 25)


def test_resting_on_pain_tells_the_pain_before(world: FlowWorld) -> None:
    """Without a hold there is a first pain and no last one."""
    runa = world.athlete()
    world.run(apply_event.open_session, runa, None, world.now)
    world.happens(runa, events.Pain(5))
    (entry,) = reply(world.does(RUNA, overview.history), LastSessions).entries
    assert isinstance(entry, SessionEntry)
    assert (entry.outcome, entry.first, entry.last) == (Outcome.RESTED_ON_PAIN, 5, None)


def test_days_without_a_session_are_told_as_they_are(world: FlowWorld) -> None:
    """Skipped, missed, paused, rested, and what was our fault."""
    runa = world.athlete()
    for back, state in enumerate(map(OccurrenceState, Unheld), start=1):
        reason = "time" if state == OccurrenceState.SKIPPED else None
        occurrence(world, runa, T0.date() - timedelta(days=back), state, reason)
    occurrence(world, runa, T0.date() - timedelta(days=20), OccurrenceState.MISSED)
    told = reply(world.does(RUNA, overview.history), LastSessions).entries
    assert [(entry.kind, entry.reason) for entry in told if isinstance(entry, DayEntry)] == [
        ("skipped", "time"),
        ("missed", None),
        ("not_delivered", None),
        ("paused", None),
        ("rested", None),
    ]


def test_seven_sessions_newest_first(world: FlowWorld) -> None:
    """Older ones are not shown, nor days before the oldest that is shown."""
    runa = world.athlete(holds=1)
    occurrence(world, runa, T0.date() - timedelta(days=1), OccurrenceState.MISSED)
    for _ in range(9):
        world.trains(runa, 1)
        world.later(days=1)
    told = reply(world.does(RUNA, overview.history), LastSessions).entries
    assert [str(entry.day) for entry in told] == [f"2026-{d}" for d in _DAYS]


_DAYS = ("12-02", "12-01", "11-30", "11-29", "11-28", "11-27", "11-26")


def test_the_week_adds_up(world: FlowWorld) -> None:
    """Done: as the plan asks. Planned: what was asked so far; never our own fault."""
    runa = world.athlete(holds=1)
    occurrence(world, runa, date(2026, 11, 23), OccurrenceState.NOT_DELIVERED)
    occurrence(world, runa, date(2026, 11, 24), OccurrenceState.STARTED)
    world.trains(runa, 1)
    assert reply(world.does(RUNA, overview.history), LastSessions).week == Week(1, 1, 5)


def test_resting_on_pain_follows_the_plan(world: FlowWorld) -> None:
    """Pain-guided rest counts as done; stopping early does not (PROTOCOL 8)."""
    runa = world.athlete()
    occurrence(world, runa, T0.date(), OccurrenceState.STARTED)
    world.run(apply_event.open_session, runa, None, world.now)
    world.happens(runa, events.Pain(5))
    assert reply(world.does(RUNA, overview.history), LastSessions).week == Week(1, 1, 5)


@pytest.mark.parametrize(
    ("values", "ahead"),
    [
        ({"paused_at": T0}, 0),
        ({"paused_at": T0, "paused_until": date(2026, 11, 28)}, 2),
        ({"locked_at": T0, "lock_reason": "red_flag"}, 0),
    ],
)
def test_a_pause_plans_nothing(world: FlowWorld, values: dict[str, Any], ahead: int) -> None:
    """Days of a pause or lock are not counted as planned."""
    runa = world.athlete()
    change(world, runa, **values)
    assert reply(world.does(RUNA, overview.history), LastSessions).week == Week(0, 0, ahead)


# ---- pain notes -----------------------------------------------------------------------


def notes(world: FlowWorld) -> list[tuple[str, int, bool]]:
    """Return every answer stored."""

    def found(db: Db) -> list[tuple[str, int, bool]]:
        return [(row.moment, row.value, row.undone) for row in db.exec(select(RatingRow))]

    return world.store.read_now(found)


def test_a_typed_note_is_saved(world: FlowWorld) -> None:
    """The number is stored as a note and the reply repeats it."""
    world.athlete()
    told = world.does(RUNA, overview.pain_note, "4/10")
    assert reply(told, PainNoteSaved) == PainNoteSaved(4, high=False)
    assert notes(world) == [("note", 4, False)]


@pytest.mark.parametrize("text", ["", "  ", "4 but ok", "11", "-1", "a lot"])
def test_f35_anything_else_is_asked_with_buttons(world: FlowWorld, text: str) -> None:
    """Nothing is guessed and nothing stored."""
    world.athlete()
    told = reply(world.does(RUNA, overview.pain_note, text), PainNoteAsked)
    assert told.unclear is bool(text.strip())
    assert notes(world) == []


@pytest.mark.parametrize(("value", "screened"), [(5, False), (6, True), (10, True)])
def test_a_high_note_offers_the_screen(world: FlowWorld, value: int, *, screened: bool) -> None:
    """From 6 on the red-flag questions follow."""
    world.athlete()
    told = world.does(RUNA, overview.pain_note, str(value))
    assert [one.why for one in told if isinstance(one, RedFlagQuestions)] == ["note"] * screened


def test_f32_a_double_tap_is_one_note(world: FlowWorld) -> None:
    """The same button again is known; another value is another note."""
    world.athlete()
    world.presses(RUNA, overview.pain_pressed, 3)
    told = world.presses(RUNA, overview.pain_pressed, 3)
    assert [one.topic for one in told if isinstance(one, Answer)] == ["known"]
    world.presses(RUNA, overview.pain_pressed, 5)
    assert notes(world) == [("note", 3, False), ("note", 5, False)]


def test_a_note_is_undone_within_two_minutes(world: FlowWorld) -> None:
    """/undo takes it back; later it stays."""
    world.athlete()
    world.does(RUNA, overview.pain_note, "4")
    world.later(minutes=2)
    assert topics(world.does(RUNA, actions.undo)) == ["note_undone"]
    world.does(RUNA, overview.pain_note, "2")
    world.later(minutes=3)
    assert topics(world.does(RUNA, actions.undo)) == ["nothing_to_undo"]
    assert notes(world) == [("note", 4, True), ("note", 2, False)]


def test_in_a_session_a_typed_number_answers_it(world: FlowWorld) -> None:
    """/pain 2 answers the open question and is no note."""
    runa = world.athlete()
    world.run(apply_event.open_session, runa, None, world.now)
    world.does(RUNA, overview.pain_note, "2")
    live = world.store.read_now(sessions.live, runa)
    assert live is not None
    assert live.value.phase is Phase.GET_SET
    assert notes(world) == [("before", 2, False)]


def test_in_a_session_a_notes_button_can_only_stop(world: FlowWorld) -> None:
    """A low value of another question is kept, and starts no hold; a high one ends the session."""
    runa = world.athlete()
    world.run(apply_event.open_session, runa, None, world.now)
    told = world.presses(RUNA, overview.pain_pressed, 2)
    assert [one.topic for one in told if isinstance(one, Answer)] == ["noted"]
    assert notes(world) == [("note", 2, False)]
    live = world.store.read_now(sessions.live, runa)
    assert live is not None
    assert live.value.phase is Phase.ASKED_BEFORE
    world.presses(RUNA, overview.pain_pressed, 5)
    assert world.store.read_now(sessions.live, runa) is None


def test_in_a_session_pain_alone_asks_the_sessions_question(world: FlowWorld) -> None:
    """There are not two pain questions at once."""
    runa = world.athlete()
    world.run(apply_event.open_session, runa, None, world.now)
    assert topics(world.does(RUNA, overview.pain_note, "")) == ["Ask"]


# ---- help -----------------------------------------------------------------------------


def test_help_knows_the_roles(world: FlowWorld) -> None:
    """A stranger has none; one person may have several."""
    world.person(ADMIN, "Ada", Role.ADMIN)
    world.person(ADMIN, "Ada", Role.COACH)
    assert types(world, STRANGER, "/help") == [Say(Help(()))]
    assert types(world, ADMIN, "/help") == [Say(Help((Role.ADMIN, Role.COACH)))]
