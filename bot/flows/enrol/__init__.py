"""Joining: from a link to an athlete with a plan, one question at a time."""

from bot.flows.enrol.buttons import press
from bot.flows.enrol.form import Step, forget_unfinished
from bot.flows.enrol.links import start
from bot.flows.enrol.typed_answers import located, typed

__all__ = ["Step", "forget_unfinished", "located", "press", "start", "typed"]
