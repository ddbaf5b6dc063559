"""What is said about sounds, as values."""

from dataclasses import dataclass
from typing import ClassVar

from bot.conversation.message import Reply


@dataclass(frozen=True, slots=True)
class ToneOffered(Reply):
    """A short tone, and how it becomes the sound of this chat's messages.

    `by_sound`: the athlete's holds are cued by sounds already.
    """

    topic: ClassVar[str] = "tone"
    by_sound: bool


@dataclass(frozen=True, slots=True)
class SoundTried(Reply):
    """A hold as a sound, to listen to; nothing is held or counted. `used` where cues are so."""

    topic: ClassVar[str] = "sound_tried"
    used: bool
