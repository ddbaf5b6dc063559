"""The installation as an admin sees it, and what nobody else does."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pytest

from bot.accounts.people import bootstrap
from bot.operations import menus, rate_limit
from bot.operations.backup_job import Backups
from bot.operations.backups import Copied
from bot.protocol.dose.dose import Dose
from bot.protocol.session.state import Phase
from bot.store import backup, people
from bot.telegram.menu import edition, publish_menu
from telegram_sandbox import Person
from telegram_sandbox.views import person as seen
from testkit.world import BotWorld


def menu_of(world: BotWorld, who: Person) -> set[str]:
    """Return the commands that a person's menu shows."""
    return {one["command"] for one in seen(world.sandbox, who)["commands"]}


def token_of(admin: Person) -> str:
    """Return the token of the link that an admin was just given."""
    return admin.last.text.partition("start=")[2].split()[0]


async def test_status_is_refreshed_in_place(world: BotWorld) -> None:
    """The button rewrites the message; nobody else has the command or the button."""
    admin, coach, maria = world.admin(), world.coach(), world.athlete()
    await world.say(admin, "/status")
    assert admin.last.text.startswith("Status at ")
    status = admin.last
    await world.passes(90)
    await world.tap(admin, "Refresh", status)
    assert admin.last.id == status.id
    assert admin.last.text.splitlines()[0] != status.text.splitlines()[0]
    for other in (coach, maria, world.person("Stranger")):
        await world.say(other, "/status")
        before = other.last
        other.press("1:c:status:", before)
        other.press("1:c:backup:", before)
        await world.settle()
        assert not any(told.startswith(("Status at", "Making")) for told in world.heard(other))


@pytest.mark.one_database("a server is backed up elsewhere")
async def test_a_backup_is_asked_for_and_told(world: BotWorld, tmp_path: Path) -> None:
    """At once that it begins; when it is made the same message says so."""

    def copy(now: datetime, stopped: Callable[[], bool]) -> Copied:
        return backup.make(world.url, tmp_path / "backups", now, 3, stopped)

    admin = world.admin()
    await world.say(admin, "/backup")
    begun = admin.last
    assert begun.text == "Making a backup …"
    assert await Backups(world.store, world.clock, copy, None).step()
    await world.settle()
    assert admin.last.id == begun.id
    assert admin.last.text.startswith("Backup done: ")
    assert len(list((tmp_path / "backups").iterdir())) == 1


async def test_each_has_the_menu_of_their_roles(world: BotWorld) -> None:
    """Staff at the start and when they join; an athlete and a stranger see nothing of theirs."""
    admin, coach, maria = world.admin(), world.coach(), world.athlete()
    await publish_menu(world.bot)
    await world.store.write(menus.start, edition(), world.clock.now())
    await world.settle()
    assert {"status", "backup", "invite", "help"} <= menu_of(world, admin)
    assert "session" not in menu_of(world, admin)
    assert {"unlock", "zone"} <= menu_of(world, coach)
    assert "status" not in menu_of(world, coach)
    stranger = world.person("Stranger")
    assert menu_of(world, maria) == menu_of(world, stranger)
    assert {"session", "help"} <= menu_of(world, maria)
    assert menu_of(world, maria) & {"status", "unlock", "invite", "zone"} == set()
    await world.say(admin, "/invite coach Lou")
    token = next(word for word in admin.last.text.split() if "start=" in word).partition("start=")[
        2
    ]
    lou = world.person("lou")
    await world.say(lou, f"/start {token}")
    assert "zone" in menu_of(world, lou)


async def test_a_menu_for_a_chat_that_never_began_does_no_harm(world: BotWorld) -> None:
    """An admin named in the settings who has not written yet is not unreachable for that."""
    await world.store.write(bootstrap.ensure, [424_242], world.clock.now())
    await world.store.write(menus.start, edition(), world.clock.now())
    await world.settle()
    admin = world.store.read_now(people.by_telegram, 424_242)
    assert admin is not None
    assert admin.unreachable_since is None
    await world.passes(1)
    ada = world.sandbox.person("Ada", id=424_242)
    await world.say(ada, "/start")
    assert "status" in menu_of(world, ada)


async def test_a_new_coach_tells_the_city(world: BotWorld) -> None:
    """Asked with the welcome, typed, confirmed by a tap; the times told are on that clock."""
    admin = world.admin()
    await world.say(admin, "/invite coach Lou")
    token = next(word for word in admin.last.text.split() if "start=" in word).partition("start=")[
        2
    ]
    lou = world.person("lou")
    await world.say(lou, f"/start {token}")
    assert "Where do you live?" in lou.last.text
    await world.say(lou, "Lisbon")
    assert "Europe/Lisbon" in lou.last.text
    await world.tap(lou, "Yes")
    assert "Your clock is Europe/Lisbon now: it is 06:00" in lou.last.text
    await world.tap(lou, "Change back")
    assert "Your clock is UTC now" in lou.last.text
    await world.say(lou, "/zone New York")
    await world.tap(lou, "Yes")
    await world.say(lou, "/zone")
    await world.tap(lou, "🕑 Pick by local time")
    assert "America/New_York" not in lou.last.text


async def test_f90_a_country_stands_for_its_zones(world: BotWorld) -> None:
    """One zone is offered; several are listed, and a choice of them needs no second yes."""
    coach = world.coach("Kim")
    await world.say(coach, "/zone India")
    assert "Asia/Kolkata" in coach.last.text
    await world.tap(coach, "Yes")
    await world.say(coach, "/zone Georgia")
    assert "Which of these" in coach.last.text
    await world.say(coach, "tbilisi")
    assert "Your clock is Asia/Tbilisi now" in coach.last.text
    await world.say(coach, "/zone Berlin")
    assert "Europe/Berlin" in coach.last.text
    assert "Which of these" not in coach.last.text


async def test_f90_a_short_name_of_clocks_is_refused_wherever_a_place_is_taken(
    world: BotWorld,
) -> None:
    """With places to choose from: after /zone, in the settings, in a schedule."""
    coach = world.coach("Kim")
    maria = world.athlete("Maria", coach=coach)
    await world.say(coach, "/zone IST")
    assert "“IST” is a fixed offset" in coach.last.text
    await world.tap(coach, "Kolkata (Asia), 11:30")
    assert "Your clock is Asia/Kolkata now" in coach.last.text
    await world.say(coach, "/schedule Maria mon 07:30 JST")
    assert "“JST” is a fixed offset" in coach.last.text
    await world.say(maria, "/settings")
    await world.tap(maria, "Change zone")
    await world.say(maria, "IST")
    assert "“IST” is a fixed offset" in maria.last.text
    assert "Istanbul" not in maria.last.text


async def test_f90_a_schedule_takes_a_place(world: BotWorld) -> None:
    """A city, or a country of one zone; of several the coach chooses, typed as well."""
    coach = world.coach("Kim")
    maria = world.athlete("Maria", coach=coach)
    await world.say(coach, "/schedule Maria mon-fri 07:30 New York")
    assert "Europe/Berlin → America/New_York" in coach.last.text
    await world.say(coach, "/schedule Maria 08:00 India")
    assert "America/New_York → Asia/Kolkata" in coach.last.text
    await world.say(coach, "/schedule Maria Portugal")
    assert "several clocks" in coach.last.text
    await world.say(coach, "funchal")
    assert "Asia/Kolkata → Atlantic/Madeira" in coach.last.text
    assert "zone Asia/Kolkata → Atlantic/Madeira" in maria.last.text


async def test_a_number_is_no_city(world: BotWorld) -> None:
    """A part of Helsinki is called "11" too; nobody who is asked for a city means that."""
    coach = world.coach("Kim")
    await world.say(coach, "/zone")
    await world.say(coach, "11")
    assert "“11” is a fixed offset" in coach.last.text
    assert "Helsinki" not in coach.last.text


async def test_f68_one_word_and_then_silence(
    world: BotWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever floods is told once; pain still counts; others, and a minute later all, are heard."""
    monkeypatch.setattr(rate_limit, "EACH", 3)
    maria, jonas = world.athlete("Maria"), world.athlete("Jonas")
    await world.settle()
    for _ in range(8):
        maria.say("/next")
    await world.settle()
    told = [one.partition(",")[0] for one in world.heard(maria)]
    assert told[3:] == ["That is a lot at once"]
    assert set(told[:3]) == {"Next session: today 07:30 (Europe/Berlin time)."}
    await world.say(jonas, "/next")
    assert len(world.heard(jonas)) == 1
    await world.say(maria, "/pain 2")
    assert "Saved: pain 2" in maria.last.text
    await world.say(maria, "/session")
    assert "Saved: pain 2" in maria.last.text
    await world.passes(61)
    await world.say(maria, "/session")
    assert world.newest(maria).value.phase is Phase.ASKED_BEFORE


async def test_f68_a_live_session_is_never_limited(
    world: BotWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Answers and STOP count however much was sent before; a restart forgets nothing of it."""
    monkeypatch.setattr(rate_limit, "EACH", 3)
    maria = world.athlete(dose=Dose(hold_s=10, holds=3, rest_s=20))
    await world.say(maria, "/session")
    question = maria.last
    for _ in range(6):
        maria.say("hm")
    await world.settle()
    await world.restart()
    await world.settle()
    await world.tap(maria, "1", question)
    assert world.newest(maria).value.phase is Phase.GET_SET
    await world.say(maria, "stop")
    assert world.newest(maria).value.phase is Phase.ASKED_REASON
