"""RELEASE and STOP from memory: what can be said while the database cannot be written.

Everything else that is sent was stored first. While the disk is full, or the file locked, nothing
can be: neither the RELEASE of a hold that runs nor the STOP that an athlete says. So it is kept
in mind here who holds, or waits for a HOLD, and until when; and

- whose cue is overdue, while the file was refusing, is told to release or to rest; where a server
  is out of reach, to release alone, as another process may lead by then, and say HOLD;
- who says something that cannot be stored is answered: to STOP, with STOP;
- as soon as the file can be written each of these sessions is broken off, before anything else
  happens to it. No HOLD follows by itself.
"""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final, Protocol

import structlog
from telegram import Bot
from telegram.error import TelegramError

from bot.delivery import carrier
from bot.delivery.crossing import Crossing
from bot.delivery.errors import Kind, classify
from bot.delivery.limiter import HOLD, Lane, Pace
from bot.delivery.ports import Call, MayLeave, SenderClock
from bot.store.faults import is_of_the_file
from bot.store.outbox_claims import Claimed

log = structlog.get_logger()

GRACE_S: Final = 1.0
"""How long a cue may be overdue before it is said from memory."""
AWAY_S: Final = 0.3
"""The same where the database is known to be out of reach: no answer is on its way from there."""
SHUT_S: Final = 0.1
"""Until it is asked again whether anything may be said."""
FORGET_S: Final = 30.0
"""A cue so long overdue, while nothing was refused, does not come any more."""
AGAIN_S: Final = 1.0
"""Until another try, to say something or to store that a set is broken off."""
TRIES: Final = 30
CALM_S: Final = 60.0
"""Nobody is told twice within this time that something is not saved."""
MOST_HEARD: Final = 10_000
"""Updates that are remembered, to answer each once: they come again until they are stored."""
CLIP: Final = "Clip"
"""The kind that brings a whole hold: it is over after `wait_s` and `seconds`."""
CUES: Final = frozenset({HOLD, CLIP})
"""Kinds because of which somebody holds."""
AHEAD: Final = frozenset({"GetSet", "Rest"})
"""Kinds that promise a HOLD at their `hold_at`."""
ENDS: Final = frozenset({"Release", "Stopped", "Interrupted", "Ended", "RedFlagAdvice"})
"""Kinds after which nobody holds, and no HOLD follows by itself."""
FINAL: Final = frozenset({Kind.UNREACHABLE, Kind.REFUSED, Kind.BAD_TOKEN, Kind.MIGRATED})
"""Answers of Telegram's after which trying again has no use."""


class Word(StrEnum):
    """What is said from memory."""

    RELEASE = "release"  # the hold is over
    REST = "rest"  # the HOLD that was to come does not
    STOP = "stop"  # heard, and not saved yet
    NOT_SAVED = "not_saved"  # anything else that was heard


class DatabaseFile(Protocol):
    """What is to be known of the store."""

    refused: int
    """How often the file would not be written."""
    written: int
    """How much was stored."""

    @property
    def waiting(self) -> int:
        """How much waits to be stored."""


Words = Callable[[int, Word], Call]
"""Returns the call that says a word to a chat."""
Send = Callable[[Call], Awaitable[None]]
"""Makes a call, within the budget; raises `TelegramError`."""
BreakOff = Callable[[dict[int, bool], datetime], Awaitable[object]]
"""Stores that sessions are broken off, those that map to True by STOP; raises what storing does."""


@dataclass(slots=True)
class Cue:
    """The next cue of a session, at `at` of the forward clock: RELEASE, or else HOLD.

    A clip's is `played`: it is never overdue, and kept until its session's next letter, since the
    clip may have been started late.
    """

    chat_id: int
    at: float
    holding: bool
    refused: int
    written: int | None = None
    played: bool = False


@dataclass(slots=True)
class Spoken:
    """A word on its way to a chat."""

    chat_id: int
    word: Word
    again_at: float
    tries: int = 0


def beside(bot: Bot, pace: Pace, clock: SenderClock, gate: MayLeave | None = None) -> Send:
    """Return what makes a call beside the outbox, within the same budget.

    It waits as long as the `gate` lets nothing be said.
    """
    may = gate or carrier.Alone()

    async def send(call: Call) -> None:
        while True:
            if not may.speaks():
                await clock.wait(asyncio.Event(), SHUT_S)
            elif (at := pace.opens_at(Lane.CUE, clock.ticks())) > clock.ticks():
                await clock.wait(asyncio.Event(), at - clock.ticks())
            else:
                break
        pace.free.take(clock.ticks())
        await carrier.make(bot, call, Crossing(clock.now, barred=lambda: not may.speaks()))

    return send


class FromMemory:
    """Keeps cues in mind, and says what cannot be stored.

    `away`, of a server, says that it is known to be out of reach.
    """

    def __init__(
        self,
        file: DatabaseFile,
        clock: SenderClock,
        words: Words,
        send: Send,
        break_off: BreakOff,
        away: Callable[[], bool] | None = None,
    ) -> None:
        self._away = away
        self._file = file
        self._clock = clock
        self._words = words
        self._send = send
        self._break_off = break_off
        self._cues: dict[int, Cue] = {}
        self._said: dict[int, Cue] = {}
        self._sessions: dict[int, int] = {}
        self._heard: dict[str, None] = {}
        self._told_at: dict[int, float] = {}
        self._saying: list[Spoken] = []
        self._cut: dict[int, bool] = {}
        self._woken = asyncio.Event()
        self._broken = asyncio.Event()

    # ---- what is kept in mind ----------------------------------------------------------

    def handed(self, letter: Claimed, ticks: float) -> None:
        """A letter is handed to Telegram: from now on its session waits for the cue it promises."""
        session = letter.session_id
        if session is None:
            return
        self._sessions[letter.chat_id] = session
        if self._plays(session):
            del self._cues[session]
        if letter.kind in CUES:
            lasts = float(letter.body.get("wait_s", 0)) + float(letter.body["seconds"])
            self._expect(session, letter, ticks + lasts, holding=True)
            self._cues[session].played = letter.kind == CLIP
        elif letter.kind in ENDS:
            cue = self._cues.pop(session, None)
            if cue is not None:
                self._said[session] = cue
        elif letter.kind in AHEAD and not self._holds(session):
            left = datetime.fromisoformat(letter.body["hold_at"]) - self._clock.now()
            self._expect(session, letter, ticks + left.total_seconds(), holding=False)

    def promised(
        self, session: int, chat_id: int, at: float, *, holding: bool, played: bool = False
    ) -> None:
        """Another process has handed over what promises a session's next cue, at `at` ticks."""
        self.knows(session, chat_id)
        self._cues[session] = Cue(chat_id, at, holding, self._file.refused, played=played)
        self._woken.set()

    def knows(self, session: int, chat_id: int) -> None:
        """There is a session in this chat: what is said in it, and not stored, is answered."""
        self._sessions[chat_id] = session

    @property
    def cut(self) -> dict[int, bool]:
        """Sessions that are over by word of mouth, by STOP those that map to True."""
        return dict(self._cut)

    def inherit(self, cut: Mapping[int, bool]) -> None:
        """Take over what an earlier memory could not store."""
        for session, stopped in cut.items():
            self._cut[session] = self._cut.get(session, False) or stopped
        if self._cut:
            self._broken.set()

    def unsent(self, letter: Claimed) -> None:
        """A letter was not delivered for certain: nobody holds, or is released, because of it."""
        session = letter.session_id
        if session is None:
            return
        if letter.kind in CUES:
            self._cues.pop(session, None)
        elif letter.kind in ENDS and (cue := self._said.pop(session, None)) is not None:
            cue.refused = self._file.refused
            self._cues.setdefault(session, cue)
            self._woken.set()

    def is_over(self, letter: Claimed) -> bool:
        """Whether it is a HOLD, or a clip, of a set that is to be broken off."""
        return letter.kind in CUES and letter.session_id in self._cut

    def _expect(self, session: int, letter: Claimed, at: float, *, holding: bool) -> None:
        self._said.pop(session, None)
        self._cues[session] = Cue(letter.chat_id, at, holding, self._file.refused)
        self._woken.set()

    @property
    def _is_away(self) -> bool:
        return self._away is not None and self._away()

    def _plays(self, session: int) -> bool:
        cue = self._cues.get(session)
        return cue is not None and cue.played

    def _holds(self, session: int) -> bool:
        cue = self._cues.get(session)
        return cue is not None and cue.holding

    # ---- what is heard -----------------------------------------------------------------

    def heard(self, update: str, chat_id: int, *, stop: bool) -> None:
        """Somebody said something that cannot be stored, or not in time; each update counts once.

        It is answered where there is a session: whoever holds is released, whatever was said.
        """
        session = self._sessions.get(chat_id)
        if session is None or update in self._heard:
            return
        self._heard[update] = None
        if len(self._heard) > MOST_HEARD:
            del self._heard[next(iter(self._heard))]
        if stop:
            self._over(session, chat_id, Word.STOP)
        elif self._holds(session):
            self._over(session, chat_id, Word.RELEASE)
        elif self._clock.ticks() - self._told_at.get(chat_id, float("-inf")) >= CALM_S:
            self._say(chat_id, Word.NOT_SAVED)

    def _over(self, session: int, chat_id: int, word: Word) -> None:
        """End the set: say so now, and have it stored before anything else happens to it."""
        self._cues.pop(session, None)
        self._cut[session] = self._cut.get(session, False) or word is Word.STOP
        self._broken.set()
        self._say(chat_id, word)

    def _say(self, chat_id: int, word: Word) -> None:
        self._told_at[chat_id] = self._clock.ticks()
        self._saying = [one for one in self._saying if one.chat_id != chat_id]
        self._saying.append(Spoken(chat_id, word, self._clock.ticks()))
        log.warning("said_from_memory", word=word)
        self._woken.set()

    # ---- acting ------------------------------------------------------------------------

    async def run(self) -> None:
        """Act until cancelled. To speak never waits for what is being stored."""
        await asyncio.gather(self._speaking(), self._settling())

    async def _speaking(self) -> None:
        while True:
            self._woken.clear()
            await self._clock.wait(self._woken, await self.step())

    async def _settling(self) -> None:
        while True:
            await self._broken.wait()
            with contextlib.suppress(Exception):  # the file refuses, which is what this is about
                await self.settle()
            if self._cut:
                await self._clock.wait(asyncio.Event(), AGAIN_S)
            else:
                self._broken.clear()

    async def step(self) -> float | None:
        """Say what is to be said now; return how many seconds there is nothing more to say."""
        ticks = self._clock.ticks()
        for session, cue in list(self._cues.items()):
            self._look(session, cue, ticks)
        await self._speak()
        return self._pause()

    def _look(self, session: int, cue: Cue, ticks: float) -> None:
        """Speak for a cue that is overdue, if it is the file that keeps it from coming."""
        if cue.played or ticks < cue.at:
            return
        if cue.written is None:
            cue.written = self._file.written
        stuck = self._file.waiting > 0 and self._file.written == cue.written
        away = self._is_away
        if ticks < cue.at + (AWAY_S if away else GRACE_S):
            return
        if away and not cue.holding:  # another may lead by now, and say HOLD
            return
        if away or stuck or self._file.refused > cue.refused:
            self._over(session, cue.chat_id, Word.RELEASE if cue.holding else Word.REST)
        elif ticks >= cue.at + FORGET_S:
            del self._cues[session]

    async def _speak(self) -> None:
        ticks = self._clock.ticks()
        ready = [one for one in self._saying if one.again_at <= ticks]
        await asyncio.gather(*(self._try(one) for one in ready))

    async def _try(self, one: Spoken) -> None:
        """Say a word; one that does not get through is said again a little later."""
        one.tries += 1
        wait = AGAIN_S
        try:
            await self._send(self._words(one.chat_id, one.word))
        except TelegramError as error:
            outcome = classify(error)
            wait = outcome.seconds or AGAIN_S
            done = outcome.kind in FINAL or one.tries >= TRIES
        else:
            done = True
        if done:
            self._saying = [other for other in self._saying if other is not one]
        one.again_at = self._clock.ticks() + wait

    async def settle(self) -> None:
        """Store that these sets are broken off; raises where the file refuses, and keeps them."""
        if not self._cut:
            return
        cut = dict(self._cut)
        try:
            await self._break_off(cut, self._clock.now())
        except Exception as error:
            if is_of_the_file(error):
                raise
            log.exception("not_broken_off")  # trying again would keep everybody waiting
        self._cut = {one: how for one, how in self._cut.items() if cut.get(one) != how}

    async def release_all(self) -> None:
        """The program ends and cannot store that: say so to everybody who holds or waits."""
        away = self._is_away
        for session, cue in list(self._cues.items()):
            if cue.holding or not away:
                self._over(session, cue.chat_id, Word.RELEASE if cue.holding else Word.REST)
        await self._speak()

    def _pause(self) -> float | None:
        ticks = self._clock.ticks()
        times = [one.again_at for one in self._saying]
        often = None if self._away is None else SHUT_S
        times += [_next(cue, ticks, often) for cue in self._cues.values() if not cue.played]
        return max(0.0, min(times) - ticks) if times else None


def _next(cue: Cue, ticks: float, often: float | None) -> float:
    """Return when to look at a cue again; at one that is overdue, so `often`."""
    if cue.written is None:
        return cue.at
    if often is not None:
        return ticks + often
    return max(cue.at + GRACE_S, ticks + AGAIN_S if ticks >= cue.at + GRACE_S else 0.0)
