"""Watches' files sent into the chat: fetched, read, stored once, and each failure told."""

import gzip
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlmodel import col, select

from bot.protocol.dose.dose import Dose
from bot.store import load as rows_of
from bot.store.tables import LoadEntryRow, SessionRow, WatchFileRow
from telegram_sandbox import Fault, FaultKind, Person
from testkit.world import BotWorld
from tests.watches.samples import START, file_id, fit, gpx, run, session, tcx

SHORT = Dose(hold_s=10, holds=2, rest_s=20)


def entries(world: BotWorld) -> list[tuple[Any, ...]]:
    """Return the entries that stand."""
    query = select(LoadEntryRow).where(col(LoadEntryRow.gone).is_(False))
    return world.read(
        lambda db: [
            (f"{row.local_date:%d %b}", row.kind, row.minutes, row.effort, row.metres, row.climb_m)
            for row in db.exec(query.order_by(col(LoadEntryRow.id)))
        ]
    )


@pytest.fixture
def maria(world: BotWorld) -> Person:
    """Maria, on the Tuesday after the run of the samples, at half past seven in Berlin."""
    world.now = START + timedelta(hours=14)
    return world.athlete(dose=SHORT)


async def send(world: BotWorld, who: Person, name: str, data: bytes, caption: str = "") -> str:
    """Send a file, and let everything happen; return the newest message."""
    who.send_document(name, data, caption=caption)
    await world.settle()
    return who.last.text


async def test_f162_the_same_run_in_three_formats_is_stored_once(
    world: BotWorld, maria: Person
) -> None:
    """FIT, GPX, TCX, packed or not; one tap for the effort, one for the hills."""
    said = await send(world, maria, "Run.FIT", run())
    assert said.startswith("Saved for yesterday: run, 40 min, effort not known, 8.0 km, 120 m up.")
    for name, data in (
        ("again.fit", run()),
        ("run.gpx", gpx()),
        ("run.tcx.gz", gzip.compress(tcx())),
    ):
        said = await send(world, maria, name, data)
        assert said.startswith("Saved already for yesterday: run, 40 min"), name
    await world.tap(maria, "4")
    await world.tap(maria, "Hills")
    assert entries(world) == [("23 Nov", "run", 40, 4, 8_000, 120)]
    assert world.count(WatchFileRow) == 0


async def test_what_was_noted_by_hand_may_be_the_same(world: BotWorld, maria: Person) -> None:
    """It is asked; one tap, and the effort that was typed stays with the file's metres."""
    await world.say(maria, "run 42 6 hills yesterday")
    said = await send(world, maria, "run.fit", run())
    assert "You noted something similar for that day yourself." in said
    assert len(entries(world)) == 2
    await world.tap(maria, "It is the same one")
    assert entries(world) == [("23 Nov", "run", 40, 6, 8_000, 120)]
    assert "hills" in maria.last.text


async def test_several_outings_in_one_file(world: BotWorld, maria: Person) -> None:
    """Each is saved and told."""
    data = fit(file_id(), session(START, 1_500, 5), session(START + timedelta(hours=1), 2_400, 2))
    await send(world, maria, "tri.fit", data)
    assert [one[1:3] for one in entries(world)] == [("swim", 25), ("bike", 40)]
    await send(world, maria, "tri.fit", data)
    assert len(entries(world)) == 2


async def test_a_file_without_a_usable_time(world: BotWorld, maria: Person) -> None:
    """The day is asked for; the same file again is known by what is in it."""
    data = fit(file_id(), session(12_345))
    said = await send(world, maria, "run.fit", data)
    assert said == "Run, 40 min: the file does not say when. Which day was it?"
    assert entries(world) == []
    await world.tap(maria, "Yesterday")
    assert entries(world) == [("23 Nov", "run", 40, None, 8_000, 120)]
    assert (await send(world, maria, "run.fit", data)).startswith("Saved already for yesterday")
    ahead = run(START + timedelta(days=40))
    assert "the file does not say when" in await send(world, maria, "run.fit", ahead)


@pytest.mark.parametrize(
    ("name", "data", "said"),
    [
        ("a.fit", b"no watch", "I cannot read this file."),
        ("a.fit", fit(file_id(5)), "This file holds no run or other sport"),
        ("a.gpx", gpx(None), "This file has no times"),
        ("a.zip", b"PK\x03\x04 broken", "This file is broken"),
        (
            "a.fit",
            run(START - timedelta(days=30)),
            "This file is of Sat 24 Oct: run, 40 min, effort not known, 8.0 km, 120 m up. Only",
        ),
    ],
)
async def test_f163_what_cannot_be_kept(
    world: BotWorld, maria: Person, name: str, data: bytes, said: str
) -> None:
    """One sentence, and nothing is saved."""
    told = await send(world, maria, name, data)
    assert told.startswith(said)
    assert told.endswith("Nothing was saved.")
    assert entries(world) == []
    assert world.count(WatchFileRow) == 0


async def test_f163_an_odd_file_holds_up_nobody(
    world: BotWorld, maria: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What cannot be believed is left out; what cannot be stored is told, and the next is read."""
    odd = gpx().replace(b"<ele>100</ele>", b"<ele>0</ele>").replace(b">110<", b">1e30<")
    assert "40 min" in await send(world, maria, "odd.gpx", odd)
    assert entries(world)[0][-1] is None
    keep = rows_of.keep

    def fails(db: Any, athlete_id: int, entry: Any, *rest: Any, **more: Any) -> Any:
        if entry.kind == "swim":
            raise OverflowError("too large for a database")
        return keep(db, athlete_id, entry, *rest, **more)

    monkeypatch.setattr(rows_of, "keep", fails)
    maria.send_document("swim.fit", fit(file_id(), session(START, 900, 5)))
    maria.send_document("run.fit", run(START + timedelta(hours=2)))
    await world.settle()
    assert any("This file is broken" in message.text for message in maria.chat)
    assert [one[1] for one in entries(world)] == ["run", "run"]
    assert world.count(WatchFileRow) == 0


async def test_f165_whatever_goes_wrong_in_fetching(
    world: BotWorld, maria: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is tried again later, and the others' files do not wait for it."""

    async def fails(_file_id: str) -> bytes:
        raise ValueError("no address")

    monkeypatch.setattr(world.files, "_fetch", fails)
    maria.send_document("run.fit", run())
    await world.settle()
    assert world.count(WatchFileRow, col(WatchFileRow.tries) == 1) == 1


async def test_a_file_that_is_too_large_is_told_at_once(world: BotWorld, maria: Person) -> None:
    """Telegram hands no such file over."""
    told = await send(world, maria, "a.fit", bytes(20 * 1024 * 1024 + 1))
    assert told.startswith("This file is too large: 20 MB at most")


async def test_f165_telegram_is_out_of_reach_for_a_while(world: BotWorld, maria: Person) -> None:
    """It is tried again; at last it is told."""
    world.sandbox.faults.add(Fault(FaultKind.SERVER_ERROR, method="getFile", times=2))
    maria.send_document("run.fit", run())
    await world.settle()
    assert entries(world) == []
    await world.passes(minutes=8)
    await look(world)
    await world.passes(minutes=8)
    await look(world)
    assert len(entries(world)) == 1
    world.sandbox.faults.add(Fault(FaultKind.SERVER_ERROR, method="getFile", times=None))
    await send(world, maria, "swim.fit", fit(file_id(), session(START, 900, 5)))
    for _ in range(5):
        await world.passes(hours=1)
        await look(world)
    assert maria.last.text == (
        "I could not get this file from Telegram. Please send it again.\nNothing was saved."
    )


async def look(world: BotWorld) -> None:
    """Let the bot look for files, and send what follows."""
    await world.files.step()
    await world.settle()


async def test_f165_a_restart_reads_what_waits(world: BotWorld, maria: Person) -> None:
    """A file that was received is read after it."""
    maria.send_document("run.fit", run())
    await world.poller.step(0)
    await world.inbox.step()
    await world.inbox.settled()
    assert world.count(WatchFileRow) == 1
    await world.restart()
    await world.settle()
    assert len(entries(world)) == 1


async def test_f165_in_a_session_it_breaks_the_hold_off_and_is_read_later(
    world: BotWorld, maria: Person
) -> None:
    """Nothing goes round what a session does with words it does not understand."""
    await world.say(maria, "/session")
    await world.tap(maria, "1")
    await world.passes(seconds=12)
    await send(world, maria, "run.fit", run())
    assert world.newest(maria).value.phase == "interrupted"
    assert entries(world) == []
    await world.say(maria, "stop")
    await world.tap(maria, "Tired")
    assert world.count(SessionRow, col(SessionRow.phase) == "closed") == 1
    await look(world)
    assert len(entries(world)) == 1


async def test_words_beside_a_file_are_heard(world: BotWorld, maria: Person) -> None:
    """A warning sign in the caption is not passed over."""
    await send(world, maria, "run.fit", run(), "my leg was numb afterwards")
    assert len(entries(world)) == 1
    assert any("numb" in message.text for message in maria.chat if message.from_bot)


async def test_other_files_and_other_people(world: BotWorld, maria: Person) -> None:
    """A picture's file is offered as before; a coach has no diary."""
    await send(world, maria, "plan.pdf", b"%PDF-1.7")
    coach = world.coach()
    await send(world, coach, "run.fit", run())
    assert world.count(WatchFileRow) == 0
    assert entries(world) == []


async def test_f166_shortly_before_midnight_near_a_change_of_zone(world: BotWorld) -> None:
    """23:50 in Berlin is 07:50 of the next day in Tokyo: the athlete's own clock counts."""
    late = datetime.fromisoformat("2026-11-23T22:50:00+00:00")
    world.now = late + timedelta(hours=2)
    berlin, tokyo = world.athlete("Ana"), world.athlete("Bo", zone="Asia/Tokyo")
    await send(world, berlin, "run.fit", run(late))
    await send(world, tokyo, "run.fit", run(late))
    assert [one[0] for one in entries(world)] == ["23 Nov", "24 Nov"]
    assert "Saved for today" in tokyo.last.text


async def test_f166_a_file_of_the_night(world: BotWorld) -> None:
    """Until four in the morning it is the day before, as for a line that is typed."""
    night = datetime.fromisoformat("2026-11-24T01:10:00+00:00")  # 02:10 in Berlin
    world.now = night + timedelta(hours=9)
    maria = world.athlete("Ana")
    await send(world, maria, "run.fit", run(night))
    assert [one[0] for one in entries(world)] == ["23 Nov"]
