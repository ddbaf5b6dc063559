"""The weekly check: once a week, three taps in one message; and what coaches see of it."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import select

from bot.coaching.messages import Summary
from bot.dispatch import due_work, upkeep
from bot.protocol.calendar.local_time import local
from bot.protocol.calendar.weeks import IsoWeek
from bot.protocol.load.weekly_check import Course
from bot.protocol.report.athlete_week import Decision
from bot.store import load_settings
from bot.store.tables import AthleteRow, GivenTipRow, LoadSettingsRow, PersonRow, WeeklyCheckRow
from bot.training.checks import flow
from bot.training.load import reports
from tests.flows.test_load_seen import Seen
from tests.flows.world import COACH, RUNA

SUNDAY = datetime(2026, 11, 29, 17, tzinfo=UTC)
"""18:00 in Berlin."""


@pytest.fixture
def talk(tmp_path: Path) -> Iterator[Seen]:
    """Runa in Berlin, 07:30 on a Tuesday, and her coach; upkeep has run."""
    with Seen(tmp_path) as made:
        made.coach(made.athlete())
        made.run(upkeep.tidy, made.now)
        yield made


def due_at(talk: Seen) -> datetime | None:
    """Return when the next check comes."""
    found = talk.row(LoadSettingsRow, 1)
    assert isinstance(found, LoadSettingsRow)
    return found.check_due_at


def evening(talk: Seen, at: datetime = SUNDAY) -> None:
    """Let it be that instant, and only the check be due."""
    talk.now = at
    talk.run(flow.act, 1, at)
    talk.run(talk._deliver_all)


def checks(talk: Seen) -> list[tuple[Any, ...]]:
    """Return the stored checks."""
    return talk.read(
        lambda db: [
            (row.week, row.worst, row.sit, row.better) for row in db.exec(select(WeeklyCheckRow))
        ]
    )


def test_three_taps_in_one_message(talk: Seen) -> None:
    """Silent, on Sunday at six; each tap is saved and asks the next in the same message."""
    assert due_at(talk) == SUNDAY
    evening(talk)
    assert "Your week to 29 Nov, 1 of 3" in talk.text(RUNA)
    (screen,) = [one for one in talk.chats[RUNA].values() if "1 of 3" in one.text]
    assert not screen.rings
    shown = len(talk.chats[RUNA])
    talk.taps(RUNA, "4")
    talk.taps(RUNA, "30")
    talk.taps(RUNA, "A little better")
    assert checks(talk) == [("2026-W48", 4, 30, 1)]
    assert "Worst pain: 4\nSitting: 30 min\nAgainst the start: a little better" in talk.text(RUNA)
    assert len(talk.chats[RUNA]) == shown
    assert due_at(talk) == SUNDAY + timedelta(days=7)
    talk.taps(RUNA, "Change it")
    talk.taps(RUNA, "10")
    assert checks(talk) == [("2026-W48", 10, 30, 1)]


def test_what_is_not_known_stays_so(talk: Seen) -> None:
    """Each question can be left; after 48 hours nothing is taken any more."""
    evening(talk)
    talk.taps(RUNA, "I do not know")
    talk.taps(RUNA, "90+")
    talk.later(hours=48)
    talk.taps(RUNA, "I do not know")
    talk.now += timedelta(seconds=1)
    talk.presses_data(RUNA, "1:h:1:b:1")
    assert checks(talk) == [("2026-W48", None, 90, None)]


def test_once_a_week(talk: Seen) -> None:
    """A second look does nothing; a restart neither."""
    evening(talk)
    talk.run(flow.act, 1, talk.now)
    talk.run(due_work.recover, talk.now)
    assert talk.count(WeeklyCheckRow) == 1
    assert due_at(talk) == SUNDAY + timedelta(days=7)


@pytest.mark.parametrize("values", ["11", "-1", "7", "x2", "again2", ""])
def test_a_forged_answer_is_none(talk: Seen, values: str) -> None:
    """What no button carries changes nothing, nor does anybody else's press."""
    evening(talk)
    talk.presses_data(RUNA, f"1:h:1:s:{values}")
    talk.athlete(RUNA + 60, "Jo Berg")
    talk.presses_data(RUNA + 60, "1:h:1:w:9")
    assert checks(talk) == [("2026-W48", None, None, None)]


def change(talk: Seen, table: Any, **values: Any) -> None:
    """Change Runa's row of a table."""

    def changed(db: Any) -> None:
        row = db.get(table, 1)
        for name, value in values.items():
            setattr(row, name, value)
        db.add(row)

    talk.run(changed)


@pytest.mark.parametrize(
    ("table", "values"),
    [
        (AthleteRow, {"erase_at": SUNDAY}),
        (AthleteRow, {"screen_open_at": SUNDAY}),
        (AthleteRow, {"paused_at": SUNDAY - timedelta(days=1)}),
        (PersonRow, {"unreachable_since": SUNDAY}),
        (LoadSettingsRow, {"weekly": False}),
    ],
)
def test_who_is_not_asked(talk: Seen, table: Any, values: dict[str, Any]) -> None:
    """Away, paused, with questions open, or unwilling: the week stays unknown."""
    change(talk, table, **values)
    evening(talk)
    assert talk.count(WeeklyCheckRow) == 0


def test_after_an_outage_and_in_another_zone(talk: Seen) -> None:
    """On Monday morning it is still asked, at noon not; further west it waits for its evening."""
    change(talk, PersonRow, zone="America/New_York")
    evening(talk)  # noon there
    assert talk.count(WeeklyCheckRow) == 0
    assert due_at(talk) == datetime(2026, 11, 29, 23, tzinfo=UTC)
    evening(talk, datetime(2026, 11, 30, 17, tzinfo=UTC))  # Monday noon there
    assert talk.count(WeeklyCheckRow) == 0
    following = due_at(talk)
    assert following is not None
    assert local(following, "America/New_York").isoweekday() == 7
    evening(talk, following + timedelta(hours=10))
    assert [week for week, *_ in checks(talk)] == ["2026-W49"]


def test_it_waits_for_a_session(talk: Seen) -> None:
    """Nothing comes in the middle of one."""
    talk.now = SUNDAY - timedelta(minutes=2)
    talk.holding(1)
    talk.run(flow.act, 1, SUNDAY)
    assert talk.count(WeeklyCheckRow) == 0
    assert due_at(talk) == SUNDAY + flow.BUSY


def test_on_and_off(talk: Seen) -> None:
    """By words or buttons."""
    assert "on Sunday evenings: on." in talk.says(RUNA, "/check")
    talk.taps(RUNA, "Turn it off")
    assert due_at(talk) is None
    talk.run(upkeep.tidy, talk.now)
    assert due_at(talk) is None
    assert "“soon” is neither on nor off." in talk.says(RUNA, "/check soon")
    talk.says(RUNA, "/check on")
    assert due_at(talk) == SUNDAY


def test_the_line_of_the_week_stays_while_it_is_answered(talk: Seen) -> None:
    """Hills three times: the line stands in the message until its end; it is given once."""
    for day in ("run 40 4 hills", "run 40 4 hills mon", "run 40 4 hills sun"):
        talk.says(RUNA, day)
    evening(talk, SUNDAY)
    assert "The method asks for a lot of glute work" in talk.text(RUNA)
    talk.taps(RUNA, "4")
    assert "The method asks for a lot of glute work" in talk.text(RUNA)
    assert talk.count(GivenTipRow) == 1
    following = SUNDAY + timedelta(days=7)
    for ago in (1, 2, 3):
        talk.now = following - timedelta(days=ago)
        talk.says(RUNA, "run 40 4 hills")
    evening(talk, following)
    assert "You noted hills three times in seven days. For now, pick flat" in talk.text(RUNA)


def test_f161_no_line_while_sessions_are_locked(talk: Seen) -> None:
    """A lock is graver than any advice; the week is asked about all the same."""
    change(talk, AthleteRow, locked_at=SUNDAY, lock_reason="stopped_hard")
    evening(talk)
    assert talk.count(WeeklyCheckRow) == 1
    assert talk.count(GivenTipRow) == 0


# ---- what coaches see ---------------------------------------------------------------------


def answered(talk: Seen, weeks_ago: int, *answers: int | None) -> None:
    """Store a check of so many weeks ago."""
    week = IsoWeek(2026, 48).plus(-weeks_ago)
    worst, sit, better = answers
    row = WeeklyCheckRow(
        athlete_id=1, week=str(week), asked_at=talk.now, worst=worst, sit=sit, better=better
    )
    talk.run(lambda db: db.add(row))


def test_three_small_lines_for_the_coach(talk: Seen) -> None:
    """The newest answer last; what is not known is a question mark."""
    answered(talk, 2, 5, 15, 0)
    answered(talk, 1, None, 30, 1)
    answered(talk, 0, 3, None, None)
    talk.now = SUNDAY
    talk.says(COACH, "/athlete Runa")
    text = "\n".join(one.text for one in talk.chats[COACH].values())
    assert "Worst pain of the weeks: 5, ?, 3" in text
    assert "Minutes of sitting before it hurts: 15, 30, ?" in text
    assert "Against the start: not known" in text


@pytest.mark.parametrize(
    ("weeks", "expected", "said"),
    [
        ({0: (5, 15, 0), 4: (5, 15, 0)}, Course.NO_CHANGE, "no better in 4 weeks"),
        ({0: (5, 15, 0), 12: (5, 15, 0)}, Course.SEE_CLINICIAN, "no better in 12 weeks"),
        ({0: (9, 15, -3), 4: (5, 15, 0)}, Course.NO_CHANGE, "no better in 4 weeks"),
        ({0: (3, 15, 0), 4: (5, 15, 0)}, Course.CHANGED, "Nothing needs you."),
        ({0: (None, 15, 0), 4: (5, 15, 0)}, Course.UNKNOWN, "Nothing needs you."),
        ({2: (5, 15, 0), 6: (5, 15, 0)}, Course.UNKNOWN, "Nothing needs you."),
    ],
)
def test_no_change_is_a_decision(
    talk: Seen, weeks: dict[int, tuple[Any, ...]], expected: Course, said: str
) -> None:
    """Of the newest check, if that is of this week or the last; what is unknown is none."""
    for ago, answers in weeks.items():
        answered(talk, ago, *answers)
    talk.now = SUNDAY
    week = {1: (date(2026, 11, 23), date(2026, 11, 29))}
    assert talk.read(reports.load_reports, week, 2)[1].course is expected
    talk.says(COACH, "/summary now")
    text = "\n".join(one.text for one in talk.chats[COACH].values())
    assert said in text
    (letter,) = [one for one in talk.letters(COACH) if isinstance(one, Summary)]
    assert (letter.order[0].decision is Decision.NOTHING) == (said == "Nothing needs you.")


def test_settings_are_made_for_everybody(talk: Seen) -> None:
    """Whoever joins is asked next Sunday, from the next hour on."""
    jo = talk.athlete(RUNA + 60, "Jo Berg")
    assert talk.read(load_settings.without) == [jo]
    talk.run(upkeep.tidy, talk.now)
    assert talk.read(load_settings.without) == []


@pytest.mark.parametrize(
    ("who", "said", "rows"),
    [
        (RUNA + 60, "/test", 1),
        (RUNA + 60, "/tips", 1),
        (RUNA + 60, "/tips off", 2),
        (COACH, "/stage Jo", 1),
        (COACH, "/stage Jo hold on", 2),
    ],
)
def test_whatever_came_before_the_first_upkeep(talk: Seen, who: int, said: str, rows: int) -> None:
    """Who only looks stores nothing; and whoever has set something is asked next Sunday too."""
    talk.coach(talk.athlete(RUNA + 60, "Jo Berg"))
    talk.says(who, said)
    assert talk.count(LoadSettingsRow) == rows
    talk.run(upkeep.tidy, talk.now)
    dues = talk.read(lambda db: [row.check_due_at for row in db.exec(select(LoadSettingsRow))])
    assert dues == [SUNDAY, SUNDAY]
    assert talk.read(load_settings.without) == []
