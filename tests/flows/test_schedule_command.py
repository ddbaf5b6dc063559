"""/schedule: an athlete's days, times and zone by a coach or admin, typed and by buttons."""

from collections.abc import Iterator
from datetime import UTC, datetime, time
from pathlib import Path

import pytest

from bot.protocol.calendar.input_error import InputError
from bot.protocol.calendar.parse_schedule import TypedSchedule, parse_schedule
from bot.store import due_rows, people
from bot.store.tables import OccurrenceState
from bot.training import occurrences
from bot.training.reminders.flow import act
from tests.flows.office import STRANGE_COACH, Office
from tests.flows.world import ADMIN, COACH, RUNA, STRANGER

WEEK = frozenset(range(7))
WORKDAYS = frozenset(range(5))


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    """Return Runa in Berlin, her coach and the admin; it is Tuesday, 07:30 in Berlin."""
    found = Office.at(tmp_path)
    with found.world:
        yield found


def schedule(office: Office) -> tuple[str, str, str]:
    """Return days, times and zone as they are stored."""
    athlete = office.athlete()
    zone = office.world.store.read_now(people.person, office.runa).zone
    return athlete.weekdays, athlete.times, zone


# ---- what is typed --------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("mon-fri 07:30", TypedSchedule(WORKDAYS, (time(7, 30),))),
        ("Mon, Wed & Fri 18:00", TypedSchedule(frozenset({0, 2, 4}), (time(18),))),
        ("daily 6:45am", TypedSchedule(WEEK, (time(6, 45),))),
        ("every day at 6:45 PM", TypedSchedule(WEEK, (time(18, 45),))),
        ("mon to fri 7 pm", TypedSchedule(WORKDAYS, (time(19),))),
        ("12:30 07:30", TypedSchedule(None, (time(7, 30), time(12, 30)))),
        ("7pm america/new york", TypedSchedule(None, (time(19),), "America/New_York")),
        ("EUROPE/BERLIN", TypedSchedule(zone="Europe/Berlin")),
        ("wed/thu noon", TypedSchedule(frozenset({2, 3}), (time(12),))),
        ("Off", TypedSchedule(switch="off")),
        ("on", TypedSchedule(switch="on")),
    ],
)
def test_parts_are_read_in_their_order(text: str, found: TypedSchedule) -> None:
    """Days, one or two times, a zone; each may be left out."""
    assert parse_schedule(text) == found


WRONG = {
    "24:00": ("“24:00”", "00:00"),
    "7:5": ("“7:5”", "07:05"),
    "25:00": ("“25:00”", "00 to 23"),
    "7": ("“7”", "07:00 or 19:00"),
    "13pm": ("“13pm”", "1 to 12"),
    "mon mon": ("Monday", "mon-fri"),
    "mon-fri fri 07:30": ("Friday", "mon-fri"),
    "mon 07:30 tue": ("“tue”", "days come first"),
    "07:30 09:00": ("07:30 and 09:00", "four hours"),
    "23:00 01:00": ("01:00 and 23:00", "over midnight"),
    "07:00 12:00 18:00": ("“18:00”", "one or two"),
    "Europe/Berln": ("“Europe/Berln”", "Europe/Berlin"),
    "mon 07:30 Berlin": ("“Berlin”", "Europe/Berlin"),
    "UTC+2": ("“UTC+2”", "fixed offset"),
    "mon Europe/Berlin 07:30": ("“07:30”", "comes last"),
    "monn 07:30": ("“monn”", "mon-fri"),
    "off mon": ("“off”", "alone"),
    "'; DROP TABLE athlete; --": ("“'”", "mon-fri 07:30"),
    "<b>mon</b>": ("“<b>mon</b>”", "mon-fri 07:30"),
    "at": ("Write days, a time or a zone", "mon-fri 07:30"),
}


@pytest.mark.parametrize("text", WRONG)
def test_f67_a_wrong_schedule_is_one_precise_sentence(text: str) -> None:
    """The word that is wrong, what is allowed, an example."""
    with pytest.raises(InputError) as error:
        parse_schedule(text)
    for part in WRONG[text]:
        assert part in str(error.value)


def test_f67_nothing_is_half_saved(office: Office) -> None:
    """A right part beside a wrong one is not stored; nobody else is told; text stays text."""
    before = office.stored()
    for text in ("mon-fri 24:00", "mon mon 07:30", "07:30 Europe/Berln", "<b>x", "'; DROP --"):
        told = office.types(ADMIN, f"/schedule Runa {text}")
        assert told.endswith("\nNothing was changed.")
        assert (office.stored(), office.heard()) == (before, [])
    assert "nobody called “Rita 07:30”" in office.types(ADMIN, "/schedule Rita 07:30")


# ---- what is changed ------------------------------------------------------------------


def test_a_change_is_echoed_on_both_clocks(office: Office) -> None:
    """Before and after, the next time in both zones, and one sentence to the athlete."""
    told = office.types(ADMIN, "/schedule Runa mon-fri 18:00 12:30")
    assert "Days: every day → Mon–Fri" in told
    assert "Time: 07:30 → 12:30 and 18:00" in told
    assert "today 12:30 (06:30), Europe/Berlin (yours: America/New_York)" in told
    (heard,) = office.heard()
    assert heard.splitlines() == [
        "Ada changed your reminders: days every day → Mon–Fri; time 07:30 → 12:30 and 18:00.",
        "Next reminder: today 12:30 (Europe/Berlin).",
    ]
    assert schedule(office) == ("0,1,2,3,4", "12:30,18:00", "Europe/Berlin")


def test_one_zone_is_named_once(office: Office) -> None:
    """Where both live by the same clocks nothing is said twice."""
    told = office.types(ADMIN, "/schedule Runa America/New_York")
    assert told.count("America/New_York") == 2  # the change, and the next time
    assert "yours" not in told


def test_parts_left_out_stay(office: Office) -> None:
    """Days alone keep times and zone, and the other way round."""
    office.types(COACH, "/schedule Runa tue,thu")
    office.types(COACH, "/schedule Runa 18:00")
    office.types(COACH, "/schedule Runa Asia/Tokyo")
    assert schedule(office) == ("1,3", "18:00", "Asia/Tokyo")


def test_undo_takes_the_newest_change_back_once(office: Office) -> None:
    """The button of an older change does nothing, and says so."""
    office.types(ADMIN, "/schedule Runa 18:00")
    old = office.screens[ADMIN].rows[0][0].data
    office.taps(ADMIN, "Undo")
    assert schedule(office)[1] == "07:30"
    before = office.stored()
    assert "older change" in office.presses(ADMIN, old)
    assert office.stored() == before


def test_undo_is_no_way_to_the_athletes_own_choice(office: Office) -> None:
    """After the athlete changed something, the staff's old button is not active."""
    office.types(ADMIN, "/schedule Runa 18:00")
    old = office.screens[ADMIN].rows[0][0].data
    office.types(RUNA, "/settings")
    office.presses(RUNA, "1:s:time:1900")
    assert "older change" in office.presses(ADMIN, old)
    assert schedule(office)[1] == "19:00"


def test_the_same_again_changes_nothing(office: Office) -> None:
    """No audit row, no letter, and no new occurrence."""
    before = office.stored()
    assert "already the setting" in office.types(ADMIN, "/schedule Runa daily 07:30")
    assert (office.stored(), office.heard()) == (before, [])


def test_off_and_on_again(office: Office) -> None:
    """Off keeps days, times and history; on brings the days back, whatever came between."""
    office.types(ADMIN, "/schedule Runa mon,wed")
    assert "switched off" in office.types(ADMIN, "/schedule Runa off")
    assert office.heard()[-1] == "Ada switched your reminders off."
    assert office.world.store.read_now(occurrences.coming, office.runa, office.world.now, 3) == []
    office.types(ADMIN, "/schedule Runa 18:00")
    assert schedule(office)[0] == ""
    assert "no days" in office.types(RUNA, "/next")
    office.taps(ADMIN, "Switch on")
    assert schedule(office) == ("0,2", "18:00", "Europe/Berlin")


def test_f19_off_after_the_reminder_is_silent(office: Office) -> None:
    """No nudge, and no missed day: today's open reminder is put aside."""
    office.world.later(days=1)
    for row in office.world.store.read_now(due_rows.overdue, office.world.now, 9):
        office.world.run(act, row.id, office.world.now)
    office.types(COACH, "/schedule Runa off")
    (days,) = (rows for rows in office.stored() if rows and "planned_at" in rows[0])
    assert [(day["state"], day["due_at"]) for day in days] == [(OccurrenceState.PAUSED, None)]


def test_it_shows_what_comes(office: Office) -> None:
    """Alone: the schedule, and three reminders on both clocks; paused: from the day back on."""
    told = office.types(ADMIN, "/schedule Runa")
    assert told.count("07:30 (01:30)") == 3
    assert "tomorrow 07:30 (01:30)" in told
    office.types(RUNA, "/pause 3 days")
    told = office.types(ADMIN, "/schedule Runa")
    assert "Paused now. Next reminders" in told
    assert "• Fri 27 Nov 07:30 (01:30)" in told


def test_everything_by_tapping(office: Office) -> None:
    """Whom, then which days and which time."""
    office.world.athlete(700_000_055, "Maria")
    assert "who is it?" in office.types(ADMIN, "/schedule")
    assert office.labels(ADMIN) == ["Maria", "Runa Holm"]
    office.presses(ADMIN, f"1:c:schedule:{office.runa}")
    assert {"Every day", "Mon–Fri", "Mon, Wed, Fri", "18:00", "Switch off"} <= set(
        office.labels(ADMIN)
    )
    assert "every day → Mon, Wed, Fri" in office.taps(ADMIN, "Mon, Wed, Fri")
    office.taps(ADMIN, "Schedule")
    assert "07:30 → 18:00" in office.taps(ADMIN, "18:00")


FORGED = {
    "schedule": "off",
    "plan": "fatigue",
    "limits": "pain=1",
    "pause": "3 days",
    "resume": "",
}


@pytest.mark.parametrize("who", [STRANGE_COACH, RUNA, STRANGER])
def test_f63_others_change_nothing(office: Office, who: int) -> None:
    """A coach without consent, the athlete and a stranger: typed or forged, nothing happens."""
    before = office.stored()
    for command, words in FORGED.items():
        told = office.presses(who, f"1:c:{command}:{office.runa}:{words}")
        told += office.types(who, f"/{command} Runa {words}")
        assert "Holm" not in told
    assert office.stored() == before


def test_who_was_last_seen_long_ago_is_told_by_hand(office: Office) -> None:
    """A letter that cannot arrive is not claimed to be on its way."""
    assert "on its way" in office.types(ADMIN, "/schedule Runa 18:00")
    at = datetime(2026, 11, 20, tzinfo=UTC)
    office.world.run(lambda db: setattr(people.person(db, office.runa), "unreachable_since", at))
    assert "tell them yourself" in office.types(ADMIN, "/schedule Runa 07:30")
