"""Joining, as conversations on a real database."""

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlmodel import Session as Db

from bot.accounts.enrolment import buttons as enrolment_buttons
from bot.accounts.enrolment import form
from bot.accounts.enrolment import typed as enrolment_typed
from bot.accounts.invites import tokens
from bot.conversation.interaction import Turn
from bot.store import people
from bot.store.engine import Store
from bot.store.tables import Role
from tests.flows.joining import ADMIN, ANA, BEN, House


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    """Return an empty house with one admin."""
    found = House(tmp_path)
    yield found
    found.store.close()


def test_by_buttons(house: House) -> None:
    """Eight taps and a city make a person, a role, an athlete, a plan and a first day."""
    house.enrol(ANA, house.invite(), side="Both", days="Mon, Wed, Fri", time="18:00")
    assert house.topic(ANA) == "enrol_confirm"
    for shown in ("Ana", "both", "Mon, Wed, Fri", "18:00", "Europe/Berlin"):
        assert shown in house.text(ANA)
    assert house.count("athlete") == 0
    house.tap(ANA, "Finish")
    assert house.topic(ANA) == "enrol_done"
    assert "tomorrow 18:00 (Europe/Berlin)" in house.text(ANA)
    assert house.read(people.who_is, ANA).roles == {Role.ATHLETE}
    athlete = "consent_version, weekdays, times, quiet_start, quiet_end"
    assert house.rows(f"SELECT {athlete} FROM athlete") == [  # noqa: S608
        ("2026-11", "0,2,4", "18:00", "22:00", "07:00")
    ]
    assert house.rows("SELECT version, side, hold_s, holds FROM plan") == [(1, "both", 10, 5)]
    assert house.rows("SELECT zone FROM person WHERE name = 'Ana'") == [("Europe/Berlin",)]
    assert house.rows("SELECT local_date, state FROM occurrence") == [("2026-11-25", "planned")]
    assert house.count("enrolment") == 0
    assert house.rows("SELECT used_by FROM invite WHERE used_at IS NOT NULL") == [(2,)]
    assert house.rows("SELECT action, subject_id FROM audit WHERE action = 'join'") == [("join", 2)]


def test_consent_is_dated_when_it_was_given(house: House) -> None:
    """The time of consent is that of Agree, not of Finish."""
    house.start(ANA, house.invite())
    agreed = house.now
    house.tap(ANA, "Agree")
    house.later(hours=5)
    house.tap(ANA, "Yes, 18 or older")
    for text in ("none", "left", "utc", "yes", "daily", "7am", "finish"):
        house.type(ANA, text)
    athlete = house.read(people.athlete, house.read(people.who_is, ANA).person_id)
    assert athlete.consented_at == agreed


def test_by_typing(house: House) -> None:
    """Every step takes typed words."""
    house.start(ANA, house.invite())
    house.type(ANA, "I agree.")
    house.type(ANA, "34")
    house.type(ANA, "None of these")
    house.type(ANA, "Right")
    house.type(ANA, "lyon", ("Lyon, FR", "Europe/Paris"))
    assert "Europe/Paris" in house.text(ANA)
    house.type(ANA, "yes")
    house.type(ANA, "mon-fri")
    house.type(ANA, "6:45pm")
    house.type(ANA, "finish")
    assert house.topic(ANA) == "enrol_done"
    assert house.rows("SELECT weekdays, times FROM athlete") == [("0,1,2,3,4", "18:45")]
    assert house.rows("SELECT zone FROM person WHERE id = 2") == [("Europe/Paris",)]
    assert "today 18:45" in house.text(ANA)


def test_the_first_reminder_is_today_while_its_time_is_ahead(house: House) -> None:
    """At 12:05 in Berlin 18:00 is today, 07:30 tomorrow."""
    for who, time, day in ((ANA, "18:00", "today"), (BEN, "07:30", "tomorrow")):
        house.enrol(who, time=time)
        house.tap(who, "Finish")
        assert f"{day} {time}" in house.text(who)


def test_quiet_hours_make_room_and_it_is_said(house: House) -> None:
    """A reminder at 06:30 ends the quiet hours then."""
    house.enrol(ANA, time="06:30")
    house.tap(ANA, "Finish")
    assert "22:00–06:30" in house.text(ANA)
    assert house.rows("SELECT quiet_end FROM athlete") == [("06:30",)]


def test_two_times_a_day(house: House) -> None:
    """Two typed times far enough apart are taken; nearer ones are refused with an example."""
    house.enrol(ANA)
    house.tap(ANA, "Back")
    house.type(ANA, "7:30 and 9:00")
    assert "four hours apart" in house.text(ANA)
    assert house.topic(ANA) == "enrol_time"
    house.type(ANA, "18:00, 7:30")
    assert "07:30 and 18:00" in house.text(ANA)


def test_back_from_every_step(house: House) -> None:
    """Back leads to the question before, by button and by word; the first has none."""
    house.enrol(ANA)
    order = ["time", "days", "zone", "side", "red_flags", "adult", "consent"]
    for step in order:
        assert house.labels(ANA)[-2:] == ["Back", "Cancel"]
        house.tap(ANA, "Back")
        assert house.topic(ANA) == f"enrol_{step}"
    assert "Back" not in house.labels(ANA)
    house.type(ANA, "back")
    assert "I did not understand" in house.text(ANA)
    house.press(ANA, "1:e:consent:back")
    assert house.answers[-1] == "inactive"


def test_cancel_at_every_step_keeps_nothing(house: House) -> None:
    """Cancel is there always; the link still works."""
    token = house.invite()
    steps = ["Agree", "Yes, 18 or older", "None of these", "Left"]
    for count in range(len(steps) + 1):
        house.start(ANA, token)
        for label in steps[:count]:
            house.tap(ANA, label)
        house.tap(ANA, "Cancel")
        assert house.topic(ANA) == "enrol_cancelled"
        assert house.count("enrolment") == 0
    house.start(ANA, token)
    house.type(ANA, "cancel")
    assert house.topic(ANA) == "enrol_cancelled"
    assert house.count("person") == 1


def test_declining(house: House) -> None:
    """No thanks ends politely, and nothing is kept."""
    house.start(ANA, house.invite())
    house.tap(ANA, "No thanks")
    assert house.topic(ANA) == "enrol_declined"
    assert (house.count("enrolment"), house.count("person")) == (0, 1)


@pytest.mark.parametrize("answer", ["17", "no", "0", "I'm 12"])
def test_under_age(house: House, answer: str) -> None:
    """Under 18 is not enrolled and nothing is kept; the link is not burnt."""
    house.start(ANA, house.invite())
    house.tap(ANA, "Agree")
    house.type(ANA, answer)
    assert house.topic(ANA) == "enrol_under_age"
    assert (house.count("enrolment"), house.count("person")) == (0, 1)
    assert house.rows("SELECT used_at FROM invite") == [(None,)]


@pytest.mark.parametrize(
    ("answer", "action"),
    [
        ("1", "Be seen by a doctor today."),
        ("2", "Go to an emergency department now."),
        ("3 and 6", "Call the emergency number now."),
        ("1, 2", "Go to an emergency department now."),
    ],
)
def test_a_red_flag(house: House, answer: str, action: str) -> None:
    """The first line is the action; there is no enrolment, and the link opens again."""
    token = house.invite()
    house.start(ANA, token)
    for text in ("agree", "yes", answer):
        house.type(ANA, text)
    assert house.text(ANA).startswith(f"<b>{action}</b>")
    assert "open your link again" in house.text(ANA)
    assert house.count("enrolment") == 0
    house.start(ANA, token)
    assert house.topic(ANA) == "enrol_consent"


def test_a_red_flag_by_button(house: House) -> None:
    """Each of the six groups has a button; without a link /start is the way back."""
    house.start(ANA, open_enrolment=True)
    house.tap(ANA, "Agree")
    house.tap(ANA, "Yes, 18 or older")
    assert sum(label[:1].isdigit() for label in house.labels(ANA)) == 6
    house.tap(ANA, "4. Bony ache, night pain")
    assert house.text(ANA).startswith("<b>Stop running and see a doctor")
    assert "send /start again" in house.text(ANA)


@pytest.mark.parametrize("answer", ["7", "0 1", "12", "maybe", "yes", "<b>2</b>"])
def test_an_unclear_red_flag_is_asked_again(house: House, answer: str) -> None:
    """Nothing is guessed about a red flag."""
    house.start(ANA, house.invite())
    for text in ("agree", "yes", answer):
        house.type(ANA, text)
    assert house.topic(ANA) == "enrol_red_flags"
    assert "I did not understand" in house.text(ANA)


def test_a_restart_in_the_middle(house: House) -> None:
    """The step and the answers survive; /start shows the question again."""
    house.start(ANA, house.invite())
    for label in ("Agree", "Yes, 18 or older", "None of these", "Right"):
        house.tap(ANA, label)
    house.restart()
    house.start(ANA)
    assert house.topic(ANA) == "enrol_zone"
    house.type(ANA, "Europe/Berlin")
    house.restart()
    house.type(ANA, "yes")
    house.tap(ANA, "Every day")
    house.restart()
    house.tap(ANA, "07:30")
    house.tap(ANA, "Finish")
    assert house.rows("SELECT side FROM plan") == [("right",)]


def test_the_same_link_again_goes_on(house: House) -> None:
    """Opening the link again during the enrolment asks the open question."""
    token = house.invite()
    house.start(ANA, token)
    house.tap(ANA, "Agree")
    house.start(ANA, token)
    assert house.topic(ANA) == "enrol_adult"


def test_f64_two_chats_finish_with_one_link(house: House) -> None:
    """The first to finish wins; the second keeps the answers and finishes by a new link."""
    token = house.invite()
    house.enrol(ANA, token)
    house.enrol(BEN, token)
    house.tap(ANA, "Finish")
    house.tap(BEN, "Finish")
    assert (house.topic(ANA), house.topic(BEN)) == ("enrol_done", "enrol_link_gone")
    assert house.count("athlete") == 1
    assert house.read(people.who_is, BEN).person_id is None
    house.start(BEN, house.invite(name="Ben"))
    assert house.topic(BEN) == "enrol_confirm"
    house.tap(BEN, "Finish")
    assert house.topic(BEN) == "enrol_done"
    assert house.read(people.who_is, BEN).name == "Ben"


async def test_f64_at_once(house: House) -> None:
    """Two chats finish in the same commit of the writer thread: one athlete, one summary kept."""
    token = house.invite()
    for who in (ANA, BEN):
        house.enrol(who, token)
    house.store.close()

    def finish(db: Db, who: int) -> None:
        turn = Turn(db, people.who_is(db, who), who, house.now, 5, "q")
        enrolment_buttons.press(turn, "confirm", "finish")

    with Store(house.url) as store:
        await asyncio.gather(*(store.write(finish, who) for who in (ANA, BEN)))
    house.restart()
    assert house.rows("SELECT telegram_id FROM enrolment") in ([(ANA,)], [(BEN,)])
    for table, rows in (("athlete", 1), ("plan", 1), ("person", 2), ("occurrence", 1)):
        assert house.count(table) == rows


def test_a_link_revoked_while_it_was_used(house: House) -> None:
    """Revoking stops an enrolment under way at its end."""
    house.enrol(ANA, house.invite())
    house.act(ADMIN, tokens.revoke, 1)
    house.tap(ANA, "Finish")
    assert house.topic(ANA) == "enrol_link_gone"
    assert (house.count("athlete"), house.count("person")) == (0, 1)


def test_the_consent_text_changed_meanwhile(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody is enrolled on a consent of another version: it is asked again."""
    house.enrol(ANA)
    monkeypatch.setattr(form, "CONSENT", "2027-01")
    house.tap(ANA, "Finish")
    assert house.topic(ANA) == "enrol_consent"
    assert house.count("athlete") == 0


def test_strangers_learn_nothing(house: House) -> None:
    """Without a link and without open enrolment the refusal names no purpose and no people."""
    house.start(ANA)
    assert house.last(ANA) == ("closed", {"telegram_id": ANA})
    for word in ("Holdfast", "pain", "coach", "athlete", "Ada"):
        assert word not in house.text(ANA)
    assert house.count("enrolment") == 0
    assert not house.type(ANA, "hello")


def test_open_enrolment_takes_the_display_name(house: House) -> None:
    """A hostile display name is shown literally."""
    house.start(ANA, open_enrolment=True)
    assert "A &lt;b&gt;name&lt;/b&gt;" in house.text(ANA)


def test_old_and_forged_buttons(house: House) -> None:
    """F63: another step's button, an unknown step or value, or no enrolment: expired."""
    house.press(ANA, "1:e:consent:agree", 5)
    house.start(ANA, house.invite())
    first = house.newest[ANA]
    house.type(ANA, "agree")
    for data in ("1:e:consent:agree", "1:e:nothing:x", "1:e:adult:maybe", "1:e:zone:@60"):
        house.press(ANA, data, first)
        assert house.answers[-1] == "inactive"
    assert house.screens[ANA][first].rows == ()
    assert house.topic(ANA) == "enrol_adult"
    assert house.labels(ANA)


def test_a_double_tap_leaves_the_next_question_armed(house: House) -> None:
    """The second tap finds the message rewritten; its buttons must stay."""
    house.start(ANA, house.invite())
    for _ in range(2):
        house.press(ANA, "1:e:consent:agree")
    assert house.topic(ANA) == "enrol_adult"
    assert house.labels(ANA)
    assert house.answers[-2:] == [None, "inactive"]


def test_days_by_toggles(house: House) -> None:
    """Ticks come and go; OK shows what is ticked and is there only when something is."""
    house.enrol(ANA)
    house.tap(ANA, "Back")
    house.tap(ANA, "Back")
    for label in ("✓ Mon", "✓ Tue", "✓ Wed", "✓ Thu", "✓ Fri", "✓ Sat", "✓ Sun"):
        house.tap(ANA, label)
    assert not any(label.startswith("OK") for label in house.labels(ANA))
    house.tap(ANA, "Sun")
    house.tap(ANA, "Mon")
    house.tap(ANA, "OK: Mon, Sun")
    house.tap(ANA, "08:00")
    assert "Mon, Sun" in house.text(ANA)


@pytest.mark.parametrize(
    ("step", "text", "says"),
    [
        ("days", "mon, mon", "Monday is named twice"),
        ("days", "<i>", "&lt;i&gt;"),
        ("days", "", "No weekday is named"),
        ("time", "24:00", "midnight is written 00:00"),
        ("time", "7:5", "7:5"),
        ("time", "7", "07:00 or 19:00"),
        ("time", "7:00, 12:00 and 18:00", "One or two times"),
        ("side", "middle", "left, right or both"),
        ("adult", "perhaps", "yes, no or your age"),
        ("consent", "hm", "agree or no"),
        ("confirm", "hm", "Write finish, back or cancel"),
    ],
)
def test_wrong_text_is_asked_again(house: House, step: str, text: str, says: str) -> None:
    """One sentence says what is wrong and what is allowed; the step stays."""
    house.enrol(ANA)
    while house.topic(ANA) != f"enrol_{step}":
        house.tap(ANA, "Back")
    house.type(ANA, text)
    assert says in house.text(ANA)
    assert house.topic(ANA) == f"enrol_{step}"


# ---- zone -----------------------------------------------------------------------------


@pytest.fixture
def asked(house: House) -> House:
    """Return a house in which Ana is asked for her zone."""
    house.enrol(ANA)
    for _ in range(3):
        house.tap(ANA, "Back")
    assert house.topic(ANA) == "enrol_zone"
    return house


def test_zone_by_location(asked: House) -> None:
    """A keyboard asks for the location; it is put away, and only the zone is kept."""
    asked.tap(ANA, "📍 Share location")
    assert asked.screen(ANA).asks_location
    assert asked.act(ANA, enrolment_typed.located, "Asia/Kolkata", None)
    topics = [topic for topic, _ in asked.topics[ANA][-2:]]
    assert topics == ["location_off", "enrol_zone_check"]
    assert "Asia/Kolkata" in asked.text(ANA)
    assert "16:35" in asked.text(ANA)
    asked.tap(ANA, "Yes")
    assert asked.topic(ANA) == "enrol_days"


def test_a_location_without_a_zone(asked: House) -> None:
    """At sea the question is asked again with the reason."""
    asked.tap(ANA, "📍 Share location")
    asked.act(
        ANA, enrolment_typed.located, None, "There is no local time zone at that place, out at sea."
    )
    assert asked.topic(ANA) == "enrol_zone"
    assert "out at sea" in asked.text(ANA)


def test_a_location_nobody_asked_for(house: House) -> None:
    """A location is taken only where it is asked for."""
    assert not house.act(ANA, enrolment_typed.located, "Europe/Berlin", None)
    house.start(ANA, house.invite())
    assert not house.act(ANA, enrolment_typed.located, "Europe/Berlin", None)
    assert house.topic(ANA) == "enrol_consent"


def test_the_location_button_goes_with_a_typed_city_too(asked: House) -> None:
    """Whatever ends the question, the keyboard is put away."""
    asked.tap(ANA, "📍 Share location")
    asked.type(ANA, "cancel")
    topics = [topic for topic, _ in asked.topics[ANA][-2:]]
    assert topics == ["location_off", "enrol_cancelled"]


def test_zone_by_an_ambiguous_city(asked: House) -> None:
    """Several places are offered; a tap and a yes choose one."""
    asked.type(
        ANA,
        "Springfield",
        ("Springfield, Missouri, US", "America/Chicago"),
        ("Springfield, Oregon, US", "America/Los_Angeles"),
    )
    assert asked.topic(ANA) == "enrol_zone_pick"
    asked.tap(ANA, "Springfield, Oregon, US, 03:05")
    assert "Tue <b>03:05</b>" in asked.text(ANA)
    asked.tap(ANA, "No")
    assert asked.topic(ANA) == "enrol_zone"


def test_zone_by_local_time(asked: House) -> None:
    """A list of the times that clocks show now leads to zones that have them."""
    asked.tap(ANA, "🕑 Pick by local time")
    labels = asked.labels(ANA)
    assert len(labels) == len(set(labels))
    asked.later(minutes=4)
    asked.tap(ANA, "16:50")
    assert asked.labels(ANA)[0] == "Kathmandu (Asia), 16:54"
    asked.tap(ANA, "Kathmandu (Asia), 16:54")
    asked.tap(ANA, "Yes")
    assert asked.topic(ANA) == "enrol_days"


def test_zone_by_a_typed_time(asked: House) -> None:
    """A typed local time offers the zones that have it."""
    asked.type(ANA, "12:05")
    assert "Berlin (Europe), 12:05" in asked.labels(ANA)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("CET", "fixed offset"),
        ("UTC+2", "fixed offset"),
        ("nowhere at all", "not a time zone I know"),
        ("<b>x</b>", "&lt;b&gt;x&lt;/b&gt;"),
        ("", "missing"),
        ("12:37", "no place where it is that time"),
    ],
)
def test_a_wrong_zone(asked: House, text: str, says: str) -> None:
    """F05: what is no zone is refused with help."""
    asked.type(ANA, text)
    assert says in asked.text(ANA)
    assert asked.topic(ANA) == "enrol_zone"


def test_a_misspelt_zone_offers_what_was_meant(asked: House) -> None:
    """Suggestions come as buttons."""
    asked.type(ANA, "Europe/Berln")
    assert "Berlin (Europe), 12:05" in asked.labels(ANA)
    assert "Europe/Berln" in asked.text(ANA)


@pytest.mark.parametrize("text", [" europe/berlin ", "Europe/ Berlin", "EUROPE/BERLIN"])
def test_f05_a_zone_is_normalised(asked: House, text: str) -> None:
    """Case and spaces do not matter; what is stored is IANA's name."""
    asked.type(ANA, text)
    assert asked.last(ANA)[1]["zone"] == "Europe/Berlin"


@pytest.mark.parametrize("value", ["=Nowhere/X", "?", "=", "@", "@99999", "@x", "x", "=CET", "@-"])
def test_forged_zones(asked: House, value: str) -> None:
    """A forged value of the zone's buttons is expired."""
    asked.press(ANA, f"1:e:zone:{value}")
    assert asked.answers[-1] == "inactive"
    assert asked.topic(ANA) == "enrol_zone"


# ---- afterwards -----------------------------------------------------------------------


def test_welcome_back(house: House) -> None:
    """F50: /start of an athlete clears unreachable and plans on, with the plan intact."""
    house.enrol(ANA)
    house.tap(ANA, "Finish")
    away = "UPDATE person SET unreachable_since = '2026-11-24 12:00:00.000000+00:00' WHERE id = 2"
    house.store.write_now(lambda db: db.connection().exec_driver_sql(away).close())
    house.later(days=30)
    house.start(ANA)
    assert house.topic(ANA) == "welcome_back"
    assert "tomorrow 07:30 (Europe/Berlin)" in house.text(ANA)
    assert house.rows("SELECT unreachable_since FROM person WHERE id = 2") == [(None,)]
    assert house.rows("SELECT count(*) FROM occurrence WHERE state = 'planned'") == [(1,)]
    assert house.rows("SELECT version FROM plan") == [(1,)]


def test_unfinished_enrolments_are_forgotten(house: House) -> None:
    """After two weeks without an answer nothing is left of an enrolment."""
    house.start(ANA, house.invite())
    house.later(days=7)
    house.start(BEN, open_enrolment=True)
    house.later(days=7)
    assert house.store.write_now(form.forget_unfinished, house.now) == 1
    assert house.rows("SELECT telegram_id FROM enrolment") == [(BEN,)]


def test_an_update_handled_twice_replies_once(house: House) -> None:
    """Reply keys come from the update's id."""
    house.start(ANA, open_enrolment=True)
    letters = house.count("outbox")
    house.updates -= 1
    house.start(ANA, open_enrolment=True)
    assert house.count("outbox") == letters
