"""The weekly summary: once a coach and week, to whom, about which days, with what decision."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import Session as Db
from sqlmodel import delete, select, update

from bot.accounts.enrolment import open_link
from bot.coaching.messages import PAGE, Summary
from bot.coaching.weekly import flow as weekly
from bot.coaching.weekly import pages
from bot.coaching.weekly.command import summary
from bot.coaching.weekly.parse import week_of, wish_of
from bot.coaching.weekly.words import summary as look
from bot.conversation import message
from bot.conversation.message import Message
from bot.dispatch import delivery_events, due_work
from bot.programme import summary_schedule
from bot.programme.summary_schedule import Wish
from bot.protocol.calendar.local_time import instant
from bot.protocol.calendar.weeks import SummaryTime, Window, seven_days, week_told
from bot.protocol.report.athlete_week import Decision
from bot.store import outbox_claims, people
from bot.store.tables import (
    AssignmentRow,
    AuditRow,
    CoachRow,
    MorningRow,
    OccurrenceRow,
    OutboxState,
    Role,
    RoleRow,
    SummaryRow,
)
from tests.flows.world import ADMIN, COACH, RUNA, FlowWorld, the, topics

WEDNESDAY = datetime(2026, 11, 18, 12, 0, tzinfo=UTC)
MONDAY = datetime(2026, 11, 23, 6, 0, tzinfo=UTC)
"""07:00 in Berlin."""
BERLIN = "Europe/Berlin"
DAY = timedelta(days=1)


@pytest.fixture
def world(tmp_path: Path) -> Iterator[FlowWorld]:
    """Return a world with Runa, her coach Kim in Berlin, and nothing planned, on a Wednesday.

    Runa has answered one morning: there is something to draw.
    """
    with FlowWorld(tmp_path, WEDNESDAY) as made:
        kim = made.coach(made.athlete())
        made.run(_lives_in, kim, BERLIN)
        made.run(summary_schedule.for_all, made.now)
        made.run(wakes, 1)
        yield made


def wakes(db: Db, athlete_id: int) -> None:
    """Answer a morning of the week."""
    row = MorningRow(athlete_id=athlete_id, local_date=WEDNESDAY.date(), value=1)
    row.answered_at = WEDNESDAY
    db.add(row)


def _lives_in(db: Db, person_id: int, zone: str) -> None:
    people.person(db, person_id).zone = zone
    for row in db.exec(select(OccurrenceRow)):
        db.delete(row)
    if db.get(CoachRow, person_id) is not None:
        summary_schedule.replan(db, person_id, WEDNESDAY)


def due(world: FlowWorld, coach: int = 2) -> datetime | None:
    """Return when the coach's next summary comes."""
    found: datetime | None = world.row(CoachRow, coach).summary_due_at
    return found


def told(world: FlowWorld, at: datetime, chat: int = COACH) -> list[Any]:
    """Let it be `at`, and return the summaries of the coach until now."""
    world.now = at
    world.run(due_work.act_due, at)
    return [one for one in world.letters(chat) if isinstance(one, Summary)]


def deliver(world: FlowWorld, *, ok: bool = True) -> None:
    """Send what waits for the coach, or find that the coach cannot be reached."""

    def settle(db: Db) -> None:
        for letter in outbox_claims.ready(db, world.now, 100):
            outbox_claims.claim(db, [letter.id], world.now)
            state = OutboxState.SENT if ok else OutboxState.FAILED
            outbox_claims.settle(db, letter.id, state, world.now, message_id=9)
            if ok:
                delivery_events.sent(db, [(letter, world.now)], world.now)
            else:
                delivery_events.lost(db, letter, world.now)
                delivery_events.unreachable(db, letter.chat_id, world.now)

    world.run(settle)


def client(world: FlowWorld, number: int, name: str) -> None:
    """Add an athlete of Kim's, with nothing planned."""
    athlete = world.athlete(RUNA + number, name)

    def share(db: Db) -> None:
        db.add(AssignmentRow(athlete_id=athlete, coach_id=2, consented_at=WEDNESDAY))
        db.connection().execute(delete(OccurrenceRow))
        wakes(db, athlete)

    world.run(share)


def returns(world: FlowWorld) -> list[message.Message]:
    """Let the coach write /start; return what comes."""
    return world.does(COACH, open_link.start, None, open_enrolment=False, name="Kim")


# ---- when -----------------------------------------------------------------------------

ZONES = ("Europe/Berlin", "America/New_York", "Africa/Cairo", "Australia/Lord_Howe", "Asia/Tokyo")


@pytest.mark.parametrize("zone", ZONES)
@pytest.mark.parametrize(("weekday", "at"), [(0, time(0)), (6, time(2)), (0, time(7))])
def test_f03_exactly_one_per_iso_week_over_a_year(zone: str, weekday: int, at: time) -> None:
    """Over both changes: no week twice, none left out, seven local midnights each."""
    when, now = SummaryTime(weekday, at, zone), datetime(2026, 1, 7, tzinfo=UTC)
    weeks, hours = [], set()
    for _ in range(55):
        now = when.after(now)
        assert when.newest(now) == when.newest(now + timedelta(hours=30)) == now
        first, last = seven_days(now, zone)
        weeks.append(week_told(now, zone))
        assert when.of_week(weeks[-1]) == now
        window = Window(instant(first, time(), zone), instant(last + DAY, time(), zone))
        hours.add(window.hours)
    assert weeks == [weeks[0].plus(n) for n in range(55)]
    shift = 0.5 if "Howe" in zone else 1
    assert hours == ({168} if zone == "Asia/Tokyo" else {168 - shift, 168, 168 + shift})


@pytest.mark.parametrize(
    ("as_of", "week", "first"),
    [
        (date(2028, 3, 6), "2028-W09", date(2028, 2, 28)),  # with 29 Feb
        (date(2027, 1, 4), "2026-W53", date(2026, 12, 28)),
        (date(2026, 1, 5), "2026-W01", date(2025, 12, 29)),
        (date(2027, 1, 1), "2026-W53", date(2026, 12, 25)),  # a Friday
    ],
)
def test_f07_leap_days_and_the_turn_of_the_year(as_of: date, week: str, first: date) -> None:
    """The label is the ISO week of the last day, also where its year is another one."""
    moment = instant(as_of, time(7), BERLIN)
    assert str(week_told(moment, BERLIN)) == week
    assert seven_days(moment, BERLIN) == (first, as_of - DAY)


def test_every_coach_has_a_next_summary(world: FlowWorld) -> None:
    """Monday 07:00 on the coach's clock, made once; a coach who wants none keeps none."""
    assert due(world) == MONDAY
    world.does(COACH, summary, "off")
    world.run(summary_schedule.for_all, world.now)
    assert due(world) is None


def test_a_summary_comes_once(world: FlowWorld) -> None:
    """A rerun, a crash before it was noted, an earlier alarm: one, and the next is planned."""
    assert told(world, MONDAY - timedelta(seconds=1)) == []
    found = told(world, MONDAY)
    assert len(found) == 1
    assert (found[0].week, found[0].due_at, found[0].repeat) == ("2026-W47", None, False)
    world.run(lambda db: db.connection().execute(update(CoachRow).values(summary_due_at=MONDAY)))
    assert told(world, MONDAY + timedelta(minutes=1)) == found
    assert due(world) == MONDAY + 7 * DAY


@pytest.mark.parametrize(("late", "letters"), [(2.9, 1), (3.1, 0), (16, 1)])
def test_after_an_outage_it_is_sent_once_within_three_days(
    world: FlowWorld, late: float, letters: int
) -> None:
    """It says that it is late; older weeks are left out, and none is doubled."""
    found = told(world, MONDAY + timedelta(days=late))
    assert len(found) == letters
    if found:
        week = "2026-W47" if late < 7 else "2026-W49"
        as_of = MONDAY + (0 if late < 7 else 14) * DAY
        assert (found[0].week, found[0].due_at) == (week, as_of)
    following = due(world)
    assert following is not None
    assert following > world.now


def test_it_waits_until_every_day_is_settled(world: FlowWorld) -> None:
    """After an outage days are caught up row by row; a summary in between would be wrong."""

    def lag(db: Db, due_at: datetime | None) -> None:
        row = db.exec(select(OccurrenceRow)).first() or OccurrenceRow(
            athlete_id=1, local_date=date(2026, 11, 20), slot=0, planned_at=WEDNESDAY
        )
        row.due_at, row.state = due_at, "missed"
        db.add(row)

    world.run(lag, MONDAY - DAY)
    world.run(weekly.act, 2, MONDAY + DAY)
    assert due(world) == MONDAY + DAY + timedelta(minutes=1)
    world.run(lag, None)
    (letter,) = told(world, MONDAY + DAY + timedelta(minutes=1))
    assert letter.athletes[0].figures.missed == 1


# ---- who ------------------------------------------------------------------------------


def test_f06_each_athlete_has_days_of_their_own(world: FlowWorld) -> None:
    """Monday 07:00 in Sydney is Sunday in New York: seven whole days there, and both zones said."""
    world.run(_lives_in, 2, "Australia/Sydney")
    world.run(_lives_in, 1, "America/New_York")
    at = due(world)
    assert at is not None
    (letter,) = told(world, at)
    one = letter.athletes[0]
    assert (letter.last_day, one.last_day) == (date(2026, 11, 22), date(2026, 11, 21))
    (chart,) = world.read(pages.charts, 2, letter.order, world.now)
    assert [day.day for day in chart.days][-1] == date(2026, 11, 21)
    assert "(America/New_York time, Sun 15 – Sat 21 Nov 2026)" in look(letter, at).text


def test_f78_a_coach_who_can_not_be_reached_gets_it_on_coming_back(world: FlowWorld) -> None:
    """It is kept, sent once at /start, and not again."""
    told(world, MONDAY)
    deliver(world, ok=False)
    world.later(days=2)
    back = returns(world)
    assert len([one for one in back if isinstance(one, Summary)]) == 1
    assert topics(returns(world)) == ["welcome_staff"]
    deliver(world)
    assert topics(returns(world)) == ["welcome_staff"]


def test_f78_known_to_be_away_then_back_after_the_next_week(world: FlowWorld) -> None:
    """Nothing is sent meanwhile; back later, only the newest week comes."""

    def away(db: Db) -> None:
        people.person(db, 2).unreachable_since = WEDNESDAY

    world.run(away)
    assert told(world, MONDAY) == []
    assert told(world, MONDAY + 7 * DAY) == []
    back = returns(world)
    assert [one.week for one in back if isinstance(one, Summary)] == ["2026-W48"]


def test_f78_two_coaches_and_a_change_in_the_week(world: FlowWorld) -> None:
    """Each gets theirs; who is consented when it is made reads it, and nobody else."""
    world.coach(1, COACH + 10, "Coach Lee")
    world.run(summary_schedule.for_all, world.now)
    world.run(_ends, 2)
    assert told(world, MONDAY) == []
    assert told(world, MONDAY + timedelta(hours=1), COACH + 10) != []
    assert world.count(SummaryRow) == 1


def _ends(db: Db, coach_id: int) -> None:
    row = db.get(AssignmentRow, (1, coach_id))
    assert row is not None
    row.ended_at = WEDNESDAY


def test_a_consent_that_ends_while_the_letter_waits_wins(world: FlowWorld) -> None:
    """Read again when it is sent: it goes without the athlete, or not at all."""
    client(world, 50, "Liv")
    (letter,) = told(world, MONDAY)
    assert allowed_now(world, letter) == letter
    world.run(_ends, 2)
    words = allowed_now(world, letter)
    assert isinstance(words, Summary)
    assert ([one.name for one in words.athletes], len(words.order)) == (["Liv"], 1)
    assert world.store.read_now(delivery_events.still_told, RUNA + 999, letter) is None


def allowed_now(world: FlowWorld, letter: Any) -> Message | None:
    """Return what the coach may still be told."""
    return world.store.read_now(delivery_events.still_told, COACH, letter)


def test_someone_who_is_no_coach_any_more_gets_none(world: FlowWorld) -> None:
    """The role is gone: so is what was set for it."""
    world.run(lambda db: db.connection().execute(delete(RoleRow)))
    assert told(world, MONDAY) == []
    assert world.count(CoachRow) == 0


# ---- what -----------------------------------------------------------------------------


def test_f76_an_outage_is_nobodys_fault(world: FlowWorld) -> None:
    """Everything adds up; what we did not deliver is said to be ours."""
    states = ("missed", "not_delivered", "not_delivered", "skipped", "paused", "rested")

    def live(db: Db) -> None:
        for number, state in enumerate(states):
            day = date(2026, 11, 16) + number * DAY
            db.add(
                OccurrenceRow(
                    athlete_id=1, local_date=day, slot=0, planned_at=WEDNESDAY, state=state
                )
            )

    world.run(live)
    (letter,) = told(world, MONDAY)
    found = letter.athletes[0].figures
    parts = (found.done, found.unfinished, found.stopped, found.rested, found.skipped)
    assert sum(parts) + found.missed + found.not_delivered + found.open == found.planned == 5
    assert (found.not_delivered, found.missed, found.paused_days) == (2, 1, 1)
    assert letter.athletes[0].decision is Decision.NOTHING
    assert "2 not delivered (our fault)" in look(letter, MONDAY).text
    (chart,) = world.read(pages.charts, 2, letter.order, MONDAY)
    assert len(chart.days) == 7


def test_a_week_without_data_says_so(world: FlowWorld) -> None:
    """Nothing planned, nothing divided by nothing; a picture of nothing is not made."""
    world.run(lambda db: db.connection().execute(delete(MorningRow)))
    (letter,) = told(world, MONDAY)
    assert "No data: nothing was planned." in look(letter, MONDAY).text
    assert world.read(pages.charts, 2, letter.order, MONDAY) == ()


def test_the_most_urgent_first(world: FlowWorld) -> None:
    """A red flag stands above everything else, whatever the name."""
    world.run(lambda db: people.raise_flag(db, 1, "tear", WEDNESDAY, session_id=None))
    client(world, 50, "Ada")
    (letter,) = told(world, MONDAY)
    assert [(one.name, one.decision) for one in letter.athletes] == [
        ("Runa Holm", Decision.RED_FLAG),
        ("Ada", Decision.NOTHING),
    ]
    assert [one.decision for one in letter.order] == [Decision.RED_FLAG, Decision.NOTHING]


def test_f60_of_many_athletes_one_message_comes(world: FlowWorld) -> None:
    """It tells of all in counts, and of ten by name: the others are a tap away."""
    for number in range(22):
        client(world, 100 + number, f"Athlete {number:02}")
    (letter,) = told(world, MONDAY)
    assert (len(letter.athletes), len({one.athlete_id for one in letter.order})) == (PAGE, 23)
    assert "(page 1 of 3)\n23 athletes. Nothing needs you." in look(letter, MONDAY).text


@pytest.mark.parametrize(
    ("text", "week"), [("w1", "2027-W01"), ("W52", "2026-W52"), ("2026 w53", "2026-W53")]
)
def test_a_week_without_a_year_is_the_newest(text: str, week: str) -> None:
    """In January, W52 was last year."""
    assert str(week_of(text, date(2027, 1, 6))) == week


# ---- /summary -------------------------------------------------------------------------


def test_f80_a_repeat_has_the_same_numbers_and_says_so(world: FlowWorld) -> None:
    """By its week or as the last one; a week that never came is told without that mark."""
    (first,) = told(world, MONDAY)
    (unread,) = world.does(COACH, summary, "last")
    assert isinstance(unread, Summary)
    assert not unread.repeat  # it has not arrived yet
    deliver(world)
    world.now = MONDAY + 3 * DAY
    for words in ("2026-W47", "w47", "last"):
        (again,) = world.does(COACH, summary, words)
        assert isinstance(again, Summary)
        assert (again.athletes, again.week, again.repeat) == (first.athletes, first.week, True)
        assert "A repeat" in look(again, world.now).text
    (never,) = world.does(COACH, summary, "2026-W45")
    assert isinstance(never, Summary)
    assert (never.repeat, never.last_day) == (False, date(2026, 11, 8))
    (today,) = world.does(COACH, summary, "today")
    assert isinstance(today, Summary)
    assert (today.week, today.last_day) == (None, date(2026, 11, 25))


def test_now_tells_this_week_so_far_with_what_just_happened(world: FlowWorld) -> None:
    """Shortly after a stop on a Tuesday: Monday and today, and the stop asks for a decision."""
    told(world, MONDAY)
    deliver(world)
    world.now = MONDAY + DAY + timedelta(hours=1)
    world.trains(1, 1, 5)
    (letter,) = world.does(COACH, summary, "now")
    assert isinstance(letter, Summary)
    assert (letter.week, letter.so_far, letter.repeat) == (None, True, False)
    text = look(letter, world.now).text
    assert text.startswith("<b>This week so far: Mon 23 – Tue 24 Nov 2026</b>\n1 athlete, 1 needs")
    assert "1. <b>Runa Holm</b> – stopped by pain Tue (5): is the dose right?" in text
    (chart,) = world.read(pages.charts, 2, letter.order, world.now)
    assert [day.day.day for day in chart.days] == [23, 24]
    again = told(world, MONDAY + 7 * DAY)[-1]
    assert (again.week, again.days) == ("2026-W48", 7)


BAD = {
    "2026-W49": "has not begun",
    "2026-W47": "not over yet",
    "2026-W54": "weeks 01 to 53",
    "1999-W01": "a year out of range",
    "mon-fri 07:00": "5 days",
    "frob": "I do not understand “frob”",
    "<b>x</b>": "I do not understand “<b>x</b>”",
}


def test_bad_words_change_nothing(world: FlowWorld) -> None:
    """One sentence says what is wrong; another person's id finds nobody (F63)."""
    before = world.row(CoachRow, 2).model_dump()
    for words, wrong in BAD.items():
        said = the(world.does(COACH, summary, words), "summary_problem")
        assert wrong in said["problem"]
    for words in ("#1 mon 07:00", "#99 now"):
        assert topics(world.does(COACH, summary, words)) == ["who_nobody"]
    assert world.row(CoachRow, 2).model_dump() == before


def test_a_coach_sets_the_time_and_takes_it_back(world: FlowWorld) -> None:
    """Echoed before and after, written down, and undone by what it was."""
    said = the(world.does(COACH, summary, "sun 6pm"), "summary_set")
    assert (said["before"], said["after"]) == ("Mon 07:00", "Sun 18:00")
    assert due(world) == datetime(2026, 11, 22, 17, 0, tzinfo=UTC)
    assert world.count(AuditRow, AuditRow.action == "summary_time") == 1
    world.does(COACH, summary, said["before"])
    assert due(world) == MONDAY


def test_an_admin_sets_a_coachs_time(world: FlowWorld) -> None:
    """Both zones are in the answer, and the coach is told who changed it."""
    world.person(ADMIN, "Ada", Role.ADMIN)
    said = the(world.does(ADMIN, summary, "kim tue 08:00"), "summary_set")
    assert (said["after"], said["zone"], said["my_zone"]) == ("Tue 08:00", BERLIN, "UTC")
    assert the(world.letters(COACH), "summary_set")["by"] == "Ada"
    assert topics(world.does(ADMIN, summary, "")) == ["summary_home"]


def test_a_week_told_is_not_told_again_after_a_change_of_day(world: FlowWorld) -> None:
    """Wednesday's summary told this week already: from Monday on, the next one that is new."""
    world.does(COACH, summary, "wed 13:05")
    assert len(told(world, datetime(2026, 11, 25, 12, 5, tzinfo=UTC))) == 1
    world.does(COACH, summary, "mon 07:00")
    assert due(world) == datetime(2026, 12, 7, 6, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("typed", "week"),
    [("week 47", "2026-W47"), ("KW 47", "2026-W47"), ("2026-W٤٧", "2026-W47")],
)
def test_f91_a_week_is_read_as_people_write_it(typed: str, week: str) -> None:
    """In words and in the digits of any script."""
    assert str(week_of(typed, date(2026, 11, 24))) == week


@pytest.mark.parametrize("typed", ["mon 07:00", "07:00 mon", "7am on mondays", "every monday 7 am"])
def test_f91_a_summary_is_set_by_day_and_time_in_either_order(typed: str) -> None:
    """Both are read, whichever comes first."""
    assert wish_of(typed) == Wish(0, time(7))
