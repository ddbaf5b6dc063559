"""Every button of every screen of every role does something sensible, and nothing raises."""

from datetime import timedelta

import pytest

from bot.conversation.roles import Role
from bot.dispatch.commands.catalogue import COMMANDS, menu
from bot.protocol.dose.dose import Dose
from telegram_sandbox import Person
from testkit.virtual import MONDAY
from testkit.world import BotWorld
from tests.edge.crawl import NOT_ACTIVE, Crawler, Step

SHORT = Dose(hold_s=10, holds=3, rest_s=20)
DEEP = 2
"""So many presses after a command."""


async def club(world: BotWorld) -> dict[Role, Person]:
    """Two athletes of Kim's – one stopped by pain, one locked –, one of nobody's yet; an admin."""
    admin, kim = world.admin("Ada"), world.coach("Kim", "Europe/London")
    maria = world.athlete("Maria", dose=SHORT, coach=kim)
    mario = world.athlete("Mario", dose=SHORT, coach=kim, zone="Pacific/Auckland")
    world.athlete("Jonas", dose=SHORT, times="18:00")
    await world.until(MONDAY + timedelta(hours=2))
    await world.say(maria, "/session")
    await world.tap(maria, "1")
    await world.passes(seconds=25)
    await world.tap(maria, "4")
    await world.say(mario, "/flag")
    await world.tap(mario, "Pop, tear")
    await world.say(admin, "/invite coach Lee")
    await world.say(admin, "/assign Jonas Kim")
    await world.say(kim, "/note Maria New <shoes> & a long hill")
    await world.until(MONDAY + timedelta(days=1, hours=2))
    return {Role.ADMIN: admin, Role.COACH: kim, Role.ATHLETE: maria}


def texts(role: Role) -> list[str]:
    """Return a role's commands alone, with a name, and with words that fit nothing.

    What an admin shares with a coach is written by the coach, and reached by the admin's buttons.
    """
    mine = list(menu([role]))
    if role is Role.ADMIN:
        mine = [one for one in mine if one not in menu([Role.COACH])]
        mine += ["athletes", "summary", "unlock"]
    alone = [f"/{one}" for one in mine]
    if role is Role.ATHLETE:
        return [*alone, *(f"{one} xyzzy 99:99 p=q" for one in alone)]
    named = [f"/{one} Maria" for one in mine if any(found.named for found in COMMANDS[one])]
    return [*alone, *named, *(f"{one} xyzzy 99:99 p=q" for one in named)]


@pytest.mark.one_database("each button sets the file back")
@pytest.mark.parametrize("role", list(Role))
async def test_every_button_leads_somewhere(world: BotWorld, role: Role) -> None:
    """Nothing fails, each tap is answered, and no fresh button is called outdated."""
    who = (await club(world))[role]
    steps = await Crawler(world, who).steps(texts(role), DEEP)
    assert [one for one in steps if problem(one)] == []


def problem(step: Step) -> str:
    """Return what is wrong with a step, or nothing."""
    if step.faults:
        return "; ".join(step.faults)
    if step.fresh and any(NOT_ACTIVE in one for one in step.toasts):
        return "a fresh button is not active"
    if not step.texts and not any(step.toasts):
        return "nothing happened"
    return "unknown command" if any("for you here" in one for one in step.texts) else ""
