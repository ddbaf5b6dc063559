"""The stages: what has to be so before the next, what a coach asks for, and who moves."""

from collections.abc import Callable, Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import select

from bot.protocol.dose.dose import Dose
from bot.protocol.load.stages import ExitCondition, Met
from bot.protocol.session.state import HoldStatus, Outcome, Phase
from bot.store import people
from bot.store.tables import (
    HoldRow,
    LoadTestRow,
    MorningRow,
    OccurrenceRow,
    OccurrenceState,
    PlanRow,
    RatingRow,
    RedFlagRow,
    SessionRow,
)
from bot.training.load.stage_facts import exit_conditions
from tests.flows.test_load_seen import Seen
from tests.flows.world import COACH, RUNA, T0

TOP = Dose(holds=10, hold_s=15, rest_s=30)


@pytest.fixture
def talk(tmp_path: Path) -> Iterator[Seen]:
    """Runa, who has held ten times 15 s for a week, and calmly; her coach. It is Tuesday."""
    with Seen(tmp_path) as made:
        made.coach(made.athlete(holds=10, hold_s=15, rest_s=30))
        made.run(lived)
        yield made


def lived(db: Any) -> None:
    """Store eight days of sessions and fourteen of mornings."""
    plan = db.get(PlanRow, 1)
    plan.created_at = T0 - timedelta(days=8)
    db.add(plan)
    for ago in range(1, 8):
        session(db, ago)
    for ago in range(1, 14):
        day = T0.date() - timedelta(days=ago)
        asked = T0 - timedelta(days=ago)
        db.add(MorningRow(athlete_id=1, local_date=day, asked_at=asked, value=2))


def session(db: Any, ago: int, pain: int | None = 2, hold_s: float = 15.0) -> None:
    """Store a session of so many days ago, as planned: its pain lessened."""
    at = T0 - timedelta(days=ago)
    day = OccurrenceRow(
        id=1000 + ago,
        athlete_id=1,
        local_date=at.date(),
        slot=0,
        planned_at=at,
        state=OccurrenceState.STARTED,
    )
    db.add(day)
    db.flush()
    outcome = Outcome.PARTIAL if pain is None else Outcome.LESSENING
    row = SessionRow(
        id=100 + ago,
        athlete_id=1,
        plan_id=1,
        occurrence_id=day.id,
        phase=Phase.CLOSED,
        position=10,
        opened_at=at,
        outcome=outcome,
        closed_at=at + timedelta(minutes=5),
    )
    db.add(row)
    db.flush()
    db.add(
        HoldRow(
            session_id=100 + ago,
            idx=0,
            side="left",
            set_no=1,
            number=1,
            planned_s=15,
            actual_s=hold_s,
            status=HoldStatus.DONE,
            started_at=at,
        )
    )
    if pain is not None:
        db.add(
            RatingRow(
                athlete_id=1, session_id=100 + ago, moment="hold", hold_idx=0, value=pain, at=at
            )
        )


def conditions(talk: Seen) -> dict[ExitCondition, Met]:
    """Return what is met."""
    return talk.run(exit_conditions, 1, talk.now)


def chat(talk: Seen, who: int = COACH) -> str:
    """Return everything in a chat."""
    return "\n".join(one.text for one in talk.chats[who].values())


def test_all_is_met_and_the_coach_moves(talk: Seen) -> None:
    """The list stands on the card, with a button; the athlete is told; credits and doses stay."""
    assert set(conditions(talk).values()) == {Met.YES}
    talk.says(COACH, "/athlete Runa")
    assert "Stage 1 of 4: holds alone. Before the next:" in chat(talk)
    assert "• Mornings calm, not above the week before: yes" in chat(talk)
    talk.taps(COACH, "Move to stage 2")
    plan = talk.read(people.plan, 1)
    assert (plan.stage, plan.holds, plan.created_by) == (2, 10, 2)
    assert "stage 1 (holds alone) → 2 (strength with little bend at the hip)" in talk.text(RUNA)
    assert "Note strength work in your diary, for example: gym 30 5." in talk.text(RUNA)
    talk.says(COACH, "/athlete Runa")
    assert "Stage 2 of 4: strength with little bend at the hip" in chat(talk)
    assert "Stage 2" in talk.says(COACH, "/plan Runa")


def cut(talk: Seen, change: Any) -> dict[ExitCondition, Met]:
    """Change what is stored; return what is met then, and that there is no button."""
    talk.run(change)
    found = conditions(talk)
    talk.says(COACH, "/stage Runa")
    assert ("Move to stage 2" in talk.labels(COACH)) is (set(found.values()) == {Met.YES})
    return found


def flag(db: Any) -> None:
    """Open a warning sign."""
    db.add(RedFlagRow(athlete_id=1, kind="nerve", at=T0))


def locked(db: Any) -> None:
    """Lock the sessions."""
    one = people.athlete(db, 1)
    one.locked_at, one.lock_reason = T0, "red_flag"


def partial(db: Any) -> None:
    """Let an answer of the newest session be missing."""
    db.delete(db.get(RatingRow, 1))
    row = db.get(SessionRow, 101)
    row.outcome = Outcome.PARTIAL
    db.add(row)


def silent(db: Any) -> None:
    """Let most mornings of the week have no answer."""
    for row in db.exec(select(MorningRow)).all():
        if (T0.date() - row.local_date).days in {1, 2, 3, 4}:
            row.value = None
            db.add(row)


def lower(db: Any) -> None:
    """Let the dose be one below the top."""
    plan = db.get(PlanRow, 1)
    plan.holds = 7
    db.add(plan)


@pytest.mark.parametrize(
    ("change", "condition", "met"),
    [
        (flag, ExitCondition.FLAGS, Met.NO),
        (partial, ExitCondition.PAIN, Met.UNKNOWN),
        (silent, ExitCondition.MORNINGS, Met.UNKNOWN),
        (lower, ExitCondition.LEVEL, Met.NO),
    ],
)
def test_what_is_not_so_or_not_known(
    talk: Seen, change: Any, condition: ExitCondition, met: Met
) -> None:
    """There is no button then."""
    assert cut(talk, change)[condition] is met


def test_a_long_hold_if_the_coach_asks(talk: Seen) -> None:
    """Within the limit, and with an answer."""
    assert ExitCondition.LONG_HOLD not in conditions(talk)
    talk.says(COACH, "/stage Runa hold on")
    assert conditions(talk)[ExitCondition.LONG_HOLD] is Met.NO
    talk.run(lambda db: session(db, 9, None, 45.0))
    assert conditions(talk)[ExitCondition.LONG_HOLD] is Met.NO
    talk.run(lambda db: session(db, 10, 3, 45.0))
    assert conditions(talk)[ExitCondition.LONG_HOLD] is Met.YES
    talk.taps(COACH, "✓ A hold of 45 s")
    assert ExitCondition.LONG_HOLD not in conditions(talk)


def test_a_load_test_if_the_coach_asks(talk: Seen) -> None:
    """The athlete is told what it is; three days running within the limit."""
    assert "Your coach does not ask for it now" in talk.says(RUNA, "/test")
    talk.says(COACH, "/stage Runa test on")
    assert "three short bridges on one leg" in talk.text(RUNA)
    assert conditions(talk)[ExitCondition.TEST] is Met.UNKNOWN
    for _ in range(3):
        assert talk.says(RUNA, "/test 2") == "Test today: 2 – saved."
        talk.later(days=1)
    assert conditions(talk)[ExitCondition.TEST] is Met.YES
    assert "over your limit of 3: rest now" in talk.says(RUNA, "/test 4")
    assert conditions(talk)[ExitCondition.TEST] is Met.NO
    talk.says(RUNA, "/test 1")
    found = talk.row(LoadTestRow, (1, (T0 + timedelta(days=3)).date()))
    assert found.value == 4  # the worst of the day
    talk.says(COACH, "/stage Runa test off")
    assert "does not ask for the load test any more" in talk.text(RUNA)


@pytest.mark.parametrize("bar", [flag, locked])
def test_no_test_is_asked_for_beside_a_lock_or_a_warning_sign(
    talk: Seen, bar: Callable[[Any], None]
) -> None:
    """The coach reads why; the athlete has no letter, and no test."""
    talk.run(bar)
    before = len(talk.letters(RUNA))
    assert "No load test now: the sessions of Runa Holm are locked" in talk.says(
        COACH, "/stage Runa test on"
    )
    assert len(talk.letters(RUNA)) == before
    assert ExitCondition.TEST not in conditions(talk)
    assert "No load test now." in talk.says(RUNA, "/test 2")
    assert "You ask for a hold of 45 s" in talk.says(COACH, "/stage Runa hold on")


def test_a_bad_test_asks_for_warning_signs(talk: Seen) -> None:
    """At the hard stop; and while the questions are open there is no test."""
    talk.says(RUNA, "/test 7")
    assert talk.count(LoadTestRow) == 1
    assert "Nothing was saved." in talk.says(RUNA, "/test 2")
    assert talk.row(LoadTestRow, (1, date(2026, 11, 24))).value == 7
    assert "“much” is not a pain from 0 to 10." in talk.says(RUNA, "/test much")


def test_in_a_session_it_is_a_pain_like_any_other(talk: Seen) -> None:
    """Over the limit it stops the set."""
    talk.later(days=1)
    talk.holding(1)
    talk.says(RUNA, "/test 5")
    assert talk.count(LoadTestRow) == 0
    assert talk.count(SessionRow, SessionRow.outcome == Outcome.STOPPED_PAIN) == 1


def test_only_coaches_move(talk: Seen) -> None:
    """The athlete has no such command; a stage that is none is refused; the bot never moves."""
    assert "There is no /stage" in talk.says(RUNA, "/stage Runa")
    assert "stage=5 is not possible: allowed is 1 to 4" in talk.says(COACH, "/plan Runa stage=5")
    assert "“jump” is not something I can ask for" in talk.says(COACH, "/stage Runa jump")
    talk.says(COACH, "/stage Runa stride on")
    assert "You ask for advice on the stride." in talk.text(COACH)
    assert talk.read(people.plan, 1).stage == 1


def test_steps_of_the_bot_keep_the_stage(talk: Seen) -> None:
    """A step down after a flare is of the dose alone."""
    talk.says(COACH, "/plan Runa stage=3")
    talk.says(COACH, "/plan Runa holds=8")
    assert talk.read(people.plan, 1).stage == 3
