"""The athlete's wish reached the bot late: nothing begins, and the bot asks again."""

from collections.abc import Callable
from datetime import datetime
from functools import partial

from bot.conversation.interaction import Interaction
from bot.conversation.message import Reply
from bot.store import people
from bot.store.sessions import Stored
from bot.training import eligibility, occurrences
from bot.training.eligibility import Barred
from bot.training.session import apply_event
from bot.training.session.messages import LateStart


def begin(turn: Interaction, occurrence_id: int | None, exercise: str | None) -> Barred | None:
    """Open no session: offer to begin now, or return why there would be none anyway.

    What is to be held in the place of the plan's, without the band, is offered so again.
    """
    barred = eligibility.barred(turn.db, turn.person_id, turn.now)
    if barred is None:
        too_late(turn, partial(LateStart, bandless=exercise is not None), occurrence_id)
    return barred


def asked_again(turn: Interaction, stored: Stored) -> None:
    """No set goes on; the open question is asked once more."""
    turn.answer()
    apply_event.ask_again(turn.db, stored, turn.now, why="late")


def too_late(
    turn: Interaction,
    reply: Callable[[int | None, datetime | None, str], Reply],
    occurrence_id: int | None,
) -> None:
    """Nothing is done: its time is over; where its session is open, that is offered.

    `reply` says so, from the occurrence that is open, if it is, and which of two a day that is.
    """
    turn.answer()
    zone = people.person(turn.db, turn.person_id).zone
    for row in occurrences.asked(turn.db, turn.person_id):
        if row.id == occurrence_id:
            turn.say(reply(row.id, occurrences.which_of_two(turn.db, row), zone))
            return
    turn.say(reply(None, None, zone))
