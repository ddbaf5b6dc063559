"""What the bot may not know after a kill: only then a message may come once more."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from bot.store import outbox, outbox_claims
from bot.store.engine import Store
from bot.store.outbox import Letter
from telegram_sandbox.faults import Call
from testkit.database import made, opened
from tests.simulation.kept import kept_at
from tests.simulation.ledger import Ledger
from tests.simulation.network import Sent
from tests.simulation.witness import Witness

NOW = datetime(2026, 11, 23, 6, 0, tzinfo=UTC)
CHAT, DAY, MESSAGE = 1001, 23, 50


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """Open a database in which a reminder is under way."""
    with opened(tmp_path / "world.db") as store:
        letter = Letter(
            key="o23:remind:0",
            chat_id=CHAT,
            kind="Reminder",
            body={},
            priority=5,
            due=NOW,
        )
        store.write_now(outbox.put, letter)
        store.write_now(outbox_claims.claim, [1], NOW)
        yield store


@pytest.fixture
def witness(store: Store, tmp_path: Path) -> Iterator[Witness]:
    """Watch it."""
    ledger = Ledger(kept_at(made(tmp_path / "world.db")))
    nobody = cast("Any", SimpleNamespace(athletes=[], admins=[]))
    yield Witness(nobody, ledger, cast("Any", None), cast("Any", None), lambda _said: None)
    ledger.close()


def reminder() -> Sent:
    """Return the call of the reminder, which Telegram has obeyed and answered."""
    start = {"text": "Start", "callback_data": f"1:o:{DAY}:start"}
    words = {"chat_id": CHAT, "reply_markup": {"inline_keyboard": [[start]]}}
    call = Call("sendMessage", CHAT, words)
    return Sent(call, "", effect=True, answered=True, message_id=MESSAGE)


def test_an_answer_that_was_not_stored_before_a_kill_is_not_known(witness: Witness) -> None:
    """The bot had heard it, and cannot know after the kill: it may remind once more."""
    witness.heard(reminder())
    assert (witness.doubtful[DAY], witness.ambiguous[CHAT]) == (0, 0)
    witness.died()
    assert (witness.doubtful[DAY], witness.ambiguous[CHAT]) == (1, 1)
    witness.died()
    assert witness.doubtful[DAY] == 1


def test_an_answer_that_was_stored_is_known_for_ever(store: Store, witness: Witness) -> None:
    """No kill after that is a reason to remind again."""
    witness.heard(reminder())
    store.write_now(outbox_claims.settle_sent, [outbox_claims.Settled(1, MESSAGE, NOW)], NOW)
    witness.died()
    assert (witness.doubtful[DAY], witness.ambiguous[CHAT]) == (0, 0)
