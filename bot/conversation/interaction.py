"""One person's turn: who acts, in which chat, by which update; and the replies to it."""

from dataclasses import dataclass, field
from datetime import datetime

from sqlmodel import Session as Db

from bot.conversation.admission import Admission
from bot.conversation.common.messages import Inactive
from bot.conversation.message import Answer, Message, Reply, Retire, Say
from bot.conversation.outgoing import post
from bot.store import people
from bot.store.people import Who
from bot.store.tables import AthleteRow


@dataclass(eq=False, slots=True)
class Interaction:
    """What one update needs to be answered. `message_id` is the message whose button was pressed.

    `came` says how old the update is; without it, it is of `now`. `replies` counts what was sent
    so far: keys come of it and of the update's id, so that an update handled twice replies once.
    `answered` is whether the press was answered, which Telegram takes once.
    """

    db: Db
    who: Who
    update_id: int
    now: datetime
    message_id: int | None = None
    query_id: str | None = None
    came: Admission | None = None
    replies: int = field(default=0, init=False)
    answered: bool = field(default=False, init=False)

    @property
    def old(self) -> bool:
        """Whether this was said a while ago: it never begins anything by itself."""
        return self.came is not None and self.came.old

    @property
    def said_at(self) -> datetime:
        """The earliest instant that this can have been said at."""
        return self.now if self.came is None else self.came.said_at

    @property
    def chat_id(self) -> int:
        """The person's private chat has the person's id."""
        return self.who.telegram_id

    @property
    def person_id(self) -> int:
        """The id of a person who is known."""
        assert self.who.person_id is not None
        return self.who.person_id

    @property
    def athlete(self) -> AthleteRow | None:
        """The athlete whose turn it is, or None for anybody else."""
        if self.who.person_id is None:
            return None
        return people.find_athlete(self.db, self.who.person_id)

    def recognise(self) -> None:
        """Look again at who acts: they have just joined, or moved to this account."""
        self.who = people.who_is(self.db, self.who.telegram_id)

    def send(self, intent: Message) -> None:
        """Reply with `intent`."""
        key = f"u{self.update_id}:{self.replies}"
        self.replies += 1
        post(self.db, self.chat_id, intent, self.now, key=key)

    def say(self, reply: Reply) -> None:
        """Reply."""
        self.send(Say(reply))

    def show(self, reply: Reply) -> None:
        """Rewrite the message whose button was pressed, or reply where none was."""
        self.send(Say(reply, self.message_id))

    def answer(self, reply: Reply | None = None, *, alert: bool = False) -> None:
        """Answer the pressed button, if one was pressed and is not answered yet."""
        if self.query_id is not None and not self.answered:
            self.answered = True
            self.send(Answer(self.query_id, reply, alert))

    def retire(self) -> None:
        """Take the buttons off the message whose button was pressed."""
        if self.message_id is not None:
            self.send(Retire(self.message_id))

    def expired(self) -> None:
        """The button is not active any more: say so briefly and take the buttons away."""
        self.answer(Inactive())
        self.retire()
