"""What every reply about an athlete's programme carries, and the letter to the athlete."""

from typing import Any

from bot.conversation.interaction import Turn
from bot.conversation.message import Say, Untyped
from bot.conversation.outgoing import post
from bot.store import people, sessions
from bot.store.tables import PersonRow


def about(turn: Turn, person: PersonRow) -> dict[str, Any]:
    """Return who it is about, both clocks, and whether a session is running."""
    assert person.id is not None
    return {
        "athlete_id": person.id,
        "name": person.name,
        "zone": person.zone,
        "reader_zone": people.person(turn.db, turn.person_id).zone,
        "running": sessions.live(turn.db, person.id) is not None,
    }


def tell(turn: Turn, person: PersonRow, topic: str, **values: Any) -> bool | None:
    """Tell the athlete who changed what; whether the letter has anywhere to go.

    None for somebody who changes what is their own: they see it already.
    """
    if person.id == turn.person_id:
        return None
    letter = Say(
        Untyped(
            topic, {"athlete_id": person.id, "by": turn.who.name, "zone": person.zone, **values}
        )
    )
    key = f"u{turn.update_id}:{topic}"
    posted = post(turn.db, person.telegram_id, letter, turn.now, key=key)
    return posted and person.unreachable_since is None


def wrong(turn: Turn, person: PersonRow, problem: Exception) -> None:
    """Say what was wrong with the words that were typed; nothing was changed."""
    turn.say("programme_wrong", athlete_id=person.id, name=person.name, problem=str(problem))
