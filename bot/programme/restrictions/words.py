"""Words about what an athlete is to leave out."""

from datetime import datetime
from typing import Final

from bot.conversation.phrases import say_told
from bot.conversation.screen import Button, Screen, Words, command_data, esc, lines, paragraphs
from bot.programme.restrictions.messages import RestrictedForYou, RestrictionsShown
from bot.protocol.load.parse_entry import TYPED_AS
from bot.training.load.phrases import EXTRAS, say_left_out

WORDS: Final = Words()


@WORDS.of(RestrictionsShown)
def _shown(said: RestrictionsShown, _now: datetime) -> Screen:
    name = esc(said.name)
    found = [f"No {say_left_out(one, said.today)}." for one in said.left_out]
    ended = said.changed is not None and said.changed not in {one.extra for one in said.left_out}
    text = paragraphs(
        lines(
            f"<b>What {name} leaves out</b>",
            *(found or ["Nothing."]),
            f"No longer left out: {EXTRAS[said.changed]}." if ended and said.changed else "",
            say_told(said.name, said.told),
        ),
        f"To ask for it, write for example\n/restrict {name} uphill until 1 Mar",
    )
    rows = tuple(
        (
            Button(
                f"End it: {EXTRAS[one.extra]}",
                command_data("restrict", said.athlete_id, f"{TYPED_AS[one.extra]} off"),
            ),
        )
        for one in said.left_out
    )
    return Screen(text=text, rows=rows)


@WORDS.of(RestrictedForYou)
def _for_you(said: RestrictedForYou, _now: datetime) -> Screen:
    found, by = said.left_out, esc(said.by)
    if found.until_day is None and found.until_stage is None:
        return Screen(text=f"{by} lets you do this again: {EXTRAS[found.extra]}.")
    return Screen(
        text=f"{by} asks you to leave this out: <b>{say_left_out(found, said.today)}</b>. "
        "/load shows it."
    )
