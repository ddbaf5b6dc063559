"""/athletes: everybody the coach looks after, the most urgent first."""

import re
from typing import Any, Final

from bot.coaching.athletes.urgency import Glance, done_of_planned, glances
from bot.conversation.interaction import Turn
from bot.conversation.message import iso
from bot.conversation.who import athletes_of
from bot.protocol.report.period import Trained
from bot.store.tables import Role

SHOWN: Final = 8
"""Athletes on a page."""
_PAGE: Final = re.compile(r"p(\d{1,4})", re.ASCII)


def athletes(turn: Turn, words: str) -> None:
    """Show a page of the athletes; a coach sees their own, an admin all."""
    mine = athletes_of(turn)
    pages = max(1, -(-len(mine) // SHOWN))
    asked = _PAGE.fullmatch(words)
    page = min(int(asked[1]), pages - 1) if asked else 0
    found = glances(turn.db, mine, turn.now)
    turn.show(
        "athletes",
        athletes=[_line(one) for one in found[page * SHOWN : (page + 1) * SHOWN]],
        count=len(found),
        everybody=Role.ADMIN in turn.who.roles,
        page=page,
        pages=pages,
    )


def _line(one: Glance) -> dict[str, Any]:
    done, planned = done_of_planned(one.week)
    morning = one.morning
    return {
        "athlete_id": one.id,
        "name": one.person.name,
        "need": one.need.name.lower(),
        "flags": [flag.kind for flag in one.flags],
        "missed": one.missed,
        "paused": one.paused,
        "leaving": one.athlete.erase_at is not None,
        "today": iso(one.today),
        "last": None if one.last is None else session_line(one.last),
        "done": done,
        "planned": planned,
        "morning": None if morning is None else {"day": iso(morning.day), "value": morning.value},
    }


def session_line(one: Trained) -> dict[str, Any]:
    """Return a session as a line shows it: pain `first` is that before it, where none was held."""
    return {
        "day": iso(one.day),
        "outcome": one.outcome,
        "first": one.before if one.first is None else one.first,
        "last": one.last,
        "stop_hold": one.stop_hold,
        "stop_pain": one.stop_pain,
        "tension_s": round(one.tension_s),
        "planned_s": one.planned_s,
    }
