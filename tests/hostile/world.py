"""A bot with people in it, and a door through which anything comes.

Updates go the whole way: fetched by the poller, stored, narrowed, routed and handled, on a real
database file. What it tells is rendered, and parsed as Telegram would. Nobody sends; files are
never fetched: the Bot API here knows `getUpdates` alone.

What follows an update – letters, changed rows, the time it took – is looked at before the next one.
"""

import json
from collections.abc import Awaitable, Callable, Sequence
from contextvars import ContextVar
from datetime import UTC, datetime, timedelta
from operator import attrgetter
from pathlib import Path
from random import Random
from time import process_time
from typing import Any, Final

from sqlalchemy import text as sql
from sqlalchemy import update as rewrite
from sqlmodel import Session as Db
from sqlmodel import col
from structlog.testing import capture_logs
from telegram import Bot

from bot.dispatch.commands.catalogue import Rules
from bot.dispatch.updates import Arrived
from bot.store import outbox, outbox_claims
from bot.store.driver import raw
from bot.store.outbox_claims import Claimed
from bot.store.tables import InboxRow, OutboxRow, OutboxState
from bot.telegram.inbox import Inbox
from bot.telegram.poller import Poller
from bot.telegram.renderer import Renderer
from bot.telegram.update import _is_service
from telegram_sandbox.formatting import caption_text, message_text
from testkit.database import is_file
from testkit.virtual import HandClock
from testkit.wire import Asked, Response, Wire
from testkit.world import TOKEN, Dots, World
from tests.hostile import people, rights, words
from tests.hostile.people import ADA, EVE, LEE, NAMES, STRANGERS, ids
from tests.hostile.schema import KINDS, Json, Maker, Types, types

START: Final = datetime(2026, 11, 24, 11, 0, tzinfo=UTC)
AT_ONCE: Final = (1, 2, 10, 20)
"""How many random updates come at the same instant."""
A_MINUTE: Final = 100
LIMIT_S: Final = 1.0
"""Seconds within which an update is answered."""
FLOOD: Final = 31
"""Updates of one person within a minute, the last of them heard: thirty answers, and one word."""


class Feed(Wire):
    """Stands for Telegram: hands out what was put in, and answers nothing else."""

    def __init__(self, watch: Callable[[], float]) -> None:
        self.waiting: list[Json] = []
        self.handed: dict[int, float] = {}
        """Update → when it was handed out, by `watch`."""
        self._watch = watch

    async def exchange(self, asked: Asked) -> Response:
        """Answer getUpdates as Telegram does."""
        assert asked.method == "getUpdates"
        offset = int(asked.params.get("offset", 0))
        found = [one for one in self.waiting if one["update_id"] >= offset]
        self.waiting = found[100:]
        self.handed |= dict.fromkeys((one["update_id"] for one in found[:100]), self._watch())
        return 200, json.dumps({"ok": True, "result": found[:100]}).encode()


HANDLED: Final[ContextVar[int]] = ContextVar("handled", default=0)
"""The update that is being handled; 0 where none is."""


class Door(Inbox):
    """The bot's inbox; `after` is called with each update as soon as it is handled."""

    after: Callable[[int], Awaitable[None]]

    async def handle(self, update: Arrived) -> None:
        """Handle one stored update, and look at what followed."""
        HANDLED.set(update.update_id)
        await super().handle(update)
        await self.after(update.update_id)


class HostileWorld(World):
    """The bot, the random, and the next update's number.

    With `inline` everything runs in this thread; without, the writer thread commits what waits
    together, as in the program: what follows which update is then not known.
    """

    def __init__(
        self,
        folder: Path,
        rng: Random,
        described: Types | None = None,
        *,
        inline: bool = True,
        clock: HandClock | None = None,
    ) -> None:
        """Open a database with everybody in it, and let two people be in a session."""
        super().__init__(folder, clock or HandClock(START), inline=inline)
        self.rng = rng
        self.number = 0
        self.lines: list[str] = []
        self.senders: dict[int, int] = {}
        """Update → who it is from."""
        self.owed: set[int] = set()
        """Updates that somebody is owed an answer for."""
        self.took: dict[int, float] = {}
        """Update → seconds from its being handed out until what it led to was ready to be sent."""
        self.letters: dict[int, list[Claimed]] = {}
        """Update → what was told because of it."""
        self.touched: list[tuple[int, str]] = []
        """Updates that changed what is not their sender's, and the table."""
        self.unsendable: list[tuple[int, str]] = []
        """Updates with an answer that cannot be rendered, or that Telegram would refuse; why."""
        self.api = Feed(self.watch)
        rules = Rules("holdfast_bot", open_enrolment=False)
        self.inbox = Door(self.store, self.clock, rules)
        self.inbox.after = self._look
        bot = Bot(TOKEN, request=self.api, get_updates_request=self.api)
        self.poller = Poller(bot, self.store, self.clock, self.inbox.wake)
        self.renderer = Renderer(self.store, Dots())
        self.run(people.settle, self.now)
        self.run(_sent)
        self._ids = {who: self.read(people.ids, {who}) for who in (EVE, LEE)}
        self.maker = Maker(rng, described or types(), self._special())
        self._who, self._polled = EVE, False
        if self.store._connection is not None:
            # Nobody cuts the power here, and the disk would be most of the run's time.
            if is_file():
                raw(self.store._connection).execute("PRAGMA synchronous = OFF")
            rights.watch(self.store, self._changes)

    def watch(self) -> float:
        """Return seconds of the clock, where the bot waits, and of CPU, where it works."""
        return self.clock.ticks() + process_time()

    # ---- making updates ----------------------------------------------------------------

    def random_update(self) -> Json:
        """Return an update of a random kind, often one that the bot listens to."""
        listened = ("message", "message", "callback_query", "callback_query", "edited_message")
        kind = self.rng.choice(listened if self.rng.random() < 0.7 else KINDS)
        described = self.maker.types["Update"]["fields"][kind]["types"][0]
        self._who = self._sender()
        update: Json = self.maker.make(described, depth=1)
        if kind in {"message", "edited_message"} and self.rng.random() < 0.75:
            update = {**update, "chat": self._private(), "from": self._user()}
            if self.rng.random() < 0.8:
                update["text"] = words.text(self.rng)
        if kind == "callback_query":
            update = {**update, "from": self._user(), "data": words.data(self.rng)}
            if "message" in update and self.rng.random() < 0.9:
                update["message"] = {**update["message"], "chat": self._private()}
        return self.update(kind, update)

    def update(self, kind: str, value: Json) -> Json:
        """Return an update with the next number."""
        self.number += 1
        return {"update_id": self.number, kind: value}

    def message(self, who: int, **more: Any) -> Json:
        """Return a private message of somebody's."""
        user = {"id": who, "is_bot": False, "first_name": NAMES.get(who, "Somebody")}
        chat = {"id": who, "type": "private", "first_name": user["first_name"]}
        return self.update(
            "message",
            {"message_id": self.number + 1, "date": 1_764_000_000, "from": user, "chat": chat}
            | more,
        )

    def press(self, who: int, data: str) -> Json:
        """Return a press of a button with this data."""
        told = self.message(who, text="a question")["message"]
        query = {"id": f"q{self.number}", "from": told["from"], "chat_instance": "1", "data": data}
        return self.update("callback_query", {**query, "message": told})

    def _sender(self) -> int:
        known = self.rng.random() < 0.3
        return self.rng.choice((EVE, EVE, LEE) if known else STRANGERS)

    def _user(self) -> Json:
        return {"id": self._who, "is_bot": False, "first_name": words.name(self.rng)}

    def _private(self) -> Json:
        return {"id": self._who, "type": "private", "first_name": "x"}

    def _chat(self) -> Json:
        how = self.rng.random()
        if how < 0.5:
            return self._private()
        kind = self.rng.choice(("group", "supergroup", "channel"))
        return {"id": -self.rng.randrange(1, 10**12), "type": kind, "title": words.name(self.rng)}

    def _special(self) -> dict[str, Any]:
        return {
            "User": self._user,
            "Chat": self._chat,
            "text": lambda: words.text(self.rng),
            "caption": lambda: words.text(self.rng)[:1024],
            "data": lambda: words.data(self.rng),
            "file_size": lambda: self.rng.choice((0, 20 * 2**20, 2 * 2**30)),
            "latitude": lambda: self.rng.uniform(-95, 95),
            "longitude": lambda: self.rng.uniform(-200, 200),
        }

    # ---- letting them in ---------------------------------------------------------------

    async def takes(self, updates: Sequence[Json]) -> list[Claimed]:
        """Let updates come, at once; return what is told because of them, already rendered."""
        if not self._polled:
            await self.poller.step(0)  # what waits at a start is old: these are not
            self._polled = True
        await self.told()  # what waits from before is not theirs
        self.api.waiting.extend(updates)
        for update in updates:
            self._owe(update)
        with capture_logs() as lines:
            while self.api.waiting:
                await self.poller.step(0)
                await self._handled()
        self.lines += [f"{line['event']} {line.get('update', '')}" for line in lines]
        return [one for update in updates for one in self.letters.get(update["update_id"], ())]

    async def _handled(self) -> None:
        """Let the inbox handle what it was handed, and what it finds, until there is nothing."""
        found = 1
        while found:
            found = await self.inbox.step()
            await self.inbox.settled()

    def _owe(self, update: Json) -> None:
        number = update["update_id"]
        for kind, value in update.items():
            if kind == "update_id" or "from" not in value:
                continue
            self.senders[number] = value["from"]["id"]
            chat = value.get("chat") or value.get("message", {}).get("chat") or {"type": "private"}
            is_said = kind == "callback_query" or (kind == "message" and not _is_service(value))
            if is_said and chat["type"] == "private":
                self.owed.add(number)

    async def _look(self, number: int) -> None:
        """Note what followed an update, and how long that took."""
        try:
            self.letters.setdefault(number, []).extend(await self.told())
        except Exception as error:  # noqa: BLE001 - in here the inbox would take it for its own
            self.unsendable.append((number, repr(error)))
        self.took[number] = self.watch() - self.api.handed[number]
        self.clock.at += timedelta(microseconds=1)  # no two are handled at the same instant

    def _changes(self, table: str, row: rights.Row) -> None:
        """Note whose update changed a row, unless it is the sender's own."""
        number = HANDLED.get()
        who = self.senders.get(number, 0)
        if number and not rights.is_own(table, row, self._ids.get(who, set()), {who}):
            self.touched.append((number, table))

    async def told(self) -> list[Claimed]:
        """Return what is to be said since the last look, marked as sent and rendered."""
        letters = self.run(_sent)
        for letter in letters:
            call = await self.renderer(letter, self.now)
            if call is not None:
                _as_telegram_reads(*call)
        return letters

    async def many(self, count: int) -> None:
        """Let so many random updates come, a hundred a minute, some at once."""
        while count > 0:
            some = min(count, self.rng.choice(AT_ONCE))
            updates = [self.random_update() for _ in range(some)]
            await self.takes(updates)
            self.clock.at += timedelta(minutes=len(updates) / A_MINUTE)
            count -= len(updates)

    # ---- looking -----------------------------------------------------------------------

    def wrong(self, before: rights.Snapshot) -> list[str]:
        """Return what must never be, one sentence each; `before` is what was protected."""
        after = self.protected()
        changed = [f"rows of {name} changed" for name in before if before[name] != after[name]]
        payloads = dict(self.rows("SELECT update_id, payload FROM inbox"))
        faults = [
            f"update {number} {fault}: {payloads[number]!a}" for number, fault in self.faults()
        ]
        return [*changed, *faults, *self.lines]

    def faults(self) -> list[tuple[int, str]]:
        """Return the updates that something is wrong with, and what."""
        return [
            *((number, f"changed a row of {table}") for number, table in self.touched),
            *((number, f"failed with {error}") for number, error in self.failed()),
            *((number, f"had no answer to send: {error}") for number, error in self.unsendable),
            *((number, "was not answered") for number in self.unanswered()),
            *((number, f"had letters to {chat}") for number, chat in self.misled()),
            *((number, f"took {took:.2f} s") for number, took in self.slow()),
        ]

    def unanswered(self) -> list[int]:
        """Return the updates of people in private that no letter answers."""
        return [
            number
            for number in sorted(self.owed)
            if all(one.chat_id != self.senders[number] for one in self.letters.get(number, ()))
            and not self._is_flood(number)
        ]

    def _is_flood(self, number: int) -> bool:
        """Whether its sender wrote so much within a minute that silence is right (F68)."""
        this = self.row(InboxRow, number)
        return (
            self.count(
                InboxRow,
                InboxRow.chat_id == this.chat_id,
                col(InboxRow.update_id) <= number,
                col(InboxRow.received_at) > this.received_at - timedelta(minutes=1),
            )
            > FLOOD
        )

    def misled(self) -> list[tuple[int, int]]:
        """Return (update, chat) of letters to anybody but who sent the update.

        An athlete's own warning sign is an admin's to know, where there is no coach.
        """
        return [
            (number, one.chat_id)
            for number, letters in self.letters.items()
            for one in letters
            if one.chat_id != self.senders.get(number) and not self._is_own_alert(one)
        ]

    def _is_own_alert(self, letter: Claimed) -> bool:
        """Whether a letter alerts the admin to something of who writes here, and of nobody else."""
        mine = self.read(ids, {EVE})
        return (
            letter.chat_id == ADA
            and letter.kind == "CoachAlert"
            and letter.body["no_coach"]
            and letter.body["athlete_id"] in mine
        )

    def slow(self) -> list[tuple[int, float]]:
        """Return (update, seconds) of what took longer than it may, the line before it included."""
        return [(number, took) for number, took in self.took.items() if took > LIMIT_S]

    def failed(self) -> list[tuple[Any, ...]]:
        """Return (update, error) of what could not be handled."""
        query = "SELECT update_id, error FROM inbox WHERE error IS NOT NULL OR handled_at IS NULL"
        return self.rows(query)

    def rows(self, query: str, **values: object) -> list[tuple[Any, ...]]:
        """Return what a query finds."""
        return self.read(_rows, query, **values)

    def protected(self) -> rights.Snapshot:
        """Return every row that none of those who write here has a right to change."""
        return self.read(rights.protected, {EVE, LEE})


# ---- the database ---------------------------------------------------------------------

_SENT: Final = (
    rewrite(OutboxRow)
    .where(outbox.PENDING)
    .values(state=OutboxState.SENT, message_id=col(OutboxRow.id))
    .returning(*outbox_claims._COLUMNS)  # type: ignore[call-overload]
)


def _sent(db: Db) -> list[Claimed]:
    """Mark what waits as sent, each as a message of its own, whenever it is due; return it."""
    rows = db.connection().execute(_SENT)
    return sorted(map(outbox_claims._claimed, rows), key=attrgetter("id"))


def _rows(db: Db, /, query: str, **values: object) -> list[tuple[Any, ...]]:
    return [tuple(row) for row in db.connection().execute(sql(query), values)]


# ---- what is told ---------------------------------------------------------------------


def _as_telegram_reads(method: str, arguments: Json) -> None:
    """Raise what Telegram would say to a text that it does not take."""
    told = {key: value for key, value in arguments.items() if value is not None}
    if method in {"send_message", "edit_message_text"}:
        message_text(told)
    elif "caption" in told:
        caption_text(told)
