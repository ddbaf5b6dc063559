"""One session as the messages about it need to know it."""

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session as Db

from bot.conversation import message
from bot.conversation.outgoing import post
from bot.protocol.session.state import Place, Session, counting
from bot.store import people
from bot.store.sessions import Stored
from bot.training import messages, occurrences


@dataclass(frozen=True, slots=True)
class Scene:
    """What the messages about one session need to know. `due` is when they should be sent."""

    db: Db
    stored: Stored
    now: datetime
    due: datetime

    @property
    def value(self) -> Session:
        """The session itself."""
        return self.stored.value

    @property
    def id(self) -> int:
        """The session's id."""
        return self.stored.id

    @property
    def chat_id(self) -> int | None:
        """The athlete's chat."""
        return self.stored.chat_id

    @property
    def zone(self) -> str:
        """The athlete's zone."""
        return self.stored.zone

    def spot(self, place: Place) -> messages.Spot:
        """Return `place` as it is told."""
        dose = self.value.dose
        return messages.Spot(
            place.number, dose.holds, place.side, place.set_no, dose.sets, len(dose.sides)
        )

    def key(self, what: str) -> str:
        """Return a letter's key; a hold's index or the instant makes it unique."""
        return f"s{self.id}:{what}"

    def say(self, intent: message.Message, what: str, *, edits: str | None = None) -> None:
        """Put a message about this session into the outbox."""
        post(
            self.db,
            self.chat_id,
            intent,
            self.now,
            key=self.key(what),
            due=self.due,
            edits=edits,
            session_id=self.id,
        )

    def moment(self, what: str) -> str:
        """Return `what` made unique by the time: it can be said again later."""
        return f"{what}:{self.now.timestamp():.6f}"

    @property
    def before(self) -> int | None:
        """The pain before the session, as it counts."""
        rating = counting(self.value.before)
        return None if rating is None else rating.value

    @property
    def next_at(self) -> datetime | None:
        """When the athlete's next session is planned."""
        return occurrences.next_at(self.db, self.stored.athlete_id, self.now)

    @property
    def has_coach(self) -> bool:
        """Whether a coach can be told about this."""
        return people.has_reachable_coach(self.db, self.stored.athlete_id)
