"""F138: after thirty updates in a minute, what is never limited; the first refused is told."""

from collections.abc import Callable

import pytest
from sqlmodel import select

from bot.protocol.session.state import Phase
from bot.store.tables import RatingRow
from telegram_sandbox import Person
from testkit.world import BotWorld
from tests.edge.away import SHORT

Act = Callable[[Person], object]
TOO_MUCH = "That is a lot at once"


async def flooding(world: BotWorld) -> Person:
    """Return Maria after thirty updates within a minute, each of them done."""
    maria = world.athlete(dose=SHORT)
    await world.settle()
    maria.say("/flag")
    for _ in range(29):
        maria.say("/next")
    await world.settle()
    assert not any(TOO_MUCH in line for line in world.heard(maria))
    return maria


def _flag_button(maria: Person) -> None:
    maria.press("1:c:flag", maria.last.id)


REFUSED: dict[str, Act] = {
    "typed": lambda maria: maria.say("/next"),
    "words": lambda maria: maria.say("thank you"),
    "sticker": lambda maria: maria.send_sticker(),
    "place": lambda maria: maria.send_location(52.5, 13.4),
    "edited": lambda maria: maria.edit(
        next(one for one in maria.chat if not one.from_bot), "/history"
    ),
    "pressed": lambda maria: maria.press("1:c:next", maria.last.id),
}


@pytest.mark.parametrize("kind", REFUSED)
@pytest.mark.parametrize("vital", [None, "/pain 2", "/flag", "stop", "3"])
async def test_f138_the_first_that_is_refused_is_told(
    world: BotWorld, kind: str, vital: str | None
) -> None:
    """Whatever it is, and whatever was done between; then there is silence for a minute."""
    maria = await flooding(world)
    if vital is not None:
        await world.say(maria, vital)
    for _ in range(3):
        REFUSED[kind](maria)
        await world.settle()
    toasts = [toast.text for toast in maria.toasts]
    told = [one for one in [*world.heard(maria), *toasts] if TOO_MUCH in one]
    assert len(told) == 1
    await world.passes(seconds=61)
    await world.say(maria, "/history")
    assert TOO_MUCH not in maria.last.text


@pytest.mark.parametrize("said", ["stop", "/stop", "STOP!", "Stop please"])
async def test_f138_stop_is_done_after_thirty(world: BotWorld, said: str) -> None:
    """However it is said."""
    maria = await flooding(world)
    await world.say(maria, said)
    assert "nothing to stop" in maria.last.text


async def test_f138_pain_and_flags_are_done_after_thirty(world: BotWorld) -> None:
    """Typed and pressed."""
    maria = await flooding(world)
    await world.say(maria, "/pain 7")
    query = select(RatingRow.value).where(RatingRow.moment == "note")
    assert world.store.read_now(lambda db: list(db.exec(query).all())) == [7]
    await world.say(maria, "/flag")
    assert "None of these" in str(maria.last.buttons)
    _flag_button(maria)
    await world.settle()
    assert sum("None of these" in str(one.buttons) for one in maria.chat) >= 2


async def test_f138_a_session_is_never_limited(world: BotWorld) -> None:
    """All of it, from its first question on."""
    maria = world.athlete(dose=SHORT)
    await world.settle()
    await world.say(maria, "/session")
    for _ in range(40):
        maria.say("what?")
    await world.settle()
    await world.tap(maria, "1")
    assert world.newest(maria).value.phase is Phase.GET_SET
