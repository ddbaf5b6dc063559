"""What lifts a red flag."""

import pytest

from bot.protocol.red_flags.clearance import NEEDED, is_clearance


@pytest.mark.parametrize(
    "reason",
    [
        NEEDED,
        "Cleared by Dr Berg",
        "seen by Dr Ü",
        "Seen by a doctor on 3 May",
        "Cleared by Dr Berg, no restrictions",
        "Seen and cleared on Tuesday by the sports clinic in Lyon",
        "She was checked by Dr. Lund, 24 Nov",
        "has been cleared by physiotherapist Ana",
    ],
)
def test_by_whom_or_when(reason: str) -> None:
    """Somebody was seen, by somebody who can be asked about it."""
    assert is_clearance(reason)


@pytest.mark.parametrize(
    "reason",
    [
        "",
        "Talked to the athlete",
        "Seen by a doctor",
        "seen by her GP",
        "cleared",
        "cleared by",
        "cleared by me",
        "cleared by nobody",
        "cleared by no one",
        "Not cleared by Dr Berg",
        "hasn't been seen by Dr Berg",
        "will be seen by Dr Berg",
        "Seen by Dr Berg, not cleared",
        "She feels fine, cleared by Dr Berg",
        "doctor",
    ],
)
def test_anything_else_is_no_clearance(reason: str) -> None:
    """Nor what is still to come, or by nobody in particular."""
    assert not is_clearance(reason)
