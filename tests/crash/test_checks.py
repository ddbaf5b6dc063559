"""The checks of the crash test tell what they are there to tell."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from telegram_sandbox import Entry
from tests.crash.checks import CHECKS, problems, repeats
from tests.crash.history import History, Kill

T0 = datetime(2026, 11, 23, 6, tzinfo=UTC)
MARIA = 7


def at(seconds: float) -> str:
    """Return an instant of the morning as it is stored."""
    return (T0 + timedelta(seconds=seconds)).strftime("%Y-%m-%d %H:%M:%S.%f")


def press(update: int, data: str) -> dict[str, Any]:
    """Return a pressed button as Telegram tells of it."""
    return {"update_id": update, "callback_query": {"data": data, "from": {"id": MARIA}}}


def letter(number: int, kind: str, key: str, second: float, **more: Any) -> dict[str, Any]:
    """Return a letter that was sent at once."""
    told = {"chat_id": MARIA, "session_id": 1, "state": "sent", "attempts": 1, "body": "{}"}
    times = {"due": at(second), "handed_at": at(second), "send_at": at(second)}
    return {"id": number, "kind": kind, "key": key, **told, **times, **more}


def said(seq: int, second: float, text: str) -> Entry:
    """Return a message that reached Maria."""
    when = T0 + timedelta(seconds=second)
    return Entry(seq, when, "call", MARIA, "sendMessage", "Bot", text)


def rating(
    number: int, moment: str, index: int | None, value: int, second: float
) -> dict[str, Any]:
    """Return a stored pain answer."""
    who = {"athlete_id": 1, "chat": MARIA, "session_id": 1}
    return {
        "id": number,
        "moment": moment,
        "hold_idx": index,
        "value": value,
        "at": at(second),
        **who,
    }


def good() -> History:
    """One hold done and rated, the second cut by a kill, the session finished by the athlete."""
    answer = json.dumps({"topic": "noted"})
    rows: dict[str, list[dict[str, Any]]] = {
        "inbox": [
            {"update_id": n, "chat_id": MARIA, "handled_at": at(second), "error": None}
            for n, second in ((1, 0), (2, 15), (3, 60))
        ],
        "outbox": [
            letter(1, "Reminder", "o1:remind:0", -9, session_id=None),
            letter(2, "Answer", "u1:0", 0, session_id=None, body=answer),
            letter(3, "Hold", "s1:hold:0", 5),
            letter(4, "Answer", "u2:0", 15, session_id=None, body=answer),
            letter(5, "Hold", "s1:hold:1", 20),
            letter(6, "Interrupted", "s1:cut", 25),
            letter(7, "Answer", "u3:0", 60, session_id=None),
        ],
        "rating": [rating(1, "before", None, 1, 0), rating(2, "hold", 0, 2, 15)],
        "session": [
            {"id": 1, "chat": MARIA, "phase": "closed", "outcome": "partial", "pain_limit": 3}
        ],
        "hold": [
            {"session_id": 1, "idx": 0, "status": "done", "planned_s": 5, "actual_s": 5.0}
            | {"started_at": at(5), "timed_by": "cue"},
            {"session_id": 1, "idx": 1, "status": "interrupted", "planned_s": 5, "actual_s": 2.0}
            | {"started_at": at(20), "timed_by": "cue"},
        ],
        "occurrence": [{"chat": MARIA, "local_date": "2026-11-23", "slot": 0}],
    }
    entries = [
        said(1, -9, "Maria, time for your holds."),
        said(2, 5, "HOLD 1"),
        said(3, 20, "HOLD 2"),
    ]
    updates = [press(1, "1:p:1:-1:1"), press(2, "1:p:1:0:2"), press(3, "1:f:1")]
    kills = [Kill(T0 + timedelta(seconds=22), "at any time", {1: "holding"}, 5)]
    return History(updates, entries, kills, rows)


def wrong(history: History) -> list[str]:
    """Return the names of the checks that find something."""
    return [name for name, found in problems(history).items() if found]


def changed(table: str, index: int, **values: Any) -> History:
    """Return the good history with one row changed."""
    history = good()
    history.rows[table][index].update(values)
    return history


def test_a_good_history_passes() -> None:
    """Nothing is wrong with it."""
    assert wrong(good()) == []
    assert repeats(good()) == 0


HELD = "HOLD after a stop, over the limit or before an answer"


@pytest.mark.parametrize(
    ("history", "names"),
    [
        (changed("inbox", 1, handled_at=None), ["replies lost"]),
        (changed("inbox", 1, error="KeyError"), ["replies lost"]),
        (changed("rating", 1, value=3), ["replies without effect"]),
        (changed("rating", 1, at=at(21)), ["replies without effect", HELD]),
        (changed("rating", 0, value=5), ["replies without effect", HELD, "sessions that went on"]),
        (changed("outbox", 1, kind="Say"), ["presses without an answer"]),
        (changed("outbox", 4, attempts=2), ["HOLD sent twice"]),
        (changed("outbox", 5, kind="Rest"), ["interrupted sessions not found"]),
        (changed("outbox", 5, state="unsure"), ["interrupted sessions not found"]),
        (changed("outbox", 5, state="sending"), ["interrupted sessions not found", "left over"]),
        (changed("hold", 1, status="done"), ["interrupted holds counted"]),
        (changed("hold", 0, actual_s=3.0), ["interrupted holds counted"]),
        (changed("outbox", 0, state="failed", error="refused"), ["left over"]),
        (changed("session", 0, phase="resting"), ["left over"]),
        (replace(good(), troubles=["event=update_failed"]), ["left over"]),
    ],
)
def test_one_thing_wrong_is_found(history: History, names: list[str]) -> None:
    """Each is told by its own check, and by no other that has no business with it."""
    assert [name[: len(told)] for name, told in zip(wrong(history), names, strict=True)] == names


def test_a_clip_may_be_over_when_the_bot_is_back() -> None:
    """Its hold went on without the bot, and its question is open; one by messages was cut."""
    over = {"status": "done", "actual_s": 5.0}
    clip, cue = changed("hold", 1, timed_by="clip", **over), changed("hold", 1, **over)
    for history in (clip, cue):
        history.rows["outbox"][5]["kind"] = "Ask"
    assert wrong(clip) == []
    assert wrong(cue) == ["interrupted sessions not found", "interrupted holds counted"]


def test_an_update_confirmed_before_it_was_stored_is_found() -> None:
    """Even when it comes again later and is stored after all."""
    history = good()
    history.kills[0] = replace(history.kills[0], unstored=(2,))
    assert wrong(history) == ["replies lost"]


def test_a_stop_without_effect_is_found() -> None:
    """Neither a stop message nor a refusal."""
    history = good()
    history.updates[2] = press(3, "1:x:1")
    assert wrong(history) == ["replies without effect"]


def test_a_hold_after_a_stop_is_found() -> None:
    """The stop message was caused before the second HOLD was handed over."""
    history = good()
    history.rows["outbox"].append(letter(4, "Stopped", "s1:stop", 18))
    assert wrong(history) == [HELD]


def test_a_hold_message_more_is_found() -> None:
    """More HOLD messages than letters."""
    history = good()
    history.entries.append(said(4, 26, "HOLD 2"))
    assert wrong(history) == ["HOLD sent twice"]


def test_reminders_that_come_twice() -> None:
    """One repeat counts as the documented one only where a kill lies between."""
    again = replace(good(), entries=[*good().entries, said(4, -8, "time for your holds")])
    assert wrong(again) == ["reminders doubled"]
    uncertain = replace(good(), entries=[*good().entries, said(4, 30, "time for your holds")])
    assert (wrong(uncertain), repeats(uncertain)) == ([], 1)
    thrice = replace(uncertain, entries=[*uncertain.entries, said(5, 31, "time for your holds")])
    assert wrong(thrice) == ["reminders doubled"]


def test_a_second_occurrence_of_a_date_is_found() -> None:
    """One a local date and slot."""
    history = good()
    history.rows["occurrence"] *= 2
    assert wrong(history) == ["reminders doubled"]


def test_every_check_is_tried_here() -> None:
    """No check is without a history that fails it."""
    assert len(CHECKS) == 10
