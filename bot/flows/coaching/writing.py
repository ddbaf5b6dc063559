"""/say: a coach's words to one athlete."""

from bot.flows import naming, relay
from bot.flows.awaiting import await_text
from bot.flows.turn import Turn


def say(turn: Turn, words: str) -> None:
    """Pass the words after the name on; without any, the next text that is typed."""
    named = naming.athlete_named(turn, "say", words)
    if named is None:
        return
    if named.rest:
        relay.say(turn, named.person, named.rest)
        return
    await_text(turn, "say", f"#{named.id}")
    turn.say("relay_ask", name=named.person.name, athlete_id=named.id)
