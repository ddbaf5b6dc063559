"""Joining, as conversations on a real database."""

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlmodel import Session as Db

from bot.accounts.enrolment import buttons as enrolment_buttons
from bot.accounts.enrolment import form
from bot.accounts.enrolment import typed as enrolment_typed
from bot.accounts.enrolment.words import _CONSENT_TEXT
from bot.accounts.invites import tokens
from bot.accounts.sharing.words import say_what_is_shared
from bot.conversation.interaction import Interaction
from bot.store import agreed, people
from bot.store.engine import Store
from bot.store.tables import Role
from testkit.people import id_of
from tests.flows.joining import ADMIN, ANA, BEN, JoinWorld


@pytest.fixture
def world(tmp_path: Path) -> Iterator[JoinWorld]:
    """Return a world with one admin alone."""
    with JoinWorld(tmp_path) as found:
        yield found


def test_by_buttons(world: JoinWorld) -> None:
    """Eight taps and a city make a person, a role, an athlete, a plan and a first day."""
    world.enrol(ANA, world.invite(), side="Both", days="Mon, Wed, Fri", time="18:00")
    assert world.topic(ANA) == "enrol_confirm"
    for shown in ("Ana", "both", "Mon, Wed, Fri", "18:00", "Europe/Berlin"):
        assert shown in world.text(ANA)
    assert world.size("athlete") == 0
    world.tap(ANA, "Finish")
    assert world.topic(ANA) == "enrol_done"
    assert "tomorrow 18:00 (Europe/Berlin)" in world.text(ANA)
    assert world.read(people.who_is, ANA).roles == {Role.ATHLETE}
    athlete = "consent_version, weekdays, times, quiet_start, quiet_end"
    assert world.rows(f"SELECT {athlete} FROM athlete") == [  # noqa: S608
        ("2027-01", "0,2,4", "18:00", "22:00", "07:00")
    ]
    assert world.rows("SELECT version, side, hold_s, holds FROM plan") == [(1, "both", 10, 5)]
    assert world.rows("SELECT zone FROM person WHERE name = 'Ana'") == [("Europe/Berlin",)]
    ((day, state),) = world.rows("SELECT local_date, state FROM occurrence")
    assert (str(day), state) == ("2026-11-25", "planned")
    assert world.size("enrolment") == 0
    assert world.rows("SELECT used_by FROM invite WHERE used_at IS NOT NULL") == [(2,)]
    assert world.rows("SELECT action, subject_id FROM audit WHERE action = 'join'") == [("join", 2)]


def test_consent_is_dated_when_it_was_given(world: JoinWorld) -> None:
    """The time of consent is that of Agree, not of Finish."""
    world.start(ANA, world.invite())
    agreed = world.now
    world.tap(ANA, "Agree")
    world.later(hours=5)
    world.tap(ANA, "Yes, 18 or older")
    for text in ("none", "left", "utc", "yes", "daily", "7am", "finish"):
        world.type(ANA, text)
    athlete = world.read(people.athlete, world.read(id_of, ANA))
    assert athlete.consented_at == agreed


def test_by_typing(world: JoinWorld) -> None:
    """Every step takes typed words."""
    world.start(ANA, world.invite())
    world.type(ANA, "I agree.")
    world.type(ANA, "34")
    world.type(ANA, "None of these")
    world.type(ANA, "Right")
    world.type(ANA, "lyon", ("Lyon, FR", "Europe/Paris"))
    assert "Europe/Paris" in world.text(ANA)
    world.type(ANA, "yes")
    world.type(ANA, "mon-fri")
    world.type(ANA, "6:45pm")
    world.type(ANA, "finish")
    assert world.topic(ANA) == "enrol_done"
    assert world.rows("SELECT weekdays, times FROM athlete") == [("0,1,2,3,4", "18:45")]
    assert world.rows("SELECT zone FROM person WHERE id = 2") == [("Europe/Paris",)]
    assert "today 18:45" in world.text(ANA)


def test_the_first_reminder_is_today_while_its_time_is_ahead(world: JoinWorld) -> None:
    """At 12:05 in Berlin 18:00 is today, 07:30 tomorrow."""
    for who, time, day in ((ANA, "18:00", "today"), (BEN, "07:30", "tomorrow")):
        world.enrol(who, time=time)
        world.tap(who, "Finish")
        assert f"{day} {time}" in world.text(who)


def test_quiet_hours_make_room_and_it_is_said(world: JoinWorld) -> None:
    """A reminder at 06:30 ends the quiet hours then."""
    world.enrol(ANA, time="06:30")
    world.tap(ANA, "Finish")
    assert "22:00–06:30" in world.text(ANA)
    assert world.rows("SELECT quiet_end FROM athlete") == [("06:30",)]


def test_two_times_a_day(world: JoinWorld) -> None:
    """Two typed times far enough apart are taken; nearer ones are refused with an example."""
    world.enrol(ANA)
    world.tap(ANA, "Back")
    world.type(ANA, "7:30 and 9:00")
    assert "four hours apart" in world.text(ANA)
    assert world.topic(ANA) == "enrol_time"
    world.type(ANA, "18:00, 7:30")
    assert "07:30 and 18:00" in world.text(ANA)


def test_back_from_every_step(world: JoinWorld) -> None:
    """Back leads to the question before, by button and by word; the first has none."""
    world.enrol(ANA)
    order = ["time", "days", "zone", "side", "red_flags", "adult", "consent"]
    for step in order:
        assert world.labels(ANA)[-2:] == ["Back", "Cancel"]
        world.tap(ANA, "Back")
        assert world.topic(ANA) == f"enrol_{step}"
    assert "Back" not in world.labels(ANA)
    world.type(ANA, "back")
    assert "I did not understand" in world.text(ANA)
    world.press(ANA, "1:e:consent:back")
    assert world.answers[-1] == "inactive"


def test_cancel_at_every_step_keeps_nothing(world: JoinWorld) -> None:
    """Cancel is there always; the link still works."""
    token = world.invite()
    steps = ["Agree", "Yes, 18 or older", "None of these", "Left"]
    for count in range(len(steps) + 1):
        world.start(ANA, token)
        for label in steps[:count]:
            world.tap(ANA, label)
        world.tap(ANA, "Cancel")
        assert world.topic(ANA) == "enrol_cancelled"
        assert world.size("enrolment") == 0
    world.start(ANA, token)
    world.type(ANA, "cancel")
    assert world.topic(ANA) == "enrol_cancelled"
    assert world.size("person") == 1


def test_declining(world: JoinWorld) -> None:
    """No thanks ends politely, and nothing is kept."""
    world.start(ANA, world.invite())
    world.tap(ANA, "No thanks")
    assert world.topic(ANA) == "enrol_declined"
    assert (world.size("enrolment"), world.size("person")) == (0, 1)


@pytest.mark.parametrize("answer", ["17", "no", "0", "I'm 12"])
def test_under_age(world: JoinWorld, answer: str) -> None:
    """Under 18 is not enrolled and nothing is kept; the link is not burnt."""
    world.start(ANA, world.invite())
    world.tap(ANA, "Agree")
    world.type(ANA, answer)
    assert world.topic(ANA) == "enrol_under_age"
    assert (world.size("enrolment"), world.size("person")) == (0, 1)
    assert world.rows("SELECT used_at FROM invite") == [(None,)]


@pytest.mark.parametrize(
    ("answer", "action"),
    [
        ("1", "Be seen by a doctor today."),
        ("2", "Go to an emergency department now."),
        ("3 and 6", "Call the emergency number now."),
        ("1, 2", "Go to an emergency department now."),
    ],
)
def test_a_red_flag(world: JoinWorld, answer: str, action: str) -> None:
    """The first line is the action; there is no enrolment, and the link opens again."""
    token = world.invite()
    world.start(ANA, token)
    for text in ("agree", "yes", answer):
        world.type(ANA, text)
    assert world.text(ANA).startswith(f"<b>{action}</b>")
    assert "open your link again" in world.text(ANA)
    assert world.size("enrolment") == 0
    world.start(ANA, token)
    assert world.topic(ANA) == "enrol_consent"


def test_a_red_flag_by_button(world: JoinWorld) -> None:
    """Each of the six groups has a button; without a link /start is the way back."""
    world.start(ANA, open_enrolment=True)
    world.tap(ANA, "Agree")
    world.tap(ANA, "Yes, 18 or older")
    assert sum(label[:1].isdigit() for label in world.labels(ANA)) == 6
    world.tap(ANA, "4. Bony ache, night pain")
    assert world.text(ANA).startswith("<b>Stop running and see a doctor")
    assert "send /start again" in world.text(ANA)


@pytest.mark.parametrize("answer", ["7", "0 1", "12", "maybe", "yes", "<b>2</b>"])
def test_an_unclear_red_flag_is_asked_again(world: JoinWorld, answer: str) -> None:
    """Nothing is guessed about a red flag."""
    world.start(ANA, world.invite())
    for text in ("agree", "yes", answer):
        world.type(ANA, text)
    assert world.topic(ANA) == "enrol_red_flags"
    assert "I did not understand" in world.text(ANA)


def test_a_restart_in_the_middle(world: JoinWorld) -> None:
    """The step and the answers survive; /start shows the question again."""
    world.start(ANA, world.invite())
    for label in ("Agree", "Yes, 18 or older", "None of these", "Right"):
        world.tap(ANA, label)
    world.reopen()
    world.start(ANA)
    assert world.topic(ANA) == "enrol_zone"
    world.type(ANA, "Europe/Berlin")
    world.reopen()
    world.type(ANA, "yes")
    world.tap(ANA, "Every day")
    world.reopen()
    world.tap(ANA, "07:30")
    world.tap(ANA, "Finish")
    assert world.rows("SELECT side FROM plan") == [("right",)]


def test_the_same_link_again_goes_on(world: JoinWorld) -> None:
    """Opening the link again during the enrolment asks the open question."""
    token = world.invite()
    world.start(ANA, token)
    world.tap(ANA, "Agree")
    world.start(ANA, token)
    assert world.topic(ANA) == "enrol_adult"


def test_f64_two_chats_finish_with_one_link(world: JoinWorld) -> None:
    """The first to finish wins; the second keeps the answers and finishes by a new link."""
    token = world.invite()
    world.enrol(ANA, token)
    world.enrol(BEN, token)
    world.tap(ANA, "Finish")
    world.tap(BEN, "Finish")
    assert (world.topic(ANA), world.topic(BEN)) == ("enrol_done", "enrol_link_gone")
    assert world.size("athlete") == 1
    assert world.read(people.who_is, BEN).person_id is None
    world.start(BEN, world.invite(name="Ben"))
    assert world.topic(BEN) == "enrol_confirm"
    world.tap(BEN, "Finish")
    assert world.topic(BEN) == "enrol_done"
    assert world.read(people.who_is, BEN).name == "Ben"


async def test_f64_at_once(world: JoinWorld) -> None:
    """Two chats finish in the same commit of the writer thread: one athlete, one summary kept."""
    token = world.invite()
    for who in (ANA, BEN):
        world.enrol(who, token)
    world.store.close()

    def finish(db: Db, who: int) -> None:
        turn = Interaction(db, people.who_is(db, who), who, world.now, 5, "q")
        enrolment_buttons.press(turn, "confirm", "finish")

    with Store(world.url) as store:
        await asyncio.gather(*(store.write(finish, who) for who in (ANA, BEN)))
    world.reopen()
    assert world.rows("SELECT telegram_id FROM enrolment") in ([(ANA,)], [(BEN,)])
    for table, rows in (("athlete", 1), ("plan", 1), ("person", 2), ("occurrence", 1)):
        assert world.size(table) == rows


def test_a_link_revoked_while_it_was_used(world: JoinWorld) -> None:
    """Revoking stops an enrolment under way at its end."""
    world.enrol(ANA, world.invite())
    world.act(ADMIN, tokens.revoke, 1)
    world.tap(ANA, "Finish")
    assert world.topic(ANA) == "enrol_link_gone"
    assert (world.size("athlete"), world.size("person")) == (0, 1)


def test_what_is_agreed_to_names_the_diary() -> None:
    """Both questions do: what is stored, and what a coach would see."""
    for text in (_CONSENT_TEXT, say_what_is_shared("Kim")):
        assert "what you note of other sport" in text


def test_the_consent_text_changed_meanwhile(
    world: JoinWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody is enrolled on a consent of another version: it is asked again."""
    world.enrol(ANA)
    monkeypatch.setattr(agreed, "USE", "2030-01")
    world.tap(ANA, "Finish")
    assert world.topic(ANA) == "enrol_consent"
    assert world.size("athlete") == 0


def test_strangers_learn_nothing(world: JoinWorld) -> None:
    """Without a link and without open enrolment the refusal names no purpose and no people."""
    world.start(ANA)
    assert world.last(ANA) == ("closed", {"telegram_id": ANA})
    for word in ("Holdfast", "pain", "coach", "athlete", "Ada"):
        assert word not in world.text(ANA)
    assert world.size("enrolment") == 0
    assert not world.type(ANA, "hello")


def test_open_enrolment_takes_the_display_name(world: JoinWorld) -> None:
    """A hostile display name is shown literally."""
    world.start(ANA, open_enrolment=True)
    assert "A &lt;b&gt;name&lt;/b&gt;" in world.text(ANA)


def test_old_and_forged_buttons(world: JoinWorld) -> None:
    """F63: another step's button, an unknown step or value, or no enrolment: expired."""
    world.press(ANA, "1:e:consent:agree", 5)
    world.start(ANA, world.invite())
    first = world.newest[ANA]
    world.type(ANA, "agree")
    for data in ("1:e:consent:agree", "1:e:nothing:x", "1:e:adult:maybe", "1:e:zone:@60"):
        world.press(ANA, data, first)
        assert world.answers[-1] == "inactive"
    assert world.screens[ANA][first].rows == ()
    assert world.topic(ANA) == "enrol_adult"
    assert world.labels(ANA)


def test_a_double_tap_leaves_the_next_question_armed(world: JoinWorld) -> None:
    """The second tap finds the message rewritten; its buttons must stay."""
    world.start(ANA, world.invite())
    for _ in range(2):
        world.press(ANA, "1:e:consent:agree")
    assert world.topic(ANA) == "enrol_adult"
    assert world.labels(ANA)
    assert world.answers[-2:] == [None, "inactive"]


def test_days_by_toggles(world: JoinWorld) -> None:
    """Ticks come and go; OK shows what is ticked and is there only when something is."""
    world.enrol(ANA)
    world.tap(ANA, "Back")
    world.tap(ANA, "Back")
    for label in ("✓ Mon", "✓ Tue", "✓ Wed", "✓ Thu", "✓ Fri", "✓ Sat", "✓ Sun"):
        world.tap(ANA, label)
    assert not any(label.startswith("OK") for label in world.labels(ANA))
    world.tap(ANA, "Sun")
    world.tap(ANA, "Mon")
    world.tap(ANA, "OK: Mon, Sun")
    world.tap(ANA, "08:00")
    assert "Mon, Sun" in world.text(ANA)


@pytest.mark.parametrize(
    ("step", "text", "says"),
    [
        ("days", "mon, mon", "Monday is named twice"),
        ("days", "<i>", "&lt;i&gt;"),
        ("days", "", "No weekday is named"),
        ("time", "24:00", "midnight is written 00:00"),
        ("time", "7:5", "7:5"),
        ("time", "7", "07:00 or 19:00"),
        ("time", "7:00, 12:00 and 18:00", "one time too many"),
        ("side", "middle", "left, right or both"),
        ("adult", "perhaps", "yes, no or your age"),
        ("consent", "hm", "agree or no"),
        ("confirm", "hm", "Write finish, back or cancel"),
    ],
)
def test_wrong_text_is_asked_again(world: JoinWorld, step: str, text: str, says: str) -> None:
    """One sentence says what is wrong and what is allowed; the step stays."""
    world.enrol(ANA)
    while world.topic(ANA) != f"enrol_{step}":
        world.tap(ANA, "Back")
    world.type(ANA, text)
    assert says in world.text(ANA)
    assert world.topic(ANA) == f"enrol_{step}"


# ---- zone -----------------------------------------------------------------------------


@pytest.fixture
def asked(world: JoinWorld) -> JoinWorld:
    """Return a world in which Ana is asked for her zone."""
    world.enrol(ANA)
    for _ in range(3):
        world.tap(ANA, "Back")
    assert world.topic(ANA) == "enrol_zone"
    return world


def test_zone_by_location(asked: JoinWorld) -> None:
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


def test_a_location_without_a_zone(asked: JoinWorld) -> None:
    """At sea the question is asked again with the reason."""
    asked.tap(ANA, "📍 Share location")
    asked.act(
        ANA, enrolment_typed.located, None, "There is no local time zone at that place, out at sea."
    )
    assert asked.topic(ANA) == "enrol_zone"
    assert "out at sea" in asked.text(ANA)


def test_a_location_nobody_asked_for(world: JoinWorld) -> None:
    """A location is taken only where it is asked for."""
    assert not world.act(ANA, enrolment_typed.located, "Europe/Berlin", None)
    world.start(ANA, world.invite())
    assert not world.act(ANA, enrolment_typed.located, "Europe/Berlin", None)
    assert world.topic(ANA) == "enrol_consent"


def test_the_location_button_goes_with_a_typed_city_too(asked: JoinWorld) -> None:
    """Whatever ends the question, the keyboard is put away."""
    asked.tap(ANA, "📍 Share location")
    asked.type(ANA, "cancel")
    topics = [topic for topic, _ in asked.topics[ANA][-2:]]
    assert topics == ["location_off", "enrol_cancelled"]


def test_zone_by_an_ambiguous_city(asked: JoinWorld) -> None:
    """Several places are offered; a tap chooses one, and no yes is asked for."""
    asked.type(
        ANA,
        "Springfield",
        ("Springfield, Missouri, US", "America/Chicago"),
        ("Springfield, Oregon, US", "America/Los_Angeles"),
    )
    assert asked.topic(ANA) == "enrol_zone_pick"
    asked.tap(ANA, "Springfield, Oregon, US, 03:05")
    assert asked.topic(ANA) == "enrol_days"


def test_zone_by_local_time(asked: JoinWorld) -> None:
    """A list of the times that clocks show now leads to zones that have them."""
    asked.tap(ANA, "🕑 Pick by local time")
    labels = asked.labels(ANA)
    assert len(labels) == len(set(labels))
    asked.later(minutes=4)
    asked.tap(ANA, "16:50")
    assert asked.labels(ANA)[0] == "Kathmandu (Asia), 16:54"
    asked.tap(ANA, "Kathmandu (Asia), 16:54")
    assert asked.topic(ANA) == "enrol_days"


def test_zone_by_a_typed_time(asked: JoinWorld) -> None:
    """A typed local time offers the zones that have it."""
    asked.type(ANA, "12:05")
    assert "Berlin (Europe), 12:05" in asked.labels(ANA)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("UTC+2", "fixed offset"),
        ("nowhere at all", "not a time zone I know"),
        ("<b>x</b>", "&lt;b&gt;x&lt;/b&gt;"),
        ("", "missing"),
        ("12:37", "no place where it is that time"),
    ],
)
def test_a_wrong_zone(asked: JoinWorld, text: str, says: str) -> None:
    """F05: what is no zone is refused with help."""
    asked.type(ANA, text)
    assert says in asked.text(ANA)
    assert asked.topic(ANA) == "enrol_zone"


def test_a_misspelt_zone_offers_what_was_meant(asked: JoinWorld) -> None:
    """Suggestions come as buttons."""
    asked.type(ANA, "Europe/Berln")
    assert "Berlin (Europe), 12:05" in asked.labels(ANA)
    assert "Europe/Berln" in asked.text(ANA)


@pytest.mark.parametrize("text", [" europe/berlin ", "Europe/ Berlin", "EUROPE/BERLIN"])
def test_f05_a_zone_is_normalised(asked: JoinWorld, text: str) -> None:
    """Case and spaces do not matter; what is stored is IANA's name."""
    asked.type(ANA, text)
    assert asked.last(ANA)[1]["zone"] == "Europe/Berlin"


@pytest.mark.parametrize("value", ["=Nowhere/X", "?", "=", "@", "@99999", "@x", "x", "=CET", "@-"])
def test_forged_zones(asked: JoinWorld, value: str) -> None:
    """A forged value of the zone's buttons is expired."""
    asked.press(ANA, f"1:e:zone:{value}")
    assert asked.answers[-1] == "inactive"
    assert asked.topic(ANA) == "enrol_zone"


# ---- afterwards -----------------------------------------------------------------------


def test_welcome_back(world: JoinWorld) -> None:
    """F50: /start of an athlete clears unreachable and plans on, with the plan intact."""
    world.enrol(ANA)
    world.tap(ANA, "Finish")
    away = "UPDATE person SET unreachable_since = '2026-11-24 12:00:00.000000+00:00' WHERE id = 2"
    world.store.write_now(lambda db: db.connection().exec_driver_sql(away).close())
    world.later(days=30)
    world.start(ANA)
    assert world.topic(ANA) == "welcome_back"
    assert "tomorrow 07:30 (Europe/Berlin)" in world.text(ANA)
    assert world.rows("SELECT unreachable_since FROM person WHERE id = 2") == [(None,)]
    assert world.rows("SELECT count(*) FROM occurrence WHERE state = 'planned'") == [(1,)]
    assert world.rows("SELECT version FROM plan") == [(1,)]


def test_unfinished_enrolments_are_forgotten(world: JoinWorld) -> None:
    """After two weeks without an answer nothing is left of an enrolment."""
    world.start(ANA, world.invite())
    world.later(days=7)
    world.start(BEN, open_enrolment=True)
    world.later(days=7)
    assert world.store.write_now(form.forget_unfinished, world.now) == 1
    assert world.rows("SELECT telegram_id FROM enrolment") == [(BEN,)]


def test_an_update_handled_twice_replies_once(world: JoinWorld) -> None:
    """Reply keys come from the update's id."""
    world.start(ANA, open_enrolment=True)
    letters = world.size("outbox")
    world.updates -= 1
    world.start(ANA, open_enrolment=True)
    assert world.size("outbox") == letters
