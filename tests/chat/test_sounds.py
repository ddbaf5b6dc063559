"""What a person hears: every clip that a dose allows is measured; some are decoded whole."""

from itertools import pairwise, product
from typing import Any, Final

import miniaudio
import numpy as np
import pytest

from bot.protocol.dose.dose import RANGES
from bot.protocol.session.state import SWITCH_S
from bot.sound.clips import (
    DELAY,
    FRAME,
    FRAME_BYTES,
    HALF_FROM_S,
    RATE,
    SNIPPETS,
    HoldSound,
    Tone,
    mp3,
    seconds,
    snippet,
)
from tools.loudness import lufs

OFF_S: Final = 0.016
"""A cue is within so many seconds of its time; the first one within what a decoder takes."""
DECODER_S: Final = DELAY / RATE
HOLDS: Final = range(RANGES["hold_s"].low, RANGES["hold_s"].high + 1)
LEADS: Final = range(RANGES["lead_in_s"].low, RANGES["lead_in_s"].high + 1)
WAITS: Final = range(RANGES["rest_s"].low, RANGES["set_rest_s"].high + 1)
NAMES: Final = sorted(path.stem for path in SNIPPETS.glob("*.mp3") if path.stem != "silence")
HELD: Final = {"hold", "half", "release"}


def heard(data: bytes) -> Any:
    """Return what a player plays, from -1 to 1."""
    played = miniaudio.decode(
        data, output_format=miniaudio.SampleFormat.FLOAT32, nchannels=1, sample_rate=RATE
    )
    return np.array(played.samples)


def starts(samples: Any) -> list[float]:
    """Return at which seconds something begins to be heard after a quarter second of silence."""
    loud = np.flatnonzero(np.abs(samples) > 0.02)
    gaps = np.flatnonzero(np.diff(loud) > RATE / 4)
    return [float(at) / RATE for at in (loud[0], *loud[gaps + 1])]


def placed(sound: HoldSound) -> list[tuple[str, float]]:
    """Return which snippets are in a clip, found by their frames, and at which second each is."""
    made, found, at = mp3(sound), [], 0
    for _, name in sound.cues:
        at = made.index(snippet(name), at)
        assert at % FRAME_BYTES == 0
        found.append((name, (at // FRAME_BYTES * FRAME + DELAY) / RATE))
        at += len(snippet(name))
    assert len(made) // FRAME_BYTES * FRAME / RATE == seconds(sound)
    return found


def allowed() -> list[HoldSound]:
    """Return a clip for each hold, each lead, each wait; and for what may stand beside them."""
    found = [HoldSound(wait, min(5, wait), 10) for wait in WAITS]
    found += [HoldSound(20, 5, hold, ease=ease) for hold, ease in product(HOLDS, (False, True))]
    for lead, hold, ease in product(LEADS, (5, 20, 60), (False, True)):
        found += [HoldSound(wait, lead, hold, ease=ease) for wait in range(lead, lead + 5)]
    found += [
        HoldSound(wait, lead, 5, switch=True) for lead in LEADS for wait in (SWITCH_S, 33, 180)
    ]
    return found


def test_every_clip_has_its_cues_in_their_places() -> None:
    """Rest, get set, 3-2-1, HOLD, the half from 20 s on, 3-2-1, RELEASE: none over another."""
    for sound in allowed():
        found = placed(sound)
        ready_s, end_s = sound.wait_s - sound.lead_s, sound.wait_s + sound.hold_s
        wanted: dict[str, float] = {"hold": sound.wait_s, "release": end_s}
        wanted["easier" if sound.ease else "ready"] = ready_s
        if sound.hold_s >= HALF_FROM_S:
            wanted["half"] = sound.wait_s + sound.hold_s / 2
        assert {name for name, _ in found} & HELD == wanted.keys() & HELD
        for name, at in found:
            if name in wanted:
                assert abs(at - wanted[name]) < (OFF_S if wanted[name] else DECODER_S + OFF_S)
        counts = [at for name, at in found if name in {"three", "two", "one"}]
        for at, before in zip(counts, (3, 2, 1, 3, 2, 1), strict=True):
            cue = sound.wait_s if at < sound.wait_s else end_s
            assert abs(cue - before - at) < OFF_S
        assert any(name == "switch" for name, _ in found) == sound.switch
        assert all(
            at + len(snippet(name)) / FRAME_BYTES * FRAME / RATE <= later + 1e-9
            for (name, at), (_, later) in pairwise(found)
        )
        assert 0 <= seconds(sound) - end_s - len(snippet("release")) // FRAME_BYTES * 0.024 < 0.32


@pytest.mark.parametrize(
    "sound",
    [
        HoldSound(5, 5, 5),
        HoldSound(10, 10, 10),
        HoldSound(20, 5, 10, ease=True),
        HoldSound(30, 30, 20, switch=True),
        HoldSound(45, 5, 60),
    ],
    ids=lambda sound: sound.name,
)
def test_a_clip_as_it_is_played(sound: HoldSound) -> None:
    """Decoded: as long as it says, as loud as speech, each cue heard when it should be."""
    samples = heard(mp3(sound))
    assert len(samples) / RATE == pytest.approx(seconds(sound), abs=0.001)
    assert -17.5 < lufs(samples, RATE) < -14.5
    assert np.abs(samples).max() < 0.99
    begun = starts(samples)
    for second, name in sound.cues:
        late = min(at - second for at in begun if at > second - OFF_S)
        assert late < OFF_S if second else late < DECODER_S + OFF_S, name


@pytest.mark.parametrize("name", NAMES)
def test_a_snippet_is_loud_and_needs_nothing_before_it(name: str) -> None:
    """Whole frames, of which the first looks back at nothing; as loud as all others."""
    made = snippet(name)
    frames = [made[at : at + FRAME_BYTES] for at in range(0, len(made), FRAME_BYTES)]
    assert {frame[:3].hex() for frame in frames} == {"fff344"}
    assert frames[0][4] == 0
    assert -15.5 < lufs(heard(made), RATE) < -11.5


def pitches(name: str) -> list[float]:
    """Return the loudest pitch of each twentieth of a second, in Hz, while the tones last."""
    samples, size = heard(snippet(name))[DELAY:], RATE // 20
    parts = (samples[at : at + size] for at in range(0, int(0.3 * RATE), size))
    return [float(np.argmax(np.abs(np.fft.rfft(part, RATE)))) for part in parts]


def test_hold_and_release_are_told_apart_without_words() -> None:
    """HOLD rises, RELEASE falls; the tone for messages is neither."""
    hold, release, tone = (pitches(name) for name in ("hold", "release", "tone"))
    assert hold[-1] > hold[0] * 1.3
    assert release[-1] < release[0] / 1.3
    assert abs(tone[0] - hold[0]) > 100
    assert abs(tone[0] - release[0]) > 100


def test_the_tone_may_be_a_notification_sound() -> None:
    """Telegram takes at most 5 s and 300 KB."""
    assert seconds(Tone()) < 5
    assert len(mp3(Tone())) < 300_000
