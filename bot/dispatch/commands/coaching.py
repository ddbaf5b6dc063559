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
        "everybody at a glance, most urgent first",
    ),
    "athlete": Command(
        lambda asked: card.athlete(asked.turn, asked.words),
        STAFF,
        "One athlete's card",
        "plan, last sessions and notes of one athlete, for example /athlete Runa",
        named=True,
    ),
    "say": Command(
        lambda asked: relay_command.say(asked.turn, asked.words),
        STAFF,
        "Write to an athlete",
        "pass a message on, for example /say Runa How was the hill?",
        named=True,
    ),
    "note": Command(
        lambda asked: notes.note(asked.turn, asked.words),
        STAFF,
        "Keep a note about an athlete",
        "keep a note on the card, for example /note Runa New shoes on Monday",
        named=True,
    ),
    "unlock": Command(
        lambda asked: unlock.unlock(asked.turn, asked.words),
        STAFF,
        "Allow an athlete's sessions again",
        "let an athlete train again, for example /unlock Runa cleared by Dr Berg on Tuesday",
        named=True,
    ),
    "quiet": Command(
        lambda asked: quiet_hours.quiet(asked.turn, asked.words),
        COACH,
        "When alerts do not ring",
        "your quiet hours, for example /quiet 22:00-07:00",
    ),
}
"""The commands by name."""
