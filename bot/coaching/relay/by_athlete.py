"""/write: an athlete's words to a coach, or to whoever wrote to them."""

from bot.coaching.relay import flow as relay
from bot.coaching.relay.messages import NobodyReads, RelayAwaited, SessionFirst
from bot.conversation import who
from bot.conversation.interaction import Interaction
from bot.conversation.pending_input import HalfCommand, wait_for
from bot.conversation.who import Named
from bot.protocol.red_flags.worries import names_sign
from bot.store import sessions
from bot.training.red_flags import flow as red_flags


def write(turn: Interaction, words: str) -> None:
    """Pass the words on; without any, the next text that is typed. Of one coach no name is needed.

    A running session comes first: words in it are heard as the session's.
    """
    if sessions.is_live(turn.db, turn.person_id):
        turn.say(SessionFirst())
        return
    readers = relay.readers(turn)
    if not readers:
        turn.say(NobodyReads())
        return
    alone = len(readers) == 1 and not words.startswith("#") and not who.fits(readers, words)
    named = Named(readers[0], words) if alone else who.one_of(turn, "write", words, readers)
    if named is None:
        return
    letter = relay.words_to(turn, named.id, named.rest)
    if not named.rest:
        wait_for(turn, HalfCommand("write", f"#{named.id}"))
        turn.say(RelayAwaited(named.person.name, letter.athlete_id))
        return
    relay.pass_on(turn, letter, key=f"u{turn.update_id}:relay")
    if not letter.to_athlete:
        check(turn, named.rest)


def check(turn: Interaction, text: str) -> None:
    """Ask about warning signs where the words name one: nobody may read them for hours."""
    if names_sign(text):
        red_flags.screen(turn, "words")
