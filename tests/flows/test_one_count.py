"""Every view counts the same: athlete, coach, summary, picture, page and files (F94, F95, F99)."""

import csv
import io
import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from sqlmodel import Session as Db
from sqlmodel import delete

from bot.coaching.athletes.messages import AthleteBrief, AthleteCard, AthleteList
from bot.coaching.exports.captions import chart_caption
from bot.coaching.exports.documents import document
from bot.coaching.messages import File, Summary
from bot.coaching.weekly import pages
from bot.coaching.weekly.words import summary as summary_screen
from bot.protocol.report.athlete_week import AthleteWeek, Decision
from bot.protocol.report.period import Became, PeriodChart, ReportPage
from bot.protocol.session import events
from bot.protocol.session.state import Outcome, StopReason
from bot.store import people, sessions
from bot.store.tables import (
    HoldRow,
    MorningRow,
    OccurrenceRow,
    OccurrenceState,
    RatingRow,
    SessionRow,
)
from bot.telegram.renderer import look
from bot.training.messages import Chart, Ended
from bot.training.overview.messages import DayEntry, LastSessions, Unheld
from bot.training.phrases import BECAME
from bot.training.reminders.messages import MissedReason, SkipReason
from tests.flows.chatting import screen, taps, types
from tests.flows.world import COACH, RUNA, FlowWorld, reply

SUNDAY = datetime(2026, 11, 29, 20, 0, tzinfo=UTC)
MONDAY = date(2026, 11, 23)
DAY = timedelta(days=1)


@pytest.fixture
def world(tmp_path: Path) -> Iterator[FlowWorld]:
    """Return a world with Runa and her coach Kim, without anything planned, on a Sunday evening."""
    with FlowWorld(tmp_path, SUNDAY) as made:
        made.coach(made.athlete(holds=3))
        made.run(lambda db: db.connection().execute(delete(OccurrenceRow)))
        yield made


# ---- what every view tells ------------------------------------------------------------


@dataclass
class Views:
    """What is told of this week so far, by everybody who tells it."""

    history: LastSessions
    card: AthleteCard
    brief: AthleteBrief
    summary: Summary
    charts: tuple[PeriodChart, ...]
    page: ReportPage
    table: list[dict[str, str]]
    document: dict[str, Any]

    @property
    def week(self) -> AthleteWeek:
        """The athlete in the summary."""
        return self.summary.athletes[0]

    @property
    def planned_rows(self) -> list[dict[str, str]]:
        """What was planned this week, in the table."""
        return [row for row in self.table if row["row"] == "planned" and _in_week(row["day"])]

    @property
    def as_planned(self) -> set[tuple[int, int]]:
        """How often the plan was followed, of how many times: as each view has it."""
        rows = Counter(row["as_planned"] for row in self.planned_rows)
        days = [one for one in self.document["counted"]["days"] if _in_week(one["day"])]
        asked = [one for one in days if one["became"] not in {"open", "not_delivered"}]
        return {
            (self.history.week.done, self.history.week.planned),
            (self.card.done, self.card.planned),
            (self.brief.done, self.brief.planned),
            (self.week.figures.followed, self.week.figures.asked),
            (rows["yes"], rows["yes"] + rows["no"]),
            (sum(one["as_planned"] for one in days), len(asked)),
        }

    @property
    def became(self) -> list[Counter[str]]:
        """How much that was planned became what: as each view has it."""
        figures = self.week.figures
        days = [one for one in self.document["counted"]["days"] if _in_week(one["day"])]
        counted = [
            Counter({one.value: n for one in Became if (n := getattr(figures, one.value))}),
            Counter(row["became"] for row in self.planned_rows),
            Counter(one["became"] for one in days),
        ]
        if not self.charts:
            return counted
        chart = self.charts[0].days
        drawn = [became for one in chart for became in (one.became, *one.also) if became]
        return [*counted, Counter(one.value for one in drawn)]

    @property
    def held(self) -> set[int]:
        """The seconds under tension: as each view has them."""
        told = {
            row["session"]: int(row["held_s"])
            for row in self.table
            if row["held_s"] and row["became"] != "left" and _in_week(row["day"])
        }
        counted = self.document["counted"]["sessions"]
        chart = self.charts[0].days if self.charts else ()
        return {
            self.week.figures.tension_s,
            sum(told.values()),
            sum(one["held_s"] for one in counted if _in_week(one["day"])),
            round(sum(one.held_s for one in chart)),
        }


def trained(page: ReportPage) -> list[tuple[str, ...]]:
    """Return the page's rows of sessions: days without one have no dose."""
    return [row for row in page.sessions if row[2]]


def _in_week(day: str) -> bool:
    return MONDAY <= date.fromisoformat(day) < MONDAY + 7 * DAY


def views(world: FlowWorld) -> Views:
    """Ask everybody."""
    told = types(world, COACH, "/summary now")

    def made(name: str) -> Any:
        return world.store.read_now(document, COACH, File(name, 1), world.now)

    (_, table), (_, everything) = made("holdfast-sessions"), made("holdfast-export")
    (letter,) = (one for one in told if isinstance(one, Summary))
    return Views(
        history=reply(types(world, RUNA, "/history"), LastSessions),
        card=reply(types(world, COACH, "/athlete Runa"), AthleteCard),
        brief=reply(types(world, COACH, "/athletes"), AthleteList).athletes[0],
        summary=letter,
        charts=world.store.read_now(pages.charts, 2, letter.order, world.now),
        page=made("holdfast-report"),
        table=list(csv.DictReader(io.StringIO(table.decode("utf-8-sig")))),
        document=json.loads(everything),
    )


def agree(found: Views) -> None:
    """Say that they all tell the same."""
    assert len(found.as_planned) == 1
    assert all(one == found.became[0] for one in found.became)
    assert len(found.held) == 1
    assert found.charts or found.held == {0}
    assert found.charts or set(found.became[0]) <= {Became.OPEN}
    figures = dict(found.page.figures)
    whole = found.document["counted"]
    assert figures["Planned"] == str(whole["planned"])
    if whole["asked_for"]:
        assert figures["As planned"] == f"{whole['as_planned']} of {whole['asked_for']}"
    assert figures.get("Beside the plan", "0") == str(whole["beside_plan"])
    assert len(trained(found.page)) == len(whole["sessions"])
    kinds = Counter(one["became"] for one in whole["days"])
    for kind, words in BECAME.items():
        label = words[:1].upper() + words[1:]
        assert figures.get(label, "0") == str(kinds[kind.value])
    if found.charts:
        text = chart_caption(found.charts[0])
        assert all(f"{n} {BECAME[Became(one)]}" in text for one, n in found.became[0].items())


# ---- any history ----------------------------------------------------------------------

SITTING = st.tuples(
    st.one_of(st.none(), st.sampled_from([*Outcome])),
    st.lists(
        st.tuples(
            st.sampled_from(["done", "stopped", "interrupted"]),
            st.integers(0, 60_000_000).map(lambda micro: micro / 1_000_000),
        ),
        max_size=4,
    ),
    st.lists(
        st.tuples(st.integers(-1, 3), st.integers(0, 10), st.booleans(), st.booleans()), max_size=4
    ),
)
ASKING = st.tuples(
    st.sampled_from([*OccurrenceState]),
    st.sampled_from([None, "time", "pain", "flare", "band"]),
    st.lists(SITTING, max_size=2),
)
ANY_DAY = st.tuples(
    st.integers(0, 13),
    st.lists(ASKING, max_size=2),
    st.lists(SITTING, max_size=1),
    st.one_of(st.none(), st.integers(0, 10)),
)
ANY_HISTORY = st.lists(ANY_DAY, max_size=6, unique_by=lambda day: day[0])


@given(history=ANY_HISTORY)
@example(history=[(0, [(OccurrenceState.PLANNED, None, [])], [], None)])
@settings(
    max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_f94_f95_all_views_agree_for_any_history(world: FlowWorld, history: list[Any]) -> None:
    """Sessions, skips, rests, pauses and outages, two a day or beside the plan: one count."""
    world.run(_store, history)
    agree(views(world))


def _store(db: Db, history: list[Any]) -> None:
    for table in (RatingRow, HoldRow, SessionRow, OccurrenceRow, MorningRow):
        db.connection().execute(delete(table))
    live = False
    for ago, askings, beside, morning in history:
        day, at = SUNDAY.date() - ago * DAY, SUNDAY - ago * DAY - timedelta(hours=2)
        for slot, (state, reason, sittings) in enumerate(askings):
            row = OccurrenceRow(
                athlete_id=1,
                local_date=day,
                slot=slot,
                planned_at=at,
                state=state,
                reason=reason,
            )
            db.add(row)
            db.flush()
            for sitting in sittings if state == OccurrenceState.STARTED else ():
                live = _sit(db, sitting, row.id, at, live=live)
        for sitting in beside:
            live = _sit(db, sitting, None, at, live=live)
        if morning is not None:
            db.add(MorningRow(athlete_id=1, local_date=day, value=morning, answered_at=at))
    db.flush()


def _sit(db: Db, sitting: Any, of: int | None, at: datetime, *, live: bool) -> bool:
    """Store a session; only one at a time may be running."""
    outcome, holds, ratings = sitting
    if outcome is None and live:
        outcome = Outcome.PARTIAL
    running = outcome is None
    row = SessionRow(
        athlete_id=1,
        plan_id=1,
        occurrence_id=of,
        phase="resting" if running else "closed",
        outcome=outcome,
        opened_at=at,
        closed_at=None if running else at,
    )
    db.add(row)
    db.flush()
    assert row.id is not None
    for idx, (status, seconds) in enumerate(holds):
        db.add(
            HoldRow(
                session_id=row.id,
                idx=idx,
                side="left",
                set_no=1,
                number=idx + 1,
                planned_s=10,
                actual_s=seconds,
                status=status,
                started_at=at,
            )
        )
    for idx, value, undone, late in ratings:
        if idx < len(holds):
            db.add(
                RatingRow(
                    athlete_id=1,
                    session_id=row.id,
                    moment="before" if idx < 0 else "hold",
                    hold_idx=None if idx < 0 else idx,
                    value=value,
                    at=at,
                    undone=undone,
                    late=late,
                )
            )
    return live or running


# ---- started by mistake ---------------------------------------------------------------

TUESDAY = datetime(2026, 11, 24, 6, 30, tzinfo=UTC)
"""07:30 in Berlin."""


def reminded(world: FlowWorld, at: datetime = TUESDAY) -> int:
    """Let Runa be reminded of that day's session, and of none before; return its id."""

    def add(db: Db) -> int:
        row = OccurrenceRow(
            athlete_id=1,
            local_date=at.date(),
            slot=0,
            planned_at=at,
            state=OccurrenceState.REMINDED,
        )
        db.add(row)
        db.flush()
        assert row.id is not None
        return row.id

    world.now = at
    return world.run(add)


def left_alone(world: FlowWorld) -> None:
    """Let time act until the session that is open is closed."""
    for minutes in (3, 12):
        world.later(minutes=minutes, seconds=1)
        world.happens(1, events.Due())


def answers(world: FlowWorld, *pains: int, before: int = 1) -> None:
    """Begin with /session and answer, hold by hold."""
    types(world, RUNA, "/session")
    world.happens(1, events.Pain(before))
    for pain in pains:
        in_time(world, "hold", "release")
        world.happens(1, events.Pain(pain))


def in_time(world: FlowWorld, *cues: str) -> None:
    """Let the cues come that are due next."""
    for _ in cues:
        stored = world.read(sessions.live, 1)
        assert stored is not None
        assert stored.value.due_at is not None
        world.now = stored.value.due_at
        world.happens(1, events.Due())


def nothing_planned(db: Db) -> None:
    """Let Runa have no days."""
    people.athlete(db, 1).weekdays = ""


@pytest.mark.parametrize("by_stop", [False, True])
@pytest.mark.parametrize("hours", [0.1, 10])
def test_f94_a_start_by_mistake_and_a_full_session_are_one_of_one(
    world: FlowWorld, hours: float, *, by_stop: bool
) -> None:
    """Left alone, or stopped before a hold: the session later that day is the planned one."""
    occurrence = reminded(world)
    taps(world, RUNA, f"1:o:{occurrence}:start")
    if by_stop:
        world.happens(1, events.Pain(1))
        world.happens(1, events.Stop())
        left_alone_after_stop(world)
    else:
        left_alone(world)
    world.later(hours=hours)
    answers(world, 2, 1, 1)
    found = views(world)
    agree(found)
    assert found.as_planned == {(1, 1)}
    assert found.became[0] == {"done": 1}
    assert "This week so far: 1 of 1 as planned" in screen_of(world, RUNA, "/history", "history")
    assert "This week so far: 1 of 1 as planned." in screen_of(
        world, COACH, "/athlete Runa", "athlete_card"
    )
    assert "week 1 of 1" in screen_of(world, COACH, "/athletes", "athletes")
    text = summary_screen(found.summary, world.now).text
    assert "</b>: 1 of 1 as planned · pain" in text
    assert ("As planned", "1 of 1") in found.page.figures
    assert len(trained(found.page)) == len(found.history.entries) == 1
    assert {row["became"] for row in found.table if row["session"]} == {"left", "done"}


def left_alone_after_stop(world: FlowWorld) -> None:
    """Nobody says why: the session is closed after a quarter of an hour."""
    world.later(minutes=15, seconds=1)
    world.happens(1, events.Due())


def screen_of(world: FlowWorld, who: int, command: str, topic: str) -> str:
    """Return the words that somebody reads."""
    return screen(types(world, who, command), topic, world).text


def test_f94_a_start_by_mistake_alone_is_unfinished_and_beside_the_plan_nothing(
    world: FlowWorld,
) -> None:
    """It is what became of the day; without anything planned it is no session at all."""
    world.run(nothing_planned)
    taps(world, RUNA, f"1:o:{reminded(world)}:start")
    left_alone(world)
    found = views(world)
    agree(found)
    assert (found.as_planned, found.became[0]) == ({(0, 1)}, {"unfinished": 1})
    world.later(days=1)
    types(world, RUNA, "/session")
    left_alone(world)
    again = views(world)
    agree(again)
    assert (again.as_planned, again.week.figures.beside) == ({(0, 1)}, 0)


# ---- rest and rising pain -------------------------------------------------------------


@pytest.mark.parametrize("way", ["before", "skip", "missed"])
def test_f95_resting_on_pain_follows_the_plan_however_it_is_said(
    world: FlowWorld, way: str
) -> None:
    """By the pain before, by a skip, by the answer to why days were missed: rested on pain."""
    occurrence = reminded(world)
    if way == "before":
        taps(world, RUNA, f"1:o:{occurrence}:start")
        world.happens(1, events.Pain(5))
    elif way == "skip":
        taps(world, RUNA, f"1:o:{occurrence}:skip")
        taps(world, RUNA, f"1:k:{occurrence}:{SkipReason.PAIN}")
    else:
        world.run(_missed, occurrence)
        taps(world, RUNA, f"1:y:{occurrence}:{MissedReason.PAIN}")
    found = views(world)
    agree(found)
    assert (found.as_planned, found.became[0]) == ({(1, 1)}, {"rested": 1})
    assert "1 of 1 as planned · 1 rested on pain" in summary_screen(found.summary, world.now).text
    history = screen_of(world, RUNA, "/history", "history")
    assert "Today: rested because of pain, as planned" in history
    assert found.week.figures.planned_s == 0
    (entry,) = found.history.entries
    if way != "before":
        assert isinstance(entry, DayEntry)
        assert entry.kind is Unheld.RESTED


def _missed(db: Db, occurrence: int) -> None:
    row = db.get(OccurrenceRow, occurrence)
    assert row is not None
    row.state = OccurrenceState.MISSED
    db.add(row)


def test_f95_another_reason_to_skip_is_a_skip(world: FlowWorld) -> None:
    """No time is no rest; a skip that was taken back by training leaves no reason behind."""
    occurrence = reminded(world)
    taps(world, RUNA, f"1:o:{occurrence}:skip")
    taps(world, RUNA, f"1:k:{occurrence}:{SkipReason.TIME}")
    found = views(world)
    agree(found)
    assert (found.as_planned, found.became[0]) == ({(0, 1)}, {"skipped": 1})
    answers(world, 2, 1, 1)
    trained = views(world)
    agree(trained)
    assert (trained.as_planned, trained.card.reasons) == ({(1, 1)}, ())


def test_f95_rising_pain_is_no_success(world: FlowWorld) -> None:
    """It follows the plan, under a sign and a word of its own; nothing says done."""
    taps(world, RUNA, f"1:o:{reminded(world)}:start")
    world.happens(1, events.Pain(1))
    for pain in (1, 3):
        in_time(world, "hold", "release")
        world.happens(1, events.Pain(pain))
    found = views(world)
    agree(found)
    assert (found.as_planned, found.became[0]) == ({(1, 1)}, {"rising": 1})
    text = summary_screen(found.summary, world.now).text
    assert "1 of 1 as planned · 1 ended, pain rising" in text
    assert "done" not in text
    assert found.week.decision is Decision.RISING
    assert dict(found.page.figures)["Ended, pain rising"] == "1"
    assert "Done" not in dict(found.page.figures)


def test_a_warning_sign_is_not_called_stopped_by_pain(world: FlowWorld) -> None:
    """Numbness ends the set whatever the pain: no view tells of pain that was not there."""
    taps(world, RUNA, f"1:o:{reminded(world)}:start")
    world.happens(1, events.Pain(1))
    in_time(world, "hold")
    world.later(seconds=5)
    world.happens(1, events.Stop())
    world.happens(1, events.Reason(StopReason.NUMB))
    found = views(world)
    agree(found)
    assert (found.as_planned, found.became[0]) == ({(1, 1)}, {"flagged": 1})
    cleared = types(world, COACH, "/unlock Runa cleared by Dr Berg on Tuesday")
    assert cleared
    taps(world, COACH, "1:c:unlock:1:yes")
    texts = [
        screen_of(world, COACH, "/athletes", "athletes"),
        screen_of(world, COACH, "/athlete Runa", "athlete_card"),
        screen_of(world, RUNA, "/history", "history"),
        summary_screen(views(world).summary, world.now).text,
        str(found.page.figures),
    ]
    assert not any("stopped by pain" in text.casefold() for text in texts)


def test_the_pain_that_stopped_stands_beside_the_others(world: FlowWorld) -> None:
    """A hold with 1 and a STOP at 7 is not "high pain, pain 1"."""
    taps(world, RUNA, f"1:o:{reminded(world)}:start")
    world.happens(1, events.Pain(1))
    in_time(world, "hold")
    in_time(world, "release")
    world.happens(1, events.Pain(1, 0))
    world.happens(1, events.Stop())
    world.happens(1, events.Reason(StopReason.PAIN))
    world.happens(1, events.Pain(7))
    (chart,) = (one for one in world.letters(RUNA) if isinstance(one, Chart))
    assert look(chart, world.now).text.endswith(
        "pain hold by hold: 1 · stopped at 7 · your limit 3"
    )
    told = screen_of(world, RUNA, "/history", "history")
    assert "stopped, high pain · 1/3 holds · pain 1 · stopped at 7 · 10 s" in told


# ---- STOP in a set that was interrupted -----------------------------------------------


def test_a_stop_after_an_interruption_has_the_same_seconds_everywhere(world: FlowWorld) -> None:
    """The hold that was cut is drawn and never counted: picture, words, card, page and files."""
    taps(world, RUNA, f"1:o:{reminded(world)}:start")
    world.happens(1, events.Pain(1))
    in_time(world, "hold")
    world.later(seconds=6.4)
    world.happens(1, events.Pause())
    world.happens(1, events.GoOn())
    in_time(world, "hold")
    world.later(seconds=7.3)
    world.happens(1, events.Stop())
    world.happens(1, events.Reason(StopReason.PAIN))
    world.happens(1, events.Pain(5))
    told = world.letters(RUNA)
    (ended,) = (one for one in told if isinstance(one, Ended))
    assert (ended.tension_s, ended.value) == (7, 5)
    found = views(world)
    agree(found)
    assert found.held == {7}
    assert found.card.sessions[0].tension_s == 7
    assert found.page.sessions[0][-3].endswith(", 7 s")
    holds = [row for row in found.table if row["row"] == "hold"]
    assert sum(float(row["actual_s"]) for row in holds) == pytest.approx(7.3)
    assert [row["cut_after_s"] for row in holds] == ["6.4", ""]
    assert {row["pain_that_stopped"] for row in holds} == {"5"}
    (stop,) = (row for row in found.table if row["question"] == "stop")
    assert (stop["pain"], stop["late"], stop["undone"]) == ("5", "no", "no")
