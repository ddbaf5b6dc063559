"""The Bot API's methods: from checked arguments to effects and results."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from telegram_sandbox.methods import change, profile, query, send
from telegram_sandbox.world import World

Handler = Callable[[World, dict[str, Any]], Any]

HANDLERS: Mapping[str, Handler] = {
    **send.HANDLERS,
    **change.HANDLERS,
    **query.HANDLERS,
    **profile.HANDLERS,
}
"""Every method but getUpdates, which waits."""
