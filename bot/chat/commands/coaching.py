"""Commands of the coach about one athlete; an admin may use most of them too."""

from typing import Final

from bot.chat.commands.command import COACH, STAFF, Command
from bot.flows import coaching

COACHING: Final = {
    "athletes": Command(
        lambda asked: coaching.athletes(asked.turn, asked.words),
        STAFF,
        "Your athletes, most urgent first",
        "everybody at a glance, most urgent first",
    ),
    "athlete": Command(
        lambda asked: coaching.athlete(asked.turn, asked.words),
        STAFF,
        "One athlete's card",
        "plan, last sessions and notes of one athlete, for example /athlete Runa",
        named=True,
    ),
    "say": Command(
        lambda asked: coaching.say(asked.turn, asked.words),
        STAFF,
        "Write to an athlete",
        "pass a message on, for example /say Runa How was the hill?",
        named=True,
    ),
    "note": Command(
        lambda asked: coaching.note(asked.turn, asked.words),
        STAFF,
        "Keep a note about an athlete",
        "keep a note on the card, for example /note Runa New shoes on Monday",
        named=True,
    ),
    "unlock": Command(
        lambda asked: coaching.unlock(asked.turn, asked.words),
        STAFF,
        "Allow an athlete's sessions again",
        "let an athlete train again, for example /unlock Runa cleared by Dr Berg on Tuesday",
        named=True,
    ),
    "quiet": Command(
        lambda asked: coaching.quiet(asked.turn, asked.words),
        COACH,
        "When alerts do not ring",
        "your quiet hours, for example /quiet 22:00-07:00",
    ),
}
"""The commands by name."""
