"""/limits: how much pain goes on, and from where on everything stops."""

from bot.conversation import who
from bot.conversation.interaction import Interaction
from bot.programme.plan.change import show, type_dose
from bot.protocol.dose.parse import parse_limits


def limits(turn: Interaction, words: str) -> None:
    """Show an athlete's pain limit and hard stop, or change what was typed."""
    named = who.athlete_named(turn, "limits", words)
    if named is None:
        return
    if named.rest:
        type_dose(turn, "limits", named, parse_limits)
    else:
        show(turn, "limits", named.person)
