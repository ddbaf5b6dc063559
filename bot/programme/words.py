"""Words for what staff set for an athlete, in several places."""

from datetime import datetime
from typing import Final

from bot.conversation.screen import Screen, Words, esc
from bot.programme.messages import NothingChanged

WORDS: Final = Words()


@WORDS.of(NothingChanged)
def _nothing_changed(said: NothingChanged, _now: datetime) -> Screen:
    return Screen(text=f"{esc(said.problem)}\nNothing was changed.")
