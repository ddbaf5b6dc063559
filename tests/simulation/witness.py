"""Watches every call as it leaves the bot, and every act and message: the rules that always hold.

Each rule is one small function; its docstring says what may never happen.
"""

import re
from collections import Counter, defaultdict, deque
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from bot.telegram import unsaved
from telegram_sandbox.log import CALL, Entry
from tests.simulation import acts, law
from tests.simulation.acts import Act
from tests.simulation.clockwork import SimClock
from tests.simulation.law import Case, Chat, Cue, Shown, Word
from tests.simulation.ledger import Ledger, moment
from tests.simulation.network import POLL, Network, Sent
from tests.simulation.town import Athlete, Town

_CUE: Final = re.compile(r"(?:<b>)?(HOLD|RELEASE|STOP)\b")
_OF_SHARING: Final = ("was asked to share with you", "does not share with you any more")
"""Words that name an athlete to a coach who is not, or no longer, told anything else."""
_ECHO: Final = re.compile("I found nobody called “[^”]*”")
"""What the asker has written, said back."""
HOLD: Final = "Hold"
CLIP: Final = "Clip"
"""The kinds of letter that a hold follows from."""
_LATEST: Final = {
    HOLD: timedelta(seconds=3, milliseconds=50),
    CLIP: timedelta(seconds=15, milliseconds=50),
}
_SOON_S: Final = 8.0
"""How long a cue may be the last one that came too late and is being taken back."""
_AT_ONCE: Final = timedelta(milliseconds=10)
_TOGETHER_S: Final = 1_800.0
_IN_FLIGHT: Final = timedelta(minutes=2)
"""So long a message may be on its way."""
_REST: Final = timedelta(hours=8)
_DAY_BEGINS: Final = timedelta(hours=4)
TIDYING: Final = frozenset({"deleteMyCommands", "setChatMenuButton"})
"""Calls that tell nobody anything: what another program left is taken away."""


@dataclass
class Witness:
    """Remembers what happened, and tells what must not have."""

    town: Town
    ledger: Ledger
    network: Network
    clock: SimClock
    broken: Callable[[str], None]
    chats: dict[int, Chat] = field(default_factory=lambda: defaultdict(Chat))
    pushed: list[int] = field(default_factory=list)
    history: deque[dict[str, Any]] = field(default_factory=lambda: deque(maxlen=20))
    """The last updates, as they were."""
    cued: Counter[tuple[int, int]] = field(default_factory=Counter)
    reminders: dict[int, list[bool]] = field(default_factory=lambda: defaultdict(list))
    sends: Counter[int] = field(default_factory=Counter)
    ambiguous: Counter[int] = field(default_factory=Counter)
    seen: Counter[str] = field(default_factory=Counter)
    doubtful: Counter[int] = field(default_factory=Counter)
    """Reminders of unknown fate, by their day."""
    taps: list[int] = field(default_factory=list)
    """The updates that are presses of buttons."""
    _heard: list[Sent] = field(default_factory=list)
    """What was obeyed since the bot was killed last, as it knows."""
    _unconfirmed: list[int] = field(default_factory=list)
    _rung: dict[int, tuple[int, float]] = field(default_factory=dict)
    """The day that was last reminded of in each chat, and the second."""
    _done: set[tuple[object, ...]] = field(default_factory=set)
    _athletes: dict[int, Athlete] = field(default_factory=dict)
    _admins: set[int] = field(default_factory=set)

    def __post_init__(self) -> None:
        """Know everybody by their chat."""
        self._athletes = {one.person.id: one for one in self.town.athletes}
        self._admins = {one.id for one in self.town.admins}

    # ---- what the people do ------------------------------------------------------------

    def arrived(self, update: dict[str, Any]) -> None:
        """An update waits for the bot."""
        number = int(update["update_id"])
        if self.pushed and number <= self.pushed[-1]:
            return
        self.pushed.append(number)
        self.history.append(update)
        self._unconfirmed.append(number)
        if "callback_query" in update:
            self.taps.append(number)
        who = acts.identity(update)
        if who in self._done:  # the same once more: it has no second effect
            return
        self._done.add(who)
        found = acts.read(update, self.clock.ticks(), self.clock.now())
        if found is not None and found[0] in self._athletes:
            self.chats[found[0]].acts.append(found[1])

    def see(self, entry: Entry) -> None:
        """Something happened: a call was obeyed."""
        current = self.network.current
        if entry.kind == CALL and entry.ok and current is not None:
            if entry.method.startswith("send"):
                self._sent(entry, current)
            elif entry.method == "deleteMessage" and entry.chat_id is not None:
                gone = int(entry.params["message_id"])
                chat = self.chats[entry.chat_id]
                chat.cues = [one for one in chat.cues if one.message != gone]

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
        chat, shown = self.chats[entry.chat_id], law.buttons(entry.params)
        number = int(entry.result["message_id"]) if isinstance(entry.result, dict) else 0
        chat.shown.append(Shown(number, self.clock.now(), shown))
        found = _CUE.match(entry.text)
        if found is not None:
            session = next((int(one[1]) for one in shown if one[0] in {"x", "r"}), None)
            chat.cues.append(Word(number, found[1], session, self.clock.ticks()))
        elif sent.cue is not None:
            chat.cues.append(Word(number, CLIP, sent.cue[0], self.clock.ticks()))
        for data in shown:
            if data[0] == "o" and data[2] == "start" and "your holds" in entry.text:
                self._reminded(entry.chat_id, int(data[1]), again="still open" in entry.text)
            if data[0] in {"p", "x"} and int(data[1]) not in chat.opened:
                chat.opened[int(data[1])] = self.clock.ticks()
                self._has_rested(int(data[1]))

    def _reminded(self, chat_id: int, day: int, *, again: bool) -> None:
        """Two days never ring together, and none is nudged once its session was held."""
        self.reminders[day].append(again)
        before, at = self._rung.get(chat_id, (day, 0.0)), self.clock.ticks()
        self._rung[chat_id] = (day, at)
        if before[0] != day and at - before[1] < _TOGETHER_S and not self.clock.stepped:
            self.broken(f"days {before[0]} and {day} ring {at - before[1]:.0f} s apart")
        held = self.ledger.one(
            "SELECT min(opened_at) AS at FROM session JOIN hold ON hold.session_id = session.id "
            "WHERE occurrence_id = ?",
            day,
        )
        done = None if held is None or held["at"] is None else moment(held["at"])
        if again and done is not None and self.clock.now() - done > _IN_FLIGHT:
            self.broken(f"day {day} is nudged, and was held before")

    def _has_rested(self, session: int) -> None:
        """No session on the day of one that ended on pain, nor within 8 hours after it.

        A day of training begins at 04:00, so midnight makes no difference.
        """
        query = (
            "SELECT older.id, older.closed_at, session.opened_at, person.zone FROM session "
            "JOIN session AS older ON older.athlete_id = session.athlete_id "
            "AND older.id < session.id AND older.outcome IN ('stopped_pain', 'stopped_hard', "
            "'rising', 'rested_on_pain') JOIN person ON person.id = session.athlete_id "
            "WHERE session.id = ?"
        )
        for row in self.ledger.rows(query, session):
            ended, opened = moment(row["closed_at"]), moment(row["opened_at"])
            days = [_training_day(at, row["zone"]) for at in (ended, opened)]
            if not self.clock.stepped and (opened - ended < _REST or days[0] == days[1]):
                self.broken(f"session {session} opens {opened - ended} after pain")

    # ---- calls as they leave the bot ---------------------------------------------------

    def leaving(self, sent: Sent) -> None:
        """A call is about to leave: look whether it may."""
        self.seen[sent.call.method] += 1
        if sent.call.method == POLL:
            self._confirms_what_is_stored(sent)
            return
        if sent.call.chat_id is not None or "chat_id" in sent.words:
            self._was_claimed(sent)
        if sent.call.method == "sendMessage" and _is_hold(sent):
            self._hold_may_leave(sent, HOLD)
        elif sent.call.method == "sendAudio" and any(
            one[0] == "p" for one in law.buttons(sent.call.params)
        ):
            self._hold_may_leave(sent, CLIP)
        self._tells_nobody_else(sent)

    def wired(self, sent: Sent) -> None:
        """A call goes on the wire: what forbade a HOLD since it left has called it back."""
        if sent.cue is not None and sent.handed is not None:
            as_of = max(sent.handed, self.clock.now() - _AT_ONCE)
            self._the_law_allows(sent, sent.cue[0], as_of)

    def lost(self, sent: Sent) -> None:
        """The bot will never know whether this call was obeyed."""
        if sent.call.chat_id is not None:
            self.ambiguous[sent.call.chat_id] += 1
        for data in law.buttons(sent.call.params):
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
            number = self.ledger.number(update)
            if self.ledger.one("SELECT 1 FROM inbox WHERE update_id = ?", number) is None:
                self.broken(f"update {update} was confirmed, and is not stored")

    def _was_claimed(self, sent: Sent) -> None:
        """No letter leaves without being stored as on its way: a crash would send it again.

        Words that say that nothing can be stored are said from memory. Tidying up menus says
        nothing.
        """
        if sent.call.params.get("text") in unsaved.WORDS.values():
            return
        if sent.call.method in TIDYING:
            return
        if self.ledger.one("SELECT 1 FROM outbox WHERE state = 'sending'") is None:
            self.broken(f"{sent.call.method} left, and no letter is claimed")

    # ---- HOLD --------------------------------------------------------------------------

    def _hold_may_leave(self, sent: Sent, kind: str) -> None:
        """A HOLD leaves, or the clip of one: the same law is for both."""
        found = law.buttons(sent.call.params)
        session = next((int(one[1]) for one in found if one[0] == "x"), None)
        if session is None or sent.call.chat_id is None:
            self.broken("a HOLD left without its STOP button")
            return
        letter = self.ledger.one(
            "SELECT id, handed_at, due FROM outbox WHERE session_id = ? AND kind = ? "
            "AND state = 'sending' ORDER BY id DESC",
            session,
            kind,
        )
        holds = self.ledger.rows(
            "SELECT idx, status FROM hold WHERE session_id = ? ORDER BY idx", session
        )
        begun = kind == HOLD
        if letter is None or (begun and not holds):
            self.broken(f"a HOLD of session {session} left without being claimed")
            return
        sent.cue = (session, int(holds[-1]["idx"]) if begun else -int(letter["id"]))
        self.seen["HOLD" if begun else "clip"] += 1
        sent.handed = handed = moment(letter["handed_at"])
        self._the_law_allows(sent, session, handed)
        self._nothing_is_missing(sent, session, holds[:-1] if begun else holds)
        self._is_on_time(session, handed - moment(letter["due"]), _LATEST[kind])

    def _the_law_allows(self, sent: Sent, session: int, handed: datetime) -> None:
        """No HOLD leaves against PROTOCOL 3."""
        assert sent.call.chat_id is not None
        chat, ticks = self.chats[sent.call.chat_id], self.clock.ticks()
        opened = chat.opened.get(session, ticks)
        case = Case(self.ledger, sent.call.chat_id, chat, Cue(session, handed, ticks))
        stepped = any(at >= opened for at in self.clock.steps)
        for rule in law.ALWAYS if stepped else (*law.ALWAYS, *law.IN_ORDER):
            for text in rule(case):
                self.broken(f"HOLD in session {session} {text}")

    def _nothing_is_missing(self, sent: Sent, session: int, holds: list[Any]) -> None:
        """No HOLD leaves while the answer before the session, or about a done hold, is missing."""
        assert sent.call.chat_id is not None
        rated = {
            (row["moment"], row["hold_idx"])
            for row in self.ledger.rows(
                "SELECT moment, hold_idx FROM rating WHERE session_id = ? AND NOT undone", session
            )
        }
        wanted = {("hold", row["idx"]) for row in holds if row["status"] == "done"}
        wanted |= {("before", None)}
        for moment_of, index in sorted(wanted - rated, key=str):
            self.broken(f"HOLD in session {session} with no answer: {moment_of} {index}")
        said = [one for one in self.chats[sent.call.chat_id].acts if one.kind == acts.PAIN]
        answered = sum(1 for one in said if one.session in {None, session})
        if answered < len(wanted):
            self.broken(f"HOLD in session {session}: {answered} answers, {len(wanted)} questions")

    def _is_on_time(self, session: int, late: timedelta, most: timedelta) -> None:
        """No HOLD leaves more than three seconds after its time; a clip has a little longer."""
        if late > most:
            self.broken(f"HOLD in session {session} {late} late")

    def look_at_cues(self) -> None:
        """The last cue that stands in a chat after STOP was handled is STOP, or soon will be."""
        for chat_id, chat in self.chats.items():
            last = chat.cues[-1] if chat.cues else None
            if last is None or last.word == "STOP" or self.clock.ticks() - last.at < _SOON_S:
                continue
            for act in chat.acts:
                mine = act.kind == acts.STOP and act.session in {None, last.session}
                if mine and self._stopped(act, last.session):
                    self.broken(f"chat {chat_id}: {last.word} is the last cue after STOP")

    def _stopped(self, act: Act, session: int | None) -> bool:
        """Whether a STOP was handled while this session ran, and stopped it."""
        update = self.ledger.update(act.update)
        row = self.ledger.one(
            "SELECT 1 FROM outbox WHERE session_id = ? AND kind = 'Stopped' AND due = ? "
            "AND state = 'sent'",
            session,
            None if update is None else update["handled_at"],
        )
        return row is not None

    # ---- who is told -------------------------------------------------------------------

    def _tells_nobody_else(self, sent: Sent) -> None:
        """Nothing names an athlete but to the athlete, a consenting coach, and admins."""
        chat = sent.call.chat_id
        if chat is None or chat in self._admins:
            return
        words = _ECHO.sub("", sent.words)
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


def _training_day(at: datetime, zone: str) -> date:
    return (at.astimezone(ZoneInfo(zone)) - _DAY_BEGINS).date()


def _is_hold(sent: Sent) -> bool:
    found = _CUE.match(str(sent.call.params.get("text", "")))
    return sent.call.method == "sendMessage" and found is not None and found[1] == "HOLD"
