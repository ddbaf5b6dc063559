"""One hold as a clip: rest · get set · 3-2-1 · HOLD · half · 3-2-1 · RELEASE, as MP3.

A clip is put together from snippets by their frames, without a coder: each snippet is whole frames
of one size that need nothing from before them, and a frame of silence fills what is between. A cue
stands within half a frame, 12 ms, of its second. `tools/voice.py` makes the snippets.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Final

SNIPPETS: Final = Path(__file__).parent / "snippets"
RATE: Final = 24_000
"""Samples a second."""
FRAME: Final = 576
"""Samples of a frame."""
FRAME_BYTES: Final = 96
"""At 32 kbit/s."""
DELAY: Final = 1105
"""Samples until what was coded is heard: the coder's delay and the decoder's."""
HALF_FROM_S: Final = 20
"""From so many seconds on, the half of a hold is told."""
_COUNTED: Final = ((3, "three"), (2, "two"), (1, "one"))
_REST_FROM_S: Final = 3
"""From so many seconds before get set on, rest and the other side are told first."""
_SWITCH_S: Final = 1
_AFTER_S: Final = 0.3
"""Silence after the last word."""

Cue = tuple[float, str]
"""At which second a snippet is heard, and which."""


@dataclass(frozen=True, slots=True)
class HoldSound:
    """The sound of one hold: HOLD after `wait_s`, of which the last `lead_s` are to get set.

    RELEASE is `hold_s` later; all are whole seconds in PROTOCOL 2's ranges. `switch`: the other
    side comes. `ease`: with less effort than before.
    """

    wait_s: int
    lead_s: int
    hold_s: int
    switch: bool = False
    ease: bool = False

    @property
    def name(self) -> str:
        """What it is kept under: sounds of one name are the same."""
        kind = ("s" if self.switch else "") + ("e" if self.ease else "")
        return f"hold-{self.wait_s}-{self.lead_s}-{self.hold_s}{kind}"

    @property
    def cues(self) -> tuple[Cue, ...]:
        """What is heard, and when."""
        return tuple(self._cues())

    def _cues(self) -> Iterator[Cue]:
        ready_s, release_s = self.wait_s - self.lead_s, self.wait_s + self.hold_s
        rests = ready_s >= _REST_FROM_S
        if rests:
            yield 0, "rest"
        if self.switch and rests:
            yield _SWITCH_S, "switch"
        yield ready_s, "easier" if self.ease else "ready"
        if self.switch and not rests:  # the rest is long, and get set as well
            yield ready_s + _REST_FROM_S, "switch"
        yield from ((self.wait_s - left, word) for left, word in _COUNTED)
        yield self.wait_s, "hold"
        if self.hold_s >= HALF_FROM_S:
            yield self.wait_s + self.hold_s / 2, "half"
        yield from ((release_s - left, word) for left, word in _COUNTED)
        yield release_s, "release"


@dataclass(frozen=True, slots=True)
class Tone:
    """A short sound to be told apart from other chats."""

    name: str = "tone"

    @property
    def cues(self) -> tuple[Cue, ...]:
        """What is heard: one snippet."""
        return ((0.0, "tone"),)


Sound = HoldSound | Tone


def mp3(sound: Sound) -> bytes:
    """Return a sound as an MP3 file: mono, 24 kHz, 32 kbit/s throughout."""
    made = bytearray()
    for at, name in sound.cues:
        _fill(made, max(0, round((at * RATE - DELAY) / FRAME)))
        made += snippet(name)
    _fill(made, len(made) // FRAME_BYTES + round(_AFTER_S * RATE / FRAME))
    return bytes(made)


def seconds(sound: Sound) -> float:
    """Return how long a sound is."""
    at, last = sound.cues[-1]
    begins = max(0, round((at * RATE - DELAY) / FRAME))
    frames = begins + len(snippet(last)) // FRAME_BYTES + round(_AFTER_S * RATE / FRAME)
    return frames * FRAME / RATE


def _fill(made: bytearray, frames: int) -> None:
    """Add silence up to a number of frames."""
    missing = frames - len(made) // FRAME_BYTES
    assert missing >= 0, "two snippets overlap"
    made += snippet("silence") * missing


@cache
def snippet(name: str) -> bytes:
    """Return a snippet's frames."""
    return (SNIPPETS / f"{name}.mp3").read_bytes()


@cache
def version() -> str:
    """Return which snippets these are: a file that Telegram keeps is of one version."""
    files = sorted(SNIPPETS.glob("*.mp3"))
    return sha256(b"".join(one.read_bytes() for one in files)).hexdigest()[:8]
