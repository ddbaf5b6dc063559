"""The whole job by the real program, once."""

from datetime import timedelta

from bot.protocol.session.state import Outcome
from bot.store.tables import OccurrenceState
from tests.process.running import ADMIN, DOSE, STEP_S, Place

EARLY_S, LATE_S = 0.2, 1.5
"""How far a RELEASE may be from its planned second."""


async def test_a_session_from_its_reminder_to_its_end(studio: Place) -> None:
    """A reminder comes once, cues come in time, every reply is answered, nothing is left over."""
    maria = studio.enrol("Maria", ago=-timedelta(seconds=4))
    bot = await studio.runs()
    await studio.hears(maria, "time for your holds")
    maria.tap("Start")
    await studio.hears(maria, "right now?")
    maria.tap("2")
    await studio.hears(maria, "RELEASE · 1 of 2")
    maria.tap("2")
    await studio.hears(maria, "RELEASE · 2 of 2")
    maria.tap("1")
    await studio.hears(maria, "2 of 2 holds")
    await studio.sandbox.log.wait_for(lambda e: e.method == "sendPhoto", after=0, timeout=30)

    assert len(studio.heard(maria, "time for your holds")) == 1
    assert studio.cues(maria) == ["HOLD 1", "RELEASE 1", "HOLD 2", "RELEASE 2"]
    await studio.sandbox.log.wait_for(lambda _: not maria.queries, after=0, timeout=STEP_S)
    assert [toast.text for toast in maria.toasts] == [f"Pain {n} – saved." for n in (2, 2, 1)]
    assert studio.sandbox.refusals == []
    for number in (1, 2):
        begun, ended = (
            next(e.at for e in studio.sent(maria) if e.text.startswith(f"{verb} {number} of"))
            for verb in ("HOLD", "RELEASE ·")
        )
        assert -EARLY_S <= (ended - begun).total_seconds() - DOSE.hold_s <= LATE_S
    assert studio.newest(maria).value.outcome is Outcome.LESSENING
    assert studio.occurrences(maria)[0].state == OccurrenceState.STARTED

    code, stats = await studio.finishes("stats")
    rows = {words[0]: words[1:] for line in stats.out if (words := line.split())}
    assert code == 0
    assert (rows["Hold"][0], rows["Release"][0]) == ("2", "2")
    assert float(rows["Hold"][3]) < LATE_S
    assert float(rows["Release"][3]) < LATE_S
    assert "Waiting: 0" in stats.out

    assert await bot.terminated() == 0
    assert jobs(await bot.logs("clock_started")) in {2, 3}  # the alarm may stand already
    assert jobs(await bot.logs("clock_stopped")) <= 3


def jobs(line: str) -> int:
    """Return how many jobs a log line counts."""
    return int(line.partition(" jobs=")[2].split()[0])


async def test_the_first_admin_joins_by_what_the_terminal_shows(place: Place) -> None:
    """Without an admin the start prints a link, not in the log; the next one prints another."""
    links = []
    for _ in range(2):
        bot = await place.runs(BOT_ACCESS__ADMINS=None)
        assert bot.out[0].startswith("The bot is https://t.me/")
        links.append(bot.out[1].rpartition(" ")[2])
        assert not any("start=" in line for line in bot.err)
        await bot.terminated()
    bot = await place.runs(BOT_ACCESS__ADMINS=None)
    newest = bot.out[1].rpartition("start=")[2]
    kim = place.sandbox.person("Kim", id=ADMIN + 1)
    for link in links:
        kim.say(f"/start {link.rpartition('start=')[2]}")
    await place.hears(kim, "has been used or has expired")
    kim.say(f"/start {newest}")
    await place.hears(kim, "You are now an admin here")
    await bot.terminated()
    bot = await place.runs(BOT_ACCESS__ADMINS=None)
    assert len(bot.out) == 1
