"""One person's turn: who acts, in which chat, by which update, how old that is; and the replies.

What a received update may still do, by its age, is decided here alone. Whatever somebody said is
handled, however old it is: a STOP, a high pain and a warning sign always count. What is old never
begins anything by itself: no session opens, no hold follows.

- Received in good order, an update is of now.
- Received after fetching or storing had failed, it can be as old as the last fetch that was in
  good order; a message has its own date as well, and that is the better one.
- A message whose own date is long ago is old, however it came. Telegram's clock and this machine's
  may differ a little: a date that is only a little ago says nothing by itself.
- An update that was received in time and could not be handled for a while has become old.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final

from sqlmodel import Session as Db

from bot.conversation.common.messages import Inactive
from bot.conversation.message import Answer, Message, Reply, Retire, Say
from bot.conversation.outgoing import post
from bot.store import outbox, people
from bot.store.people import Who
from bot.store.tables import AthleteRow

FRESH: Final = timedelta(seconds=5)
"""What was said so long ago, at most, is of now."""
SKEW: Final = timedelta(minutes=2)
"""So far Telegram's clock may be from this machine's."""


@dataclass(frozen=True, slots=True)
class Admission:
    """The earliest instant that something can have been said at, and whether that is old."""

    said_at: datetime
    old: bool = False


def received(dated: datetime | None, now: datetime, since: datetime | None) -> Admission:
    """Judge an update that is received `now`.

    `dated` is a message's own date; one in the future is ignored. `since` is None where fetching
    was in good order, else the last instant at which it was.
    """
    own = dated if dated is not None and dated <= now else None
    if own is not None and now - own > SKEW:
        return Admission(own, old=True)
    if since is None:
        return Admission(now)
    said_at = since if own is None else max(own, since)
    return Admission(said_at, old=now - said_at > FRESH)


def taken_up(received_at: datetime, said_at: datetime, now: datetime, *, old: bool) -> Admission:
    """Judge an update that is handled `now`, from how it was judged when it was received."""
    return Admission(said_at, old or now - received_at > FRESH)


@dataclass(eq=False, slots=True)
class Interaction:
    """What one update needs to be answered. `message_id` is the message whose button was pressed.

    That is a sound if it was pressed `on_sound`. `came` says how old the update is; without it, it
    is of `now`. `replies` counts what was sent so far: keys come of it and of the update's id, so
    that an update handled twice replies once. `answered` is whether the press was answered, which
    Telegram takes once.
    """

    db: Db
    who: Who
    update_id: int
    now: datetime
    message_id: int | None = None
    query_id: str | None = None
    came: Admission | None = None
    on_sound: bool = False
    replies: int = field(default=0, init=False)
    answered: bool = field(default=False, init=False)
    _pressed: list[tuple[str, str, dict[str, Any]] | None] = field(default_factory=list, init=False)

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
    def pressed(self) -> tuple[str, str, dict[str, Any]] | None:
        """Key, kind and body of what was last said by the message whose button was pressed.

        Read once: nothing is said by a message before the turn is over.
        """
        if self.message_id is None:
            return None
        if not self._pressed:
            self._pressed.append(outbox.of_message(self.db, self.chat_id, self.message_id))
        return self._pressed[0]

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
