"""What the replies about an athlete's programme have in common, and the letter to the athlete."""

from bot.conversation.interaction import Interaction
from bot.conversation.message import Reply, Say
from bot.conversation.outgoing import posted
from bot.programme.messages import NothingChanged
from bot.store import people, sessions
from bot.store.tables import PersonRow


def reader_zone(turn: Interaction) -> str:
    """Return the zone of who reads the reply."""
    return people.person(turn.db, turn.person_id).zone


def is_running(turn: Interaction, athlete_id: int) -> bool:
    """Whether a session of the athlete's is running: it keeps the plan it began with."""
    return sessions.live(turn.db, athlete_id) is not None


def tell(turn: Interaction, person: PersonRow, letter: Reply) -> bool | None:
    """Tell the athlete who changed what; whether the letter has anywhere to go.

    None for somebody who changes what is their own: they see it already.
    """
    if person.id == turn.person_id:
        return None
    key = f"u{turn.update_id}:{letter.topic}"
    is_new = posted(turn.db, person.telegram_id, Say(letter), turn.now, key=key)
    return is_new and person.unreachable_since is None


def wrong(turn: Interaction, problem: Exception) -> None:
    """Say what was wrong with the words that were typed; nothing was changed."""
    turn.say(NothingChanged(str(problem)))
