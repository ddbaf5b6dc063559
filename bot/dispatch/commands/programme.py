"""Commands about an athlete's programme: schedule, plan, limits, pauses."""

from typing import Final

from bot.conversation.command import STAFF, Command
from bot.programme.exercises import flow as exercises
from bot.programme.pauses import flow as by_staff
from bot.programme.plan import flow as plan
from bot.programme.restrictions import flow as restrictions
from bot.programme.schedule import flow as schedule
from bot.programme.stages import flow as stages

PROGRAMME: Final = {
    "schedule": Command(
        lambda asked: schedule.schedule(asked.turn, asked.words, asked.find),
        STAFF,
        "An athlete's days, times, zone",
        "Other days, holds or pain limits",
        named=True,
    ),
    "plan": Command(
        lambda asked: plan.plan(asked.turn, asked.words),
        STAFF,
        "An athlete's holds, rest, side",
        "Other days, holds or pain limits",
        named=True,
    ),
    "exercises": Command(
        lambda asked: exercises.exercises(asked.turn, asked.words, asked.sent),
        STAFF,
        "All exercises, with pictures",
        "Other days, holds or pain limits",
        named=True,
    ),
    "limits": Command(
        lambda asked: plan.limits(asked.turn, asked.words),
        STAFF,
        "An athlete's pain limits",
        "Other days, holds or pain limits",
        named=True,
    ),
    "stage": Command(
        lambda asked: stages.stage(asked.turn, asked.words),
        STAFF,
        "An athlete's stage of loading",
        "Other days, holds or pain limits",
        named=True,
    ),
    "restrict": Command(
        lambda asked: restrictions.restrict(asked.turn, asked.words),
        STAFF,
        "What an athlete leaves out",
        "Other days, holds or pain limits",
        named=True,
    ),
    "pause": Command(
        lambda asked: by_staff.pause(asked.turn, asked.words),
        STAFF,
        "Pause an athlete's plan",
        "An athlete is ill or away, and back",
        named=True,
    ),
    "resume": Command(
        lambda asked: by_staff.resume(asked.turn, asked.words),
        STAFF,
        "End an athlete's pause",
        "An athlete is ill or away, and back",
        named=True,
    ),
}
