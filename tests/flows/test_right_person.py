"""Every command that names somebody is about that person, or asks; it is never about another."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from bot.coaching.messages import File, Relayed
from bot.conversation.message import Message, Say
from bot.dispatch import registry
from bot.dispatch.commands.catalogue import COMMANDS
from bot.store import people
from bot.store.tables import AthleteRow, Role
from bot.telegram.renderer import look
from bot.training.red_flags import flow as red_flags
from testkit.database import filled
from tests.flows.chatting import taps, types
from tests.flows.world import ADMIN, COACH, FlowWorld, the, topics, values_of

ANNA, ANNA_MARIA, RUNA, FRIDA = 700_000_101, 700_000_102, 700_000_103, 700_000_104
KIM, KIM_MARIE = 700_000_201, 700_000_202
RESTS = {
    "unlock": "seen by a doctor",
    "pause": "until fri flu",
    "say": "tell me how it went",
    "note": "new shoes",
    "plan": "hold=15",
    "schedule": "mon-fri 08:15",
    "limits": "pain=2",
    "remove": "athlete",
    "audit": "1",
    "assign": "kim off",
    "summary": "mon 08:00",
}
"""What may follow the name, by command; nothing may follow the others'."""
NAMED = sorted(name for name, found in COMMANDS.items() if any(one.named for one in found))


@pytest.fixture
def world(tmp_path: Path) -> Iterator[FlowWorld]:
    """Return a world of people whose names begin alike, and an admin."""
    with _peopled(tmp_path) as made:
        yield made


def _peopled(folder: Path) -> FlowWorld:
    filled(folder / "holdfast.db", _people)
    return FlowWorld(folder)


def _people(folder: Path) -> None:
    with FlowWorld(folder) as made:
        _meet(made)


def _meet(made: FlowWorld) -> None:
    for telegram_id, name in (
        (ANNA, "Anna"),
        (ANNA_MARIA, "Anna Maria"),
        (RUNA, "Runa Holm"),
        (FRIDA, "Frida Mon"),
    ):
        made.athlete(telegram_id, name)
    made.coach(_id(made, ANNA_MARIA), KIM, "Kim")
    made.coach(_id(made, ANNA_MARIA), KIM_MARIE, "Kim Marie")
    made.person(ADMIN, "Ada", Role.ADMIN)
    made.run(_lock_all)


def _lock_all(db: Any) -> None:
    for one in people.athletes(db, None):
        row = people.athlete(db, one.id or 0)
        row.locked_at, row.lock_reason = row.consented_at, "stopped_hard"
        db.add(row)


def _id(world: FlowWorld, telegram_id: int) -> int:
    found = world.store.read_now(people.by_telegram, telegram_id)
    assert found is not None
    assert found.id is not None
    return found.id


def _typed(command: str, name: str) -> str:
    return f"/{command} {name} {RESTS.get(command, '')}".strip()


def _plain(told: list[Message]) -> list[Message]:
    """Return what was told, wherever it was written."""
    return [_placed_nowhere(one) for one in told if isinstance(one, Say | File)]


def _placed_nowhere(one: Message) -> Message:
    if not isinstance(one, Say):
        return one
    body = {"topic": one.topic, "values": {**values_of(one), "link": ""}}
    return registry.load("Say", body)


@pytest.mark.parametrize("command", sorted(RESTS))
def test_f86_a_word_that_may_be_of_a_name_is_asked_about(
    tmp_path: Path, world: FlowWorld, command: str
) -> None:
    """Each button completes the command with what follows the name in that way to read it."""
    first, second = ("Kim", "Kim Marie") if command == "summary" else ("Anna", "Anna Maria")
    typed = _typed(command, f"{first} m").lower()
    rest = RESTS[command]
    asked = the(types(world, ADMIN, typed), "who_which")
    assert {one["name"] for one in asked["people"]} == {first, second}
    (button,) = [one for one in asked["people"] if one["name"] == second]
    told = taps(world, ADMIN, f"1:w:{command}:{button['athlete_id']}:{button['taken']}")
    (tmp_path / "again").mkdir()
    with _peopled(tmp_path / "again") as other:
        by_id = types(other, ADMIN, f"/{command} #{button['athlete_id']} {rest}".strip())
    assert _plain(told) == _plain(by_id)
    assert "who_which" not in topics(told)


@pytest.mark.parametrize("command", [*(one for one in NAMED if one != "assign"), "summary"])
def test_f86_a_longer_name_is_found(tmp_path: Path, world: FlowWorld, command: str) -> None:
    """By an initial, and in full: it is that person, never one whose name is only the beginning."""
    telegram_id, name = (
        (KIM_MARIE, "Kim Marie") if command == "summary" else (ANNA_MARIA, "Anna Maria")
    )
    initial = name[: name.index(" ") + 2]
    rest = RESTS.get(command, "")
    for number, typed in enumerate((initial, f"{initial}.", name, name.lower())):
        (tmp_path / str(number)).mkdir()
        with _peopled(tmp_path / str(number)) as one, world:
            told = types(one, ADMIN, _typed(command, typed))
            person = _id(one, telegram_id)
        (tmp_path / f"{number}b").mkdir()
        with _peopled(tmp_path / f"{number}b") as two:
            by_id = types(two, ADMIN, f"/{command} #{person} {rest}".strip())
        assert _plain(told) == _plain(by_id)
        assert not {"who_which", "who_nobody"} & set(topics(told))


@pytest.mark.parametrize("command", [*(one for one in NAMED if one != "assign"), "summary"])
def test_f89_the_question_whose_it_is_takes_a_typed_answer(
    tmp_path: Path, world: FlowWorld, command: str
) -> None:
    """The name in full, typed, does what the button does; other words are no answer."""
    begun, name, telegram_id = (
        ("kim", "Kim Marie", KIM_MARIE)
        if command == "summary"
        else ("ann", "Anna Maria", ANNA_MARIA)
    )
    rest = RESTS.get(command, "")
    if command == "summary":
        begun, rest = "ki", "mon 08:00"
    asked = types(world, ADMIN, f"/{command} {begun} {rest}".strip())
    assert "who_which" in topics(asked)
    assert topics(types(world, ADMIN, "what was that?")) == ["unknown_text"]
    told = types(world, ADMIN, name.lower())
    (tmp_path / "again").mkdir()
    with _peopled(tmp_path / "again") as other:
        by_id = types(other, ADMIN, f"/{command} #{_id(other, telegram_id)} {rest}".strip())
    assert _plain(told) == _plain(by_id)
    assert "who_which" not in topics(told)


def test_f86_a_pause_keeps_the_words_after_the_name(world: FlowWorld) -> None:
    """/pause Runa H until fri pauses Runa Holm until Friday, for no reason called H."""
    types(world, ADMIN, "/pause Runa H until fri")
    row = world.row(AthleteRow, _id(world, RUNA))
    assert (row.paused_at is not None, row.pause_reason) == (True, None)
    assert row.paused_until is not None


def test_f86_a_message_keeps_its_words(world: FlowWorld) -> None:
    """/say Runa H. how… says "how…"."""
    types(world, ADMIN, "/say Runa H. how was it?")
    (relayed,) = [one for one in world.letters(RUNA) if type(one).__name__ == "Relayed"]
    assert getattr(relayed, "text", "") == "how was it?"


def test_f86_two_names_are_read_together(world: FlowWorld) -> None:
    """Anna Maria and Kim, or Anna and a coach called Maria Kim: it is asked, and both are whole."""
    world.person(700_000_203, "Maria Kim", Role.COACH)
    asked = the(types(world, ADMIN, "/assign Anna Maria Kim"), "who_which")
    found = {(one["name"], one["rest"]) for one in asked["people"]}
    assert found == {("Anna", "Maria Kim"), ("Anna Maria", "Kim")}


def test_f86_a_command_for_a_name_alone_knows_nobody_by_a_part(world: FlowWorld) -> None:
    """There is no Anna Berg: nobody else is moved, resumed or handed out."""
    for command in ("relink", "resume", "export", "report", "athlete", "people"):
        assert topics(types(world, ADMIN, f"/{command} Anna Berg")) == ["who_nobody"]


def test_f87_what_is_said_about_a_namesake_says_which(tmp_path: Path) -> None:
    """On the card, of a pause, before an unlock, and over what the athlete writes."""
    with FlowWorld(tmp_path) as world:
        for number, zone in enumerate(("Europe/Berlin", "Europe/Lisbon")):
            anna = world.athlete(RUNA + number, "Anna")
            world.coach(anna)
            world.run(_lives_in, anna, zone)
        world.presses(RUNA + 1, red_flags.report, "bone")
        (shown,) = _plain(types(world, COACH, "/unlock"))
        assert "Unlock Anna (Lisbon)?" in look(shown, world.now).text
        (card, *_) = _plain(types(world, COACH, f"/athlete #{anna}"))
        assert look(card, world.now).text.startswith("<b>Anna (Lisbon)</b>")
        (paused, *_) = _plain(types(world, COACH, f"/pause #{anna} 3 days"))
        assert "Anna (Lisbon)’s plan is paused" in look(paused, world.now).text
        types(world, RUNA + 1, "It hurts")
        offered = world.letters(RUNA + 1)[-1]
        taps(world, RUNA + 1, next(iter(_to_coach(offered, world))))
        (relayed,) = [one for one in world.letters(COACH) if isinstance(one, Relayed)]
        assert relayed.name == "Anna (Lisbon)"


def _to_coach(offered: Message, world: FlowWorld) -> list[str]:
    rows = look(offered, world.now).rows
    return [one.data for row in rows for one in row if one.label.startswith("Send")]


def _lives_in(db: Any, athlete_id: int, zone: str) -> None:
    row = people.person(db, athlete_id)
    row.zone = zone
    db.add(row)


def test_f86_a_day_that_is_a_name_as_well_is_asked_about(world: FlowWorld) -> None:
    """An athlete who coaches Frida Mon writes /pause mon: themselves until Monday, or Frida."""
    coach = 700_000_105
    world.athlete(coach, "Cora")
    world.coach(_id(world, FRIDA), coach, "Cora")
    asked = the(types(world, coach, "/pause mon"), "who_which")
    assert [one["athlete_id"] for one in asked["people"]] == ["me", _id(world, FRIDA)]
    assert world.row(AthleteRow, _id(world, FRIDA)).paused_at is None
    assert "paused" in topics(taps(world, coach, "1:w:pause:me:0"))
    assert world.row(AthleteRow, _id(world, coach)).paused_until is not None
    assert world.row(AthleteRow, _id(world, FRIDA)).paused_at is None


def test_f86_a_time_that_begins_a_coachs_name_is_asked_about(world: FlowWorld) -> None:
    """A coach who is an admin too: /summary mon is not Monika's without a question."""
    world.person(700_000_204, "Monika", Role.COACH)
    world.person(ADMIN, "Ada", Role.COACH)
    asked = the(types(world, ADMIN, "/summary mon 08:00"), "who_which")
    assert asked["people"][0]["athlete_id"] == "me"
    told = the(taps(world, ADMIN, "1:w:summary:me:0"), "summary_set")
    assert told["own"]


def test_f86_a_forged_answer_names_nobody(world: FlowWorld) -> None:
    """Who is not among those one may name is not found; a strange number is not active any more."""
    world.athlete(700_000_106, "Anna Mo")
    types(world, KIM, "/plan anna m hold=15")
    strange = _id(world, ANNA)
    assert "who_nobody" in topics(taps(world, KIM, f"1:w:plan:{strange}:1"))
    for data in ("1:w:plan:1:x", "1:w:plan:1:1:1", "1:w:plan:1:-1"):
        types(world, ADMIN, "/plan anna m hold=15")
        assert "Retire" in topics(taps(world, ADMIN, data))
