"""Words and buttons of the question whom a command is about."""

from datetime import datetime
from typing import Final

from bot.conversation.labels import in_one_line
from bot.conversation.parse_who import MYSELF
from bot.conversation.screen import Button, Screen, data, esc
from bot.conversation.widgets import Row, Values, Words


def command_data(command: str, person_id: int, *words: object) -> str:
    """Return the data of a button that does what typing the command about a person would."""
    return data("c", command, person_id, *words)


def _which(values: Values, _now: datetime) -> Screen:
    command, rests = values["command"], {one.get("rest") for one in values["people"]}
    rows: list[Row] = [
        (Button(_label(one, tells_rest=len(rests) > 1), _answer(command, one)),)
        for one in values["people"]
    ]
    page, pages = values["page"], values["pages"]
    turn = [
        Button(label, data("w", command, f"p{to}"))
        for label, to in (("‹ Back", page - 1), ("More ›", page + 1))
        if 0 <= to < pages
    ]
    if turn:
        rows.append(tuple(turn))
    name = f" “{esc(values['name'])}” fits several:" if values["name"] else ""
    text = f"/{esc(command)} –{name} who is it?"
    if len(rests) > 1:
        text = f"/{esc(command)} – which of these do you mean?"
    return Screen(text=text, rows=tuple(rows))


def _answer(command: str, one: Values) -> str:
    taken = (one["taken"],) if "taken" in one else ()
    return data("w", command, one["athlete_id"], *taken)


def _label(one: Values, *, tells_rest: bool) -> str:
    """Return who it is; and what follows the name, where that is a part of the question."""
    name = "Myself" if one["athlete_id"] == MYSELF else one["name"]
    if tells_rest:
        return in_one_line(f"{name}: {one['rest'] or 'nothing more'}")
    about = f" ({one['about']})" if one["about"] else ""
    return f"{in_one_line(name, but=len(about))}{about}"


def _nobody(values: Values, _now: datetime) -> Screen:
    command = esc(values["command"])
    if values["none"]:
        return Screen(text=f"There is nobody yet whom /{command} could be about.")
    return Screen(
        text=(
            f"I found nobody called “{esc(values['name'])}”. Write /{command} alone to choose "
            "from a list; a full name, or its beginning, works too."
        )
    )


SAY_NAMING: Final[dict[str, Words]] = {"who_which": _which, "who_nobody": _nobody}
"""Topic → words."""
