"""/pause and /resume by a coach or admin: with an end, with a reason, and who may lift it."""

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest

from bot.programme.pauses import flow as by_staff
from bot.protocol.calendar.input_error import InputError
from bot.protocol.calendar.two_days import Span
from bot.store import due_rows, people
from bot.store.tables import OccurrenceState, OutboxRow
from bot.training import occurrences, pauses
from bot.training.reminders.flow import act
from tests.flows.office import Office
from tests.flows.world import ADMIN, COACH, RUNA

TUESDAY = date(2026, 11, 24)
BY_COACH = "Only your coach or the admin can end the pause."


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    """Return Runa in Berlin, 07:30 every day; it is Tuesday, 07:30 there."""
    found = Office.at(tmp_path)
    with found.world:
        yield found


def reminded(office: Office, *, days: int) -> list[str]:
    """Let days pass; return the local dates on which a reminder was written."""
    until = office.world.now + timedelta(days=days)
    found = []
    while (at := office.world.store.read_now(due_rows.earliest)) is not None and at <= until:
        office.world.now = max(at, office.world.now)
        for row in office.world.store.read_now(due_rows.overdue, office.world.now, 9):
            before = office.world.count(OutboxRow, OutboxRow.kind == "Reminder")
            office.world.run(act, row.id, office.world.now)
            if office.world.count(OutboxRow, OutboxRow.kind == "Reminder") > before:
                found.append(f"{office.world.now:%d %b}")
    office.world.now = until
    return found


# ---- what is typed --------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "back_on", "reason"),
    [
        ("until fri knee is swollen", date(2026, 11, 28), "knee is swollen"),
        ("3 days flu", date(2026, 11, 27), "flu"),
        ("1 week", date(2026, 12, 1), None),
        ("until 1 Dec: holiday", date(2026, 12, 2), "holiday"),
        ("Dec 24 holidays", date(2026, 12, 25), "holidays"),
        ("fri", date(2026, 11, 28), None),
        ("until resumed, see the doctor", None, "see the doctor"),
        ("flu until fri", date(2026, 11, 28), "flu"),
    ],
)
def test_a_day_and_a_reason(text: str, back_on: date | None, reason: str | None) -> None:
    """A typed day is the last of the pause; what follows it is the reason."""
    assert by_staff.read(text, TUESDAY) == (Span(TUESDAY, back_on), reason)


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("until 1 Nov", "past"),
        ("until frx", "“until frx”"),
        ("until", "“until”"),
        ("40 Dec", "“40 dec”"),
        ("2 much", "“2 much”"),
        ("800 days", "two years"),
        ("x" * 201, "201"),
    ],
)
def test_f67_a_wrong_day_is_one_sentence(text: str, part: str) -> None:
    """What is wrong, what is allowed; nothing is taken for a reason that was meant as a day."""
    with pytest.raises(InputError, match=part):
        by_staff.read(text, TUESDAY)


# ---- pausing --------------------------------------------------------------------------


def test_f29_until_a_day(office: Office) -> None:
    """Last day and first day back are both said; the first reminder comes on that day."""
    told = office.types(ADMIN, "/pause Runa until fri knee <b>")
    assert "Last day of the pause: Fri 27 Nov. First day back: Sat 28 Nov." in told
    assert "Sat 28 Nov 07:30 (01:30), Europe/Berlin (yours: America/New_York)" in told
    (heard,) = office.heard()
    assert heard.splitlines() == [
        "Ada paused your plan; your first day back is Sat 28 Nov.",
        "Reason: knee <b>",
        f"No reminders come, and no day counts as missed. {BY_COACH}",
    ]
    assert reminded(office, days=5) == ["28 Nov", "29 Nov"]


def test_f20_until_resumed_nothing_comes(office: Office) -> None:
    """Silence; every day is a paused one; resumed, the next day reminds again."""
    office.types(COACH, "/pause Runa until resumed")
    assert reminded(office, days=6) == []
    days = office.stored()[2]
    assert {day["state"] for day in days[:-1]} == {OccurrenceState.PAUSED}
    told = office.types(COACH, "/resume Runa")
    assert "Next reminder: tomorrow 07:30, Europe/Berlin." in told
    assert office.heard()[-1].startswith("Coach Kim ended the pause of your plan. Next reminder")
    assert len(reminded(office, days=1)) == 1


def test_only_staff_lifts_what_staff_paused(office: Office) -> None:
    """/resume and /pause of the athlete change nothing, and say who can; screens offer neither."""
    office.types(COACH, "/pause Runa 3 days flu")
    before = office.stored()
    for text in ("/resume", "/pause 1 week"):
        told = office.types(RUNA, text)
        assert BY_COACH in told
        assert "Reason: flu" in told
    for data in ("1:s:resume:now", "1:s:pause:open"):
        assert BY_COACH in office.presses(RUNA, data)
    for text in ("/next", "/start"):
        assert BY_COACH in office.types(RUNA, text)
    assert BY_COACH in office.types(RUNA, "/settings")
    assert not {"Pause", "Resume now"} & set(office.labels(RUNA))
    assert office.stored() == before
    office.types(ADMIN, "/resume Runa")
    assert office.athlete().pause_reason is None
    assert not office.athlete().only_coach_resumes


def test_after_its_end_the_athlete_pauses_as_ever(office: Office) -> None:
    """A coach's pause that is over bars nothing."""
    office.types(COACH, "/pause Runa 1 day")
    office.world.later(days=2)
    office.types(RUNA, "/pause 2 days")
    assert "The pause is over" in office.types(RUNA, "/resume")


def test_an_athletes_own_pause(office: Office) -> None:
    """Staff sees whose it is, may lift it, or make it theirs."""
    office.types(RUNA, "/pause 1 week")
    assert "Runa Holm paused it, and can resume it too." in office.types(COACH, "/pause Runa")
    office.taps(COACH, "Until resumed")
    assert BY_COACH in office.types(RUNA, "/resume")
    office.types(COACH, "/resume Runa")
    office.types(RUNA, "/pause 1 week")
    assert "is over" in office.types(COACH, "/resume Runa")


def test_everything_by_tapping(office: Office) -> None:
    """3 days, resume, and again for a slip, with its end and reason."""
    assert "is not paused" in office.types(COACH, "/pause")
    office.taps(COACH, "3 days")
    assert office.athlete().paused_until == date(2026, 11, 27)
    office.types(COACH, "/pause Runa until 1 Dec flu")
    office.taps(COACH, "Resume now")
    assert not office.world.store.read_now(occurrences.is_paused, office.runa, office.world.now)
    office.taps(COACH, "Pause again")
    athlete = office.athlete()
    assert (athlete.paused_until, athlete.pause_reason) == (date(2026, 12, 2), "flu")


def test_another_end_keeps_the_reason(office: Office) -> None:
    """A button after a typed reason moves the end alone; a double tap tells nobody twice."""
    office.types(COACH, "/pause Runa 3 days flu")
    office.taps(COACH, "1 week")
    before, heard = office.stored(), office.heard()
    office.taps(COACH, "1 week")
    assert (office.stored(), office.heard()) == (before, heard)
    assert (office.athlete().paused_until, office.athlete().pause_reason) == (
        date(2026, 12, 1),
        "flu",
    )


def test_nothing_to_resume(office: Office) -> None:
    """Said as it is; nobody else is told."""
    assert "is not paused" in office.types(COACH, "/resume Runa")
    assert office.heard() == []


def test_a_lock_is_another_matter(office: Office) -> None:
    """Resumed and still locked: both are told so."""
    office.types(COACH, "/pause Runa 1 week")
    office.world.run(occurrences.lock, office.runa, "stopped_hard", office.world.now)
    assert "/unlock Runa Holm" in office.types(COACH, "/resume Runa")
    assert "still locked" in office.heard()[-1]


def test_who_is_coach_and_athlete_keeps_two_pauses_apart(office: Office) -> None:
    """Without a name /pause is their own; with a name it is the athlete's."""
    kim = office.world.store.read_now(people.by_telegram, COACH)
    assert kim is not None
    office.world.athlete(COACH, "Coach Kim")
    office.types(COACH, "/pause 3 days")
    assert not office.athlete().paused_at
    office.types(COACH, "/pause Runa 3 days")
    assert office.athlete().only_coach_resumes
    assert "The pause is over" in office.types(COACH, "/resume")


def test_the_bots_own_pause_is_lifted_by_staff_alone(office: Office) -> None:
    """A pause that nobody in person asked for is the coach's to lift (PROTOCOL 3)."""
    office.world.run(pauses.pause, office.runa, None, office.world.now, actor=None)
    assert BY_COACH in office.types(RUNA, "/resume")


def test_resume_alone_asks_first(office: Office) -> None:
    """Nobody paused: said so. One: shown, with a button; a tap in the menu ends nothing."""
    assert office.types(COACH, "/resume") == "None of your athletes is paused."
    office.types(COACH, "/pause Runa until fri")
    assert "is paused" in office.types(COACH, "/resume")
    assert office.athlete().paused_at is not None
    assert "is over" in office.taps(COACH, "Resume now")
    assert office.athlete().paused_at is None
