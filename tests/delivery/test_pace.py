"""The limiter, whatever comes: never over the budget, never idle for nothing, nobody forgotten."""

from collections import Counter, deque
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.delivery.limiter import (
    BURST,
    GROUP,
    GUARD_S,
    LEAD_S,
    RECOVERY_S,
    SECOND_S,
    SHARE,
    TITHE,
    WINDOW_S,
    Budget,
    Chats,
    Lane,
    Pace,
    Promises,
    Slot,
    lane_of,
)
from bot.store.outbox_claims import Claimed
from testkit.rules import busiest

pytestmark = pytest.mark.one_database("of no database")

NOW = datetime(2026, 11, 23, 7, 0, tzinfo=UTC)
A_LITTLE = 1e-6
RATES = st.sampled_from([1.0, 2.5, 7.0, 28.0, 30.0, 100.0])


def letter(
    number: int = 1, priority: int = 4, chat_id: int = 1, kind: str = "Say", **body: Any
) -> Claimed:
    """Return a letter that is due."""
    key = f"k{number}"
    return Claimed(number, key, chat_id, kind, body, priority, NOW, None, True, None, None, 0)


@dataclass
class Line:
    """Letters that wait in line for a pace; time goes from one chance to the next."""

    pace: Pace
    waiting: list[tuple[float, Claimed]] = field(default_factory=list)
    sent: list[tuple[float, Claimed]] = field(default_factory=list)

    def run(self, *, most: int = 100_000) -> None:
        """Send everything, most urgent first, as the sender does."""
        coming = deque(sorted(self.waiting, key=lambda one: one[0]))
        line: list[Claimed] = []
        now = coming[0][0]
        for _ in range(most):
            while coming and coming[0][0] <= now:
                line.append(coming.popleft()[1])
            line.sort(key=lambda one: (one.priority, one.id))
            again = self._pass(line, now)
            if not line and not coming:
                return
            chances = [again] if line else []
            now = min([*chances, *([coming[0][0]] if coming else [])]) + A_LITTLE / 10
        raise AssertionError("never done")

    def _pass(self, line: list[Claimed], now: float) -> float:
        again, full = float("inf"), set[Lane]()
        for one in list(line):
            lane = lane_of(one.priority)
            if lane in full:
                continue
            place = self.pace.take(one, now)
            if isinstance(place, Slot):
                self.sent.append((now, one))
                line.remove(one)
                continue
            again = min(again, place)
            if self.pace.opens_at(lane, now) > now:
                full.add(lane)
        return again


def in_any(times: list[float], seconds: float = WINDOW_S) -> int:
    """Return the most messages in any rolling window, exact to the last bit."""
    return busiest(times, seconds, slack=0)


ARRIVALS = st.lists(
    st.tuples(
        st.floats(0, 5, allow_nan=False),
        st.integers(0, 8),
        st.integers(-3, 60),
    ),
    min_size=1,
    max_size=120,
)


@settings(max_examples=80, deadline=None)
@given(RATES, ARRIVALS)
def test_f21_never_over_the_budget(rate: float, arrivals: list[tuple[float, int, int]]) -> None:
    """Whatever arrives when: no rolling second holds more messages than the rate."""
    line = Line(Pace(rate))
    line.waiting = [(at, letter(n, p, chat or 1)) for n, (at, p, chat) in enumerate(arrivals)]
    line.run()
    assert in_any([at for at, _ in line.sent]) <= int(rate)
    assert len(line.sent) == len(arrivals)


@settings(max_examples=60, deadline=None)
@given(ARRIVALS)
def test_never_over_a_chats_pace(arrivals: list[tuple[float, int, int]]) -> None:
    """A chat gets its burst and then one a second; a group at most 20 in any minute."""
    line = Line(Pace(1000.0))
    calm = [(at, max(3, p), chat % 3 - 1 or 1) for at, p, chat in arrivals]
    line.waiting = [(at, letter(n, p, chat)) for n, (at, p, chat) in enumerate(calm)]
    line.run()
    for chat_id in {one.chat_id for _, one in line.sent}:
        times = [at for at, one in line.sent if one.chat_id == chat_id]
        assert in_any(times, 1.0) <= BURST + 1
        assert in_any(times, 10.0) <= BURST + 10
        if chat_id < 0:
            assert in_any(times, 60.0) <= GROUP


@settings(max_examples=20, deadline=None)
@given(st.sampled_from([2.0, 7.0, 28.0, 30.0]), st.integers(3, 8), st.integers(0, 1000))
def test_a_backlog_uses_the_whole_budget(rate: float, priority: int, seed: int) -> None:
    """While enough waits for other chats, 98 % of the rate is used in every ten seconds."""
    line = Line(Pace(rate))
    count = int(rate * 12)
    line.waiting = [(seed / 1000, letter(n, priority, n + 1)) for n in range(count)]
    line.run()
    times = [at for at, _ in line.sent]
    begin = times[0]
    while begin + 10 < times[-1]:
        used = sum(begin <= at < begin + 10 for at in times)
        assert used >= 0.98 * rate * 10 - 1  # whole messages
        begin += 0.7


@settings(max_examples=60, deadline=None)
@given(RATES, ARRIVALS)
def test_what_may_go_goes(rate: float, arrivals: list[tuple[float, int, int]]) -> None:
    """A letter that waits is sent by the time its pace has named, if nothing goes before it."""
    pace, now = Pace(rate), 0.0
    for number, (gap, priority, chat) in enumerate(arrivals):
        now += gap / 20
        one = letter(number, priority, chat or 1)
        place = pace.take(one, now)
        if isinstance(place, float):
            assert place > now
            assert isinstance(pace.take(one, place + A_LITTLE), Slot)
            now = place + A_LITTLE


@settings(max_examples=60, deadline=None)
@given(ARRIVALS)
def test_a_cue_goes_before_what_came_earlier(arrivals: list[tuple[float, int, int]]) -> None:
    """Of letters that wait together for the budget alone, the more urgent one goes first."""
    line = Line(Pace(7.0))
    line.waiting = [(0.0, letter(n, p, n + 1)) for n, (_, p, _) in enumerate(arrivals)]
    line.run()
    order = [(one.priority, one.id) for _, one in line.sent]
    assert order == sorted(order)


def test_a_cue_waits_for_one_place_at_most_beside_a_backlog() -> None:
    """10,000 reminders drain at 30 a second: a cue that comes then goes within 1/30 s."""
    pace, now, worst, cues = Pace(30.0), 0.0, 0.0, 0
    while now < 60:
        reminder = pace.take(letter(1, 5, int(now * 1000) + 10), now)
        if isinstance(reminder, float):
            now = reminder + A_LITTLE
        if cues < now / 0.31:  # about three a second
            due = now
            while isinstance(place := pace.take(letter(2, 2, 1), now), float):
                now = place + A_LITTLE
            worst, cues = max(worst, now - due), cues + 1
    assert worst <= (WINDOW_S + GUARD_S) / 30 + 2 * LEAD_S[Lane.BULK]


def test_the_bulk_gets_its_tenth_behind_people() -> None:
    """People alone could fill the budget for ever: after nine of theirs the bulk is owed one."""
    pace, now, went = Pace(28.0), 0.0, Counter[str]()
    for number in range(2000):
        owed = pace.owes_bulk
        one = letter(number, 5 if owed else 4, number + 1)
        while isinstance(place := pace.take(one, now, owed=owed), float):
            now = place + A_LITTLE
        went["bulk" if owed else "people"] += 1
    assert went["bulk"] == 2000 // TITHE


def test_each_lane_by_its_priority() -> None:
    """Stop, release, hold are cues; questions and replies a person's; the rest is bulk."""
    lanes = "".join(lane_of(priority).name[0] for priority in range(9))
    assert lanes == "CCCPPBBBB"


# ---- refusals ------------------------------------------------------------------------------


def test_f51_one_chats_refusal_holds_that_chat_alone() -> None:
    """Exactly as long as told; everybody else goes on, at the full rate."""
    pace = Pace(28.0)
    pace.refused(letter(1, chat_id=7), 0.0, 0.1, 3.0)
    assert pace.take(letter(2, priority=0, chat_id=7), 0.2) == pytest.approx(3.1)
    assert isinstance(pace.take(letter(3, chat_id=8), 0.2), Slot)
    assert isinstance(pace.take(letter(4, priority=0, chat_id=7), 3.1), Slot)
    assert pace.free.rate == 28.0


def test_f51_two_chats_at_once_hold_all_and_halve_the_rate_once() -> None:
    """Refusals of what was under way together are one lesson, not many."""
    pace = Pace(28.0)
    for number in range(6):
        pace.refused(letter(number, chat_id=number + 1), 0.0, 0.5 + number / 100, 4.0)
    assert pace.take(letter(9, priority=0, chat_id=99), 1.0) == pytest.approx(4.55)
    assert isinstance(pace.take(letter(9, priority=0, chat_id=99), 4.56), Slot)
    assert pace.free.rate == 14.0


def test_f51_the_rate_comes_back_by_tenths() -> None:
    """A tenth of the configured rate for every half minute without a refusal."""
    budget = Budget(30.0)
    budget.slow_down(0.0, 0.0)
    rates = []
    for number in range(6):
        budget.free_at(Lane.BULK, number * RECOVERY_S)
        rates.append(budget.rate)
    assert rates == [15.0, 18.0, 21.0, 24.0, 27.0, 30.0]


def test_the_rate_never_falls_under_one() -> None:
    """However often Telegram refuses."""
    budget = Budget(2.0)
    for number in range(10):
        budget.slow_down(number + 0.5, number + 1.0)
    assert budget.rate == 1.0


def test_a_place_given_back_is_free_again() -> None:
    """A letter that was silenced before it was claimed costs nothing."""
    budget = Budget(1.0)
    place = budget.take(0.0)
    assert budget.free_at(Lane.CUE, 0.1) > 0.1
    budget.give_back(place)
    assert budget.free_at(Lane.CUE, 0.1) == 0.1


def test_an_answer_to_a_press_is_no_message_to_the_chat() -> None:
    """The chat's pace is used up; the press is answered all the same."""
    pace = Pace(1000.0)
    while isinstance(pace.take(letter(1), 0.0), Slot):
        pass
    assert isinstance(pace.take(letter(2, kind="Answer"), 0.0), Slot)


def test_paid_messages_have_a_budget_of_their_own() -> None:
    """The bulk goes beyond the free rate; a person's own letters stay free."""
    pace = Pace(2.0, paid_rate=100.0)
    went = sum(isinstance(pace.take(letter(n, 5, n + 1), n / 50), Slot) for n in range(50))
    assert went == 50
    assert isinstance(pace.take(letter(99, 4, 99), 1.0), Slot)


def test_quiet_chats_are_forgotten() -> None:
    """A hundred thousand chats do not stay in memory."""
    chats = Chats()
    for number in range(100_000):
        chats.took(number + 1, number / 28)
    assert len(chats._full_at) < 3000


# ---- promises ------------------------------------------------------------------------------


@settings(max_examples=200, deadline=None)
@given(st.lists(st.floats(0, 6, allow_nan=False), max_size=80), st.sampled_from([2.0, 5.0, 28.0]))
def test_no_second_is_promised_to_more_than_fit(wishes: list[float], rate: float) -> None:
    """Whatever HOLDs begin when: a rolling second holds at most 80 % of the rate in RELEASEs."""
    promises, kept = Promises(), list[float]()
    for wish in wishes:
        at = promises.free_from(wish, rate)
        assert at >= wish
        promises.keep(at)
        kept.append(at)
    assert in_any(sorted(kept), SECOND_S - A_LITTLE) <= max(1, int(rate * SHARE))


def test_a_hold_waits_until_its_release_has_a_place() -> None:
    """At two a second one RELEASE a second is promised: the second HOLD waits for the next."""
    pace = Pace(2.0)
    first = pace.take(letter(1, 2, 1, "Hold", seconds=10), 0.0)
    assert isinstance(first, Slot)
    assert pace.take(letter(2, 2, 2, "Hold", seconds=10), 0.1) == pytest.approx(1.0)
    assert isinstance(pace.take(letter(3, 2, 3, "Hold", seconds=30), 0.2), Slot)


@given(st.floats(0, 1e6), st.integers(5, 60))
def test_a_hold_is_not_passed_over_for_a_rounding(now: float, seconds: int) -> None:
    """With room for it and its RELEASE it goes at once, at whatever time of the clock that is."""
    hold = letter(1, 2, 1, "Hold", seconds=seconds)
    assert isinstance(Pace(30.0).take(hold, now), Slot)


def test_promises_that_are_over_are_forgotten() -> None:
    """What should have gone by now keeps nobody waiting."""
    promises = Promises()
    promises.keep(1.0)
    promises.forget(3.0)
    assert len(promises) == 0
