"""/quiet: when a coach's phone stays silent."""

from sqlmodel import Session as Db

from bot.coaching.quiet_hours.messages import QuietHoursSet, QuietHoursShown
from bot.conversation.interaction import Interaction
from bot.conversation.pending_input import Doubt, Takes
from bot.conversation.schedule_input import read_quiet
from bot.conversation.which import Unclear, await_choice, read_value
from bot.conversation.which_messages import CommandChoice
from bot.programme.summary_schedule import of_coach
from bot.protocol.calendar.input_error import joined
from bot.store import people


def quiet(turn: Interaction, words: str) -> None:
    """Show or change the coach's quiet hours, on the clock of the coach's zone."""
    before = _said(turn.db, turn.person_id)
    zone = people.person(turn.db, turn.person_id).zone
    if not words:
        turn.show(QuietHoursShown(before, zone))
        return
    after = read_value(read_quiet, words, None)
    if isinstance(after, Unclear):
        turn.show(QuietHoursShown(before, zone, after.problem, after.choices))
        _await(turn, after)
        return
    _store(turn, before, after)
    turn.show(QuietHoursSet(before, after, zone))


def _await(turn: Interaction, asked: Unclear) -> None:
    """Take the next text as the hours, or as the part of them that was not clear."""
    doubt = asked.doubt or Doubt(())
    choices = [CommandChoice(one, joined(doubt.before, one, doubt.after)) for one in doubt.choices]
    await_choice(turn, "quiet", choices, Takes.TIMES, doubt.before, doubt.after)


def _said(db: Db, coach_id: int) -> str:
    hours = people.quiet_hours_of_coach(db, coach_id)
    return f"{hours.start:%H:%M}-{hours.end:%H:%M}"


def _store(turn: Interaction, before: str, after: str) -> None:
    if before == after:
        return
    row = of_coach(turn.db, turn.person_id, turn.now)
    row.quiet_start, row.quiet_end = after.split("-")
    turn.db.add(row)
    who = turn.person_id
    people.note(
        turn.db, "quiet_hours", turn.now, actor=who, subject=who, before=before, after=after
    )
    turn.db.flush()
