"""What a person's next text is taken as: how it is stored, and what disturbs what."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlmodel import Session as Db

from bot.conversation import pending_input
from bot.conversation.pending_input import (
    HalfCommand,
    Joining,
    Pending,
    SettingValue,
    ZoneAnswer,
)
from bot.programme.settings import flow as settings
from bot.programme.settings.messages import DaysSetting
from bot.store.tables import EnrolmentRow
from tests.flows.world import RUNA, T0, FlowWorld, reply


@pytest.fixture
def world(tmp_path: Path) -> Iterator[FlowWorld]:
    """Return a world with Runa, an athlete."""
    with FlowWorld(tmp_path) as found:
        found.athlete()
        yield found


def stored(world: FlowWorld) -> tuple[str, str] | None:
    """Return the step and the answers as they are stored."""

    def found(db: Db) -> tuple[str, str] | None:
        row = db.get(EnrolmentRow, RUNA)
        return None if row is None else (row.step, row.answers)

    return world.run(found)


STORED: list[tuple[HalfCommand | SettingValue | ZoneAnswer, tuple[str, str]]] = [
    (HalfCommand("note", "#5"), ("command:note", '"#5"')),
    (SettingValue("days"), ("settings:days", "{}")),
    (ZoneAnswer("Europe/Berlin"), ("settings:zone", '{"checking": "Europe/Berlin"}')),
    (ZoneAnswer(keyboard=True), ("settings:zone", '{"keyboard": true}')),
]


@pytest.mark.parametrize(("pending", "row"), STORED)
def test_what_is_awaited_is_stored_and_read_again(
    world: FlowWorld, pending: HalfCommand | SettingValue | ZoneAnswer, row: tuple[str, str]
) -> None:
    """Rows of earlier versions look the same, so they are read after an upgrade."""
    found: list[Pending | None] = []
    world.does(RUNA, pending_input.wait_for, pending)
    world.does(RUNA, lambda turn: found.append(pending_input.waiting(turn)))
    assert (stored(world), found) == (row, [pending])


@pytest.mark.parametrize(("pending", "_row"), STORED)
def test_it_is_awaited_for_a_quarter_of_an_hour(
    world: FlowWorld, pending: HalfCommand | SettingValue | ZoneAnswer, _row: tuple[str, str]
) -> None:
    """A text that comes later is something else."""
    found: list[Pending | None] = []
    world.does(RUNA, pending_input.wait_for, pending)
    world.clock.step((pending_input.WAIT + timedelta(seconds=1)).total_seconds())
    world.does(RUNA, lambda turn: found.append(pending_input.waiting(turn)))
    assert found == [None]


def test_an_enrolment_is_never_disturbed(world: FlowWorld) -> None:
    """Its answers stay, whatever else would wait for a text."""
    row = EnrolmentRow(
        telegram_id=RUNA, name="Runa", step="side", answers='{"version": "2026-11"}', updated_at=T0
    )
    found: list[Pending | None] = []
    world.run(lambda db: db.add(row))
    world.does(RUNA, pending_input.wait_for, HalfCommand("note", "#5"))
    world.does(RUNA, lambda turn: found.append(pending_input.waiting(turn)))
    assert found == [Joining("side", {"version": "2026-11"})]


def test_half_a_command_does_not_hinder_the_settings(world: FlowWorld) -> None:
    """A coach who trains too asks for a note, and presses a button of their settings instead."""
    world.does(RUNA, pending_input.wait_for, HalfCommand("note", "#5"))
    reply(world.presses(RUNA, settings.ask, "days"), DaysSetting)
    assert stored(world) == ("settings:days", "{}")
