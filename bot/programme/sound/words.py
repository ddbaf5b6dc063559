"""Words and buttons about sounds."""

from datetime import datetime
from typing import Final

from bot.conversation.screen import Audio, Button, Screen, Style, Words, data
from bot.programme.sound.messages import SoundTried, ToneOffered
from bot.sound.clips import HoldSound, Tone

WORDS: Final = Words()
TRY_BUTTON: Final = Button("Hear a hold as sound", data("c", "sound", "", "try"))
_SAMPLE: Final = HoldSound(5, 5, 5)


@WORDS.of(ToneOffered)
def _tone(said: ToneOffered, _now: datetime) -> Screen:
    return Screen(
        text=(
            "<b>A tone for this chat</b>\n"
            "1. Press and hold the sound above, then choose Save for notifications.\n"
            "2. Tap my name at the top, then Notifications and Sound, and choose it.\n"
            "3. Lock your phone before the first hold: in an open chat no message makes a sound."
        ),
        rows=() if said.by_sound else ((TRY_BUTTON,),),
        audio=Audio(Tone(), "Tone for messages"),
    )


@WORDS.of(SoundTried)
def _tried(said: SoundTried, _now: datetime) -> Screen:
    use = Button("Use sound", data("c", "sound", "", "use"), Style.PRIMARY)
    keep = Button("Done" if said.used else "Keep messages", data("c", "sound", "", "keep"))
    return Screen(
        text=(
            "<b>A hold as sound</b>\n"
            "Press play and just listen; nothing counts. You hear: get set, 3-2-1, HOLD, 3-2-1, "
            "RELEASE.\n\n"
            "With sound cues you get one sound for each hold. You need not look at the phone. I "
            "still ask for pain after each hold."
        ),
        rows=((keep,) if said.used else (use, keep),),
        audio=Audio(_SAMPLE, "A hold to listen to"),
    )
