"""A message whose form Telegram refuses is said plainly; what is lost all the same is told."""

from collections.abc import Callable

import pytest

from bot.conversation.screen import Screen
from bot.delivery import plainer
from bot.protocol.dose.dose import Dose
from bot.protocol.session.state import Phase
from telegram_sandbox import Call, Fault, Person
from testkit.world import BotWorld
from tests.chat.plainly import plain
from tests.chat.variants import screens
from tests.edge.test_delivery import begun, says, state

pytestmark = pytest.mark.one_database("of what Telegram says")

SHORT = Dose(hold_s=10, holds=3, rest_s=20)
REFUSALS = (
    "Bad Request: can't parse entities: unsupported start tag",
    "Bad Request: BUTTON_DATA_INVALID",
    "Bad Request: message is too long",
    "Bad Request: something nobody has seen before",
)


def refuses(
    world: BotWorld, what: Callable[[Call], bool], text: str = REFUSALS[0], times: int | None = None
) -> None:
    """Let Telegram refuse messages for their form."""
    world.sandbox.faults.add(
        Fault(
            kind="refused",
            method="sendMessage",
            status=400,
            description=text,
            times=times,
            when=what,
        )
    )


def marked_up(call: Call) -> bool:
    """Whether a call has markup in its text."""
    return "parse_mode" in call.params


def has_buttons(call: Call) -> bool:
    """Whether a call has buttons."""
    return "reply_markup" in call.params


def tries(world: BotWorld, who: Person, start: str) -> int:
    """Count how often a message that begins so was tried."""
    plain = (e.text.removeprefix("<b>") for e in world.sandbox.log if e.chat_id == who.id)
    return sum(text.startswith(start) for text in plain)


@pytest.mark.parametrize("text", REFUSALS)
async def test_f103_stop_goes_out_as_plain_text(world: BotWorld, text: str) -> None:
    """Markup is refused: STOP comes at once without it, and its buttons stay."""
    maria = world.athlete(dose=SHORT)
    await begun(world, maria)
    refuses(world, marked_up, text)
    await world.say(maria, "stop")
    assert says(world, maria, "STOP. Relax and rest now.") == 1
    assert "<" not in maria.last.text
    assert "Pain" in maria.last.labels
    await world.tap(maria, "Tired")
    assert world.newest(maria).value.phase is Phase.CLOSED


async def test_f103_at_need_without_buttons(world: BotWorld) -> None:
    """The buttons are refused: STOP comes without them, and typed words do."""
    maria = world.athlete(dose=SHORT)
    await begun(world, maria)
    refuses(world, has_buttons, REFUSALS[1])
    await world.say(maria, "stop")
    assert says(world, maria, "STOP. Relax and rest now.") == 1
    assert maria.last.labels == []


async def test_f103_release_questions_and_alerts_do_too(world: BotWorld) -> None:
    """Everything that has to be heard: the questions, RELEASE, and the coach's alert."""
    coach = world.coach()
    maria = world.athlete(dose=SHORT, coach=coach)
    refuses(world, lambda call: marked_up(call) and "HOLD 1 of" not in call.params["text"])
    await world.say(maria, "/session")
    await world.tap(maria, "1")
    await world.passes(seconds=20)
    await world.tap(maria, "5")
    first = [(*one.edits, one.text)[0] for one in maria.chat if one.from_bot]
    begins = [text.split()[0].rstrip(".:") for text in first]
    assert {"Set", "Get", "HOLD", "RELEASE", "STOP"} <= set(begins)
    assert world.heard(coach) == ["Maria stopped at pain 5 on hold 1 of 3, left; limit 3"]


async def test_f103_a_hold_is_not_said_twice(world: BotWorld) -> None:
    """A HOLD that is refused is lost: the set is broken off and the athlete asked."""
    maria = world.athlete(dose=SHORT)
    await begun(world, maria)
    refuses(world, lambda call: "HOLD 1 of" in call.params["text"])
    await world.passes(seconds=11)
    assert tries(world, maria, "HOLD 1 of") == 1
    assert world.newest(maria).value.phase is Phase.INTERRUPTED
    assert maria.last.text.startswith("RELEASE. Rest.")


async def test_f103_a_reminder_is_not_worth_it(world: BotWorld) -> None:
    """What can be missed is tried once, as ever."""
    maria = world.athlete()
    refuses(world, marked_up)
    await world.passes(hours=3)
    assert says(world, maria, "Maria") == 0
    assert "failed" in world.store.read_now(state, "Reminder")


async def test_f103_what_is_lost_all_the_same_reaches_the_admins(world: BotWorld) -> None:
    """One short message for each kind and hour, which names nobody; /status counts them all."""
    admin = world.admin()
    maria, jonas = world.athlete("Maria", dose=SHORT), world.athlete("Jonas", dose=SHORT)
    for who in (maria, jonas):
        await world.say(who, "/session")
        await world.tap(who, "1")
    refuses(world, lambda call: call.chat_id != admin.id and "STOP." in call.params["text"])
    for who in (maria, jonas):
        await world.say(who, "stop")
    told = world.heard(admin)
    assert told == ["❗ Lost for good: a STOP. Telegram refused it in every form."]
    assert tries(world, maria, "STOP.") == 3
    await world.say(admin, "/status")
    assert "2 × message lost for good" in admin.last.text
    assert "Not delivered in 24 h: 2" in admin.last.text
    assert "Maria" not in "".join(one.text for one in admin.chat)
    await world.passes(hours=1)
    await world.say(maria, "/session")
    await world.say(maria, "stop")
    assert len([line for line in world.heard(admin) if "a STOP" in line]) <= 2


async def test_f103_the_admins_own_message_is_no_endless_news(world: BotWorld) -> None:
    """Nothing can be said to anybody: that is counted, and nobody is asked to say it."""
    world.admin()
    maria = world.athlete(dose=SHORT)
    await begun(world, maria)
    refuses(world, lambda _call: True)
    await world.say(maria, "stop")
    await world.passes(minutes=5)
    letters = world.store.read_now(state, "Say")
    assert 1 <= letters.count("failed") <= 3


@pytest.mark.parametrize(("name", "screen"), list(screens()))
def test_f103_every_message_has_a_plain_form(name: str, screen: Screen) -> None:
    """First without markup, then without buttons; the words stay, and no tag is left."""
    given = {"chat_id": 1, "text": screen.text, "parse_mode": "HTML", "reply_markup": {}}
    once = plainer.next_of(("send_message", given))
    assert once is not None, name
    assert "parse_mode" not in once[1]
    assert once[1]["text"] == plain(screen.text).replace("⏱", "")
    twice = plainer.next_of(once)
    assert twice is not None
    assert "reply_markup" not in twice[1]
    assert plainer.next_of(twice) is None


def test_f103_a_text_that_is_too_long_is_cut_at_a_line() -> None:
    """The first lines stay, and they are what has to be heard."""
    words = "STOP.\n" + "💪 far too long\n" * 400
    cut = plainer.plain(words)
    assert cut.startswith("STOP.\n")
    assert len(cut.encode("utf-16-le")) // 2 <= 4096
    assert cut.endswith("far too long")
    assert plainer.plain("x" * 5000) == "x" * 4096
