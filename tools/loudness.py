"""How loud a sound is to a person: ITU-R BS.1770, for one channel."""

from typing import Any, Final

import numpy as np

_STAGES: Final = (
    (
        (1.53512485958697, -2.69169618940638, 1.19839281085285),
        (1.0, -1.69065929318241, 0.73248077421585),
    ),
    ((1.0, -2.0, 1.0), (1.0, -1.99004745483398, 0.99007225036621)),
)
"""The K weighting's two filters at 48 kHz: the head, and what is too low to be heard."""
_OF_HZ: Final = 48_000
_BLOCK_S: Final = 0.4
_SILENT: Final = -70.0
_BELOW: Final = 10.0


def lufs(samples: Any, rate: int) -> float:
    """Return the integrated loudness of samples from -1 to 1 at `rate` Hz (at most 48,000).

    Silence does not count; where there is nothing else it is minus infinity.
    """
    heard = np.fft.irfft(
        np.fft.rfft(samples) * _response(np.fft.rfftfreq(len(samples), 1 / rate)), len(samples)
    )
    size = min(len(heard), int(_BLOCK_S * rate))
    starts = range(0, len(heard) - size + 1, max(1, size // 4))
    blocks = np.array([np.mean(heard[at : at + size] ** 2) for at in starts])
    blocks = blocks[_level(blocks) > _SILENT]
    if blocks.size == 0:
        return float("-inf")
    blocks = blocks[_level(blocks) > _level(blocks.mean()) - _BELOW]
    return float(_level(blocks.mean()))


def _level(power: Any) -> Any:
    return -0.691 + 10 * np.log10(np.maximum(power, 1e-12))


def _response(hertz: Any) -> Any:
    z = np.exp(-2j * np.pi * hertz / _OF_HZ)
    found = np.ones_like(z)
    for above, below in _STAGES:
        found *= np.polyval(above[::-1], z) / np.polyval(below[::-1], z)
    return found
