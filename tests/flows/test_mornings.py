"""The morning after: when it is asked, what an answer does, and where athletes stand."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event
from sqlmodel import Session as Db
from sqlmodel import col, select

from bot.coaching.messages import Summary
from bot.conversation.message import Say
from bot.dispatch import due_work
from bot.programme.pauses import by_athlete
from bot.protocol.progression.ladder import Next, Rung
from bot.protocol.progression.morning import OPEN_FOR, Verdict
from bot.protocol.report.athlete_week import Decision
from bot.protocol.session.state import Outcome, Phase
from bot.store import people, sessions
from bot.store.sessions import Stored
from bot.store.tables import (
    AuditRow,
    HoldRow,
    MorningRow,
    OccurrenceRow,
    OccurrenceState,
    PlanRow,
    Role,
    SessionRow,
)
from bot.training import occurrences
from bot.training.eligibility import Barred
from bot.training.messages import CoachAlert, Morning, RedFlagQuestions, Reminder
from bot.training.mornings import answers as morning_answers
from bot.training.progression import standing, step_up
from bot.training.session import actions, start
from tests.flows.chatting import buttons, screen, taps, types
from tests.flows.world import COACH, RUNA, STRANGER, T0, FlowWorld, the, topics

EIGHT = datetime(2026, 11, 25, 7, tzinfo=UTC)
"""08:00 in Berlin, the morning after T0."""


@pytest.fixture
def world(tmp_path: Path) -> Iterator[FlowWorld]:
    """Tuesday 07:30 in Berlin."""
    with FlowWorld(tmp_path) as made:
        yield made


def ticks(world: FlowWorld, to: datetime) -> None:
    """Let time act on everything due on the way."""
    while (at := world.store.read_now(due_work.earliest)) is not None and at <= to:
        world.now = max(world.now, at)
        assert world.run(due_work.act_due, world.now)[1] == []
    world.now = to


def asked(world: FlowWorld) -> list[Morning]:
    """Return the morning questions the athlete got."""
    return [one for one in world.letters(RUNA) if isinstance(one, Morning)]


def past(
    world: FlowWorld, athlete_id: int, day: date, outcome: Outcome, morning: int | None = None
) -> None:
    """Add a session of an earlier day on the newest plan, and its morning."""
    opened = datetime(day.year, day.month, day.day, 12, tzinfo=UTC)

    def add(db: Db) -> None:
        plan = people.plan(db, athlete_id)
        assert plan.id is not None
        row = SessionRow(
            athlete_id=athlete_id,
            plan_id=plan.id,
            phase=Phase.CLOSED,
            opened_at=opened,
            closed_at=opened,
            outcome=outcome,
        )
        db.add(row)
        db.flush()
        db.add(
            HoldRow(
                session_id=row.id or 0,
                idx=0,
                side="left",
                set_no=1,
                number=1,
                planned_s=10,
                actual_s=10.0,
                status="done",
                started_at=opened,
            )
        )
        after = day + timedelta(days=1)
        at = opened + timedelta(hours=19)
        db.add(
            MorningRow(
                athlete_id=athlete_id,
                local_date=after,
                asked_at=at,
                value=morning,
                answered_at=None if morning is None else at,
            )
        )

    world.run(add)


def settled(world: FlowWorld, athlete_id: int, days: int, *, until: date) -> None:
    """Add so many days of lessening pain and settled mornings, the last session on `until`."""
    for ago in reversed(range(days)):
        past(world, athlete_id, until - timedelta(days=ago), Outcome.LESSENING, 1)


def dose(world: FlowWorld, athlete_id: int) -> tuple[int, int, int]:
    """Return holds, seconds and sets of the newest plan."""
    plan = world.store.read_now(people.plan, athlete_id)
    return plan.holds, plan.hold_s, plan.sets


def answered(world: FlowWorld, athlete_id: int, outcome: Outcome, value: int) -> list[Any]:
    """A session of yesterday ended so; answer this morning's question."""
    past(world, athlete_id, T0.date() - timedelta(days=1), outcome)
    return answers(world, value)


def answers(world: FlowWorld, value: int) -> list[Any]:
    """Answer the newest morning by its button."""
    row = world.store.read_now(_newest)
    return world.presses(RUNA, morning_answers.answer, row, value)


def _newest(db: Db) -> int:
    found = db.exec(select(MorningRow.id).order_by(col(MorningRow.id).desc())).first()
    assert found is not None
    return found


# ---- asking ---------------------------------------------------------------------------


def test_asked_once_at_eight_the_morning_after(world: FlowWorld) -> None:
    """Two sessions of a day: one question, 08:00 on the next, silent like any question."""
    runa = world.athlete(holds=1)
    world.trains(runa, 1)
    world.trains(runa, 1)
    ticks(world, EIGHT - timedelta(seconds=1))
    assert asked(world) == []
    ticks(world, EIGHT + timedelta(hours=30))
    (question,) = asked(world)
    assert (question.day, question.limit) == (date(2026, 11, 25), 3)


@pytest.mark.parametrize(("before", "pains"), [(5, ()), (1, (8,)), (1, (1, 3))])
def test_asked_after_every_kind_of_end(
    world: FlowWorld, before: int, pains: tuple[int, ...]
) -> None:
    """Rested on pain, stopped and locked, rising: the coach wants to know."""
    runa = world.athlete()
    world.run(start.begin, runa, None, world.now)
    world.does(RUNA, actions.answer_pain, before, None, None)
    for pain in pains:
        ticks(world, world.now + timedelta(seconds=30))
        world.does(RUNA, actions.answer_pain, pain, None, None)
    ticks(world, EIGHT)
    assert len(asked(world)) == 1


def test_not_asked_about_a_session_that_was_only_opened(world: FlowWorld) -> None:
    """Nothing held and nothing answered: no day with a session."""
    runa = world.athlete()
    world.run(start.begin, runa, None, world.now)
    ticks(world, EIGHT + timedelta(hours=2))
    assert asked(world) == []


@pytest.mark.parametrize("gone", ["erased", "unreachable", "down for a day"])
def test_not_asked(world: FlowWorld, gone: str) -> None:
    """Nobody who leaves or cannot be reached, and never a day late."""
    runa = world.athlete(holds=1)
    world.trains(runa, 1)
    if gone == "erased":
        _set(world, runa, erase_at=world.now + timedelta(days=30))
    elif gone == "unreachable":
        world.run(lambda db: setattr(people.person(db, runa), "unreachable_since", world.now))
    else:
        world.now = EIGHT + timedelta(hours=16)
    ticks(world, EIGHT + timedelta(hours=16))
    assert asked(world) == []


def test_never_in_the_middle_of_a_session(world: FlowWorld) -> None:
    """A session at 08:00: the question comes when it is over."""
    runa = world.athlete(holds=1)
    world.trains(runa, 1)
    ticks(world, EIGHT - timedelta(seconds=5))
    world.run(start.begin, runa, None, world.now)
    ticks(world, EIGHT + timedelta(minutes=10))
    assert asked(world) == []
    ticks(world, EIGHT + timedelta(minutes=21))  # nobody answered: closed after 15 minutes
    assert len(asked(world)) == 1


def test_08_00_where_the_athlete_is_now(world: FlowWorld) -> None:
    """Moved from Berlin to New York overnight: asked at 08:00 there, not at 02:00."""
    runa = world.athlete(holds=1)
    world.trains(runa, 1)
    world.run(lambda db: setattr(people.person(db, runa), "zone", "America/New_York"))
    ticks(world, EIGHT + timedelta(hours=6) - timedelta(seconds=1))
    assert asked(world) == []
    ticks(world, EIGHT + timedelta(hours=6))
    assert len(asked(world)) == 1


# ---- answering ------------------------------------------------------------------------


def test_a_changed_mind_counts_and_both_are_kept(world: FlowWorld) -> None:
    """The newest answer counts; the first is in the audit."""
    runa = world.athlete()
    answered(world, runa, Outcome.LESSENING, 2)
    told = answers(world, 3)
    assert the(told, "morning_saved")["value"] == 3
    (row,) = world.store.read_now(_rows, MorningRow)
    assert row.value == 3
    assert ("morning", "2", "3") in world.store.read_now(_audit)


def _rows(db: Db, table: Any) -> list[Any]:
    return list(db.exec(select(table)))


def _audit(db: Db) -> list[tuple[str, str | None, str | None]]:
    return [(row.action, row.before, row.after) for row in _rows(db, AuditRow)]


def test_a_double_tap_is_one_answer(world: FlowWorld) -> None:
    """The second says that it is known, and nothing is done twice."""
    runa = world.athlete(holds=8)
    world.coach(runa)
    answered(world, runa, Outcome.LESSENING, 5)
    told = answers(world, 5)
    assert "what_follows" not in topics(told)
    assert dose(world, runa) == (5, 10, 1)
    assert world.count(PlanRow) == 2


@pytest.mark.parametrize(("late", "taken"), [(OPEN_FOR, True), (OPEN_FOR * 1.01, False)])
def test_f77_late_answers(world: FlowWorld, late: timedelta, taken: bool) -> None:  # noqa: FBT001
    """Taken for 36 hours, and not a moment longer."""
    runa = world.athlete()
    past(world, runa, T0.date() - timedelta(days=1), Outcome.LESSENING)
    (row,) = world.store.read_now(_rows, MorningRow)
    world.now = row.asked_at + late
    told = answers(world, 1)
    assert ("morning_saved" in topics(told)) is taken
    assert (world.row(MorningRow, row.id).value == 1) is taken


def test_f63_only_the_athletes_own_morning(world: FlowWorld) -> None:
    """Somebody else's button does nothing and tells nothing."""
    runa = world.athlete()
    world.athlete(STRANGER, "Other")
    past(world, runa, T0.date() - timedelta(days=1), Outcome.LESSENING)
    told = world.presses(STRANGER, morning_answers.answer, 1, 3)
    assert topics(told) == ["Answer", "Retire"]
    assert world.row(MorningRow, 1).value is None


def test_a_typed_number_answers_the_newest_open_morning_once(world: FlowWorld) -> None:
    """The first is taken; the next has no question any more."""
    runa = world.athlete()
    past(world, runa, T0.date() - timedelta(days=1), Outcome.LESSENING)
    assert "morning_saved" in topics(types(world, RUNA, "2"))
    assert topics(types(world, RUNA, "4")) == ["number_without_question"]
    assert world.row(MorningRow, 1).value == 2


@pytest.mark.parametrize("holding", [False, True])
def test_at_the_hard_stop_red_flags_are_asked_for(world: FlowWorld, holding: bool) -> None:  # noqa: FBT001
    """Asked, the coach is alerted, the plan pauses; a running session stops as well."""
    runa = world.athlete()
    world.coach(runa)
    past(world, runa, T0.date() - timedelta(days=1), Outcome.LESSENING)
    if holding:
        world.holding(runa)
    told = answers(world, 6)
    assert "note" in [one.why for one in told if isinstance(one, RedFlagQuestions)]
    assert the(told, "what_follows")["paused"]
    alerts = [one for one in world.letters(COACH) if isinstance(one, CoachAlert)]
    assert ("severe_morning", 6) in [(one.event, one.value) for one in alerts]
    assert world.store.read_now(sessions.live, runa) is None


# ---- what follows ---------------------------------------------------------------------


def _set(world: FlowWorld, athlete_id: int, **values: Any) -> None:
    def change(db: Db) -> None:
        for name, value in values.items():
            setattr(people.athlete(db, athlete_id), name, value)

    world.run(change)


def test_a_flare_steps_down_and_says_why(world: FlowWorld) -> None:
    """A plan version of the bot's own, an audit row, one message."""
    runa = world.athlete(holds=8)
    told = answered(world, runa, Outcome.LESSENING, 4)
    values = the(told, "what_follows")
    assert (values["verdict"], values["dose"]["holds"]) == (Verdict.FLARE, 5)
    assert ("step_down", "8 × 10 s", "5 × 10 s") in world.store.read_now(_audit)
    assert world.store.read_now(people.plan, runa).created_by is None


@pytest.mark.parametrize("coached", [True, False])
@pytest.mark.parametrize(("outcome", "rests"), [(Outcome.LESSENING, False), (Outcome.RISING, True)])
def test_a_flare_at_the_lowest_step_is_told(
    world: FlowWorld, outcome: Outcome, *, coached: bool, rests: bool
) -> None:
    """No step is left to take: the coach hears of it, the athlete what happens next; each once."""
    runa = world.athlete()
    if coached:
        world.coach(runa)
    values = the(answered(world, runa, outcome, 4), "what_follows")
    assert (values["dose"], values["lowest"]) == (None, {"holds": 5, "hold_s": 10, "sets": 1})
    assert (values["has_coach"], values["rests_on"] is not None) == (coached, rests)
    assert dose(world, runa) == (5, 10, 1)
    answers(world, 2)
    answers(world, 4)
    alerts = [one for one in world.letters(COACH) if isinstance(one, CoachAlert)]
    assert [(one.event, one.value) for one in alerts] == [("lowest_morning", 4)] * coached


def test_stopped_on_pain_at_the_lowest_step_is_told_once(world: FlowWorld) -> None:
    """Whatever the morning says: before the next session the athlete hears that the plan stays."""
    world.now = T0 - timedelta(hours=1)
    runa = world.athlete()
    past(world, runa, T0.date() - timedelta(days=1), Outcome.STOPPED_PAIN)
    ticks(world, T0)
    world.run(start.begin, runa, None, world.now)
    assert the(world.letters(RUNA), "what_follows")["lowest"] is not None


def test_one_step_for_one_session_whatever_is_answered_anew(world: FlowWorld) -> None:
    """Flare, settled, flare again: one step down; it is not taken back, and not repeated."""
    runa = world.athlete(holds=10)
    answered(world, runa, Outcome.LESSENING, 4)
    answers(world, 0)
    answers(world, 5)
    assert dose(world, runa) == (8, 10, 1)


def test_a_coach_who_changed_the_dose_since_is_not_overruled(world: FlowWorld) -> None:
    """The coach knew of the session: the morning takes no further step."""
    runa = world.athlete(holds=10)
    past(world, runa, T0.date() - timedelta(days=1), Outcome.LESSENING)

    def changed(db: Db) -> None:
        plan = people.plan(db, runa)
        less = sessions.dose_of(plan).changed(holds=9)
        db.add(sessions.plan_row(runa, plan.version + 1, less, world.now))

    world.run(changed)
    answers(world, 5)
    assert dose(world, runa) == (9, 10, 1)


def test_stopped_on_pain_steps_down_without_an_answer(world: FlowWorld) -> None:
    """Unknown is no reason to wait: the next reminder and session have the lower dose, once."""
    world.now = T0 - timedelta(hours=1)
    runa = world.athlete(holds=8)
    past(world, runa, T0.date() - timedelta(days=1), Outcome.STOPPED_PAIN)
    ticks(world, T0)
    (reminder,) = [one for one in world.letters(RUNA) if isinstance(one, Reminder)]
    assert reminder.holds == 5
    assert dose(world, runa) == (5, 10, 1)
    started = world.run(start.begin, runa, None, world.now)
    assert isinstance(started, Stored)
    assert started.value.dose.holds == 5
    told = [one for one in world.letters(RUNA) if isinstance(one, Say)]
    assert the(list(told), "what_follows")["outcome"] == Outcome.STOPPED_PAIN


@pytest.mark.parametrize("reminded", [True, False])
def test_rising_and_a_flare_make_a_rest_day(world: FlowWorld, reminded: bool) -> None:  # noqa: FBT001
    """The next day that is planned and not held is for rest, and so /session says."""
    runa = world.athlete(holds=8)
    world.now = T0 - timedelta(hours=1)
    world.run(occurrences.replan, runa, world.now)
    if reminded:
        ticks(world, T0)
    told = answered(world, runa, Outcome.RISING, 5)
    assert the(told, "what_follows")["rests_on"] == "2026-11-24"
    (row,) = [one for one in world.store.read_now(_rows, OccurrenceRow) if one.reason == "flare"]
    assert (row.state, row.due_at) == (OccurrenceState.RESTED, None)
    world.now = T0 + timedelta(minutes=1)
    barred = world.run(start.begin, runa, row.id, world.now)
    assert isinstance(barred, Barred)
    assert (barred.why, barred.reason) == ("resting", "flare")
    assert world.store.read_now(occurrences.next_at, runa, world.now) == T0 + timedelta(days=1)


def test_a_second_flare_running_pauses_until_a_coach_resumes(world: FlowWorld) -> None:
    """The athlete's own /resume and /pause do not end it; no reminder comes."""
    runa = world.athlete()
    world.coach(runa)
    past(world, runa, T0.date() - timedelta(days=9), Outcome.LEVEL, 1)
    past(world, runa, T0.date() - timedelta(days=8), Outcome.LEVEL, 1)
    past(world, runa, T0.date() - timedelta(days=2), Outcome.LEVEL, 4)
    told = answered(world, runa, Outcome.LEVEL, 5)
    assert the(told, "what_follows")["paused"]
    for flow in (by_athlete.resume, lambda turn: by_athlete.pause(turn, "3 days")):
        assert the(world.does(RUNA, flow), "pause_kept")["reason"] == "severe_morning"
    assert world.store.read_now(occurrences.is_paused, runa, T0 + timedelta(days=90))
    card = screen(types(world, COACH, "/athlete Runa"), "athlete_card", world).text
    assert "Paused, until resumed: the pain of the morning after a session." in card


def test_only_a_higher_number_alerts_and_pauses_anew(world: FlowWorld) -> None:
    """The coach has resumed at 7: 6 changes nothing, 8 pauses again."""
    runa = world.athlete()
    world.coach(runa)
    answered(world, runa, Outcome.LEVEL, 7)
    _set(world, runa, paused_at=None, pause_reason=None)
    assert "what_follows" not in topics(answers(world, 6))
    assert not world.store.read_now(occurrences.is_paused, runa, world.now)
    assert the(answers(world, 8), "what_follows")["paused"]
    assert "what_follows" not in topics(answers(world, 9))
    alerts = [one.value for one in world.letters(COACH) if isinstance(one, CoachAlert)]
    assert alerts == [7, 8, 9]


# ---- a step up ------------------------------------------------------------------------


def ready(world: FlowWorld) -> int:
    """Return an athlete with two credits, whose third morning is not answered yet."""
    world.now = T0 - timedelta(days=5)
    runa = world.athlete()
    world.coach(runa)
    world.now = T0
    settled(world, runa, 2, until=T0.date() - timedelta(days=2))
    return runa


def proposed(world: FlowWorld) -> dict[str, Any]:
    """Return what was proposed to the coach."""
    return the(world.letters(COACH), "step_up_asked")


def test_the_third_credit_proposes_and_a_coach_takes_it(world: FlowWorld) -> None:
    """Nothing changes before the tap; then the plan, an audit row, and the athlete is told."""
    runa = ready(world)
    answered(world, runa, Outcome.LESSENING, 1)
    values = proposed(world)
    assert values["more"] == {"holds": 8, "hold_s": 10, "sets": 1}
    assert dose(world, runa) == (5, 10, 1)
    told = world.presses(COACH, step_up.decide, runa, values["plan"], yes=True)
    assert "step_up_taken" in topics(told)
    assert dose(world, runa) == (8, 10, 1)
    assert the(world.letters(RUNA), "plan_raised")["by"] == "Coach Kim"
    again = world.presses(COACH, step_up.decide, runa, values["plan"], yes=True)
    assert topics(again) == ["Answer", "Retire"]
    assert dose(world, runa) == (8, 10, 1)


def test_not_now_and_once_a_week(world: FlowWorld) -> None:
    """Declined: the next proposal comes after a week, however many credits there are."""
    runa = ready(world)
    answered(world, runa, Outcome.LESSENING, 1)
    world.presses(COACH, step_up.decide, runa, proposed(world)["plan"], yes=False)
    assert dose(world, runa) == (5, 10, 1)
    for day in range(8):
        world.now = T0 + timedelta(days=day + 1)
        past(world, runa, T0.date() + timedelta(days=day), Outcome.LESSENING)
        answers(world, 1)
    times = [one for one in world.letters(COACH) if getattr(one, "topic", "") == "step_up_asked"]
    assert len(times) == 2


@pytest.mark.parametrize("since", ["flare", "locked", "declined consent", "plan changed"])
def test_an_old_proposal_raises_nothing(world: FlowWorld, since: str) -> None:
    """What earned the step, or the right to confirm it, is gone: the button does nothing."""
    runa = ready(world)
    answered(world, runa, Outcome.LESSENING, 1)
    plan = proposed(world)["plan"]
    who = COACH
    if since == "flare":
        past(world, runa, T0.date(), Outcome.LESSENING, 5)
    elif since == "locked":
        _set(world, runa, locked_at=world.now, lock_reason="red_flag")
    elif since == "declined consent":
        world.person(STRANGER, "Other coach", Role.COACH)
        who = STRANGER
    else:
        row = world.store.read_now(people.plan, runa)
        less = sessions.dose_of(row).changed(pain_limit=2)
        world.run(lambda db: db.add(sessions.plan_row(runa, 2, less, world.now)))
    told = world.presses(who, step_up.decide, runa, plan, yes=True)
    assert topics(told) == ["Answer", "Retire"]
    assert dose(world, runa) == (5, 10, 1)


def test_no_credit_from_an_unknown_morning(world: FlowWorld) -> None:
    """Two credits and silence stay two; the late answer makes three."""
    runa = ready(world)
    past(world, runa, T0.date() - timedelta(days=1), Outcome.LESSENING)
    before = world.store.read_now(standing.standing, [runa], world.now)[runa]
    assert (before.credits, before.verdict, before.proposal) == (2, Verdict.UNKNOWN, None)
    answers(world, 1)
    after = world.store.read_now(standing.standing, [runa], world.now)[runa]
    assert (after.credits, after.follows, after.proposal) == (3, Next.CREDIT, Rung(8, 10))


def test_no_credit_for_another_exercise(world: FlowWorld) -> None:
    """What was held without the band says nothing of the plan's exercise: two credits stay two."""
    runa = ready(world)
    past(world, runa, T0.date() - timedelta(days=1), Outcome.LESSENING)
    last = world.store.read_now(sessions.newest, runa)
    assert last is not None
    world.run(lambda db: setattr(db.get_one(SessionRow, last.id), "exercise", "H3"))
    answers(world, 1)
    found = world.store.read_now(standing.standing, [runa], world.now)[runa]
    assert (found.credits, found.follows, found.proposal) == (2, Next.CREDIT, None)


def test_standing_of_many_takes_as_many_statements_as_of_one(world: FlowWorld) -> None:
    """The summary and the card read it for all athletes of a coach at once."""
    ids = [world.athlete(800 + number, f"Athlete {number}") for number in range(6)]
    for athlete_id in ids:
        settled(world, athlete_id, 3, until=T0.date() - timedelta(days=1))

    def counted(some: list[int]) -> int:
        seen: list[str] = []

        def read(db: Db) -> None:
            engine = db.connection().engine
            listen = lambda *args: seen.append(args[2])  # noqa: E731
            event.listen(engine, "before_cursor_execute", listen)
            found = standing.standing(db, some, world.now)
            event.remove(engine, "before_cursor_execute", listen)
            assert [one.credits for one in found.values()] == [3] * len(some)

        world.store.read_now(read)
        return len(seen)

    assert counted(ids[:1]) == counted(ids) <= 6


def test_a_step_up_that_is_earned_reads_the_same_everywhere(world: FlowWorld) -> None:
    """The card, the list and the summary say what the proposal said; the card's button takes it."""
    runa = ready(world)
    answered(world, runa, Outcome.LESSENING, 1)
    card = types(world, COACH, "/athlete Runa")
    assert the(card, "athlete_card")["step_up"] == "8 × 10 s"
    (line,) = the(types(world, COACH, "/athletes"), "athletes")["athletes"]
    assert line["need"] == "step_up"
    (summary,) = [one for one in types(world, COACH, "/summary now") if isinstance(one, Summary)]
    week = summary.athletes[0]
    assert (week.decision, week.step_up) == (Decision.STEP_UP, "8 × 10 s")
    shown = screen(card, "athlete_card", world)
    told = taps(world, COACH, buttons(shown)["Step up to 8 × 10 s"])
    assert "step_up_taken" in topics(told)
    assert dose(world, runa) == (8, 10, 1)
