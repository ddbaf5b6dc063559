"""What a coach or admin sets for an athlete: schedule, plan, limits, pauses."""

from bot.flows.programme.limits import limits
from bot.flows.programme.pausing import pause, resume
from bot.flows.programme.plan import plan
from bot.flows.programme.schedule import schedule

__all__ = ["limits", "pause", "plan", "resume", "schedule"]
