"""Words that a button of /unlock sends."""

from typing import Final

WRITE: Final = "other"
"""The word that asks to write the reason."""
CLEARED: Final = "cleared by"
"""The words that ask to write who has cleared the athlete; what is written follows them."""
YES: Final = "yes"
"""The word that lifts the red flags which the question named."""
