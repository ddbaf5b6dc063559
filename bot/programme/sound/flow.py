"""/sound: a tone for this chat's messages, and holds that are cued by sound."""

from typing import Final

from bot.conversation.common.messages import NotAllowed
from bot.conversation.interaction import Interaction
from bot.conversation.schedule_input import fold_answer
from bot.programme.settings import flow as settings
from bot.programme.sound.messages import SoundTried, ToneOffered
from bot.protocol.session.state import Cues
from bot.training.messages import TakeBack

TRY: Final = "try"
USE: Final = "use"
KEEP: Final = "keep"


def sound(turn: Interaction, words: str) -> None:
    """Send the tone; with "try" a hold as a sound, with "use" the next holds are cued so."""
    if turn.athlete is None:
        turn.answer()
        turn.say(NotAllowed())
        return
    turn.answer()
    used, what = turn.athlete.cues == Cues.SOUND, fold_answer(words)
    if what == TRY:
        turn.say(SoundTried(used))
    elif what in {USE, KEEP}:
        _put_away(turn)
        if what == USE:
            settings.apply(turn, {"cues": Cues.SOUND})
    else:
        turn.say(ToneOffered(used))


def _put_away(turn: Interaction) -> None:
    """Take the sound that was tried out of the chat; players go on to older ones."""
    if turn.message_id is not None:
        turn.send(TakeBack(turn.message_id))
        turn.message_id = None
