"""Words where a file or a picture did not get through."""

from datetime import datetime
from typing import Final

from bot.coaching.exports.messages import DidNotCome, Enclosed, NothingToShow
from bot.conversation.screen import Button, Screen, Words, command_data, data, esc

WORDS: Final = Words()
_AGAIN: Final = {
    Enclosed.SESSION: "history",
    Enclosed.DAYS: "athlete",
    Enclosed.TABLE: "export",
    Enclosed.EXPORT: "export",
    Enclosed.OWN_EXPORT: "export",
    Enclosed.PAGE: "report",
    Enclosed.OWN_PAGE: "report",
    Enclosed.OWN_DAYS: "week",
    Enclosed.WEEK: "summary",
}
"""The command that brings it again; of a session's picture, its numbers."""
_WHAT: Final = {
    Enclosed.SESSION: "The picture of your session ({day})",
    Enclosed.DAYS: "The picture of {name}",
    Enclosed.TABLE: "The table of {name}’s sessions",
    Enclosed.EXPORT: "The file with {name}’s data",
    Enclosed.OWN_EXPORT: "The file with your data",
    Enclosed.PAGE: "The page about {name}",
    Enclosed.OWN_PAGE: "The page about your training",
    Enclosed.OWN_DAYS: "The picture of your week",
    Enclosed.WEEK: "The file about all your athletes",
}


WORDS.plain(
    NothingToShow,
    "No sessions and no mornings in the last seven days: there is nothing to show yet. "
    "/report has four weeks.",
)


@WORDS.of(DidNotCome)
def _did_not_come(said: DidNotCome, _now: datetime) -> Screen:
    what = _WHAT[said.what].format(name=esc(said.name), day=esc(said.day))
    command = _AGAIN[said.what]
    if said.perhaps:
        text = f"{what} may not have arrived: Telegram did not confirm it."
    else:
        text = f"{what} could not be sent."
    if said.what is Enclosed.SESSION:
        return Screen(text=f"{text} Your answers are saved: send /{command} to see them.")
    whose = f" {esc(said.name)}" if said.name else ""
    again = Button("Send it again", _data(command, said.athlete_id))
    return Screen(text=f"{text}\nTo get it, send /{command}{whose}.", rows=((again,),))


def _data(command: str, athlete_id: int | None) -> str:
    return data("c", command, "") if athlete_id is None else command_data(command, athlete_id)
