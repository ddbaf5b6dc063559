"""Commands about an athlete's programme: schedule, plan, limits, pauses."""

from typing import Final

from bot.chat.commands.command import STAFF, Command
from bot.flows import programme

PROGRAMME: Final = {
    "schedule": Command(
        lambda asked: programme.schedule(asked.turn, asked.words),
        STAFF,
        "An athlete's days, times, zone",
        "an athlete's reminders, for example /schedule Runa mon-fri 07:30",
        named=True,
    ),
    "plan": Command(
        lambda asked: programme.plan(asked.turn, asked.words),
        STAFF,
        "An athlete's holds, rest, side",
        "an athlete's holds, for example /plan Runa hold=15 rest=30",
        named=True,
    ),
    "limits": Command(
        lambda asked: programme.limits(asked.turn, asked.words),
        STAFF,
        "An athlete's pain limits",
        "how much pain stops an athlete's session, for example /limits Runa pain=3 hard=6",
        named=True,
    ),
    "pause": Command(
        lambda asked: programme.pause(asked.turn, asked.words),
        STAFF,
        "Pause an athlete's plan",
        "pause an athlete's plan, for example /pause Runa until fri flu",
        named=True,
    ),
    "resume": Command(
        lambda asked: programme.resume(asked.turn, asked.words),
        STAFF,
        "End an athlete's pause",
        "end an athlete's pause, for example /resume Runa",
        named=True,
    ),
}
