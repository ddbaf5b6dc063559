"""What must be true of a cluster whatever went wrong, and how long things took.

Judged are the stand-in's log – what people saw – and the rows. The rules that hold for one process
that is killed hold here as well (`tests/crash/checks.py`).
"""

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Final

from telegram_sandbox import Entry
from tests.cluster.crowd import DOSE
from tests.cluster.faults import Struck
from tests.crash import checks
from tests.crash.history import History

CAUSED: Final = timedelta(seconds=1)
SOON: Final = timedelta(seconds=8)
"""So long after a fault what it has caused may still come."""
LATE_S: Final = 30.0
"""Whoever holds is told something within so much more than the hold, whatever happened."""
AFTER_STOP: Final = (" after a STOP", " after pain over the limit")
EARLY_S: Final = 0.5
UNSAVED: Final = "cannot save"
ENDS: Final = ("RELEASE", "STOP", "Rest.")
"""How a message begins that says that a hold is over."""


@dataclass(frozen=True)
class Run:
    """What a run has left; `violations` is how often Telegram was sent more than it takes."""

    history: History
    struck: list[Struck]
    violations: int = 0


@dataclass(frozen=True)
class Held:
    """A HOLD that somebody saw, and what told them that it is over; `over_s` beyond the dose."""

    chat: int
    at: datetime
    end: datetime | None
    text: str = ""

    @property
    def over_s(self) -> float:
        """Return how much longer it was than planned, in s."""
        end = self.end or datetime.max.replace(tzinfo=self.at.tzinfo)
        return (end - self.at).total_seconds() - DOSE.hold_s


def chats(entries: Iterable[Entry]) -> dict[int, list[Entry]]:
    """Return chat → the messages that it got, in their order."""
    found: dict[int, list[Entry]] = {}
    for one in entries:
        if one.kind == "call" and one.ok and one.method == "sendMessage" and one.chat_id:
            found.setdefault(one.chat_id, []).append(one)
    return found


def holds(entries: Iterable[Entry]) -> list[Held]:
    """Return every HOLD; what ends it is the next message of the chat that is about the session."""
    found = []
    for chat, said in chats(entries).items():
        for place, one in enumerate(said):
            if one.text.startswith("HOLD "):
                end = next((other for other in said[place + 1 :] if _tells(other)), None)
                found.append(Held(chat, one.at, end.at if end else None, end.text if end else ""))
    return found


def _tells(one: Entry) -> bool:
    """Whether a message says to whoever holds that the hold is over."""
    return one.text.startswith(ENDS) or "outage" in one.text


# ---- rules ------------------------------------------------------------------------------


def replies_lost(run: Run) -> list[str]:
    """What Telegram was told is received is stored, at any time, and handled in the end."""
    early = [f"{one.kind}: updates {sorted(one.unstored)}" for one in run.struck if one.unstored]
    return early + checks.replies_are_stored(run.history)


def no_hold_after_stop(run: Run) -> list[str]:
    """Once a chat was told STOP no HOLD comes, but one after which STOP is said again.

    One that leaves while the STOP is being stored is such a one: the last cue is STOP.
    """
    wrong, stopped = [], set[int]()
    for chat, said in chats(run.history.entries).items():
        stops = [place for place, one in enumerate(said) if one.text.startswith("STOP")]
        cues = [place for place, one in enumerate(said) if one.text.startswith("HOLD ")]
        if not stops:
            continue
        if cues and cues[-1] > stops[-1]:
            wrong.append(f"chat {chat}: HOLD at {said[cues[-1]].at:%H:%M:%S.%f} after STOP")
        else:
            stopped.add(chat)
    return wrong + [
        line
        for line in checks.no_hold_that_must_not_be(run.history)
        if not (line.endswith(AFTER_STOP) and _chat_of(run, line) in stopped)
    ]


def _chat_of(run: Run, line: str) -> int:
    key = line.removeprefix("HOLD ").partition(" ")[0]
    (letter,) = run.history.of("outbox", key=key)
    return int(letter["chat_id"])


def no_hold_doubled(run: Run) -> list[str]:
    """As many HOLD messages reached a chat as letters left for it, at most, and one at a time.

    One that could not leave, as Telegram was out of reach, is tried again.
    """
    said = chats(run.history.entries)
    wrong = [
        f"chat {one.chat}: HOLD at {after.at:%H:%M:%S.%f} before the last one was over"
        for one, after in pairwise(holds(run.history.entries))
        if one.chat == after.chat and (one.end is None or after.at < one.end)
    ]
    for chat in {row["chat"] for row in run.history.rows["session"]}:
        came = [one for one in said.get(chat, []) if one.text.startswith("HOLD ")]
        letters = run.history.of("outbox", kind="Hold", chat_id=chat)
        handed = [one for one in letters if one["handed_at"] is not None]
        if len(came) > len(handed):
            wrong.append(f"chat {chat}: {len(came)} HOLD messages of {len(handed)} letters")
    return wrong


def every_hold_ends(run: Run) -> list[str]:
    """Whoever was told to hold is told that it is over, also where the hold was cut."""
    return [
        f"chat {one.chat}: HOLD at {one.at:%H:%M:%S.%f}, over by {one.over_s:.1f} s"
        for one in holds(run.history.entries)
        if one.end is None or one.over_s > LATE_S
    ]


def reminders_doubled(run: Run) -> list[str]:
    """A reminder comes once; once more if it was on its way when something went wrong."""
    wrong = []
    for row in run.history.of("outbox", kind="Reminder"):
        said = chats(run.history.entries).get(row["chat_id"], [])
        came = [one for one in said if checks.REMINDER in one.text]
        if not came and row["state"] == "sent":
            wrong.append(f"reminder {row['key']} is marked as sent and never came")
        for first, second in pairwise(came):
            if not any(_explains(one, row["key"], first.at, second.at) for one in run.struck):
                wrong.append(f"reminder {row['key']} came twice, {first.at:%H:%M:%S.%f}")
    return wrong


def _explains(struck: Struck, key: str, first: datetime, second: datetime) -> bool:
    until = (struck.until or struck.at) + SOON
    return key in struck.reminders and struck.since - SOON <= second and first <= until


def no_hold_counts_that_was_cut(run: Run) -> list[str]:
    """A hold counts only with all its seconds."""
    return checks.cut_holds_never_count(run.history)


def others_lead_on(run: Run) -> list[str]:
    """Nobody takes over from a leader with whom nothing is wrong; whoever leads acts."""
    return [f"{one.kind}: {line}" for one in run.struck for line in one.wrong]


def nobody_contradicts(run: Run) -> list[str]:
    """Nobody who has just been told to hold is told, from a node's memory, that nothing comes."""
    return [
        f"chat {one.chat}: HOLD at {one.at:%H:%M:%S.%f}, {DOSE.hold_s + one.over_s:.1f} s later: "
        f"{one.text.splitlines()[0]}"
        for one in holds(run.history.entries)
        if UNSAVED in one.text and one.over_s < -EARLY_S and one.text.startswith("Rest.")
    ]


def within_the_budget(run: Run) -> list[str]:
    """All nodes together send no more than Telegram takes.

    But who is cut off from the database alone says RELEASE from memory, beside another's budget.
    """
    most = unsaved(run)
    return [f"{run.violations} calls too many"] if run.violations > most else []


RULES: Final[dict[str, Callable[[Run], list[str]]]] = {
    "replies lost": replies_lost,
    "replies without effect": lambda run: checks.replies_have_their_effect(run.history),
    "presses without an answer": lambda run: checks.every_update_is_answered(run.history),
    "HOLD doubled": no_hold_doubled,
    "HOLD after a stop, over the limit or before an answer": no_hold_after_stop,
    "holds whose end nobody told": every_hold_ends,
    "cut holds counted": no_hold_counts_that_was_cut,
    "sessions that went on over the limit": lambda run: checks.pain_over_the_limit_ends_it(
        run.history
    ),
    "reminders doubled that were not on their way": reminders_doubled,
    "terms ended for nothing, or idle": others_lead_on,
    "calls over the budget": within_the_budget,
    "told to rest in a hold by who does not lead": nobody_contradicts,
    "left over": lambda run: checks.nothing_is_left_over(run.history),
}


def wrong(run: Run) -> dict[str, list[str]]:
    """Return rule → what is wrong."""
    return {name: rule(run) for name, rule in RULES.items()}


# ---- figures ----------------------------------------------------------------------------


def quantile(values: list[float], share: float) -> float:
    """Return the value that `share` of all do not exceed."""
    ordered = sorted(values)
    return ordered[max(0, math.ceil(share * len(ordered)) - 1)]


def longer(run: Run, kind: str | None) -> list[float]:
    """Return by how much the holds that ran during faults of a kind were longer, in s.

    None is for those that ran while nothing was wrong. A hold belongs to the last fault that it
    met. What an athlete stopped does not count.
    """
    return [
        held.over_s
        for held in holds(run.history.entries)
        if not held.text.startswith("STOP") and _met(run, held) == kind
    ]


def _met(run: Run, held: Held) -> str | None:
    """Return the kind of the last fault that a hold met, also in what had to end it."""
    found, end = None, held.end or held.at
    for one in run.struck:
        if one.since <= end and held.at <= (one.until or one.at) + CAUSED:
            first, last = one.held or (one.since, end)
            found = one.kind if first <= end <= last else "not measured"
    return found


def repeats(run: Run) -> int:
    """Return how many reminders came once more."""
    return sum(
        max(0, sum(checks.REMINDER in one.text for one in said) - 1)
        for said in chats(run.history.entries).values()
    )


def unsaved(run: Run) -> int:
    """Return how many messages were said from memory."""
    return sum(UNSAVED in one.text for said in chats(run.history.entries).values() for one in said)


def cut(run: Run) -> int:
    """Return how many holds were told that they were cut."""
    return sum("outage" in one.text or UNSAVED in one.text for one in holds(run.history.entries))
