"""The book of rate rules: Telegram's limits, exact to the rolling second."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from telegram_sandbox.errors import ApiError
from telegram_sandbox.limits import Limits, RateRules
from testkit.rules import NO_LIMITS, Rules, busiest, idlest

CHAT, GROUP = 1, -1


def _judged(rules: Rules, calls: list[tuple[float, int]]) -> list[int | None]:
    return [rules.judge_call("sendMessage", chat, at) for at, chat in calls]


def test_the_second_rolls_and_is_exact() -> None:
    """The 4th of 3 a second is refused until the first is exactly a second old."""
    rules = Rules(Limits(3, None, 1, None))
    at = [0.0, 0.4, 0.8, 1.0, 1.4]
    assert _judged(rules, [(t, n) for n, t in enumerate(at, 1)]) == [None] * 5
    assert rules.judge_call("sendMessage", 9, 1.7) == 1
    assert rules.violations == rules.over_all == 1


def test_a_refused_second_is_refused_until_its_end() -> None:
    """Who was told to wait is refused until the told instant, and free then."""
    rules = Rules(Limits(1, None, 1, None))
    assert _judged(rules, [(0.0, 1), (0.2, 2), (0.9, 3), (1.0, 4)]) == [None, 1, 1, None]
    assert rules.violations == 2


def test_a_chat_has_a_burst_and_then_a_pace() -> None:
    """Five at once, then one a second; other chats are free meanwhile."""
    rules = Rules(Limits(None, 1.0, 5, None))
    assert _judged(rules, [(0.0, CHAT)] * 5) == [None] * 5
    assert rules.judge_call("editMessageText", CHAT, 0.5) == 1
    assert rules.judge_call("sendMessage", CHAT + 1, 0.5) is None
    assert _judged(rules, [(1.0, CHAT), (2.0, CHAT), (2.5, CHAT)]) == [None, None, 1]
    assert (rules.over_chat, rules.over_all) == (2, 0)


def test_a_group_has_its_minute() -> None:
    """The 21st message of a minute in a group waits for the first to be a minute old."""
    rules = Rules(Limits(None, None, 1, 20))
    assert _judged(rules, [(float(n), GROUP) for n in range(20)]) == [None] * 20
    assert rules.judge_call("sendMessage", GROUP, 20.0) == 40
    assert rules.judge_call("sendMessage", CHAT, 20.0) is None
    assert rules.judge_call("sendMessage", GROUP, 60.0) is None


def test_answers_to_presses_count_nowhere() -> None:
    """Only messages and edits count."""
    rules = Rules(Limits(1, 1.0, 1, 1))
    free = ("answerCallbackQuery", "getMe", "setMyCommands")
    assert [rules.judge_call(m, CHAT, 0.0) for m in free for _ in range(3)] == [None] * 9
    assert rules.judge_call("sendPhoto", CHAT, 0.0) is None
    assert rules.judge_call("editMessageReplyMarkup", CHAT, 0.0) == 1


def test_a_lenient_rule_book_counts_and_lets_pass() -> None:
    """With refusals off everything passes; as many are counted as were too many."""
    rules = Rules(Limits(3, 1.0, 2, None), refuses=False)
    assert _judged(rules, [(0.0, CHAT)] * 4) == [None] * 4
    assert (rules.over_all, rules.over_chat) == (1, 2)


CALLS = st.lists(st.tuples(st.integers(0, 800), st.sampled_from([1, 2, -3])), max_size=80)


@pytest.mark.parametrize(("pace", "burst", "minute"), [(2.0, 3, None), (None, 1, 5)])
@given(calls=CALLS)
def test_it_judges_as_the_sandbox_does(
    pace: float | None, burst: int, minute: int | None, calls: list[tuple[int, int]]
) -> None:
    """The same calls are allowed and refused, with the same waits."""
    ours, theirs = Rules(Limits(4, pace, burst, minute)), RateRules()
    limits = Limits(4, pace, burst, minute)
    start = datetime(2026, 11, 23, tzinfo=UTC)
    for at, chat in sorted(calls):
        now = start + timedelta(milliseconds=at * 25)
        wait = None
        try:
            theirs.check(limits, chat, now)
        except ApiError as error:
            wait = error.parameters["retry_after"]
        assert ours.judge_call("sendMessage", chat, at / 40) == wait
    assert ours.violations == theirs.violations


@pytest.mark.parametrize(
    ("times", "most"),
    [([], 0), ([1.0], 1), ([0.0, 1.0], 1), ([0.0, 0.9999], 2), ([0.0, 0.5, 0.9, 1.4, 1.5], 3)],
)
def test_the_busiest(times: list[float], most: int) -> None:
    """A second holds its end and not its beginning."""
    assert busiest(times) == most


@given(st.lists(st.integers(0, 500), min_size=1, max_size=50).map(sorted))
def test_the_busiest_second_is_the_busiest_of_all(ticks: list[int]) -> None:
    """No second that ends at a call holds more."""
    times = [tick / 100 for tick in ticks]
    counts = [sum(end - 100 < tick <= end for tick in ticks) for end in ticks]
    assert busiest(times) == max(counts)


@given(st.lists(st.integers(1, 300), max_size=40).map(sorted))
def test_the_idlest_span_is_the_idlest_of_all(ticks: list[int]) -> None:
    """No span that begins at a call, or at the start, holds fewer."""
    begins = [0, *(tick for tick in ticks if tick + 100 <= 300)]
    counts = [sum(begin < tick <= begin + 100 for tick in ticks) for begin in begins]
    assert idlest([tick / 100 for tick in ticks], 1.0, 0.0, 3.0) == min(counts)


def test_a_span_must_fit() -> None:
    """Ten seconds of five are not to be had."""
    with pytest.raises(ValueError, match=r"5\.0 s are less"):
        idlest([1.0], 10.0, 0.0, 5.0)


def test_no_limits_refuse_nothing() -> None:
    """A rule-book without limits lets everything pass."""
    rules = Rules(NO_LIMITS)
    assert _judged(rules, [(0.0, GROUP)] * 100) == [None] * 100
