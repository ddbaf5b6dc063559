"""Words and buttons of the question whom a command is about."""

from datetime import datetime
from typing import Final

from bot.chat.pickers import Row, Values, Words
from bot.chat.screen import Button, Screen, data, esc

_LABEL: Final = 40


def command_data(command: str, person_id: int, *words: object) -> str:
    """Return the data of a button that does what typing the command about a person would."""
    return data("c", command, person_id, *words)


def _which(values: Values, _now: datetime) -> Screen:
    rows: list[Row] = [
        (Button(_label(one), data("w", values["command"], one["athlete_id"])),)
        for one in values["people"]
    ]
    page, pages = values["page"], values["pages"]
    turn = [
        Button(label, data("w", values["command"], f"p{to}"))
        for label, to in (("‹ Back", page - 1), ("More ›", page + 1))
        if 0 <= to < pages
    ]
    if turn:
        rows.append(tuple(turn))
    name = f" “{esc(values['name'])}” fits several:" if values["name"] else ""
    return Screen(text=f"/{esc(values['command'])} –{name} who is it?", rows=tuple(rows))


def _label(one: Values) -> str:
    name = one["name"][:_LABEL]
    return f"{name} ({one['about']})" if one["about"] else name


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
