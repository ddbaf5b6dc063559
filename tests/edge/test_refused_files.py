"""F104: a file, a picture or an album that does not get through; F105: whose it is."""

from datetime import timedelta

import pytest

from bot.coaching.messages import Album, File
from bot.conversation.outgoing import post
from bot.store.tables import OccurrenceRow, OccurrenceState
from telegram_sandbox import Call, Fault, FaultKind, Person
from testkit.world import BotWorld
from tests.edge.test_pictures import days_of, person_id

pytestmark = pytest.mark.one_database("of what Telegram says")

REFUSALS = {
    "400": Fault(
        FaultKind.REFUSED, status=400, description="Bad Request: PHOTO_INVALID", times=None
    ),
    "413": Fault(FaultKind.REFUSED, status=413, description="Request Entity Too Large", times=None),
    "413 as a page": Fault(
        FaultKind.SERVER_ERROR,
        status=413,
        description="Request Entity Too Large",
        html=True,
        times=None,
    ),
}
LOST = {
    "before": Fault(FaultKind.RESET, times=None),
    "after": Fault(FaultKind.RESET_AFTER, times=None),
    "no answer": Fault(FaultKind.HANG_BEFORE, times=None, seconds=0.0),
}
UPLOADS = ("sendPhoto", "sendDocument", "sendMediaGroup")


def strikes(world: BotWorld, fault: Fault, *methods: str) -> None:
    """Let this happen to every call of these methods."""
    for method in methods:
        world.sandbox.faults.add(
            Fault(
                fault.kind,
                method=method,
                status=fault.status,
                description=fault.description,
                html=fault.html,
                seconds=fault.seconds,
                times=None,
            )
        )


async def given(world: BotWorld, who: Person, intent: Album | File) -> None:
    """Send somebody a file or pictures, as the outbox does."""
    world.run(post, who.id, intent, world.now, key="given")
    await world.settle()
    await world.passes(minutes=5)


def missed_a_day(world: BotWorld, athlete_id: int) -> None:
    """Let an athlete have missed a day last week: without any day there is no picture."""
    planned_at = world.now - timedelta(days=6)
    row = OccurrenceRow(
        athlete_id=athlete_id,
        local_date=planned_at.date(),
        slot=0,
        planned_at=planned_at,
        state=OccurrenceState.MISSED,
    )
    world.run(lambda db: db.add(row))


def count(world: BotWorld, method: str) -> int:
    """Count the calls of a method, refused ones too."""
    return sum(entry.method == method for entry in world.sandbox.log)


@pytest.mark.parametrize("name", [*REFUSALS, *LOST])
@pytest.mark.parametrize("what", ["holdfast-report", "holdfast-sessions", "holdfast-export"])
async def test_f104_a_file_that_does_not_come_is_told(
    world: BotWorld, name: str, what: str
) -> None:
    """One sentence says which, and how to ask again; the button asks again, and then it comes."""
    coach, admin = world.coach(), world.admin()
    maria = world.athlete(coach=coach)
    strikes(world, {**REFUSALS, **LOST}[name], *UPLOADS)
    await given(world, coach, File(what, person_id(world, maria)))
    (told,) = [one for one in coach.chat if one.from_bot and not one.document]
    assert "Maria" in told.text
    command = "/report Maria" if what == "holdfast-report" else "/export Maria"
    assert told.text.endswith(f"To get it, send {command}.")
    assert ("may not have arrived" in told.text) is (name in LOST)
    assert ("could not be sent" in told.text) is (name in REFUSALS)
    assert count(world, "sendDocument") == (2 if name in LOST else 1)
    assert len(world.heard(admin)) == (0 if name in LOST else 1)
    world.sandbox.faults.clear()
    await world.tap(coach, "Send it again")
    assert coach.last.document is not None


@pytest.mark.parametrize("name", ["400", "after"])
async def test_f104_a_file_about_all_athletes_is_told(world: BotWorld, name: str) -> None:
    """Under the summary it is a tap away once more; /summary brings that."""
    coach = world.coach()
    missed_a_day(world, person_id(world, world.athlete(coach=coach)))
    await world.say(coach, "/summary now")
    strikes(world, {**REFUSALS, **LOST}[name], *UPLOADS)
    await world.tap(coach, "CSV of all")
    await world.passes(minutes=5)
    assert coach.last.text.startswith("The file about all your athletes ")
    assert coach.last.text.endswith("To get it, send /summary.")


@pytest.mark.parametrize("name", [*REFUSALS, *LOST])
async def test_f104_ones_own_export_is_told_as_well(world: BotWorld, name: str) -> None:
    """The athlete asks for all data and is told how to get it."""
    maria = world.athlete()
    strikes(world, {**REFUSALS, **LOST}[name], *UPLOADS)
    await world.say(maria, "/export")
    await world.passes(minutes=5)
    assert maria.last.text.startswith("The file with your data ")
    assert maria.last.text.endswith("To get it, send /export.")
    world.sandbox.faults.clear()
    await world.tap(maria, "Send it again")
    assert maria.last.document is not None
    assert maria.last.document.name == "holdfast-export.json"


@pytest.mark.parametrize("name", [*REFUSALS, *LOST])
async def test_f104_an_album_goes_picture_by_picture(world: BotWorld, name: str) -> None:
    """Refused as an album, each picture comes alone, with its own caption; nothing is said."""
    coach, admin = world.coach(), world.admin()
    charts = [days_of(world, world.athlete(who, coach=coach)) for who in ("Maria", "Jonas", "Eva")]
    strikes(world, {**REFUSALS, **LOST}[name], "sendMediaGroup")
    await given(world, coach, Album(tuple(charts)))
    alone = [one for one in coach.chat if one.photo and one.text]
    assert [one.text.partition(" ")[0] for one in alone][-3:] == ["Maria", "Jonas", "Eva"]
    assert not any("picture of" in one.text for one in coach.chat)
    assert world.heard(admin) == []


@pytest.mark.parametrize("name", [*REFUSALS, *LOST])
async def test_f104_a_picture_that_is_refused_alone_is_told(world: BotWorld, name: str) -> None:
    """Of an album whose second picture nobody takes, the others come and that one is told."""
    coach = world.coach()
    charts = [days_of(world, world.athlete(who, coach=coach)) for who in ("Maria", "Jonas", "Eva")]
    missed_a_day(world, charts[1].athlete_id)
    strikes(world, {**REFUSALS, **LOST}[name], "sendMediaGroup")

    def of_jonas(call: Call) -> bool:
        return "Jonas" in str(call.params.get("caption"))

    fault = {**REFUSALS, **LOST}[name]
    world.sandbox.faults.add(
        Fault(
            fault.kind,
            method="sendPhoto",
            status=fault.status,
            description=fault.description,
            html=fault.html,
            seconds=fault.seconds,
            times=None,
            when=of_jonas,
        )
    )
    await given(world, coach, Album(tuple(charts)))
    told = [one for one in coach.chat if one.text.startswith("The picture of ")]
    assert len(told) == 1
    assert told[0].text.startswith("The picture of Jonas ")
    assert told[0].text.endswith("To get it, send /athlete Jonas.")
    world.sandbox.faults.clear()
    await world.tap(coach, "Send it again")
    assert coach.last.photo is not None


@pytest.mark.parametrize("name", [*REFUSALS, *LOST])
async def test_f104_a_sessions_picture_that_does_not_come(world: BotWorld, name: str) -> None:
    """The athlete hears that the answers are saved, and where to see them."""
    maria = world.athlete()
    strikes(world, {**REFUSALS, **LOST}[name], "sendPhoto")
    await world.say(maria, "/session")
    await world.tap(maria, "1")
    await world.passes(seconds=21)
    await world.tap(maria, "2")
    await world.say(maria, "stop")
    await world.tap(maria, "Tired")
    await world.passes(minutes=5)
    told = [one for one in maria.chat if one.text.startswith("The picture of your session (")]
    assert len(told) == 1
    assert told[0].text.endswith("Your answers are saved: send /history to see them.")


async def test_f104_a_connection_that_comes_back_brings_it(world: BotWorld) -> None:
    """Refused connections are waited out: the file comes, and nothing is said."""
    coach = world.coach()
    maria = world.athlete(coach=coach)
    world.sandbox.faults.add(Fault(FaultKind.RESET, method="sendDocument", times=1))
    await given(world, coach, File("holdfast-report", person_id(world, maria)))
    assert [bool(one.document) for one in coach.chat if one.from_bot] == [True]


async def test_f104_nothing_is_said_of_whom_nothing_may_be_said(world: BotWorld) -> None:
    """A consent that ended meanwhile: no file, and no sentence that names the athlete."""
    coach, other = world.coach(), world.coach("Other")
    maria = world.athlete(coach=other)
    strikes(world, REFUSALS["400"], *UPLOADS)
    await given(world, coach, Album((days_of(world, maria),)))
    assert [one for one in coach.chat if one.from_bot] == []


async def test_f104_who_blocked_the_bot_is_told_nothing(world: BotWorld) -> None:
    """There is nobody to tell it to."""
    coach = world.coach()
    maria = world.athlete(coach=coach)
    coach.block()
    await given(world, coach, File("holdfast-report", person_id(world, maria)))
    assert [one for one in coach.chat if one.from_bot] == []


@pytest.mark.parametrize(
    ("name", "said", "file"),
    [("สมชาย", "สมชาย", "สมชาย"), ("🌸", "🌸", "athlete"), ("\u3164", "Athlete {}", "Athlete")],
)
async def test_f105_a_file_says_whose_it_is(
    world: BotWorld, name: str, said: str, file: str
) -> None:
    """By its name and by its caption, in letters of any language; or by the athlete's number."""
    coach = world.coach()
    someone = world.athlete(name, coach=coach)
    number = person_id(world, someone)
    for what in ("holdfast-report", "holdfast-sessions", "holdfast-export"):
        world.run(post, coach.id, File(what, number), world.now, key=what)
    await world.settle()
    sent = [one for one in coach.chat if one.from_bot]
    assert [one.document.name.partition(".")[0] for one in sent if one.document] == [
        f"{what}-{file}-{number}"
        for what in ("holdfast-report", "holdfast-sessions", "holdfast-export")
    ]
    assert {one.text.partition("\n")[0] for one in sent} == {said.format(number)}


@pytest.mark.parametrize("method", ["sendPhoto", "sendDocument"])
async def test_f104_what_telegram_does_not_take_for_hours_is_told(
    world: BotWorld, method: str
) -> None:
    """Out of order for three hours: it is tried until then and no longer, and one sentence says."""
    coach = world.coach()
    maria = world.athlete(coach=coach)
    strikes(world, Fault(FaultKind.SERVER_ERROR, status=502), method)
    days = Album((days_of(world, maria),))
    intent = days if method == "sendPhoto" else File("holdfast-report", person_id(world, maria))
    await given(world, coach, intent)
    world.later(hours=2.9)
    await world.settle()
    assert [one for one in coach.chat if one.from_bot] == []
    await world.passes(hours=0.1)
    (told,) = [one for one in coach.chat if one.from_bot]
    assert "Maria may not have arrived: Telegram did not confirm it." in told.text
    calls = count(world, method)
    world.later(hours=6)
    await world.settle()
    assert count(world, method) == calls


@pytest.mark.parametrize(
    ("fault", "repeats"),
    [(REFUSALS["400"], False), (LOST["after"], True), (LOST["before"], True)],
)
async def test_f104_pictures_that_may_be_there_say_so(
    world: BotWorld,
    fault: Fault,
    repeats: bool,  # noqa: FBT001 - drawn
) -> None:
    """Where the album's answer was lost, each picture says so; where it was refused, none."""
    coach = world.coach()
    charts = [days_of(world, world.athlete(who, coach=coach)) for who in ("Maria", "Eva")]
    strikes(world, fault, "sendMediaGroup")
    await given(world, coach, Album(tuple(charts)))
    alone = [one.text for one in coach.chat if one.photo][-2:]
    said = "\nIt may be here twice: Telegram did not confirm the first one."
    assert [text.endswith(said) for text in alone] == [repeats, repeats]
