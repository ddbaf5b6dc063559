"""/sound: a tone for this chat's messages, and holds that are cued by sound.

A hold to listen to says HOLD as a real one does, so that none is sent in a session.
"""

from typing import Final

from bot.conversation.common.messages import NotAllowed
from bot.conversation.interaction import Interaction
from bot.conversation.message import Say
from bot.conversation.outgoing import post
from bot.conversation.schedule_input import fold_answer
from bot.programme.settings import flow as settings
from bot.programme.sound.messages import SoundTried, ToneOffered
from bot.protocol.session.state import Cues
from bot.training.session import actions, clips

TRY: Final = "try"
USE: Final = "use"
KEEP: Final = "keep"
_ON: Final = frozenset({"on", "yes", "sound"})
_OFF: Final = frozenset({"off", "no", "messages"})


def is_read(words: str) -> bool:
    """Whether /sound takes these words."""
    return fold_answer(words) in {TRY, USE, KEEP} | _ON | _OFF


def sound(turn: Interaction, words: str) -> None:
    """Send the tone; with "try" a hold as a sound, with "use" the next holds are cued so.

    "on" and "off" are typed for that; off, cues are messages again.
    """
    if turn.athlete is None:
        turn.answer()
        turn.say(NotAllowed())
        return
    turn.answer()
    used, what = turn.athlete.cues == Cues.SOUND, fold_answer(words)
    what = USE if what in _ON else what
    if what == TRY and actions.is_live(turn):
        actions.remind_of_question(turn)
    elif what == TRY:
        key = f"{clips.sample_keys(turn.person_id)}{turn.update_id}"
        post(turn.db, turn.chat_id, Say(SoundTried(used)), turn.now, key=key)
    elif what in {USE, KEEP}:
        _put_away(turn)
        if what == USE:
            settings.apply(turn, {"cues": Cues.SOUND})
    elif what in _OFF:
        settings.apply(turn, {"cues": Cues.FULL if used else Cues(turn.athlete.cues)})
    else:
        turn.say(ToneOffered(used))


def _put_away(turn: Interaction) -> None:
    """Take the sound that was tried out of the chat; players go on to older ones."""
    if turn.message_id is not None:
        letter = turn.pressed
        key = f"u{turn.update_id}:sample" if letter is None else letter[0]
        clips.put_away(turn.db, key, turn.chat_id, turn.message_id, turn.now)
        turn.message_id = None
