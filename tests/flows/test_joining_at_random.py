"""Whatever people press and type: no half-made athlete, and no error."""

from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import given
from hypothesis import settings as tuned
from hypothesis import strategies as st

from bot.accounts.enrolment import buttons as enrolment_buttons
from bot.accounts.enrolment import form
from bot.accounts.enrolment import typed as enrolment_typed
from bot.accounts.invites import tokens
from bot.programme.pauses import by_athlete
from bot.programme.settings import buttons as settings_buttons
from bot.programme.settings import typed as settings_typed
from bot.programme.settings import values
from bot.protocol.red_flags.flags import RED_FLAGS
from bot.store import agreed
from tests.flows.joining import ADMIN, ANA, BEN, JoinWorld

STEPS = (*form.Step, "settings:time", "x")
VALUES = (
    *("agree", "no", "yes", "none", "left", "both", "back", "cancel", "finish", "ask", "clock"),
    *("location", "@60", "?Europe/Berlin", "=Asia/Tokyo", "d", "d02", "02", "0730", "0700-0800"),
    *("now", "open", "3d", "full", "2200-0700", "2", "", ":", "x" * 50, *RED_FLAGS),
)
TEXTS = (
    *("agree", "yes", "no", "34", "17", "none", "1 2", "left", "Europe/Berlin", "12:05", "daily"),
    *("7:30", "7", "finish", "back", "cancel", "mon-fri", "22:00-07:00", "", "\x00", "<b>"),
)
people = st.sampled_from([ANA, BEN])
acts = st.one_of(
    st.tuples(st.just("right"), people, st.integers(0, 99)),
    st.tuples(st.just("right"), people, st.integers(0, 99)),
    st.tuples(st.just("press"), people, st.sampled_from(STEPS), st.sampled_from(VALUES)),
    st.tuples(st.just("set"), people, st.sampled_from(values.ITEMS), st.sampled_from(VALUES)),
    st.tuples(st.just("type"), people, st.sampled_from(TEXTS) | st.text(max_size=30)),
    st.tuples(st.just("start"), people, st.sampled_from(["token", "no token", "open", "wrong"])),
    st.tuples(st.just("locate"), people, st.sampled_from(["Asia/Tokyo", "Nowhere", None])),
    st.tuples(st.just("pause"), people, st.sampled_from(["", "3 days", "fri", "x"])),
    st.tuples(st.just("later"), st.integers(1, 40)),
    st.tuples(st.just("revoke")),
)
FORWARD = ("Agree", "Yes, 18 or older", "None of these", "Left", "Yes", "Every day", "07:30")


def whole(world: JoinWorld) -> None:
    """Assert that athlete, role, plan, consent and zone exist together or not at all."""
    athletes = world.rows("SELECT person_id FROM athlete ORDER BY 1")
    assert world.rows("SELECT person_id FROM role WHERE role = 'athlete' ORDER BY 1") == athletes
    assert world.rows("SELECT DISTINCT athlete_id FROM plan ORDER BY 1") == athletes
    assert world.rows("SELECT id FROM person WHERE telegram_id <> 1 ORDER BY 1") == athletes
    versions = world.rows("SELECT DISTINCT consent_version FROM athlete")
    assert versions in ([], [(agreed.USE,)])
    assert world.rows("SELECT DISTINCT athlete_id FROM occurrence ORDER BY 1") == athletes
    used = "SELECT used_by FROM invite WHERE used_at IS NOT NULL ORDER BY 1"
    assert set(world.rows(used)) <= set(athletes)
    doubled = "SELECT used_by FROM invite WHERE used_by IS NOT NULL GROUP BY 1 HAVING count(*) > 1"
    assert world.rows(doubled) == []


def do(world: JoinWorld, token: str, act: tuple[object, ...]) -> None:
    """Do one random thing."""
    match act:
        case ("right", int(who), int(number)):
            press_something(world, who, number)
        case ("press", int(who), str(step), str(value)):
            world.act(
                who, enrolment_buttons.press, step, value, message_id=world.newest.get(who, 1)
            )
        case ("set", int(who), str(item), str(value)):
            world.act(who, settings_buttons.press, item, value or None, message_id=1)
        case ("type", int(who), str(text)):
            world.type(who, text)
        case ("start", int(who), str(how)):
            given_token = {"token": token, "wrong": "wrong"}.get(how)
            world.start(who, given_token, open_enrolment=how == "open")
        case ("locate", int(who), zone):
            world.act(who, enrolment_typed.located, zone, None if zone else "At sea.")
            world.act(who, settings_typed.located, zone, None if zone else "At sea.")
        case ("pause", int(who), str(text)):
            world.act(who, by_athlete.pause, text)
        case ("later", int(minutes)):
            world.later(minutes=minutes)
        case _:
            world.act(ADMIN, tokens.revoke, 1)


def press_something(world: JoinWorld, who: int, number: int) -> None:
    """Press a button that is there, most often the one that leads on."""
    labels = world.labels(who) if who in world.newest else []
    on = [label for label in labels if label in {*FORWARD, "Finish"}]
    if labels:
        world.tap(who, (on or labels)[0] if number < 70 else labels[number % len(labels)])
    if world.topics.get(who, [("", {})])[-1][0] == "enrol_zone":
        world.type(who, "Europe/Berlin")


@tuned(max_examples=20, deadline=None)
@given(st.integers(0, 12), st.integers(0, 12), st.lists(acts, min_size=4, max_size=30))
def test_never_half_made(ana: int, ben: int, plan: list[tuple[object, ...]]) -> None:
    """From any step on, after every act an athlete is whole or not there."""
    with TemporaryDirectory() as folder, JoinWorld(Path(folder)) as world:
        token = world.invite()
        for who, steps in ((ANA, ana), (BEN, ben)):
            world.start(who, token)
            for _ in range(steps):
                press_something(world, who, 0)
        for act in plan:
            do(world, token, act)
            whole(world)
