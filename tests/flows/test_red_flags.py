"""Red flags: advice first, everything stopped and locked; unlocking by those who may."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlmodel import Session as Db

from bot.flows import holds, red_flags, training
from bot.flows.intents import Answer, CoachAlert, RedFlagAdvice, Retire, Say, Screen
from bot.protocol import events
from bot.protocol.record import Phase, StopReason
from bot.protocol.redflags import RED_FLAGS
from bot.store import people, sessions
from bot.store.tables import AssignmentRow, AthleteRow, AuditRow, RedFlagRow, Role, SessionRow
from tests.flows.world import ADMIN, COACH, RUNA, STRANGER, World, the, topics


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    """A bot with an empty database."""
    with World(tmp_path) as world:
        yield world


def lock_of(world: World, athlete_id: int) -> str | None:
    """Return why the athlete is locked."""
    found: str | None = world.row(AthleteRow, athlete_id).lock_reason
    return found


def inactive(told: list[object]) -> bool:
    """Whether a press was told to be not active any more."""
    return [one.topic for one in told if isinstance(one, Answer)] == ["inactive"]


def test_the_screen_is_sent_to_an_athlete(world: World) -> None:
    """/flag asks the questions."""
    world.athlete()
    assert world.does(RUNA, red_flags.screen) == [Screen("asked")]


def test_the_screen_is_for_athletes(world: World) -> None:
    """Anybody else is told so."""
    assert topics(world.does(STRANGER, red_flags.screen)) == ["not_athlete"]


@pytest.mark.parametrize("flag", RED_FLAGS)
def test_a_flag_locks_alerts_and_advises_first(world: World, flag: str) -> None:
    """Without a session: the advice comes first, the lock is stored, the coach is alerted."""
    runa = world.athlete()
    world.coach(runa)
    told = world.presses(RUNA, red_flags.report, flag)
    assert told[0] == RedFlagAdvice(flag, has_coach=True)
    assert lock_of(world, runa) == "red_flag"
    (alert,) = world.letters(COACH)
    assert isinstance(alert, CoachAlert)
    assert (alert.event, alert.athlete_id, alert.locked) == ("red_flag", runa, True)
    assert world.count(RedFlagRow, RedFlagRow.kind == flag) == 1


def test_only_consenting_coaches_are_alerted(world: World) -> None:
    """A coach without the athlete's consent hears nothing."""
    runa = world.athlete()
    coach = world.person(COACH, "Coach Kim", Role.COACH)
    world.run(lambda db: db.add(AssignmentRow(athlete_id=runa, coach_id=coach)))
    told = world.presses(RUNA, red_flags.report, "tear")
    assert told[0] == RedFlagAdvice("tear", has_coach=False)
    assert world.letters(COACH) == []


def test_a_flag_in_a_session_ends_it(world: World) -> None:
    """In the middle of a hold: closed as a red flag, locked, alerted once, no cue left."""
    runa = world.athlete()
    world.coach(runa)
    world.holding(runa)
    told = world.presses(RUNA, red_flags.report, "clot")
    assert told[0] == RedFlagAdvice("clot", has_coach=True)
    row = world.row(SessionRow, 1)
    assert (row.phase, row.outcome) == (Phase.CLOSED, "red_flag")
    assert lock_of(world, runa) == "red_flag"
    assert topics(world.letters(COACH)) == ["CoachAlert"]
    waiting = topics(world.letters(RUNA, waiting=True))
    assert waiting[0] == "RedFlagAdvice"
    assert not {"Hold", "Tick", "Release", "GetSet"} & set(waiting)
    assert world.row(RedFlagRow, 1).session_id == 1


@pytest.mark.parametrize(
    ("reason", "flag"), [(StopReason.SHARP, "tear"), (StopReason.NUMB, "nerve")]
)
def test_a_sharp_or_numb_stop_is_a_red_flag(world: World, reason: StopReason, flag: str) -> None:
    """STOP with such a reason keeps the flag and sends its advice before anything else."""
    runa = world.athlete()
    world.coach(runa)
    world.holding(runa)
    world.does(RUNA, holds.stop)
    told = world.presses(RUNA, holds.explain, None, reason)
    assert told[0] == RedFlagAdvice(flag, has_coach=True)
    row = world.row(RedFlagRow, 1)
    assert (row.kind, row.session_id) == (flag, 1)
    assert lock_of(world, runa) == "red_flag"


def test_a_hard_stop_is_no_red_flag_by_itself(world: World) -> None:
    """High pain locks and asks for signs; a flag is stored only when one is reported."""
    runa = world.athlete()
    world.trains(runa, 7)
    assert lock_of(world, runa) == "stopped_hard"
    assert world.count(RedFlagRow) == 0
    world.presses(RUNA, red_flags.report, "tear")
    assert lock_of(world, runa) == "red_flag"


def test_the_same_flag_twice_is_one_flag(world: World) -> None:
    """A double tap stores and alerts once; the advice is given each time."""
    runa = world.athlete()
    world.coach(runa)
    for _ in range(2):
        assert isinstance(world.presses(RUNA, red_flags.report, "bone")[0], RedFlagAdvice)
    assert world.count(RedFlagRow) == 1
    assert topics(world.letters(COACH)) == ["CoachAlert"]


def test_no_flags_asks_the_open_question_again(world: World) -> None:
    """No sign: nothing changes, and a question that waits is asked once more."""
    runa = world.athlete()
    world.run(training.open_session, runa, None, world.now)
    told = world.presses(RUNA, red_flags.report, "none")
    assert {"Answer", "no_flags", "Ask"} == set(topics(told))
    assert lock_of(world, runa) is None


def test_no_flags_leaves_a_running_hold_alone(world: World) -> None:
    """While a cue is ahead no question is open, and none is asked."""
    runa = world.athlete()
    world.holding(runa)
    told = world.presses(RUNA, red_flags.report, "none")
    assert set(topics(told)) == {"Answer", "no_flags"}
    assert world.store.read_now(sessions.live, runa) is not None


def test_no_flags_does_not_pretend_to_unlock(world: World) -> None:
    """After a hard stop the reply says that the lock stays."""
    runa = world.athlete()
    world.trains(runa, 8)
    assert the(world.presses(RUNA, red_flags.report, "none"), "no_flags") == {"locked": True}
    assert lock_of(world, runa) == "stopped_hard"


@pytest.mark.parametrize("flag", ["", "x", "TEAR", "1", "none "])
def test_f63_an_unknown_flag_is_refused(world: World, flag: str) -> None:
    """Forged data changes nothing."""
    runa = world.athlete()
    told = world.presses(RUNA, red_flags.report, flag)
    assert inactive(list(told))
    assert Retire(50) in told
    assert lock_of(world, runa) is None


def test_f63_a_stranger_can_not_report(world: World) -> None:
    """Somebody without an account is refused."""
    assert inactive(list(world.presses(STRANGER, red_flags.report, "tear")))
    assert world.count(RedFlagRow) == 0


# ---- unlocking ------------------------------------------------------------------------


def locked(world: World) -> int:
    """Return an athlete, coached by Kim, who reported two flags."""
    runa = world.athlete()
    world.coach(runa)
    world.presses(RUNA, red_flags.report, "tear")
    world.presses(RUNA, red_flags.report, "bone")
    return runa


def test_the_coach_unlocks(world: World) -> None:
    """Lock and flags are cleared, the athlete is told once, the coach too, with an audit row."""
    runa = locked(world)
    told = world.presses(COACH, red_flags.unlock, runa)
    assert the(told, "unlock_done") == {
        "name": "Runa Holm",
        "athlete_id": runa,
        "told": True,
        "paused": False,
    }
    assert lock_of(world, runa) is None
    assert world.store.read_now(people.open_flags, runa) == []
    assert world.row(RedFlagRow, 1).cleared_by == world.row(AuditRow, 2).actor_id
    assert [one for one in topics(world.letters(RUNA)) if one == "unlocked"] == ["unlocked"]
    audit = world.row(AuditRow, 2)
    assert audit.before == '{"lock": "red_flag", "flags": ["tear", "bone"]}'
    assert (audit.action, audit.subject_id) == ("unlock", runa)


def test_an_admin_unlocks_by_name(world: World) -> None:
    """A prefix in any case is enough where it fits one athlete."""
    runa = locked(world)
    world.person(ADMIN, "Ada", Role.ADMIN)
    assert "unlock_done" in topics(world.does(ADMIN, red_flags.unlock_by_name, " ruNA "))
    assert lock_of(world, runa) is None


def test_unlocking_says_only_what_is_true(world: World) -> None:
    """Twice: nothing was changed; unreachable: nobody says that the athlete was told."""
    runa = locked(world)

    def lose(db: Db) -> None:
        people.person(db, runa).unreachable_since = world.now

    world.run(lose)
    assert the(world.presses(COACH, red_flags.unlock, runa), "unlock_done")["told"] is False
    assert "unlock_not_locked" in topics(world.presses(COACH, red_flags.unlock, runa))


@pytest.mark.parametrize("who", [RUNA, ADMIN + 10, STRANGER])
def test_f63_nobody_else_unlocks(world: World, who: int) -> None:
    """The athlete, another coach, a stranger: the same refusal, for her and for nobody."""
    runa = locked(world)
    world.person(ADMIN + 10, "Other", Role.COACH)
    answers = [world.presses(who, red_flags.unlock, target) for target in (runa, 999)]
    for told in answers:
        assert topics(told) == ["Answer", "not_allowed"]
    assert lock_of(world, runa) == "red_flag"


def test_f63_names_of_others_do_not_leak(world: World) -> None:
    """To a coach, an athlete who did not consent is as unknown as nobody."""
    locked(world)
    world.person(ADMIN + 10, "Other", Role.COACH)
    for name in ("Runa Holm", "Nobody"):
        told = world.does(ADMIN + 10, red_flags.unlock_by_name, name)
        assert the(told, "unlock_nobody") == {"name": name}
    assert topics(world.does(RUNA, red_flags.unlock_by_name, "Runa Holm")) == ["not_allowed"]


def test_an_ended_consent_ends_the_right(world: World) -> None:
    """Once the athlete took the consent back, the coach is refused."""
    runa = locked(world)

    def end(db: Db) -> None:
        for coach in people.coaches_of(db, runa):
            row = db.get(AssignmentRow, (runa, coach.id))
            assert row is not None
            row.ended_at = world.now

    world.run(end)
    told = world.presses(COACH, red_flags.unlock, runa)
    assert topics(told) == ["Answer", "not_allowed"]


def test_names_that_fit_several_become_buttons(world: World) -> None:
    """Two Runas: nobody is unlocked until one is chosen; an exact name is not ambiguous."""
    runa = locked(world)
    other = world.athlete(RUNA + 100, "Runa Holmgren")
    world.person(ADMIN, "Ada", Role.ADMIN)
    told = the(world.does(ADMIN, red_flags.unlock_by_name, "runa"), "unlock_which")
    assert [(one["id"], one["locked"]) for one in told["people"]] == [(runa, True), (other, False)]
    assert lock_of(world, runa) == "red_flag"
    assert "unlock_done" in topics(world.does(ADMIN, red_flags.unlock_by_name, "Runa Holm"))


def test_unlock_without_a_name_offers_the_locked(world: World) -> None:
    """Only those who are locked are offered, and no one when no one is."""
    runa = locked(world)
    told = the(world.does(COACH, red_flags.unlock_by_name, ""), "unlock_which")
    assert [one["id"] for one in told["people"]] == [runa]
    world.presses(COACH, red_flags.unlock, runa)
    assert topics(world.does(COACH, red_flags.unlock_by_name, "")) == ["unlock_none_locked"]


def test_the_athlete_trains_again_after_unlocking(world: World) -> None:
    """The next day's session begins as ever."""
    runa = locked(world)
    world.presses(COACH, red_flags.unlock, runa)
    told = world.does(RUNA, holds.begin)
    assert "SetUp" in topics(told)
    assert not any(isinstance(one, Say) and one.topic == "barred" for one in told)
    world.happens(runa, events.Stop())
