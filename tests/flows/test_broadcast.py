"""One text to everybody of a role: previewed, sent once, told how far it has come."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlmodel import Session as Db
from sqlmodel import col, select

from bot.accounts.broadcast import flow as broadcast
from bot.dispatch import delivery_events
from bot.store import people
from bot.store.tables import AuditRow, BroadcastRow, OutboxRow, OutboxState, Role
from tests.flows.talking import Talk
from tests.flows.world import ADMIN, COACH, RUNA

FIRST = 800_000_000


@pytest.fixture
def talk(tmp_path: Path) -> Iterator[Talk]:
    """Ada, an admin; Runa, an athlete; Kim, a coach."""
    with Talk(tmp_path) as made:
        made.person(ADMIN, "Ada", Role.ADMIN)
        made.coach(made.athlete(), name="Kim")
        yield made


def athletes(talk: Talk, count: int) -> None:
    """Add people with the role alone."""

    def add(db: Db) -> None:
        for number in range(count):
            people.join(db, FIRST + number, f"A {number}", Role.ATHLETE, talk.now)

    talk.run(add)


def copies(talk: Talk) -> list[int]:
    """Return the chats that copies are made for, in order."""

    def found(db: Db) -> list[int]:
        query = select(OutboxRow.chat_id).where(OutboxRow.kind == "Broadcast")
        return list(db.exec(query.order_by(col(OutboxRow.id))))

    return talk.store.read_now(found)


def test_a_preview_is_what_they_get(talk: Talk) -> None:
    """Nothing is sent before Send; the text stays as typed, line by line."""
    told = talk.says(ADMIN, "/broadcast athletes No <b>holds</b> & no\n\n  runs.")
    assert told.startswith("This goes to 1 person.\n\n")
    talk.time_acts(seconds=10)
    assert copies(talk) == []
    talk.taps(ADMIN, "Send")
    talk.time_acts()
    assert talk.text(RUNA) == "Ada to all athletes:\nNo <b>holds</b> & no\n\n  runs."
    assert talk.text(RUNA) in told
    talk.time_acts(seconds=3)
    assert talk.text(ADMIN) == "Done: 1 of 1 athletes got the message."
    assert talk.text(COACH) == ""


def test_a_double_tap_sends_once(talk: Talk) -> None:
    """The second tap has expired, and so has Cancel."""
    talk.says(ADMIN, "/broadcast athletes Hello")
    send, cancel = talk.data(ADMIN, "Send"), talk.data(ADMIN, "Cancel")
    for data in (send, send, cancel):
        talk.presses_data(ADMIN, data)
    talk.time_acts()
    talk.time_acts(seconds=3)
    assert copies(talk) == [RUNA]
    assert talk.toasts[-2:] == ["inactive", "inactive"]
    assert talk.count(AuditRow, AuditRow.action == "broadcast") == 1


def test_what_is_cancelled_or_old_is_not_sent(talk: Talk) -> None:
    """Cancel is for good; after an hour a preview has to be written again."""
    talk.says(ADMIN, "/broadcast athletes Hello")
    send = talk.data(ADMIN, "Send")
    assert talk.taps(ADMIN, "Cancel") == "Nothing was sent."
    talk.presses_data(ADMIN, send)
    talk.says(ADMIN, "/broadcast athletes Hello")
    talk.later(hours=1)
    talk.taps(ADMIN, "Send")
    talk.time_acts(minutes=1)
    assert (copies(talk), talk.toasts[-1]) == ([], "inactive")


def test_another_admin_does_not_send_it(talk: Talk) -> None:
    """Its author decides."""
    talk.person(ADMIN + 1, "Bo", Role.ADMIN)
    talk.says(ADMIN, "/broadcast athletes Hello")
    talk.presses_data(ADMIN + 1, talk.data(ADMIN, "Send"))
    assert talk.count(BroadcastRow, col(BroadcastRow.confirmed_at).is_not(None)) == 0


def test_who_is_left_out(talk: Talk) -> None:
    """The unreachable, who leaves, and the sender."""
    athletes(talk, 3)
    talk.run(delivery_events.unreachable, FIRST, talk.now)
    talk.says(ADMIN, "/remove runa yes")
    told = talk.says(ADMIN, "/broadcast athletes Hello")
    assert told.startswith("This goes to 2 people. 1 cannot be reached.")
    talk.taps(ADMIN, "Send")
    talk.time_acts()
    assert copies(talk) == [FIRST + 1, FIRST + 2]
    assert "no other admins to write to" in talk.says(ADMIN, "/broadcast admins Hello")


def test_by_tapping_alone(talk: Talk) -> None:
    """The role is tapped, with how many they are, if any; the text is typed."""
    talk.says(ADMIN, "/broadcast")
    assert talk.labels(ADMIN) == ["Athletes (1)", "Coaches (1)"]
    talk.taps(ADMIN, "Coaches")
    assert "Ada to all coaches:\nHello, you" in talk.says(ADMIN, "Hello, you")


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ("everyone Hello", "“everyone” is not a group here: athletes, coaches or admins."),
        ("<b>", "“<b>” is not a group here"),
        (f"athletes {'x' * 3_501}", "has 3501 characters; at most 3500 fit"),
        (f"athletes {'🙂' * 1_751}", "has 3502 characters; at most 3500 fit"),
    ],
)
def test_bad_words_are_one_sentence(talk: Talk, typed: str, says: str) -> None:
    """Nothing is kept."""
    assert says in talk.says(ADMIN, f"/broadcast {typed}")
    assert talk.count(BroadcastRow) == 0


def test_progress_is_edited_at_steps(talk: Talk) -> None:
    """About ten edits however many they are; failures are counted; the outbox stays short."""
    athletes(talk, 149)
    talk.says(ADMIN, "/broadcast athletes Hello")
    talk.taps(ADMIN, "Send")
    newest = list(talk.chats[ADMIN])[-1]
    talk.away.add(FIRST + 7)
    told = []
    for _ in range(5):
        made = len(copies(talk))
        talk.time_acts(seconds=3)
        assert len(copies(talk)) - made <= broadcast.COPIES
        told.append(talk.text(ADMIN))
    assert "Sending to the athletes: 59 of 150 sent." in told
    assert told[-1] == "Sending to the athletes: 149 of 150 sent."
    assert list(talk.chats[ADMIN])[-1] == newest
    talk.run(delivery_events.unreachable, FIRST + 7, talk.now)
    talk.time_acts(minutes=1)
    assert talk.text(ADMIN) == "Done: 149 of 150 athletes got the message, 1 failed."
    talk.time_acts(minutes=10)
    assert talk.count(BroadcastRow, col(BroadcastRow.due_at).is_(None)) == 1
    edits = talk.count(OutboxRow, col(OutboxRow.edits).is_not(None))
    assert 2 <= edits <= broadcast.STEPS + 2


def test_it_goes_on_after_a_restart(talk: Talk) -> None:
    """What time has still to do is in the row: nobody is left out, nobody gets it twice."""
    athletes(talk, 99)
    talk.says(ADMIN, "/broadcast athletes Hello")
    talk.taps(ADMIN, "Send")
    talk.time_acts()
    talk.later(hours=3)
    talk.time_acts()
    talk.time_acts(seconds=3)
    found = copies(talk)
    assert (len(found), len(set(found))) == (100, 100)
    assert talk.count(OutboxRow, OutboxRow.state == OutboxState.PENDING) == 0


def test_the_time_it_takes_leaves_room() -> None:
    """Twenty a second: under Telegram's thirty, with room for cues and answers."""
    assert broadcast.COPIES / (broadcast.LOOK / timedelta(seconds=1)) == 20
