"""/say: a coach's words to one athlete."""

from bot.coaching.relay import flow as relay
from bot.coaching.relay.messages import RelayAwaited
from bot.conversation import who
from bot.conversation.interaction import Interaction
from bot.conversation.pending_input import HalfCommand, wait_for


def say(turn: Interaction, words: str) -> None:
    """Pass the words after the name on; without any, the next text that is typed."""
    named = who.athlete_named(turn, "say", words)
    if named is None:
        return
    if named.rest:
        relay.say(turn, named.person, named.rest)
        return
    wait_for(turn, HalfCommand("say", f"#{named.id}"))
    turn.say(RelayAwaited(named.person.name, named.id))
