"""Pictures and pages on their way: real HTTP to the sandbox, dots where drawings would be."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlmodel import Session as Db

from bot.charts.chart_data import SessionChart
from bot.charts.worker import ChartError
from bot.coaching.messages import Album, File
from bot.conversation.message import Message
from bot.conversation.outgoing import post
from bot.protocol.report.period import Became, ChartDay, PeriodChart, ReportPage
from bot.protocol.report.week_sheet import WeekSheet
from bot.store import people
from bot.store.tables import AssignmentRow
from bot.telegram.renderer import Renderer
from telegram_sandbox import ChatMessage, Person
from testkit.world import DOT, BotWorld, Dots

pytestmark = pytest.mark.one_database("of what Telegram says")

NAMES = ("Maria", "Anna <b>", "Ben & Co")


class Failing(Dots):
    """A drawing process that fails for some athletes, and prints nothing."""

    def __init__(self, *names: str) -> None:
        self._names = names

    async def draw(self, data: SessionChart | PeriodChart) -> bytes:
        """Return a dot, or fail."""
        if isinstance(data, PeriodChart) and data.name in self._names:
            raise ChartError("Drawing took too long")
        return DOT

    async def print_page(self, _page: ReportPage | WeekSheet) -> bytes:
        """Fail."""
        raise ChartError("Drawing took too long")


def person_id(world: BotWorld, who: Person) -> int:
    """Return somebody's id in the database."""
    found = world.store.read_now(people.who_is, who.id).person_id
    assert found is not None
    return found


def days_of(world: BotWorld, who: Person, **values: object) -> PeriodChart:
    """Return a week in which an athlete did one session and missed another."""
    monday = date(2026, 11, 16)
    days = [ChartDay(day=monday + timedelta(days=n)) for n in range(7)]
    days[0] = replace(days[0], became=Became.DONE, first=3, last=1, worst=3)
    days[1] = replace(days[1], became=Became.MISSED)
    chart = PeriodChart(
        athlete_id=person_id(world, who), name=who.name, days=tuple(days), pain_limit=3
    )
    return replace(chart, **values)  # type: ignore[arg-type]


async def sent(
    world: BotWorld, who: Person, intent: Message, name: str = "test"
) -> list[ChatMessage]:
    """Send somebody a letter, and return what the bot's messages to them are."""
    world.store.write_now(post, who.id, intent, world.clock.now(), key=name)
    await world.settle()
    assert world.sandbox.refusals == []
    return [message for message in who.chat if message.from_bot]


def methods(world: BotWorld) -> list[str]:
    """Return the methods by which something was sent."""
    calls = [entry.method for entry in world.sandbox.log if entry.kind == "call"]
    return [method for method in calls if method.startswith("send")]


async def test_one_chart_is_a_photo(world: BotWorld) -> None:
    """One athlete's days are a silent photo that says whose they are, and what became of them."""
    coach = world.coach()
    maria = world.athlete(coach=coach)
    photo = (await sent(world, coach, Album((days_of(world, maria),))))[0]
    assert methods(world) == ["sendPhoto"]
    assert photo.photo == DOT
    assert photo.text == "Maria · 16–22 Nov 2026\nSessions: 1 done, 1 missed."
    assert world.rang(coach) == []


async def test_several_are_one_album(world: BotWorld) -> None:
    """Several athletes' days are one album; names are shown as they are, in order."""
    coach = world.coach()
    charts = [days_of(world, world.athlete(name, coach=coach)) for name in NAMES]
    album = await sent(world, coach, Album(tuple(charts)))
    assert set(methods(world)) == {"sendMediaGroup"}
    assert [message.photo for message in album] == [DOT] * 3
    assert [message.text for message in album] == [
        "16–22 Nov 2026, in order: Maria, Anna <b>, Ben & Co.",
        "",
        "",
    ]
    assert world.rang(coach) == []


@pytest.mark.parametrize(
    ("failing", "pictures", "words"),
    [
        (("Maria",), 2, "The picture of Maria could not be drawn."),
        (("Maria", "Ben & Co"), 1, "The pictures of Maria, Ben & Co could not be drawn."),
        (NAMES, 0, "The pictures of Maria, Anna <b>, Ben & Co could not be drawn."),
    ],
)
async def test_what_can_not_be_drawn_is_said(
    world: BotWorld, failing: tuple[str, ...], pictures: int, words: str
) -> None:
    """A drawing that fails costs its own picture alone, and its place is taken by a sentence."""
    coach = world.coach()
    charts = [days_of(world, world.athlete(name, coach=coach)) for name in NAMES]
    world.sender._render = Renderer(world.store, Failing(*failing))
    messages = await sent(world, coach, Album(tuple(charts)))
    assert sum(message.photo is not None for message in messages) == pictures
    assert words in messages[0].text


async def test_a_consent_that_ended_while_it_waited_wins(world: BotWorld) -> None:
    """No picture and no page of an athlete who withdrew, or of whom the coach knows nothing."""
    coach = world.coach()
    maria, anna = world.athlete("Maria", coach=coach), world.athlete("Anna", coach=coach)
    both = Album((days_of(world, maria), days_of(world, anna)))
    world.store.write_now(_withdraw, person_id(world, maria), person_id(world, coach))
    assert [one.text.partition(" ")[0] for one in await sent(world, coach, both)] == ["Anna"]
    await sent(world, coach, Album(both.charts[:1]), "maria")
    page = File("holdfast-report", person_id(world, maria))
    assert len(await sent(world, coach, page, "page")) == 1
    assert await sent(world, maria, Album(both.charts[1:]), "anna") == []


def _withdraw(db: Db, athlete_id: int, coach_id: int) -> None:
    found = db.get(AssignmentRow, (athlete_id, coach_id))
    assert found is not None
    found.consented_at = None
    db.add(found)


async def test_a_page_is_a_document(world: BotWorld) -> None:
    """A page comes as a PDF that says whom it is about; one that fails, as a sentence."""
    coach = world.coach()
    maria = world.athlete(coach=coach)
    page = File("holdfast-report", person_id(world, maria))
    document = (await sent(world, coach, page))[0]
    assert document.document is not None
    assert document.document.name == f"holdfast-report-Maria-{person_id(world, maria)}.pdf"
    assert document.text.startswith("Maria")
    world.sender._render = Renderer(world.store, Failing())
    failed = (await sent(world, coach, page, "again"))[-1]
    assert failed.text.startswith("The page could not be printed: Maria")
