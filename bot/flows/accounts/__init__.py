"""Who is who: links, people, roles, who coaches whom, what was changed, messages to all."""

from bot.flows.accounts.assigning import assign
from bot.flows.accounts.broadcasting import broadcast, go_on
from bot.flows.accounts.changes import audit
from bot.flows.accounts.links import invite, invites
from bot.flows.accounts.listing import people
from bot.flows.accounts.removing import remove
from bot.flows.accounts.sharing import coach

__all__ = [
    "assign",
    "audit",
    "broadcast",
    "coach",
    "go_on",
    "invite",
    "invites",
    "people",
    "remove",
]
