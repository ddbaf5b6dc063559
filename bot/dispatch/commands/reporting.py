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
        "Your week",
    ),
    "report": Command(
        lambda asked: files.report(asked.turn, asked.words),
        STAFF,
        "One page about an athlete, to print",
        "An athlete on paper",
        named=True,
    ),
    "export": Command(
        lambda asked: files.export(asked.turn, asked.words),
        STAFF,
        "An athlete's data as files",
        "An athlete on paper",
        named=True,
    ),
}
