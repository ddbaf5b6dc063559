"""A bot with people in it, and a door through which anything comes.

Updates go the whole way: fetched by the poller, stored, narrowed, routed and handled, on a real
database file. What it tells is rendered, and parsed as Telegram would. Nobody sends; files are
never fetched: the API here knows `getUpdates` alone.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from time import perf_counter
from typing import TYPE_CHECKING, Any, Final, cast

from sqlalchemy import select
from sqlalchemy import text as sql
from sqlmodel import Session as Db
from sqlmodel import SQLModel, col
from structlog.testing import capture_logs

from bot.chat.commands import Rules
from bot.chat.inbox import Inbox
from bot.chat.poller import Poller
from bot.chat.renderer import Renderer
from bot.flows import training
from bot.protocol import events
from bot.protocol.dose import Dose
from bot.sandbox.formatting import caption_text, message_text
from bot.store import outbox, people
from bot.store.engine import Store
from bot.store.outbox import Claimed
from bot.store.tables import OutboxRow, Role
from tests.flows.joining import empty
from tests.hostile import words
from tests.hostile.schema import KINDS, Json, Maker, Types, types
from tests.world import Dots, HandClock, enrolled, shared

if TYPE_CHECKING:
    from telegram import Bot

START: Final = datetime(2026, 11, 24, 11, 0, tzinfo=UTC)
MARIA, JONAS, KIM, ADA = 1001, 1002, 1003, 1004
"""Two athletes, Maria's coach, and an admin: nothing here ever comes from them."""
EVE, LEE = 2001, 2002
"""An athlete and a coach without athletes, who try."""
STRANGERS: Final = range(3_000, 3_200)
NAMES: Final = {MARIA: "Maria", JONAS: "Jonas", KIM: "Kim", ADA: "Ada", EVE: "Eve", LEE: "Lee"}
QUIET: Final = frozenset({"my_chat_member", "edited_message"})
"""Private updates that need no answer: coming and going, and a message that was changed."""


class Api:
    """Stands for Telegram: hands out what was put in, and answers nothing else."""

    username = "holdfast_bot"

    def __init__(self) -> None:
        self.waiting: list[Json] = []

    async def do_api_request(self, method: str, api_kwargs: Json, **_more: object) -> list[Json]:
        """Answer getUpdates as Telegram does: in JSON, as it comes over the wire."""
        assert method == "getUpdates"
        found = [one for one in self.waiting if one["update_id"] >= (api_kwargs["offset"] or 0)]
        self.waiting = found[100:]
        return cast("list[Json]", json.loads(json.dumps(found[:100])))


@dataclass
class Hostile:
    """The bot, the random, and the next update's number.

    With `inline` everything runs in this thread; without, the writer thread commits what waits
    together, as in the program.
    """

    folder: Path
    rng: Random
    types: Types = field(default_factory=types)
    inline: bool = True
    clock: HandClock = field(default_factory=lambda: HandClock(START))
    api: Api = field(default_factory=Api)
    number: int = 0
    slowest: float = 0.0
    """Seconds that the slowest hundred of updates took together."""
    lines: list[str] = field(default_factory=list)
    senders: dict[int, int] = field(default_factory=dict)
    """Update → who is owed an answer for it."""

    def __post_init__(self) -> None:
        """Open a database with everybody in it, and let two people be in a session."""
        path = self.folder / "hostile.db"
        path.write_bytes(empty())
        self.store = Store(f"sqlite:///{path}", inline=self.inline)
        bot = cast("Bot", self.api)
        rules = Rules("holdfast_bot", open_enrolment=False)
        self.inbox = Inbox(self.store, self.clock, rules)
        self.poller = Poller(bot, self.store, self.clock, self.inbox.wake)
        self.renderer = Renderer(self.store, Dots())
        self.store.write_now(_people, self.clock.now())
        self.maker = Maker(self.rng, self.types, self._special())
        self.seen = self.store.read_now(_newest_letter)
        self._who, self._polled = EVE, False

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
        self.api.waiting.extend(updates)
        for update in updates:
            self._owe(update)
        with capture_logs() as lines:
            while self.api.waiting:
                await self.poller.step(0)
                await self._handled()
        self.lines += [f"{line['event']} {line.get('update', '')}" for line in lines]
        return await self.told()

    async def _handled(self) -> None:
        """Let the inbox handle what it was handed, and what it finds, until there is nothing."""
        found = 1
        while found:
            found = await self.inbox.step()
            await self.inbox.settled()

    def _owe(self, update: Json) -> None:
        for kind in ("message", "callback_query"):
            value = update.get(kind)
            if value is None or "from" not in value:
                continue
            chat = value.get("chat") or value.get("message", {}).get("chat") or {"type": "private"}
            if chat["type"] == "private":
                self.senders[update["update_id"]] = value["from"]["id"]

    async def told(self) -> list[Claimed]:
        """Return what is to be said since the last look, rendered and marked as sent."""
        letters = [one for one in self.store.read_now(_waiting) if one.id > self.seen]
        for letter in letters:
            self.seen = max(self.seen, letter.id)
            call = await self.renderer(letter, self.clock.now())
            if call is not None:
                _as_telegram_reads(*call)
        self.store.write_now(_all_sent)
        return letters

    async def many(self, count: int) -> None:
        """Let so many random updates come, a hundred a minute."""
        for _ in range(count // 100):
            updates = [self.random_update() for _ in range(100)]
            begun = perf_counter()
            await self.takes(updates)
            self.slowest = max(self.slowest, perf_counter() - begun)
            self.clock.at += timedelta(minutes=1)

    # ---- looking -----------------------------------------------------------------------

    def unanswered(self) -> list[int]:
        """Return the updates of people in private that no letter answers."""
        rows = self.store.read_now(_answers)
        replies = {int(key[1:].partition(":")[0]) for key, *_ in rows if key.startswith("u")}
        others = {(chat, due) for _, chat, due in rows}
        when = dict(self.store.read_now(_handled))
        return [
            number
            for number, who in self.senders.items()
            if number not in replies and (who, when[number]) not in others
        ]

    def failed(self) -> list[tuple[Any, ...]]:
        """Return (update, error) of what could not be handled."""
        query = "SELECT update_id, error FROM inbox WHERE error IS NOT NULL OR handled_at IS NULL"
        return self.rows(query)

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        """Return what a query finds."""
        return self.store.read_now(lambda db: _rows(db, query))

    def protected(self) -> dict[str, list[tuple[Any, ...]]]:
        """Return every row that none of those who write here has a right to change."""
        return self.store.read_now(_protected)

    def wrong(self, before: dict[str, list[tuple[Any, ...]]]) -> list[str]:
        """Return what must never be, one sentence each; `before` is what was protected."""
        after = self.protected()
        changed = [f"rows of {name} changed" for name in before if before[name] != after[name]]
        failed = [f"update {number} failed: {error}" for number, error in self.failed()]
        unanswered = [f"update {number} was not answered" for number in self.unanswered()]
        return [*changed, *failed, *unanswered, *self.lines]

    def close(self) -> None:
        """Let go of the file."""
        self.store.close()


# ---- the database ---------------------------------------------------------------------

FREE: Final = frozenset({"inbox", "outbox", "fact"})
"""Tables that everybody who writes leaves rows in; what they hold is looked at otherwise."""


def _people(db: Db, now: datetime) -> None:
    """Add everybody; Maria and Eve are in a session, Maria shares with Kim."""
    ids = {who: enrolled(db, who, NAMES[who], Dose(), None, now) for who in (MARIA, JONAS, EVE)}
    for who, role in ((KIM, Role.COACH), (LEE, Role.COACH), (ADA, Role.ADMIN)):
        found = people.join(db, who, NAMES[who], role, now)
        assert found.id is not None
        ids[who] = found.id
    db.add(shared(ids[MARIA], ids[KIM], now))
    for who in (MARIA, EVE):
        stored = training.open_session(db, ids[who], None, now)
        training.happen(db, stored, events.Pain(1), now)


def _protected(db: Db) -> dict[str, list[tuple[Any, ...]]]:
    own = [_person_id(db, who) for who in (EVE, LEE)]
    found = {}
    for table in SQLModel.metadata.sorted_tables:
        if table.name in FREE:
            continue
        rows = db.connection().execute(table.select()).mappings().all()
        found[table.name] = [
            tuple(row.values()) for row in rows if not _is_own(table.name, row, own)
        ]
    query = "SELECT id, key FROM outbox WHERE chat_id IN (1001, 1002, 1003, 1004)"
    return {**found, "letters to others": _rows(db, query)}


def _is_own(table: str, row: Any, own: list[int | None]) -> bool:
    """Whether a row is about nobody but those who write here."""
    if table == "person":
        return row["id"] in own
    if table == "enrolment":  # where a typed value of one's own is awaited
        return row["telegram_id"] in {EVE, LEE}
    if table == "audit":
        return row["actor_id"] in own and row["subject_id"] in {*own, None}
    if table == "hold":
        return bool(row["session_id"] != 1)  # Maria's
    if table == "assignment":
        return False
    return any(row.get(column) in own for column in ("athlete_id", "person_id"))


def _person_id(db: Db, telegram_id: int) -> int | None:
    found = people.by_telegram(db, telegram_id)
    return None if found is None else found.id


def _newest_letter(db: Db) -> int:
    return int(_rows(db, "SELECT coalesce(max(id), 0) FROM outbox")[0][0])


def _waiting(db: Db) -> list[Claimed]:
    """Return the letters that wait, whenever they are due."""
    query = select(*outbox._COLUMNS).where(outbox._PENDING).order_by(col(OutboxRow.id))  # type: ignore[call-overload]
    return [outbox._claimed(row) for row in db.connection().execute(query)]


def _all_sent(db: Db) -> None:
    """Mark what waits as sent, each as a message of its own."""
    query = "UPDATE outbox SET state = 'sent', message_id = id WHERE state = 'pending'"
    db.connection().execute(sql(query))


def _answers(db: Db) -> list[tuple[Any, ...]]:
    return _rows(db, "SELECT key, chat_id, due FROM outbox")


def _handled(db: Db) -> list[tuple[Any, ...]]:
    return _rows(db, "SELECT update_id, handled_at FROM inbox")


def _rows(db: Db, query: str) -> list[tuple[Any, ...]]:
    return [tuple(row) for row in db.connection().execute(sql(query))]


# ---- what is told ---------------------------------------------------------------------


def _as_telegram_reads(method: str, arguments: Json) -> None:
    """Raise what Telegram would say to a text that it does not take."""
    told = {key: value for key, value in arguments.items() if value is not None}
    if method in {"send_message", "edit_message_text"}:
        message_text(told)
    elif "caption" in told:
        caption_text(told)
