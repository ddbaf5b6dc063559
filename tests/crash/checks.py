"""What must be true whenever and however often the process was killed.

Each check returns one sentence for everything that is wrong; an empty list is a pass.
"""

import json
from collections import Counter
from collections.abc import Callable
from datetime import datetime
from typing import Final

from telegram_sandbox import Entry
from tests.crash.history import CUED, History, Json, Kill, is_stop, pain_of

REFUSALS: Final = frozenset(
    {"known", "lower", "inactive", "not_asked", "too_early", "number_without_question", "running"}
    | {"nothing_to_stop"}
)
"""Topics that say why an answer was not taken."""
STOPPED: Final = frozenset({"stopped_pain", "stopped_hard", "rested_on_pain", "red_flag"})
REMINDER: Final = "time for your holds"


def replies_are_stored(history: History) -> list[str]:
    """What Telegram was told is received is in the database, and everything is handled."""
    wrong = [
        f"update {number} was confirmed and is not stored (a kill {kill.how})"
        for kill in history.kills
        for number in kill.unstored
    ]
    rows = {row["update_id"]: row for row in history.rows["inbox"]}
    for update in history.updates:
        row = rows.get(update["update_id"])
        if row is None:
            wrong.append(f"update {update['update_id']} is not stored")
        elif row["handled_at"] is None or row["error"] is not None:
            wrong.append(f"update {row['update_id']} is not handled ({row['error']})")
    return wrong


def replies_have_their_effect(history: History) -> list[str]:
    """Each pain and each STOP is stored once, or was refused by a rule; no pain is invented."""
    rows = {row["update_id"]: row for row in history.rows["inbox"]}
    handled = [
        (update, rows[update["update_id"]])
        for update in history.updates
        if update["update_id"] in rows and rows[update["update_id"]]["handled_at"] is not None
    ]
    wrong = [
        f"pain {value} of update {row['update_id']} had no effect"
        for update, row in handled
        if (value := pain_of(update)) is not None and not _pain_counted(history, row, value)
    ]
    wrong += [
        f"STOP of update {row['update_id']} had no effect"
        for update, row in handled
        if is_stop(update) and not _stopped(history, row)
    ]
    return wrong + _invented(history)


def _invented(history: History) -> list[str]:
    """Name the answers that are stored more often than they were given."""
    chats = {row["update_id"]: row["chat_id"] for row in history.rows["inbox"]}
    given = Counter((chats.get(one["update_id"]), pain_of(one)) for one in history.updates)
    stored = Counter((row["chat"], row["value"]) for row in history.rows["rating"])
    return [f"{key} was stored more often than it was said" for key in stored - given]


def _refused(history: History, row: Json) -> bool:
    topics = {letter["topic"] for letter in history.letters(row["update_id"])}
    return bool(topics & REFUSALS)


def _asked_again(history: History, row: Json, *kinds: str) -> bool:
    """Whether a letter of the session was caused by this update: it has the update's instant."""
    found = history.of("outbox", chat_id=row["chat_id"], due=row["handled_at"])
    return any(letter["kind"] in kinds for letter in found)


def _pain_counted(history: History, row: Json, value: int) -> bool:
    mine = history.of("rating", chat=row["chat_id"], value=value, at=row["handled_at"])
    return bool(mine) or _refused(history, row) or _asked_again(history, row, "Ask")


def _stopped(history: History, row: Json) -> bool:
    return _asked_again(history, row, "Stopped", "Ask") or _refused(history, row)


def every_update_is_answered(history: History) -> list[str]:
    """Every press gets its answer, so that no button keeps waiting."""
    rows = {row["update_id"]: row for row in history.rows["inbox"]}
    return [
        f"press {update['update_id']} was never answered"
        for update in history.updates
        if "callback_query" in update
        and update["update_id"] in rows
        and not any(one["kind"] == "Answer" for one in history.letters(update["update_id"]))
    ]


def reminders_come_once(history: History) -> list[str]:
    """One message an occurrence; a second one only where a kill made the first one uncertain."""
    wrong = []
    for row in history.of("outbox", kind="Reminder"):
        sent = _said(history, row["chat_id"], REMINDER)
        if not sent and row["state"] == "sent":
            wrong.append(f"reminder {row['key']} is marked as sent and never came")
        if len(sent) > 2:
            wrong.append(f"reminder {row['key']} came {len(sent)} times")
        if len(sent) == 2 and not any(
            sent[0].at <= kill.at <= sent[1].at for kill in history.kills
        ):
            wrong.append(f"reminder {row['key']} came twice without a kill between")
    keys = Counter(
        (row["chat"], row["local_date"], row["slot"]) for row in history.rows["occurrence"]
    )
    return wrong + [f"occurrence {key} is there twice" for key, count in keys.items() if count > 1]


def repeats(history: History) -> int:
    """Return how many reminders came a second time because a kill left them uncertain."""
    chats = {row["chat_id"] for row in history.of("outbox", kind="Reminder")}
    return sum(max(0, len(_said(history, chat, REMINDER)) - 1) for chat in chats)


def _said(history: History, chat: int, text: str) -> list[Entry]:
    return [one for one in _called(history, chat, "sendMessage") if text in one.text]


def _called(history: History, chat: int, method: str) -> list[Entry]:
    """Return the calls of a method that were obeyed in a chat."""
    return [
        one
        for one in history.entries
        if (one.kind, one.ok, one.chat_id, one.method) == ("call", True, chat, method)
    ]


def no_hold_that_must_not_be(history: History) -> list[str]:
    """No HOLD, and no clip, is handed over after a stop or pain over the limit, or unanswered."""
    wrong = []
    for letter in (*history.of("outbox", kind="Hold"), *history.of("outbox", kind="Clip")):
        if letter["handed_at"] is None:
            continue
        session, index = letter["session_id"], _index(letter)
        bars = _bars(history, session, index, letter["handed_at"])
        wrong += [f"HOLD {letter['key']} after {why}" for why in bars]
    return wrong


def _index(letter: Json) -> int:
    """Return which hold a HOLD or a clip is for."""
    if letter["kind"] == "Clip":
        return int(json.loads(letter["body"])["index"])
    return int(letter["key"].rpartition(":")[2])


def _bars(history: History, session: int, index: int, at: str) -> list[str]:
    """Return why hold `index` of a session must not begin at `at`."""
    found = []
    (row,) = history.of("session", id=session)
    ratings = history.of("rating", session_id=session)
    if any(one["kind"] == "Stopped" and one["due"] <= at for one in _letters(history, session)):
        found.append("a STOP")
    if any(one["value"] > row["pain_limit"] and one["at"] <= at for one in ratings):
        found.append("pain over the limit")
    if not any(one["moment"] == "before" and one["at"] <= at for one in ratings):
        found.append("no answer before the session")
    before = history.of("hold", session_id=session, idx=index - 1)
    rated = any(one["hold_idx"] == index - 1 and one["at"] <= at for one in ratings)
    if before and before[0]["status"] == "done" and not rated:
        found.append("a hold without an answer")
    return found


def _letters(history: History, session: int) -> list[Json]:
    return history.of("outbox", session_id=session)


def no_hold_comes_twice(history: History) -> list[str]:
    """As many HOLD messages and clips reached a chat as were handed over, at most."""
    chats = {row["chat"] for row in history.rows["session"]}
    wrong = []
    for chat in chats:
        came = [one for one in _said(history, chat, "HOLD ") if one.text.startswith("HOLD ")]
        letters = history.of("outbox", kind="Hold", chat_id=chat)
        handed = [one for one in letters if one["handed_at"] is not None]
        if len(came) > len(handed) or any(one["attempts"] > 1 for one in handed):
            wrong.append(f"chat {chat}: {len(came)} HOLD messages of {len(handed)} letters")
        clips = _called(history, chat, "sendAudio")
        letters = history.of("outbox", kind="Clip", chat_id=chat)
        handed = [one for one in letters if one["handed_at"] is not None]
        if len(clips) > len(handed):
            wrong.append(f"chat {chat}: {len(clips)} clips of {len(handed)} letters")
    return wrong


def pain_over_the_limit_ends_it(history: History) -> list[str]:
    """A session with an answer over its limit is over, by that answer."""
    limits = {row["id"]: row for row in history.rows["session"]}
    return [
        f"session {row['session_id']} went on after pain {row['value']}"
        for row in history.rows["rating"]
        if row["session_id"] in limits
        and row["value"] > limits[row["session_id"]]["pain_limit"]
        and limits[row["session_id"]]["outcome"] not in STOPPED
    ]


def interrupted_sessions_are_found(history: History) -> list[str]:
    """After a kill the first word to a running session is that it was cut, or its question."""
    wrong = []
    for kill in history.kills:
        for session, phase in kill.live.items():
            later = [one for one in _letters(history, session) if one["id"] > kill.last_letter]
            wanted = {"Interrupted"} if phase in CUED else {"Ask"}
            if phase == "clip" or _plays(history, session, kill):  # which may be over, and asks
                wanted = {"Interrupted", "Ask"}
            if phase == "interrupted":  # knows already; what comes is the athlete's own choice
                continue
            if not later or later[0]["kind"] not in wanted:
                found = later[0]["kind"] if later else "nothing"
                wrong.append(f"session {session}, killed while {phase}: {found} came first")
            elif later[0]["state"] not in {"sent", "cancelled"}:
                wrong.append(f"session {session}: {later[0]['kind']} is {later[0]['state']}")
    return wrong


def cut_holds_never_count(history: History) -> list[str]:
    """A hold that a kill cut is interrupted for ever; all others have their seconds.

    The hold of a clip goes on without the bot.
    """
    wrong = []
    for kill in history.kills:
        for session in [one for one, phase in kill.live.items() if phase == "holding"]:
            begun = _begun(history, session, kill)
            cut = begun and begun[-1]["status"] == "interrupted"
            if begun and not cut and not _plays(history, session, kill):
                wrong.append(f"session {session}: the cut hold is {begun[-1]['status']}")
    return wrong + [
        f"session {hold['session_id']}: a hold of {hold['actual_s']} s counts as done"
        for hold in history.of("hold", status="done")
        if hold["actual_s"] < hold["planned_s"] - 0.5
    ]


def _begun(history: History, session: int, kill: Kill) -> list[Json]:
    """Return the holds that a session had begun when it was killed."""
    holds = history.of("hold", session_id=session)
    return [hold for hold in holds if hold["started_at"] <= _stored(kill.at)]


def _plays(history: History, session: int, kill: Kill) -> bool:
    """Whether a clip led the athlete through the hold that ran when the bot was killed."""
    begun = _begun(history, session, kill)
    return kill.live[session] == "holding" and bool(begun) and begun[-1]["timed_by"] == "clip"


def nothing_is_left_over(history: History) -> list[str]:
    """Every session is closed, no letter is on its way, and the log tells of no failure."""
    wrong = [
        f"session {row['id']} is still {row['phase']}"
        for row in history.rows["session"]
        if row["phase"] != "closed"
    ]
    wrong += [f"letter {row['key']} is on its way" for row in history.of("outbox", state="sending")]
    wrong += [
        f"letter {row['key']} ({row['kind']}) failed: {row['error']}"
        for row in history.of("outbox", state="failed")
        if row["kind"] != "Answer"  # after an outage Telegram takes no answer to an old press
    ]
    return wrong + history.troubles


def _stored(at: datetime) -> str:
    return at.strftime("%Y-%m-%d %H:%M:%S.%f")


CHECKS: Final[dict[str, Callable[[History], list[str]]]] = {
    "replies lost": replies_are_stored,
    "replies without effect": replies_have_their_effect,
    "presses without an answer": every_update_is_answered,
    "reminders doubled": reminders_come_once,
    "HOLD after a stop, over the limit or before an answer": no_hold_that_must_not_be,
    "HOLD sent twice": no_hold_comes_twice,
    "sessions that went on over the limit": pain_over_the_limit_ends_it,
    "interrupted sessions not found": interrupted_sessions_are_found,
    "interrupted holds counted": cut_holds_never_count,
    "left over": nothing_is_left_over,
}


def problems(history: History) -> dict[str, list[str]]:
    """Return check → what is wrong."""
    return {name: check(history) for name, check in CHECKS.items()}
