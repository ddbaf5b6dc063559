"""`make voice`: the snippets that clips are put together from, spoken and with tones, as MP3.

Where no voice can be had they are tones alone. Each is a whole number of frames of one size, and
none needs what stands before it, so that they can be joined as they are (bot/sound/clips.py).
"""

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import lameenc
import numpy as np

from bot.sound.clips import FRAME_BYTES, RATE, SNIPPETS
from tools.loudness import lufs

LOUDNESS: Final = -13.0
"""Of each snippet, in LUFS: with its pauses a clip is as loud as a podcast, about -16."""
PEAK: Final = 0.89
"""-1 dB: louder is cut off by a coder."""
GAP_S: Final = 0.04
QUIET: Final = 0.01
KBPS: Final = 32

Say = Callable[[str], Any]

WORDS: Final = {
    "rest": ("Rest.", ((392.0, 0.18),)),
    "switch": ("Other side.", ((440.0, 0.08), (587.0, 0.08))),
    "ready": ("Get set.", ((523.0, 0.09), (523.0, 0.09))),
    "easier": ("Get set, easier.", ((523.0, 0.09), (523.0, 0.09))),
    "three": ("Three.", ((784.0, 0.06),)),
    "two": ("Two.", ((784.0, 0.06),)),
    "one": ("One.", ((784.0, 0.06),)),
    "hold": ("Hold.", ((659.0, 0.12), (988.0, 0.22))),
    "half": ("Half way.", ((659.0, 0.12),)),
    "release": ("Release.", ((988.0, 0.16), (659.0, 0.16), (440.0, 0.32))),
    "tone": ("", ((523.0, 0.14), (784.0, 0.14), (1047.0, 0.14), (784.0, 0.4))),
}
"""What each says, and its tones before the word: Hz and seconds. HOLD rises, RELEASE falls."""


def main() -> None:
    """Write the snippets; `--tones` leaves the words out."""
    say = _mute if "--tones" in sys.argv[1:] else _voice()
    for name, (words, tones) in WORDS.items():
        _write(SNIPPETS / f"{name}.mp3", _loud(_joined(tones, say(words))))
    _write(SNIPPETS / "silence.mp3", np.zeros(RATE), frames=1)


def _voice() -> Say:
    """Return a voice: hibari's own, which is in its package (Apache-2.0)."""
    try:
        from hibari import Hibari  # noqa: PLC0415 - may be missing
    except ImportError:
        sys.stderr.write("No voice: tones alone.\n")
        return _mute
    speak = Hibari()
    return lambda words: _trimmed(np.asarray(speak(words, seed=0))) if words else _mute(words)


def _mute(_words: str) -> Any:
    return np.zeros(0)


def _trimmed(samples: Any) -> Any:
    """Return a word without the silence around it."""
    loud = np.flatnonzero(np.abs(samples) > QUIET * np.abs(samples).max())
    return samples[loud[0] : loud[-1] + 1]


def _joined(tones: tuple[tuple[float, float], ...], word: Any) -> Any:
    gap = np.zeros(int(GAP_S * RATE)) if len(word) else np.zeros(0)
    spoken = word / max(1e-9, np.abs(word).max(initial=0)) * 0.8
    return np.concatenate([*(_tone(*one) for one in tones), gap, spoken])


def _tone(hertz: float, seconds: float) -> Any:
    """Return a bell: soft at both ends, with two overtones that small speakers can play."""
    at = np.arange(int(seconds * RATE)) / RATE
    swell = np.minimum(1, np.minimum(at / 0.004, (seconds - at) / 0.03)) * np.exp(-2 * at / seconds)
    parts = (np.sin(2 * np.pi * hertz * n * at) / n**2 for n in (1, 2, 3))
    return 0.5 * swell * sum(parts)


def _loud(samples: Any) -> Any:
    """Return samples at the loudness wanted; what would be too high is bent, not cut."""
    for _ in range(4):
        samples = samples * 10 ** ((LOUDNESS - lufs(samples, RATE)) / 20)
        samples = PEAK * np.tanh(samples / PEAK)
    return samples


def _write(path: Path, samples: Any, frames: int | None = None) -> None:
    encoder = lameenc.Encoder()
    encoder.set_bit_rate(KBPS)
    encoder.set_in_sample_rate(RATE)
    encoder.set_out_sample_rate(RATE)
    encoder.set_channels(1)
    encoder.set_quality(2)
    encoder.silence()
    whole = bytes(encoder.encode((samples * 32767).astype("<i2").tobytes()) + encoder.flush())
    assert len(whole) % FRAME_BYTES == 0
    path.write_bytes(whole[: None if frames is None else frames * FRAME_BYTES])


if __name__ == "__main__":
    main()
