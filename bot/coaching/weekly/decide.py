"""What is tapped on a summary: a page, a decision, the pictures or a file.

The screen stays where it is and says what is true now; what needs words is a message of its own.
"""

from collections.abc import Callable
from typing import Final

from bot.coaching.messages import Album, FileForm, Summary, SummaryTurned, WeekFile
from bot.coaching.relay import command as relay
from bot.coaching.unlock import flow as unlock
from bot.coaching.weekly import pages
from bot.coaching.weekly.messages import DoseDecided, NothingToDraw, SummaryChanged
from bot.conversation import message, paging, pending_input
from bot.conversation.interaction import Interaction
from bot.letters import UnreadableError
from bot.programme.plan import ease
from bot.programme.plan import flow as plan
from bot.store import people
from bot.store.tables import PersonRow
from bot.training.progression import step_up

_OPENS: Final[dict[str, Callable[[Interaction, str], None]]] = {
    "unlock": unlock.unlock,
    "say": relay.say,
    "plan": plan.plan,
}
"""Decisions that need words: a message of their own, by the command that does it."""
_DOSES: Final = {"up": step_up.take, "ease": ease.ease}
"""Decisions that are taken by the tap: one step up or down from the plan they were shown with."""


def act(turn: Interaction, what: str, *about: int) -> None:
    """Do what a button under a summary says; `about` is the athlete, and the plan it was for."""
    letter = _pressed(turn)
    if letter is None:
        turn.expired()
    elif what in set(FileForm):
        _send_file(turn, letter, FileForm(what))
    elif what == "pictures":
        _draw(turn, letter)
    elif (page := paging.asked(what)) is not None:
        turn.answer()
        _show(turn, letter, page=page)
    else:
        _decide(turn, letter, what, *about)


def _pressed(turn: Interaction) -> Summary | None:
    """Return the summary whose button was pressed, as the chat shows it; None without a message."""
    found = turn.pressed
    if found is None or found[1] not in {Summary.kind(), SummaryTurned.kind()}:
        return None
    try:
        return message.read(Summary, found[2])
    except UnreadableError:
        return None


def _show(
    turn: Interaction, letter: Summary, *, page: int | None = None, done: int | None = None
) -> None:
    """Put the screen in its own place, as it is now."""
    shown = pages.turned(
        turn.db,
        turn.person_id,
        letter,
        turn.message_id,
        turn.now,
        page=page,
        done=() if done is None else (done,),
    )
    if shown is None:
        turn.retire()
    else:
        turn.send(shown)


def _decide(turn: Interaction, letter: Summary, what: str, *about: int) -> None:
    mine = {one.id: one for one in people.athletes(turn.db, turn.person_id)}
    athlete = mine.get(about[0]) if about else None
    if athlete is None or athlete.id is None:
        turn.answer(SummaryChanged())
        _show(turn, letter)
    elif what in _DOSES:
        _take(turn, letter, athlete, what, *about[1:])
    elif what in _OPENS:
        _show(turn, letter, done=None if what == "unlock" else athlete.id)
        pending_input.take_command(turn)
        turn.message_id = None  # the command answers below, and leaves the screen where it is
        _OPENS[what](turn, f"#{athlete.id}")
        turn.answer()
    else:
        turn.answer()
        _show(turn, letter, done=athlete.id)


def _take(
    turn: Interaction, letter: Summary, athlete: PersonRow, what: str, plan_id: int = 0
) -> None:
    """Take one step up or down, if the plan is still the one the button was made for."""
    assert athlete.id is not None
    rung = _DOSES[what](turn, athlete.id, plan_id)
    if rung is None:
        turn.answer(SummaryChanged())
        _show(turn, letter)
    else:
        turn.answer(DoseDecided(athlete.id, athlete.name, rung))
        _show(turn, letter, done=athlete.id)


# ---- pictures and files ---------------------------------------------------------------


def _draw(turn: Interaction, letter: Summary) -> None:
    """Send the pictures of the page that is shown, as one album."""
    _order, shown = pages.on_page(turn.db, turn.person_id, letter)
    charts = pages.charts(turn.db, turn.person_id, shown, turn.now)
    turn.answer(None if charts else NothingToDraw())
    if charts:
        turn.send(Album(charts))


def _send_file(turn: Interaction, letter: Summary, form: FileForm) -> None:
    """Send one file about everybody on all pages."""
    turn.answer()
    order, _shown = pages.on_page(turn.db, turn.person_id, letter)
    for one in order:
        people.note(
            turn.db,
            "export",
            turn.now,
            actor=turn.person_id,
            subject=one.athlete_id,
            after=f"week {form}",
        )
    if order:
        turn.send(
            WeekFile(
                form=form,
                week=letter.week,
                so_far=letter.so_far,
                first_day=letter.first_day,
                last_day=letter.last_day,
                listed=tuple(order),
            )
        )
