"""The benchmarks' morning: the same calls for all, noted when they are handed over."""

import itertools
from collections import Counter

import pytest

from bench.crowd import CUES, MOST_LOAD, Morning, Planned, What
from bench.deliver import Delivered, percentile
from bench.lateness import (
    CROWDED,
    FULL,
    SMALL,
    deliver_by_limiter,
    deliver_by_outbox,
    virtually,
)

FEW = Morning(reminders=30, athletes=15, busy_chats=((9_000, 3),))


def test_a_plan_is_in_order_and_the_same_each_time() -> None:
    """Instants ascend; a seed reproduces the plan; all have their part in it."""
    plan = list(itertools.islice(FEW.plan(), 200))
    assert plan == sorted(plan, key=lambda call: call.at)
    assert plan == list(itertools.islice(FEW.plan(), 200))
    assert len({call.key for call in plan}) == len(plan)
    counted = Counter(call.what for call in plan)
    assert (counted[What.REMINDER], counted[What.LETTER]) == (30, 3)
    assert {call.what for call in plan if call.at < 20.0} & CUES


def test_each_hold_has_its_four_calls_in_order() -> None:
    """HOLD, RELEASE when its seconds are over, then the answer and the rewritten message."""
    mine = [call for call in itertools.islice(FEW.plan(), 200) if call.chat == 1]
    hold = next(call for call in mine if call.what is What.HOLD)
    rest = [call for call in mine if call.index == hold.index]
    assert [call.what for call in rest] == [What.HOLD, What.RELEASE, What.ANSWER, What.REST]
    assert rest[1].at - rest[0].at == pytest.approx(hold.seconds)
    assert 3 <= rest[2].at - rest[1].at <= 8
    assert rest[2].at == rest[3].at


@pytest.mark.parametrize("morning", [FULL, SMALL])
def test_sessions_leave_a_fifth_of_the_budget(morning: Morning) -> None:
    """The load is what admission control guarantees, also in the worst ten seconds."""
    mean, worst = morning.load(120.0)
    assert 0 < mean < worst <= MOST_LOAD
    assert CROWDED.load(120.0) == (0, 0)


def test_both_ways_make_the_same_calls() -> None:
    """Everything due is handed over by each, and nothing else; the rule-book sees the calls."""
    mine = virtually(FEW, deliver_by_outbox, refuses=True)
    theirs = virtually(FEW, deliver_by_limiter, refuses=False)
    for run in (mine, theirs):
        assert set(run.what.handed) == set(run.what.due)
        assert run.what.lost == 0
        assert run.what.reminders_s is not None
        calls = run.seen.calls
        assert sum(calls.values()) - calls["getMe"] == len(run.what.due)
    assert mine.seen.busiest_second <= 30
    assert mine.seen.violations == 0


def test_lateness_is_from_due_to_handed_over() -> None:
    """Only what became due with the reminders or after them counts; what was lost is counted."""
    result = Delivered(FEW)
    for at, index, handed in ((4.0, 0, 9.0), (6.0, 1, 6.5), (7.0, 2, 7.25), (8.0, 3, None)):
        call = Planned(at, What.HOLD, 1, index)
        result.due[call.key] = call
        if handed is not None:
            result.handed[call.key] = handed
    assert result.late(What.HOLD) == [0.25, 0.5]
    assert result.late(What.RELEASE) == []
    assert result.lost == 1
    assert percentile([1.0, 2.0, 3.0, 4.0], 0.5) == 3.0
    assert percentile([1.0, 2.0], 0.99) == 2.0
