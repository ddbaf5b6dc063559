"""An athlete in a live session who types, edits, replies, passes on and sends stickers."""

import html
import re
from typing import Any, Final

from bot.conversation.message import Message
from bot.dispatch import due_work
from bot.protocol.session import events
from bot.protocol.session.state import CUED, Phase, Session
from bot.store import sessions
from bot.telegram import router
from bot.telegram.update import narrow
from bot.training.session import apply_event
from tests.flows.talking import RULES, Talk
from tests.flows.world import RUNA

CUES: Final = re.compile(r"HOLD \d|RELEASE|STOP\.|Rest\.")
PLAIN: Final = {"first_name": "Runa", "is_bot": False}


class Live(Talk):
    """A talk in which one athlete trains; `cues` are what the chat cued, in order."""

    def __init__(self, folder: Any, **dose: Any) -> None:
        super().__init__(folder)
        self.cues: list[str] = []
        self.said = 1000
        self.runa = self.athlete(**dose)

    # ---- the session

    @property
    def session(self) -> Session:
        """The newest session, live or closed."""
        stored = self.store.read_now(sessions.newest, self.runa)
        assert stored is not None
        return stored.value

    def reach(self, phase: Phase, *pains: int) -> None:
        """Begin a session and be in this phase, after as many holds as there are `pains`."""
        self.run(apply_event.open_session, self.runa, None, self.now)
        self._deliver()
        if phase is Phase.ASKED_BEFORE:
            return
        self.happens(self.runa, events.Pain(1))
        self._deliver()
        for pain in pains:
            self.due(Phase.ASKED_AFTER)
            self.happens(self.runa, events.Pain(pain))
            self._deliver()
        self._go(phase)

    def _go(self, phase: Phase) -> None:
        match phase:
            case Phase.HOLDING | Phase.ASKED_AFTER:
                self.due(phase)
            case Phase.RESTING if not self.session.holds:
                self.due(Phase.ASKED_AFTER)
                self.happens(self.runa, events.Pain(1))
                self._deliver()
            case Phase.INTERRUPTED:
                self.happens(self.runa, events.Pause())
                self._deliver()
            case Phase.ASKED_REASON | Phase.ASKED_STOP_PAIN:
                self.happens(self.runa, events.Stop())
                self._deliver()
        if phase is Phase.ASKED_STOP_PAIN:
            self.presses_data(RUNA, f"1:r:{self.live_id}:pain")
        self.later(seconds=1)

    @property
    def live_id(self) -> int:
        """The id of the newest session."""
        stored = self.store.read_now(sessions.newest, self.runa)
        assert stored is not None
        return stored.id

    def due(self, *phases: Phase) -> None:
        """Let time act until the session is in one of these phases."""
        for _ in range(4):
            if self.session.phase in phases:
                return
            assert self.session.due_at is not None
            self.now = self.session.due_at
            self.run(due_work.act_due, self.now)
            self._deliver()
        assert self.session.phase in phases

    def waits(self, minutes: float) -> None:
        """Let time pass, and everything happen that it brings."""
        until = self.now.timestamp() + minutes * 60
        while self.now.timestamp() < until:
            live = self.store.read_now(sessions.live, self.runa)
            at = None if live is None else live.value.due_at
            step = until if at is None else min(until, max(at.timestamp(), self.now.timestamp()))
            self.later(seconds=max(step - self.now.timestamp(), 0.001))
            self.run(due_work.act_due, self.now)
            self._deliver()

    @property
    def cued(self) -> bool:
        """Whether a cue is ahead or running."""
        return self.session.phase in CUED

    # ---- speaking, as the Bot API tells it

    def message(self, **parts: Any) -> str:
        """Send a message with these parts; return the newest message of the chat."""
        self.said += 1
        return self._update("message", {"message_id": self.said, **parts})

    def types(self, text: str, **parts: Any) -> int:
        """Type; return the message's id."""
        self.message(text=text, **parts)
        return self.said

    def edits(self, message_id: int, text: str, **parts: Any) -> str:
        """Edit a message."""
        edited = {"message_id": message_id, "text": text, "edit_date": 0, **parts}
        return self._update("edited_message", edited)

    def replies(self, to: int, text: str) -> str:
        """Reply to a message of the bot's."""
        return self.message(text=text, reply_to_message={"message_id": to})

    def _update(self, kind: str, parts: dict[str, Any]) -> str:
        sender = {"id": RUNA, **PLAIN}
        message = {"date": 0, "chat": {"id": RUNA, "type": "private"}, "from": sender, **parts}
        said = narrow({"update_id": 1, kind: message})
        assert said is not None
        self._act(RUNA, said, lambda turn: router.act(turn, said, RULES, []))
        return self.text(RUNA)

    def question(self, begins: str) -> int:
        """Return the id of the newest message to the athlete that begins so."""
        found = [key for key, screen in self.chats[RUNA].items() if begins in screen.text]
        return found[-1]

    def _see(self, chat: int, message_id: int, intent: Message) -> None:
        super()._see(chat, message_id, intent)
        screen = self.chats.get(chat, {}).get(message_id)
        first = "" if screen is None else html.unescape(re.sub("<[^>]+>", "", screen.text))
        if chat == RUNA and CUES.match(first):
            self.cues.append(first.split("\n", 1)[0])
