"""A HOLD that hangs: whatever the network does, the last cue after STOP is STOP."""

from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from bot.protocol.session.events import GoOn, Leave, Pain, Pause, RedFlagRaised, Stop
from bot.protocol.session.state import Phase
from telegram_sandbox import ApiError
from telegram_sandbox.errors import too_many_requests
from tests.delivery.ether import QUICK, Fate, Stage, play

NEVER = 1e6


def struck(stage: Stage, *fates: Fate, cue: str = "HOLD") -> None:
    """Let the network do this to the next calls of a cue; the others go quickly."""
    left = list(fates)
    stage.ether.decide = lambda text: left.pop(0) if text.startswith(cue) and left else QUICK


async def holding(stage: Stage) -> None:
    """Come to the moment in which a HOLD is on its way."""
    await stage.until(lambda: stage.phase is Phase.HOLDING)
    await stage.passes(0.3)


def test_f122_a_hold_that_connects_is_called_off_by_stop(tmp_path: Path) -> None:
    """A lost SYN: STOP is handled meanwhile, and the HOLD never leaves this machine."""

    async def scene(stage: Stage) -> None:
        struck(stage, Fate(connect_s=2.0))
        await holding(stage)
        assert await stage.happens(Stop())
        await stage.passes(30)
        assert stage.cues == ["STOP"]
        assert stage.states("Hold") == ["cancelled"]

    play(tmp_path, scene)


def test_f122_a_hold_has_only_what_is_left_of_its_time(tmp_path: Path) -> None:
    """Three seconds of connecting and no HOLD: it is dropped, and the athlete is asked."""

    async def scene(stage: Stage) -> None:
        struck(stage, Fate(connect_s=4.0))
        await holding(stage)
        await stage.passes(2.6)
        assert stage.cues == []
        await stage.passes(0.3)
        assert stage.phase is Phase.INTERRUPTED
        await stage.passes(30)
        assert (stage.cues, stage.states("Hold")) == (["RELEASE"], ["dropped"])
        (limits,) = [found for text, found in stage.ether.limits if "HOLD" in text[:8]]
        assert all(2.8 < limit <= 3.0 for limit in limits[:3])
        assert limits[3] <= 4.5

    play(tmp_path, scene)


def test_f122_a_hold_counts_from_when_it_left(tmp_path: Path) -> None:
    """Two seconds of connecting are no part of the hold: RELEASE comes ten after it left."""

    async def scene(stage: Stage) -> None:
        struck(stage, Fate(connect_s=2.0))
        await stage.until(lambda: "RELEASE" in stage.cues)
        at = {m.text.partition(" ")[0]: m.date for m in stage.maria.history if m.from_bot}
        assert 9.9 < (at["RELEASE"] - at["HOLD"]).total_seconds() < 10.3

    play(tmp_path, scene)


@pytest.mark.parametrize(
    ("fate", "kept"),
    [
        pytest.param(Fate(effect_s=2.0), 0, id="late effect"),
        pytest.param(Fate(effect_s=20.0), 0, id="far too late"),
        pytest.param(Fate(answer_s=2.0), 0, id="late answer"),
        pytest.param(Fate(answer_s=20.0), 0, id="answer far too late"),
        pytest.param(Fate(lost=True), 1, id="answer lost"),
        pytest.param(Fate(effect_s=20.0, lost=True), 1, id="late, and lost"),
        pytest.param(Fate(effect_s=2.0, breaks=True), 1, id="connection broken"),
    ],
)
@pytest.mark.parametrize(
    ("event", "last"),
    [
        (Stop(), "STOP"),
        (Pain(5), "STOP"),
        (Pain(8), "STOP"),
        (RedFlagRaised(), "STOP"),
        (Leave(), "STOP"),
        (Pause(), "RELEASE"),
    ],
)
def test_f122_a_hold_that_comes_all_the_same_is_answered(
    tmp_path: Path, fate: Fate, kept: int, event: Any, last: str
) -> None:
    """It is taken back where its message is known, and the last word is said again."""

    async def scene(stage: Stage) -> None:
        left = [QUICK, fate]
        stage.ether.decide = lambda text: left.pop(0) if text.startswith("HOLD") else QUICK
        await stage.until(lambda: stage.phase is Phase.ASKED_AFTER)
        await stage.happens(Pain(1))  # an answer, so that a higher one corrects it
        await holding(stage)
        assert await stage.happens(event)
        await stage.passes(100)
        assert stage.cues[:2] == ["HOLD", "RELEASE"]
        assert stage.cues.count("HOLD") == 2
        assert stage.cues[-1] == last
        assert stage.standing.count("HOLD") == 1 + kept

    play(tmp_path, scene)


def test_f122_a_lost_answer_breaks_the_set_and_a_later_one_is_taken_back(tmp_path: Path) -> None:
    """Nobody says anything: RELEASE when it is unsure, and again when the HOLD came after it."""

    async def scene(stage: Stage) -> None:
        struck(stage, Fate(effect_s=15.0))
        await stage.until(lambda: stage.phase is Phase.INTERRUPTED)
        await stage.passes(20)
        assert stage.cues == ["RELEASE", "HOLD", "RELEASE"]
        assert stage.standing == ["RELEASE", "RELEASE"]
        assert "Go on" in stage.maria.last.labels
        assert stage.states("Hold") == ["sent"]

    play(tmp_path, scene)


@pytest.mark.parametrize("code", [429, 502])
def test_f122_a_refused_hold_is_not_tried_again_after_stop(tmp_path: Path, code: int) -> None:
    """429 or no connection, then STOP before the next try: there is none."""

    async def scene(stage: Stage) -> None:
        no = too_many_requests(1) if code == 429 else ApiError(code, "no")
        struck(stage, Fate(effect_s=0.5, refuses=no))
        await holding(stage)
        assert await stage.happens(Stop())
        await stage.passes(30)
        assert stage.cues[-1] == "STOP"
        assert "HOLD" not in stage.cues

    play(tmp_path, scene)


def test_f122_a_hold_that_found_no_connection_is_not_tried_again_after_stop(
    tmp_path: Path,
) -> None:
    """The connection is refused in the very moment of STOP: the retry is cancelled."""

    async def scene(stage: Stage) -> None:
        await stage.until(lambda: stage.phase is Phase.GET_SET)
        stage.ether.down = True
        await holding(stage)
        stage.ether.down = False
        assert await stage.happens(Stop())
        await stage.passes(30)
        assert stage.cues == ["STOP"]

    play(tmp_path, scene)


@pytest.mark.parametrize("effect_s", [0.1, 2.0])
def test_f122_stop_is_said_again_after_a_restart(tmp_path: Path, effect_s: float) -> None:
    """A HOLD was on its way when the program was killed, and its session stopped by then."""

    async def scene(stage: Stage) -> None:
        struck(stage, Fate(effect_s=effect_s, lost=True))
        await holding(stage)
        assert await stage.happens(Stop())
        await stage.passes(0.5)
        await stage.restart()
        await stage.passes(30)
        assert stage.cues.count("STOP") == 2
        assert stage.cues[-1] == "STOP"
        assert stage.states("Hold") == ["unsure"]

    play(tmp_path, scene)


def test_f122_a_release_that_hangs_is_not_the_last_cue_after_stop(tmp_path: Path) -> None:
    """RELEASE comes late: STOP is said again behind it."""

    async def scene(stage: Stage) -> None:
        struck(stage, Fate(effect_s=3.0), cue="RELEASE")
        await stage.until(lambda: stage.phase is Phase.ASKED_AFTER)
        await stage.passes(0.3)
        assert await stage.happens(Stop())
        await stage.passes(30)
        assert stage.cues == ["HOLD", "STOP", "RELEASE", "STOP"]

    play(tmp_path, scene)


def test_f122_an_ordinary_hold_is_answered_once(tmp_path: Path) -> None:
    """Where nothing is late nothing is said twice."""

    async def scene(stage: Stage) -> None:
        await holding(stage)
        assert await stage.happens(Stop())
        await stage.passes(100)
        assert stage.cues == ["HOLD", "STOP"]

    play(tmp_path, scene)


def test_f122_deaths_one_after_another_do_not_lose_the_word_to_rest(tmp_path: Path) -> None:
    """The bot dies three times while it says that the hold is over: it is said all the same."""

    async def scene(stage: Stage) -> None:
        slow = [Fate(7.0), Fate(2.5)]
        stage.ether.decide = lambda text: (
            slow.pop(0) if slow and text.startswith("RELEASE") else QUICK
        )
        await stage.until(lambda: stage.phase is Phase.HOLDING)
        for _ in range(3):
            await stage.passes(0.2)
            await stage.restart()
        await stage.passes(60)
        assert stage.cues[0] == "HOLD"
        assert stage.cues[-1] != "HOLD"

    play(tmp_path, scene)


# ---- in any order --------------------------------------------------------------------------

SECONDS = st.sampled_from([0.01, 0.3, 1.0, 2.5, 4.0, 7.0, 20.0, 45.0])
FATES = st.one_of(
    st.just(QUICK),
    st.builds(Fate, SECONDS, SECONDS, SECONDS, st.booleans(), st.booleans()),
    st.builds(Fate, refuses=st.sampled_from([too_many_requests(2)])),
    st.builds(Fate, SECONDS, refuses=st.just(ApiError(502, "Bad Gateway"))),
)
ACTS = st.sampled_from(
    ["stop", "pain 1", "pain 5", "pain 8", "pause", "go on", "flag", "down", "up", "restart"]
)


@settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(
    st.lists(FATES, max_size=4),
    st.lists(FATES, max_size=3),
    st.lists(st.tuples(st.sampled_from([0.2, 1.0, 3.0, 6.0, 11.0]), ACTS), max_size=10),
)
@example([], [Fate(effect_s=1.0)], [(11.0, "restart")])  # "RELEASE, if you are still holding."
def test_f122_the_last_word_is_the_last_in_any_order(
    tmp_path_factory: pytest.TempPathFactory,
    holds: list[Fate],
    releases: list[Fate],
    acts: list[tuple[float, str]],
) -> None:
    """HOLDs hang anywhere while people stop, answer, pause and the network goes and comes back."""

    async def scene(stage: Stage) -> None:
        left = {"HOLD": list(holds), "RELEASE": list(releases)}

        def decide(text: str) -> Fate:
            found = left.get(text.partition(" ")[0].rstrip("."))
            return found.pop(0) if found else QUICK

        stage.ether.decide = decide
        await stage.until(lambda: stage.phase is Phase.HOLDING)
        for seconds, act in acts:
            await stage.passes(seconds)
            await does(stage, act)
        stage.ether.down = False
        await stage.passes(1200)
        cues = stage.cues
        assert cues[-1] != "HOLD" or stage.untroubled, cues
        assert "STOP" not in cues or cues[-1] in {"STOP", "ENDED"}, cues
        assert "sending" not in stage.states("Hold") + stage.states("Release")

    play(tmp_path_factory.mktemp("ether"), scene, holds=2)


async def does(stage: Stage, act: str) -> None:
    """Let somebody do something."""
    events = {"stop": Stop(), "pause": Pause(), "go on": GoOn(), "flag": RedFlagRaised()}
    if act in {"down", "up"}:
        stage.ether.down = act == "down"
    elif act == "restart":
        await stage.restart()
    else:
        event = events.get(act) or Pain(int(act.removeprefix("pain ")))
        await stage.happens(event)
