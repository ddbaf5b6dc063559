"""A claimed letter on its way to Telegram: rendered, handed over in time, and its answer judged."""

import asyncio
import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final

import structlog
from telegram import Bot
from telegram.error import EndPointNotFound, InvalidToken, TelegramError

from bot.delivery import kept_files, plainer
from bot.delivery.crossing import Answer, Crossing, aboard
from bot.delivery.errors import Kind, classify
from bot.delivery.limiter import HEARD, Lane, Pace, Slot, lane_of
from bot.delivery.ports import (
    Audience,
    Call,
    Forgetful,
    MayLeave,
    Memory,
    Render,
    SenderClock,
    Watch,
)
from bot.delivery.results import Fate, Late, Lost, Refused, Sent
from bot.delivery.retry_policy import Do, RetryDecision, judge
from bot.delivery.transport import NotSent, NotSentTimedOut
from bot.letters import UnreadableError
from bot.store.engine import is_passing
from bot.store.outbox import BROKEN, SILENCED, UNREADABLE
from bot.store.outbox_claims import Claimed
from bot.store.tables import OutboxState

log = structlog.get_logger()

STALE_S: Final = 0.25
"""A place that was not used for so long is given up: drawing a picture takes its time."""
NO_TOKEN: Final = "Telegram does not accept the bot's token."  # noqa: S105 - a sentence


class Alone:
    """There is no other process that could lead instead."""

    away = False

    def sends(self) -> bool:
        """It may be sent."""
        return True

    def speaks(self) -> bool:
        """They may be said."""
        return True


@dataclass(slots=True)
class _Trip:
    """A letter under way: its place in the budget, and its crossing."""

    letter: Claimed
    place: Slot
    crossing: Crossing
    handed_at: datetime | None = None

    @property
    def silenced(self) -> bool:
        """Whether the letter's session was silenced since it was claimed."""
        return self.crossing.called_off


class Carrier:
    """Carries letters, several at a time; `told` hears what became of each, once or twice.

    `audience` says whom a letter may tell of now.

    The second time is of a HOLD that was given up, when its answer comes after all.
    """

    def __init__(
        self,
        bot: Bot,
        render: Render,
        pace: Pace,
        clock: SenderClock,
        watch: Watch,
        told: Callable[[Fate], None],
        audience: Audience,
        gate: MayLeave,
    ) -> None:
        self._bot = bot
        self._render = render
        self._pace = pace
        self._clock = clock
        self._watch = watch
        self._told = told
        self._audience = audience
        self._gate = gate
        self._under_way: dict[int, _Trip] = {}
        self._listening: set[asyncio.Task[None]] = set()
        self.fatal: TelegramError | None = None
        self.memory: Memory = Forgetful()

    @property
    def of_sessions(self) -> bool:
        """Whether a letter is under way that silencing its session would reach."""
        return any(one.letter.session_id is not None for one in self._under_way.values())

    def call_off(self, letters: Iterable[int]) -> list[Claimed]:
        """Keep letters from leaving: their session is silenced. Return those it is news for.

        One that has left already goes its way.
        """
        found = [self._under_way[one] for one in letters if one in self._under_way]
        fresh = [trip for trip in found if not trip.silenced]
        for trip in fresh:
            trip.crossing.call_off()
        return [trip.letter for trip in fresh]

    async def carry(self, letter: Claimed, place: Slot) -> None:
        """Carry a letter to Telegram and tell what became of it."""
        never_twice = not letter.repeatable and letter.priority <= HEARD
        crossing = Crossing(
            self._clock.now,
            letter.not_after,
            listens=never_twice,
            barred=lambda: self.memory.is_over(letter) or not self._gate.sends(),
        )
        trip = self._under_way[letter.id] = _Trip(letter, place, crossing)
        try:
            fate = await self._carried(trip)
        finally:
            del self._under_way[letter.id]
        self._told(fate)
        if crossing.late is not None:
            self._listen(trip, crossing.late)

    async def hush(self) -> None:
        """Listen no more for late answers: their connections are cut."""
        found = set(self._listening)
        for one in found:
            one.cancel()
        await asyncio.gather(*found, return_exceptions=True)

    # ---- one letter ----------------------------------------------------------------------

    async def _carried(self, trip: _Trip) -> Fate:
        letter = trip.letter
        try:
            if not letter.readable:
                raise UnreadableError  # noqa: TRY301 - the same as one whose values are wrong
            return await self._send(trip)
        except UnreadableError:
            log.error("letter_unreadable", kind=letter.kind, letter=letter.id)  # noqa: TRY400 - expected
            return Lost(letter, OutboxState.FAILED, UNREADABLE)
        except Exception as error:
            if is_passing(error):  # the database, which was asked what may be told
                return self._refused(trip, NotSent("not asked"))
            log.exception("letter_broken", kind=letter.kind, letter=letter.id)
            return Lost(letter, OutboxState.FAILED, BROKEN)

    async def _send(self, trip: _Trip) -> Fate:
        letter = trip.letter
        call = await self._ready(trip)
        if call is None:
            return Lost(letter, OutboxState.CANCELLED)
        trip.handed_at, trip.place.at = self._clock.now(), self._clock.ticks()
        if letter.not_after is not None and trip.handed_at > letter.not_after:
            return self._dropped(letter)
        self._watch.handed(letter.kind, (trip.handed_at - letter.due).total_seconds())
        self.memory.handed(letter, trip.place.at)
        try:
            message_id = await self._make(trip, self._billed(letter, call))
        except TelegramError as error:
            return self._refused(trip, error)
        self._watch.answered(letter.kind, self._clock.ticks() - trip.place.at)
        kept = None if call[0] in BY_NAME else kept_files.kept_in(call)
        told = replace(letter, silenced=trip.silenced)
        return Sent(told, message_id or letter.message_id, self._left_at(trip), kept)

    async def _ready(self, trip: _Trip) -> Call | None:
        """Return the call that may leave now; None where nothing may be told any more.

        Who may be told of is asked last of all: making the call and its place take their time.
        """
        letter = trip.letter
        asked = await self._audience(letter)
        while asked is not None:
            call = await self._render(letter, self._clock.now())
            if call is None:
                return None
            trip.place = await self._in_place(letter, trip.place)
            before, asked = asked, await self._audience(letter)
            if asked == before:
                return call
        return None

    async def _make(self, trip: _Trip, call: Call) -> int | None:
        """Make the call; what has to be heard goes plainer where Telegram refuses its form.

        A file that is sent by its name is uploaded anew where that is refused.
        """
        while True:
            try:
                return await make(self._bot, call, trip.crossing)
            except TelegramError as error:
                letter, refused = trip.letter, classify(error).kind is Kind.REFUSED
                heard = letter.repeatable and letter.priority <= HEARD
                if refused and kept_files.forgotten(call):
                    simpler: Call | None = call
                else:
                    simpler = plainer.next_of(call) if refused and heard else None
                if simpler is None:
                    raise
                log.warning("letter_made_plainer", kind=letter.kind, letter=letter.id)
            call = simpler
            self._pace.budget_of(lane_of(letter.priority)).take(self._clock.ticks())

    async def _in_place(self, letter: Claimed, place: Slot) -> Slot:
        """Return the letter's place, or a new one if making the letter took so long."""
        lane, ticks = lane_of(letter.priority), self._clock.ticks()
        if lane is Lane.CUE or ticks - place.at <= STALE_S:
            return place
        while (at := self._pace.opens_at(lane, ticks)) > ticks:
            await self._clock.wait(asyncio.Event(), at - ticks)
            ticks = self._clock.ticks()
        return self._pace.budget_of(lane).take(ticks)

    def _billed(self, letter: Claimed, call: Call) -> Call:
        """Let Telegram bill a message that goes beyond the free rate."""
        method, arguments = call
        if self._pace.budget_of(lane_of(letter.priority)) is self._pace.free:
            return call
        return (method, {**arguments, "allow_paid_broadcast": True}) if _bills(method) else call

    # ---- refused ---------------------------------------------------------------------------

    def _refused(self, trip: _Trip, error: TelegramError) -> Fate:
        letter, outcome = trip.letter, classify(error)
        verdict = judge(outcome, letter)
        log.warning(
            "send_refused",
            kind=letter.kind,
            letter=letter.id,
            outcome=outcome.kind,
            action=verdict.do,
        )
        self._watch.refused(letter.kind, outcome.kind)
        if not outcome.may_have_arrived:
            self.memory.unsent(letter)
        if outcome.kind is Kind.BAD_TOKEN:
            self.fatal = InvalidToken(NO_TOKEN)
        if verdict.do is Do.HOLD_CHAT:
            self._pace.refused(letter, trip.place.at, self._clock.ticks(), verdict.seconds)
        if verdict.do is Do.AGAIN and trip.silenced:
            state = OutboxState.UNSURE if outcome.may_have_arrived else OutboxState.CANCELLED
            return Lost(letter, state, SILENCED)
        if verdict.do is Do.AGAIN and self._ran_out(letter, error, verdict):
            return self._dropped(letter)
        return Refused(letter, verdict, outcome, self._left_at(trip))

    def _ran_out(self, letter: Claimed, error: TelegramError, verdict: RetryDecision) -> bool:
        """Whether a letter's time is over before it could be sent again."""
        if letter.not_after is None:
            return False
        all_of_it = isinstance(error, NotSentTimedOut) and not letter.repeatable
        seconds_left = (letter.not_after - self._clock.now()).total_seconds()
        return all_of_it or verdict.seconds > seconds_left

    def note_dropped(self, letter: Claimed) -> None:
        """A letter's time is over: it is not sent."""
        log.warning("letter_dropped", kind=letter.kind, letter=letter.id)
        self._watch.dropped(letter.kind)

    def _dropped(self, letter: Claimed) -> Fate:
        self.note_dropped(letter)
        return Lost(letter, OutboxState.DROPPED)

    def _left_at(self, trip: _Trip) -> datetime:
        """Return when the letter left this machine; where that is not known, when it was begun."""
        return trip.crossing.left_at or trip.handed_at or self._clock.now()

    # ---- late answers ----------------------------------------------------------------------

    def _listen(self, trip: _Trip, answer: "asyncio.Task[Answer]") -> None:
        listening = asyncio.create_task(self._heard(trip, answer))
        self._listening.add(listening)
        listening.add_done_callback(self._listening.discard)

    async def _heard(self, trip: _Trip, answer: "asyncio.Task[Answer]") -> None:
        """Tell that a letter did arrive, late; or that nobody will know whether it did."""
        handed_at = self._left_at(trip)
        try:
            found = heard(await answer)
        except TelegramError:
            self._told(Late(trip.letter, None, handed_at))
        else:
            log.warning("answered_late", kind=trip.letter.kind, letter=trip.letter.id)
            if found is not None:
                self._told(Late(trip.letter, found, handed_at))


def _bills(method: str) -> bool:
    """Whether a method makes a new message, which is what Telegram bills."""
    return method.startswith("send_")


# ---- calls -----------------------------------------------------------------------------
# PTB's own methods turn every answer into objects that nobody looks at: half of a call.

BY_NAME: Final = frozenset(
    {
        "send_message",
        "edit_message_text",
        "edit_message_reply_markup",
        "answer_callback_query",
        "delete_message",
    }
)
"""Methods without files."""


async def make(bot: Bot, call: Call, crossing: Crossing | None = None) -> int | None:
    """Make a call; return the id of the message it made or rewrote, if there is one.

    With a `crossing` it leaves in time or not at all. Raises `TelegramError`, as PTB's own
    methods do.
    """
    limits = {} if crossing is None else _limits(bot, crossing)
    method, arguments = call
    with aboard(crossing):
        if method not in BY_NAME:
            made = await getattr(bot, method)(**kept_files.resolved(bot, call), **limits)
            kept_files.note(bot, call, made)
            return getattr(made, "message_id", None)
        given = {name: value for name, value in arguments.items() if value is not None}
        try:
            answer: Any = await bot.do_api_request(method, api_kwargs=given, **limits)
        except EndPointNotFound as error:  # how a call by name tells of a token refused
            raise InvalidToken("Telegram does not accept the bot's token.") from error
        return answer["message_id"] if isinstance(answer, dict) else None


def _limits(bot: Bot, crossing: Crossing) -> dict[str, Any]:
    """Return the transport's limits for a cue whose time runs out; others have the usual ones."""
    leave_s, answer_s = crossing.leave_s, crossing.answer_s
    if leave_s is None or answer_s is None:
        return {}
    usual = bot.request.read_timeout
    return {
        "pool_timeout": leave_s,
        "connect_timeout": leave_s,
        "write_timeout": leave_s,
        "read_timeout": answer_s if usual is None else min(usual, answer_s),
    }


def heard(answer: tuple[int, bytes]) -> int | None:
    """Return the id of the message that a late answer tells of; None if there is none."""
    try:
        told = json.loads(answer[1])
        return int(told["result"]["message_id"]) if told["ok"] else None
    except (ValueError, LookupError, TypeError):
        return None
