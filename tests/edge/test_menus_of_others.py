"""F108: a token that another program used: its commands and buttons are taken away."""

from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from structlog.testing import capture_logs

from bot.conversation.roles import Role
from bot.operations import menus
from bot.operations.menus import KnownChat
from bot.telegram.menu import LANGUAGES, commands_of, edition, publish_menu
from telegram_sandbox import Fault, FaultKind, Person
from telegram_sandbox.methods.profile import commands_for
from testkit.world import BotWorld

pytestmark = pytest.mark.one_database("of what Telegram says")

THEIRS = [{"command": "pizza", "description": "Order a pizza"}]
APP = {"type": "web_app", "text": "Pizza", "web_app": {"url": "https://pizza.example"}}
GENERAL = ("default", "all_private_chats", "all_group_chats", "all_chat_administrators")
OURS = [
    {"command": one.command, "description": one.description} for one in commands_of([Role.ATHLETE])
]


def another_program(world: BotWorld, *people: Person) -> None:
    """Let a program set its commands everywhere that it can, and its menu button."""
    call = world.sandbox.call
    scopes: list[dict[str, Any]] = [{"type": kind} for kind in GENERAL]
    for person in people:
        scopes.append({"type": "chat", "chat_id": person.id})
        call("setChatMenuButton", {"chat_id": person.id, "menu_button": APP})
    for scope in scopes:
        for language in ("", "de", "en", "pt", "zu"):
            call("setMyCommands", {"commands": THEIRS, "scope": scope, "language_code": language})
    call("setChatMenuButton", {"menu_button": APP})


def chats(world: BotWorld) -> Callable[[], Awaitable[list[KnownChat]]]:
    """Return what reads the chats of who joined."""

    async def read() -> list[KnownChat]:
        found: list[KnownChat] = await world.store.read(menus.chats)
        return found

    return read


async def starts(world: BotWorld) -> None:
    """Publish the menus, as a start does."""
    await world.store.write(menus.start, edition(), world.now)
    await publish_menu(world.bot, chats(world), world.clock)
    await world.settle()


def theirs(world: BotWorld) -> list[tuple[Any, ...]]:
    """Return where the other program's commands still are."""
    return [
        where for where, commands in world.sandbox.profile.commands.items() if commands == THEIRS
    ]


async def test_f108_every_scope_and_language_is_the_bots_own(world: BotWorld) -> None:
    """The general lists, those of who joined, and the buttons; staff keep a list of their own."""
    maria, coach = world.athlete(), world.coach()
    await world.say(maria, "/help")
    await world.say(coach, "/help")
    another_program(world, maria, coach)
    await starts(world)
    assert [where for where in theirs(world) if where[0] != "chat"] == []
    assert commands_for(world.sandbox, maria) == OURS
    assert "pizza" not in str(commands_for(world.sandbox, coach))
    assert "unlock" in str(commands_for(world.sandbox, coach))
    for who in (None, maria.id, coach.id):
        told = {} if who is None else {"chat_id": who}
        assert world.sandbox.call("getChatMenuButton", told) == {"type": "commands"}
    stranger = world.sandbox.person("Stranger", language_code="pt")
    assert commands_for(world.sandbox, stranger) == OURS


def test_f108_a_language_is_two_letters() -> None:
    """As Telegram takes them, and each once."""
    spoken = LANGUAGES.split()
    assert {len(language) for language in spoken} == {2}
    assert len(set(spoken)) == len(spoken) == 184


async def test_f108_it_is_done_once(world: BotWorld) -> None:
    """The next start looks, and has nothing to do."""
    await starts(world)
    before = world.sandbox.log.seq
    await starts(world)
    assert [entry.method for entry in world.sandbox.log.after(before)] == []


@pytest.mark.parametrize("kind", GENERAL)
async def test_f108_it_is_done_again_where_another_was_there_meanwhile(
    world: BotWorld, kind: str
) -> None:
    """A list in any general scope shows it."""
    await starts(world)
    for language in ("", "ja"):
        world.sandbox.call(
            "setMyCommands",
            {"commands": THEIRS, "scope": {"type": kind}, "language_code": language},
        )
    await starts(world)
    assert theirs(world) == []


async def test_f108_what_was_broken_off_is_done_at_the_next_start(world: BotWorld) -> None:
    """Telegram fails in the middle: that is logged, and the next start begins anew."""
    another_program(world)
    world.sandbox.faults.add(
        Fault(
            FaultKind.SERVER_ERROR,
            method="deleteMyCommands",
            times=None,
            when=lambda call: call.params.get("language_code") == "pt",
        )
    )
    with capture_logs() as lines:
        await starts(world)
    assert [line["event"] for line in lines] == ["menu_not_published"]
    assert theirs(world) != []
    world.sandbox.faults.clear()
    await starts(world)
    assert theirs(world) == []


async def test_f108_too_many_requests_are_waited_out(world: BotWorld) -> None:
    """A told wait is kept, and the same call made again."""
    another_program(world)
    slow = world.sandbox.faults.add(
        Fault(FaultKind.TOO_MANY, method="deleteMyCommands", times=5, retry_after=40)
    )
    begun = world.now
    await starts(world)
    assert slow.hits == 5
    assert (world.now - begun).total_seconds() >= 200
    assert theirs(world) == []


async def test_f108_who_joins_later_has_the_bots_menu(world: BotWorld) -> None:
    """A list that the other program gave to a chat goes when its person joins; staff get theirs."""
    await starts(world)
    maria, kim = world.athlete(), world.coach("Kim")
    for who in (maria, kim):
        scope = {"type": "chat", "chat_id": who.id}
        world.sandbox.call("setMyCommands", {"commands": THEIRS, "scope": scope})
        world.run(menus.welcome, who.id, world.now)
    await world.settle()
    assert theirs(world) == []
    assert commands_for(world.sandbox, maria) == OURS
    assert "unlock" in str(commands_for(world.sandbox, kim))
