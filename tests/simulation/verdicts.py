"""What must be true once everybody is silent and the bot has ended in good order.

Each verdict is one small function that yields what is wrong, in words; its docstring is the rule.
"""

import json
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any, Final

from tests.simulation import acts, load_verdicts
from tests.simulation.acts import Act
from tests.simulation.ledger import SPOILED, Ledger, moment

if TYPE_CHECKING:
    from tests.simulation.run import Run

UNASKED: Final = frozenset({"planned", "not_delivered", "paused", "rested", "started", "skipped"})
"""States of a day that may have had no reminder: its time has not come, or says why."""
WORDLESS: Final = ("Answer", "Retire", "Menu", "Rest", "Noted")
"""Letters that are no new message of a chat."""
FATES: Final = (
    "done",
    "rising",
    "unfinished",
    "stopped",
    "flagged",
    "rested",
    "skipped",
    "missed",
    "not_delivered",
    "open",
)


def days_are_unique(run: "Run") -> Iterator[str]:
    """One occurrence an athlete, local date and slot."""
    query = (
        "SELECT athlete_id, local_date, slot, count(*) AS n FROM occurrence GROUP BY 1, 2, 3 "
        "HAVING count(*) > 1"
    )
    for row in run.ledger.rows(query):
        yield f"{row['n']} occurrences of athlete {row['athlete_id']} on {row['local_date']}"


def a_day_has_one_session(run: "Run") -> Iterator[str]:
    """No more than one session in which anything was held belongs to a date and slot."""
    query = (
        "SELECT occurrence_id, count(DISTINCT session.id) AS n FROM session JOIN hold "
        "ON hold.session_id = session.id WHERE occurrence_id IS NOT NULL GROUP BY 1 "
        "HAVING count(DISTINCT session.id) > 1"
    )
    for row in run.ledger.rows(query):
        yield f"{row['n']} sessions belong to day {row['occurrence_id']}"


def sessions_are_hours_apart(run: "Run") -> Iterator[str]:
    """Four hours lie between the beginnings of two sessions in which anything was held."""
    query = (
        "SELECT athlete_id, opened_at, lag(opened_at) OVER "
        "(PARTITION BY athlete_id ORDER BY opened_at) AS before FROM session "
        "WHERE id IN (SELECT session_id FROM hold)"
    )
    for row in run.ledger.rows(query):
        if row["before"] is None or run.clock.stepped:
            continue
        apart = moment(row["opened_at"]) - moment(row["before"])
        if apart < timedelta(hours=4):
            yield f"athlete {row['athlete_id']} trains twice within {apart}"


def nobody_is_asked_twice(run: "Run") -> Iterator[str]:
    """A day is reminded once, once more after each snooze, and nudged once.

    A message too many is allowed only where the bot could not know that the first one arrived.
    """
    for row in run.ledger.rows("SELECT id, snoozes FROM occurrence"):
        found = run.witness.reminders.get(row["id"], [])
        spare = run.witness.doubtful[row["id"]]
        first, nudges = found.count(False), found.count(True)
        if first > 1 + row["snoozes"] + spare or nudges > 1 + spare:
            yield f"day {row['id']}: {first} reminders, {nudges} nudges"


def everybody_is_asked(run: "Run") -> Iterator[str]:
    """A day is reminded at least once, or its row says why not."""
    for row in run.ledger.rows("SELECT id, state, due_at, snoozes FROM occurrence"):
        damaged = any(key.startswith(f"o{row['id']}:") for key in run.weather.damaged)
        asked = damaged or bool(run.witness.reminders.get(row["id"]))
        if not asked and row["state"] not in UNASKED and row["snoozes"] == 0:
            yield f"day {row['id']} is {row['state']}, and was never reminded"
        if row["state"] == "planned" and moment(row["due_at"]) < run.clock.now():
            yield f"day {row['id']} is overdue"


def every_date_has_its_day(run: "Run") -> Iterator[str]:
    """Between an athlete's first and last day no date of an unchanged schedule is missing."""
    changed = {
        row["subject_id"]
        for row in run.ledger.rows("SELECT subject_id FROM audit WHERE subject_id IS NOT NULL")
    }
    query = "SELECT DISTINCT local_date FROM occurrence WHERE athlete_id = ? ORDER BY 1"
    for athlete in run.town.athletes:
        if athlete.id in changed:
            continue
        had = [row["local_date"] for row in run.ledger.rows(query, athlete.id)]
        wanted = list(_dates(had, athlete.weekdays))
        if had != wanted:
            yield f"athlete {athlete.id} had {had}, not {wanted}"


def _dates(had: list[str], weekdays: str) -> Iterator[str]:
    days = {int(day) for day in weekdays.split(",")}
    at, last = date.fromisoformat(had[0]), date.fromisoformat(had[-1])
    while at <= last:
        if at.weekday() in days:
            yield at.isoformat()
        at += timedelta(days=1)


def every_update_is_handled(run: "Run") -> Iterator[str]:
    """Every update is stored and handled (no fault lasts as long as Telegram keeps them)."""
    for update in run.witness.pushed:
        row = run.ledger.update(update)
        if row is None:
            yield f"update {update} was never stored"
        elif row["handled_at"] is None:
            yield f"update {update} was never handled"


def every_press_is_answered(run: "Run") -> Iterator[str]:
    """Whoever presses a button gets an answer to the press, whatever it did."""
    query = "SELECT 1 FROM outbox WHERE key >= ? AND key < ?"
    for update in run.witness.taps:
        row, number = run.ledger.update(update), run.ledger.number(update)
        failed = row is None or row["error"] is not None
        if not failed and run.ledger.one(query, f"u{number}:", f"u{number};") is None:
            yield f"update {update}, a press, has no answer"


def every_number_is_kept(run: "Run") -> Iterator[str]:
    """A pain number that was given is stored, or refused in words."""
    for chat_id, chat in run.witness.chats.items():
        for act in chat.acts:
            given = act.kind == acts.PAIN and act.plain
            row = run.ledger.update(act.update) if given else None
            at = None if row is None or row["error"] is not None else row["handled_at"]
            if at is not None and not (_is_stored(run, act, at) or _is_told(run, chat_id, at)):
                yield f"pain {act.value} (update {act.update}) is neither stored nor refused"


def _is_stored(run: "Run", act: Act, at: str) -> bool:
    query = (
        "SELECT 1 FROM rating WHERE value = ? AND at = ? "
        "UNION ALL SELECT 1 FROM morning WHERE answered_at >= ?"
    )
    return run.ledger.one(query, act.value, at, at) is not None


def _is_told(run: "Run", chat_id: int, at: str) -> bool:
    """Whether anything in words was decided on at that moment."""
    query = (
        "SELECT 1 FROM outbox WHERE chat_id = ? AND due = ? AND kind <> 'Retire' "
        "AND NOT (kind = 'Answer' AND body LIKE '%\"topic\": null%')"
    )
    return run.ledger.one(query, chat_id, at) is not None


def sent_letters_are_there(run: "Run") -> Iterator[str]:
    """A letter that is stored as sent names a message that its chat has."""
    marks = ", ".join("?" * len(WORDLESS))
    query = (
        "SELECT id, kind, chat_id, message_id, body FROM outbox WHERE state = 'sent' "  # noqa: S608
        f"AND kind NOT IN ({marks}, 'Album') AND edits IS NULL ORDER BY id"
    )
    for row in run.ledger.rows(query, *WORDLESS):
        if _values(row["body"]).get("message_id") is not None:
            continue
        chat = run.sandbox.chats[row["chat_id"]]
        message = chat.messages.get(row["message_id"] or 0)
        if message is None or not message.from_bot:
            yield f"letter {row['id']} ({row['kind']}) is stored as sent, and is not in its chat"


def no_message_without_a_letter(run: "Run") -> Iterator[str]:
    """A chat has no more messages than letters, but for those of unknown fate."""
    marks = ", ".join("?" * len(WORDLESS))
    query = (
        "SELECT chat_id, count(*) AS n FROM outbox WHERE kind "  # noqa: S608
        f"NOT IN ({marks}) AND state NOT IN ('pending', 'cancelled', 'dropped') GROUP BY 1"
    )
    letters = {row["chat_id"]: row["n"] for row in run.ledger.rows(query, *WORDLESS)}
    edited = Counter(
        row["chat_id"] for row in run.ledger.rows("SELECT chat_id FROM outbox WHERE kind = 'Rest'")
    )
    for chat, sends in run.witness.sends.items():
        if sends > letters.get(chat, 0) + edited[chat] + run.witness.ambiguous[chat]:
            yield f"chat {chat} got {sends} messages from {letters.get(chat, 0)} letters"


def the_outbox_is_empty(run: "Run") -> Iterator[str]:
    """Nothing is left on its way once everything is quiet."""
    query = "SELECT id, kind, state, send_at FROM outbox WHERE state IN ('pending', 'sending')"
    for row in run.ledger.rows(query):
        if row["state"] == "sending" or moment(row["send_at"]) < run.clock.now():
            yield f"letter {row['id']} ({row['kind']}) is still {row['state']}"


def sessions_are_closed(run: "Run") -> Iterator[str]:
    """No session waits for ever: a silent athlete's is closed within the day."""
    for row in run.ledger.rows("SELECT id, phase FROM session WHERE phase <> 'closed'"):
        yield f"session {row['id']} is still {row['phase']}"


def holds_that_count_were_whole(run: "Run") -> Iterator[str]:
    """A hold is done only when the bot was there from its HOLD to its RELEASE."""
    query = (
        "SELECT session_id, idx, started_at, planned_s, actual_s FROM hold WHERE status = 'done'"
    )
    for row in run.ledger.rows(query):
        start = moment(row["started_at"])
        end = start + timedelta(seconds=row["planned_s"])
        if any(start < down < end for down in run.machine.downs) and not run.clock.stepped:
            yield f"hold {row['idx']} of session {row['session_id']} counts over an outage"
        short = row["actual_s"] < row["planned_s"] - 0.001
        if short and not run.clock.stepped:
            yield f"hold {row['idx']} of session {row['session_id']} counts, and was cut short"


def tension_is_of_whole_and_stopped_holds(run: "Run") -> Iterator[str]:
    """What an athlete is told of holds and seconds is what was held; a cut hold is not in it."""
    query = "SELECT session_id, body FROM outbox WHERE kind = 'Ended' ORDER BY id"
    told = {row["session_id"]: _values(row["body"]) for row in run.ledger.rows(query)}
    for session, body in told.items():
        if not body:
            continue
        holds = run.ledger.rows("SELECT status, actual_s FROM hold WHERE session_id = ?", session)
        done = sum(1 for row in holds if row["status"] == "done")
        seconds = sum(row["actual_s"] for row in holds if row["status"] in {"done", "stopped"})
        if body["done"] != done or abs(body["tension_s"] - seconds) > 0.51:
            yield (
                f"session {session} was told as {body['done']} holds and {body['tension_s']} s; "
                f"it had {done} and {seconds:.1f} s"
            )


def _values(body: str) -> dict[str, Any]:
    """Return a letter's values; none of one that was damaged, or set aside because of that."""
    return {} if body == SPOILED else dict(json.loads(body))


def summaries_add_up(run: "Run") -> Iterator[str]:
    """What was planned in a week became exactly one thing each."""
    for row in run.ledger.rows("SELECT id, body FROM outbox WHERE kind = 'Summary'"):
        for athlete in _values(row["body"]).get("athletes", ()):
            for week in ("figures", "before"):
                figures = athlete[week]
                if figures["planned"] != sum(figures[fate] for fate in FATES):
                    yield f"summary {row['id']} of {athlete['athlete_id']}: {figures}"


def nothing_is_left_over(run: "Run") -> Iterator[str]:
    """An orderly end leaves no job and no task."""
    yield from run.machine.left_over


def people_are_answered(run: "Run") -> Iterator[str]:
    """A run in which nobody ever held anything proves nothing."""
    if run.days * len(run.town.athletes) >= 40 and not run.witness.seen["HOLD"]:
        yield "no HOLD was seen in the whole run"


VERDICTS: Final[tuple[Callable[["Run"], Iterator[str]], ...]] = (
    days_are_unique,
    a_day_has_one_session,
    sessions_are_hours_apart,
    nobody_is_asked_twice,
    everybody_is_asked,
    every_date_has_its_day,
    every_update_is_handled,
    every_press_is_answered,
    every_number_is_kept,
    sent_letters_are_there,
    no_message_without_a_letter,
    the_outbox_is_empty,
    sessions_are_closed,
    holds_that_count_were_whole,
    tension_is_of_whole_and_stopped_holds,
    summaries_add_up,
    nothing_is_left_over,
    people_are_answered,
    *load_verdicts.VERDICTS,
)


def judge(run: "Run") -> list[str]:
    """Return everything that is wrong at the end of a run."""
    return [text for verdict in VERDICTS for text in verdict(run)]


def tally(ledger: Ledger) -> Counter[str]:
    """Return what was done in a run, for its figures."""
    counts: Counter[str] = Counter()
    one: Callable[[str], Any] = lambda query: ledger.rows(query)[0][0]  # noqa: E731
    counts["sessions"] = one("SELECT count(*) FROM session")
    counts["holds"] = one("SELECT count(*) FROM hold")
    counts["days asked about"] = one("SELECT count(*) FROM occurrence WHERE state <> 'planned'")
    counts["letters"] = one("SELECT count(*) FROM outbox")
    counts["entries"] = one("SELECT count(*) FROM load_entry WHERE NOT gone")
    counts["entries from files"] = one("SELECT count(*) FROM load_entry WHERE seconds IS NOT NULL")
    counts["weekly checks"] = one("SELECT count(*) FROM weekly_check")
    for row in ledger.rows("SELECT outcome, count(*) AS n FROM session GROUP BY 1"):
        counts[f"outcome {row['outcome']}"] = row["n"]
    return counts
