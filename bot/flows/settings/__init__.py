"""What an athlete may change: zone, days, times, side, cues, quiet hours; pausing and resuming."""

from bot.flows.settings.buttons import press
from bot.flows.settings.pausing import first_day_back, is_span, pause, resume
from bot.flows.settings.screens import show
from bot.flows.settings.typed_values import located, typed
from bot.flows.settings.values import ITEMS, change, snapshot
from bot.flows.settings.waiting import PREFIX

__all__ = [
    "ITEMS",
    "PREFIX",
    "change",
    "first_day_back",
    "is_span",
    "located",
    "pause",
    "press",
    "resume",
    "show",
    "snapshot",
    "typed",
]
