"""Commands about an athlete's programme: schedule, plan, limits, pauses."""

from typing import Final

from bot.conversation.command import STAFF, Command
from bot.programme.pauses import flow as by_staff
from bot.programme.plan import flow as plan
from bot.programme.plan import limits
from bot.programme.schedule import flow as schedule

PROGRAMME: Final = {
    "schedule": Command(
        lambda asked: schedule.schedule(asked.turn, asked.words, asked.find),
        STAFF,
        "An athlete's days, times, zone",
        "an athlete's reminders, for example /schedule Runa mon-fri 07:30",
        named=True,
    ),
    "plan": Command(
        lambda asked: plan.plan(asked.turn, asked.words),
        STAFF,
        "An athlete's holds, rest, side",
        "an athlete's holds, for example /plan Runa hold=15 rest=30",
        named=True,
    ),
    "limits": Command(
        lambda asked: limits.limits(asked.turn, asked.words),
        STAFF,
        "An athlete's pain limits",
        "how much pain stops an athlete's session, for example /limits Runa pain=3 lock=6",
        named=True,
    ),
    "pause": Command(
        lambda asked: by_staff.pause(asked.turn, asked.words),
        STAFF,
        "Pause an athlete's plan",
        "pause an athlete's plan, for example /pause Runa until fri flu",
        named=True,
    ),
    "resume": Command(
        lambda asked: by_staff.resume(asked.turn, asked.words),
        STAFF,
        "End an athlete's pause",
        "end an athlete's pause, for example /resume Runa",
        named=True,
    ),
}
