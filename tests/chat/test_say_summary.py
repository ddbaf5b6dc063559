"""A summary's words: any page fits a message, and says what is true in few lines."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from html import unescape
from re import sub
from typing import Any

import pytest

from bot.coaching.messages import ListedAthlete, Summary
from bot.coaching.weekly.athlete_lines import full
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
    return Summary(
        week="2026-W47",
        first_day=DAYS[0],
        last_day=DAYS[6],
        zone="Europe/Berlin",
        athletes=athletes,
        **more,  # type: ignore[arg-type]
    )


@pytest.mark.parametrize("count", range(1, 11))
def test_f60_the_longest_page_fits(count: int) -> None:
    """However much there is to say: a line and a button for each who needs the coach."""
    many = [replace(WORST, athlete_id=10**15 + number) for number in range(count)]
    screen = summary(letter(*many, due_at=NOW), NOW)
    seen = unescape(sub("<[^>]*>", "", screen.text))
    assert max(len(seen), len(screen.text)) <= 4096
    assert seen.count("write another way") == count
    assert sum("Seen:" in row[0].label for row in screen.rows) == count
    assert all(len(button.data.encode()) <= MAX_DATA for row in screen.rows for button in row)


QUIET = replace(
    WORST,
    athlete_id=1,
    name="Ana",
    apart="",
    zone="Europe/Berlin",
    first_day=DAYS[0],
    last_day=DAYS[6],
    decision=Decision.NOTHING,
    figures=replace(NONE, planned=7, done=7),
    before=NONE,
    pains=(PainOf(DAYS[0], 2, 1),),
    trend=None,
    worst=2,
    worst_day=DAYS[0],
    stops=(),
    mornings=(1, 0),
    late=0,
)


def test_a_quiet_week_is_short() -> None:
    """Nothing needs the coach: said once; the days are folded."""
    assert summary(letter(QUIET), NOW).text.splitlines() == [
        "<b>Week 47: Mon 16 – Sun 22 Nov 2026</b>",
        "1 athlete. Nothing needs you.",
        "",
        "<blockquote expandable><b>Ana</b>: All 7 as planned · pain 2→1 · morning 0</blockquote>",
    ]


EACH: dict[Decision, tuple[dict[str, Any], str, str]] = {
    Decision.RED_FLAG: ({}, "red flag is open: unlock?", "1 Unlock Ana"),
    Decision.LOCKED: ({}, "locked after high pain: unlock?", "1 Unlock Ana"),
    Decision.STOPPED: (
        {"stops": (StoppedSession(DAYS[1], "stopped_pain", 2, 5),), "step_down": "5 × 10 s"},
        "stopped by pain Tue (5): ease to 5 × 10 s?",
        "1 Ease Ana",
    ),
    Decision.RISING: ({}, "pain is rising Mon (2→1): is the dose right?", "1 Plan of Ana"),
    Decision.MORNINGS: ({}, "morning pain is up (1, 0): is the dose right?", "1 Plan of Ana"),
    Decision.UNREACHABLE: (
        {},
        "not reached since Mon 16 Nov: write another way",
        "1 Seen: Ana",
    ),
    Decision.MISSED: ({"figures": FULL}, "1 missed: ask why?", "1 Write to Ana"),
    Decision.SEE_CLINICIAN: (
        {},
        "no better in 12 weeks: should a doctor or physiotherapist look?",
        "1 Write to Ana",
    ),
    Decision.NO_CHANGE: ({}, "no better in 4 weeks: is the plan right?", "1 Plan of Ana"),
    Decision.STEP_UP: (
        {"step_up": "8 × 10 s"},
        "a step up is earned, to 8 × 10 s: confirm it?",
        "1 Step up Ana",
    ),
}


def test_every_decision_is_tried() -> None:
    """A new one has its line, its question and its button."""
    assert EACH.keys() == set(Decision) - {Decision.NOTHING}


@pytest.mark.parametrize("what", EACH, ids=lambda one: one.value)
def test_a_decision_is_one_line_with_its_button(what: Decision) -> None:
    """Open it has a number and a button; taken, a tick and none."""
    more, said, label = EACH[what]
    one = replace(QUIET, decision=what, plan_id=7, **more)
    screen = summary(letter(one), NOW)
    assert f"\n1. <b>Ana</b> – {said}\n" in screen.text
    assert [button.label for button in screen.rows[0]] == [label, "See Ana"]
    done = ListedAthlete(1, DAYS[0], DAYS[6], what, done=True)
    screen = summary(letter(one, listed=(done,)), NOW)
    assert "\n1 athlete. All is decided.\n\n✓ <b>Ana</b> – " in screen.text
    assert "?" not in screen.text
    assert len(screen.rows) == 2


def test_counts_stand_above_where_there_are_pages() -> None:
    """What needs a decision on all pages, the most urgent first."""
    kinds = (Decision.RED_FLAG, *[Decision.MISSED] * 12, *[Decision.NOTHING] * 20)
    listed = tuple(ListedAthlete(n, DAYS[0], DAYS[6], kind) for n, kind in enumerate(kinds, 1))
    screen = summary(letter(QUIET, listed=listed), NOW)
    assert screen.text.splitlines()[:3] == [
        "<b>Week 47: Mon 16 – Sun 22 Nov 2026</b> (page 1 of 4)",
        "33 athletes, 13 need a decision.",
        "1 with a red flag · 12 with missed sessions",
    ]
    assert [button.data for row in screen.rows for button in row if "More" in button.label] == [
        "1:su:p2"
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
    text = "\n".join(full(replace(one, trend=holds, mornings_trend=mornings)))
    assert f"\nWeek before: 6 of 7 as planned{said}\n" in f"{text}\n"


def test_what_was_planned_is_told_as_what_it_became() -> None:
    """Followed of those that could be; then each thing, our fault and what is open among them."""
    figures = replace(FULL, planned=13, done=3, rising=1, flagged=1, beside=0, paused_days=0)
    text = full(replace(WORST, figures=figures, reasons=()))[0]
    assert text == (
        "7 of 11 as planned · 3 done · 1 ended, pain rising · 1 stopped by pain · "
        "1 ended by a warning sign · 1 rested on pain · 1 unfinished · 2 skipped · 1 missed · "
        "1 not delivered (our fault) · 1 still open"
    )


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
