"""What a hold costs in calls of the Bot API: a session played on virtual time, and counted."""

import asyncio
import json
from collections import Counter
from dataclasses import dataclass, field
from functools import partial
from itertools import count
from pathlib import Path
from typing import Any, Final

from sqlmodel import Session as Db
from telegram import Bot

from bench.population import fill, tomorrow
from bench.table import Part
from bot.charts.worker import ChartWorker
from bot.delivery.sender import Sender
from bot.dispatch import delivery_events, updates
from bot.dispatch.commands.catalogue import Rules
from bot.dispatch.updates import Arrived
from bot.protocol.dose.dose import Dose
from bot.protocol.session.state import Cues
from bot.store import people, sessions
from bot.store.engine import Store
from bot.telegram.inbox import Inbox
from bot.telegram.renderer import Renderer
from bot.training.session import apply_event
from testkit import time_acts
from testkit.bot_api import TOKEN, BotApi, Fields, Latency
from testkit.database import opened
from testkit.near import LATENCY_S, NearRequest
from testkit.virtual import MONDAY, VirtualClock, run

ATHLETE: Final = 1
FLOOR: Final = 3
"""HOLD, RELEASE, and the answer to the press; by sound the clip, the answer, and its deletion."""
TARGET: Final = 4
ANSWERS_AFTER_S: Final = 3.0
LONG: Final = Dose(hold_s=30, holds=4, rest_s=60)
PLANS: Final = (
    (Dose(hold_s=10, holds=5), Cues.FULL),
    (LONG, Cues.FULL),
    (LONG, Cues.SOUND),
)


@dataclass(slots=True)
class Athlete:
    """Answers every question with 1, and counts the calls of each hold."""

    holds: int
    store: Store
    inbox: Inbox
    clock: VirtualClock
    sent: int = 0
    """Messages so far: the newest has this number."""
    calls: list[Counter[str]] = field(default_factory=list)
    ended: asyncio.Event = field(default_factory=asyncio.Event)
    numbers: "count[int]" = field(default_factory=lambda: count(1))
    answers: set[asyncio.Task[None]] = field(default_factory=set)

    def handed(self, method: str, fields: Fields, _at: float, _taken: bool) -> None:  # noqa: FBT001 - as it is called
        """A call was handed over."""
        clip = method == "sendAudio"
        self.sent += method.startswith("send")
        if clip or (method == "sendMessage" and fields["text"].startswith("<b>HOLD")):
            self.calls.append(Counter())
        if len(self.calls) == self.holds:
            self.ended.set()
        elif self.calls:
            self.calls[-1][method] += 1
        if method.startswith("send") and '"text": "10"' in fields.get("reply_markup", ""):
            after = ANSWERS_AFTER_S + (float(fields["duration"]) if clip else 0)
            task = asyncio.ensure_future(
                self._press(json.loads(fields["reply_markup"]), self.sent, after)
            )
            self.answers.add(task)

    async def _press(self, markup: dict[str, Any], on: int, after: float) -> None:
        buttons = [button for row in markup["inline_keyboard"] for button in row]
        data = next(b["callback_data"] for b in buttons if b["text"].startswith("1"))
        await asyncio.sleep(after)
        arrived = [_press(next(self.numbers), data, on)]
        await self.store.write(updates.receive, arrived, self.clock.now(), backlog=False)
        self.inbox.wake(arrived)


def _press(number: int, data: str, on: int) -> Arrived:
    person = {"id": ATHLETE, "is_bot": False, "first_name": "Athlete"}
    query = {"id": str(number), "from": person, "chat_instance": "1", "data": data}
    message = {"message_id": on, "date": 1, "chat": {"id": ATHLETE, "type": "private"}}
    payload = {"update_id": number, "callback_query": {**query, "message": message}}
    return Arrived(number, ATHLETE, json.dumps(payload))


def _begin(db: Db, dose: Dose, cues: Cues) -> None:
    people.athlete(db, ATHLETE).cues = cues
    db.add(sessions.plan_row(ATHLETE, 2, dose, MONDAY))
    db.flush()
    apply_event.open_session(db, ATHLETE, None, MONDAY)


async def _played(path: Path, dose: Dose, cues: Cues, clock: VirtualClock) -> list[Counter[str]]:
    with opened(path) as store:
        store.write_now(_begin, dose, cues)

        def handed(*call: Any) -> None:
            athlete.handed(*call)

        near = NearRequest(BotApi(), Latency(*LATENCY_S), handed)
        bot = Bot(TOKEN, request=near, get_updates_request=near)
        sender = Sender(store, bot, Renderer(store, ChartWorker()), delivery_events, clock, 28)
        inbox = Inbox(store, clock, Rules("bench_bot", open_enrolment=False))
        athlete, moved = Athlete(dose.total_holds, store, inbox, clock), asyncio.Event()
        store.on_commit += [sender.wake, moved.set]
        work = (sender.run(), inbox.run(), time_acts.act(store, clock, moved))
        jobs = [asyncio.create_task(one) for one in work]
        await athlete.ended.wait()
        for job in jobs:
            job.cancel()
        await asyncio.gather(*jobs, return_exceptions=True)
        await sender.settled()
    return athlete.calls[1:-1]


def measure(folder: Path) -> list[Part]:
    """Play a session of each plan."""
    rows = []
    for number, (dose, cues) in enumerate(PLANS):
        path = folder / f"calls{number}.db"
        with opened(path) as store:
            store.write_now(fill, 1, tomorrow(MONDAY))
        calls = run(partial(_played, path, dose, cues))
        rows.append(_row(dose, cues, calls))
    return [
        Part(
            "Calls per hold",
            (
                *("plan", "messages", "edits", "answers to presses", "deleted"),
                *("calls", "floor", "to reach"),
            ),
            tuple(rows),
            "Of the holds of a session but its first and last, each from its HOLD to before the "
            "next one, "
            "every question answered by button; the most of any hold. The edit is the rest in the "
            "question's place. By sound a hold is one clip, which is deleted once it is answered.",
        )
    ]


def _row(dose: Dose, cues: Cues, calls: list[Counter[str]]) -> tuple[str, ...]:
    most, by_sound = max(calls, key=Counter.total), cues is Cues.SOUND
    sent = most["sendMessage"] + most["sendAudio"]
    kinds = (sent, most["editMessageText"], most["answerCallbackQuery"], most["deleteMessage"])
    told = (*kinds, most.total(), FLOOR, FLOOR if by_sound else TARGET)
    return (f"{dose.holds} × {dose.hold_s} s{', by sound' if by_sound else ''}", *map(str, told))
