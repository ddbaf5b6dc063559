"""What tells of an athlete is looked at once more as it leaves: an athlete's word wins (F139)."""

from datetime import timedelta

import pytest
from sqlmodel import Session as Db

from bot.charts.chart_data import SessionChart
from bot.coaching.messages import Album, File
from bot.protocol.report.period import PeriodChart, ReportPage
from bot.protocol.report.week_sheet import WeekSheet
from bot.store import people
from bot.store.tables import AssignmentRow, Role
from bot.telegram.renderer import Renderer
from telegram_sandbox import Call, Fault, Person
from testkit.virtual import MONDAY
from testkit.world import BotWorld, Dots
from tests.edge.test_pictures import days_of, person_id, sent

MARIA = "Maria Östlund"
ASKED = (
    "/athletes",
    "/athlete Maria",
    "/plan Maria hold=12",
    "/schedule Maria daily 08:00",
    "/pause Maria until Friday",
    "/unlock Maria",
    "/note Maria a longer stride",
    "/say Maria well done",
    "/summary now",
    "/report Maria",
    "/export Maria",
)
"""What a coach asks for."""


def end(world: BotWorld, *athletes: Person) -> None:
    """End what these athletes agreed to, as `/coach off` does, without a word to anybody."""

    def ended(db: Db) -> None:
        for athlete in athletes:
            me = people.by_telegram(db, athlete.id)
            assert me is not None
            for coach in people.with_role(db, Role.COACH):
                row = db.get(AssignmentRow, (me.id, coach.id))
                if row is not None:
                    row.ended_at = world.now
                    db.add(row)

    world.run(ended)


def learned(who: Person, since: int) -> str:
    """Return all that somebody was sent since so many messages: words, buttons, files."""
    told = [one for one in who.chat if one.from_bot][since:]
    words = [f"{one.text} {[b.label for row in one.buttons for b in row]}" for one in told]
    files = [one.document.data.decode("utf-8", "replace") for one in told if one.document]
    return "\n".join([*words, *files])


async def club(world: BotWorld) -> tuple[Person, Person, Person]:
    """Return a coach with two athletes, one of whom was stopped by pain this morning."""
    kim = world.coach("Kim")
    maria, anna = world.athlete(MARIA, coach=kim), world.athlete("Anna", coach=kim)
    await world.until(MONDAY + timedelta(minutes=30))
    await world.tap(maria, "Start")
    await world.tap(maria, "1")
    await world.passes(seconds=25)
    await world.tap(maria, "4")
    await world.until(MONDAY + timedelta(hours=12))
    return kim, maria, anna


@pytest.mark.parametrize("asked", ASKED)
async def test_f139_what_waits_for_its_turn_is_not_sent(world: BotWorld, asked: str) -> None:
    """Telegram lets the coach's chat wait; meanwhile the athlete stops sharing: no word of her."""
    kim, maria, _anna = await club(world)
    before = len([one for one in kim.chat if one.from_bot])
    fault = Fault(kind="429", chat_id=kim.id, retry_after=60, when=_no_toast)
    world.sandbox.faults.add(fault)
    await world.say(kim, asked)
    end(world, maria)
    await world.passes(minutes=5)
    assert "Maria" not in learned(kim, before).replace(asked, "")


def _no_toast(call: Call) -> bool:
    return call.method.startswith(("send", "edit"))


async def test_f139_what_waits_comes_if_she_goes_on_sharing(world: BotWorld) -> None:
    """The same wait, and nothing ended: the card comes."""
    kim, _maria, _anna = await club(world)
    before = len([one for one in kim.chat if one.from_bot])
    world.sandbox.faults.add(Fault(kind="429", chat_id=kim.id, retry_after=60, when=_no_toast))
    await world.say(kim, "/athlete Maria")
    await world.passes(minutes=5)
    assert MARIA in learned(kim, before)


class Ending(Dots):
    """A drawing process during whose work something ends."""

    def __init__(self, world: BotWorld, *athletes: Person) -> None:
        self._world = world
        self._athletes = athletes

    async def draw(self, data: SessionChart | PeriodChart) -> bytes:
        """Draw; meanwhile the athletes stop sharing."""
        end(self._world, *self._athletes)
        return await super().draw(data)

    async def print_page(self, page: ReportPage | WeekSheet) -> bytes:
        """Print; meanwhile the athletes stop sharing."""
        end(self._world, *self._athletes)
        return await super().print_page(page)


async def test_f139_a_page_that_is_being_printed_is_not_sent(world: BotWorld) -> None:
    """The consent ends while the page is printed."""
    kim = world.coach("Kim")
    maria = world.athlete(MARIA, coach=kim)
    world.sender._render = Renderer(world.store, Ending(world, maria))
    assert await sent(world, kim, File("holdfast-report", person_id(world, maria))) == []


async def test_f139_of_an_album_that_is_being_drawn_the_others_are_sent(world: BotWorld) -> None:
    """The consent of one of two ends meanwhile."""
    kim = world.coach("Kim")
    maria, anna = world.athlete(MARIA, coach=kim), world.athlete("Anna", coach=kim)
    world.sender._render = Renderer(world.store, Ending(world, maria))
    album = Album((days_of(world, maria), days_of(world, anna)))
    (picture,) = await sent(world, kim, album)
    assert picture.text.startswith("Anna · ")


async def test_f139_what_waits_for_the_pace_is_not_sent(world: BotWorld) -> None:
    """The picture is drawn, its place was given up, and the consent ends before the next one."""
    kim = world.coach("Kim")
    maria = world.athlete(MARIA, coach=kim)
    in_place = world.sender._carrier._in_place

    async def late(*given: object) -> object:
        end(world, maria)
        return await in_place(*given)  # type: ignore[arg-type]

    world.sender._carrier._in_place = late  # type: ignore[assignment, method-assign]
    assert await sent(world, kim, Album((days_of(world, maria),))) == []
    assert await sent(world, kim, File("holdfast-sessions", person_id(world, maria)), "file") == []


async def test_f139_a_coach_whose_word_cannot_be_passed_on_is_told(world: BotWorld) -> None:
    """The athlete stopped sharing before it left: nothing was sent, and that is said."""
    kim, maria, _anna = await club(world)
    world.sandbox.faults.add(Fault(kind="429", chat_id=maria.id, retry_after=60, when=_no_toast))
    await world.say(kim, "/say Maria how was the hill?")
    end(world, maria)
    await world.passes(minutes=5)
    assert "so nothing was sent" in world.heard(kim)[-1]
    assert not any("hill" in line for line in world.heard(maria))


async def test_f139_who_says_no_is_not_named(world: BotWorld) -> None:
    """The admin who asked hears who it was; the coach hears that somebody said no."""
    ada, kim = world.admin("Ada"), world.coach("Kim")
    maria = world.athlete(MARIA)
    await world.say(ada, "/assign Maria Kim")
    await world.tap(maria, "No")
    assert "Maria" in learned(ada, 0)
    assert "said no" in learned(kim, 0)
    assert "Maria" not in learned(kim, 0)


async def test_f139_a_yes_taken_back_before_the_coach_heard_of_it(world: BotWorld) -> None:
    """Neither the beginning nor the end is told: the coach learns no name."""
    ada, kim = world.admin("Ada"), world.coach("Kim")
    maria = world.athlete(MARIA)
    await world.say(ada, "/assign Maria Kim")
    world.sandbox.faults.add(Fault(kind="429", chat_id=kim.id, retry_after=60))
    await world.tap(maria, "Yes")
    await world.say(maria, "/coach off")
    await world.passes(minutes=5)
    assert "Maria" not in learned(kim, 0)
    assert "gets a message" not in world.heard(maria)[-1]


async def test_f139_status_is_for_who_is_an_admin_as_it_leaves(world: BotWorld) -> None:
    """An admin who is removed while /status waits gets none."""
    ada, ben = world.admin("Ada"), world.admin("Ben")
    await world.say(ben, "/help")
    before = len(ben.chat)
    world.sandbox.faults.add(Fault(kind="429", chat_id=ben.id, retry_after=60, when=_no_toast))
    await world.say(ben, "/status")
    await world.say(ada, "/remove Ben yes")
    await world.passes(minutes=5)
    assert not any("version" in one.text.lower() for one in ben.chat[before:] if one.from_bot)
