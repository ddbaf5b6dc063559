"""Watches every call as it leaves the bot, and every act and message: the rules that always hold.

Each rule is one small function; its docstring says what may never happen.
"""

import json
import re
from collections import Counter, defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final

from bot.sandbox.log import ACT, Entry
from tests.simulation.ledger import Ledger, moment
from tests.simulation.network import POLL, Network, Sent
from tests.simulation.town import Athlete, Town

_HOLD: Final = re.compile(r"(?:<b>)?HOLD\b")
_STOP: Final = re.compile(r"\W*/?stop", re.IGNORECASE)
_NUMBER: Final = re.compile(r"(?:/pain\s+)?\s*(\d{1,2})(?:/10|,0)?\s*", re.IGNORECASE)
_OF_SHARING: Final = ("was asked to share with you", "does not share with you any more")
"""Words that name an athlete to a coach who is not, or no longer, told anything else."""
_LATEST: Final = timedelta(seconds=3, milliseconds=50)


@dataclass(frozen=True, slots=True)
class Act:
    """What an athlete did that bears on the next HOLD: "stop", "flag" or "pain"."""

    update: int
    at: float
    kind: str
    value: int = 0
    session: int | None = None
    about: int | None = None


@dataclass
class Witness:
    """Remembers what happened, and tells what must not have."""

    town: Town
    ledger: Ledger
    network: Network
    ticks: Callable[[], float]
    broken: Callable[[str], None]
    acts: dict[int, list[Act]] = field(default_factory=lambda: defaultdict(list))
    pushed: list[int] = field(default_factory=list)
    cued: Counter[tuple[int, int]] = field(default_factory=Counter)
    reminders: dict[int, list[bool]] = field(default_factory=lambda: defaultdict(list))
    sends: Counter[int] = field(default_factory=Counter)
    ambiguous: Counter[int] = field(default_factory=Counter)
    seen: Counter[str] = field(default_factory=Counter)
    doubtful: Counter[int] = field(default_factory=Counter)
    """Reminders of unknown fate, by their day."""
    taps: list[int] = field(default_factory=list)
    """The updates that are presses of buttons."""
    opened: dict[int, float] = field(default_factory=dict)
    """The second at which a session's first message came."""
    _heard: list[Sent] = field(default_factory=list)
    """What was obeyed since the bot was killed last, as it knows."""
    _unconfirmed: list[int] = field(default_factory=list)
    _athletes: dict[int, Athlete] = field(default_factory=dict)
    _admins: set[int] = field(default_factory=set)

    def __post_init__(self) -> None:
        """Know everybody by their chat."""
        self._athletes = {one.person.id: one for one in self.town.athletes}
        self._admins = {one.id for one in self.town.admins}

    # ---- what the people do ------------------------------------------------------------

    def arrived(self, update_id: int) -> None:
        """An update waits for the bot."""
        if not self.pushed or update_id > self.pushed[-1]:
            self.pushed.append(update_id)
            self._unconfirmed.append(update_id)

    def see(self, entry: Entry) -> None:
        """Something happened: an act of a person, or a call that was obeyed."""
        if entry.kind == ACT:
            if entry.method == "tap":
                self.taps.append(self._next_update)
            if entry.chat_id in self._athletes:
                self._acted(entry)
        elif entry.ok and entry.method.startswith("send") and self.network.current is not None:
            self._sent(entry, self.network.current)

    @property
    def _next_update(self) -> int:
        """The number of the update that the act being told is going to be."""
        return (self.pushed[-1] if self.pushed else 100_000) + 1

    def _acted(self, entry: Entry) -> None:
        update = self._next_update
        what = _pressed if entry.method == "tap" else _said
        act = what(entry, update, self.ticks())
        if act is not None and entry.chat_id is not None:
            self.acts[entry.chat_id].append(act)

    def _sent(self, entry: Entry, sent: Sent) -> None:
        assert entry.chat_id is not None
        if sent.seen:  # an album is several messages of one call
            return
        sent.seen = True
        self.sends[entry.chat_id] += 1
        if sent.cue is not None:
            self.cued[sent.cue] += 1
            if self.cued[sent.cue] > 1:
                self.broken(f"HOLD {sent.cue[1]} of session {sent.cue[0]} came twice")
        for data in _data(entry.params):
            if data[0] == "o" and data[2] == "start":
                self.reminders[int(data[1])].append("still open" in entry.text)
            if data[0] in {"p", "x"}:
                self.opened.setdefault(int(data[1]), self.ticks())

    # ---- calls as they leave the bot ---------------------------------------------------

    def leaving(self, sent: Sent) -> None:
        """A call is about to leave: look whether it may."""
        self.seen[sent.call.method] += 1
        if sent.call.method == POLL:
            self._confirms_what_is_stored(sent)
            return
        if sent.call.chat_id is not None or "chat_id" in sent.words:
            self._was_claimed(sent)
        if sent.call.method == "sendMessage" and _HOLD.match(str(sent.call.params.get("text", ""))):
            self._hold_may_leave(sent)
        self._tells_nobody_else(sent)

    def lost(self, sent: Sent) -> None:
        """The bot will never know whether this call was obeyed."""
        if sent.call.chat_id is not None:
            self.ambiguous[sent.call.chat_id] += 1
        for data in _data(sent.call.params):
            if data[0] == "o" and data[2] == "start":
                self.doubtful[int(data[1])] += 1

    def heard(self, sent: Sent) -> None:
        """The bot hears that this call was obeyed; whether it can store that is to be seen."""
        if sent.call.method.startswith("send") and sent.message_id is not None:
            self._heard.append(sent)

    def died(self) -> None:
        """The bot was killed: what it had heard and not stored, it will never know either."""
        query = "SELECT chat_id, message_id FROM outbox WHERE message_id IS NOT NULL"
        stored = {tuple(row) for row in self.ledger.rows(query)}
        for sent in self._heard:
            if (sent.call.chat_id, sent.message_id) not in stored:
                self.lost(sent)
        self._heard.clear()

    def _confirms_what_is_stored(self, sent: Sent) -> None:
        """No update is confirmed to Telegram before it is stored."""
        offset = int(sent.call.params.get("offset") or 0)
        confirmed = [one for one in self._unconfirmed if one < offset]
        self._unconfirmed = [one for one in self._unconfirmed if one >= offset]
        for update in confirmed:
            if self.ledger.one("SELECT 1 FROM inbox WHERE update_id = ?", update) is None:
                self.broken(f"update {update} was confirmed, and is not stored")

    def _was_claimed(self, sent: Sent) -> None:
        """No letter leaves without being stored as on its way: a crash would send it again."""
        if self.ledger.one("SELECT 1 FROM outbox WHERE state = 'sending'") is None:
            self.broken(f"{sent.call.method} left, and no letter is claimed")

    # ---- HOLD --------------------------------------------------------------------------

    def _hold_may_leave(self, sent: Sent) -> None:
        session = next((int(one[1]) for one in _data(sent.call.params) if one[0] == "x"), None)
        if session is None or sent.call.chat_id is None:
            self.broken("a HOLD left without its STOP button")
            return
        letter = self.ledger.one(
            "SELECT handed_at, due FROM outbox WHERE session_id = ? AND kind = 'Hold' "
            "AND state = 'sending' ORDER BY id DESC",
            session,
        )
        holds = self.ledger.rows(
            "SELECT idx, status FROM hold WHERE session_id = ? ORDER BY idx", session
        )
        if letter is None or not holds:
            self.broken(f"a HOLD of session {session} left without being claimed")
            return
        sent.cue = (session, int(holds[-1]["idx"]))
        self.seen["HOLD"] += 1
        handed = moment(letter["handed_at"])
        self._nothing_forbids(sent, session, handed)
        self._nothing_is_missing(sent, session, holds)
        self._is_on_time(session, handed, moment(letter["due"]))

    def _nothing_forbids(self, sent: Sent, session: int, handed: datetime) -> None:
        """No HOLD leaves after pain over the plan's limit, STOP or a red flag was handled."""
        row = self.ledger.one(
            "SELECT pain_limit FROM session JOIN plan ON plan.id = plan_id WHERE session.id = ?",
            session,
        )
        assert row is not None
        assert sent.call.chat_id is not None
        opened = self.opened.get(session, self.ticks())
        for act in self.acts[sent.call.chat_id]:
            other = act.session is not None and act.session != session
            if other or (act.session is None and act.at < opened):
                continue
            if act.kind == "pain" and act.value <= row["pain_limit"]:
                continue
            done = self.ledger.one("SELECT handled_at FROM inbox WHERE update_id = ?", act.update)
            known = done is not None and done["handled_at"] is not None
            if known and done is not None and moment(done["handled_at"]) <= handed:
                what = f"pain {act.value}" if act.kind == "pain" else act.kind
                self.broken(f"HOLD in session {session} after {what} (update {act.update})")

    def _nothing_is_missing(self, sent: Sent, session: int, holds: list[Any]) -> None:
        """No HOLD leaves while the answer before the session, or about a done hold, is missing."""
        assert sent.call.chat_id is not None
        rated = {
            (row["moment"], row["hold_idx"])
            for row in self.ledger.rows(
                "SELECT moment, hold_idx FROM rating WHERE session_id = ? AND NOT undone", session
            )
        }
        wanted = {("hold", row["idx"]) for row in holds[:-1] if row["status"] == "done"}
        wanted |= {("before", None)}
        for moment_of, index in sorted(wanted - rated, key=str):
            self.broken(f"HOLD in session {session} with no answer: {moment_of} {index}")
        said = [one for one in self.acts[sent.call.chat_id] if one.kind == "pain"]
        answered = sum(1 for one in said if one.session in {None, session})
        if answered < len(wanted):
            self.broken(f"HOLD in session {session}: {answered} answers, {len(wanted)} questions")

    def _is_on_time(self, session: int, handed: datetime, due: datetime) -> None:
        """No HOLD leaves more than three seconds after its time."""
        if handed - due > _LATEST:
            self.broken(f"HOLD in session {session} {handed - due} late")

    # ---- who is told -------------------------------------------------------------------

    def _tells_nobody_else(self, sent: Sent) -> None:
        """Nothing names an athlete but to the athlete, a consenting coach, and admins."""
        chat = sent.call.chat_id
        if chat is None or chat in self._admins:
            return
        words = sent.words
        for athlete in self.town.athletes:
            if athlete.name in words and chat != athlete.person.id:
                self._may_see(chat, athlete, sent)

    def _may_see(self, chat: int, athlete: Athlete, sent: Sent) -> None:
        row = self.ledger.one(
            "SELECT consented_at, ended_at FROM assignment WHERE athlete_id = ? AND coach_id = ?",
            athlete.id,
            self.town.coach_ids.get(chat),
        )
        if row is not None and row["consented_at"] is not None and row["ended_at"] is None:
            return
        if chat in self.town.coach_ids and any(words in sent.words for words in _OF_SHARING):
            return
        at = sent.words.index(athlete.name)
        text = sent.words[max(0, at - 150) : at + 50]
        self.broken(f"chat {chat} is told about {athlete.name} without consent: {text!r}")


def _pressed(entry: Entry, update: int, at: float) -> Act | None:
    data = str(entry.result["data"]).split(":")
    match data:
        case ["1", "x", session]:
            return Act(update, at, "stop", session=int(session))
        case ["1", "p", session, about, value]:
            return Act(update, at, "pain", int(value), int(session), int(about))
        case ["1", "F", flag] if flag not in {"none", "fit"}:
            return Act(update, at, "flag")
    return None


def _said(entry: Entry, update: int, at: float) -> Act | None:
    if entry.method != "say":
        return None
    if _STOP.match(entry.text):
        return Act(update, at, "stop")
    number = _NUMBER.fullmatch(entry.text)
    if number is not None and int(number[1]) <= 10:
        return Act(update, at, "pain", int(number[1]))
    return None


def _data(params: Any) -> list[list[str]]:
    markup = params.get("reply_markup") or {}
    if isinstance(markup, str):
        markup = json.loads(markup)
    rows = markup.get("inline_keyboard") or []
    found = (button.get("callback_data") for row in rows for button in row)
    return [one.split(":")[1:] for one in found if one]
