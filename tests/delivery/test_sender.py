"""The sender on a scripted Bot API: what it does at every answer, and killed at every step."""

import json
import sqlite3
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.exc import OperationalError
from sqlmodel import Session as Db
from sqlmodel import col, select
from telegram import Bot
from telegram.error import InvalidToken, TimedOut

from bot.delivery import recovery, results, sender
from bot.delivery.ports import Call, Taken
from bot.delivery.sender import Sender
from bot.delivery.transport import NotSent
from bot.store import outbox, outbox_claims
from bot.store.engine import Store
from bot.store.outbox import Letter
from bot.store.outbox_claims import Claimed, Look
from bot.store.tables import OutboxRow
from testkit.bot_api import refusal
from testkit.virtual import MONDAY, HandClock
from testkit.wire import Asked, Response, Wire
from testkit.world import World

STOP, RELEASE, HOLD, REPLY, REMINDER = 0, 1, 2, 4, 5
OK: Any = {"ok": True}


class Scripted(Wire):
    """Answers call by call as it was told, and well when it was told nothing."""

    def __init__(self) -> None:
        self.script: deque[Any] = deque()
        self.calls: list[dict[str, Any]] = []

    async def exchange(self, asked: Asked) -> Response:
        """Answer the next call."""
        self.calls.append({"method": asked.method, **asked.values})
        told = self.script.popleft() if self.script else OK
        if isinstance(told, BaseException):
            raise told
        if told is OK:
            message = {"message_id": 100 + len(self.calls)}
            return 200, json.dumps({"ok": True, "result": message}).encode()
        answer: Response = told
        return answer


@dataclass
class Told:
    """News that keeps what it is told."""

    sent_: list[str] = field(default_factory=list)
    lost_: list[str] = field(default_factory=list)
    gone: list[int] = field(default_factory=list)
    refused: int = 0
    rates: list[float] = field(default_factory=list)

    def sent(self, _db: Db, letters: Sequence[Taken], _now: datetime) -> bool:
        """Letters were delivered."""
        if any(letter.body.get("poison") for letter, _ in letters):
            raise ValueError("what follows from it is broken")
        self.sent_ += [letter.key for letter, _ in letters]
        return False

    def lost(self, _db: Db, letter: Claimed, _now: datetime) -> None:
        """A letter was not."""
        self.lost_.append(letter.key)

    def unreachable(self, _db: Db, chat_id: int, _now: datetime) -> None:
        """A chat cannot be reached."""
        self.gone.append(chat_id)

    def too_many(self, _db: Db, _now: datetime) -> None:
        """Too many letters."""
        self.refused += 1

    def paced(self, _db: Db, rate: float, _now: datetime) -> None:
        """The rate has changed."""
        self.rates.append(rate)


async def render(letter: Claimed, _now: datetime) -> Call | None:
    """Render a letter as its key."""
    if letter.kind == "Answer":
        return "answer_callback_query", {"callback_query_id": letter.key}
    words = {"chat_id": letter.chat_id, "text": letter.key}
    if letter.message_id is not None:
        return "edit_message_text", {**words, "message_id": letter.message_id}
    return "send_message", words


class Post(World):
    """A sender, its outbox, and the Bot API it talks to."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.api, self.news = Scripted(), Told()
        self.sender = made(self.store, self.api, self.news, self.clock)
        self.store.on_commit.append(self.committed)

    def put(self, key: str, priority: int = REPLY, chat: int = 1, **more: Any) -> None:
        """Put a letter into the outbox."""
        values = {"kind": "Say", "body": {}, "due": self.now, "repeatable": True, **more}
        self.run(outbox.put, Letter(key=key, chat_id=chat, priority=priority, **values))

    def hold(self, key: str, chat: int = 1) -> None:
        """Put a HOLD into the outbox."""
        until = self.now + timedelta(seconds=3)
        body = {"seconds": 10}
        self.put(key, HOLD, chat, kind="Hold", body=body, repeatable=False, not_after=until)

    async def goes(self, seconds: float = 0.0) -> None:
        """Send whatever becomes due in so many seconds."""
        end = self.clock.at + timedelta(seconds=seconds)
        for _ in range(10_000):
            self.sender._woken.clear()
            wait = await self.sender.step()
            await self.sender.settled()
            if self.sender._woken.is_set():
                continue
            if wait is None or self.clock.at + timedelta(seconds=wait) > end:
                break
            self.clock.at += timedelta(seconds=wait)
        self.clock.at = max(end, self.clock.at)

    def committed(self) -> None:
        """Wake whichever sender there is, as the program does."""
        self.sender.wake()

    def restarted(self) -> None:
        """Start anew on the same file, as after a kill."""
        self.run(recovery.recover, self.now, self.news)
        self.sender = made(self.store, self.api, self.news, self.clock)

    @property
    def texts(self) -> list[str]:
        """What was sent, in order."""
        return [call.get("text") or call.get("callback_query_id", "") for call in self.api.calls]

    def state(self, key: str) -> str:
        """Return the state of a letter."""
        query = select(OutboxRow.state).where(col(OutboxRow.key) == key)
        return self.read(lambda db: db.exec(query).one())


def made(store: Store, api: Scripted, news: Told, clock: HandClock, **more: Any) -> Sender:
    """Return a sender on a scripted Bot API."""
    return Sender(store, Bot("1:TEST", request=api), render, news, clock, 28, **more)


@pytest.fixture
def post(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Post]:
    """A sender at rest."""
    monkeypatch.setenv("PTB_TIMEDELTA", "true")
    with Post(tmp_path) as post:
        yield post


class Shut:
    """Says whether this process leads, as the test wants it."""

    away = False

    def __init__(self) -> None:
        self.leads = False

    def sends(self) -> bool:
        """Whether what is stored may be sent."""
        return self.leads

    def speaks(self) -> bool:
        """Whether anything may be said from memory."""
        return self.leads


# ---- who does not lead ---------------------------------------------------------------------


async def test_who_does_not_lead_claims_nothing(post: Post) -> None:
    """What waits goes as soon as it leads again; nothing is lost by that."""
    gate = Shut()
    post.sender = made(post.store, post.api, post.news, post.clock, gate=gate)
    post.put("reply")
    await post.goes(1)
    assert (post.texts, post.state("reply")) == ([], "pending")
    gate.leads = True
    await post.goes(1)
    assert (post.texts, post.state("reply")) == (["reply"], "sent")


async def test_who_hands_over_claims_nothing_more(post: Post) -> None:
    """Another goes on with what waits."""
    await post.sender.hand_over(5)
    post.put("reply")
    await post.goes(1)
    assert (post.texts, post.state("reply")) == ([], "pending")


# ---- order ---------------------------------------------------------------------------------


async def test_the_most_urgent_of_a_chat_goes_first(post: Post) -> None:
    """Stop, release, hold, reply, reminder, whatever the order they were written in."""
    for key, priority in (("reminder", 5), ("reply", 4), ("hold", 2), ("release", 1), ("stop", 0)):
        post.put(key, priority, chat=priority + 1)
    await post.goes(1)
    assert post.texts == ["stop", "release", "hold", "reply", "reminder"]


async def test_f21_five_hundred_due_at_once_go_in_order(post: Post) -> None:
    """The first that was due is the first to go, 28 a second, and a cue goes before all of them."""
    for number in range(500):
        post.put(f"r{number}", REMINDER, chat=number + 10)
    await post.goes(5)
    post.hold("HOLD")
    await post.goes(20)
    reminders = [text for text in post.texts if text != "HOLD"]
    assert reminders == [f"r{number}" for number in range(500)]
    assert 5 * 27 <= post.texts.index("HOLD") <= 5 * 28 + 3


async def test_only_the_newest_state_of_a_message_is_sent(post: Post) -> None:
    """Countdown edits of one message that wait are one edit."""
    post.put("message")
    await post.goes()
    for left in (9, 6, 3):
        post.put(f"{left} s left", 8, edits="message")
    await post.goes(1)
    assert post.texts == ["message", "3 s left"]


# ---- F50 -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "answer",
    [
        refusal(403, "Forbidden: bot was blocked by the user"),
        refusal(403, "Forbidden: user is deactivated"),
        refusal(403, "Forbidden: bot was kicked from the group chat"),
        refusal(400, "Bad Request: chat not found"),
    ],
)
async def test_f50_who_can_not_be_reached_is_told_of_once(post: Post, answer: Any) -> None:
    """The letter is lost and the chat is told of; nothing is tried again."""
    post.api.script.append(answer)
    post.put("hello")
    await post.goes(3600)
    assert (post.texts, post.news.gone, post.news.lost_) == (["hello"], [1], ["hello"])


async def test_f50_an_unknown_403_is_tried_again(post: Post) -> None:
    """Ten minutes later; the person stays enabled."""
    post.api.script.append(refusal(403, "Forbidden: nobody has seen this before"))
    post.put("hello")
    await post.goes(599)
    assert post.texts == ["hello"]
    await post.goes(2)
    assert (post.texts, post.news.gone) == (["hello", "hello"], [])
    assert post.state("hello") == "sent"


async def test_a_group_that_migrated_is_sent_to_its_new_address(post: Post) -> None:
    """What waits goes there as well."""
    post.api.script.append(refusal(400, "Bad Request: upgraded", migrate_to_chat_id=-1005))
    post.put("one", chat=-5)
    post.put("two", chat=-5)
    await post.goes(5)
    assert [(call["text"], call["chat_id"]) for call in post.api.calls] == [
        ("one", -5),
        ("one", -1005),
        ("two", -1005),
    ]


# ---- F51 -----------------------------------------------------------------------------------


@pytest.mark.parametrize("seconds", [3, 300])
async def test_f51_a_told_wait_is_kept_to_the_second(post: Post, seconds: int) -> None:
    """Nothing to that chat before; then in the old order; others go on; no call in between."""
    post.api.script.append(refusal(429, "Too Many Requests", retry_after=seconds))
    post.put("first")
    post.put("second")
    post.put("another chat", chat=2)
    await post.goes(seconds - 0.01)
    assert post.texts == ["first", "another chat"]
    post.put("written meanwhile", STOP)
    await post.goes(0)
    assert post.texts == ["first", "another chat"]
    await post.goes(3)
    assert post.texts[2:] == ["written meanwhile", "first", "second"]
    assert post.news.refused == 1


async def test_f51_a_cue_that_got_too_old_is_dropped(post: Post) -> None:
    """A HOLD refused for longer than it lives is never sent; what follows from that is told."""
    post.api.script.append(refusal(429, "Too Many Requests", retry_after=5))
    post.hold("HOLD 1")
    await post.goes(60)
    assert (post.texts, post.news.lost_, post.state("HOLD 1")) == (
        ["HOLD 1"],
        ["HOLD 1"],
        "dropped",
    )


async def test_f51_refusals_of_many_chats_hold_all_and_slow_down(post: Post) -> None:
    """Exactly as long as told, then at half the rate; the rate comes back by itself."""
    post.api.script.extend(refusal(429, "Too Many Requests", retry_after=4) for _ in range(3))
    for number in range(3):
        post.put(f"m{number}", chat=number + 1)
    await post.goes(0)
    post.put("for all", STOP, chat=99)
    await post.goes(3.9)
    assert len(post.texts) == 3
    await post.goes(0.2)
    assert post.texts[3] == "for all"
    assert post.news.rates == [28.0, 14.0]
    await post.goes(400)
    post.put("later", chat=98)
    await post.goes(1)
    assert post.news.rates[-1] == 28.0


# ---- F52 -----------------------------------------------------------------------------------


async def test_f52_a_refused_connection_is_tried_again(post: Post) -> None:
    """Nothing left this machine: even a HOLD is tried again while it lives."""
    post.api.script.append(NotSent("refused"))
    post.hold("HOLD 1")
    await post.goes(2)
    assert (post.texts, post.state("HOLD 1")) == (["HOLD 1", "HOLD 1"], "sent")


@pytest.mark.parametrize(
    ("repeatable", "texts", "state"), [(True, 2, "sent"), (False, 1, "unsure")]
)
async def test_f52_no_answer_repeats_what_is_safe(
    post: Post,
    repeatable: bool,  # noqa: FBT001 - a case
    texts: int,
    state: str,
) -> None:
    """It perhaps arrived: a repeatable letter goes once more, another never does."""
    post.api.script.append(TimedOut())
    post.put("words", repeatable=repeatable)
    await post.goes(120)
    assert (len(post.texts), post.state("words")) == (texts, state)


async def test_f52_a_bad_request_is_never_repeated(post: Post) -> None:
    """Although python-telegram-bot counts it as trouble of the network."""
    post.api.script.append(refusal(400, "Bad Request: can't parse entities"))
    post.put("words")
    await post.goes(3600)
    assert (post.texts, post.state("words")) == (["words"], "failed")


@pytest.mark.parametrize(
    ("when", "kind", "again"),
    [
        ("before the call", "Say", True),
        ("before the call", "Hold", False),
        ("between call and mark", "Say", True),
        ("between call and mark", "Hold", False),
        ("after the mark", "Say", False),
        ("after the mark", "Hold", False),
    ],
)
async def test_killed_at_every_step(
    post: Post,
    when: str,
    kind: str,
    again: bool,  # noqa: FBT001 - a case
) -> None:
    """At most one repeat, and only of what is safe to repeat; never a HOLD."""
    if kind == "Hold":
        post.hold("letter")
    else:
        post.put("letter")
    if when == "after the mark":
        await post.goes()
    else:
        assert post.store.write_now(outbox_claims.claim, [1], post.clock.now()) == {1}
        if when == "between call and mark":
            post.api.calls.append({"method": "sendMessage", "text": "letter"})
    already = len(post.texts)
    post.restarted()
    await post.goes(60)
    assert post.texts[already:] == (["letter"] if again else [])
    if when != "after the mark":
        assert post.state("letter") == ("sent" if again else "unsure")
        assert post.news.lost_ == ([] if again else ["letter"])


async def test_killed_again_and_again_it_is_repeated_once(post: Post) -> None:
    """A program that dies at every send does not send the same words for ever."""
    post.put("words")
    for _ in range(5):
        post.store.write_now(outbox_claims.claim, [1], post.clock.now())
        post.api.calls.append({"method": "sendMessage", "text": "words"})
        post.store.write_now(recovery.recover, post.clock.now(), post.news)
        if post.state("words") != "pending":
            break
    assert (post.texts, post.state("words")) == (["words", "words"], "unsure")


async def test_a_fate_the_database_does_not_take_is_kept(
    post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Locked for a while after Telegram took it: stored later, and never sent twice."""
    locked = sqlite3.OperationalError("database is locked")
    locked.sqlite_errorcode = sqlite3.SQLITE_BUSY
    real, troubles = results.store, [OperationalError("", {}, locked)] * 3

    def store(*args: Any) -> None:
        if troubles:
            raise troubles.pop()
        real(*args)

    monkeypatch.setattr(results, "store", store)
    post.put("words")
    await post.goes(10)
    assert (post.texts, post.state("words"), post.news.sent_) == (["words"], "sent", ["words"])


async def test_a_look_that_fails_is_made_again(post: Post, monkeypatch: pytest.MonkeyPatch) -> None:
    """The outbox cannot be read for a moment: the program goes on, and sends."""
    real, troubles = outbox_claims.look, [RuntimeError("locked")]

    def look(*args: Any, **more: Any) -> Look:
        if troubles:
            raise troubles.pop()
        return real(*args, **more)

    monkeypatch.setattr(outbox_claims, "look", look)
    post.put("words")
    assert await post.sender._try() == sender.AGAIN_S
    await post.goes(1)
    assert post.state("words") == "sent"


async def test_a_poisoned_letter_harms_no_other(post: Post) -> None:
    """What follows from one is broken: it is set aside, the others of its batch are stored."""
    post.put("good", chat=1)
    post.put("bad", chat=2, body={"poison": True})
    post.put("fine", chat=3)
    await post.goes(1)
    assert [post.state(key) for key in ("good", "bad", "fine")] == ["sent", "failed", "sent"]
    assert set(post.news.sent_) == {"good", "fine"}


# ---- F54, F55 ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "texts"),
    [
        ("Bad Request: message is not modified", ["message", "edit"]),
        ("Bad Request: message to edit not found", ["message", "edit", "edit"]),
        ("Bad Request: message can't be edited", ["message", "edit", "edit"]),
        ("Bad Request: message can't be deleted", ["message", "edit"]),
        ("Bad Request: message to delete not found", ["message", "edit"]),
    ],
)
async def test_f54_an_edit_that_can_not_be_made(post: Post, text: str, texts: list[str]) -> None:
    """Done already, or sent as a new message, so that no button is lost."""
    post.put("message")
    await post.goes()
    post.api.script.append(refusal(400, text))
    post.put("edit", edits="message")
    await post.goes(5)
    assert (post.texts, post.state("edit")) == (texts, "sent")
    methods = [call["method"] for call in post.api.calls]
    assert methods[1:] == ["editMessageText", "sendMessage"][: len(texts) - 1]


async def test_f55_a_press_too_old_to_answer_is_left(post: Post) -> None:
    """It is tried once, and the chat's other letters go on."""
    post.api.script.append(refusal(400, "Bad Request: query is too old"))
    post.put("query", kind="Answer", repeatable=False)
    post.put("words")
    await post.goes(60)
    assert (post.texts, post.state("words")) == (["query", "words"], "sent")


async def test_f55_the_answer_to_a_press_goes_before_other_words(post: Post) -> None:
    """It has the earliest deadline: a spinner does not wait for edits."""
    until = post.clock.now() + timedelta(seconds=20)
    for number in range(5):
        post.put(f"edit {number}", chat=number + 10)
    post.put("query", kind="Answer", repeatable=False, not_after=until)
    await post.goes(1)
    assert post.texts[0] == "query"


# ---- F58, and the end ----------------------------------------------------------------------


async def test_f58_two_hours_of_trouble_end_nothing(post: Post) -> None:
    """Growing waits, no tight loop; what still has a use is sent when Telegram is back."""
    post.api.script.extend([refusal(502, "Bad Gateway")] * 1000)
    post.put("a reply")
    post.put("a reminder", REMINDER, chat=2, not_after=post.clock.now() + timedelta(hours=2))
    await post.goes(2 * 3600 + 1)
    tries = len(post.texts)
    assert tries < 2 * (2 * 60 + 10)
    assert post.news.lost_ == ["a reminder"]
    post.api.script.clear()
    await post.goes(61)
    assert post.state("a reply") == "sent"


async def test_f58_a_token_that_was_revoked_ends_the_sender(post: Post) -> None:
    """No letter can be sent any more: the program has to say so."""
    post.api.script.append(refusal(401, "Unauthorized"))
    post.put("words")
    await post.goes()
    with pytest.raises(InvalidToken):
        await post.sender.run()


# ---- paid ----------------------------------------------------------------------------------


async def test_the_bulk_is_paid_for_where_that_is_wanted(post: Post) -> None:
    """Reminders go beyond the free rate and say so; what a person waits for never does."""
    post.sender = made(post.store, post.api, post.news, post.clock, paid_rate=500.0)
    for number in range(100):
        post.put(f"r{number}", REMINDER, chat=number + 10)
    post.put("reply")
    await post.goes(1)
    paid = [bool(call.get("allow_paid_broadcast")) for call in post.api.calls]
    assert (len(post.texts), sum(paid)) == (101, 100)
    assert not next(call for call in post.api.calls if call["text"] == "reply").get(
        "allow_paid_broadcast"
    )


async def test_reminders_are_not_left_behind_for_ever(post: Post) -> None:
    """People's own letters fill the budget: after ten minutes reminders get one in ten."""
    post.put("old reminder", REMINDER, chat=5000)
    post.clock.at += timedelta(minutes=11)
    for number in range(300):
        post.put(f"p{number}", REPLY, chat=number + 10)
    await post.goes(2)
    assert post.texts.index("old reminder") <= 10


def test_the_clock_of_these_tests_starts_on_monday() -> None:
    """Instants in the outbox are of the clock that the test moves."""
    assert HandClock().now() == MONDAY
