"""Commands of the coach about one athlete; an admin may use most of them too."""

from typing import Final

from bot.coaching.athletes import board, card
from bot.coaching.notes import flow as notes
from bot.coaching.quiet_hours import flow as quiet_hours
from bot.coaching.relay import command as relay_command
from bot.coaching.unlock import flow as unlock
from bot.conversation.command import COACH, STAFF, Command

COACHING: Final = {
    "athletes": Command(
        lambda asked: board.athletes(asked.turn, asked.words),
        STAFF,
        "Your athletes, most urgent first",
        "Who needs you today",
    ),
    "athlete": Command(
        lambda asked: card.athlete(asked.turn, asked.words),
        STAFF,
        "One athlete's card",
        "Who needs you today",
        named=True,
    ),
    "say": Command(
        lambda asked: relay_command.say(asked.turn, asked.words),
        STAFF,
        "Write to an athlete",
        "A word to an athlete, or a note for yourself",
        named=True,
    ),
    "note": Command(
        lambda asked: notes.note(asked.turn, asked.words),
        STAFF,
        "Keep a note about an athlete",
        "A word to an athlete, or a note for yourself",
        named=True,
    ),
    "unlock": Command(
        lambda asked: unlock.unlock(asked.turn, asked.words),
        STAFF,
        "Allow an athlete's sessions again",
        "An athlete may train again",
        named=True,
    ),
    "quiet": Command(
        lambda asked: quiet_hours.quiet(asked.turn, asked.words),
        COACH,
        "When alerts do not ring",
        "Your nights",
    ),
}
"""The commands by name."""
