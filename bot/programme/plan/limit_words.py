"""Words and buttons of /limits."""

from datetime import datetime
from typing import Final

from bot.conversation import screen
from bot.conversation.screen import Button, Screen, Words, esc, lines, paragraphs
from bot.programme.plan.messages import LimitsShown
from bot.programme.plan.words import button, head
from bot.protocol.dose.dose import HARD_STOP_MAX, RANGES

WORDS: Final = Words()


@WORDS.of(LimitsShown)
def _limits(said: LimitsShown, _now: datetime) -> Screen:
    limit, hard = said.dose.pain_limit, said.dose.hard_stop
    name = esc(said.name)
    text = paragraphs(
        head(said),
        lines(
            f"<b>Limits of {name}</b>",
            f"Pain limit <b>{limit}</b>: {limit} goes on, {limit + 1} stops the session.",
            f"From pain <b>{hard}</b> on, sessions are locked until you unlock them.",
        ),
        f"Tap, or write for example\n/limits {name} pain=3 lock=6",
    )
    allowed = RANGES["pain_limit"]
    pains = [_pain(said, to) for to in range(allowed.low, allowed.high + 1)]
    stops = [
        button(said.athlete_id, _ticked(f"Lock from {to}", to == hard), f"hard={to}", "limits")
        for to in range(max(limit + 1, HARD_STOP_MAX - 3), HARD_STOP_MAX + 1)
    ]
    back = (button(said.athlete_id, "Plan"),)
    return Screen(text=text, rows=(*screen.in_rows(pains, 3), *screen.in_rows(stops, 2), back))


def _pain(said: LimitsShown, to: int) -> Button:
    """Return the button of a pain limit; what locks makes room where it has to."""
    room = f" hard={to + 1}" if said.dose.hard_stop <= to else ""
    label = _ticked(f"Pain {to}", to == said.dose.pain_limit)
    return button(said.athlete_id, label, f"pain={to}{room}", "limits")


def _ticked(label: str, chosen: bool) -> str:  # noqa: FBT001 - a sentence reads it
    return f"✓ {label}" if chosen else label
