"""A summary's words: any page fits a message, and says what is true in few lines."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from html import unescape
from re import sub

import pytest

from bot.coaching.messages import Summary
from bot.coaching.weekly.words import summary
from bot.conversation.screen import MAX_DATA
from bot.protocol.report.athlete_week import (
    AthleteWeek,
    Decision,
    PainOf,
    PainTrend,
    StoppedSession,
    WeekFigures,
)
from tests.chat import stored

DAYS = [date(2026, 11, 16) + timedelta(days=n) for n in range(7)]
NOW = datetime(2026, 11, 23, 6, 0, tzinfo=UTC)
FULL = WeekFigures(
    planned=14,
    done=6,
    unfinished=1,
    stopped=1,
    rested=1,
    skipped=2,
    missed=1,
    not_delivered=1,
    open=1,
    beside=9,
    paused_days=1,
    tension_s=10_000,
    planned_s=20_000,
)
NONE = WeekFigures(**dict.fromkeys(WeekFigures.__slots__, 0))
WORST = AthleteWeek(
    athlete_id=10**15,
    name="<&" * 32,
    apart="ComodRivadavia, joined 24 Nov 2026",
    zone="America/Argentina/ComodRivadavia",
    first_day=DAYS[0] - timedelta(days=1),
    last_day=DAYS[5],
    decision=Decision.UNREACHABLE,
    figures=FULL,
    before=FULL,
    reasons=tuple((f"<reason {n}> and many more words", 2) for n in range(9)),
    pains=tuple(PainOf(DAYS[n % 7], 10, 10) for n in range(14)),
    trend=PainTrend.MORE,
    worst=10,
    worst_day=DAYS[3],
    stops=tuple(StoppedSession(day, "stopped_hard", 144, 10) for day in DAYS),
    mornings=(10,) * 7,
    late=14,
    paused_until=None,
    unreachable_since=DAYS[0],
    step_up="8 × 15 s × 2 sets",
)


def letter(*athletes: AthleteWeek, **more: object) -> Summary:
    """Return a page of a summary."""
    values = {"count": len(athletes), "urgent": 1, "zone": "Europe/Berlin", **more}
    return Summary(
        week="2026-W47",
        first_day=DAYS[0],
        last_day=DAYS[6],
        athletes=athletes,
        **values,  # type: ignore[arg-type]
    )


@pytest.mark.parametrize("count", range(1, 11))
def test_f60_the_longest_page_fits(count: int) -> None:
    """However much there is to say: the urgent ones in full, the last in short, all named."""
    screen = summary(letter(*[WORST] * count, due_at=NOW, page=0, pages=99), NOW)
    seen = unescape(sub("<[^>]*>", "", screen.text))
    assert max(len(seen), len(screen.text)) <= 4096
    assert seen.count("write another way") == count
    assert sum(len(row) for row in screen.rows) == count
    assert all(len(button.data.encode()) <= MAX_DATA for row in screen.rows for button in row)


def test_a_quiet_week_is_short() -> None:
    """Nothing needs the coach: said once above, and once with the name."""
    quiet = replace(
        WORST,
        name="Ana",
        apart="",
        zone="Europe/Berlin",
        first_day=DAYS[0],
        last_day=DAYS[6],
        decision=Decision.NOTHING,
        figures=replace(NONE, planned=7, done=7),
        before=NONE,
        pains=(PainOf(DAYS[0], 2, 1),),
        worst=2,
        worst_day=DAYS[0],
        stops=(),
        mornings=(1, 0),
        late=0,
    )
    assert summary(letter(quiet, urgent=0), NOW).text.splitlines() == [
        "<b>Week 47: Mon 16 – Sun 22 Nov 2026</b>",
        "1 athlete. Nothing needs you.",
        "",
        "<b>Ana</b> – nothing needs you",
        "7 of 7 as planned · 7 done",
        "Pain 2→1 · worst 2 (Mon) · mornings 1, 0",
    ]


@pytest.mark.parametrize(
    ("holds", "mornings", "said"),
    [
        (PainTrend.SAME, PainTrend.SAME, "; pain is the same"),
        (PainTrend.LESS, None, "; pain is less now"),
        (None, PainTrend.MORE, "; morning pain is more now"),
        (
            PainTrend.SAME,
            PainTrend.MORE,
            "; pain at the holds is the same, in the morning more now",
        ),
        (None, None, ""),
    ],
)
def test_f99_the_words_agree_with_the_numbers(
    holds: PainTrend | None, mornings: PainTrend | None, said: str
) -> None:
    """Holds and mornings are told apart where they differ."""
    one = replace(WORST, before=replace(NONE, planned=7, done=6, missed=1))
    text = summary(letter(replace(one, trend=holds, mornings_trend=mornings)), NOW).text
    assert f"\nWeek before: 6 of 7 as planned{said}" in f"{text}\n"


def test_what_was_planned_is_told_as_what_it_became() -> None:
    """Followed of those that could be; then each thing, our fault and what is open among them."""
    figures = replace(FULL, planned=13, done=3, rising=1, flagged=1, beside=0, paused_days=0)
    text = summary(letter(replace(WORST, figures=figures, reasons=())), NOW).text
    assert (
        "\n7 of 11 as planned · 3 done · 1 ended, pain rising · 1 stopped by pain · "
        "1 ended by a warning sign · 1 rested on pain · 1 unfinished · 2 skipped · 1 missed · "
        "1 not delivered (our fault) · 1 still open\n"
    ) in text


HOME = {
    "coach_id": 10**15,
    "name": "Kim <x>",
    "own": False,
    "by": None,
    "when": "Mon 07:00",
    "next_at": NOW.isoformat(),
    "zone": "Europe/Berlin",
    "my_zone": "UTC",
    "athletes": 0,
}


@pytest.mark.parametrize(
    ("topic", "values", "said"),
    [
        ("summary_home", HOME, "Kim &lt;x&gt;’s weekly summary"),
        ("summary_home", {**HOME, "when": "off", "next_at": None}, "It is off"),
        ("summary_home", {**HOME, "own": True}, "Write"),
        ("summary_set", {**HOME, "before": "off", "after": "Mon 07:00"}, "today 06:00 (UTC)"),
        (
            "summary_set",
            {**HOME, "before": "Mon 07:00", "after": "Mon 07:00"},
            "already the setting",
        ),
        ("summary_problem", {"problem": "“<b>” is wrong."}, "“&lt;b&gt;” is wrong."),
    ],
)
def test_words_about_when_it_comes(topic: str, values: dict[str, object], said: str) -> None:
    """Names are escaped, both clocks are named where they differ."""
    screen = stored.screen(topic, values, NOW)
    assert said.casefold() in screen.text.casefold()
