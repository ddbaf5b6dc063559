"""Red flags: advice first, everything stopped and locked, the coach alerted."""

import pytest

from bot.conversation.message import Answer, Retire
from bot.conversation.offer_messages import Reader
from bot.protocol.red_flags.flags import RED_FLAGS
from bot.protocol.session.state import Phase, StopReason
from bot.store.tables import AssignmentRow, AthleteRow, RedFlagRow, Role, SessionRow
from bot.training import screening
from bot.training.messages import CoachAlert, RedFlagAdvice, RedFlagQuestions
from bot.training.red_flags import flow as red_flags
from bot.training.session import actions, apply_event
from tests.flows.world import COACH, RUNA, STRANGER, FlowWorld, the, topics

KIM = (Reader(2, "Coach Kim"),)
"""To whom an athlete can write."""


def lock_of(world: FlowWorld, athlete_id: int) -> str | None:
    """Return why the athlete is locked."""
    found: str | None = world.row(AthleteRow, athlete_id).lock_reason
    return found


def stamp_of(world: FlowWorld, athlete_id: int) -> int:
    """Return the stamp of the questions that are open, 0 where none are."""
    return screening.stamp(world.row(AthleteRow, athlete_id))


def inactive(told: list[object]) -> bool:
    """Whether a press was told to be not active any more."""
    return [one.topic for one in told if isinstance(one, Answer)] == ["inactive"]


def test_the_screen_is_sent_to_an_athlete(world: FlowWorld) -> None:
    """/flag asks the questions."""
    runa = world.athlete()
    assert world.does(RUNA, red_flags.screen) == [RedFlagQuestions("asked", stamp_of(world, runa))]


def test_the_screen_is_for_athletes(world: FlowWorld) -> None:
    """Anybody else is told so."""
    assert topics(world.does(STRANGER, red_flags.screen)) == ["not_athlete"]


@pytest.mark.parametrize("flag", RED_FLAGS)
def test_a_flag_locks_alerts_and_advises_first(world: FlowWorld, flag: str) -> None:
    """Without a session: the advice comes first, the lock is stored, the coach is alerted."""
    runa = world.athlete()
    world.coach(runa)
    told = world.presses(RUNA, red_flags.report, flag)
    assert told[0] == RedFlagAdvice(flag, has_coach=True, readers=KIM)
    assert lock_of(world, runa) == "red_flag"
    (alert,) = world.letters(COACH)
    assert isinstance(alert, CoachAlert)
    assert (alert.event, alert.athlete_id, alert.locked) == ("red_flag", runa, True)
    assert world.count(RedFlagRow, RedFlagRow.kind == flag) == 1


def test_only_consenting_coaches_are_alerted(world: FlowWorld) -> None:
    """A coach without the athlete's consent hears nothing."""
    runa = world.athlete()
    coach = world.person(COACH, "Coach Kim", Role.COACH)
    world.run(lambda db: db.add(AssignmentRow(athlete_id=runa, coach_id=coach)))
    told = world.presses(RUNA, red_flags.report, "tear")
    assert told[0] == RedFlagAdvice("tear", has_coach=False)
    assert world.letters(COACH) == []


def test_a_flag_in_a_session_ends_it(world: FlowWorld) -> None:
    """In the middle of a hold: closed as a red flag, locked, alerted once, no cue left."""
    runa = world.athlete()
    world.coach(runa)
    world.holding(runa)
    told = world.presses(RUNA, red_flags.report, "clot")
    assert told[0] == RedFlagAdvice("clot", has_coach=True, readers=KIM)
    row = world.row(SessionRow, 1)
    assert (row.phase, row.outcome) == (Phase.CLOSED, "red_flag")
    assert lock_of(world, runa) == "red_flag"
    assert topics(world.letters(COACH)) == ["CoachAlert"]
    waiting = topics(world.letters(RUNA, waiting=True))
    assert waiting[0] == "RedFlagAdvice"
    assert not {"Hold", "Release", "GetSet"} & set(waiting)
    assert world.row(RedFlagRow, 1).session_id == 1


@pytest.mark.parametrize(
    ("reason", "flag"), [(StopReason.SHARP, "tear"), (StopReason.NUMB, "nerve")]
)
def test_a_sharp_or_numb_stop_is_a_red_flag(
    world: FlowWorld, reason: StopReason, flag: str
) -> None:
    """STOP with such a reason keeps the flag and sends its advice before anything else."""
    runa = world.athlete()
    world.coach(runa)
    world.holding(runa)
    world.does(RUNA, actions.stop)
    told = world.presses(RUNA, actions.explain, None, reason)
    assert told[0] == RedFlagAdvice(flag, has_coach=True, readers=KIM)
    row = world.row(RedFlagRow, 1)
    assert (row.kind, row.session_id) == (flag, 1)
    assert lock_of(world, runa) == "red_flag"


def test_a_hard_stop_is_no_red_flag_by_itself(world: FlowWorld) -> None:
    """High pain locks and asks for signs; a flag is stored only when one is reported."""
    runa = world.athlete()
    world.trains(runa, 7)
    assert lock_of(world, runa) == "stopped_hard"
    assert world.count(RedFlagRow) == 0
    world.presses(RUNA, red_flags.report, "tear")
    assert lock_of(world, runa) == "red_flag"


def test_the_same_flag_twice_is_one_flag(world: FlowWorld) -> None:
    """A double tap stores and alerts once; the advice is given each time."""
    runa = world.athlete()
    world.coach(runa)
    for _ in range(2):
        assert isinstance(world.presses(RUNA, red_flags.report, "bone")[0], RedFlagAdvice)
    assert world.count(RedFlagRow) == 1
    assert topics(world.letters(COACH)) == ["CoachAlert"]


def test_no_flags_asks_the_open_question_again(world: FlowWorld) -> None:
    """No sign: nothing changes, and a question that waits is asked once more."""
    runa = world.athlete()
    world.run(apply_event.open_session, runa, None, world.now)
    world.does(RUNA, red_flags.screen)
    told = world.presses(RUNA, red_flags.report, "none", stamp_of(world, runa))
    assert {"Answer", "no_flags", "Ask"} == set(topics(told))
    assert lock_of(world, runa) is None


def test_f130_no_flags_of_older_questions_does_nothing(world: FlowWorld) -> None:
    """None of these: it answers the newest questions alone, once."""
    runa = world.athlete()
    world.does(RUNA, red_flags.screen)
    first = stamp_of(world, runa)
    world.later(seconds=60)
    world.does(RUNA, red_flags.screen)
    assert inactive(list(world.presses(RUNA, red_flags.report, "none", first)))
    second = stamp_of(world, runa)
    assert second not in {0, first}
    world.presses(RUNA, red_flags.report, "none", second)
    assert stamp_of(world, runa) == 0
    assert inactive(list(world.presses(RUNA, red_flags.report, "none", second)))


def test_no_flags_does_not_pretend_to_unlock(world: FlowWorld) -> None:
    """After a hard stop the reply says that the lock stays."""
    runa = world.athlete()
    world.trains(runa, 8)
    told = world.presses(RUNA, red_flags.report, "none", stamp_of(world, runa))
    assert the(told, "no_flags") == {"locked": True}
    assert lock_of(world, runa) == "stopped_hard"


@pytest.mark.parametrize("flag", ["", "x", "TEAR", "1", "none "])
def test_f63_an_unknown_flag_is_refused(world: FlowWorld, flag: str) -> None:
    """Forged data changes nothing."""
    runa = world.athlete()
    told = world.presses(RUNA, red_flags.report, flag)
    assert inactive(list(told))
    assert Retire(50) in told
    assert lock_of(world, runa) is None


def test_f63_a_stranger_can_not_report(world: FlowWorld) -> None:
    """Somebody without an account is refused."""
    assert inactive(list(world.presses(STRANGER, red_flags.report, "tear")))
    assert world.count(RedFlagRow) == 0
