"""Words and buttons of the question whom a command is about."""

from datetime import datetime
from typing import Final

from bot.conversation.paging import turning
from bot.conversation.parse_who import MYSELF
from bot.conversation.screen import Button, Screen, Words, data, esc, in_one_line
from bot.conversation.who_messages import NobodyMeant, PersonChoice, WhoIsMeant

WORDS: Final = Words()
_FOR_ABOUT: Final = 24
"""Letters of a label that are kept for what tells people of one name apart."""


@WORDS.of(WhoIsMeant)
def _who_is_meant(said: WhoIsMeant, _now: datetime) -> Screen:
    command, rests = said.command, {one.rest for one in said.people}
    choices = [
        (Button(_label(one, tells_rest=len(rests) > 1), _answer(command, one)),)
        for one in said.people
    ]
    name = f" “{esc(said.name)}” fits several:" if said.name else ""
    text = f"/{esc(command)} –{name} who is it?"
    if len(rests) > 1:
        text = f"/{esc(command)} – which of these do you mean?"
    beside = turning(said.page, range(1, said.pages + 1), "w", command)
    return Screen(text=text, rows=(*choices, *beside))


def _answer(command: str, one: PersonChoice) -> str:
    taken = () if one.taken is None else (one.taken,)
    return data("w", command, one.athlete_id, *taken)


def _label(one: PersonChoice, *, tells_rest: bool) -> str:
    """Return who it is; and what follows the name, where that is a part of the question."""
    name = "Myself" if one.athlete_id == MYSELF else one.name
    about = f" ({one.about})" if one.about else ""
    if tells_rest:
        return in_one_line(f"{name}{about}: {one.rest or 'nothing more'}")
    return in_one_line(f"{in_one_line(name, but=min(len(about), _FOR_ABOUT))}{about}")


@WORDS.of(NobodyMeant)
def _nobody_meant(said: NobodyMeant, _now: datetime) -> Screen:
    command = esc(said.command)
    if said.none:
        return Screen(text=f"No athletes yet. /{command} needs one.")
    return Screen(
        text=(
            f"I found nobody called “{esc(said.name)}”. Write /{command} alone to choose "
            "from a list; a full name, or its beginning, works too."
        )
    )
