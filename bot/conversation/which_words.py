"""Words and buttons of the question what words of a command mean."""

from datetime import datetime
from typing import Final

from bot.conversation.screen import Button, Screen, Words, data, esc, in_one_line
from bot.conversation.which_messages import WhichMeaning

WORDS: Final = Words()


@WORDS.of(WhichMeaning)
def _which(said: WhichMeaning, _now: datetime) -> Screen:
    rows = tuple(
        (Button(in_one_line(one.label), data("a", said.command, at)),)
        for at, one in enumerate(said.choices)
    )
    text = f"{esc(said.problem)} Tap, or type it.\nNothing was changed."
    return Screen(text=text, rows=rows)
