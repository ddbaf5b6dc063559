"""Commands about what happened: weekly summaries, reports, files."""

from typing import Final

from bot.coaching.exports import files
from bot.coaching.weekly import command as weekly_command
from bot.conversation.command import STAFF, Command

REPORTING: Final = {
    "summary": Command(
        lambda asked: weekly_command.summary(asked.turn, asked.words),
        STAFF,
        "The week's summary, and when it comes",
        "a week again, for example /summary now, /summary 2026-W47, or when it comes: "
        "/summary mon 07:00 (an admin: /summary Kim mon 07:00)",
    ),
    "report": Command(
        lambda asked: files.report(asked.turn, asked.words),
        STAFF,
        "One page about an athlete, to print",
        "four weeks of an athlete on one page, for example /report Runa",
        named=True,
    ),
    "export": Command(
        lambda asked: files.export(asked.turn, asked.words),
        STAFF,
        "An athlete's data as files",
        "everything about an athlete as table, file and page, for example /export Runa",
        named=True,
    ),
}
