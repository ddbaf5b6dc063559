"""Messages on their way when Telegram refuses, delays, hangs or loses them."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlmodel import Session as Db
from sqlmodel import col, select

from bot.protocol.dose.dose import Dose
from bot.protocol.session.state import Outcome, Phase
from bot.store import people
from bot.store.tables import OccurrenceRow, OutboxRow
from telegram_sandbox import Call, Fault, Person
from testkit.virtual import MONDAY
from testkit.world import BotWorld

HALF_PAST = MONDAY + timedelta(minutes=30)
SHORT = Dose(hold_s=10, holds=3, rest_s=20)


async def begun(world: BotWorld, maria: Person) -> None:
    """Start the session and answer the first question."""
    await world.until(HALF_PAST)
    await world.tap(maria, "Start")
    await world.tap(maria, "1")


def state(db: Db, kind: str) -> list[str]:
    """Return the states of all letters of a kind, in order."""
    query = select(OutboxRow.state).where(OutboxRow.kind == kind).order_by(col(OutboxRow.id))
    return list(db.exec(query))


def unreachable(db: Db, who: int) -> bool:
    """Whether a person is marked unreachable."""
    person = people.by_telegram(db, who)
    assert person is not None
    return person.unreachable_since is not None


def says(world: BotWorld, who: Person, start: str) -> int:
    """Count what was sent to a person and begins so."""
    sent = [e for e in world.sandbox.log if e.chat_id == who.id and e.method == "sendMessage"]
    return sum(e.ok and e.text.startswith(start) for e in sent)


def says_word(word: str) -> Callable[[Call], bool]:
    """Return a test of whether a call says `word`."""
    return lambda call: word in call.params["text"]


async def test_f50_blocked(world: BotWorld) -> None:
    """Blocked: marked once, jobs off, the coach told once; /start brings back the old plan."""
    coach = world.coach()
    maria = world.athlete(coach=coach)
    maria.block()
    await world.passes(hours=50)
    assert world.store.read_now(unreachable, maria.id)
    assert len(world.heard(coach)) == 1
    maria.unblock()
    await world.say(maria, "/start")
    assert not world.store.read_now(unreachable, maria.id)
    await world.until(HALF_PAST + timedelta(days=3))
    assert any("time for your holds" in line for line in world.heard(maria))


@pytest.mark.parametrize(
    ("kind", "description", "gone"),
    [
        ("deactivated", "", True),
        ("refused", "Bad Request: chat not found", True),
        ("refused", "Forbidden: something nobody has seen before", False),
    ],
)
async def test_f50_other_refusals(
    world: BotWorld, kind: str, description: str, *, gone: bool
) -> None:
    """Known permanent refusals mark the person; an unknown 403 is tried again and does not."""
    maria = world.athlete()
    status = 400 if description.startswith("Bad") else 403
    world.sandbox.faults.add(
        Fault(kind=kind, method="sendMessage", status=status, description=description)
    )
    await world.until(HALF_PAST)
    assert world.store.read_now(unreachable, maria.id) is gone
    await world.passes(minutes=11)
    assert any("time for your holds" in line for line in world.heard(maria)) is not gone


async def test_f51_retry_after(world: BotWorld) -> None:
    """429 with 3 s: exactly 3 s later the reminder is there, and only once."""
    maria = world.athlete()
    world.sandbox.faults.add(Fault(kind="429", method="sendMessage", times=1, retry_after=3))
    await world.until(HALF_PAST)
    assert says(world, maria, "Maria") == 0
    await world.passes(seconds=2.9)
    assert says(world, maria, "Maria") == 0
    await world.passes(seconds=0.2)
    assert says(world, maria, "Maria") == 1


async def test_f51_a_stale_hold_is_dropped(world: BotWorld) -> None:
    """429 with 300 s on a HOLD: it is never sent late; the athlete is asked instead."""
    maria = world.athlete(dose=SHORT)
    await begun(world, maria)
    world.sandbox.faults.add(Fault(kind="429", method="sendMessage", times=1, retry_after=300))
    await world.passes(minutes=6)
    assert says(world, maria, "HOLD") == 0
    assert world.store.read_now(state, "Hold") == ["dropped"]
    assert world.newest(maria).value.phase is Phase.INTERRUPTED
    assert any(button.label == "Go on" for row in maria.last.buttons for button in row)


async def test_f51_one_chats_refusal_is_its_own(world: BotWorld) -> None:
    """While one chat waits, another is served."""
    maria, jonas = world.athlete("Maria"), world.athlete("Jonas")
    world.sandbox.faults.add(
        Fault(kind="429", method="sendMessage", chat_id=maria.id, times=1, retry_after=30)
    )
    await world.until(HALF_PAST)
    assert (says(world, maria, "Maria"), says(world, jonas, "Jonas")) == (0, 1)
    await world.passes(seconds=31)
    assert says(world, maria, "Maria") == 1


@pytest.mark.parametrize("kind", ["hang_after", "hang_before"])
async def test_f52_a_hold_is_never_repeated(world: BotWorld, kind: str) -> None:
    """No answer to a HOLD: perhaps it was seen, so it is not sent again; the athlete is asked."""
    maria = world.athlete(dose=SHORT)
    await begun(world, maria)
    world.sandbox.faults.add(
        Fault(
            kind=kind,
            method="sendMessage",
            times=1,
            when=lambda call: "HOLD 1" in call.params["text"],
        )
    )
    await world.passes(seconds=15)
    assert says(world, maria, "HOLD") == (1 if kind == "hang_after" else 0)
    assert world.store.read_now(state, "Hold") == ["unsure"]
    assert world.newest(maria).value.phase is Phase.INTERRUPTED


async def test_f52_a_stop_is_repeated(world: BotWorld) -> None:
    """No answer to a STOP message: it is sent again; twice is better than never."""
    maria = world.athlete(dose=SHORT)
    await begun(world, maria)
    world.sandbox.faults.add(
        Fault(
            kind="hang_before",
            method="sendMessage",
            times=1,
            when=lambda c: "STOP. " in c.params["text"],
        )
    )
    await world.say(maria, "stop")
    await world.passes(seconds=10)
    assert says(world, maria, "STOP") == 1


async def test_f52_bad_requests_are_never_repeated(world: BotWorld) -> None:
    """A refused reminder is tried once, and is our fault."""
    maria = world.athlete()
    world.sandbox.faults.add(
        Fault(kind="refused", method="sendMessage", status=400, description="Bad Request: nonsense")
    )
    await world.passes(hours=6)
    tries = [e for e in world.sandbox.log if e.method == "sendMessage" and e.chat_id == maria.id]
    assert len(tries) == 1
    assert world.store.read_now(state, "Reminder") == ["failed"]


async def test_f52_a_refused_connection_is_tried_again(world: BotWorld) -> None:
    """Nothing left this machine: the reminder comes as soon as the server is back."""
    maria = world.athlete()
    world.sandbox.faults.add(Fault(kind="5xx", method="sendMessage", times=3))
    await world.until(HALF_PAST)
    await world.passes(minutes=2)
    assert says(world, maria, "Maria") == 1


@pytest.mark.parametrize(
    "description",
    [
        "Bad Request: message is not modified: specified new message content",
        "Bad Request: message to edit not found",
        "Bad Request: message can't be edited",
    ],
)
async def test_f54_refused_edits(world: BotWorld, description: str) -> None:
    """An edit that cannot be made counts as done or is sent anew; the session goes on."""
    maria = world.athlete(dose=SHORT)
    await begun(world, maria)
    await world.passes(seconds=20)
    world.sandbox.faults.add(
        Fault(
            kind="refused", method="editMessageText", times=1, status=400, description=description
        )
    )
    await world.tap(maria, "2")
    anew = "not modified" not in description
    assert says(world, maria, "Pain 2 – saved. Rest.") == (1 if anew else 0)
    await world.passes(seconds=25)
    assert says(world, maria, "HOLD") == 2


async def test_f55_an_answer_to_an_old_press(world: BotWorld) -> None:
    """The query is too old: nobody minds, and the effect stands."""
    maria = world.athlete(dose=SHORT)
    await begun(world, maria)
    await world.passes(seconds=20)
    world.sandbox.faults.add(
        Fault(
            kind="refused",
            method="answerCallbackQuery",
            status=400,
            description="Bad Request: query is too old and response timeout expired",
        )
    )
    await world.tap(maria, "2")
    assert world.newest(maria).value.phase is Phase.RESTING


async def test_f48_edits_meet_a_limit(world: BotWorld) -> None:
    """429 on every edit: the rest is not written into the question, and the cues still come."""
    maria = world.athlete(dose=SHORT)
    await begun(world, maria)
    await world.passes(seconds=20)
    world.sandbox.faults.add(
        Fault(kind="429", method="editMessageText", times=1_000, retry_after=1)
    )
    await world.tap(maria, "2")
    due = world.newest(maria).value.due_at
    assert due is not None
    await world.passes(seconds=35)
    assert says(world, maria, "Pain 2 – saved. Rest.") == 0
    assert [says(world, maria, cue) for cue in ("HOLD", "RELEASE")] == [2, 2]
    hold = [e for e in world.sandbox.log if e.text.startswith("HOLD")][-1]
    assert (hold.at - due).total_seconds() < 1.1


@pytest.mark.parametrize("html", [True, False])
async def test_f58_a_long_outage(world: BotWorld, *, html: bool) -> None:
    """5xx for two hours: no crash, and the reminder that never came is our fault."""
    world.athlete()
    fault = world.sandbox.faults.add(
        Fault(kind="5xx", method="sendMessage", times=10_000, html=html)
    )
    await world.until(HALF_PAST + timedelta(hours=3))
    world.sandbox.faults.remove(fault)
    found = world.store.read_now(lambda db: db.exec(select(OccurrenceRow.state)).all())
    assert sorted(found) == ["not_delivered", "planned"]


async def test_f21_live_cues_before_reminders(world: BotWorld) -> None:
    """60 athletes at 07:30 and one in a session: all reminded within seconds, the cue first."""
    maria = world.athlete("Maria", dose=Dose(hold_s=10, holds=1, lead_in_first_s=10), times="07:05")
    for number in range(60):
        world.athlete(f"A{number}")
    await world.until(HALF_PAST - timedelta(seconds=10))
    await world.tap(maria, "Start")
    await world.tap(maria, "1")
    due = world.newest(maria).value.due_at
    assert due is not None
    await world.passes(seconds=30)
    hold = next(e for e in world.sandbox.log if e.text.startswith("HOLD"))
    assert (hold.at - due).total_seconds() < 0.3
    reminded = [e.at for e in world.sandbox.log if "time for your holds" in e.text]
    assert len(reminded) == 61
    assert max(reminded) <= HALF_PAST + timedelta(seconds=5)
    assert world.newest(maria).value.outcome is not Outcome.PARTIAL


async def test_a_late_update_never_starts_a_hold(world: BotWorld) -> None:
    """An answer that waited while the program was down is stored, then the athlete is asked."""
    maria = world.athlete(dose=SHORT)
    await begun(world, maria)
    await world.passes(seconds=20)
    maria.tap("2")
    world.clock.at += timedelta(minutes=1)
    await world.restart()
    await world.passes(minutes=2)
    stored = world.newest(maria).value
    assert stored.holds[0].pain == 2
    assert stored.phase is Phase.INTERRUPTED
    assert says(world, maria, "HOLD") == 1


async def test_a_late_high_answer_still_stops(world: BotWorld) -> None:
    """A 7 that waited while the program was down stops the set."""
    maria = world.athlete(dose=SHORT)
    await begun(world, maria)
    await world.passes(seconds=20)
    maria.tap("7")
    await world.restart()
    await world.settle()
    assert world.newest(maria).value.outcome is Outcome.STOPPED_HARD


async def test_lateness_is_recorded_for_every_cue(world: BotWorld) -> None:
    """Every HOLD, RELEASE and STOP has its due time and the time it was handed over."""
    maria = world.athlete(dose=SHORT)
    await begun(world, maria)
    await world.passes(seconds=20)
    await world.tap(maria, "5")

    def cues(db: Db) -> list[tuple[str, bool]]:
        rows = db.exec(select(OutboxRow).where(col(OutboxRow.kind).in_(("Hold", "Release"))))
        return [(row.kind, row.handed_at is not None and row.handed_at >= row.due) for row in rows]

    assert world.store.read_now(cues) == [("Hold", True), ("Release", True)]
