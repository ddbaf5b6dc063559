"""/plan: an athlete's dose, shown and changed by a coach or admin."""

import re
from typing import Final

from bot.conversation import who
from bot.conversation.common.messages import Inactive
from bot.conversation.interaction import Interaction
from bot.conversation.who import Named
from bot.programme.plan import versions
from bot.programme.plan.change import change, show, type_dose
from bot.protocol.dose.parse import CONFIRMED, parse_plan
from bot.store import people, sessions

_UNDO: Final = re.compile(rf"undo (\d{{1,9}})( {CONFIRMED})?", re.ASCII)


def plan(turn: Interaction, words: str) -> None:
    """Show an athlete's plan, or change the fields that were typed."""
    named = who.athlete_named(turn, "plan", words)
    if named is None:
        return
    undo = _UNDO.fullmatch(named.rest)
    if not named.rest:
        show(turn, "plan", named.person)
    elif undo is not None:
        _undo(turn, named, int(undo[1]), confirmed=undo[2] is not None)
    else:
        type_dose(turn, "plan", named, parse_plan)


def _undo(turn: Interaction, named: Named, version: int, *, confirmed: bool) -> None:
    """Take the newest version back by one that equals the version before it."""
    newest = people.plan(turn.db, named.id).version
    before = versions.version(turn.db, named.id, version - 1)
    if version != newest or before is None:
        turn.answer(Inactive())
        show(turn, "plan", named.person, why="gone")
        return
    change(turn, "plan", named, sessions.dose_of(before), confirmed=confirmed)
