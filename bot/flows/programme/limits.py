"""/limits: how much pain goes on, and from where on everything stops."""

from bot.flows import naming
from bot.flows.programme.versions import show, type_dose
from bot.flows.turn import Turn
from bot.protocol.typed_dose import parse_limits


def limits(turn: Turn, words: str) -> None:
    """Show an athlete's pain limit and hard stop, or change what was typed."""
    named = naming.athlete_named(turn, "limits", words)
    if named is None:
        return
    if named.rest:
        type_dose(turn, "limits", named, parse_limits)
    else:
        show(turn, "limits", named.person)
