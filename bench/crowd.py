"""Athletes in sessions, and everybody's reminder at once: the calls of a morning.

Each athlete goes on from hold to hold: HOLD, RELEASE when its seconds are over, an answer some
seconds later (the press is answered and its message rewritten), rest of twice the hold as the
product's plan has it, and again. Seconds count from the scenario's beginning.
"""

import heapq
import itertools
import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from sqlmodel import Session as Db

from bot.conversation import message
from bot.conversation.common.messages import PainSaved
from bot.conversation.message import Message
from bot.store import outbox
from bot.store.outbox import Letter
from bot.training import messages
from bot.training.messages import Spot

HOLD_S: Final = (10, 15)
ANSWER_S: Final = (3.0, 8.0)
RESTS: Final = 2
"""Rest is so many times the hold, from the answer on."""
CYCLE_S: Final = sum(HOLD_S) / 2 * (1 + RESTS) + sum(ANSWER_S) / 2
"""From HOLD to HOLD, on average."""
CALLS: Final = 4
"""Of each hold: HOLD, RELEASE, the answer to the press, the rewritten message."""
MOST_LOAD: Final = 0.8
"""Of the budget, for sessions: what admission control guarantees."""
LOAD_SPAN_S: Final = 10.0
FIRST_CHAT: Final = 10_000
"""Of those who are reminded; athletes in sessions are 1, 2, 3 …"""


class What(StrEnum):
    """A call of the morning."""

    HOLD = "hold"
    RELEASE = "release"
    ANSWER = "answer"
    REST = "rest"
    REMINDER = "remind"
    LETTER = "letter"
    CLIP = "clip"
    BACK = "back"


CUES: Final = frozenset({What.HOLD, What.RELEASE})
"""What is felt in the body."""


@dataclass(frozen=True, slots=True, order=True)
class Planned:
    """One call: when it is due, what, to whom, and of which hold."""

    at: float
    what: What
    chat: int
    index: int = 0
    seconds: int = 0

    @property
    def key(self) -> str:
        """What the call carries as its text, and the letter as its key."""
        return f"{self.what}:{self.chat}:{self.index}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Morning:
    """A scenario: so many reminders are due at `reminders_at` while athletes are in sessions.

    At the same time each of `busy_chats` gets so many letters, whose chats allow them only slowly.
    With `by_sound` each hold is one clip, which comes with the answer before it.
    """

    reminders: int
    athletes: int = 0
    busy_chats: tuple[tuple[int, int], ...] = ()
    by_sound: bool = False
    rate: float = 30.0
    reminders_at: float = 5.0
    seed: int = 1

    def plan(self) -> Iterator[Planned]:
        """Give every call in the order of the instants, without end."""
        session = self._heard if self.by_sound else self._session
        sessions = [
            itertools.dropwhile(lambda call: call.at < 0, session(number))
            for number in range(self.athletes)
        ]
        reminders = (
            Planned(self.reminders_at, What.REMINDER, FIRST_CHAT + number)
            for number in range(self.reminders)
        )
        letters = (
            Planned(self.reminders_at, What.LETTER, chat, index)
            for chat, count in sorted(self.busy_chats)
            for index in range(count)
        )
        return heapq.merge(letters, reminders, *sessions)

    def _session(self, number: int) -> Iterator[Planned]:
        """Give one athlete's calls; the sessions have begun before, each a little after another."""
        draw = random.Random(f"{self.seed}:{number}")  # noqa: S311 - a scenario
        chat, at = 1 + number, CYCLE_S * (number / self.athletes - 1)
        index = 0
        while True:
            hold_s = draw.randint(*HOLD_S)
            yield Planned(at, What.HOLD, chat, index, hold_s)
            yield Planned(at + hold_s, What.RELEASE, chat, index)
            answered = at + hold_s + draw.uniform(*ANSWER_S)
            yield Planned(answered, What.ANSWER, chat, index)
            yield Planned(answered, What.REST, chat, index)
            at = answered + RESTS * hold_s
            index += 1

    def _heard(self, number: int) -> Iterator[Planned]:
        """Give the calls of one athlete whose holds are cued by sound."""
        draw = random.Random(f"{self.seed}:{number}")  # noqa: S311 - a scenario
        chat, at = 1 + number, CYCLE_S * (number / self.athletes - 1)
        for index in itertools.count():
            hold_s = draw.randint(*HOLD_S)
            if index:
                yield Planned(at, What.ANSWER, chat, index - 1)
                yield Planned(at, What.BACK, chat, index - 1)
            yield Planned(at, What.CLIP, chat, index, hold_s)
            at += (1 + RESTS) * hold_s + draw.uniform(*ANSWER_S)

    def load(self, seconds: float) -> tuple[float, float]:
        """Return the sessions' calls as a part of the budget: on average, and the worst 10 s."""
        times: list[float] = []
        for call in self.plan():
            if call.at > seconds:
                break
            if call.chat < FIRST_CHAT and call.what is not What.LETTER:
                times.append(call.at)
        return len(times) / seconds / self.rate, _most(times) / LOAD_SPAN_S / self.rate


def _most(times: list[float]) -> int:
    """Return the most of `times`, which ascend, in any span of LOAD_SPAN_S."""
    worst = first = 0
    for index, at in enumerate(times):
        while times[first] <= at - LOAD_SPAN_S:
            first += 1
        worst = max(worst, index - first + 1)
    return worst


def put(db: Db, calls: list[Planned], begun: datetime) -> None:
    """Put the letters of these calls into the outbox, as the product's flows would."""
    letters = [_letter(call, begun) for call in calls]
    for letter in letters:
        if letter.edits is not None:
            outbox.put(db, letter)
    outbox.put_many(db, (letter for letter in letters if letter.edits is None))


def _letter(call: Planned, begun: datetime) -> Letter:
    """Return the letter that `conversation/outgoing.py` makes of the call's intent."""
    due = begun + timedelta(seconds=call.at)
    intent = _intent(call, due)
    question = Planned(0, What.RELEASE, call.chat, call.index).key
    return Letter(
        key=call.key,
        chat_id=call.chat,
        kind=intent.kind(),
        body=message.dump(intent),
        priority=intent.priority,
        due=due,
        not_after=None if intent.life is None else due + intent.life,
        repeatable=intent.repeatable,
        edits=question if call.what is What.REST else None,
    )


def _intent(call: Planned, due: datetime) -> Message:  # noqa: PLR0911 - one for each call
    """Return what the product tells: its kind has the priority and the life."""
    spot = Spot(call.index + 1, call.index + 1, "left")
    match call.what:
        case What.HOLD:
            return messages.Hold(call.chat, call.index, spot, call.seconds, ease=False, cues=())
        case What.RELEASE:
            return messages.Release(call.chat, call.index, spot, 3)
        case What.CLIP:
            waits = (RESTS * call.seconds, 5, call.seconds)
            return messages.Clip(
                call.chat, call.index, spot, 3, *waits, ease=False, switch=False, value=1
            )
        case What.BACK:
            return messages.TakeBack(1)
        case What.ANSWER:
            return message.Answer(call.key, PainSaved(1))
        case What.REST:
            return messages.Rest(call.chat, 1, spot, due, "UTC", 5, ease=False, switch=False)
        case What.REMINDER:
            return messages.Reminder(call.chat, "Athlete", 5, 10, 1, "left", due, "UTC")
        case What.LETTER:
            return message.Say(PainSaved(1))
